//! Vanity start URLs: a custom host that redirects to the access portal.
//!
//! A URL on an AWS-owned host is used as is. Any other URL is requested once, and its redirect is followed once. The
//! configured URL is still hashed, cached and printed; the resolved URL is sent to the service, and its region
//! overrides the configured one. AWS-owned hosts are listed in `endpoint`.

use url::Url;

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
pub(super) async fn resolve(http: &HttpClient, session: &Session) -> Result<(String, String), Error> {
    let (configured, region) = (&session.start_url.value, &session.region.value);
    match classify(session)? {
        StartUrlKind::AwsOwned => Ok((configured.clone(), region.clone())),
        StartUrlKind::Vanity => endpoint::resolved(configured, &follow(http, configured).await?, region),
    }
}

/// One request, and one redirect at most, whose target gets no request.
async fn follow(http: &HttpClient, configured: &str) -> Result<String, Error> {
    let mut response = send(http, Method::HEAD, configured).await?;
    if matches!(response.status, 405 | 501) {
        response = send(http, Method::GET, configured).await?;
    }
    match response.status {
        200 => Ok(configured.to_owned()),
        301 | 302 | 303 | 307 | 308 => {
            let location = response
                .header("location")
                .ok_or_else(|| Error::configuration("Redirect response missing Location header."))?;
            let target = Url::parse(configured).and_then(|base| base.join(location));
            Ok(target.map_or_else(|_| location.to_owned(), String::from))
        }
        status => Err(Error::configuration(format!("Failed to resolve start URL: HTTP {status}"))),
    }
}

async fn send(http: &HttpClient, method: Method, url: &str) -> Result<Response, Error> {
    let response = http.send(&Request::plain(method, url), Retry::Repeatable, None).await;
    response.map_err(|error| Error::configuration(format!("Failed to resolve start URL: {error}")).hint(error.hint()))
}
