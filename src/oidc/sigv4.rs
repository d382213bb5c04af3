//! Signs requests with AWS Signature Version 4, using AWS's own crate.
//!
//! The signed headers are `content-type`, `host`, `x-amz-date` and, with a session token, `x-amz-security-token`, as in
//! the AWS CLI for `CreateTokenWithIAM` and STS. Credentials come from `credentials`.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign as sign_request};
use aws_sigv4::sign::v4;

use crate::http::{Request, Timestamp};
use crate::secret::Secret;

/// The credentials and region that requests are signed with.
pub struct Signing {
    /// Access key, secret key and optional session token.
    pub credentials: Credentials,
    /// The signing region.
    pub region: String,
}

impl Signing {
    /// The session token without surrounding blanks: HTTP removes them from the header before the service computes the
    /// signature.
    pub fn new(credentials: &Credentials, region: &str) -> Self {
        let token = credentials.session_token().map(|token| token.trim_matches([' ', '\t']).to_owned());
        let (access_key, secret_key) = (credentials.access_key_id(), credentials.secret_access_key());
        let credentials = Credentials::new(access_key, secret_key, token, credentials.expiry(), "signing");
        Self { credentials, region: region.to_owned() }
    }
}

/// Returns the headers that sign a request to a service at the given time.
///
/// # Errors
/// A message if the session token cannot be sent, or that of AWS's crate if the URL has no canonical form.
pub fn sign(
    request: &Request,
    service: &str,
    signing: &Signing,
    now: Timestamp,
) -> Result<Vec<(&'static str, Secret)>, String> {
    let token = signing.credentials.session_token().unwrap_or_default();
    if token.contains(|character: char| character.is_control() && character != '\t') {
        return Err("the session token has characters that are not allowed in a header".to_owned());
    }
    let identity = signing.credentials.clone().into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(&signing.region)
        .name(service)
        .time(SystemTime::from(now))
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| error.to_string())?
        .into();
    // As sent: without the scheme's default port.
    let url = url::Url::parse(&request.url).map_err(|error| error.to_string())?;
    let headers = request.headers.iter().filter(|(name, _)| *name == "content-type");
    let body = request.body.as_ref().map_or("", Secret::expose);
    let signable = SignableRequest::new(
        request.method.as_str(),
        url.as_str(),
        headers.map(|(name, value)| (*name, value.expose())),
        SignableBody::Bytes(body.as_bytes()),
    )
    .map_err(|error| error.to_string())?;
    let (instructions, _) = sign_request(signable, &params).map_err(|error| error.to_string())?.into_parts();
    instructions.headers().map(|(name, value)| Ok((known(name)?, Secret::new(value)))).collect()
}

fn known(name: &str) -> Result<&'static str, String> {
    let known = ["authorization", "x-amz-date", "x-amz-security-token"].into_iter().find(|known| *known == name);
    known.ok_or_else(|| format!("unexpected header {name}"))
}

#[cfg(test)]
#[path = "../../tests/fuzz/signatures.rs"]
mod fuzz;

#[cfg(test)]
mod tests;
