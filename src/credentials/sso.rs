//! Credentials of an Identity Center role from a profile with an account, a role, and an sso-session or a start URL.
//!
//! The profile is checked in `config`; the cache, the token and `GetRoleCredentials` are in `session`. Messages are
//! botocore's where it has one.

use aws_credential_types::Credentials;

use super::Chain;
use crate::cache::{CredentialCache, TokenCache};
use crate::config::{Session, SessionOptions, SsoRole};
use crate::error::{Error, Kind};
use crate::session::{Caches, LoginNeeded, NoToken, Role};

/// The credentials, if the profile has an account or a role.
pub(super) async fn keys(chain: &Chain<'_>, profile: &str) -> Result<Option<Credentials>, Error> {
    let role = SsoRole::resolve(chain.config, profile, None, None, SessionOptions::default())?;
    let Some(role) = role else { return Ok(None) };
    let home = chain.context.require_home()?;
    let caches = Caches { tokens: &TokenCache::in_home(home), credentials: &CredentialCache::in_home(home) };
    let found = (Role { role: &role, caches, context: chain.context }).obtain(chain.services).await;
    let found = found.map_err(|error| failed(&role.session, error))?;
    for warning in &found.warnings {
        log::debug!("{warning}");
    }
    Ok(Some(found.credentials))
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
        LoginNeeded::Expired { .. } | LoginNeeded::TooShort(_) | LoginNeeded::Refused(_) | LoginNeeded::Reported(_) => {
            NOT_REFRESHED.to_owned()
        }
        LoginNeeded::Damaged(_) | LoginNeeded::Mismatch(_) => format!("Error loading SSO Token: {why}"),
    }
}
