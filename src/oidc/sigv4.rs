//! AWS Signature Version 4 of one request, by AWS's own crate: (request, credentials, region, moment) to headers.
//!
//! Signed are `content-type`, `host`, `x-amz-date` and, with a session token, `x-amz-security-token`, as the AWS CLI does
//! for `CreateTokenWithIAM` and STS. Where credentials come from is in `credentials`. Imports `http` and `secret`.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign as sign_request};
use aws_sigv4::sign::v4;

use crate::http::{Request, Timestamp};
use crate::secret::Secret;

/// With what and for which region requests are signed.
#[derive(Clone, Debug)]
pub struct Signing {
    /// Access key, its secret, and the session token where there is one.
    pub credentials: Credentials,
    /// The signing region.
    pub region: String,
}

/// The headers that sign a request for a service at a moment.
///
/// # Errors
/// A URL or header that cannot be put into canonical form, in the words of AWS's crate.
pub fn sign(
    request: &Request,
    service: &str,
    signing: &Signing,
    now: Timestamp,
) -> Result<Vec<(&'static str, Secret)>, String> {
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
    // The form in which it is sent: without the scheme's own port.
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
    ["authorization", "x-amz-date", "x-amz-security-token"]
        .into_iter()
        .find(|known| *known == name)
        .ok_or_else(|| format!("unexpected header {name}"))
}

#[cfg(test)]
#[path = "../../tests/fuzz/signatures.rs"]
mod fuzz;

#[cfg(test)]
mod tests;
