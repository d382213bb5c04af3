//! Checks the signature of create-token-with-iam: key, session token, region, signed headers, date, and the signature.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use time::macros::format_description;
use time::{PrimitiveDateTime, UtcDateTime};

use super::call::Request;
use super::fault::Fault;
use super::sigv4::{Arrived, Signed};
use super::state::{Settings, unix_now};

/// The end of the scope: the service name is `sso-oauth`.
const SCOPE_END: &str = "/sso-oauth/aws4_request";
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// Seconds that the clocks may differ.
const TOLERANCE: u64 = 300;

pub(super) fn verify(settings: &Settings, request: &Request) -> Result<(), Fault> {
    let header = request.header("authorization");
    let header = header.ok_or_else(|| refuse("MissingAuthenticationTokenException", "The request is not signed"))?;
    let incomplete = || refuse("IncompleteSignatureException", "Authorization cannot be read");
    let signed = Signed::parse(header).ok_or_else(incomplete)?;
    let signed_headers: Vec<&str> = signed.headers.split(';').collect();
    let region = signed.scope.strip_suffix(SCOPE_END).filter(|_| signed_headers.is_sorted()).ok_or_else(incomplete)?;
    let key = settings.access_keys.iter().find(|key| key.id == signed.key_id);
    let key = key.ok_or_else(|| refuse("UnrecognizedClientException", "The security token is invalid"))?;
    if request.header("x-amz-security-token") != key.session_token.as_deref() {
        return Err(refuse("UnrecognizedClientException", "The session token is not that of the key"));
    }
    if region != settings.region {
        let words = format!("Signed for {region} but this is {}", settings.region);
        return Err(refuse("InvalidSignatureException", &words));
    }
    for name in ["host", "x-amz-date", "content-type", "x-amz-security-token"] {
        if request.header(name).is_some() && !signed_headers.contains(&name) {
            return Err(refuse("InvalidSignatureException", &format!("The header {name} is not signed")));
        }
    }
    let date = request.header("x-amz-date").unwrap_or_default();
    if !date.starts_with(signed.day) || !is_now(date) {
        return Err(refuse("InvalidSignatureException", "Signature expired or not yet valid"));
    }
    let target = canonical_target(request);
    let arrived =
        Arrived { method: &request.method, target: &target, headers: &request.headers, body: request.body.as_ref() };
    if signed.fits(&arrived, &key.secret) {
        Ok(())
    } else {
        Err(refuse("InvalidSignatureException", "The signature does not match"))
    }
}

fn refuse(code: &str, message: &str) -> Fault {
    Fault::with_message(403, code, message)
}

fn is_now(date: &str) -> bool {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    PrimitiveDateTime::parse(date, format).is_ok_and(|date| {
        let seconds = UtcDateTime::new(date.date(), date.time()).unix_timestamp();
        u64::try_from(seconds).is_ok_and(|seconds| seconds.abs_diff(unix_now()) <= TOLERANCE)
    })
}

/// Path and query as they are signed: encoded and sorted.
fn canonical_target(request: &Request) -> String {
    let encode = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
    let query = request.query.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    let mut query: Vec<String> = query.collect();
    query.sort();
    format!("{}?{}", request.path, query.join("&"))
}
