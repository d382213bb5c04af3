//! The Identity Center part of the configuration: which start URL, which region, which scopes.
//!
//! An `[sso-session]` named by the option or by the profile, else the older keys in the profile itself; the rules and the
//! texts of errors are those of `aws sso login` 2.36.7. Options that stand in for configuration are ours. Whether the URL
//! is usable is judged in `login`.

use super::origin::{Located, Origin};
use super::{Config, Section};
use crate::error::Error;
use crate::python;

/// What the command line said about the session.
#[derive(Clone, Copy, Debug, Default)]
pub struct SsoOverrides<'a> {
    /// `--sso-session`; empty asks for the profile's own keys, as with the AWS CLI.
    pub session: Option<&'a str>,
    /// `--start-url`.
    pub start_url: Option<&'a str>,
    /// `--sso-region`.
    pub region: Option<&'a str>,
}

/// One Identity Center as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoSettings {
    /// The sso-session's name; `None` for keys of the profile itself.
    pub session_name: Option<String>,
    /// As configured, byte for byte: the token's file name may depend on it.
    pub start_url: String,
    /// As configured; may be empty, which only a vanity URL makes good.
    pub region: String,
    /// Of the sso-session only. Absent and empty differ: they name different registrations.
    pub registration_scopes: Option<Vec<String>>,
    /// The profile these settings were asked for through, or the one that has the keys.
    pub profile_name: String,
    /// `sso_login_flow`, ours.
    pub flow_key: Option<Located<String>>,
    /// `sso_redirect_port`, ours.
    pub redirect_port: Option<u16>,
    /// `sso_browser_command`, ours.
    pub browser: Option<Located<String>>,
    /// Who said the start URL.
    pub start_url_origin: Origin,
    /// Who said the region.
    pub region_origin: Origin,
}

/// The settings that the selected profile and the options ask for.
pub fn sso_settings(config: &Config, options: SsoOverrides<'_>) -> Result<SsoSettings, Error> {
    let profile = config.selected();
    let session = match options.session {
        Some(name) => Some(name),
        None if options.start_url.is_some() => None,
        None => profile.and_then(|profile| profile.get("sso_session")),
    };
    let session = session.filter(|name| !name.is_empty());
    let section = match session {
        Some(name) => {
            let section = config.sso_session(name);
            if section.is_none() && options.start_url.is_none() {
                return Err(no_session(config, profile, name, options));
            }
            section
        }
        // A start URL by option stands for a profile of which nothing else is known.
        None if options.start_url.is_some() => None,
        None => profile,
    };
    Request { config, session, section, options }.settings(config.profile_name())
}

/// Every sso-session, then every profile that has the older keys and no session, each usable or with what it lacks.
pub fn all_sso(config: &Config) -> Vec<Result<SsoSettings, Error>> {
    let options = SsoOverrides::default();
    let sessions = config.sso_sessions().map(|(name, section)| {
        let request = Request { config, session: Some(name), section: Some(section), options };
        request.settings(config.profile_name())
    });
    let legacy = config.profiles().filter(|(_, profile)| {
        profile.get("sso_session").is_none_or(str::is_empty)
            && ["sso_start_url", "sso_region"].iter().any(|key| profile.get(key).is_some())
    });
    let legacy =
        legacy.map(|(name, profile)| Request { config, session: None, section: Some(profile), options }.settings(name));
    sessions.chain(legacy).collect()
}

struct Request<'a> {
    config: &'a Config,
    session: Option<&'a str>,
    section: Option<Section<'a>>,
    options: SsoOverrides<'a>,
}

impl Request<'_> {
    fn settings(&self, profile_name: &str) -> Result<SsoSettings, Error> {
        let start_url = self.either("--start-url", self.options.start_url, "sso_start_url");
        let region = self.either("--sso-region", self.options.region, "sso_region");
        let (start_url, region) = match (start_url, region) {
            (Some(start_url), Some(region)) => (start_url, region),
            (start_url, region) => return Err(self.missing(start_url.is_none(), region.is_none())),
        };
        self.check_same_url(&start_url.value)?;
        let section = self.section.filter(|_| self.session.is_some());
        let scopes = section.and_then(|section| section.get("sso_registration_scopes"));
        Ok(SsoSettings {
            session_name: self.session.map(str::to_owned),
            start_url: start_url.value,
            region: region.value,
            registration_scopes: scopes.map(registration_scopes),
            profile_name: profile_name.to_owned(),
            flow_key: self.key("sso_login_flow"),
            redirect_port: self.redirect_port()?,
            browser: self.key("sso_browser_command"),
            start_url_origin: start_url.origin,
            region_origin: region.origin,
        })
    }

    fn key(&self, key: &str) -> Option<Located<String>> {
        self.section?.located(key)
    }

    fn either(&self, name: &'static str, option: Option<&str>, key: &str) -> Option<Located<String>> {
        let option = option.map(|value| Located::new(value.to_owned(), Origin::Option(name)));
        option.or_else(|| self.key(key))
    }

    fn missing(&self, start_url: bool, region: bool) -> Error {
        let named = |missing: bool, key: &'static str| missing.then_some(key);
        let keys = [named(start_url, "sso_start_url"), named(region, "sso_region")];
        let keys = keys.into_iter().flatten().collect::<Vec<_>>();
        let mut message = format!("Missing the following required SSO configuration values: {}.", keys.join(", "));
        if self.session.is_none() {
            message += " To make sure this profile is properly configured to use SSO, please run: aws configure sso";
        }
        let path = self.config.described();
        let detail = if self.options.start_url.is_some() {
            "--start-url needs --sso-region beside it".to_owned()
        } else if let Some(section) = self.section {
            format!("{} does not have {}", section.place(), keys.join(" and "))
        } else {
            let name = self.config.profile_name();
            format!(
                "the profile `{name}` is not in {path}; name a profile, --sso-session, or --start-url and --sso-region"
            )
        };
        Error::configuration(message).hint(detail)
    }

    /// The name of a session is the name of its token's file, so one name cannot stand for two URLs.
    fn check_same_url(&self, start_url: &str) -> Result<(), Error> {
        if self.options.start_url.is_none() {
            return Ok(());
        }
        let (Some(name), Some(configured)) = (self.session, self.key("sso_start_url")) else { return Ok(()) };
        if configured.value == start_url {
            return Ok(());
        }
        let message = format!(
            "Bad value for --start-url \"{start_url}\": the sso-session \"{name}\" is configured with \"{}\"",
            configured.value
        );
        Err(Error::validation(message)
            .hint(format!("see {}; choose another name for --sso-session", configured.origin)))
    }

    fn redirect_port(&self) -> Result<Option<u16>, Error> {
        let Some(Located { value, origin }) = self.key("sso_redirect_port") else { return Ok(None) };
        let port = value.parse::<u16>().ok().filter(|port| *port != 0);
        port.map(Some).ok_or_else(|| {
            let message = format!("sso_redirect_port must be a number from 1 to 65535, not {}", python::quoted(&value));
            Error::configuration(message).value_from(&origin)
        })
    }
}

/// Split at commas, trimmed, empty parts dropped.
fn registration_scopes(text: &str) -> Vec<String> {
    let parts = text.split(',').map(python::strip);
    parts.filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}

fn no_session(config: &Config, profile: Option<Section<'_>>, name: &str, options: SsoOverrides<'_>) -> Error {
    let place = || Some(Origin::File(profile?.origin("sso_session")?));
    let origin = options.session.map(|_| Origin::Option("--sso-session")).or_else(place).unwrap_or(Origin::Default);
    let names: Vec<&str> = config.sso_sessions().map(|(name, _)| name).take(10).collect();
    let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let path = config.described();
    let message = format!("The specified sso-session does not exist: \"{name}\"");
    Error::configuration(message).hint(format!("{origin} names it; sso-sessions in {path}: {known}"))
}

#[cfg(test)]
#[path = "../../tests/fuzz/scopes.rs"]
mod fuzz;
