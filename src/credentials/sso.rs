//! Credentials of an Identity Center role, as a profile names it: account, role, and an sso-session or a start URL.
//!
//! The checks of the profile and their messages are botocore's. The cache, the token and `GetRoleCredentials` are in
//! `session`.

use aws_credential_types::Credentials;

use super::Chain;
use crate::cache::{CredentialCache, TokenCache, TokenKey};
use crate::config::{SessionOptions, SsoRole};
use crate::error::{Error, Kind};
use crate::oidc::Failure;
use crate::session::{Caches, LoginNeeded, Role, RoleError, Services, SessionError, Wanted};

/// The keys, if the profile names an account or a role.
pub(super) async fn keys(chain: &Chain<'_>, profile: &str) -> Result<Option<Credentials>, Error> {
    let role = SsoRole::resolve(chain.config, profile, None, None, SessionOptions::default());
    let Some(SsoRole { session, account_id, role_name }) = role? else { return Ok(None) };
    let wanted = Wanted {
        session_name: session.name.clone(),
        start_url: session.start_url.value.clone(),
        region: session.region.value.clone(),
        scopes: session.scopes.clone(),
        min_ttl: std::time::Duration::ZERO,
        remedy: session.login_command(),
        token_key: TokenKey::new(session.name.as_deref(), &session.start_url.value),
    };
    let home = chain.context.require_home()?;
    let caches = Caches { tokens: &TokenCache::in_home(home), credentials: &CredentialCache::in_home(home) };
    let oidc = || chain.services.oidc(&wanted.region);
    let portal = || chain.services.portal(&wanted.region);
    let role = Role { wanted: &wanted, account_id: &account_id, role_name: &role_name };
    match role.obtain(caches, chain.context, Services { oidc: &oidc, portal: &portal }).await {
        Ok(found) => {
            for warning in &found.warnings {
                log::debug!("{warning}");
            }
            Ok(Some(found.credentials))
        }
        Err(error) => Err(failed(&wanted, &error)),
    }
}

/// The error with botocore's message and what to do.
fn failed(wanted: &Wanted, error: &RoleError) -> Error {
    let (kind, hint) = match error {
        RoleError::Session(SessionError::LoginNeeded { why, remedy, .. }) => {
            (Kind::LoginNeeded, Some(format!("{why}; run: {remedy}")))
        }
        RoleError::Portal(portal) if matches!(**portal, Failure::Fault(_)) => (Kind::Service, error.hint()),
        _ => (Kind::Other, error.hint()),
    };
    Error::new(kind, message(wanted, error)).hint(hint)
}

/// botocore's message, where it has one.
fn message(wanted: &Wanted, error: &RoleError) -> String {
    const ENDED: &str = "The SSO session associated with this profile has expired or is otherwise invalid. To refresh this \
        SSO session run aws sso login with the corresponding profile.";
    const NOT_REFRESHED: &str = "Error when retrieving token from sso: Token has expired and refresh failed";
    match error {
        RoleError::Session(SessionError::LoginNeeded { why, .. }) => match **why {
            LoginNeeded::Absent => format!("Error loading SSO Token: Token for {} does not exist", wanted.label()),
            LoginNeeded::Unauthorized => ENDED.to_owned(),
            LoginNeeded::Ended { .. } if wanted.session_name.is_none() => ENDED.to_owned(),
            LoginNeeded::Ended { .. }
            | LoginNeeded::TooShort { .. }
            | LoginNeeded::Refused(_)
            | LoginNeeded::Said(_) => NOT_REFRESHED.to_owned(),
            LoginNeeded::Damaged(_) | LoginNeeded::Misfit(_) => format!("Error loading SSO Token: {error}"),
        },
        RoleError::Session(SessionError::Answered(_)) => NOT_REFRESHED.to_owned(),
        RoleError::Portal(error) if matches!(**error, Failure::Fault(ref fault) if fault.code == "UnauthorizedException") => {
            ENDED.to_owned()
        }
        _ => error.to_string(),
    }
}
