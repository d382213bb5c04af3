//! create-token-with-iam at the local Identity Center: the signature and the four grants.
//!
//! The tests sign requests with AWS's crate, and the Identity Center verifies them with separate code.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use serde_json::json;

use super::*;
use crate::support::Endpoint;

const ID: &str = "AKIAIOSFODNN7EXAMPLE";
const KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// How a request is signed.
struct Signer {
    id: &'static str,
    key: &'static str,
    session_token: Option<&'static str>,
    region: &'static str,
    service: &'static str,
    at: SystemTime,
}

#[expect(clippy::disallowed_methods, reason = "a signature has the date of now")]
fn signer() -> Signer {
    Signer { id: ID, key: KEY, session_token: None, region: "us-east-1", service: "sso-oauth", at: SystemTime::now() }
}

/// The headers that sign a body.
fn signature(signer: &Signer, body: &str) -> String {
    let token = signer.session_token.map(Into::into);
    let identity = Credentials::new(signer.id, signer.key, token, None, "test").into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(signer.region)
        .name(signer.service)
        .time(signer.at)
        .settings(SigningSettings::default())
        .build()
        .unwrap();
    let headers = [("host", "127.0.0.1"), ("content-type", "application/json")];
    let url = "http://127.0.0.1/token?aws_iam=t";
    let request = SignableRequest::new("POST", url, headers.into_iter(), SignableBody::Bytes(body.as_bytes())).unwrap();
    let (instructions, _) = sign(request, &params.into()).unwrap().into_parts();
    instructions.headers().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect()
}

fn post_signed(center: &IdentityCenter, signer: &Signer, body: &Value) -> Answer {
    let body = body.to_string();
    let headers = format!("Content-Type: application/json\r\n{}", signature(signer, &body));
    ask(center, "POST", "/token?aws_iam=t", &headers, &body)
}

/// A JWT that differs from others by its id.
fn assertion(id: &str) -> String {
    format!("e30.e30.{id}")
}

fn bearer(center: &IdentityCenter, id: &str) -> Value {
    json!({ "clientId": center.application_arn(), "grantType": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": assertion(id) })
}

#[test]
fn only_valid_signatures_are_accepted() {
    let center = IdentityCenter::start();
    center.accept_key(ID, KEY, None).accept_key("ASIA", "temporary", Some("session"));
    assert_eq!(post_signed(&center, &signer(), &bearer(&center, "1")).status, 200);
    let session = Signer { id: "ASIA", key: "temporary", session_token: Some("session"), ..signer() };
    assert_eq!(post_signed(&center, &session, &bearer(&center, "2")).status, 200);

    let hour = Duration::from_hours(1);
    for (wrong, code) in [
        (Signer { key: "other", ..signer() }, "InvalidSignatureException"),
        (Signer { region: "eu-west-1", ..signer() }, "InvalidSignatureException"),
        (Signer { service: "sso-oidc", ..signer() }, "IncompleteSignatureException"),
        (Signer { at: signer().at - hour, ..signer() }, "InvalidSignatureException"),
        (Signer { at: signer().at + hour, ..signer() }, "InvalidSignatureException"),
        (Signer { id: "AKIAUNKNOWN", ..signer() }, "UnrecognizedClientException"),
        (Signer { session_token: Some("other"), ..signer() }, "UnrecognizedClientException"),
    ] {
        center.expect_fault(Endpoint::CreateTokenWithIam, code);
        let answer = post_signed(&center, &wrong, &bearer(&center, "3"));
        assert_eq!((answer.status, answer.header("x-amzn-errortype")), (403, Some(code)), "{}", answer.body);
    }
    center.expect_fault(Endpoint::CreateTokenWithIam, "MissingAuthenticationTokenException");
    assert_eq!(post(&center, "/token?aws_iam=t", &bearer(&center, "4")).status, 403);
    center.expect_fault(Endpoint::CreateTokenWithIam, "InvalidSignatureException");
    let headers = format!("Content-Type: application/json\r\n{}", signature(&signer(), "{}"));
    let body = bearer(&center, "5").to_string();
    assert_eq!(ask(&center, "POST", "/token?aws_iam=t", &headers, &body).status, 403);
}

#[test]
fn every_grant_returns_all_members() {
    let center = IdentityCenter::start();
    center.accept_key(ID, KEY, None);
    let arn = center.application_arn();
    let callback = "https://app.example.com/cb";
    let code = center.application_code(callback, VERIFIER);
    let by_code = post_signed(
        &center,
        &signer(),
        &json!({ "clientId": arn, "grantType": "authorization_code", "code": code, "redirectUri": callback,
                 "codeVerifier": VERIFIER }),
    );
    let members: Vec<String> = by_code.json().as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        members,
        [
            "accessToken",
            "tokenType",
            "expiresIn",
            "idToken",
            "issuedTokenType",
            "scope",
            "awsAdditionalDetails",
            "refreshToken"
        ]
    );
    let by_refresh = post_signed(
        &center,
        &signer(),
        &json!({ "clientId": arn, "grantType": "refresh_token", "refreshToken": by_code.text("refreshToken") }),
    );
    assert_ne!(by_refresh.text("accessToken"), by_code.text("accessToken"));
    let by_exchange = post_signed(
        &center,
        &signer(),
        &json!({ "clientId": arn, "grantType": TOKEN_EXCHANGE, "subjectToken": by_refresh.text("accessToken"),
                 "subjectTokenType": ACCESS_TOKEN, "scope": ["openid", "aws"] }),
    );
    assert_eq!(
        (by_exchange.text("issuedTokenType"), by_exchange.json()["scope"][1].clone()),
        (ACCESS_TOKEN.into(), json!("aws"))
    );
    assert!(by_exchange.json().get("refreshToken").is_none());
}

#[test]
fn invalid_grants_are_refused() {
    let center = IdentityCenter::start();
    center.accept_key(ID, KEY, None);
    let arn = center.application_arn();
    assert_eq!(post_signed(&center, &signer(), &bearer(&center, "1")).status, 200);
    let exchange = |token: &str, kind: &str| json!({ "clientId": arn, "grantType": TOKEN_EXCHANGE, "subjectToken": token, "subjectTokenType": kind });
    for (body, code) in [
        (bearer(&center, "1"), "InvalidGrantException"),
        (json!({ "clientId": arn, "grantType": "refresh_token", "refreshToken": "x" }), "InvalidGrantException"),
        (exchange("nothing", ACCESS_TOKEN), "InvalidGrantException"),
        (exchange("nothing", "urn:ietf:params:oauth:token-type:saml2"), "InvalidRequestException"),
        (json!({ "clientId": arn, "grantType": "password" }), "UnsupportedGrantTypeException"),
        (json!({ "clientId": "client", "grantType": "refresh_token" }), "InvalidClientException"),
        (json!({ "clientId": arn, "grantType": "refresh_token", "clientSecret": "x" }), "InvalidRequestException"),
    ] {
        center.expect_fault(Endpoint::CreateTokenWithIam, code);
        assert_eq!(post_signed(&center, &signer(), &body).header("x-amzn-errortype"), Some(code), "{body}");
    }
}
