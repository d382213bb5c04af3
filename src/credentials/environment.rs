//! Keys in the environment: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`.
//!
//! An empty access key is none; an access key without its secret is an error. The older `AWS_SECURITY_TOKEN` goes first, as
//! in botocore. Imports `context`.

use aws_credential_types::Credentials;

use super::{CredentialsError, expiry};
use crate::context::Context;

/// The keys, if there are any.
pub(super) fn keys(context: &Context) -> Result<Option<Credentials>, CredentialsError> {
    let Some(access_key) = context.var_not_empty("AWS_ACCESS_KEY_ID") else { return Ok(None) };
    let secret_key = context
        .var_not_empty("AWS_SECRET_ACCESS_KEY")
        .ok_or_else(|| CredentialsError::partial("env", "AWS_SECRET_ACCESS_KEY"))?;
    let token = ["AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN"].iter().find_map(|name| context.var_not_empty(name));
    let ends = match context.var_not_empty("AWS_CREDENTIAL_EXPIRATION") {
        Some(text) => Some(expiry::ahead(&text, context)?.into()),
        None => None,
    };
    Ok(Some(Credentials::new(access_key, secret_key, token, ends, "env")))
}
