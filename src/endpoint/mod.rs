//! The host name of each service in a region.
//!
//! Implements AWS's endpoint rules for `sso-oidc` and `sso` (the access portal), including FIPS and dual-stack, and
//! botocore's additions: the region must be a host label, and `fips-R` and `R-fips` mean FIPS in R. A configured
//! endpoint URL is chosen in `services`. Start URLs and portal hosts are in `start_url`, partitions in `partition`.

mod partition;
mod start_url;
mod url;

use partition::Partition;
pub use partition::REGIONS;
pub use start_url::{
    StartUrlKind, classify, is_aws_owned, is_dualstack, normalized_start_url, region_of_portal_host,
    region_of_start_url, resolved,
};
use url::is_label;
pub use url::{NOT_UNRESERVED, host_of, is_loopback, join, valid_endpoint};

use crate::error::Error;

/// A service that the program calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// The `OpenID` Connect service: registration, device authorization, tokens.
    Oidc,
    /// The access portal: role credentials, sign-out.
    Portal,
    /// The Security Token Service: assumes roles.
    Sts,
}

/// The variant of an endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Variant {
    /// Validated cryptography (FIPS 140).
    pub fips: bool,
    /// IPv6 and IPv4.
    pub dualstack: bool,
}

/// Returns the base URL of a service in a region: `https://` and the host.
pub fn resolve(service: Service, region: &str, variant: Variant) -> Result<String, Error> {
    let (region, variant) = normalized_region(region, variant)?;
    let partition = Partition::of(&region);
    if variant.dualstack && !partition.has_dualstack(&region) {
        let tags = if variant.fips { "'dualstack', 'fips'" } else { "'dualstack'" };
        return Err(Error::other(format!(
            "Unable to construct a modeled endpoint with the following variant(s) [{tags}]: "
        )));
    }
    let host = match service {
        Service::Oidc => "oidc",
        Service::Portal => "portal.sso",
        Service::Sts if region == "aws-global" && variant == Variant::default() => {
            return Ok("https://sts.amazonaws.com".to_owned());
        }
        Service::Sts => "sts",
    };
    // GovCloud's ordinary hosts are its FIPS hosts, except behind dual-stack names.
    let fips = if variant.fips && (variant.dualstack || !partition.ordinary_is_fips()) { "-fips" } else { "" };
    let suffix = if variant.dualstack { partition.dualstack_suffix } else { partition.suffix };
    let url = format!("https://{host}{fips}.{region}.{suffix}");
    if is_label(&region) { Ok(url) } else { Err(Error::other(format!("Invalid endpoint: {url}"))) }
}

/// Checks a region and splits a FIPS pseudo-region into the region to sign for and the FIPS variant.
///
/// An empty region is valid, as in the AWS CLI, because it works with a custom endpoint.
pub fn normalized_region(region: &str, variant: Variant) -> Result<(String, Variant), Error> {
    check_region(region)?;
    let plain = region.replace("fips-", "").replace("-fips", "");
    let fips = variant.fips || plain != region;
    Ok((plain, Variant { fips, ..variant }))
}

/// Checks that a region is empty or a host label: at most 63 letters, digits and inner hyphens, not only digits.
pub fn check_region(region: &str) -> Result<(), Error> {
    let only_digits = !region.is_empty() && region.bytes().all(|byte| byte.is_ascii_digit());
    if !only_digits && (region.is_empty() || is_label(region)) {
        return Ok(());
    }
    Err(Error::other(format!("Provided region_name '{region}' doesn't match a supported format.")))
}

#[cfg(test)]
#[path = "../../tests/fuzz/endpoints.rs"]
mod fuzz;
