//! The client that signs in: a registration (RFC 7591) from the cache, or a new one.
//!
//! Registrations are shared with the AWS CLI: one file for both flows, usable with 15 minutes of life left and with the
//! grant types of the flow. A new one is stored at once, before anything else can fail.

use crate::cache::{CachedRegistration, Loaded, timestamp};
use crate::config::DEFAULT_SCOPE;
use crate::context::Timestamp;
use crate::oidc::RegisterClientRequest;

use super::error::FlowError;
use super::loopback::Loopback;
use super::{Attempt, Flow};

/// A registration with less life is not used, as by botocore.
const LEAST_SECONDS: i64 = 900;

/// What the authorization code flow registers for, as AWS's tools do.
const GRANT_TYPES: [&str; 2] = ["authorization_code", "refresh_token"];

/// A client, and whether it came from the cache: then the service may no longer know it.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) registration: CachedRegistration,
    pub(super) cached: bool,
}

/// The cached client if it serves this flow, else a new one.
pub(super) async fn client(attempt: &Attempt<'_>, flow: Flow) -> Result<Client, FlowError> {
    let key = attempt.session.registration_key();
    match attempt.request.cache.registration(&key)? {
        Loaded::Present(registration, warning) => {
            if let Some(warning) = warning {
                attempt.notices().warning(&warning);
            }
            if serves(&registration, flow, attempt.context().now()) {
                return Ok(Client { registration, cached: true });
            }
        }
        Loaded::Damaged(damage) => {
            let path = attempt.request.cache.registration_path(&key);
            attempt.notices().registration_replaced(&path, &damage);
        }
        Loaded::Absent => {}
    }
    register(attempt, flow).await
}

/// A new client, stored.
pub(super) async fn register(attempt: &Attempt<'_>, flow: Flow) -> Result<Client, FlowError> {
    let scopes = attempt.session.scopes.clone().unwrap_or_default();
    let client_name = attempt.session.name.as_deref().map_or_else(
        || format!("sso-oidc-client-{}", attempt.context().now().unix_timestamp()),
        |session| format!("sso-oidc-client-{session}"),
    );
    let request = match flow {
        Flow::DeviceCode => RegisterClientRequest {
            client_name,
            grant_types: Vec::new(),
            redirect_uris: Vec::new(),
            issuer_url: None,
            scopes,
        },
        Flow::AuthorizationCode => RegisterClientRequest {
            client_name,
            grant_types: GRANT_TYPES.map(str::to_owned).to_vec(),
            redirect_uris: vec![Loopback::registered_redirect_uri()],
            issuer_url: Some(attempt.start_url.url.clone()),
            scopes: if scopes.is_empty() { vec![DEFAULT_SCOPE.to_owned()] } else { scopes },
        },
    };
    let reply = attempt.oidc.register_client(&request).await?;
    let expires_at = Timestamp::from_unix_timestamp(reply.client_secret_expires_at).unwrap_or(Timestamp::MAX);
    let registration = CachedRegistration {
        client_id: reply.client_id,
        client_secret: reply.client_secret,
        expires_at: timestamp::format(expires_at),
        scopes: Some(request.scopes).filter(|scopes| !scopes.is_empty()),
        grant_types: Some(request.grant_types).filter(|grants| !grants.is_empty()),
    };
    attempt.request.cache.store_registration(&attempt.session.registration_key(), &registration)?;
    Ok(Client { registration, cached: false })
}

fn serves(registration: &CachedRegistration, flow: Flow, now: Timestamp) -> bool {
    let grants = registration.allows_authorization_code() == (flow == Flow::AuthorizationCode);
    grants && registration.seconds_left(now) >= LEAST_SECONDS
}
