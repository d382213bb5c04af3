//! Single-flight login: of all processes that want the same session one opens the browser, the others wait for its
//! result.
//!
//! The leader holds the login lock and writes how it ended. A follower takes a token newer than its own start that is for
//! its own settings, or reports the leader's outcome as its own. It becomes the leader if the leader was killed without
//! writing one, or signed in with other settings.
//! Different sessions do not wait for each other; `token` never waits here.

use std::time::Duration;

use tokio::time::Instant;

use super::LoginRequest;
use super::error::unanswered;
use crate::cache::{Acquired, CachedToken, Held, LockRecord, Outcome, PATIENCE, Purpose, process_name};
use crate::config::Session;
use crate::context::Timestamp;
use crate::error::{Error, Kind};
use crate::secret::Secret;
use crate::session::{self, Found};

/// How long to wait for another process without `--timeout`: longer than codes are valid. A suspended process never
/// ends.
const LEADER_PATIENCE: Duration = Duration::from_mins(15);

/// This process's part in a login.
pub(super) enum Role {
    /// It opens the browser.
    Leader(LoginLock),
    /// Another process has signed in: its token.
    Follower(Box<CachedToken>),
}

/// The leader's lock. Dropping it before the end records that the login was cancelled.
pub(super) struct LoginLock {
    held: Held,
    now: fn() -> Timestamp,
    settings: Secret,
    /// The number of logins before this one that were not answered.
    unanswered: u32,
    has_ended: bool,
}

/// Becomes the leader, or waits for the leader's token. `known`: the cached token, which cannot be used.
pub(super) async fn lead_or_follow(request: &LoginRequest<'_>, known: Option<&CachedToken>) -> Result<Role, Error> {
    let LoginRequest { session, choices, cache, context, .. } = *request;
    let lock = cache.lock(&session.token_key(), Purpose::Login);
    let mut leader = Leader::default();
    let watch = || leader.look(lock.holder(), request);
    let mut held = match lock.wait(choices.timeout.unwrap_or(LEADER_PATIENCE), watch).await? {
        Acquired::Lock(held) => held,
        Acquired::Result(error) => return Err(error),
        Acquired::TimedOut(_) if choices.timeout.is_some() => return Err(unanswered()),
        Acquired::TimedOut(leader) => {
            let (leader, minutes) = (process_name(leader), LEADER_PATIENCE.as_secs() / 60);
            let state = format!("has not finished after {minutes} min; complete or cancel it");
            return Err(Error::other(format!("the login started by {leader} {state}")));
        }
    };
    let settings = settings(session);
    let last = held.last().filter(|last| last.is_about(&settings));
    let waited_for = held.waited_for().filter(|last| last.is_about(&settings));
    // Another process may have signed in while this one waited, or just between the last look and the lock. A token that
    // was only refreshed is not the login that was requested.
    let is_requested = choices.force || choices.new_session;
    let has_signed_in = waited_for.as_ref().is_some_and(|last| last.outcome == Some(Outcome::Done));
    if (!is_requested || has_signed_in)
        && let Some(token) = usable(request, known)
    {
        return Ok(Role::Follower(Box::new(token)));
    }
    if let Some(error) = waited_for.and_then(failure) {
        return Err(error);
    }
    let unanswered = if let Some(Outcome::Unanswered(times)) = last.and_then(|last| last.outcome) { times } else { 0 };
    held.begin(context.now());
    Ok(Role::Leader(LoginLock { held, now: context.now, settings, unanswered, has_ended: false }))
}

impl LoginLock {
    /// Writes how the login ended, for waiting processes.
    pub(super) fn end(mut self, error: Option<&Error>) {
        self.write(match error {
            None => Outcome::Done,
            Some(error) if error.kind() == Kind::Unanswered => Outcome::Unanswered(self.unanswered.saturating_add(1)),
            // Its stdout was closed; the others' may be open.
            Some(error) if error.kind().is_silent() => Outcome::Cancelled,
            Some(error) => Outcome::Failed { kind: error.kind(), message: error.to_string() },
        });
    }

    fn write(&mut self, outcome: Outcome) {
        self.has_ended = true;
        self.held.end((self.now)(), Some(&self.settings), outcome);
    }
}

impl Drop for LoginLock {
    fn drop(&mut self) {
        if !self.has_ended {
            self.write(Outcome::Cancelled);
        }
    }
}

/// The settings that a login is for. Another configuration can have a session of the same name, and the outcome of a login
/// for that one does not count here.
pub(super) fn settings(session: &Session) -> Secret {
    let scopes = session.scopes.as_deref().unwrap_or_default().join(" ");
    Secret::new([&session.start_url.value, &session.region.value, &scopes].map(String::as_str).join("\n"))
}

/// The cached token, if it is for these settings and lasts long enough. One that was known before the login counts only
/// if it may be used instead of a login.
fn usable(request: &LoginRequest<'_>, known: Option<&CachedToken>) -> Option<CachedToken> {
    let LoginRequest { session, choices, cache, context, .. } = *request;
    let (token, is_fresh) = match session::look(session, cache, choices.min_ttl, context).ok()? {
        Found::Fresh(usable) => (usable.token, true),
        Found::Stale(token, _) => (token, false),
    };
    let is_new = known.is_none_or(|known| known.access_token != token.access_token);
    let is_enough = is_fresh && !choices.force && !choices.new_session;
    let is_usable = is_enough || is_new && token.lasts(choices.min_ttl, context.now());
    (is_usable && !session::is_rejected(&token, session, cache)).then_some(token)
}

/// The process that holds the lock, as seen by one that waits for it.
#[derive(Default)]
struct Leader {
    announced: Option<(u32, bool)>,
    suspended_since: Option<Instant>,
}

impl Leader {
    /// Announces each new leader, and a leader that is suspended; the error after it has been that for too long.
    fn look(&mut self, pid: Option<u32>, request: &LoginRequest<'_>) -> Option<Error> {
        let pid = pid?;
        let is_suspended = is_suspended(pid);
        if self.announced != Some((pid, is_suspended)) {
            self.announced = Some((pid, is_suspended));
            let label = request.session.label();
            request.notices.message(if is_suspended {
                format!("process {pid} is signing in to {label}, but is suspended; {RESUME}")
            } else {
                format!("process {pid} is already signing in to {label}; waiting for it")
            });
        }
        if !is_suspended {
            self.suspended_since = None;
            return None;
        }
        let since = *self.suspended_since.get_or_insert_with(Instant::now);
        (since.elapsed() >= PATIENCE)
            .then(|| Error::other(format!("the login started by process {pid} is suspended; {RESUME}")))
    }
}

const RESUME: &str = "resume it with fg in its terminal, or end it with kill -9";

/// Whether a process was stopped, for example by Ctrl-Z; known on Linux only.
fn is_suspended(pid: u32) -> bool {
    // The name of the program comes before the state, in parentheses.
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    stat.is_ok_and(|stat| stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T')))
}

/// The leader's failure as this process's; `None` when it signed in or was killed.
fn failure(last: LockRecord) -> Option<Error> {
    let started = format!("the login started by process {}", last.pid);
    match last.outcome? {
        Outcome::Done => None,
        Outcome::Unanswered(_) => Some(unanswered()),
        Outcome::Cancelled => Some(Error::new(Kind::LoginNeeded, format!("{started} was cancelled"))),
        Outcome::Failed { kind, message } => Some(Error::new(kind, format!("{started} failed: {message}"))),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::time::Duration;

    use crate::cache::{Purpose, TokenCache};
    use crate::config::{Config, Overrides, Session, SessionOptions, client_settings};
    use crate::context::Context;
    use crate::error::Error;
    use crate::http::HttpOptions;
    use crate::login::notice::Notices;
    use crate::login::{Choices, LoginRequest};
    use crate::services::Services;

    /// How a wait ends while the lock is held by this process, or by the one that this record names, and after how long.
    async fn wait_in_vain(record: Option<&str>) -> (Error, Duration) {
        let home = tempfile::tempdir().unwrap();
        let context = Context {
            stderr: RefCell::new(Box::new(std::io::sink())),
            home: Some(home.path().to_owned()),
            env: Box::new(|_| None),
            ..Context::real()
        };
        let config = Config::load(&context, None).unwrap();
        let url = Some("https://d-1234567890.awsapps.com/start");
        let options = SessionOptions::new(Some("corp"), url, Some("us-east-1"));
        let session = Session::resolve(&config, &options).unwrap();
        let cache = TokenCache::in_home(home.path());
        let mut held = cache.lock(&session.token_key(), Purpose::Login).attempt().unwrap().unwrap();
        held.begin(context.now());
        if let Some(record) = record {
            let lock = cache.lock(&session.token_key(), Purpose::Login);
            std::fs::write(&lock.path, record).unwrap();
        }
        let settings = client_settings(&context, &config, &Overrides::default()).unwrap();
        let request = LoginRequest {
            session: &session,
            choices: &Choices::default(),
            services: &Services::new(HttpOptions::new(&context), settings),
            cache: &cache,
            config: &config,
            notices: &Notices::new(&context, false, false),
            context: &context,
        };
        let started = tokio::time::Instant::now();
        let Err(error) = super::lead_or_follow(&request, None).await else { panic!("a lock that is held") };
        (error, started.elapsed())
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
    }

    #[test]
    fn a_leader_that_never_ends_is_not_waited_for_forever() {
        let (error, after) = runtime().block_on(wait_in_vain(None));
        assert!(after >= super::LEADER_PATIENCE, "{after:?}");
        let pid = std::process::id();
        let expected =
            format!("the login started by process {pid} has not finished after 15 min; complete or cancel it");
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.kind().exit_code(), 255);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_suspended_leader_is_given_up_soon() {
        use rustix::process::{Pid, Signal, kill_process};
        let mut child = std::process::Command::new("sleep").arg("600").spawn().unwrap();
        kill_process(Pid::from_child(&child), Signal::STOP).unwrap();
        while !super::is_suspended(child.id()) {
            std::thread::yield_now();
        }
        let record = format!("process {} 2026-01-01T00:00:00Z holds\n", child.id());
        let (error, after) = runtime().block_on(wait_in_vain(Some(&record)));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(after < 2 * crate::cache::PATIENCE, "{after:?}");
        let expected = format!("the login started by process {} is suspended; {}", child.id(), super::RESUME);
        assert_eq!((error.to_string(), error.kind().exit_code()), (expected, 255));
    }
}
