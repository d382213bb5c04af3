//! AWS's partitions: the regions of each, and the suffixes of its host names.
//!
//! The data comes from AWS's `partitions.json`. A region is matched by the name of a global pseudo-region or by its
//! form (`us-gov-word-digits`); any other region belongs to the partition `aws`.

/// The known regions, for completion. A region that is missing here works too: its partition is found by its form.
#[rustfmt::skip]
pub const REGIONS: [&str; 46] = [
    "af-south-1",
    "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2",
    "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1", "ca-west-1",
    "cn-north-1", "cn-northwest-1",
    "eu-central-1", "eu-central-2", "eu-isoe-west-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1",
    "eu-west-2", "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1", "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1", "us-east-2", "us-gov-east-1", "us-gov-west-1", "us-iso-east-1", "us-iso-west-1", "us-isob-east-1",
    "us-isob-west-1", "us-isof-east-1", "us-isof-south-1", "us-west-1", "us-west-2",
];

/// A partition.
pub(super) struct Partition {
    /// The name of its global pseudo-region; empty where there is none.
    global: &'static str,
    /// The prefixes of its regions' names, before `-word-digits`.
    prefixes: &'static [&'static str],
    pub(super) suffix: &'static str,
    pub(super) dualstack_suffix: &'static str,
}

const fn partition(
    prefixes: &'static [&'static str],
    [global, suffix, dualstack_suffix]: [&'static str; 3],
) -> Partition {
    Partition { global, prefixes, suffix, dualstack_suffix }
}

const PARTITIONS: [Partition; 8] = [
    partition(&["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"], ["aws-global", "amazonaws.com", "api.aws"]),
    partition(&["cn"], ["aws-cn-global", "amazonaws.com.cn", "api.amazonwebservices.com.cn"]),
    partition(&["eusc-de"], ["", "amazonaws.eu", "api.amazonwebservices.eu"]),
    partition(&["us-iso"], ["aws-iso-global", "c2s.ic.gov", "api.aws.ic.gov"]),
    partition(&["us-isob"], ["aws-iso-b-global", "sc2s.sgov.gov", "api.aws.scloud"]),
    partition(&["eu-isoe"], ["aws-iso-e-global", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"]),
    partition(&["us-isof"], ["aws-iso-f-global", "csp.hci.ic.gov", "api.aws.hci.ic.gov"]),
    partition(&["us-gov"], ["aws-us-gov-global", "amazonaws.com", "api.aws"]),
];

impl Partition {
    /// The partition a region belongs to.
    pub(super) fn of(region: &str) -> &'static Self {
        let found = PARTITIONS.iter().find(|partition| partition.is_global(region) || partition.has_form_of(region));
        found.unwrap_or(&PARTITIONS[0])
    }

    /// Whether the ordinary host names are already FIPS endpoints.
    pub(super) fn ordinary_is_fips(&self) -> bool {
        self.global == "aws-us-gov-global"
    }

    /// Whether a region has dual-stack host names. botocore's older endpoint data has none for the regions of these two
    /// partitions and rejects them before it evaluates the rules, but it does not recognise their pseudo-regions.
    pub(super) fn has_dualstack(&self, region: &str) -> bool {
        !matches!(self.global, "aws-iso-e-global" | "aws-iso-f-global") || self.is_global(region)
    }

    fn is_global(&self, region: &str) -> bool {
        !self.global.is_empty() && self.global == region
    }

    fn has_form_of(&self, region: &str) -> bool {
        let [digits, word, prefix] = region.rsplitn(3, '-').collect::<Vec<_>>()[..] else { return false };
        !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !word.is_empty()
            && self.prefixes.contains(&prefix)
    }
}
