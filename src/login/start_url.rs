//! Vanity start URLs: a custom host that redirects to the access portal.
//!
//! A URL on an AWS-owned host is used as is. Any other URL is requested once, and its redirect is followed once. The
//! configured URL is still hashed, cached and printed; the resolved URL is sent to the service, and its region
//! overrides the configured one. If the URL cannot be resolved, the configured URL and region are used, with a warning:
//! it may belong to an AWS partition whose hosts are not known yet. AWS-owned hosts are listed in `endpoint`.

use url::Url;

use super::notice::Notices;
use crate::config::Session;
use crate::endpoint::{self, StartUrlKind};
use crate::error::Error;
use crate::http::{HttpClient, Method, Request, Response, Retry};

/// Whether the configured start URL is used as is; sends no request.
pub(super) fn classify(session: &Session) -> Result<StartUrlKind, Error> {
    let kind = endpoint::classify(&session.start_url.value, &session.region.value);
    kind.map_err(|error| error.hint(session.described()))
}

/// The start URL to send to the service, and the region of the instance.
pub(super) async fn resolve(
    http: &HttpClient,
    session: &Session,
    notices: &Notices<'_>,
) -> Result<(String, String), Error> {
    let (configured, region) = (&session.start_url.value, &session.region.value);
    if classify(session)? == StartUrlKind::AwsOwned {
        return Ok((configured.clone(), region.clone()));
    }
    let resolved = follow(http, configured).await.and_then(|target| endpoint::resolved(configured, &target, region));
    let Err(error) = resolved else { return resolved };
    if region.is_empty() {
        return Err(error.hint(session.described()));
    }
    let why = error.to_string();
    let why = why.trim_end_matches('.');
    notices.message(format_args!(
        "{why}; continuing with the start URL {configured} and the region {region}, as configured"
    ));
    Ok((configured.clone(), region.clone()))
}

/// One request, and one redirect at most, whose target gets no request.
async fn follow(http: &HttpClient, configured: &str) -> Result<String, Error> {
    let mut response = send(http, Method::HEAD, configured).await?;
    if matches!(response.status, 405 | 501) {
        response = send(http, Method::GET, configured).await?;
    }
    let status = response.status;
    let failure = |more| Error::configuration(format!("Failed to resolve start URL: HTTP {status}{more}"));
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return Err(failure(""));
    }
    let location = response.header("location").ok_or_else(|| failure(" without a Location header"))?;
    let target = Url::parse(configured).and_then(|base| base.join(location));
    Ok(target.map_or_else(|_| location.to_owned(), String::from))
}

async fn send(http: &HttpClient, method: Method, url: &str) -> Result<Response, Error> {
    let response = http.send(&Request::plain(method, url), Retry::Repeatable, None).await;
    response
        .map_err(|error| Error::configuration(format!("Failed to resolve start URL: {error}")).hint_if(error.hint()))
}
