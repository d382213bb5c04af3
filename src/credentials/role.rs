//! Roles of a profile: `role_arn` with `source_profile` or `credential_source`, chained to any depth, or with a web identity.
//!
//! The whole chain is read and checked before any request, then walked from the outermost role: cached credentials of a
//! role make its source unnecessary. The checks, their order and their texts are botocore's.

use std::pin::Pin;

use aws_credential_types::Credentials;
use serde_json::json;

use super::sts::{Call, Parameters, cached};
use super::{Chain, container, environment_keys, instance, partial, retrieval_failed};
use crate::cache::CredentialKey;
use crate::config::Section;
use crate::context::Context;
use crate::error::Error;
use crate::python;
use crate::secret::Secret;

/// A role and the source of the credentials that assume it.
struct Role {
    parameters: Parameters,
    key: CredentialKey,
    mfa_serial: Option<String>,
    source: Source,
}

enum Source {
    Role(Box<Role>),
    Profile(String),
    /// A value of `credential_source`, one of [`NAMED_SOURCES`].
    Named {
        source: String,
        profile: String,
    },
}

const NAMED_SOURCES: [&str; 3] = ["Environment", "EcsContainer", "Ec2InstanceMetadata"];

/// The credentials of the profile's role, if it has one.
pub(super) async fn of_profile(chain: &Chain<'_>, profile: &str) -> Result<Option<Credentials>, Error> {
    if !chain.config.profile(profile).is_some_and(has_role) {
        return Ok(None);
    }
    let role = Role::read(chain, profile, &mut vec![profile.to_owned()])?;
    role.assume(chain).await.map(Some)
}

/// The credentials of a role that is assumed with a web identity token from a file, as EKS and CI systems mount one, if such a
/// file is configured. Each variable comes before the profile's key; without `environment` the keys alone count: with a
/// profile named by `--profile`, and for a source profile.
pub(super) async fn of_web_identity(
    chain: &Chain<'_>,
    profile: &str,
    environment: bool,
) -> Result<Option<Credentials>, Error> {
    let section = chain.config.profile(profile);
    let setting = |variable: &str, key: &str| {
        let variable = if environment { chain.context.var(variable) } else { None };
        variable.or_else(|| section.and_then(|section| section.get(key)).map(str::to_owned))
    };
    let file = setting("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file").filter(|file| !file.is_empty());
    let Some(file) = file else { return Ok(None) };
    let Some(role) = setting("AWS_ROLE_ARN", "role_arn").filter(|role| !role.is_empty()) else {
        // The missing space is AWS's.
        return Err(Error::configuration(
            "The provided profile or the current environment is configured to assume role with web identity but has no \
             role ARN configured. Ensure that the profile has the role_arnconfiguration set or the AWS_ROLE_ARN env var \
             is set.",
        ));
    };
    let session_name = setting("AWS_ROLE_SESSION_NAME", "role_session_name");
    let mut parameters = Parameters::new(chain.context, session_name);
    parameters.set("RoleArn", json!(role));
    let key = parameters.cache_key();
    if let Some(cached) = cached(chain, &key) {
        return Ok(Some(cached));
    }
    let token = std::fs::read_to_string(&file)
        .map(Secret::new)
        .map_err(|error| Error::configuration(format!("cannot read the web identity token file `{file}`: {error}")))?;
    parameters.set_secret("WebIdentityToken", token);
    Call { chain, operation: "AssumeRoleWithWebIdentity", parameters, key, source: None }.make().await.map(Some)
}

/// Whether the profile has a role, and no web identity to assume it with.
fn has_role(profile: Section<'_>) -> bool {
    profile.get("role_arn").is_some() && profile.get("web_identity_token_file").is_none()
}

fn has_keys(profile: Section<'_>) -> bool {
    profile.get("aws_access_key_id").is_some() || profile.get("aws_secret_access_key").is_some()
}

impl Role {
    fn read(chain: &Chain<'_>, name: &str, visited: &mut Vec<String>) -> Result<Self, Error> {
        let Some(profile) = chain.config.profile(name) else {
            return Err(Error::configuration(format!("The config profile ({name}) could not be found")));
        };
        let source = match (profile.get("credential_source"), profile.get("source_profile")) {
            (Some(_), Some(_)) => {
                let text = format!("The profile \"{name}\" contains both source_profile and credential_source.");
                return Err(Error::configuration(text));
            }
            (None, None) => {
                return Err(partial("assume-role", "role_arn", "source_profile or credential_source"));
            }
            (Some(source), None) if NAMED_SOURCES.contains(&source) => {
                Source::Named { source: source.to_owned(), profile: name.to_owned() }
            }
            (Some(source), None) => {
                let text = format!("The credential source \"{source}\" referenced in profile \"{name}\" is not valid.");
                return Err(Error::configuration(text));
            }
            (None, Some(source)) => Self::source_profile(chain, source, name, visited)?,
        };
        let text = |key: &str| profile.get(key).map(str::to_owned);
        let mut parameters = Parameters::new(chain.context, text("role_session_name"));
        if let Some(id) = text("external_id") {
            parameters.set("ExternalId", json!(id));
        }
        let mfa_serial = text("mfa_serial");
        if let Some(serial) = &mfa_serial {
            parameters.set("SerialNumber", json!(serial));
        }
        if let Some(seconds) = profile.get("duration_seconds").and_then(python::saturating_int) {
            parameters.set("DurationSeconds", json!(seconds));
        }
        parameters.set("RoleArn", json!(text("role_arn")));
        let key = parameters.cache_key();
        Ok(Self { parameters, key, mfa_serial, source })
    }

    fn source_profile(
        chain: &Chain<'_>,
        source: &str,
        parent: &str,
        visited: &mut Vec<String>,
    ) -> Result<Source, Error> {
        let Some(profile) = chain.config.profile(source) else {
            return Err(Error::configuration(format!(
                "The source_profile \"{source}\" referenced in the profile \"{parent}\" does not exist."
            )));
        };
        // A profile may be its own source: then its keys assume its role.
        if visited.iter().any(|name| name == source) && !(source == parent && has_keys(profile)) {
            let names: Vec<String> = visited.iter().map(|name| python::quoted(name)).collect();
            return Err(Error::configuration(format!(
                "Infinite loop in credential configuration detected. Attempting to load from profile {source} which has \
                 already been visited. Visited profiles: [{}]",
                names.join(", ")
            )));
        }
        visited.push(source.to_owned());
        if has_keys(profile) || !has_role(profile) {
            return Ok(Source::Profile(source.to_owned()));
        }
        Ok(Source::Role(Box::new(Self::read(chain, source, visited)?)))
    }

    /// Assumes the role, after the roles that it depends on.
    fn assume<'f>(self, chain: &'f Chain<'_>) -> Pin<Box<dyn Future<Output = Result<Credentials, Error>> + 'f>> {
        Box::pin(async move {
            if let Some(credentials) = cached(chain, &self.key) {
                return Ok(credentials);
            }
            let source = self.source.credentials(chain).await?;
            let mut parameters = self.parameters;
            if let Some(serial) = &self.mfa_serial {
                parameters.set_secret("TokenCode", mfa_code(chain.context, serial).await?);
            }
            Call { chain, operation: "AssumeRole", parameters, key: self.key, source: Some(source) }.make().await
        })
    }
}

impl Source {
    async fn credentials(self, chain: &Chain<'_>) -> Result<Credentials, Error> {
        match self {
            Self::Role(role) => role.assume(chain).await,
            Self::Profile(name) => chain
                .of_profile(&name, false)
                .await?
                .ok_or_else(|| Error::configuration(format!("The source profile \"{name}\" must have credentials."))),
            Self::Named { source, profile } => {
                let found = match source.as_str() {
                    "Environment" => environment_keys(chain.context)?,
                    "EcsContainer" => container::keys(chain).await?,
                    _ => instance::keys(chain).await?,
                };
                found.ok_or_else(|| {
                    let why = format!("No credentials found in credential_source referenced in profile {profile}");
                    retrieval_failed(&source, why)
                })
            }
        }
    }
}

/// Reads the code of an MFA device from the terminal without echo, on its own thread so that Ctrl-C works.
async fn mfa_code(context: &Context, serial: &str) -> Result<Secret, Error> {
    let failed = |why: String| {
        Error::configuration(format!("cannot prompt for the MFA code of {serial}: {why}"))
            .hint("run the command in a terminal, or set temporary credentials in the environment".to_owned())
    };
    let shown: String = serial.chars().filter(|c| !c.is_control()).collect();
    let terminal = (context.hidden_input)(&format!("Enter MFA code for {shown}: "))
        .map_err(|_| failed("no terminal".to_owned()))?;
    let line = terminal.line();
    let line = tokio::task::spawn_blocking(line).await.map_err(|error| failed(error.to_string()))?;
    line.map(Secret::new).map_err(|error| failed(error.to_string()))
}
