//! One person, one question: of all processes that want the same session, one asks and the others wait for it.
//!
//! The asker holds the login lock and writes how it ended. A waiter takes any token newer than its own start, reports the
//! asker's outcome as its own, and becomes the asker only when the asker was killed without a word. Different sessions do
//! not wait for each other; `token` never waits here. Imports `cache`, `context`.

use std::time::Duration;

use tokio::time::Instant;

use super::{LoginError, LoginRequest};
use crate::cache::{Attempt, CachedToken, Held, Loaded, LockRecord, Purpose};
use crate::context::{Context, Timestamp};
use crate::session::{self, Found};

/// How often a waiting process looks.
const GLANCE: Duration = Duration::from_millis(50);

/// What came of asking for the right to ask.
pub(super) enum Turn<'a> {
    /// We ask. Dropping it without a word says that the login was cancelled.
    Ours(Asking<'a>),
    /// Somebody else has asked, and here is the token.
    Answered(Box<CachedToken>),
}

/// The right to ask a person.
pub(super) struct Asking<'a> {
    /// Absent where there are no locks.
    held: Option<Held>,
    context: &'a Context,
    ended: bool,
}

/// How a login of another process ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The exit code.
    pub code: u8,
    /// The words.
    pub message: String,
}

const SIGNED_IN: &str = "signed-in";
const CANCELLED: &str = "cancelled";
const UNANSWERED: &str = "unanswered";
const FAILED: &str = "failed";

/// Waits for our turn, or for somebody else's token. `known` is the token that is of no use.
pub(super) async fn turn<'a>(
    request: &LoginRequest<'_>,
    context: &'a Context,
    known: Option<&CachedToken>,
) -> Result<Turn<'a>, LoginError> {
    let lock = request.cache.lock(&request.wanted.token_key, Purpose::Ask);
    let deadline = request.timeout.map(|timeout| Instant::now() + timeout);
    let mut waiting: Option<Waiting> = None;
    let mut held = loop {
        match lock.attempt() {
            Attempt::Held(held) => break Some(held),
            Attempt::Unsupported => break None,
            Attempt::Busy => {}
        }
        let waiting = waiting.get_or_insert_with(|| Waiting { since: context.now(), announced: None });
        waiting.announce(request, lock.record());
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Err(LoginError::Unanswered);
        }
        tokio::time::sleep(GLANCE).await;
    };
    // Somebody may have signed in while we waited, or just between our look and our lock.
    if let Some(token) = newer(request, context, known).or_else(|| fresh(request, context)) {
        return Ok(Turn::Answered(Box::new(token)));
    }
    if let Some(waiting) = waiting {
        let last = held.as_mut().and_then(Held::last).filter(|last| last.at >= waiting.since.truncate_to_second());
        if let Some(error) = last.and_then(|last| outcome(&last)) {
            return Err(error);
        }
    }
    if let Some(held) = &mut held {
        held.write(&LockRecord::held(std::process::id(), context.now()));
    }
    Ok(Turn::Ours(Asking { held, context, ended: false }))
}

/// Minutes since a login of this session went unanswered, if that was its last and less than an hour ago.
pub fn minutes_since_unanswered(request: &LoginRequest<'_>, now: Timestamp) -> Option<i64> {
    let lock = request.cache.lock(&request.wanted.token_key, Purpose::Ask);
    let last = lock.record().filter(|last| last.outcome.as_deref() == Some(UNANSWERED))?;
    let age = now - last.at;
    (age >= Duration::ZERO && age < Duration::from_hours(1)).then(|| age.whole_minutes())
}

impl Asking<'_> {
    /// Writes how it ended, for those who wait.
    pub(super) fn end(mut self, error: Option<&LoginError>, exit_code: fn(&LoginError) -> u8) {
        let words = match error {
            None => SIGNED_IN.to_owned(),
            Some(LoginError::Unanswered | LoginError::Expired | LoginError::ExpiredInTrouble(_)) => {
                UNANSWERED.to_owned()
            }
            Some(error) => format!("{FAILED} {} {error}", exit_code(error)),
        };
        self.write(&words);
    }

    fn write(&mut self, words: &str) {
        self.ended = true;
        let words = words.replace(['\n', '\r'], " ");
        if let Some(held) = &mut self.held {
            held.write(&LockRecord::ended(std::process::id(), self.context.now(), words));
        }
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.write(CANCELLED);
        }
    }
}

/// What a waiting process has said.
struct Waiting {
    since: Timestamp,
    announced: Option<u32>,
}

impl Waiting {
    /// Says once for each asker on whom we wait.
    fn announce(&mut self, request: &LoginRequest<'_>, record: Option<LockRecord>) {
        let Some(record) = record.filter(|record| record.outcome.is_none()) else { return };
        if self.announced.replace(record.pid) != Some(record.pid) {
            let label = request.wanted.label();
            request.notices.say(&format!("waiting for the login to {label} that process {} has started", record.pid));
        }
    }
}

fn newer(request: &LoginRequest<'_>, context: &Context, known: Option<&CachedToken>) -> Option<CachedToken> {
    let Ok(Loaded::Present(token, _)) = request.cache.token(&request.wanted.token_key) else { return None };
    let other = known.is_none_or(|known| known.access_token != token.access_token);
    (other && token.expires_at > context.now()).then_some(token)
}

fn fresh(request: &LoginRequest<'_>, context: &Context) -> Option<CachedToken> {
    if request.force || request.new_session {
        return None;
    }
    match session::look(&request.wanted, request.cache, context) {
        Ok(Found::Fresh(usable)) => Some(usable.token),
        Ok(Found::Stale(..)) | Err(_) => None,
    }
}

/// The asker's end as ours; none when it was killed or signed in.
fn outcome(last: &LockRecord) -> Option<LoginError> {
    let outcome = last.outcome.as_deref()?;
    match outcome {
        SIGNED_IN => return None,
        UNANSWERED => return Some(LoginError::Unanswered),
        CANCELLED => {
            let message = format!("the login that process {} had started was cancelled", last.pid);
            return Some(LoginError::Elsewhere(Outcome { code: 4, message }));
        }
        _ => {}
    }
    let (code, message) = outcome.strip_prefix(FAILED)?.trim_start().split_once(' ')?;
    let message = format!("the login that process {} had started failed: {message}", last.pid);
    Some(LoginError::Elsewhere(Outcome { code: code.parse().ok()?, message }))
}
