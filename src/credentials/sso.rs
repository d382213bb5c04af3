//! Credentials of an Identity Center role, as a profile names it: account, role, and an sso-session or a start URL.
//!
//! The checks of the profile and their texts are botocore's. How the credentials are come by, through the cache, the token
//! and `GetRoleCredentials`, is in `session`. Imports `config`, `session`, `portal`, `cache`, `endpoint`, `oidc`.

use aws_credential_types::Credentials;

use super::{Chain, CredentialsError};
use crate::cache::{CredentialCache, TokenCache, TokenKey};
use crate::config::{self, Section, SsoOverrides};
use crate::endpoint::{self, EndpointError, Service, Variant};
use crate::oidc::OidcClient;
use crate::portal::{PortalClient, PortalError};
use crate::session::{Caches, LoginNeeded, Role, RoleError, Services, SessionError, Wanted};

/// What a profile says about its role.
struct SsoRole {
    account: String,
    role: String,
    wanted: Wanted,
}

/// The keys, if the profile names an account or a role.
pub(super) async fn keys(chain: &Chain<'_>, profile: &str) -> Result<Option<Credentials>, CredentialsError> {
    let Some(SsoRole { account, role, wanted }) = SsoRole::read(chain, profile)? else { return Ok(None) };
    let home = chain.context.require_home().map_err(|error| CredentialsError::Config(error.to_string()))?;
    let caches = Caches { tokens: &TokenCache::in_home(home), credentials: &CredentialCache::in_home(home) };
    let oidc = || Ok(OidcClient::new(chain.client(), place(chain, Service::Oidc, &wanted.region)?));
    let portal = || Ok(PortalClient::new(chain.client(), place(chain, Service::Portal, &wanted.region)?));
    let role = Role { wanted: &wanted, account_id: &account, role_name: &role };
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

impl SsoRole {
    fn read(chain: &Chain<'_>, name: &str) -> Result<Option<Self>, CredentialsError> {
        let Some(profile) = chain.config.profile(name) else { return Ok(None) };
        if profile.get("sso_role_name").is_none() && profile.get("sso_account_id").is_none() {
            return Ok(None);
        }
        let session_name = profile.get("sso_session");
        let session = match session_name {
            None => None,
            Some(session) => Some(session_of(chain, profile, session)?),
        };
        let value = |key: &'static str| profile.get(key).or_else(|| session?.get(key));
        let missing: Vec<_> = ["sso_role_name", "sso_account_id", "sso_start_url", "sso_region"]
            .into_iter()
            .filter(|key| value(key).is_none())
            .collect();
        let (Some(role), Some(account), Some(start_url), Some(region)) =
            (value("sso_role_name"), value("sso_account_id"), value("sso_start_url"), value("sso_region"))
        else {
            return Err(CredentialsError::Config(format!(
                "The profile \"{name}\" is configured to use SSO but is missing required configuration: {}",
                missing.join(", ")
            )));
        };
        let overrides = SsoOverrides { session: session_name, ..SsoOverrides::default() };
        let scopes = session.and_then(|_| config::sso_settings(chain.config, overrides).ok());
        let wanted = Wanted {
            session_name: session_name.map(str::to_owned),
            start_url: start_url.to_owned(),
            region: region.to_owned(),
            scopes: scopes.and_then(|settings| settings.registration_scopes),
            min_ttl: std::time::Duration::ZERO,
            remedy: format!("sso-oidc login --profile {name}"),
            token_key: TokenKey::new(session_name, start_url),
        };
        Ok(Some(Self { account: account.to_owned(), role: role.to_owned(), wanted }))
    }
}

/// The session a profile names, which must not contradict the profile.
fn session_of<'a>(chain: &Chain<'a>, profile: Section<'a>, name: &str) -> Result<Section<'a>, CredentialsError> {
    let Some(session) = chain.config.sso_session(name) else {
        return Err(CredentialsError::Config(format!("The specified sso-session does not exist: \"{name}\"")));
    };
    config::check_consistent(profile, session).map_err(|error| CredentialsError::Config(error.to_string()))?;
    Ok(session)
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
        RoleError::Portal(error) if matches!(**error, PortalError::Fault { ref code, .. } if code == "UnauthorizedException") => {
            ENDED.to_owned()
        }
        _ => error.to_string(),
    }
}

/// The base URL of one of Identity Center's services, as configured or by region.
fn place(chain: &Chain<'_>, service: Service, region: &str) -> Result<String, EndpointError> {
    let configured = match service {
        Service::Oidc => chain.settings.oidc_endpoint_url(),
        _ => chain.settings.portal_endpoint_url(),
    };
    if let Ok(Some(url)) = configured {
        return Ok(url.value.clone());
    }
    endpoint::resolve(service, region, Variant { fips: chain.settings.fips, dualstack: chain.settings.dualstack })
}
