//! Whether a browser login may be started. A script or a night job must fail at once and report the command to run.
//!
//! `--interactive auto` starts one, unless `CI` is true, or there is no terminal and the last login timed out.

use std::time::Duration;

use super::LoginRequest;
use crate::cache::{Outcome, Purpose};

/// `--interactive`, `SSO_OIDC_INTERACTIVE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Interactive {
    /// Unless it is unlikely that anyone completes the login.
    #[default]
    Auto,
    /// Whatever the environment.
    Always,
    /// Fail at once.
    Never,
}

/// How long a login that timed out keeps others without a terminal from starting one.
const PAUSE: Duration = Duration::from_hours(1);

impl Interactive {
    /// The values of `--interactive`.
    pub const NAMES: &'static str = "auto, always or never";

    /// The value of this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "auto" => Some(Self::Auto),
            "always" => Some(Self::Always),
            "never" => Some(Self::Never),
            _ => None,
        }
    }
}

/// Why no browser login is started, as a clause, if so.
pub(super) fn no_prompt(request: &LoginRequest<'_>) -> Option<String> {
    let context = request.context;
    let ci = || context.var("CI").is_some_and(|ci| ci.eq_ignore_ascii_case("true") || ci == "1");
    match request.choices.interactive {
        Interactive::Always => None,
        Interactive::Never => Some("and interactive login is off (--interactive never)".to_owned()),
        Interactive::Auto if ci() => {
            Some("and CI is set, so no browser is opened; override with --interactive always".to_owned())
        }
        Interactive::Auto if context.stdin_is_terminal || context.stderr_is_terminal => None,
        Interactive::Auto => minutes_since_timeout(request).map(|minutes| {
            format!(
                "and there is no terminal; the last login attempt timed out {minutes} min ago (override with \
                 --interactive always)"
            )
        }),
    }
}

/// Minutes since the last login of this session timed out, if that was less than an hour ago.
fn minutes_since_timeout(request: &LoginRequest<'_>) -> Option<i64> {
    let last = request.cache.lock(&request.session.token_key(), Purpose::Login).record()?;
    let age = request.context.now() - last.at;
    let timed_out = last.outcome == Some(Outcome::Unanswered) && age >= Duration::ZERO && age < PAUSE;
    timed_out.then(|| age.whole_minutes())
}
