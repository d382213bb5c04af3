//! Vanity start URLs: a name of one's own that redirects to the access portal.
//!
//! A host that AWS owns is used as it is, without a request. Any other is asked once where it leads. The configured URL
//! stays what is hashed, cached and printed; the resolved one goes to the service, and its region wins over the configured
//! one. Which hosts are AWS's is in `endpoint`.

use url::Url;

use crate::endpoint::{self, StartUrlKind};
use crate::error::Error;
use crate::http::{HttpClient, Method, Request, Response, Retry};

/// Where a start URL leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedStartUrl {
    /// What the service is told.
    pub url: String,
    /// The region of the instance.
    pub region: String,
}

/// Checks a configured start URL, without a request.
pub fn check(configured: &str, region: &str) -> Result<(), Error> {
    endpoint::classify(configured, region)?;
    Ok(())
}

/// Resolves the configured start URL; `region` is the configured one.
pub async fn resolve(http: &HttpClient, configured: &str, region: &str) -> Result<ResolvedStartUrl, Error> {
    if endpoint::classify(configured, region)? == StartUrlKind::AwsOwned {
        return Ok(ResolvedStartUrl { url: configured.to_owned(), region: region.to_owned() });
    }
    let led_to = follow(http, configured).await?;
    let (url, region) = endpoint::resolved(configured, &led_to, region)?;
    Ok(ResolvedStartUrl { url, region })
}

/// One request, one redirect at most; the target is not asked.
async fn follow(http: &HttpClient, configured: &str) -> Result<String, Error> {
    let mut response = ask(http, Method::Head, configured).await?;
    if matches!(response.status, 405 | 501) {
        response = ask(http, Method::Get, configured).await?;
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
