//! How requests are to be made, resolved once: option before variable before file before default.
//!
//! The orders, the texts of errors and what counts as true are those of AWS CLI 2.36.7. Two of its corners are not
//! copied: an empty CA bundle variable is no bundle (there it switches verification off). When no region is found here
//! the AWS CLI asks EC2 instance metadata; whether that is done is up to the caller. Proxies are read in `http`.

use std::time::Duration;

use super::Config;
use super::origin::{Located, Origin};
use crate::context::Context;
use crate::error::Error;
use crate::python;

/// The options about how to make requests.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--region`; empty counts.
    pub region: Option<String>,
    /// `--endpoint-url`, for both services.
    pub endpoint_url: Option<String>,
    /// `--ca-bundle`.
    pub ca_bundle: Option<String>,
    /// `--no-verify-ssl`.
    pub no_verify_ssl: bool,
    /// `--cli-connect-timeout`, as it was written.
    pub connect_timeout: Option<String>,
    /// `--cli-read-timeout`, as it was written.
    pub read_timeout: Option<String>,
}

/// A time-out; `None` waits forever.
pub type Limit = Option<Duration>;

/// Everything about requests that can be configured, except credentials.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// The region, not yet checked; `None` when neither option, variable nor profile has one. May be empty.
    pub region: Option<Located<String>>,
    /// FIPS endpoints are wanted.
    pub fips: bool,
    /// Dual-stack endpoints are wanted.
    pub dualstack: bool,
    /// PEM file or directory that replaces the built-in roots.
    pub ca_bundle: Option<Located<String>>,
    /// Whether certificates are checked.
    pub verify_ssl: bool,
    /// To connect; 60 s by default.
    pub connect_timeout: Located<Limit>,
    /// Between two parts of a response; 60 s by default.
    pub read_timeout: Located<Limit>,
    /// Attempts in all, at least one; 3 by default.
    pub max_attempts: Located<u32>,
    /// Application identifier for the user agent.
    pub user_agent_app_id: Option<String>,
    oidc_endpoint_url: Result<Option<Located<String>>, Error>,
    portal_endpoint_url: Result<Option<Located<String>>, Error>,
    sts_endpoint_url: Result<Option<Located<String>>, Error>,
}

impl ClientSettings {
    /// The configured base URL of the `OpenID` Connect service; an error when the profile names a missing `services` section.
    pub fn oidc_endpoint_url(&self) -> Result<Option<&Located<String>>, Error> {
        self.oidc_endpoint_url.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }

    /// The configured base URL of the access portal's API; the same error.
    pub fn portal_endpoint_url(&self) -> Result<Option<&Located<String>>, Error> {
        self.portal_endpoint_url.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }

    /// The configured base URL of STS, which credentials of roles come from; the same error.
    pub fn sts_endpoint_url(&self) -> Result<Option<&Located<String>>, Error> {
        self.sts_endpoint_url.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }

    /// The region, or AWS's error when there is none.
    pub fn require_region(&self) -> Result<&Located<String>, Error> {
        self.region.as_ref().ok_or_else(Error::no_region)
    }
}

/// Resolves everything. Errors come in the AWS CLI's order: options, then files and variables.
pub fn client_settings(context: &Context, config: &Config, overrides: &Overrides) -> Result<ClientSettings, Error> {
    check_endpoint_option(overrides)?;
    let read_timeout = limit("--cli-read-timeout", "read", overrides.read_timeout.as_deref())?;
    let connect_timeout = limit("--cli-connect-timeout", "connect", overrides.connect_timeout.as_deref())?;
    let sources = Sources { context, config };
    sources.check_formats()?;
    let max_attempts = sources.max_attempts()?;
    sources.check_retry_mode()?;
    Ok(ClientSettings {
        region: Located::option("--region", overrides.region.as_deref())
            .or_else(|| sources.first(&["AWS_REGION", "AWS_DEFAULT_REGION"], "region")),
        fips: sources.is_true("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
        dualstack: sources.is_true("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
        ca_bundle: sources.ca_bundle(overrides.ca_bundle.as_deref()),
        verify_ssl: !overrides.no_verify_ssl,
        connect_timeout,
        read_timeout,
        max_attempts,
        user_agent_app_id: sources.first(&["AWS_SDK_UA_APP_ID"], "sdk_ua_app_id").map(|found| found.value),
        oidc_endpoint_url: sources.endpoint_url(overrides, "AWS_ENDPOINT_URL_SSO_OIDC", "sso_oidc"),
        portal_endpoint_url: sources.endpoint_url(overrides, "AWS_ENDPOINT_URL_SSO", "sso"),
        sts_endpoint_url: sources.endpoint_url(overrides, "AWS_ENDPOINT_URL_STS", "sts"),
    })
}

/// Where values come from if no option is set.
struct Sources<'a> {
    context: &'a Context,
    config: &'a Config,
}

impl Sources<'_> {
    fn first(&self, variables: &[&'static str], key: &str) -> Option<Located<String>> {
        self.config.setting(self.context, variables, key)
    }

    fn variable(&self, name: &'static str) -> Option<Located<String>> {
        Located::variable(name, self.context)
    }

    fn key(&self, key: &str) -> Option<Located<String>> {
        self.config.selected().and_then(|section| section.located(key))
    }

    /// True is the word `true` in any case; a variable counts even when it is empty.
    fn is_true(&self, variable: &'static str, key: &str) -> bool {
        self.first(&[variable], key).is_some_and(|found| found.value.to_lowercase() == "true")
    }

    fn ca_bundle(&self, chosen: Option<&str>) -> Option<Located<String>> {
        let not_empty = |found: &Located<String>| !found.value.is_empty();
        Located::option("--ca-bundle", chosen)
            .filter(not_empty)
            .or_else(|| self.variable("AWS_CA_BUNDLE").filter(not_empty))
            .or_else(|| self.key("ca_bundle").filter(not_empty))
            .or_else(|| self.variable("REQUESTS_CA_BUNDLE").filter(not_empty))
    }

    /// No operation has timestamps or binary members, but the AWS CLI rejects formats that it does not know.
    fn check_formats(&self) -> Result<(), Error> {
        let timestamp = "cli_timestamp_format";
        if let Some(Located { value, origin }) = self.unknown(timestamp, &["wire", "iso8601"]) {
            let message = format!("Unknown {timestamp} value: {value}, valid values are \"wire\" or \"iso8601\"");
            return Err(Error::configuration(message).value_from(&origin));
        }
        match self.unknown("cli_binary_format", &["base64", "raw-in-base64-out"]) {
            Some(Located { value, origin }) => Err(invalid(python::quoted(&value), &origin)),
            None => Ok(()),
        }
    }

    /// A key whose value is none of these.
    fn unknown(&self, key: &str, known: &[&str]) -> Option<Located<String>> {
        if known.contains(&self.config.get(key)?) { None } else { self.key(key) }
    }

    fn max_attempts(&self) -> Result<Located<u32>, Error> {
        let Some(Located { value, origin }) = self.first(&["AWS_MAX_ATTEMPTS"], "max_attempts") else {
            return Ok(Located::new(3, Origin::Default));
        };
        let Some(number) = python::saturating_int(&value) else {
            return Err(invalid(python::int_error(&value), &origin));
        };
        if number < 1 {
            let what = format!(
                "Value provided to \"max_attempts\": {number} must be an integer greater than or equal to one."
            );
            return Err(invalid(what, &origin));
        }
        Ok(Located::new(u32::try_from(number).unwrap_or(u32::MAX), origin))
    }

    /// The AWS CLI rejects other modes. Here every retry waits as in standard mode.
    fn check_retry_mode(&self) -> Result<(), Error> {
        match self.first(&["AWS_RETRY_MODE"], "retry_mode") {
            Some(Located { value, origin }) if !["standard", "adaptive"].contains(&value.as_str()) => Err(invalid(
                format!("Invalid value provided to \"mode\": \"{value}\" must be one of: \"standard\" or \"adaptive\""),
                &origin,
            )),
            _ => Ok(()),
        }
    }

    /// The option; then, unless configured endpoints are ignored, the service's variable, the general one, the profile's
    /// `services` section, the profile. An empty value is passed over.
    fn endpoint_url(
        &self,
        overrides: &Overrides,
        variable: &'static str,
        service: &str,
    ) -> Result<Option<Located<String>>, Error> {
        if let Some(chosen) = Located::option("--endpoint-url", overrides.endpoint_url.as_deref()) {
            return Ok(Some(chosen));
        }
        if self.is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls") {
            return Ok(None);
        }
        let not_empty = |found: &Located<String>| !found.value.is_empty();
        for name in [variable, "AWS_ENDPOINT_URL"] {
            if let Some(found) = self.variable(name).filter(not_empty) {
                return Ok(Some(found));
            }
        }
        if let Some(found) = self.services_endpoint_url(service)?.filter(not_empty) {
            return Ok(Some(found));
        }
        Ok(self.key("endpoint_url").filter(not_empty))
    }

    fn services_endpoint_url(&self, service: &str) -> Result<Option<Located<String>>, Error> {
        let Some(Located { value: name, origin }) = self.key("services") else { return Ok(None) };
        let Some(section) = self.config.services(&name).filter(|section| !section.is_empty()) else {
            let what = format!(
                "The profile is configured to use the services section but the \"{name}\" services configuration does \
                 not exist."
            );
            let place = self.config.described();
            return Err(Error::other(what)
                .hint(format!("the name comes from {origin}, but {place} has no [services {name}] with a key in it")));
        };
        Ok(section.nested(service).and_then(|nested| nested.located("endpoint_url")))
    }
}

fn invalid(message: String, origin: &Origin) -> Error {
    Error::other(message).value_from(origin)
}

/// The default of both time-outs, the AWS CLI's.
const DEFAULT_LIMIT: Duration = Duration::from_mins(1);

/// A century, which overflows no clock.
const LONGEST_LIMIT: u64 = 100 * 365 * 86_400;

fn limit(name: &'static str, what: &str, value: Option<&str>) -> Result<Located<Limit>, Error> {
    let Some(text) = value else { return Ok(Located::new(Some(DEFAULT_LIMIT), Origin::Default)) };
    let origin = Origin::Option(name);
    let Some(seconds) = python::saturating_int(text) else { return Err(invalid(python::int_error(text), &origin)) };
    let Ok(seconds) = u64::try_from(seconds) else {
        let message = format!(
            "Attempted to set {what} timeout to {seconds}, but the timeout cannot be set to a value less than or equal \
             to 0."
        );
        return Err(invalid(message, &origin));
    };
    Ok(Located::new((seconds > 0).then(|| Duration::from_secs(seconds.min(LONGEST_LIMIT))), origin))
}

/// The AWS CLI refuses an option without a scheme as a usage error; everything else about it is found out on use.
pub fn check_endpoint_option(overrides: &Overrides) -> Result<(), Error> {
    let Some(url) = &overrides.endpoint_url else { return Ok(()) };
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    if url.split_once(':').is_some_and(|(scheme, _)| is_scheme(scheme)) {
        return Ok(());
    }
    Err(Error::validation(format!(
        "Bad value for --endpoint-url \"{url}\": scheme is missing.  Must be of the form http://<hostname>/ or \
             https://<hostname>/"
    )))
}
