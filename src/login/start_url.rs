//! Vanity start URLs: a custom host that redirects to the access portal.
//!
//! A host that AWS owns is used as it is, without a request. Any other gets one request, whose redirect is followed once.
//! The configured URL stays the one that is hashed, cached and printed; the resolved one goes to the service, and its region
//! wins over the configured one. Which hosts are AWS's is in `endpoint`.

use url::Url;

use crate::config::Session;
use crate::endpoint::{self, StartUrlKind};
use crate::error::Error;
use crate::http::{HttpClient, Method, Request, Response, Retry};

/// Where a start URL leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ResolvedStartUrl {
    /// The URL that is sent to the service.
    pub(super) url: String,
    /// The region of the instance.
    pub(super) region: String,
}

/// Checks the configured start URL, without a request.
pub(super) fn check(session: &Session) -> Result<(), Error> {
    classify(session).map(drop)
}

fn classify(session: &Session) -> Result<StartUrlKind, Error> {
    endpoint::classify(&session.start_url.value, &session.region.value)
}

/// Resolves the configured start URL.
pub(super) async fn resolve(http: &HttpClient, session: &Session) -> Result<ResolvedStartUrl, Error> {
    let (configured, region) = (&session.start_url.value, &session.region.value);
    if classify(session)? == StartUrlKind::AwsOwned {
        return Ok(ResolvedStartUrl { url: configured.clone(), region: region.clone() });
    }
    let led_to = follow(http, configured).await?;
    let (url, region) = endpoint::resolved(configured, &led_to, region)?;
    Ok(ResolvedStartUrl { url, region })
}

/// One request, one redirect at most; the target is not asked.
async fn follow(http: &HttpClient, configured: &str) -> Result<String, Error> {
    let mut response = ask(http, Method::HEAD, configured).await?;
    if matches!(response.status, 405 | 501) {
        response = ask(http, Method::GET, configured).await?;
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

async fn ask(http: &HttpClient, method: Method, url: &str) -> Result<Response, Error> {
    let response = http.send(&Request::plain(method, url), Retry::Repeatable, None).await;
    response.map_err(|error| Error::configuration(format!("Failed to resolve start URL: {error}")).hint(error.hint()))
}
