//! A role assumed with a web identity token from a file, as EKS and CI systems mount one (`AssumeRoleWithWebIdentity`).
//!
//! `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN` and `AWS_ROLE_SESSION_NAME`, each before the key of the profile; with a
//! profile named by `--profile`, and for a source profile, the profile's keys only.

use aws_credential_types::Credentials;
use serde_json::json;

use super::Chain;
use super::sts::{Call, Parameters};
use crate::error::Error;
use crate::secret::Secret;

/// The credentials, if a token file is configured.
pub(super) async fn keys(chain: &Chain<'_>, profile: &str, environment: bool) -> Result<Option<Credentials>, Error> {
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
    if let Some(cached) = super::sts::cached(chain, &key) {
        return Ok(Some(cached));
    }
    let token = std::fs::read_to_string(&file)
        .map(Secret::new)
        .map_err(|error| Error::configuration(format!("cannot read the web identity token file `{file}`: {error}")))?;
    parameters.set_secret("WebIdentityToken", token);
    Call { chain, operation: "AssumeRoleWithWebIdentity", parameters, key, source: None }.make().await.map(Some)
}
