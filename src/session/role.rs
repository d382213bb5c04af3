//! Credentials of a role through a session: those in the cache, else from the access portal (`GetRoleCredentials`).
//!
//! As in botocore, credentials with 15 minutes left or less are requested again. One process at a time does that, under
//! a lock beside the file; the others use its result or report its failure. Credentials that are still valid are used
//! while the portal or the service is failing or a login is needed, but not if the portal refuses the role. They are
//! stored and used only while the token of their session is in the cache, so that signing out ends their use.

use std::collections::HashSet;
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;

use aws_credential_types::Credentials;
use futures_util::future::{Either, select};

use super::clock::clock_warning;
use super::refresh::{outcome, timed_out};
use super::{Found, LoginNeeded, NoToken, TokenRequest, Usable, look};
use crate::cache::{
    self, Acquired, CachedToken, CredentialCache, CredentialKey, Held, Loaded, LockRecord, Outcome, PATIENCE, Purpose,
    TokenCache, TokenKey,
};
use crate::config::{Config, Session, SsoRole};
use crate::context::{Context, Timestamp};
use crate::error::{Error, Kind};
use crate::oidc::Failure;
use crate::secret::Secret;
use crate::services::Services;

/// botocore's expiry window: credentials with more remaining lifetime are reused.
const REUSED_ABOVE: Duration = Duration::from_mins(15);
/// How long a response that is not the portal's is reported again without a request.
const REMEMBERED: Duration = Duration::from_secs(5);

/// Credentials of a role, with their expiry and account.
pub struct RoleCredentials {
    /// The keys.
    pub credentials: Credentials,
    /// Warnings for the user, a line each.
    pub warnings: Vec<String>,
}

/// The role, both caches, and the environment to get new credentials.
#[expect(clippy::struct_field_names, reason = "the role is one of the fields")]
pub struct Role<'a> {
    role: &'a SsoRole,
    tokens: TokenCache,
    credentials: CredentialCache,
    context: &'a Context,
    min_ttl: Duration,
}

impl<'a> Role<'a> {
    /// A role, whose cached credentials must last this long.
    pub fn new(role: &'a SsoRole, min_ttl: Duration, context: &'a Context) -> Result<Self, Error> {
        let home = context.require_home()?;
        let (tokens, credentials) = (TokenCache::in_home(home), CredentialCache::in_home(home));
        Ok(Self { role, tokens, credentials, context, min_ttl })
    }

    fn key(&self) -> CredentialKey {
        let SsoRole { session, account_id, role_name } = self.role;
        CredentialKey::of_sso(&account_id.value, &role_name.value, session.name.as_deref(), &session.start_url.value)
    }

    /// The cached credentials, if they last.
    pub fn look(&self) -> Option<RoleCredentials> {
        let cached = self.cached(self.context.now());
        cached.filter(|(_, left)| *left > REUSED_ABOVE && *left >= self.min_ttl).map(|(cached, _)| cached)
    }

    /// The cached credentials if they last, else new ones.
    pub async fn obtain(&self, services: &Services) -> Result<RoleCredentials, NoToken> {
        if let Some(cached) = self.look() {
            return Ok(cached);
        }
        if let Err(error) = look(&self.role.session, &self.tokens, Duration::ZERO, self.context) {
            return self.use_despite(error);
        }
        let lock = self.credentials.lock(&self.key());
        let result = match lock.wait(PATIENCE, || self.look()).await? {
            Acquired::Result(found) => return Ok(found),
            Acquired::Lock(held) => self.under_lock(held, services).await,
            Acquired::TimedOut(pid) => Err(timed_out("requesting these role credentials", pid).into()),
        };
        match result {
            Err(NoToken::Failed(error)) if error.kind() == Kind::Service => Err(NoToken::Failed(error)),
            Err(error) => self.use_despite(error),
            found => found,
        }
    }

    async fn under_lock(&self, mut held: Held, services: &Services) -> Result<RoleCredentials, NoToken> {
        // Another process may have finished between the last look and the lock.
        if let Some(found) = self.look() {
            return Ok(found);
        }
        let last = held.last().filter(|last| self.is_remembered(last)).or_else(|| held.waited_for());
        if let Some(Outcome::Failed { kind, message }) = last.and_then(|last| last.outcome) {
            return Err(NoToken::reported(kind, message));
        }
        held.begin(self.context.now());
        let request = pin!(self.request(services));
        // A connection to the portal is opened while the token is being refreshed.
        let result = match select(request, pin!(self.connect_during_refresh(services))).await {
            Either::Left((result, _)) => result,
            Either::Right(((), request)) => request.await,
        };
        let (now, outcome) = (self.context.now(), outcome(result.as_ref().err()));
        held.end(now, self.access_token().as_ref(), outcome);
        result
    }

    /// Whether a response that was not the portal's, to a request with the same token, is reported again without a
    /// request. Credentials that are still valid are used instead, so nothing is remembered over them.
    fn is_remembered(&self, last: &LockRecord) -> bool {
        let now = self.context.now();
        matches!(last.outcome, Some(Outcome::Failed { kind: Kind::BadResponse, .. }))
            && last.is_within(REMEMBERED, now)
            && self.cached(now).is_none()
            && self.access_token().is_some_and(|token| last.is_about(&token))
    }

    /// The token in the cache.
    fn access_token(&self) -> Option<Secret> {
        let found = self.tokens.token(&self.role.session.token_key());
        if let Ok(Loaded::Present(token, _)) = found { Some(token.access_token) } else { None }
    }

    async fn connect_during_refresh(&self, services: &Services) {
        let session = &self.role.session;
        let found = look(session, &self.tokens, Duration::ZERO, self.context);
        let is_stale = matches!(found, Ok(Found::Stale(token, _)) if token.refreshable(self.context.now()).is_some());
        if let Some(portal) = services.portal(&session.region.value).ok().filter(|_| is_stale) {
            portal.connect().await;
        }
    }

    async fn request(&self, services: &Services) -> Result<RoleCredentials, NoToken> {
        let (session, cache, context, min_ttl) = (&self.role.session, &self.tokens, self.context, Duration::ZERO);
        let request = TokenRequest { session, services, cache, context, min_ttl, throttled: true, rejected: None };
        let mut usable = request.obtain().await?;
        let mut asked = self.ask(services, &usable.token).await;
        if matches!(asked, Err(NoToken::LoginNeeded(LoginNeeded::Unauthorized))) && !usable.refreshed {
            let new = request.replace_rejected(&usable.token).await?;
            asked = self.ask(services, &new.token).await;
            usable = Usable { warnings: [usable.warnings, new.warnings].concat(), ..new };
        }
        if let Err(error @ NoToken::LoginNeeded(LoginNeeded::Unauthorized)) = &asked {
            request.record_rejected(&usable.token, error);
        }
        let Usable { token, warnings, .. } = usable;
        let mut found = RoleCredentials { credentials: asked?, warnings };
        if let Some(other) = self.store(&mut found, &token)? {
            found.credentials = self.ask(services, &other).await?;
            self.store(&mut found, &other)?;
        }
        Ok(found)
    }

    fn failure(&self, failure: Failure) -> NoToken {
        let fault = match &failure {
            Failure::Fault(fault) => fault,
            Failure::NotJson(_) => return NoToken::Failed(Error::from(failure).as_kind(Kind::BadResponse)),
            Failure::Transport(_) | Failure::Other(_) => return NoToken::Failed(failure.into()),
        };
        match fault.status {
            _ if fault.is_unauthorized() => LoginNeeded::Unauthorized.into(),
            403 => {
                let SsoRole { account_id, role_name, .. } = self.role;
                let hint = format!(
                    "check account {} (from {}) and role {} (from {}); the access portal lists your roles",
                    account_id.value,
                    account_id.source(),
                    role_name.value,
                    role_name.source()
                );
                NoToken::Failed(Error::from(failure).hint(hint))
            }
            429 | 500.. => NoToken::Unavailable(failure.explained()),
            _ => NoToken::Failed(failure.explained()),
        }
    }

    /// Requests the credentials with this token.
    async fn ask(&self, services: &Services, token: &CachedToken) -> Result<Credentials, NoToken> {
        let SsoRole { session, account_id, role_name } = self.role;
        let portal = services.portal(&session.region.value)?;
        let reply = portal.role_credentials(&token.access_token, &account_id.value, &role_name.value).await;
        let credentials = reply.map_err(|reply| self.failure(reply))?;
        if credentials.expiry().is_none_or(|expiry| Timestamp::from(expiry) <= self.context.now()) {
            return Err(still_expired().hint_if(clock_warning(&services.http)).into());
        }
        Ok(credentials)
    }

    /// Stores credentials if the token that they were requested with is still in the cache. Another token, which is
    /// returned, may be another person's. Without any token the session was ended, and the credentials with it.
    fn store(&self, found: &mut RoleCredentials, used: &CachedToken) -> Result<Option<CachedToken>, NoToken> {
        // While the lock is held, neither a login nor a logout changes the token.
        let held = self.tokens.lock(&self.role.session.token_key(), Purpose::Refresh).attempt().ok().flatten();
        let now = self.context.now();
        let stored = match look(&self.role.session, &self.tokens, Duration::ZERO, self.context) {
            Ok(Found::Fresh(Usable { token, .. }) | Found::Stale(token, _)) => {
                if token.access_token != used.access_token {
                    return Ok(Some(token).filter(|token| token.lasts(Duration::ZERO, now)));
                }
                let is_current = || self.access_token().as_ref() == Some(&used.access_token);
                let store = |_| self.credentials.store_sso(&self.key(), &found.credentials, is_current);
                held.map_or(Ok(None), store)
            }
            Err(NoToken::LoginNeeded(why)) => return Err(why.into()),
            Err(NoToken::Unavailable(error) | NoToken::Failed(error)) => Err(error),
        };
        let failed = |error| Some(format!("the role credentials could not be stored: {error}"));
        found.warnings.extend(stored.unwrap_or_else(failed));
        Ok(None)
    }

    /// The cached credentials, and how long they last; expired ones and those of an ended session count as absent.
    fn cached(&self, now: Timestamp) -> Option<(RoleCredentials, Duration)> {
        let session = &self.role.session;
        if !self.tokens.has_token(&session.token_key(), &session.start_url.value) {
            return None;
        }
        let Loaded::Present(credentials, warning) = self.credentials.load(&self.key()) else { return None };
        let left = Duration::try_from(cache::expires_at(&credentials) - now).ok().filter(|left| !left.is_zero())?;
        Some((RoleCredentials { credentials, warnings: Vec::from_iter(warning) }, left))
    }

    fn use_despite(&self, error: NoToken) -> Result<RoleCredentials, NoToken> {
        let cached = self.cached(self.context.now()).filter(|(_, left)| *left >= self.min_ttl);
        let Some((mut found, left)) = cached else { return Err(error) };
        let (minutes, session) = (left.as_secs().div_ceil(60), &self.role.session);
        let error = error.into_error(session);
        found.warnings.push(format!("the role credentials could not be renewed and expire in {minutes} min: {error}"));
        Ok(found)
    }
}

/// Removes the cached credentials of the session's roles; returns an error for each file that stays. Files do not name
/// their session, so all are removed but those of the roles that profiles use through other sessions.
pub fn forget_roles(session: &Session, config: &Config, cache: &CredentialCache) -> Vec<Error> {
    let (found, _) = cache.all_sso();
    if found.is_empty() {
        return Vec::new();
    }
    let of_others = config.profiles().filter_map(|(_, profile)| {
        let name = profile.get("sso_session").filter(|name| !name.is_empty());
        let url = profile.get("sso_start_url").unwrap_or_default();
        let (account, role) = (profile.get("sso_account_id")?, profile.get("sso_role_name")?);
        let is_other = TokenKey::new(name, url) != session.token_key();
        is_other.then(|| cache.path(&CredentialKey::of_sso(account, role, name, url)))
    });
    let kept: HashSet<PathBuf> = of_others.collect();
    found.iter().filter(|path| !kept.contains(*path)).filter_map(|path| cache::remove(path).err()).collect()
}

/// The error for new credentials that have expired already, in botocore's words.
pub fn still_expired() -> Error {
    Error::configuration("Credentials were refreshed, but the refreshed credentials are still expired.")
}

#[cfg(test)]
mod tests;
