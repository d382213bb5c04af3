//! Roles of a profile: `role_arn` with `source_profile` or `credential_source`, chained to any depth, or with a web identity.
//!
//! The whole chain is read and checked before any request, then walked from the outermost role: cached credentials of a
//! role make its source unnecessary. The checks, their order and their texts are botocore's.

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use aws_credential_types::Credentials;
use serde_json::json;

use super::sts::{Call, Parameters};
use super::{Chain, Provider, Retrieval, container, environment_keys, partial, retrieval_failed};
use crate::config::{Located, Origin};
use crate::context::{Context, stdin_line};
use crate::error::{Error, Kind};
use crate::files;
use crate::python;
use crate::secret::Secret;

/// A role and the provider of the credentials that assume it.
pub struct Role {
    profile: String,
    parameters: Parameters,
    mfa_serial: Option<String>,
    source: Provider,
}

/// A role that is assumed with a web identity.
pub struct WebIdentity {
    parameters: Parameters,
    /// The file that has the token.
    file: PathBuf,
    /// Where its path comes from.
    origin: String,
}

/// The variable with the path of a web identity token.
const TOKEN_FILE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";

/// The role that is assumed with a web identity token from a file, as EKS and CI systems mount one, if such a file is
/// configured. Each variable comes before the profile's key; without `environment` the keys alone count.
pub(super) fn web_identity(chain: &Chain<'_>, profile: &str, environment: bool) -> Result<Option<WebIdentity>, Error> {
    let section = chain.config.profile(profile);
    let variable = |name| if environment { chain.context.var_os(name) } else { None };
    let text = |name, key: &str| {
        let variable = variable(name).map(|value| value.to_string_lossy().into_owned());
        variable.or_else(|| section?.get(key).map(str::to_owned))
    };
    let of_variable = variable(TOKEN_FILE).map(|file| Located::new(PathBuf::from(file), Origin::Variable(TOKEN_FILE)));
    let of_key =
        || section?.located("web_identity_token_file").map(|file| Located::new(file.value.into(), file.origin));
    let file = of_variable.or_else(of_key).filter(|file| !file.value.as_os_str().is_empty());
    let Some(file) = file else { return Ok(None) };
    let (origin, file) = (file.source(), file.value);
    let Some(role) = text("AWS_ROLE_ARN", "role_arn").filter(|role| !role.is_empty()) else {
        // The missing space is AWS's.
        return Err(Error::configuration(
            "The provided profile or the current environment is configured to assume role with web identity but has no \
             role ARN configured. Ensure that the profile has the role_arnconfiguration set or the AWS_ROLE_ARN env var \
             is set.",
        ));
    };
    let session_name = text("AWS_ROLE_SESSION_NAME", "role_session_name");
    let mut parameters = Parameters::new(chain.context, session_name);
    parameters.members.push(("RoleArn", json!(role)));
    Ok(Some(WebIdentity { parameters, file, origin }))
}

impl WebIdentity {
    /// Assumes the role.
    pub(super) async fn assume(self, retrieval: &Retrieval<'_>, min_ttl: Duration) -> Result<Credentials, Error> {
        let Self { mut parameters, file, origin } = self;
        if let Some(cached) = parameters.cached(retrieval.context, min_ttl) {
            return Ok(cached);
        }
        let unreadable = |error| format!("cannot read the web identity token file `{}`: {error}", file.display());
        let token =
            files::read_text(&file).map_err(|error| Error::configuration(unreadable(error)).value_from(&origin))?;
        parameters.secrets.push(("WebIdentityToken", Secret::new(token)));
        let call = Call { retrieval, operation: "AssumeRoleWithWebIdentity", parameters, source: None };
        call.make().await.map_err(|error| match error.kind() {
            Kind::Validation => {
                error.hint(format!("the token is in the file `{}`, whose path comes from {origin}", file.display()))
            }
            _ => error,
        })
    }
}

impl Role {
    /// Reads the role of a profile, and those that it depends on; the profile is the last of the visited ones.
    pub(super) fn read<'a>(chain: &Chain<'a>, name: &str, visited: &mut Vec<&'a str>) -> Result<Self, Error> {
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
            (Some(source), None) => named_source(chain, source, name)
                .map_err(|error| super::at(error, profile.located("credential_source").as_ref()))?,
            (None, Some(source)) => Self::source_profile(chain, source, name, visited)?,
        };
        let text = |key: &str| profile.get(key).map(str::to_owned);
        let mut parameters = Parameters::new(chain.context, text("role_session_name"));
        if let Some(id) = text("external_id") {
            parameters.members.push(("ExternalId", json!(id)));
        }
        let mfa_serial = text("mfa_serial");
        if let Some(serial) = &mfa_serial {
            parameters.members.push(("SerialNumber", json!(serial)));
        }
        if let Some(seconds) = profile.get("duration_seconds").and_then(python::saturating_int) {
            parameters.members.push(("DurationSeconds", json!(seconds)));
        }
        parameters.members.push(("RoleArn", json!(text("role_arn"))));
        Ok(Self { profile: name.to_owned(), parameters, mfa_serial, source })
    }

    fn source_profile<'a>(
        chain: &Chain<'a>,
        source: &'a str,
        parent: &str,
        visited: &mut Vec<&'a str>,
    ) -> Result<Provider, Error> {
        let profile = chain.config.source_profile(parent, source, visited)?;
        if profile.has_role() && !profile.has_keys() {
            return Ok(Provider::Role(Box::new(Self::read(chain, source, visited)?)));
        }
        let found = chain.without_role(source, false)?;
        found.ok_or_else(|| Error::configuration(format!("The source profile \"{source}\" must have credentials.")))
    }

    /// Assumes the role, after the roles that it depends on. Cached credentials make the source unnecessary.
    pub(super) fn assume<'f>(
        self: Box<Self>,
        retrieval: &'f Retrieval<'_>,
        min_ttl: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<Credentials, Error>> + 'f>> {
        Box::pin(async move {
            let Self { profile, mut parameters, mfa_serial, source } = *self;
            if let Some(credentials) = parameters.cached(retrieval.context, min_ttl) {
                return Ok(credentials);
            }
            let source = source.credentials(retrieval, Duration::ZERO).await.map_err(|error| match error.kind() {
                Kind::NoCredentials => no_credentials_in("Ec2InstanceMetadata", &profile),
                _ => error,
            })?;
            if let Some(serial) = &mfa_serial {
                parameters.secrets.push(("TokenCode", mfa_code(retrieval.context, serial).await?));
            }
            Call { retrieval, operation: "AssumeRole", parameters, source: Some(source) }.make().await
        })
    }
}

/// The provider that a profile's `credential_source` names.
fn named_source(chain: &Chain<'_>, source: &str, profile: &str) -> Result<Provider, Error> {
    let found = match source {
        "Environment" => environment_keys(chain.context)?.map(Provider::Keys),
        "EcsContainer" => container::url(chain.context).map(Provider::Container),
        "Ec2InstanceMetadata" => Some(Provider::Instance),
        _ => {
            return Err(Error::configuration(format!(
                "The credential source \"{source}\" referenced in profile \"{profile}\" is not valid."
            )));
        }
    };
    found.ok_or_else(|| no_credentials_in(source, profile))
}

fn no_credentials_in(source: &str, profile: &str) -> Error {
    let why = format!("No credentials found in credential_source referenced in profile {profile}");
    retrieval_failed(source, why)
}

/// Reads the code of an MFA device from the terminal without echo, or a line of standard input if there is no terminal. It
/// is read on its own thread, so that Ctrl-C works.
async fn mfa_code(context: &Context, serial: &str) -> Result<Secret, Error> {
    let failed = |why: String| {
        Error::configuration(format!("cannot prompt for the MFA code of {serial}: {why}"))
            .hint("run the command in a terminal, or set temporary credentials in the environment")
    };
    let shown: String = serial.chars().filter(|c| !c.is_control()).collect();
    let prompt = format!("Enter MFA code for {shown}: ");
    let line = match (context.hidden_input)(&prompt) {
        Ok(terminal) => tokio::task::spawn_blocking(terminal.line()).await,
        Err(_) if context.stdin_is_terminal => return Err(failed("no terminal".to_owned())),
        Err(_) => {
            context.write_stderr(&(prompt + "\n"));
            tokio::task::spawn_blocking(stdin_line).await
        }
    };
    let line = line.map_err(|error| failed(error.to_string()))?;
    line.map(Secret::new).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => failed("there is no terminal, and standard input is empty".to_owned()),
        _ => failed(error.to_string()),
    })
}
