//! How requests are made and results are presented, resolved once: option before variable before file before default.
//!
//! Precedence, error texts and what counts as true are those of AWS CLI 2.36.7, except that an empty CA bundle variable is
//! ignored (the AWS CLI then turns verification off). Callers add the region from EC2 instance metadata and check the names
//! of formats; proxies are read in `http`.

use std::path::PathBuf;
use std::time::Duration;

use super::Config;
use super::names::SectionKind;
use super::origin::{Located, Origin};
use crate::context::Context;
use crate::endpoint::Service;
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
    /// `--cli-connect-timeout`, not parsed.
    pub connect_timeout: Option<String>,
    /// `--cli-read-timeout`, not parsed.
    pub read_timeout: Option<String>,
}

/// Everything about requests that can be configured, except credentials.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// The region, not yet checked; `None` when neither option, variable nor profile has one. May be empty.
    pub region: Option<Located<String>>,
    /// Whether FIPS endpoints are used.
    pub fips: bool,
    /// Whether dual-stack endpoints are used; `None` if it is not set.
    pub dualstack: Option<bool>,
    /// PEM file or directory that replaces the built-in roots.
    pub ca_bundle: Option<Located<PathBuf>>,
    /// Whether certificates are checked.
    pub verify_ssl: bool,
    /// To connect; 60 s by default, `None` waits forever.
    pub connect_timeout: Located<Option<Duration>>,
    /// Between two parts of a response; 60 s by default, `None` waits forever.
    pub read_timeout: Located<Option<Duration>>,
    /// Attempts in all, at least one; 3 by default.
    pub max_attempts: Located<u32>,
    /// Application identifier for the user agent.
    pub user_agent_app_id: Option<String>,
    /// By the position of the service in [`Service`].
    endpoint_urls: [Result<Option<Located<String>>, Error>; 3],
}

impl ClientSettings {
    /// The configured base URL of a service; an error when the profile names a missing `services` section.
    pub fn endpoint_url(&self, service: Service) -> Result<Option<&Located<String>>, Error> {
        self.endpoint_urls[service as usize].as_ref().map(Option::as_ref).map_err(Clone::clone)
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
            .or_else(|| config.setting(context, &["AWS_REGION", "AWS_DEFAULT_REGION"], "region")),
        fips: sources.is_true("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
        dualstack: sources.is_set("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
        ca_bundle: sources.ca_bundle(overrides.ca_bundle.as_deref()),
        verify_ssl: !overrides.no_verify_ssl,
        connect_timeout,
        read_timeout,
        max_attempts,
        user_agent_app_id: config.setting(context, &["AWS_SDK_UA_APP_ID"], "sdk_ua_app_id").map(|found| found.value),
        endpoint_urls: [Service::Oidc, Service::Portal, Service::Sts]
            .map(|service| sources.endpoint_url(overrides.endpoint_url.as_deref(), service)),
    })
}

/// The sources of values other than options.
struct Sources<'a> {
    context: &'a Context,
    config: &'a Config,
}

impl Sources<'_> {
    /// Whether the value is `true` in any case; an empty variable overrides the key.
    fn is_true(&self, variable: &'static str, key: &str) -> bool {
        self.is_set(variable, key).unwrap_or_default()
    }

    /// The same, `None` if neither is set.
    fn is_set(&self, variable: &'static str, key: &str) -> Option<bool> {
        Some(self.config.setting(self.context, &[variable], key)?.value.to_lowercase() == "true")
    }

    fn ca_bundle(&self, chosen: Option<&str>) -> Option<Located<PathBuf>> {
        let variable = |name| {
            let path = self.context.var_os(name).filter(|path| !path.is_empty())?;
            Some(Located::new(path.into(), Origin::Variable(name)))
        };
        let path = |found: Located<String>| Located::new(found.value.into(), found.origin);
        let option = Located::option("--ca-bundle", chosen).filter(not_empty).map(path);
        option
            .or_else(|| variable("AWS_CA_BUNDLE"))
            .or_else(|| self.config.key("ca_bundle").filter(not_empty).map(path))
            .or_else(|| variable("REQUESTS_CA_BUNDLE"))
    }

    /// No operation has timestamps or binary members, but the AWS CLI rejects unknown formats.
    fn check_formats(&self) -> Result<(), Error> {
        let unknown =
            |key, known: [&str; 2]| self.config.key(key).filter(|found| !known.contains(&found.value.as_str()));
        let timestamp = "cli_timestamp_format";
        if let Some(found) = unknown(timestamp, ["wire", "iso8601"]) {
            let value = &found.value;
            let message = format!("Unknown {timestamp} value: {value}, valid values are \"wire\" or \"iso8601\"");
            return Err(Error::configuration(message).value_from(&found.source()));
        }
        match unknown("cli_binary_format", ["base64", "raw-in-base64-out"]) {
            Some(found) => Err(Error::other(python::quoted(&found.value)).value_from(&found.source())),
            None => Ok(()),
        }
    }

    fn max_attempts(&self) -> Result<Located<u32>, Error> {
        let Some(found) = self.config.setting(self.context, &["AWS_MAX_ATTEMPTS"], "max_attempts") else {
            return Ok(Located::new(3, Origin::Default));
        };
        let (number, origin) = (found.integer()?, found.origin);
        if number < 1 {
            let what = format!(
                "Value provided to \"max_attempts\": {number} must be an integer greater than or equal to one."
            );
            return Err(Error::other(what).value_from(&origin));
        }
        Ok(Located::new(u32::try_from(number).unwrap_or(u32::MAX), origin))
    }

    /// The AWS CLI rejects other modes. Retries here always follow standard mode.
    fn check_retry_mode(&self) -> Result<(), Error> {
        let Some(found) = self.config.setting(self.context, &["AWS_RETRY_MODE"], "retry_mode") else {
            return Ok(());
        };
        let value = &found.value;
        if ["standard", "adaptive"].contains(&value.as_str()) {
            return Ok(());
        }
        let message =
            format!("Invalid value provided to \"mode\": \"{value}\" must be one of: \"standard\" or \"adaptive\"");
        Err(Error::other(message).value_from(&found.source()))
    }

    /// The option; then, unless configured endpoints are ignored, the service's variable, the general one, the profile's
    /// `services` section, the profile. Empty values are skipped.
    fn endpoint_url(&self, chosen: Option<&str>, service: Service) -> Result<Option<Located<String>>, Error> {
        let (variable_of_service, key) = match service {
            Service::Oidc => ("AWS_ENDPOINT_URL_SSO_OIDC", "sso_oidc"),
            Service::Portal => ("AWS_ENDPOINT_URL_SSO", "sso"),
            Service::Sts => ("AWS_ENDPOINT_URL_STS", "sts"),
        };
        if chosen.is_some() {
            return Ok(Located::option("--endpoint-url", chosen));
        }
        if self.is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls") {
            return Ok(None);
        }
        let variable = |name| Located::variable(name, self.context).filter(not_empty);
        if let Some(found) = variable(variable_of_service).or_else(|| variable("AWS_ENDPOINT_URL")) {
            return Ok(Some(found));
        }
        let of_services = self.services_endpoint_url(key)?.filter(not_empty);
        Ok(of_services.or_else(|| self.config.key("endpoint_url").filter(not_empty)))
    }

    fn services_endpoint_url(&self, service: &str) -> Result<Option<Located<String>>, Error> {
        let Some(chosen) = self.config.key("services") else { return Ok(None) };
        let name = &chosen.value;
        let Some(section) = self.config.services(name).filter(|section| !section.is_empty()) else {
            let what = format!(
                "The profile is configured to use the services section but the \"{name}\" services configuration does \
                 not exist."
            );
            let absent = || format!("{} has no [services {name}] with a key", self.config.described());
            let problem = self.config.misread(SectionKind::Services, name).unwrap_or_else(absent);
            return Err(Error::other(what).hint(format!("the name comes from {}; {problem}", chosen.source())));
        };
        Ok(section.nested(service).and_then(|nested| nested.located("endpoint_url")))
    }
}

fn not_empty(found: &Located<String>) -> bool {
    !found.value.is_empty()
}

/// The default of both time-outs, the AWS CLI's.
const DEFAULT_LIMIT: Duration = Duration::from_mins(1);

/// A century, which cannot overflow a clock.
const LONGEST_LIMIT: u64 = 100 * 365 * 86_400;

fn limit(name: &'static str, what: &str, value: Option<&str>) -> Result<Located<Option<Duration>>, Error> {
    let Some(found) = Located::option(name, value) else {
        return Ok(Located::new(Some(DEFAULT_LIMIT), Origin::Default));
    };
    let (seconds, origin) = (found.integer()?, found.origin);
    let Ok(seconds) = u64::try_from(seconds) else {
        let message = format!(
            "Attempted to set {what} timeout to {seconds}, but the timeout cannot be set to a value less than or equal \
             to 0."
        );
        return Err(Error::other(message).value_from(&origin));
    };
    Ok(Located::new((seconds > 0).then(|| Duration::from_secs(seconds.min(LONGEST_LIMIT))), origin))
}

/// Rejects an option without a scheme as a usage error, like the AWS CLI; the rest of the URL is checked on use.
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

/// The name of the output format: `--output`, `AWS_DEFAULT_OUTPUT`, `output`, else `json`. Not checked.
pub fn output_format(context: &Context, config: &Config, chosen: Option<&str>) -> Located<String> {
    Located::option("--output", chosen)
        .or_else(|| config.setting(context, &["AWS_DEFAULT_OUTPUT"], "output"))
        .unwrap_or_else(|| Located::new("json".to_owned(), Origin::Default))
}

/// The name of the error format, in lower case: `--cli-error-format`, `AWS_CLI_ERROR_FORMAT`, `cli_error_format`, else
/// `enhanced`. An unknown name means `enhanced`. Without a readable config the file is skipped.
pub fn error_format(context: &Context, config: Option<&Config>, chosen: Option<&str>) -> String {
    let found = Located::option("--cli-error-format", chosen)
        .or_else(|| Located::variable("AWS_CLI_ERROR_FORMAT", context))
        .or_else(|| config?.key("cli_error_format"));
    let name = found.map(|found| found.value).filter(|name| !name.is_empty());
    name.map_or_else(|| "enhanced".to_owned(), |name| name.to_lowercase())
}

/// The pager's command line: `AWS_PAGER`, `cli_pager`, `PAGER`, else `less` (`more` on Windows); `None` when an option or
/// an empty value turns it off.
pub fn pager(context: &Context, config: &Config, no_pager: bool) -> Option<Located<String>> {
    if no_pager {
        return None;
    }
    let found = config.setting(context, &["AWS_PAGER"], "cli_pager").or_else(|| Located::variable("PAGER", context));
    let found = found.unwrap_or_else(|| {
        let program = if cfg!(windows) { "more" } else { "less" };
        Located::new(program.to_owned(), Origin::Default)
    });
    (!found.value.is_empty()).then_some(found)
}

/// When to prompt for missing options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutoPrompt {
    /// Never.
    Off,
    /// Before every command.
    On,
    /// After a usage error.
    OnPartial,
}

/// `--no-cli-auto-prompt`, `--cli-auto-prompt`, `AWS_CLI_AUTO_PROMPT`, `cli_auto_prompt`, else off; an unknown value means off.
/// Without a readable config the options alone count.
pub fn auto_prompt(context: &Context, config: Option<&Config>, on: bool, off: bool) -> AutoPrompt {
    if off {
        return AutoPrompt::Off;
    }
    if on {
        return AutoPrompt::On;
    }
    let found = config.and_then(|config| config.setting(context, &["AWS_CLI_AUTO_PROMPT"], "cli_auto_prompt"));
    match found.map(|found| found.value.to_lowercase()).as_deref() {
        Some("on") => AutoPrompt::On,
        Some("on-partial") => AutoPrompt::OnPartial,
        _ => AutoPrompt::Off,
    }
}
