//! Which URLs may be called: botocore's test of an endpoint URL, and the schemes we speak.
//!
//! How endpoints are made from regions is the room `endpoint`, not this file.

use std::net::Ipv6Addr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

use super::HttpErrorKind;

/// Everything that percent-encoding changes: all but the unreserved characters of RFC 3986 section 2.3.
pub const NOT_UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Whether the AWS CLI would accept the text as an endpoint: a scheme and a host of letters, digits and hyphens, an
/// IPv4 or a bracketed IPv6 address. The scheme itself is not judged here.
pub fn valid_endpoint(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host_port = authority.rsplit('@').next().unwrap_or_default();
    if scheme.is_empty() || text.contains(['\t', '\r', '\n']) {
        return false;
    }
    if let Some(rest) = host_port.strip_prefix('[') {
        let address = rest.split(']').next().unwrap_or_default();
        let address = address.split('%').next().unwrap_or_default();
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let host = host_port.split(':').next().unwrap_or_default();
    let host_without_dot = host.strip_suffix('.').unwrap_or(host);
    host.len() <= 255 && host_without_dot.split('.').all(host_label)
}

fn host_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The URL of a path of the service, as botocore joins them: one slash at the end of the endpoint's path gives way, its
/// query follows the path, its fragment is dropped.
pub fn join(endpoint: &str, path: &str) -> String {
    let endpoint = endpoint.split_once('#').map_or(endpoint, |(endpoint, _fragment)| endpoint);
    let (base, query) = endpoint.split_once('?').map_or((endpoint, None), |(base, query)| (base, Some(query)));
    let url = format!("{}{path}", base.strip_suffix('/').unwrap_or(base));
    query.map_or(url.clone(), |query| format!("{url}?{query}"))
}

/// The host that a redirect leads to, as a URL parser reads it; none of a relative one.
pub fn host_of(location: &str) -> Option<String> {
    url::Url::parse(location).ok()?.host_str().map(str::to_owned)
}

/// The URL to call. The AWS CLI drops user and password of an endpoint; reqwest would send them.
pub(super) fn parse(text: &str) -> Result<url::Url, HttpErrorKind> {
    if !valid_endpoint(text) {
        return Err(HttpErrorKind::BadUrl);
    }
    let mut url = url::Url::parse(text).map_err(|_| HttpErrorKind::BadUrl)?;
    if !url.username().is_empty() || url.password().is_some() {
        // A URL with a host, as this one has, takes both.
        let _ = url.set_username("").and_then(|()| url.set_password(None));
    }
    match url.scheme() {
        "http" | "https" => Ok(url),
        scheme => Err(HttpErrorKind::BadScheme(scheme.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{HttpErrorKind, join, parse, valid_endpoint};

    #[test]
    fn paths_are_joined_as_by_botocore() {
        for (endpoint, url) in [
            ("http://h", "http://h/token"),
            ("http://h/", "http://h/token"),
            ("http://h/a//", "http://h/a//token"),
            ("http://h?x=1", "http://h/token?x=1"),
            ("http://h/a/?x=1#f", "http://h/a/token?x=1"),
            ("http://h#f?g", "http://h/token"),
        ] {
            assert_eq!(join(endpoint, "/token"), url);
        }
        assert_eq!(join("http://h?x=1", "/token?aws_iam=t"), "http://h/token?aws_iam=t?x=1");
    }

    #[test]
    fn user_and_password_are_not_sent() {
        assert_eq!(parse("http://user:pw@host/x").unwrap().as_str(), "http://host/x");
    }

    #[test]
    fn botocores_test_of_an_endpoint() {
        for good in [
            "http://127.0.0.1:8080",
            "https://oidc.us-east-1.amazonaws.com",
            "https://host.",
            "https://[::1]:443/x",
            "ftp://127.0.0.1/",
            "http://user:pw@host/x?y=1",
        ] {
            assert!(valid_endpoint(good), "{good}");
        }
        for bad in [
            "localhost",
            "localhost:1",
            "http://a_b c/",
            "http://",
            "http://-a.example",
            "http://a..b",
            "http://a\nb",
            "http://[zz]",
        ] {
            assert!(!valid_endpoint(bad), "{bad}");
        }
        assert!(!valid_endpoint(&format!("http://{}", "a".repeat(64))));
    }

    #[test]
    fn the_host_of_a_redirect() {
        assert_eq!(super::host_of("https://login.example/?x=secret"), Some("login.example".to_owned()));
        assert_eq!(super::host_of("/relative"), None);
    }

    #[test]
    fn only_http_and_https_are_spoken() {
        assert!(matches!(parse("ftp://127.0.0.1/"), Err(HttpErrorKind::BadScheme(scheme)) if scheme == "ftp"));
        assert!(matches!(parse("http://a_b c/"), Err(HttpErrorKind::BadUrl)));
        assert_eq!(parse("http://h:80/token?aws_iam=t?x=1").unwrap().as_str(), "http://h/token?aws_iam=t?x=1");
    }
}
