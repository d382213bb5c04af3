//! Endpoint URLs: botocore's validation, the host, and joining a path.
//!
//! The endpoint URL of a region is built in the parent module.

use std::net::Ipv6Addr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use url::{Host, Url};

/// The characters that are percent-encoded: all but the unreserved ones of RFC 3986 section 2.3.
pub const NOT_UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Whether the AWS CLI accepts the text as an endpoint: any scheme, then a host of letters, digits and hyphens, an IPv4
/// address or a bracketed IPv6 address.
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

/// Whether the text is a host label: at most 63 letters, digits and inner hyphens.
pub(super) fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Joins an endpoint and a path like botocore: removes one trailing slash of the endpoint, moves its query behind the
/// path and drops its fragment.
pub fn join(endpoint: &str, path: &str) -> String {
    let endpoint = endpoint.split_once('#').map_or(endpoint, |(endpoint, _fragment)| endpoint);
    let (base, query) = endpoint.split_once('?').map_or((endpoint, None), |(base, query)| (base, Some(query)));
    let url = format!("{}{path}", base.strip_suffix('/').unwrap_or(base));
    query.map_or(url.clone(), |query| format!("{url}?{query}"))
}

/// Returns the host of a redirect's location; `None` for a relative one.
pub fn host_of(location: &str) -> Option<String> {
    Url::parse(location).ok()?.host_str().map(str::to_owned)
}

/// Whether a URL points to this machine, so that plain http never reaches the network.
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
    fn endpoints_are_validated_like_botocore() {
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
