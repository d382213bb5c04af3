//! The credentials that sign requests: AWS's chain of providers, in the order and by the rules of botocore
//! (`credentials.py`).
//!
//! The environment (unless `--profile` is given), a role to assume, then the profile's web identity, Identity Center
//! role, credentials file, `aws login` session, credential process and config file; then the container endpoint, then EC2
//! instance metadata. `Chain` finds the first provider that is configured, without any request, and `Provider` gets the
//! credentials: if it fails, its error is the result. Missing configuration is an error of kind `Configuration`, with
//! botocore's message. No message contains a key, token or secret; the output of a credential process or a metadata
//! service is repeated, as by the AWS CLI. Files are read in `config`, requests are signed in `oidc`.

mod container;
mod instance;
mod login_session;
mod process;
mod role;
mod sso;
mod sts;

use std::fmt::Display;
use std::time::Duration;

use aws_credential_types::Credentials;

use crate::cache::timestamp;
use crate::config::{Config, Located, Section, Session, SsoRole};
use crate::context::{Context, Timestamp};
use crate::error::{Error, Kind};
use crate::services::Services;
use crate::session::still_expired;

pub use instance::region as region_of_instance;

/// The search for the provider that decides.
pub struct Chain<'a> {
    /// The environment.
    pub context: &'a Context,
    /// Both files, and the selected profile.
    pub config: &'a Config,
    /// Whether a profile that a variable names comes before credentials in the environment. One that `--profile` names
    /// always does.
    pub prefers_named_profile: bool,
}

/// What has the credentials.
pub enum Provider {
    /// Access keys in the environment or in a file.
    Keys(Credentials),
    /// A role, assumed with the credentials of another provider.
    Role(Box<role::Role>),
    /// A role, assumed with a web identity.
    WebIdentity(role::WebIdentity),
    /// A role of an account, through an Identity Center.
    Sso(Box<SsoRole>),
    /// The `login_session` of a profile.
    LoginSession {
        /// The profile.
        profile: String,
        /// The session's name.
        session: Located<String>,
    },
    /// The command line of a program.
    Process(Located<String>),
    /// The URL of the container endpoint.
    Container(Located<String>),
    /// The metadata of an EC2 instance.
    Instance,
}

/// How a command gets credentials.
pub struct Retrieval<'a> {
    /// The environment.
    pub context: &'a Context,
    /// Both files, and the selected profile.
    pub config: &'a Config,
    /// The services to call; `--endpoint-url` applies to the access portal at most.
    pub services: &'a Services,
    /// Where STS is called, and the region that its requests are signed for.
    pub region: &'a str,
    /// A variable for the environment of a credential process.
    pub variable: Option<(&'static str, String)>,
    /// Whether the credentials sign an operation. Then the errors of Identity Center are botocore's, and warnings go to the
    /// debug log only.
    pub is_for_operation: bool,
}

impl Chain<'_> {
    /// The first provider that is configured.
    pub fn provider(&self) -> Result<Provider, Error> {
        let profile = self.config.profile_name();
        if self.prefers_named_profile
            && self.config.profile_was_named()
            && let Some(found) = self.of_profile(profile, false)?
        {
            return Ok(found);
        }
        if !self.prefers_named_profile && self.config.get("sso_session").is_some() {
            // botocore loads the session for every operation, whatever signs it.
            Session::of_profile(self.config, profile)?;
        }
        let environment = !self.config.profile_was_named_by_option();
        if environment && let Some(keys) = environment_keys(self.context)? {
            return Ok(Provider::Keys(keys));
        }
        if let Some(found) = self.of_profile(profile, environment)? {
            return Ok(found);
        }
        Ok(container::url(self.context).map_or(Provider::Instance, Provider::Container))
    }

    /// The provider of a profile; web identity variables count with `environment` only.
    fn of_profile(&self, name: &str, environment: bool) -> Result<Option<Provider>, Error> {
        if self.config.profile(name).is_some_and(|profile| profile.has_role()) {
            let role = role::Role::read(self, name, &mut vec![name])?;
            return Ok(Some(Provider::Role(Box::new(role))));
        }
        self.without_role(name, environment)
    }

    /// The same for a profile whose role, if it has one, is not assumed.
    fn without_role(&self, name: &str, environment: bool) -> Result<Option<Provider>, Error> {
        if let Some(found) = role::web_identity(self, name, environment)? {
            return Ok(Some(Provider::WebIdentity(found)));
        }
        if let Some(role) = SsoRole::of_profile(self.config, name)? {
            return Ok(Some(Provider::Sso(Box::new(role))));
        }
        if let Some(keys) = static_keys(self.config.profile_in_credentials(name), "shared-credentials-file")? {
            return Ok(Some(Provider::Keys(keys)));
        }
        let Some(profile) = self.config.profile(name) else { return Ok(None) };
        if let Some(session) = profile.located("login_session") {
            return Ok(Some(Provider::LoginSession { profile: name.to_owned(), session }));
        }
        if let Some(command) = profile.located("credential_process") {
            return Ok(Some(Provider::Process(command)));
        }
        if let Some(keys) = static_keys(self.config.profile_in_config(name), "config-file")? {
            return Ok(Some(Provider::Keys(keys)));
        }
        if profile.get("sso_session").is_some() {
            // A name that is wrong must not lead to the credentials of the machine.
            Session::of_profile(self.config, name)?;
        }
        Ok(None)
    }
}

/// The error with the place of the value that causes it, if it has no hint.
fn at(error: Error, value: Option<&Located<String>>) -> Error {
    match value {
        Some(value) if error.advice().is_none() => error.value_from(&value.source()),
        _ => error,
    }
}

impl Provider {
    /// Credentials of an Identity Center role that are in the cache and last so long. They need no services.
    pub fn cached(&self, min_ttl: Duration, context: &Context) -> Result<Option<Credentials>, Error> {
        if let Self::Sso(role) = self { sso::cached(role, min_ttl, context) } else { Ok(None) }
    }

    /// The credentials; those in a cache are used if they last so long.
    pub async fn credentials(self, retrieval: &Retrieval<'_>, min_ttl: Duration) -> Result<Credentials, Error> {
        match self {
            Self::Keys(keys) => Ok(keys),
            Self::Role(role) => role.assume(retrieval, min_ttl).await,
            Self::WebIdentity(identity) => identity.assume(retrieval, min_ttl).await,
            Self::Sso(role) => sso::keys(retrieval, &role, min_ttl).await,
            Self::LoginSession { profile, session } => login_session::keys(&profile, &session, retrieval.context),
            Self::Process(command) => {
                let keys = process::keys(retrieval.context, &command.value, retrieval.variable.as_ref()).await;
                keys.map_err(|error| at(error, Some(&command)))
            }
            Self::Container(url) => container::keys(retrieval, &url).await,
            Self::Instance => instance::keys(retrieval).await?.ok_or_else(not_found),
        }
    }
}

/// A key pair in a configuration file.
fn static_keys(section: Option<Section<'_>>, provider: &'static str) -> Result<Option<Credentials>, Error> {
    let Some(section) = section else { return Ok(None) };
    let Some(access_key) = section.get("aws_access_key_id") else { return Ok(None) };
    let secret_key = section
        .get("aws_secret_access_key")
        .ok_or_else(|| partial(provider, "aws_access_key_id", "aws_secret_access_key"))?;
    let token = section.get("aws_security_token").or_else(|| section.get("aws_session_token"));
    Ok(Some(Credentials::new(access_key, secret_key, token.map(str::to_owned), None, provider)))
}

/// The keys in the environment. An empty access key counts as unset; an access key without its secret is an error. The
/// older `AWS_SECURITY_TOKEN` wins, as in botocore.
fn environment_keys(context: &Context) -> Result<Option<Credentials>, Error> {
    let Some(access_key) = context.var_not_empty("AWS_ACCESS_KEY_ID") else { return Ok(None) };
    let secret_key = context.var_not_empty("AWS_SECRET_ACCESS_KEY");
    let secret_key = secret_key.ok_or_else(|| partial("env", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))?;
    let token = ["AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN"].iter().find_map(|name| context.var_not_empty(name));
    let expiration = context.var_not_empty("AWS_CREDENTIAL_EXPIRATION");
    let expires_at = expiration.map(|text| expiry(&text, context)).transpose()?;
    Ok(Some(Credentials::new(access_key, secret_key, token, expires_at.map(Into::into), "env")))
}

/// Parses a time; the error is Python's.
fn parse_expiry(text: &str) -> Result<Timestamp, Error> {
    timestamp::parse(text).ok_or_else(|| Error::configuration(format!("Unknown string format: {text}")))
}

/// Parses a time that must be in the future. botocore refreshes credentials that expire soon; for a command that signs
/// once, rejecting expired ones has the same result.
fn expiry(text: &str, context: &Context) -> Result<Timestamp, Error> {
    Some(parse_expiry(text)?).filter(|expires_at| *expires_at > context.now()).ok_or_else(still_expired)
}

fn not_found() -> Error {
    let message = "Unable to locate credentials. You can configure credentials by running \"aws login\".";
    let hint = "checked the environment, the profile in both files, the container endpoint and EC2 instance metadata; set \
        AWS_PROFILE or --profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
    Error::new(Kind::NoCredentials, message).hint(hint)
}

/// The error of a provider, by botocore's name, whose configuration is incomplete.
fn partial(provider: &str, found: &str, missing: &str) -> Error {
    Error::configuration(format!("Partial credentials found in {provider}, missing: {missing}"))
        .hint(format!("set {missing} too, or unset {found}"))
}

/// The error of a provider, by botocore's name, that failed.
fn retrieval_failed(provider: &str, why: impl Display) -> Error {
    Error::configuration(format!("Error when retrieving credentials from {provider}: {why}"))
}
