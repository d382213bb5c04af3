//! The region of an Identity Center, found by its start URL alone: in the host, or else on the page of the access portal.
//!
//! The page has `<meta name="region" content="us-east-1"/>`. It is requested once, for the first login; at most three redirects
//! are followed, to hosts of AWS over https only.

use std::time::Duration;

use regex_lite::Regex;
use url::Url;

use crate::endpoint;
use crate::http::{HttpClient, Method, Request, Retry};

/// The time for the page and all redirects.
const TIMEOUT: Duration = Duration::from_secs(10);
const MAX_REDIRECTS: usize = 3;

/// The region of the Identity Center at this start URL; `None` if it cannot be found.
pub async fn find_region(http: &HttpClient, start_url: &str) -> Option<String> {
    if let Some(region) = endpoint::region_of_start_url(start_url) {
        return Some(region);
    }
    tokio::time::timeout(TIMEOUT, region_of_page(http, start_url)).await.ok().flatten()
}

async fn region_of_page(http: &HttpClient, start_url: &str) -> Option<String> {
    let mut url = Url::parse(start_url).ok()?;
    for _ in 0..=MAX_REDIRECTS {
        let response = http.send(&Request::plain(Method::GET, url.as_str()), Retry::Once, None).await.ok()?;
        if response.status == 200 {
            return region_in(&String::from_utf8_lossy(&response.body));
        }
        let location = response.header("location").filter(|_| (300..400).contains(&response.status))?;
        url = url.join(location).ok()?;
        let is_of_aws = url.scheme() == "https" && url.host_str().is_some_and(endpoint::is_aws_owned);
        if !is_of_aws {
            return None;
        }
        if let Some(region) = endpoint::region_of_start_url(url.as_str()) {
            return Some(region);
        }
    }
    None
}

/// The content of the element `meta` with the name `region`.
fn region_in(page: &str) -> Option<String> {
    let element = Regex::new(r"<meta\s[^>]*").ok()?;
    let name = Regex::new(r#"\sname\s*=\s*["']region["']"#).ok()?;
    let content = Regex::new(r#"\scontent\s*=\s*["']([a-z0-9-]{1,63})["']"#).ok()?;
    let mut elements = element.find_iter(page).map(|element| element.as_str()).filter(|element| name.is_match(element));
    elements.find_map(|element| Some(content.captures(element)?[1].to_owned()))
}

#[cfg(test)]
mod tests {
    use super::region_in;

    #[test]
    fn the_region_is_in_a_meta_element() {
        for (page, expected) in [
            ("<head><meta name=\"region\" content=\"eu-central-1\"/></head>", Some("eu-central-1")),
            ("<meta charset=\"utf-8\">\n<meta  content = 'us-east-1'  name= 'region' >", Some("us-east-1")),
            ("<meta name=\"region\" data-content=\"x\" content=\"us-gov-west-1\">", Some("us-gov-west-1")),
            ("<meta name=\"regions\" content=\"us-east-1\">", None),
            ("<meta name=\"region\">", None),
            ("<meta name=\"region\" content=\"evil.example/\">", None),
            ("<meta name=\"region\" content=\"\">", None),
            ("<meta name=\"region\" content=", None),
            ("<p name=\"region\" content=\"us-east-1\">", None),
            ("", None),
        ] {
            assert_eq!(region_in(page).as_deref(), expected, "{page}");
        }
    }
}
