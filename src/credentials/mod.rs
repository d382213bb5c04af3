//! The credentials that sign: AWS's chain of places, in the order and by the rules of botocore (`credentials.py`).
//!
//! Environment (unless `--profile` names a profile), a role to assume, then of the profile: web identity, Identity Center,
//! credentials file, credential process, config file; then two older files, then the container's endpoint, then EC2 instance metadata. The first
//! place that has something decides; what is wrong with it is an error, not a reason to look further. The files'
//! reading is in `config`, the signature in `oidc`. Imports `config`, `session`, `portal`, `cache`, `http`, `endpoint`,
//! `context`, `oidc`, `json`.

mod container;
mod environment;
mod error;
mod expiry;
mod instance;
mod mfa;
mod older;
mod process;
mod role;
mod sso;
mod sts;
mod web_identity;
mod xml;

use aws_credential_types::Credentials;

use crate::config::{Config, Section};
use crate::context::Context;
use crate::http::HttpClient;
use crate::services::Services;

pub use error::CredentialsError;
pub use instance::region as region_of_instance;

/// Where to look, and how to ask.
pub struct Chain<'a> {
    context: &'a Context,
    config: &'a Config,
    services: &'a Services,
    region: &'a str,
    /// A variable for the environment of a credential process.
    variable: Option<(&'static str, String)>,
}

impl<'a> Chain<'a> {
    /// The chain for one command. `region` is the one to sign for; STS is called there. The services are those on the way
    /// to credentials, without the effect of `--endpoint-url`.
    pub fn new(context: &'a Context, config: &'a Config, services: &'a Services, region: &'a str) -> Self {
        Self { context, config, services, region, variable: None }
    }

    /// The same chain, with another variable in the environment of a credential process.
    #[must_use]
    pub fn with_variable(self, name: &'static str, value: String) -> Self {
        Self { variable: Some((name, value)), ..self }
    }

    /// The first credentials that are found.
    pub async fn find(&self) -> Result<Credentials, CredentialsError> {
        let named = self.config.profile_was_named_by_option();
        let profile = self.config.profile_name();
        if !named && let Some(found) = environment::keys(self.context)? {
            return Ok(found);
        }
        if let Some(found) = role::of_profile(self, profile).await? {
            return Ok(found);
        }
        if let Some(found) = self.of_profile(profile, !named).await? {
            return Ok(found);
        }
        if let Some(found) = older::keys(self.context)? {
            return Ok(found);
        }
        if let Some(found) = container::keys(self).await? {
            return Ok(found);
        }
        instance::keys(self).await?.ok_or(CredentialsError::NotFound)
    }

    /// What a profile itself has, apart from a role to assume.
    async fn of_profile(&self, name: &str, environment: bool) -> Result<Option<Credentials>, CredentialsError> {
        if let Some(found) = web_identity::keys(self, name, environment).await? {
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
            return Err(CredentialsError::LoginSession { profile: name.to_owned(), session: session.to_owned() });
        }
        if let Some(command) = profile.and_then(|profile| profile.get("credential_process")) {
            return process::keys(self.context, command, self.variable.as_ref()).await.map(Some);
        }
        static_keys(self.config.profile_in_config(name), "config-file")
    }

    fn client(&self) -> &HttpClient {
        self.services.http()
    }
}

/// A key pair in a file.
fn static_keys(section: Option<Section<'_>>, provider: &'static str) -> Result<Option<Credentials>, CredentialsError> {
    let Some(section) = section else { return Ok(None) };
    let Some(access_key) = section.get("aws_access_key_id") else { return Ok(None) };
    let secret_key = section
        .get("aws_secret_access_key")
        .ok_or_else(|| CredentialsError::partial(provider, "aws_secret_access_key"))?;
    let token = section.get("aws_security_token").or_else(|| section.get("aws_session_token"));
    Ok(Some(Credentials::new(access_key, secret_key, token.map(str::to_owned), None, provider)))
}
