//! Single-flight login: of all processes that want the same session one opens the browser, the others wait for its
//! result.
//!
//! The leader holds the login lock and writes how it ended. A follower takes any token newer than its own start,
//! reports the leader's outcome as its own, and becomes the leader only when the leader was killed without writing one.
//! Different sessions do not wait for each other; `token` never waits here.

use std::time::Duration;

use super::LoginRequest;
use super::error::unanswered;
use crate::cache::{Acquired, CachedToken, Held, Loaded, LockRecord, Outcome, Purpose};
use crate::context::Timestamp;
use crate::error::{Error, Kind};
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
    has_ended: bool,
}

/// Becomes the leader, or waits for the leader's token. `known`: the cached token, which cannot be used.
pub(super) async fn lead_or_follow(request: &LoginRequest<'_>, known: Option<&CachedToken>) -> Result<Role, Error> {
    let LoginRequest { session, choices, cache, notices, context, .. } = *request;
    let lock = cache.lock(&session.token_key(), Purpose::Login);
    let mut announced = None;
    let announce = || {
        let leader = lock.holder();
        if let Some(pid) = leader.filter(|_| announced != leader) {
            notices.message(format_args!("process {pid} is already signing in to {}; waiting for it", session.label()));
            announced = leader;
        }
        None
    };
    let mut held = match lock.wait(choices.timeout.unwrap_or(LEADER_PATIENCE), context.now, announce).await {
        Acquired::Lock(held) => held,
        Acquired::Result(token) => return Ok(Role::Follower(token)),
        Acquired::TimedOut(_) if choices.timeout.is_some() => return Err(unanswered()),
        Acquired::TimedOut(leader) => return Err(stuck(leader)),
    };
    // Another process may have signed in while this one waited, or just between the last look and the lock.
    if let Some(token) = newer(request, known).or_else(|| fresh(request)) {
        return Ok(Role::Follower(Box::new(token)));
    }
    if let Some(error) = held.waited_for().and_then(failure) {
        return Err(error);
    }
    held.begin(context.now());
    Ok(Role::Leader(LoginLock { held, now: context.now, has_ended: false }))
}

impl LoginLock {
    /// Writes how the login ended, for waiting processes.
    pub(super) fn end(mut self, error: Option<&Error>) {
        self.has_ended = true;
        let outcome = match error {
            None => Outcome::Done,
            Some(error) if error.kind() == Kind::Unanswered => Outcome::Unanswered,
            // Its stdout was closed; the others' may be open.
            Some(error) if error.kind().is_silent() => Outcome::Cancelled,
            Some(error) => Outcome::Failed { kind: error.kind(), message: error.to_string() },
        };
        self.held.end((self.now)(), outcome);
    }
}

impl Drop for LoginLock {
    fn drop(&mut self) {
        if !self.has_ended {
            self.held.end((self.now)(), Outcome::Cancelled);
        }
    }
}

fn newer(request: &LoginRequest<'_>, known: Option<&CachedToken>) -> Option<CachedToken> {
    let Ok(Loaded::Present(token, _)) = request.cache.token(&request.session.token_key()) else { return None };
    let other = known.is_none_or(|known| known.access_token != token.access_token);
    (other && token.expires_at > request.context.now()).then_some(token)
}

fn fresh(request: &LoginRequest<'_>) -> Option<CachedToken> {
    let LoginRequest { session, choices, cache, context, .. } = *request;
    if choices.force || choices.new_session {
        return None;
    }
    let found = session::look(session, cache, choices.min_ttl, context);
    let fresh = if let Ok(Found::Fresh(usable)) = found { Some(usable.token) } else { None };
    fresh.filter(|token| !session::is_rejected(token, session, cache))
}

/// The error if the leader does not finish.
fn stuck(leader: Option<u32>) -> Error {
    let leader = leader.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
    let minutes = LEADER_PATIENCE.as_secs() / 60;
    Error::other(format!("the login started by {leader} has not finished after {minutes} min; complete or cancel it"))
}

/// The leader's failure as this process's; `None` when it signed in or was killed.
fn failure(last: LockRecord) -> Option<Error> {
    let started = format!("the login started by process {}", last.pid);
    match last.outcome? {
        Outcome::Done => None,
        Outcome::Unanswered => Some(unanswered()),
        Outcome::Cancelled => Some(Error::new(Kind::LoginNeeded, format!("{started} was cancelled"))),
        Outcome::Failed { kind, message } => Some(Error::new(kind, format!("{started} failed: {message}"))),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use crate::cache::{Purpose, TokenCache};
    use crate::config::{Config, Overrides, Session, SessionOptions, client_settings};
    use crate::context::Context;
    use crate::http::HttpOptions;
    use crate::login::notice::Notices;
    use crate::login::{Choices, LoginRequest};
    use crate::services::Services;

    async fn waits_for_the_leader() {
        let home = tempfile::tempdir().unwrap();
        let context = Context {
            stderr: RefCell::new(Box::new(std::io::sink())),
            home: Some(home.path().to_owned()),
            env: Box::new(|_| None),
            ..Context::real()
        };
        let config = Config::load(&context, None).unwrap();
        let url = Some("https://d-1234567890.awsapps.com/start");
        let options = SessionOptions { name: Some("corp"), start_url: url, region: Some("us-east-1") };
        let session = Session::resolve(&config, options).unwrap();
        let cache = TokenCache::in_home(home.path());
        let mut held = cache.lock(&session.token_key(), Purpose::Login).attempt().unwrap();
        held.begin(context.now());
        let settings = client_settings(&context, &config, &Overrides::default()).unwrap();
        let request = LoginRequest {
            session: &session,
            choices: &Choices::default(),
            services: &Services::new(HttpOptions::new(&context), settings),
            cache: &cache,
            config: &config,
            notices: &Notices::new(&context, false),
            context: &context,
        };
        let started = tokio::time::Instant::now();
        let Err(error) = super::lead_or_follow(&request, None).await else { panic!("a lock that is held") };
        assert!(started.elapsed() >= super::LEADER_PATIENCE, "{:?}", started.elapsed());
        let pid = std::process::id();
        let expected =
            format!("the login started by process {pid} has not finished after 15 min; complete or cancel it");
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.kind().exit_code(), 255);
    }

    #[test]
    fn a_leader_that_never_ends_is_not_waited_for_forever() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(waits_for_the_leader());
    }
}
