//! Credentials of an Identity Center role from a profile with an account, a role, and an sso-session or a start URL.
//!
//! The profile is checked in `config`; the cache, the token and `GetRoleCredentials` are in `session`. Messages are
//! botocore's where it has one.

use std::time::Duration;

use aws_credential_types::Credentials;

use super::Retrieval;
use crate::config::{Session, SsoRole};
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::session::{LoginNeeded, NoToken, Role, RoleCredentials};

/// The credentials in the cache, if they last; no request is needed for them.
pub(super) fn cached(role: &SsoRole, min_ttl: Duration, context: &Context) -> Result<Option<Credentials>, Error> {
    let found = Role::new(role, min_ttl, context)?.look();
    Ok(found.map(|found| with_warnings(found, context)))
}

/// The credentials, requested from the access portal if need be.
pub(super) async fn keys(retrieval: &Retrieval<'_>, role: &SsoRole, min_ttl: Duration) -> Result<Credentials, Error> {
    let context = retrieval.context;
    let found = Role::new(role, min_ttl, context)?.obtain(retrieval.services).await;
    if !retrieval.is_for_operation {
        return Ok(with_warnings(found.map_err(|error| error.into_error(&role.session))?, context));
    }
    let found = found.map_err(|error| failed(&role.session, error))?;
    for warning in &found.warnings {
        log::debug!("{warning}");
    }
    Ok(found.credentials)
}

/// The credentials; prints the warnings.
fn with_warnings(found: RoleCredentials, context: &Context) -> Credentials {
    found.warnings.iter().for_each(|warning| context.warn(warning));
    found.credentials
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
            Error::other(NOT_REFRESHED).hint_if(error.advice().map(str::to_owned))
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
        LoginNeeded::Expired(_) if session.name.is_none() => EXPIRED.to_owned(),
        LoginNeeded::Expired(_)
        | LoginNeeded::TooShort(_)
        | LoginNeeded::Refused(_)
        | LoginNeeded::ClientRefused(_)
        | LoginNeeded::Reported(_) => NOT_REFRESHED.to_owned(),
        LoginNeeded::Damaged(_) | LoginNeeded::Mismatch(_) => format!("Error loading SSO Token: {why}"),
    }
}
