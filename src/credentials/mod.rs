//! The credentials that sign requests: AWS's chain of providers, in the order and by the rules of botocore
//! (`credentials.py`).
//!
//! The environment (unless `--profile` is given), a role to assume, then the profile's web identity, Identity Center
//! role, credentials file, credential process and config file; then the container endpoint, then EC2 instance metadata.
//! The first provider that is configured decides: if it fails, the chain ends with its error. Missing configuration is
//! an error of kind `Configuration`, with botocore's message. No message contains a key, token or secret; the output of
//! a credential process or a metadata service is repeated, as by the AWS CLI. Files are read in `config`, requests are
//! signed in `oidc`.

mod container;
mod instance;
mod process;
mod role;
mod sso;
mod sts;

use std::fmt::Display;

use aws_credential_types::Credentials;

use crate::cache::timestamp;
use crate::config::{Config, Section};
use crate::context::{Context, Timestamp};
use crate::error::{Error, Kind};
use crate::services::Services;
use crate::session::still_expired;

pub use instance::region as region_of_instance;

/// The provider chain of one command.
pub struct Chain<'a> {
    context: &'a Context,
    config: &'a Config,
    services: &'a Services,
    region: &'a str,
    /// A variable for the environment of a credential process.
    variable: Option<(&'static str, String)>,
}

impl<'a> Chain<'a> {
    /// Creates the chain. Requests are signed for `region`, and STS is called there. `--endpoint-url` must not apply to
    /// the services.
    pub fn new(context: &'a Context, config: &'a Config, services: &'a Services, region: &'a str) -> Self {
        Self { context, config, services, region, variable: None }
    }

    /// The same chain, with another variable in the environment of a credential process.
    #[must_use]
    pub fn with_variable(self, name: &'static str, value: String) -> Self {
        Self { variable: Some((name, value)), ..self }
    }

    /// The credentials of the first provider that has any.
    pub async fn find(&self) -> Result<Credentials, Error> {
        let named = self.config.profile_was_named_by_option();
        let profile = self.config.profile_name();
        if !named && let Some(found) = environment_keys(self.context)? {
            return Ok(found);
        }
        if let Some(found) = role::of_profile(self, profile).await? {
            return Ok(found);
        }
        if let Some(found) = self.of_profile(profile, !named).await? {
            return Ok(found);
        }
        if let Some(found) = container::keys(self).await? {
            return Ok(found);
        }
        instance::keys(self).await?.ok_or_else(not_found)
    }

    /// The credentials of a profile, except a role to assume.
    async fn of_profile(&self, name: &str, environment: bool) -> Result<Option<Credentials>, Error> {
        if let Some(found) = role::of_web_identity(self, name, environment).await? {
            return Ok(Some(found));
        }
        if let Some(found) = sso::keys(self, name).await? {
            return Ok(Some(found));
        }
        if let Some(found) = static_keys(self.config.profile_in_credentials(name), "shared-credentials-file")? {
            return Ok(Some(found));
        }
        let profile = self.config.profile(name);
        if let Some(session) = profile.and_then(|profile| profile.get("login_session")) {
            return Err(login_session(name, session));
        }
        if let Some(command) = profile.and_then(|profile| profile.get("credential_process")) {
            return process::keys(self.context, command, self.variable.as_ref()).await.map(Some);
        }
        static_keys(self.config.profile_in_config(name), "config-file")
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
    Error::new(Kind::NoCredentials, message).hint(hint.to_owned())
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

/// The error of a profile that signs in with `aws login`, which only the AWS CLI supports.
fn login_session(profile: &str, session: &str) -> Error {
    Error::configuration(format!(
        "The profile \"{profile}\" has login_session = {session}: aws login sessions are not supported"
    ))
    .hint(format!(
        "run: eval \"$(aws configure export-credentials --profile {profile} --format env)\"; then repeat the command \
         without --profile"
    ))
}
