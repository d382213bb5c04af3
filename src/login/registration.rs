//! The client that signs in: a registration (RFC 7591) from the cache, or a new one.
//!
//! Registrations are shared with the AWS CLI: one file for both flows, usable with 15 minutes of life left and with the
//! grant types of the flow. A new one is stored immediately, before anything else can fail.

use serde_json::json;

use crate::cache::{CachedRegistration, Loaded, timestamp};
use crate::context::Timestamp;
use crate::oidc::Failure;

use super::loopback::Loopback;
use super::{Attempt, Flow};

/// The minimum remaining lifetime of a registration, as in botocore.
const LEAST_SECONDS: i64 = 900;

/// What the authorization code flow registers for, as AWS's tools do.
const GRANT_TYPES: [&str; 2] = ["authorization_code", "refresh_token"];

/// What is told before the second attempt with a new client.
pub(super) const UNKNOWN_CLIENT: &str =
    "the service does not accept the cached client registration; registering a new client";

/// A client, and whether it came from the cache, so that the service may no longer know it.
pub(super) struct Client {
    pub(super) registration: CachedRegistration,
    pub(super) cached: bool,
}

/// The cached client if it is valid for this flow and was not just refused, or else a new one.
pub(super) async fn client(attempt: &Attempt<'_>, flow: Flow) -> Result<Client, Failure> {
    let key = attempt.session.registration_key();
    match attempt.request.cache.registration(&key)? {
        Loaded::Present(registration, warning) => {
            if let Some(warning) = warning {
                attempt.notices().message(warning);
            }
            let is_refused = attempt.refused_client.as_ref() == Some(&registration.client_id);
            let has_grants = registration.allows_authorization_code() == (flow == Flow::AuthorizationCode);
            if has_grants && !is_refused && registration.seconds_left(attempt.context().now()) >= LEAST_SECONDS {
                return Ok(Client { registration, cached: true });
            }
        }
        Loaded::Damaged(damage) => {
            let path = attempt.request.cache.registration_path(&key);
            attempt.notices().message(format_args!("ignoring {}: {damage}; it will be replaced", path.display()));
        }
        Loaded::Absent => {}
    }
    register(attempt, flow).await
}

/// Removes this client's registration, so that the next login registers a new client.
pub(super) fn forget(attempt: &Attempt<'_>, client_id: &str) -> Result<(), Failure> {
    let (cache, key) = (attempt.request.cache, attempt.session.registration_key());
    match cache.registration(&key)? {
        Loaded::Present(registration, _) if registration.client_id == client_id => Ok(cache.remove_registration(&key)?),
        // Another process has registered a new one.
        _ => Ok(()),
    }
}

/// Registers a new client and stores it.
pub(super) async fn register(attempt: &Attempt<'_>, flow: Flow) -> Result<Client, Failure> {
    let id = attempt.session.name.clone().unwrap_or_else(|| attempt.context().now().unix_timestamp().to_string());
    let mut request = json!({"clientName": format!("sso-oidc-client-{id}"), "clientType": "public"});
    let is_for_codes = flow == Flow::AuthorizationCode;
    if is_for_codes {
        request["grantTypes"] = json!(GRANT_TYPES);
        request["redirectUris"] = json!([Loopback::registered_redirect_uri()]);
        request["issuerUrl"] = json!(attempt.start_url);
    }
    let scopes = if is_for_codes { Some(attempt.scopes()) } else { attempt.session.scopes.clone() };
    let scopes = scopes.filter(|scopes| !scopes.is_empty());
    if let Some(scopes) = &scopes {
        request["scopes"] = json!(scopes);
    }
    let reply = attempt.during("registering with IAM Identity Center", attempt.oidc.register_client(&request)).await?;
    // A time that no file can have becomes the nearest one.
    let expires_at = Timestamp::from_unix_timestamp(reply.client_secret_expires_at.max(0)).unwrap_or(Timestamp::MAX);
    let registration = CachedRegistration {
        client_id: reply.client_id,
        client_secret: reply.client_secret,
        expires_at: timestamp::format(expires_at),
        scopes,
        grant_types: is_for_codes.then(|| GRANT_TYPES.map(str::to_owned).to_vec()),
    };
    attempt.request.cache.store_registration(&attempt.session.registration_key(), &registration)?;
    Ok(Client { registration, cached: false })
}
