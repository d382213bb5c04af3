//! `SessionOptions`: which session a command line selects, by options, variables or the profile, and which sessions there are
//! to choose from if it selects none.
//!
//! The profile is selected in `config`, and a session's settings are read in `session`.

use std::borrow::Cow;

use super::Config;
use super::names::shell_quoted;
use super::origin::{Located, Origin};
use super::source_profile::profile_with_session;
use crate::context::Context;
use crate::endpoint;
use crate::error::Error;

/// What to do where no session is configured.
const NEW_SESSION: &str = "run: sso-oidc login --sso-session NAME --start-url URL --sso-region REGION --save";
const START_URL: &str = "SSO_OIDC_START_URL";
pub(super) const REGION: &str = "SSO_OIDC_REGION";

/// The options and variables that select a session.
#[derive(Clone, Debug, Default)]
pub struct SessionOptions<'a> {
    /// `--sso-session`; empty selects the profile's own keys, as with the AWS CLI.
    pub name: Option<Cow<'a, str>>,
    /// The profile to use instead of the selected one.
    pub profile: Option<&'a str>,
    /// `--start-url`.
    pub start_url: Option<Located<String>>,
    /// `--sso-region`, or the region in the host of the start URL.
    pub region: Option<Located<String>>,
    /// Whether the program runs under the name `aws`: then the rule and the messages are AWS's.
    pub as_aws: bool,
}

impl<'a> SessionOptions<'a> {
    /// The options of a command line.
    pub fn new(name: Option<&'a str>, start_url: Option<&str>, region: Option<&str>) -> Self {
        let of_host = start_url.and_then(endpoint::region_of_start_url);
        Self {
            name: name.map(Cow::from),
            start_url: Located::option("--start-url", start_url),
            region: Located::option("--sso-region", region.or(of_host.as_deref())),
            ..Self::default()
        }
    }

    /// Adds what the command line leaves to the environment: nothing if it names a profile or a session.
    pub fn with_variables(mut self, config: &Config, context: &Context) -> Self {
        if self.name.is_some() || config.profile_was_named_by_option() {
            return self;
        }
        if self.start_url.is_none() {
            self.start_url = variable(START_URL, context);
        }
        if self.region.is_none() {
            let of_host = || endpoint::region_of_start_url(&self.start_url.as_ref()?.value);
            let of_host = || Some(Located::new(of_host()?, Origin::Variable(START_URL)));
            self.region = variable(REGION, context).or_else(of_host);
        }
        self
    }

    /// Whether options or variables name a session.
    pub fn has_session(&self) -> bool {
        self.name.is_some() || self.start_url.is_some()
    }

    /// The profile whose keys apply unless an option replaces them.
    pub(super) fn profile<'c>(&self, config: &'c Config) -> Result<&'c str, Error>
    where
        'a: 'c,
    {
        match self.profile {
            Some(profile) => Ok(profile),
            None if self.has_session() => Ok(config.profile_name()),
            None => Ok(profile_with_session(config)?.unwrap_or(config.profile_name())),
        }
    }

    /// The sessions to choose from: every sso-session, or else every legacy profile. `None` if one is selected: by options or
    /// variables, by a profile that is named, or by the default profile.
    pub fn candidates(&self, config: &'a Config) -> Result<Option<Vec<Self>>, Error> {
        let is_selected = self.as_aws || self.has_session() || config.profile_was_named();
        if is_selected || profile_with_session(config)?.is_some() {
            return Ok(None);
        }
        Ok(Some(self.all_candidates(config)))
    }

    fn all_candidates(&self, config: &'a Config) -> Vec<Self> {
        let sessions: Vec<_> =
            config.sso_sessions().map(|(name, _)| Self { name: Some(name.into()), ..self.clone() }).collect();
        if !sessions.is_empty() {
            return sessions;
        }
        let mut start_urls = Vec::new();
        let legacy = config.profiles().filter_map(|(name, profile)| {
            let start_url = profile.get("sso_start_url").filter(|start_url| !start_urls.contains(start_url))?;
            start_urls.push(start_url);
            Some(Self { profile: Some(name), ..self.clone() })
        });
        legacy.collect()
    }

    /// The given start URL if neither an option nor the config file has its region.
    pub fn start_url_without_region(&self, config: &Config) -> Option<&str> {
        let configured = || config.sso_session(self.name.as_deref()?)?.get("sso_region");
        let is_valid = |url: &&str| endpoint::classify(url, "-").is_ok();
        let start_url = self.start_url.as_ref().filter(|_| self.region.is_none() && configured().is_none())?;
        Some(start_url.value.as_str()).filter(is_valid)
    }

    /// The option that selects this candidate, and its value.
    pub fn selector(&self) -> (&'static str, &str) {
        match (self.name.as_deref(), self.profile) {
            (Some(name), _) => ("--sso-session", name),
            (None, profile) => ("--profile", profile.unwrap_or_default()),
        }
    }
}

impl Config {
    /// What to do about a command line that selects no session.
    pub fn session_hint(&self) -> String {
        let candidates = SessionOptions::default().all_candidates(self);
        let choice = (!candidates.is_empty()).then(|| use_one_of(candidates.iter().map(SessionOptions::selector)));
        let problems = self.unread().into_iter().chain(self.misread_sso_session());
        let hints: Vec<String> = choice.into_iter().chain(problems).collect();
        if hints.is_empty() { NEW_SESSION.to_owned() } else { hints.join("; ") }
    }
}

/// The hint that lists options and their values, of which one is to be used.
pub fn use_one_of<'a>(options: impl Iterator<Item = (&'static str, &'a str)>) -> String {
    let options: Vec<_> = options.take(10).map(|(option, value)| format!("{option} {}", shell_quoted(value))).collect();
    format!("use {}", options.join(", or "))
}

/// An environment variable that is not empty.
fn variable(name: &'static str, context: &Context) -> Option<Located<String>> {
    Located::variable(name, context).filter(|found| !found.value.is_empty())
}

/// The account and role from options or variables.
#[derive(Clone, Debug, Default)]
pub struct RoleOptions {
    /// `--account-id`.
    pub account_id: Option<Located<String>>,
    /// `--role-name`.
    pub role_name: Option<Located<String>>,
}

impl RoleOptions {
    /// The options of a command line, and what it leaves to the environment: nothing if it names a profile.
    pub fn new(account_id: Option<&str>, role_name: Option<&str>, config: &Config, context: &Context) -> Self {
        let variable = |name| if config.profile_was_named_by_option() { None } else { variable(name, context) };
        Self {
            account_id: Located::option("--account-id", account_id).or_else(|| variable("SSO_OIDC_ACCOUNT_ID")),
            role_name: Located::option("--role-name", role_name).or_else(|| variable("SSO_OIDC_ROLE_NAME")),
        }
    }

    /// Rejects an account without a role, and the reverse.
    pub(super) fn check_complete(&self, has_account: bool, has_role: bool) -> Result<(), Error> {
        let problem = match (&self.account_id, &self.role_name) {
            (Some(account), _) if !has_role => requires(account, ["--role-name", "SSO_OIDC_ROLE_NAME"]),
            (_, Some(role)) if !has_account => requires(role, ["--account-id", "SSO_OIDC_ACCOUNT_ID"]),
            _ => return Ok(()),
        };
        Err(Error::configuration(problem).hint("the access portal lists your accounts and roles"))
    }

    /// Whether options or variables have an account or a role.
    pub fn is_given(&self) -> bool {
        self.account_id.is_some() || self.role_name.is_some()
    }
}

/// The sentence about a value without another one: an option or a variable, as the value itself.
pub(super) fn requires(given: &Located<String>, [option, variable]: [&str; 2]) -> String {
    match given.origin {
        Origin::Variable(name) => format!("{name} requires {variable}"),
        Origin::Option(name) => format!("{name} requires {option}"),
        _ => format!("missing {option}"),
    }
}
