//! Endpoint URLs: botocore's check of them, their host, and the paths below them.
//!
//! How an endpoint URL is made from a region is in the parent module.

use std::net::Ipv6Addr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use url::{Host, Url};

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
    host.len() <= 255 && host_without_dot.split('.').all(is_label)
}

/// Whether the text is a host label: letters, digits and inner hyphens, at most 63.
pub(super) fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
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
    Url::parse(location).ok()?.host_str().map(str::to_owned)
}

/// Whether a URL leads to this machine, so that plain http never reaches the network.
pub fn is_loopback(url: &str) -> bool {
    match Url::parse(url).as_ref().map(Url::host) {
        Ok(Some(Host::Ipv4(address))) => address.is_loopback(),
        Ok(Some(Host::Ipv6(address))) => address.is_loopback(),
        Ok(Some(Host::Domain(name))) => name == "localhost" || name.ends_with(".localhost"),
        Ok(None) | Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{join, valid_endpoint};

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
}
