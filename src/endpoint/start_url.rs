//! Start URLs: the hosts that AWS owns, the region in a portal's host name, and the normal form of a URL.
//!
//! The AWS CLI uses a start URL on an AWS-owned host as is; any other URL (a company's "vanity" URL) is requested once
//! and must redirect to an AWS-owned host. The request is made in `login`. URLs are split by RFC 3986 like Python's
//! `urllib` does, but a host with invalid characters is rejected.

use super::url::is_label;
use crate::error::Error;

/// How a configured start URL is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartUrlKind {
    /// As is, with the configured region.
    AwsOwned,
    /// Only after a request has found where it redirects to; see [`resolved`].
    Vanity,
}

/// Domains that AWS owns, whose subdomains are AWS-owned hosts too, and the label between the instance and its region in the
/// host of a portal, if that contains the region. A domain with the label `portal` is one of dual-stack endpoints.
const OWNED_DOMAINS: [(&str, Option<&str>); 8] = [
    ("app.aws", Some("portal.")),
    ("portal.amazonaws.com", Some("")),
    ("portal.amazonaws.com.cn", Some("")),
    ("app.amazonwebservices.com.cn", Some("portal.")),
    ("portal.amazonaws.eu", Some("")),
    ("api.amazonwebservices.eu", Some("portal.")),
    ("awsapps.com", None),
    ("awsapps.cn", None),
];

/// Hosts that AWS owns, without their subdomains.
const OWNED_HOSTS: [&str; 4] = [
    "identitycenter.amazonaws.com",
    "identitycenter.amazonaws.com.cn",
    "identitycenter.amazonaws.eu",
    "identitycenter.us-gov.amazonaws.com",
];

/// Whether a host belongs to AWS. Case and trailing dots do not matter.
pub fn is_aws_owned(host: &str) -> bool {
    let host = canonical(host);
    let is_under = |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    OWNED_HOSTS.contains(&host.as_str()) || OWNED_DOMAINS.iter().any(|(domain, _)| is_under(domain))
}

/// Whether a start URL is that of a portal behind dual-stack endpoints.
pub fn is_dualstack(start_url: &str) -> bool {
    let host = Parts::of(start_url).map(|parts| canonical(parts.host)).unwrap_or_default();
    let is_under = |domain| host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    OWNED_DOMAINS.iter().any(|(domain, label)| *label == Some("portal.") && is_under(domain))
}

/// The region in the host name of a start URL: that of a portal, or of a `GovCloud` or China start page, for example
/// `start.us-gov-west-1.us-gov-home.awsapps.com`, which the AWS CLI does not read.
pub fn region_of_start_url(start_url: &str) -> Option<String> {
    let host = canonical(Parts::of(start_url)?.host);
    let region = host.strip_prefix("start.").and_then(|rest| {
        let homes = [(".us-gov-home.awsapps.com", "us-gov-"), (".home.awsapps.cn", "cn-")];
        let region = |(home, partition)| rest.strip_suffix(home).filter(|region: &&str| region.starts_with(partition));
        homes.into_iter().find_map(region).filter(|region| is_label(region))
    });
    region.map(str::to_owned).or_else(|| region_of_portal_host(&host))
}

/// Returns the region in a portal's host name, for the six forms that contain one.
pub fn region_of_portal_host(host: &str) -> Option<String> {
    let host = canonical(host);
    let (instance, rest) = host.split_once('.')?;
    let region = OWNED_DOMAINS.iter().find_map(|(domain, label)| {
        let region = rest.strip_prefix((*label)?)?.strip_suffix(domain)?.strip_suffix('.')?;
        let is_name = region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (!region.is_empty() && is_name).then_some(region)
    })?;
    (!instance.is_empty()).then(|| region.to_owned())
}

/// Checks a configured start URL like the AWS CLI and decides how it is used.
pub fn classify(start_url: &str, region: &str) -> Result<StartUrlKind, Error> {
    if scheme(start_url).as_deref() != Some("https") {
        return Err(Error::configuration("The sso_start_url must use the https scheme."));
    }
    let Some(parts) = Parts::of(start_url) else {
        return Err(Error::configuration(format!("Invalid sso_start_url: '{start_url}'")));
    };
    if !is_aws_owned(parts.host) {
        return Ok(StartUrlKind::Vanity);
    }
    if region.is_empty() {
        return Err(Error::configuration("Missing required configuration: sso_region."));
    }
    Ok(StartUrlKind::AwsOwned)
}

/// Checks the URL that a vanity URL redirected to. Returns the start URL to send and the region, from the host or else
/// from the configuration.
pub fn resolved(configured: &str, led_to: &str, region: &str) -> Result<(String, String), Error> {
    let refused = |resolved: &str| {
        Error::configuration(format!(
            "Could not resolve start URL '{configured}' to an AWS-owned endpoint. Final URL: '{resolved}'"
        ))
    };
    let parts = Parts::of(led_to).ok_or_else(|| refused(led_to))?;
    let url = parts.normalized();
    if !is_aws_owned(parts.host) {
        return Err(refused(&url));
    }
    if parts.scheme != "https" {
        return Err(Error::configuration(format!("Resolved URL must use https. Got: '{url}'")));
    }
    let named = region_of_portal_host(parts.host).or_else(|| Some(region.to_owned()).filter(|it| !it.is_empty()));
    named.map(|region| (url, region)).ok_or_else(|| {
        Error::configuration(format!(
            "Cannot determine region from start URL '{configured}'. Please provide sso_region in your configuration."
        ))
    })
}

/// Returns a URL as the AWS CLI compares and sends it: without user info, parameters, query, fragment, default port and
/// trailing slashes, scheme and host in lower case. `None` if it has no host.
pub fn normalized_start_url(url: &str) -> Option<String> {
    Parts::of(url).map(|parts| parts.normalized())
}

fn canonical(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// The scheme, host, port and path of a URL (RFC 3986 section 3).
struct Parts<'a> {
    scheme: String,
    host: &'a str,
    port: Option<u16>,
    path: &'a str,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Option<Self> {
        let scheme = scheme(url)?;
        let rest = url[scheme.len() + 1..].strip_prefix("//")?;
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let path = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
        // The parameters of the last segment (RFC 2396), which Python splits off and AWS drops.
        let last = path.rfind('/').unwrap_or(0);
        let path = path[last..].find(';').map_or(path, |at| &path[..last + at]);
        let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = host_and_port.split_once(':').unwrap_or((host_and_port, ""));
        // Digits only: Rust's parser accepts a sign.
        let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
        let port = if port.is_empty() { None } else { Some(port.parse().ok().filter(|_| is_number)?) };
        let is_host = !host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
        let is_text = path.bytes().all(|byte| byte.is_ascii_graphic());
        (is_host && is_text).then_some(Self { scheme, host, port, path })
    }

    fn normalized(&self) -> String {
        let default = match self.scheme.as_str() {
            "https" => Some(443),
            "http" => Some(80),
            _ => None,
        };
        let port = self.port.filter(|port| *port != 0 && Some(*port) != default);
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{}{port}{}", self.scheme, self.host.to_ascii_lowercase(), self.path.trim_end_matches('/'))
    }
}

fn scheme(url: &str) -> Option<String> {
    let (scheme, _) = url.split_once(':')?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    is_scheme.then(|| scheme.to_ascii_lowercase())
}

#[cfg(test)]
#[path = "../../tests/fuzz/start_urls.rs"]
mod fuzz;
