//! Verifies an AWS signature, version 4, of create-token-with-iam from the request as it came over the wire.
//!
//! A second computation, with hmac and sha2 only, of what the program signs with AWS's crate: canonical request, string
//! to sign and derived key as "Signing AWS API requests" of the IAM user guide has them. The service name is
//! `sso-oauth`.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use time::macros::format_description;
use time::{PrimitiveDateTime, UtcDateTime};

use super::call::Request;
use super::fault::Fault;
use super::state::{AccessKey, Settings, unix_now};

const SERVICE: &str = "sso-oauth";
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// Seconds that the clocks may differ.
const TOLERANCE: u64 = 300;

/// The pieces of an Authorization header.
struct Authorization<'r> {
    key_id: &'r str,
    date: &'r str,
    region: &'r str,
    signed_headers: Vec<&'r str>,
    signature: &'r str,
}

pub(super) fn verify(settings: &Settings, request: &Request) -> Result<(), Fault> {
    let header = request.header("authorization");
    let header = header.ok_or_else(|| refuse("MissingAuthenticationTokenException", "The request is not signed"))?;
    let authorization =
        parse(header).ok_or_else(|| refuse("IncompleteSignatureException", "Authorization cannot be read"))?;
    let key = settings.access_keys.iter().find(|key| key.id == authorization.key_id);
    let key = key.ok_or_else(|| refuse("UnrecognizedClientException", "The security token is invalid"))?;
    if request.header("x-amz-security-token") != key.session_token.as_deref() {
        return Err(refuse("UnrecognizedClientException", "The session token is not that of the key"));
    }
    if authorization.region != settings.region {
        let words = format!("Signed for {} but this is {}", authorization.region, settings.region);
        return Err(refuse("InvalidSignatureException", &words));
    }
    for name in ["host", "x-amz-date", "content-type", "x-amz-security-token"] {
        if request.header(name).is_some() && !authorization.signed_headers.contains(&name) {
            return Err(refuse("InvalidSignatureException", &format!("The header {name} is not signed")));
        }
    }
    let date = request.header("x-amz-date").unwrap_or_default();
    if !date.starts_with(authorization.date) || !is_now(date) {
        return Err(refuse("InvalidSignatureException", "Signature expired or not yet valid"));
    }
    if sign(key, &authorization, date, request) == authorization.signature {
        Ok(())
    } else {
        Err(refuse("InvalidSignatureException", "The signature does not match"))
    }
}

fn refuse(code: &str, message: &str) -> Fault {
    Fault::with_message(403, code, message)
}

/// `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders=a;b, Signature=HEX`
fn parse(header: &str) -> Option<Authorization<'_>> {
    let mut fields = header.strip_prefix("AWS4-HMAC-SHA256 ")?.split(',').map(str::trim);
    let credential: Vec<&str> = fields.next()?.strip_prefix("Credential=")?.split('/').collect();
    let signed_headers: Vec<&str> = fields.next()?.strip_prefix("SignedHeaders=")?.split(';').collect();
    let signature = fields.next()?.strip_prefix("Signature=")?;
    let [key_id, date, region, SERVICE, "aws4_request"] = credential[..] else { return None };
    signed_headers.is_sorted().then_some(Authorization { key_id, date, region, signed_headers, signature })
}

fn is_now(date: &str) -> bool {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    PrimitiveDateTime::parse(date, format).is_ok_and(|date| {
        let seconds = UtcDateTime::new(date.date(), date.time()).unix_timestamp();
        u64::try_from(seconds).is_ok_and(|seconds| seconds.abs_diff(unix_now()) <= TOLERANCE)
    })
}

fn sign(key: &AccessKey, authorization: &Authorization<'_>, date: &str, request: &Request) -> String {
    let mut query: Vec<String> = request
        .query
        .iter()
        .map(|(name, value)| {
            format!("{}={}", utf8_percent_encode(name, UNRESERVED), utf8_percent_encode(value, UNRESERVED))
        })
        .collect();
    query.sort();
    let mut canonical = format!("{}\n{}\n{}\n", request.method, request.path, query.join("&"));
    for name in &authorization.signed_headers {
        let words: Vec<&str> = request.header(name).unwrap_or_default().split_whitespace().collect();
        let _ = writeln!(canonical, "{name}:{}", words.join(" "));
    }
    let _ = write!(canonical, "\n{}\n{}", authorization.signed_headers.join(";"), hex(&Sha256::digest(&request.body)));

    let scope = format!("{}/{}/{SERVICE}/aws4_request", authorization.date, authorization.region);
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let mut derived = format!("AWS4{}", key.secret).into_bytes();
    for part in [authorization.date, authorization.region, SERVICE, "aws4_request"] {
        derived = hmac(&derived, part);
    }
    hex(&hmac(&derived, &to_sign))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
