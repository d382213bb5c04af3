//! Credentials of an Identity Center role from a profile with an account, a role, and an sso-session or a start URL.
//!
//! The profile is checked in `config`; the cache, the token and `GetRoleCredentials` are in `session`. Messages are
//! botocore's where it has one.

use std::time::Duration;

use aws_credential_types::Credentials;

use super::Retrieval;
use crate::cache::{CredentialCache, TokenCache};
use crate::config::{Session, SsoRole};
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::session::{Caches, LoginNeeded, NoToken, Role, RoleCredentials};

/// The credentials in the cache, if they last; no request is needed for them.
pub(super) fn cached(role: &SsoRole, min_ttl: Duration, context: &Context) -> Result<Option<Credentials>, Error> {
    let (tokens, credentials) = caches(context)?;
    let caches = Caches { tokens: &tokens, credentials: &credentials };
    let found = (Role { role, caches, context, min_ttl }).look();
    Ok(found.map(|RoleCredentials { credentials, warnings }| {
        warn(&warnings, context);
        credentials
    }))
}

/// The credentials, requested from the access portal if need be.
pub(super) async fn keys(retrieval: &Retrieval<'_>, role: &SsoRole, min_ttl: Duration) -> Result<Credentials, Error> {
    let context = retrieval.context;
    let (tokens, credentials) = caches(context)?;
    let caches = Caches { tokens: &tokens, credentials: &credentials };
    let found = (Role { role, caches, context, min_ttl }).obtain(retrieval.services).await;
    if !retrieval.is_for_operation {
        let found = found.map_err(|error| error.into_error(&role.session))?;
        warn(&found.warnings, context);
        return Ok(found.credentials);
    }
    let found = found.map_err(|error| failed(&role.session, error))?;
    for warning in &found.warnings {
        log::debug!("{warning}");
    }
    Ok(found.credentials)
}

fn caches(context: &Context) -> Result<(TokenCache, CredentialCache), Error> {
    let home = context.require_home()?;
    Ok((TokenCache::in_home(home), CredentialCache::in_home(home)))
}

fn warn(warnings: &[String], context: &Context) {
    for warning in warnings {
        context.message(&format!("WARNING: {warning}"));
    }
}

const EXPIRED: &str = "The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO \
    session run aws sso login with the corresponding profile.";
const NOT_REFRESHED: &str = "Error when retrieving token from sso: Token has expired and refresh failed";

/// The error with botocore's message and a hint.
fn failed(session: &Session, error: NoToken) -> Error {
    match error {
        NoToken::LoginNeeded(why) => Error::new(Kind::LoginNeeded, message(session, &why))
            .hint(format!("{why}; run: {}", session.login_command())),
        // An error without a response of the access portal comes from the refresh.
        NoToken::Unavailable(error) if error.answer().is_none() => {
            Error::other(NOT_REFRESHED).hint(error.advice().map(str::to_owned))
        }
        NoToken::Unavailable(error) | NoToken::Failed(error) => error,
    }
}

fn message(session: &Session, why: &LoginNeeded) -> String {
    match why {
        LoginNeeded::Absent | LoginNeeded::SignedOut => {
            format!("Error loading SSO Token: Token for {} does not exist", session.label())
        }
        LoginNeeded::Unauthorized => EXPIRED.to_owned(),
        LoginNeeded::Expired { .. } if session.name.is_none() => EXPIRED.to_owned(),
        LoginNeeded::Expired { .. }
        | LoginNeeded::TooShort(_)
        | LoginNeeded::Refused(_)
        | LoginNeeded::ClientRefused(_)
        | LoginNeeded::Reported(_) => NOT_REFRESHED.to_owned(),
        LoginNeeded::Damaged(_) | LoginNeeded::Mismatch(_) => format!("Error loading SSO Token: {why}"),
    }
}
