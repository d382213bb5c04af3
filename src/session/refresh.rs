//! The refresh token grant (RFC 6749 section 6) for many processes at once: one request, and all of them get the token.
//!
//! The service may retire a refresh token at its first use, so the request is sent only if the new token can be stored,
//! and the response is stored only over the token that was refreshed: a file that has changed meanwhile is a later login,
//! and a missing one a logout. A process that finds the lock taken watches the token file and uses the token that the
//! other process writes, or reports its failure; one whose token is still valid does not wait. A response without a
//! refresh token keeps the old one. `session` decides when to refresh; `tests/token/protocol.rs` is a model of this file.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::clock::clock_warning;
use super::{Found, LoginNeeded, NoToken, TokenRequest, Usable, look, mismatch};
use crate::cache::{Acquired, CachedToken, Held, Loaded, Lock, LockRecord, Outcome, PATIENCE, Purpose, Refreshable};
use crate::context::Timestamp;
use crate::error::{Error, Kind};
use crate::http::{self, Retry};
use crate::oidc::{Failure, Fault, Grant, TokenResponse};
use crate::secret::Secret;

/// How long a refusal by the service is reported again without a request, and with life left any failure.
const REMEMBERED: Duration = Duration::from_secs(30);
/// The same for a response that is not the service's, which ends when the user signs in to the network.
const REMEMBERED_BRIEFLY: Duration = Duration::from_secs(5);
/// How long to wait for a process that has held the lock for more than [`PATIENCE`]: it may be suspended.
const SHORT_PATIENCE: Duration = Duration::from_secs(10);
/// The time of the one attempt while the token has life left.
const EARLY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the file is watched after a refusal: a tool without locks may have refreshed the token just before.
const WATCH: Duration = Duration::from_secs(2);
/// The pause between two looks at the file.
const WATCH_INTERVAL: Duration = Duration::from_millis(20);
/// The time to revoke a token that must not be stored.
const REVOKE_TIMEOUT: Duration = Duration::from_secs(3);

impl TokenRequest<'_> {
    /// Refreshes the token that was found, unless another process does or did.
    pub(super) async fn refresh(&self, found: &CachedToken) -> Result<Usable, NoToken> {
        let key = self.session.token_key();
        let lock = self.cache.lock(&key, Purpose::Refresh);
        let mut held = match lock.wait(self.patience(found, &lock), || self.newer(found)).await? {
            Acquired::Lock(held) => held,
            Acquired::Result(usable) => return Ok(usable),
            Acquired::TimedOut(_) if self.lasts(found) => return Ok(Usable::cached(found.clone())),
            Acquired::TimedOut(pid) => return Err(timed_out("refreshing the token", pid).into()),
        };
        // Another process may have finished between the last look and the lock.
        if let Some(usable) = self.newer(found) {
            return Ok(usable);
        }
        // The file may have changed without giving a usable token; the refresh token that was found may be used up.
        let present = match look(self.session, self.cache, self.min_ttl, self.context)? {
            Found::Fresh(usable) if self.lasts(&usable.token) => return Ok(usable),
            Found::Fresh(Usable { token, .. }) | Found::Stale(token, _) => token,
        };
        let now = self.context.now();
        let parts = present.refreshable(now).ok_or_else(|| LoginNeeded::Expired(present.seconds_left(now)))?;
        if let Some(error) = self.reported(&mut held, &present, parts.refresh_token) {
            return Err(error);
        }
        self.cache.probe(&key)?;
        held.begin(self.context.now());
        let result = self.request(&present, parts).await;
        held.end(self.context.now(), Some(parts.refresh_token), outcome(result.as_ref().err()));
        result
    }

    fn lasts(&self, token: &CachedToken) -> bool {
        self.rejected != Some(&token.access_token) && token.lasts(self.min_ttl, self.context.now())
    }

    /// How long to wait for the lock: not at all for a better token than one that is good enough.
    fn patience(&self, found: &CachedToken, lock: &Lock) -> Duration {
        if self.lasts(found) {
            return Duration::ZERO;
        }
        let holder = lock.record().filter(|record| record.outcome.is_none());
        let is_stuck = holder.is_some_and(|record| self.context.now() - record.at > PATIENCE);
        if is_stuck { SHORT_PATIENCE } else { PATIENCE }
    }

    /// The session's token on disk, if it was replaced meanwhile and lasts long enough.
    fn newer(&self, found: &CachedToken) -> Option<Usable> {
        let Ok(Loaded::Present(token, _)) = self.cache.token(&self.session.token_key()) else { return None };
        let is_newer = token.access_token != found.access_token || token.expires_at != found.expires_at;
        let is_usable = is_newer && self.lasts(&token) && mismatch::find(&token, self.session, self.cache).is_none();
        is_usable.then(|| Usable { refreshed: true, ..Usable::cached(token) })
    }

    /// The failure in the lock file, if it is about this refresh token and counts for this process, too.
    fn reported(&self, held: &mut Held, present: &CachedToken, refresh_token: &Secret) -> Option<NoToken> {
        let remembered = |last: &LockRecord| {
            let limit = match failure_kind(last) {
                Some(Kind::LoginNeeded | Kind::Service) => REMEMBERED,
                Some(_) if self.lasts(present) => REMEMBERED,
                Some(Kind::BadResponse) => REMEMBERED_BRIEFLY,
                _ => Duration::ZERO,
            };
            last.is_within(limit, self.context.now())
        };
        let last = if self.throttled { held.last().filter(remembered) } else { None };
        let waited_for = || held.waited_for().filter(|last| failure_kind(last).is_some());
        let about = [Some(refresh_token), self.rejected];
        let is_about = |last: &LockRecord| about.into_iter().flatten().any(|token| last.is_about(token));
        match last.or_else(waited_for).filter(is_about)?.outcome? {
            Outcome::Failed { kind: Kind::Service, message } => {
                Some(NoToken::Unavailable(Error::new(Kind::Service, message)))
            }
            Outcome::Failed { kind, message } => Some(NoToken::reported(kind, message)),
            Outcome::Done | Outcome::Cancelled | Outcome::Unanswered(_) => None,
        }
    }

    async fn request(&self, found: &CachedToken, parts: Refreshable<'_>) -> Result<Usable, NoToken> {
        let sent = self.context.now();
        let client = self.services.oidc(&self.session.region.value, &self.session.start_url.value)?;
        let grant = Grant::RefreshToken(parts.refresh_token.clone());
        let create = async |retry| client.create_token((parts.client_id, parts.client_secret), &grant, retry).await;
        let unchanged = || self.context.signals.arrived().is_none() && self.newer(found).is_none();
        // The old refresh token is used up once the service has received the request.
        let deferral = self.context.signals.defer().await;
        let reply = if self.lasts(found) {
            http::within(EARLY_TIMEOUT, create(Retry::Once)).await.map_err(|_| {
                let seconds = EARLY_TIMEOUT.as_secs();
                Error::other(format!("cannot refresh the token: the service did not respond within {seconds} s")).into()
            })
        } else {
            Ok(create(Retry::Refresh(&unchanged)).await)
        };
        match reply.and_then(|reply| reply.map_err(failure)) {
            Ok(reply) => {
                let warnings = Vec::from_iter(clock_warning(&client.http));
                self.store(found, self.refreshed(found, reply, sent), warnings).await
            }
            Err(error) => {
                // There is nothing to store any more.
                drop(deferral);
                self.refused(found, error).await
            }
        }
    }

    fn refreshed(&self, found: &CachedToken, reply: TokenResponse, sent: Timestamp) -> CachedToken {
        CachedToken {
            start_url: Some(self.session.start_url.value.clone()),
            region: Some(self.session.region.value.clone()),
            expires_at: reply.expires_at(sent),
            access_token: reply.access_token,
            refresh_token: reply.refresh_token.or_else(|| found.refresh_token.clone()),
            ..found.clone()
        }
    }

    /// Stores the new token over the one that was refreshed. Any other content of the file is a later act of the user.
    async fn store(&self, found: &CachedToken, token: CachedToken, warnings: Vec<String>) -> Result<Usable, NoToken> {
        let key = self.session.token_key();
        let mut has_failed = false;
        let failed = loop {
            let failed = match self.cache.token(&key) {
                Ok(Loaded::Absent) => {
                    self.revoke(&token).await;
                    return Err(LoginNeeded::SignedOut.into());
                }
                Ok(Loaded::Present(present, _)) if !present.is_same_grant(found) => {
                    return match look(self.session, self.cache, self.min_ttl, self.context)? {
                        Found::Fresh(usable) => Ok(usable),
                        Found::Stale(later, _) if self.lasts(&later) => Ok(Usable::cached(later)),
                        Found::Stale(later, _) => {
                            Err(LoginNeeded::Expired(later.seconds_left(self.context.now())).into())
                        }
                    };
                }
                Ok(Loaded::Present(..)) => match self.cache.replace_token(&key, found, &token) {
                    // It has changed since it was read.
                    Ok(false) => continue,
                    replaced => replaced.err(),
                },
                Ok(Loaded::Damaged(damage)) => {
                    let path = self.cache.token_path(&key);
                    Some(Error::other(format!("{} was damaged meanwhile: {damage}", path.display())))
                }
                Err(error) => Some(error),
            };
            // Once more: the old refresh token is used up.
            if failed.is_none() || has_failed {
                break failed;
            }
            has_failed = true;
        };
        let mut usable = Usable { token, refreshed: true, warnings, not_stored: failed };
        usable.warnings.extend(usable.not_stored.as_ref().map(|error| {
            format!("the refreshed token could not be stored: {error}; if the stored refresh token no longer works, sign in again")
        }));
        Ok(usable)
    }

    /// Ends the session of a token that only this process has, if the service responds in time.
    async fn revoke(&self, token: &CachedToken) {
        if let Ok(portal) = self.services.portal(&self.session.region.value) {
            let _ = timeout(REVOKE_TIMEOUT, portal.logout(&token.access_token)).await;
        }
    }

    /// The failure of the request, unless a tool without locks has stored a new token.
    async fn refused(&self, found: &CachedToken, error: NoToken) -> Result<Usable, NoToken> {
        let watch = if matches!(error, NoToken::LoginNeeded(_)) { WATCH } else { Duration::ZERO };
        let deadline = Instant::now() + watch;
        loop {
            if let Some(usable) = self.newer(found) {
                return Ok(usable);
            }
            if Instant::now() >= deadline {
                return Err(error);
            }
            sleep(WATCH_INTERVAL).await;
        }
    }
}

/// A refusal that is not a failure of the service concerns this token or client, so a login is needed.
fn failure(failure: Failure) -> NoToken {
    let fault = match failure {
        Failure::Fault(fault) => fault,
        Failure::Transport(error) => return NoToken::Failed(error.into()),
        Failure::NotJson(error) | Failure::Other(error) => return NoToken::Failed(error.as_kind(Kind::BadResponse)),
    };
    let is_about_the_client = fault.is_about_the_client();
    let Fault { status, code, retry_after, .. } = *fault;
    let has_code = code != status.to_string();
    let answer = if has_code { format!("{code} (status {status})") } else { format!("status {status}") };
    if (400..500).contains(&status) && status != 429 {
        let refused = if is_about_the_client { LoginNeeded::ClientRefused } else { LoginNeeded::Refused };
        return refused(answer).into();
    }
    let message = format!("cannot refresh the token: {answer}");
    NoToken::Unavailable(Error::new(Kind::Service, message).hint_if(http::retry_hint(status, retry_after)))
}

fn failure_kind(record: &LockRecord) -> Option<Kind> {
    match record.outcome {
        Some(Outcome::Failed { kind, .. }) => Some(kind),
        _ => None,
    }
}

/// The outcome that the lock file records for other processes.
pub(super) fn outcome(error: Option<&NoToken>) -> Outcome {
    error.map_or(Outcome::Done, |error| Outcome::Failed { kind: error.kind(), message: error.to_string() })
}

/// The error of a process that has waited too long.
pub(super) fn timed_out(work: &str, pid: Option<u32>) -> Error {
    let pid = pid.map(|pid| format!(" (process {pid})")).unwrap_or_default();
    Error::other(format!("another process{pid} has been {work} for {} s", PATIENCE.as_secs()))
}

#[cfg(test)]
mod tests;
