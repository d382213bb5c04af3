//! `Session`: one IAM Identity Center as configured: start URL, region, scopes, and how to sign in.
//!
//! It comes from the `[sso-session]` in the option or the profile, else from the legacy keys of the profile itself. Rules
//! and error texts are those of `aws sso login` 2.36.7, for roles those of botocore; options that override keys are ours.
//! URLs are checked in `login`, tokens in `session`.

use std::collections::HashSet;

use super::names::{SectionKind, shell_quoted};
use super::origin::{Located, Origin};
use super::selection::{REGION, RoleOptions, SessionOptions, requires};
use super::{Config, Section};
use crate::error::{Error, Kind};
use crate::python;

/// The scope that is requested when none is configured (authorization code flow), as by AWS.
pub const DEFAULT_SCOPE: &str = "sso:account:access";

/// One Identity Center as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The sso-session's name; `None` for keys of the profile itself.
    pub name: Option<String>,
    /// As configured, byte for byte: the token's file name may depend on it.
    pub start_url: Located<String>,
    /// As configured; empty is valid with a vanity URL only.
    pub region: Located<String>,
    /// Of the sso-session only. Absent and empty differ: they name different registrations.
    pub scopes: Option<Vec<String>>,
    /// The selected profile, or the one that has the settings.
    pub profile: String,
    /// Whether that profile was named and has this session, so that its name selects both.
    pub is_of_named_profile: bool,
    /// `sso_login_flow`.
    pub flow: Option<Located<String>>,
    /// `sso_redirect_port`, see [`Session::redirect_port`].
    pub redirect_port: Option<Located<String>>,
    /// `sso_browser_command`.
    pub browser_command: Option<String>,
}

/// A role of an account, and the session that gives access to it.
pub struct SsoRole {
    /// The session.
    pub session: Session,
    /// The account's number.
    pub account_id: Located<String>,
    /// The name of the role (permission set).
    pub role_name: Located<String>,
}

impl Session {
    /// The session from the options, else of the selected profile or of the source of its role.
    pub fn resolve(config: &Config, options: &SessionOptions<'_>) -> Result<Self, Error> {
        Source::new(config, options.profile(config)?, options)?.session()
    }

    /// The session of a profile itself.
    pub fn of_profile(config: &Config, profile: &str) -> Result<Self, Error> {
        Source::new(config, profile, &SessionOptions { as_aws: true, ..SessionOptions::default() })?.session()
    }

    /// Every sso-session, then every legacy profile: the session, or the error that names what is missing.
    pub fn all(config: &Config) -> Vec<Result<Self, Error>> {
        let defaults = SessionOptions::default();
        let source = |profile, name, section| {
            Source { config, profile, name, section: Some(section), fallback: None, options: &defaults }.session()
        };
        let sessions = config.sso_sessions().map(|(name, section)| source(config.profile_name(), Some(name), section));
        let legacy = config.profiles().filter(|(_, profile)| {
            profile.get("sso_session").is_none_or(str::is_empty)
                && ["sso_start_url", "sso_region"].iter().any(|key| profile.get(key).is_some())
        });
        sessions.chain(legacy.map(|(name, profile)| source(name, None, profile))).collect()
    }

    /// The sessions selected by `--sso-session` or `--profile`, each once; `None` means all.
    pub fn selected(names: &[String], profile: Option<&str>, config: &Config) -> Result<Option<Vec<Self>>, Error> {
        let resolved = |name| Self::resolve(config, &SessionOptions::new(name, None, None));
        if !names.is_empty() {
            let mut seen = HashSet::new();
            let names = names.iter().filter(|name| seen.insert(*name));
            return names.map(|name| resolved(Some(name))).collect::<Result<_, _>>().map(Some);
        }
        profile.filter(|name| !name.is_empty()).map(|_| resolved(None).map(|session| vec![session])).transpose()
    }

    /// The label in messages: the name, or the start URL of a legacy profile.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.start_url.value)
    }

    /// The port for the redirect.
    pub fn redirect_port(&self) -> Result<Option<u16>, Error> {
        let Some(configured) = &self.redirect_port else { return Ok(None) };
        let failed = |error: Error| error.as_kind(Kind::Configuration).value_from(&configured.source());
        port("sso_redirect_port", &configured.value).map(Some).map_err(failed)
    }

    /// The command that signs in to this session.
    pub fn login_command(&self) -> String {
        // Options also where a variable has the value: the command may run in another environment.
        let is_option = |origin: &Origin| matches!(origin, Origin::Option(_) | Origin::Answer | Origin::Variable(_));
        let url_given = is_option(&self.start_url.origin);
        let name = self.name.as_ref().filter(|_| !self.is_of_named_profile);
        let profile = (!url_given).then_some(("--profile", &self.profile));
        let options = [
            name.map(|name| ("--sso-session", name)).or(profile),
            url_given.then_some(("--start-url", &self.start_url.value)),
            is_option(&self.region.origin).then_some(("--sso-region", &self.region.value)),
        ];
        let mut command = "sso-oidc login".to_owned();
        for (option, value) in options.into_iter().flatten() {
            command.extend([" ", option, " ", &shell_quoted(value)]);
        }
        command
    }

    /// The values that the service may reject, with their origins.
    pub fn described(&self) -> String {
        let Self { start_url, region, .. } = self;
        let end = ["#/", "#", "/"].into_iter().find(|end| start_url.value.ends_with(end));
        let end = end.map(|end| format!(", which ends in `{end}`")).unwrap_or_default();
        let scopes = self.scopes.as_deref().map(|scopes| format!(", scopes `{}`", scopes.join(",")));
        let scopes = scopes.unwrap_or_default();
        format!(
            "start URL `{}`{end} from {}, region `{}` from {}{scopes}",
            start_url.value,
            start_url.source(),
            region.value,
            region.source()
        )
    }
}

impl SsoRole {
    /// The role of a profile itself; `None` if it has neither an account nor a role.
    pub fn of_profile(config: &Config, profile: &str) -> Result<Option<Self>, Error> {
        Self::read(config, profile, &RoleOptions::default(), &SessionOptions::default())
    }

    /// The role from the options, else of the selected profile or of the source of its role; `None` if neither an account
    /// nor a role is set.
    pub fn resolve(config: &Config, role: &RoleOptions, options: &SessionOptions<'_>) -> Result<Option<Self>, Error> {
        Self::read(config, options.profile(config)?, role, options)
    }

    fn read(
        config: &Config,
        profile: &str,
        role: &RoleOptions,
        options: &SessionOptions<'_>,
    ) -> Result<Option<Self>, Error> {
        let section = config.profile(profile);
        let of_profile = |key| section.is_some_and(|section| section.get(key).is_some());
        if !role.is_given() && !of_profile("sso_account_id") && !of_profile("sso_role_name") {
            return Ok(None);
        }
        let mut source = Source::new(config, profile, options)?;
        if options.has_session() {
            // The options name the session, so what is missing is not missing in the profile.
            source.session()?;
        }
        if options.name.is_none()
            && source.name.is_some()
            && let (Some(profile), Some(session)) = (section, source.section)
        {
            check_consistent(profile, session)?;
            source.fallback = Some(profile);
        }
        let located = |key| section.and_then(|section| section.located(key)).or_else(|| source.key(key));
        let account_id = role.account_id.clone().or_else(|| located("sso_account_id"));
        let role_name = role.role_name.clone().or_else(|| located("sso_role_name"));
        role.check_complete(account_id.is_some(), role_name.is_some())?;
        let (start_url, region) = (source.start_url(), source.region());
        let missing = named([
            (role_name.is_none(), "sso_role_name"),
            (account_id.is_none(), "sso_account_id"),
            (start_url.is_none(), "sso_start_url"),
            (region.is_none(), "sso_region"),
        ]);
        let (Some(account_id), Some(role_name), []) = (account_id, role_name, &missing[..]) else {
            let missing = missing.join(", ");
            let message = format!(
                "The profile \"{profile}\" is configured to use SSO but is missing required configuration: {missing}"
            );
            let place = section.map_or_else(|| format!("the profile {profile}"), |section| section.place());
            return Err(
                Error::configuration(message).hint(format!("set {missing} in {place}, or pass it as an option"))
            );
        };
        Ok(Some(Self { session: source.session()?, account_id, role_name }))
    }
}

/// The sources of a session's values.
struct Source<'a> {
    config: &'a Config,
    profile: &'a str,
    name: Option<&'a str>,
    section: Option<Section<'a>>,
    /// The section that botocore reads after the sso-session when it loads a role.
    fallback: Option<Section<'a>>,
    options: &'a SessionOptions<'a>,
}

impl<'a> Source<'a> {
    fn new(config: &'a Config, profile: &'a str, options: &'a SessionOptions<'a>) -> Result<Self, Error> {
        let section = config.profile(profile);
        let by_option = options.start_url.is_some();
        // --start-url replaces the profile: none of its other keys apply.
        let of_profile = || section.filter(|_| !by_option)?.get("sso_session");
        let name = options.name.as_deref().or_else(of_profile).filter(|name| !name.is_empty());
        let section = match name {
            Some(name) => {
                let session = config.sso_session(name);
                if session.is_none() && !by_option {
                    return Err(no_session(config, section, name, options));
                }
                session
            }
            None => section.filter(|_| !by_option),
        };
        Ok(Self { config, profile, name, section, fallback: None, options })
    }

    fn session(&self) -> Result<Session, Error> {
        let (start_url, region) = match (self.start_url(), self.region()) {
            (Some(start_url), Some(region)) => (start_url, region),
            (start_url, region) => return Err(self.missing(start_url.is_none(), region.is_none())),
        };
        self.check_same_url(&start_url.value)?;
        let scopes = self.name.and(self.key("sso_registration_scopes"));
        // Those with which it is saved. Without a scope the device code flow gets a token that cannot be refreshed.
        let of_new_session = self.name.filter(|_| self.section.is_none()).map(|_| vec![DEFAULT_SCOPE.to_owned()]);
        let is_named = self.config.profile_was_named() || self.profile != self.config.profile_name();
        let session_of_profile = || self.config.profile(self.profile)?.get("sso_session");
        Ok(Session {
            name: self.name.map(str::to_owned),
            start_url,
            region,
            scopes: scopes.map(|scopes| registration_scopes(&scopes.value)).or(of_new_session),
            profile: self.profile.to_owned(),
            is_of_named_profile: is_named && self.options.start_url.is_none() && session_of_profile() == self.name,
            flow: self.key("sso_login_flow"),
            redirect_port: self.key("sso_redirect_port"),
            browser_command: self.key("sso_browser_command").map(|command| command.value),
        })
    }

    fn key(&self, key: &str) -> Option<Located<String>> {
        [self.section, self.fallback].into_iter().flatten().find_map(|section| section.located(key))
    }

    fn start_url(&self) -> Option<Located<String>> {
        self.options.start_url.clone().or_else(|| self.key("sso_start_url"))
    }

    fn region(&self) -> Option<Located<String>> {
        self.options.region.clone().or_else(|| self.key("sso_region"))
    }

    fn missing(&self, start_url: bool, region: bool) -> Error {
        let keys = named([(start_url, "sso_start_url"), (region, "sso_region")]);
        let mut message = format!("Missing the following required SSO configuration values: {}.", keys.join(", "));
        if self.options.as_aws && self.name.is_none() {
            message += " To make sure this profile is properly configured to use SSO, please run: aws configure sso";
        }
        let is_without_session = self.name.is_none() && start_url && region;
        let hint = match (&self.options.start_url, self.section) {
            (Some(start_url), _) => requires(start_url, ["--sso-region", REGION]),
            (None, Some(section)) if !is_without_session || self.options.as_aws => {
                format!("add {} to {}", keys.join(" and "), section.place())
            }
            _ if self.options.as_aws => {
                format!("the profile `{}` is not in {}", self.profile, self.config.described())
            }
            _ => {
                message = format!("The profile \"{}\" has no IAM Identity Center settings", self.profile);
                self.config.session_hint()
            }
        };
        Error::configuration(message).hint(hint)
    }

    /// Rejects a second URL for a configured name, because the name determines the file of the token.
    fn check_same_url(&self, start_url: &str) -> Result<(), Error> {
        let configured = self.options.start_url.as_ref().and_then(|_| self.key("sso_start_url"));
        match (self.name, configured) {
            (Some(name), Some(Located { value, origin })) if value != start_url => {
                let message = format!(
                    "Bad value for --start-url \"{start_url}\": the sso-session \"{name}\" is configured with \"{value}\""
                );
                Err(Error::validation(message).hint(format!("see {origin}; choose another name for --sso-session")))
            }
            _ => Ok(()),
        }
    }
}

/// A port from an option or a key of this name.
pub fn port(name: &str, value: &str) -> Result<u16, Error> {
    let port = value.parse().ok().filter(|port| *port != 0);
    port.ok_or_else(|| Error::invalid_value(name, value, "expected a number from 1 to 65535"))
}

/// The keys that are missing.
fn named<const N: usize>(keys: [(bool, &'static str); N]) -> Vec<&'static str> {
    keys.into_iter().filter_map(|(is_missing, key)| is_missing.then_some(key)).collect()
}

/// Splits at commas, trims, and drops empty parts.
fn registration_scopes(text: &str) -> Vec<String> {
    let parts = text.split(',').map(python::strip);
    parts.filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}

fn no_session(config: &Config, profile: Option<Section<'_>>, name: &str, options: &SessionOptions<'_>) -> Error {
    let of_option = || Located::option("--sso-session", options.name.as_deref());
    let source = of_option().or_else(|| profile?.located("sso_session")).map(|chosen| chosen.source());
    let source = source.unwrap_or_default();
    let names: Vec<&str> = config.sso_sessions().map(|(name, _)| name).take(10).collect();
    let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let others = || format!("sso-sessions in {}: {known}", config.described());
    let problem = config.misread(SectionKind::SsoSession, name).unwrap_or_else(others);
    Error::configuration(format!("The specified sso-session does not exist: \"{name}\""))
        .hint(format!("the name comes from {source}; {problem}{}", config.access_hint()))
}

/// Rejects different values of the same key in profile and sso-session (botocore).
fn check_consistent(profile: Section<'_>, session: Section<'_>) -> Result<(), Error> {
    for key in session.keys() {
        let (Some(ours), Some(theirs)) = (profile.located(key), session.located(key)) else { continue };
        if ours.value != theirs.value {
            let (ours, theirs, places) = (ours.value, theirs.value, format!("{} and {}", ours.origin, theirs.origin));
            let message =
                format!("The value for {key} is inconsistent between profile ({ours}) and sso-session ({theirs}).");
            return Err(Error::configuration(message).hint(format!("see {places}")));
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "../../tests/fuzz/scopes.rs"]
mod fuzz;
