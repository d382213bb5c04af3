//! Credentials of an Identity Center role, as a profile names it: account, role, and an sso-session or a start URL.
//!
//! The checks of the profile and their texts are botocore's. How the credentials are come by, through the cache, the token
//! and `GetRoleCredentials`, is in `session`. Imports `config`, `session`, `portal`, `cache`, `endpoint`, `oidc`.

use aws_credential_types::Credentials;

use super::{Chain, CredentialsError};
use crate::cache::{CredentialCache, TokenCache, TokenKey};
use crate::config::{SessionOptions, SsoRole};
use crate::oidc::Failure;
use crate::session::{Caches, LoginNeeded, Role, RoleError, Services, SessionError, Wanted};

/// The keys, if the profile names an account or a role.
pub(super) async fn keys(chain: &Chain<'_>, profile: &str) -> Result<Option<Credentials>, CredentialsError> {
    let role = SsoRole::resolve(chain.config, profile, None, None, SessionOptions::default());
    let role = role.map_err(|error| CredentialsError::Config(error.to_string()))?;
    let Some(SsoRole { session, account_id, role_name }) = role else { return Ok(None) };
    let wanted = Wanted {
        session_name: session.name.clone(),
        start_url: session.start_url.value.clone(),
        region: session.region.value.clone(),
        scopes: session.scopes.clone(),
        min_ttl: std::time::Duration::ZERO,
        remedy: session.login_command(),
        token_key: TokenKey::new(session.name.as_deref(), &session.start_url.value),
    };
    let home = chain.context.require_home().map_err(|error| CredentialsError::Config(error.to_string()))?;
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
        Err(error) => Err(CredentialsError::Sso { text: words(&wanted, &error), error: Box::new(error) }),
    }
}

/// botocore's sentence, where it has one.
fn words(wanted: &Wanted, error: &RoleError) -> String {
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
