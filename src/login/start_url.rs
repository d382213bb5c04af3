//! Vanity start URLs: a name of one's own that redirects to the access portal.
//!
//! A host that AWS owns is used as it is, without a request. Any other is asked once where it leads. The configured URL
//! stays what is hashed, cached and printed; the resolved one goes to the service, and its region wins over the configured
//! one. Which hosts are AWS's is in `endpoint`. Imports `http`, `endpoint`.

use std::fmt;

use url::Url;

use crate::endpoint::{self, StartUrlKind};
use crate::http::{HttpClient, HttpError, Method, Request, Response, Retry};

/// Where a start URL leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedStartUrl {
    /// What the service is told.
    pub url: String,
    /// The region of the instance.
    pub region: String,
}

/// A start URL that leads nowhere we may go. The words are the AWS CLI's.
#[derive(Debug)]
pub enum StartUrlError {
    /// It is not one, or leads to a host that is not AWS's.
    Refused(endpoint::StartUrlError),
    /// Another status than a redirect or 200.
    Status(u16),
    /// The request got no answer.
    Http(HttpError),
    /// A redirect to nowhere.
    NoLocation,
}

impl fmt::Display for StartUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::Status(status) => write!(f, "Failed to resolve start URL: HTTP {status}"),
            Self::Http(error) => write!(f, "Failed to resolve start URL: {error}"),
            Self::NoLocation => f.write_str("Redirect response missing Location header."),
        }
    }
}

impl std::error::Error for StartUrlError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused(error) => Some(error),
            Self::Http(_) | Self::Status(_) | Self::NoLocation => None,
        }
    }
}

impl From<endpoint::StartUrlError> for StartUrlError {
    fn from(error: endpoint::StartUrlError) -> Self {
        Self::Refused(error)
    }
}

/// Finds fault with a configured start URL, without a request.
pub fn check(configured: &str, region: &str) -> Result<(), StartUrlError> {
    endpoint::classify(configured, region)?;
    Ok(())
}

/// Resolves the configured start URL; `region` is the configured one.
pub async fn resolve(http: &HttpClient, configured: &str, region: &str) -> Result<ResolvedStartUrl, StartUrlError> {
    if endpoint::classify(configured, region)? == StartUrlKind::AwsOwned {
        return Ok(ResolvedStartUrl { url: configured.to_owned(), region: region.to_owned() });
    }
    let led_to = follow(http, configured).await?;
    let (url, region) = endpoint::resolved(configured, &led_to, region)?;
    Ok(ResolvedStartUrl { url, region })
}

/// One request, one redirect at most; the target is not asked.
async fn follow(http: &HttpClient, configured: &str) -> Result<String, StartUrlError> {
    let mut response = ask(http, Method::Head, configured).await?;
    if matches!(response.status, 405 | 501) {
        response = ask(http, Method::Get, configured).await?;
    }
    match response.status {
        200 => Ok(configured.to_owned()),
        301 | 302 | 303 | 307 | 308 => {
            let location = response.header("location").ok_or(StartUrlError::NoLocation)?;
            let target = Url::parse(configured).and_then(|base| base.join(location));
            Ok(target.map_or_else(|_| location.to_owned(), String::from))
        }
        status => Err(StartUrlError::Status(status)),
    }
}

async fn ask(http: &HttpClient, method: Method, url: &str) -> Result<Response, StartUrlError> {
    http.send(&Request::plain(method, url), Retry::Repeatable, None).await.map_err(StartUrlError::Http)
}
