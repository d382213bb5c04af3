//! Which host answers for a service in a region.
//!
//! AWS's endpoint rule set for `sso-oidc` and `sso` (the access portal), FIPS and dual-stack included, plus what botocore
//! does around it: the region must be a host label, `fips-R` and `R-fips` mean FIPS in R. A configured endpoint
//! URL is chosen in `services`. Start URLs and portal hosts are in `start_url`, partitions in `partition`.

mod partition;
mod start_url;
mod url;

use partition::Partition;
pub use partition::REGIONS;
pub use start_url::{StartUrlKind, classify, is_aws_owned, normalized_start_url, region_of_portal_host, resolved};
use url::is_label;
pub use url::{NOT_UNRESERVED, host_of, is_loopback, join, valid_endpoint};

use crate::error::Error;

/// A service we call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// The `OpenID` Connect service: registration, device authorization, tokens.
    Oidc,
    /// The access portal's API: role credentials, sign-out.
    Portal,
    /// The Security Token Service: roles to assume.
    Sts,
}

/// Which kind of endpoint is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Variant {
    /// Validated cryptography (FIPS 140).
    pub fips: bool,
    /// IPv6 and IPv4.
    pub dualstack: bool,
}

/// The base URL, `https://` and host, of a service in a region.
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

/// Checks a region and takes a FIPS pseudo-region apart: the region to sign for, and the variant with what its name adds.
///
/// An empty region passes, as for AWS: together with a custom endpoint it works.
pub fn normalized_region(region: &str, variant: Variant) -> Result<(String, Variant), Error> {
    check_region(region)?;
    let plain = region.replace("fips-", "").replace("-fips", "");
    let fips = variant.fips || plain != region;
    Ok((plain, Variant { fips, ..variant }))
}

/// A region must be a host label: letters, digits and inner hyphens, at most 63, not only digits. Empty passes.
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
