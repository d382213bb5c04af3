//! The refresh token grant (RFC 6749 section 6) for many processes at once: one request, and all of them get the token.
//!
//! A process that finds the lock taken watches the token file and uses the token that the other process writes, or
//! reports its failure. The lock file keeps the service's last refusal for 30 seconds. A response without a refresh
//! token keeps the old one. `session` decides when to refresh.

use std::time::Duration;

use super::clock::clock_warning;
use super::{LoginNeeded, NoToken, Usable};
use crate::cache::{Acquired, CachedToken, Held, Loaded, LockRecord, Outcome, PATIENCE, Purpose, TokenCache};
use crate::config::Session;
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::http::{self, Retry};
use crate::oidc::{Failure, Fault, Grant};
use crate::services::Services;

/// How long a refusal by the service is reported again without a request.
const REMEMBERED: Duration = Duration::from_secs(30);

/// One refresh.
pub(super) struct Refresh<'a> {
    pub(super) session: &'a Session,
    pub(super) services: &'a Services,
    pub(super) cache: &'a TokenCache,
    pub(super) min_ttl: Duration,
    pub(super) context: &'a Context,
    pub(super) throttled: bool,
}

impl Refresh<'_> {
    /// Refreshes the token that was found, unless another process does or did.
    pub(super) async fn under_lock(&self, found: &CachedToken) -> Result<Usable, NoToken> {
        let key = self.session.token_key();
        let lock = self.cache.lock(&key, Purpose::Refresh);
        let mut held = match lock.wait(PATIENCE, self.context.now, || self.newer(found)).await {
            Acquired::Lock(held) => held,
            Acquired::Result(usable) => return Ok(usable),
            Acquired::TimedOut(pid) => return Err(timed_out("refreshing the token", pid).into()),
        };
        // Another process may have finished between the last look and the lock.
        if let Some(usable) = self.newer(found) {
            return Ok(usable);
        }
        if let Some(error) = self.reported(&mut held) {
            return Err(error);
        }
        let present = match self.cache.token(&key) {
            // Signed out meanwhile; a refreshed token would undo that.
            Ok(Loaded::Absent) => return Err(LoginNeeded::Absent.into()),
            // Perhaps refreshed, but for less time than is needed here; the refresh token that was found may be used
            // up.
            Ok(Loaded::Present(token, _)) => token,
            Ok(Loaded::Damaged(_)) | Err(_) => found.clone(),
        };
        held.begin(self.context.now());
        let result = self.request(&present).await;
        held.end(self.context.now(), outcome(result.as_ref().err()));
        result
    }

    /// The token on disk, if it was replaced meanwhile and lasts long enough.
    fn newer(&self, found: &CachedToken) -> Option<Usable> {
        let Ok(Loaded::Present(token, _)) = self.cache.token(&self.session.token_key()) else { return None };
        let newer = token.access_token != found.access_token || token.expires_at != found.expires_at;
        (newer && token.lasts(self.min_ttl, self.context.now())).then(|| Usable {
            token,
            refreshed: true,
            warnings: Vec::new(),
        })
    }

    /// The failure in the lock file, if it counts for this process, too: the service's answer for 30 seconds, anything
    /// else only for those that were waiting.
    fn reported(&self, held: &mut Held) -> Option<NoToken> {
        let answered = |last: &LockRecord| {
            let age = self.context.now() - last.at;
            let kind = failure_kind(last);
            matches!(kind, Some(Kind::LoginNeeded | Kind::Service)) && age >= Duration::ZERO && age < REMEMBERED
        };
        let remembered = if self.throttled { held.last().filter(answered) } else { None };
        let waited_for = || held.waited_for().filter(|last| failure_kind(last) == Some(Kind::Other));
        match remembered.or_else(waited_for)?.outcome? {
            Outcome::Failed { kind: Kind::Service, message } => {
                Some(NoToken::Unavailable(Error::new(Kind::Service, message)))
            }
            Outcome::Failed { kind, message } => Some(NoToken::reported(kind, message)),
            Outcome::Done | Outcome::Cancelled | Outcome::Unanswered => None,
        }
    }

    async fn request(&self, found: &CachedToken) -> Result<Usable, NoToken> {
        let sent = self.context.now();
        let parts = found.refreshable(sent).ok_or_else(|| LoginNeeded::expired(found, sent))?;
        let unchanged = || self.newer(found).is_none();
        let grant = Grant::RefreshToken(parts.refresh_token.clone());
        let client = self.services.oidc(&self.session.region.value)?;
        let lasts = found.lasts(self.min_ttl, sent);
        let retry = if lasts { Retry::EarlyRefresh(&unchanged) } else { Retry::Refresh(&unchanged) };
        let reply = match client.create_token((parts.client_id, parts.client_secret), &grant, retry).await {
            Ok(reply) => reply,
            // Another tool, which does not use the locks, may have refreshed it meanwhile.
            Err(error) => return self.newer(found).ok_or_else(|| failure(error)),
        };
        let token = CachedToken {
            start_url: Some(self.session.start_url.value.clone()),
            region: Some(self.session.region.value.clone()),
            access_token: reply.access_token,
            expires_at: sent + Duration::from_secs(reply.expires_in),
            refresh_token: reply.refresh_token.or_else(|| found.refresh_token.clone()),
            ..found.clone()
        };
        // Another tool, which does not use the locks, may have signed in meanwhile.
        if let Some(other) = self.newer(found).filter(|other| other.token.expires_at > token.expires_at) {
            return Ok(other);
        }
        let mut warnings = Vec::from_iter(clock_warning(client.http()));
        if let Err(error) = self.cache.store_token(&self.session.token_key(), &token) {
            warnings.push(format!(
                "the refreshed token could not be stored: {error}; if the stored refresh token no longer works, sign in again"
            ));
        }
        Ok(Usable { token, refreshed: true, warnings })
    }
}

/// A refusal that is not a failure of the service concerns this token or client, so a login is needed.
fn failure(failure: Failure) -> NoToken {
    let Failure::Fault(fault) = failure else { return NoToken::Failed(failure.into()) };
    let Fault { status, code, retry_after, .. } = *fault;
    let has_code = code != status.to_string();
    let answer = if has_code { format!("{code} (status {status})") } else { format!("status {status}") };
    if (400..500).contains(&status) && status != 429 {
        return LoginNeeded::Refused(answer).into();
    }
    let message = format!("cannot refresh the token: {answer}");
    NoToken::Unavailable(Error::new(Kind::Service, message).hint(http::retry_hint(status, retry_after)))
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
