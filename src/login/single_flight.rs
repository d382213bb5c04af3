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
/// How long another process is waited for unless `--timeout` says: longer than codes live. One that was stopped never ends.
const PATIENCE: Duration = Duration::from_mins(15);

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
    let deadline = Instant::now() + request.timeout.unwrap_or(PATIENCE);
    let mut waiting: Option<Waiting> = None;
    let mut held = loop {
        match lock.attempt() {
            Attempt::Held(held) => break Some(held),
            Attempt::Unsupported => break None,
            Attempt::Busy => {}
        }
        let waiting = waiting.get_or_insert_with(|| Waiting { since: context.now(), announced: None });
        waiting.announce(request, lock.record());
        if Instant::now() >= deadline {
            return Err(if request.timeout.is_some() { LoginError::Unanswered } else { stuck(lock.record()) });
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

/// The asker does not end.
fn stuck(record: Option<LockRecord>) -> LoginError {
    let asker = record.map_or_else(|| "another process".to_owned(), |record| format!("process {}", record.pid));
    let minutes = PATIENCE.as_secs() / 60;
    let message =
        format!("the login that {asker} has started has not ended within {minutes} min; go on with it, or end it");
    LoginError::Elsewhere(Outcome { code: 255, message })
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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::time::Duration;

    use crate::cache::{Attempt, LockRecord, Purpose, TokenCache, TokenKey};
    use crate::context::Context;
    use crate::error::Error;
    use crate::http::{HttpClient, HttpOptions};
    use crate::login::notice::Notices;
    use crate::login::{FlowChoice, Interactive, LoginError, LoginRequest};
    use crate::session::Wanted;

    async fn waits_for_the_holder() {
        let context = Context { stderr: RefCell::new(Box::new(std::io::sink())), ..Context::real() };
        let home = tempfile::tempdir().unwrap();
        let cache = TokenCache::in_home(home.path());
        let token_key = TokenKey::of_session("corp");
        let Attempt::Held(mut held) = cache.lock(&token_key, Purpose::Ask).attempt() else { panic!("a free lock") };
        held.write(&LockRecord::held(4711, context.now()));
        let nowhere = || Error::other("nowhere");
        let request = LoginRequest {
            wanted: Wanted {
                session_name: Some("corp".to_owned()),
                start_url: "https://d-1234567890.awsapps.com/start".to_owned(),
                region: "us-east-1".to_owned(),
                scopes: None,
                min_ttl: Duration::ZERO,
                remedy: String::new(),
                token_key,
            },
            flow: FlowChoice::Auto,
            redirect_port: None,
            opens_browser: false,
            browser_command: None,
            shows_qr: false,
            force: false,
            new_session: false,
            interactive: Interactive::Always,
            timeout: None,
            settings: String::new(),
            cache: &cache,
            client: &|_| Err(nowhere()),
            portal: &|_| Err(nowhere()),
            http: &HttpClient::new(HttpOptions::new(&context)),
            notices: &Notices::new(&context, false),
            exit_code: |_| 255,
        };
        let started = tokio::time::Instant::now();
        let Err(error) = super::turn(&request, &context, None).await else { panic!("a lock that is held") };
        assert!(started.elapsed() >= super::PATIENCE, "{:?}", started.elapsed());
        assert!(matches!(&error, LoginError::Elsewhere(outcome) if outcome.code == 255), "{error:?}");
        assert!(error.to_string().contains("process 4711 has started has not ended within 15 min"), "{error}");
    }

    #[test]
    fn a_process_that_never_ends_is_not_waited_for_for_ever() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(waits_for_the_holder());
    }
}
