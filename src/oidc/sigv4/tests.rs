//! Signatures against a published example of AWS's and against a computation of our own over hmac and sha2.

use std::fmt::Write as _;

use aws_credential_types::Credentials;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use time::macros::utc_datetime;

use super::{Signing, sign};
use crate::http::{Method, Request};
use crate::secret::Secret;

const KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn signing(region: &str, token: Option<&str>) -> Signing {
    let credentials = Credentials::new("AKIDEXAMPLE", KEY, token.map(str::to_owned), None, "test");
    Signing::new(&credentials, region)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn mac(key: &[u8], data: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(data.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// The Authorization header by the text of the Signature Version 4 specification.
fn expected(canonical: &str, signed: &str, date: &str, region: &str, service: &str) -> String {
    let day = &date[..8];
    let scope = format!("{day}/{region}/{service}/aws4_request");
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let key = [day, region, service, "aws4_request"]
        .iter()
        .fold(format!("AWS4{KEY}").into_bytes(), |key, part| mac(&key, part));
    let signature = hex(&mac(&key, &text));
    format!("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{scope}, SignedHeaders={signed}, Signature={signature}")
}

fn header<'a>(headers: &'a [(&'static str, Secret)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(n, _)| *n == name).map(|(_, value)| value.expose())
}

#[test]
fn the_published_example_get_vanilla() {
    let request = Request::plain(Method::GET, "https://example.amazonaws.com/");
    let headers = sign(&request, "service", &signing("us-east-1", None), utc_datetime!(2015-08-30 12:36:00)).unwrap();
    assert_eq!(
        header(&headers, "authorization").unwrap(),
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, \
         Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    );
}

#[test]
fn create_token_with_iam_is_signed_as_recorded_runs_are() {
    let body = r#"{"clientId": "arn:aws:sso::123456789012:application/ssoins-1/apl-1", "code": "\u00e9"}"#;
    let payload = hex(&Sha256::digest(body));
    let date = "20260101T000000Z";
    for (endpoint, host, path) in [
        ("http://127.0.0.1:8080", "127.0.0.1:8080", "/token"),
        ("https://oidc.eu-west-1.amazonaws.com", "oidc.eu-west-1.amazonaws.com", "/token"),
        ("https://h.example:443/a/b", "h.example", "/a/b/token"),
        ("http://h.example:80/a%20b", "h.example", "/a%2520b/token"),
    ] {
        for token in [None, Some("SESSION+/=")] {
            let url = format!("{endpoint}/token?aws_iam=t");
            let request = Request::aws(Method::POST, url).body("application/json", Secret::new(body));
            let headers =
                sign(&request, "sso-oauth", &signing("eu-west-1", token), utc_datetime!(2026-01-01 00:00:00)).unwrap();
            let mut lines = format!("content-type:application/json\nhost:{host}\nx-amz-date:{date}\n");
            let mut signed = "content-type;host;x-amz-date".to_owned();
            if let Some(token) = token {
                writeln!(lines, "x-amz-security-token:{token}").unwrap();
                signed.push_str(";x-amz-security-token");
            }
            let canonical = format!("POST\n{path}\naws_iam=t\n{lines}\n{signed}\n{payload}");
            let authorization = expected(&canonical, &signed, date, "eu-west-1", "sso-oauth");
            assert_eq!(header(&headers, "authorization"), Some(authorization.as_str()), "{endpoint}");
            assert_eq!(header(&headers, "x-amz-date"), Some(date));
            assert_eq!(header(&headers, "x-amz-security-token"), token);
        }
    }
}

#[test]
fn an_empty_region_is_signed_for_as_it_is() {
    let request = Request::aws(Method::POST, "http://127.0.0.1:1/token?aws_iam=t");
    let headers = sign(&request, "sso-oauth", &signing("", None), utc_datetime!(2026-01-01 00:00:00)).unwrap();
    assert!(header(&headers, "authorization").unwrap().contains("/20260101//sso-oauth/aws4_request"));
}

#[test]
fn blanks_around_the_session_token_are_not_signed() {
    let request = Request::aws(Method::POST, "http://127.0.0.1:1/token?aws_iam=t");
    let signed = |token| {
        let headers = sign(&request, "sso-oauth", &signing("eu-west-1", Some(token)), utc_datetime!(2026-01-01 00:00));
        headers.unwrap().iter().map(|(name, value)| (*name, value.expose().to_owned())).collect::<Vec<_>>()
    };
    for token in [" SESSION", "SESSION\t", " \t SESSION  "] {
        assert_eq!(signed(token), signed("SESSION"), "{token:?}");
    }
}

#[test]
fn a_session_token_with_control_characters_is_an_error() {
    let request = Request::aws(Method::POST, "http://127.0.0.1:1/token?aws_iam=t");
    for token in ["a\n", "a\r\nb", "\0"] {
        let signed = sign(&request, "sso-oauth", &signing("eu-west-1", Some(token)), utc_datetime!(2026-01-01 00:00));
        let message = "the session token has characters that are not allowed in a header";
        assert_eq!(signed.unwrap_err(), message, "{token:?}");
    }
}
