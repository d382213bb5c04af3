//! The refresh token grant (RFC 6749 section 6) for many processes at once: one request, everybody gets the token.
//!
//! A process that finds the lock taken watches the token file and takes what its sibling wrote, or reports how the sibling
//! failed; see `turn`. What the service answered last is remembered in the lock file for 30 seconds. A reply without a
//! refresh token keeps the old one. Imports `oidc`, `cache`, `context`, `http`.

use std::fmt;
use std::time::Duration;

use super::clock::clock_warning;
use super::turn::{Busy, Waited, turn};
use super::{LoginNeeded, SessionError, Usable, Wanted};
use crate::cache::{CachedToken, Loaded, LockRecord, Purpose, TokenCache};
use crate::context::Context;
use crate::error::Error;
use crate::http::Retry;
use crate::oidc::{Failure, Fault, Grant, OidcClient};

/// How long the service's refusal stands.
const REMEMBERED: Duration = Duration::from_secs(30);

/// The service's refusal of a refresh, as all processes are told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The exception's name, or the status where it has none.
    pub code: String,
    /// How long the service asks to wait; not handed on to other processes.
    pub retry_after: Option<Duration>,
}

impl Answered {
    /// Whether it is about this token or client, so that only a person can help.
    fn needs_login(&self) -> bool {
        (400..500).contains(&self.status) && self.status != 429
    }
}

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (status {})", self.code, self.status)
    }
}

/// One refresh: of what, where, and how.
pub(super) struct Refresh<'a, 'c> {
    pub(super) wanted: &'a Wanted,
    pub(super) cache: &'a TokenCache,
    pub(super) context: &'a Context,
    pub(super) throttled: bool,
    pub(super) client: &'a (dyn Fn() -> Result<OidcClient, Error> + 'c),
}

impl Refresh<'_, '_> {
    /// Refreshes the token that was found, unless another process does or did.
    pub(super) async fn under_lock(&self, found: &CachedToken) -> Result<Usable, SessionError> {
        let lock = self.cache.lock(&self.wanted.token_key, Purpose::Refresh);
        let mut turn = match turn(&lock, self.context, || self.newer(found)).await {
            Ok(Waited::Found(usable)) => return Ok(usable),
            Ok(Waited::Turn(turn)) => turn,
            Err(Busy(pid)) => return Err(SessionError::Busy { pid }),
        };
        if let Some(last) = turn.last()
            && let Some(error) = self.remembered(&last, turn.waited_for(&last))
        {
            return Err(error);
        }
        let present = match self.cache.token(&self.wanted.token_key) {
            // Somebody has signed out meanwhile; a refreshed token would undo that.
            Ok(Loaded::Absent) => return Err(self.wanted.login_needed(LoginNeeded::Absent)),
            // Or has refreshed it, to less life than is needed here: the refresh token that was found may be spent.
            Ok(Loaded::Present(token, _)) => token,
            Ok(Loaded::Damaged(_)) | Err(_) => found.clone(),
        };
        turn.begin();
        let outcome = self.request(&present).await;
        turn.end(&outcome_line(&outcome));
        outcome
    }

    /// The token on disk, if it is another one and lasts: more life than a refresh has just given cannot be had.
    fn newer(&self, found: &CachedToken) -> Option<Usable> {
        let Ok(Loaded::Present(token, _)) = self.cache.token(&self.wanted.token_key) else { return None };
        let newer = token.access_token != found.access_token || token.expires_at != found.expires_at;
        (newer && self.wanted.lasts(&token, self.context.now())).then(|| Usable {
            token,
            refreshed: true,
            warnings: Vec::new(),
        })
    }

    /// The failure that the lock file tells of, if it stands for us too.
    fn remembered(&self, last: &LockRecord, waited: bool) -> Option<SessionError> {
        let (word, rest) = last.outcome.as_deref()?.split_once(' ')?;
        let age = self.context.now() - last.at;
        match word {
            "answered" if self.throttled && age >= Duration::ZERO && age < REMEMBERED => {
                let (status, code) = rest.split_once(' ')?;
                Some(self.refused(Answered { status: status.parse().ok()?, code: code.to_owned(), retry_after: None }))
            }
            // Only for those who were waiting already.
            "failed" if waited => Some(SessionError::Shared(rest.to_owned())),
            _ => None,
        }
    }

    fn refused(&self, answered: Answered) -> SessionError {
        if answered.needs_login() {
            return self.wanted.login_needed(LoginNeeded::Refused(answered));
        }
        SessionError::Answered(answered)
    }

    async fn request(&self, found: &CachedToken) -> Result<Usable, SessionError> {
        let Some(parts) = found.refreshable(self.context.now()) else {
            let why =
                LoginNeeded::Ended { expires_at: found.expires_at, expired: found.expires_at <= self.context.now() };
            return Err(self.wanted.login_needed(why));
        };
        let unchanged = || self.newer(found).is_none();
        let sent = self.context.now();
        let grant = Grant::RefreshToken(parts.refresh_token.clone());
        let client = (self.client)().map_err(SessionError::Endpoint)?;
        let retry =
            if self.wanted.lasts(found, sent) { Retry::EarlyRefresh(&unchanged) } else { Retry::Refresh(&unchanged) };
        let reply = client.create_token((parts.client_id, parts.client_secret), &grant, retry).await;
        let reply = match reply {
            Ok(reply) => reply,
            // Another tool, which knows no locks, may have refreshed it under our hands.
            Err(error) => return self.newer(found).ok_or_else(|| self.failure(error)),
        };
        let token = CachedToken {
            start_url: Some(self.wanted.start_url.clone()),
            region: Some(self.wanted.region.clone()),
            access_token: reply.access_token,
            expires_at: sent + Duration::from_secs(reply.expires_in),
            refresh_token: reply.refresh_token.or_else(|| found.refresh_token.clone()),
            ..found.clone()
        };
        // Another tool, which knows no locks, may have signed in meanwhile.
        if let Some(other) = self.newer(found).filter(|other| other.token.expires_at > token.expires_at) {
            return Ok(other);
        }
        let mut warnings = Vec::from_iter(clock_warning(client.http()));
        if let Err(error) = self.cache.store_token(&self.wanted.token_key, &token) {
            warnings.push(format!(
                "the refreshed token could not be stored: {error}; the stored refresh token may be dead now, then sign in again"
            ));
        }
        Ok(Usable { token, refreshed: true, warnings })
    }

    fn failure(&self, error: Failure) -> SessionError {
        match error {
            Failure::Fault(fault) => {
                let Fault { status, retry_after, .. } = *fault;
                self.refused(Answered { status, code: fault.code.clone(), retry_after })
            }
            error => SessionError::Oidc(Box::new(error)),
        }
    }
}

/// The outcome for the lock file: one line, no secret.
fn outcome_line(outcome: &Result<Usable, SessionError>) -> String {
    let answered = |answered: &Answered| format!("answered {} {}", answered.status, answered.code);
    match outcome {
        Ok(_) => "refreshed".to_owned(),
        Err(SessionError::Answered(error)) => answered(error),
        Err(SessionError::LoginNeeded { why, .. }) => match &**why {
            LoginNeeded::Refused(error) => answered(error),
            other => format!("failed {other}"),
        },
        Err(error) => format!("failed {error}"),
    }
}
