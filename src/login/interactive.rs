//! Whether a browser login may be started. Where it may not, a script fails immediately and gets the command to run.
//!
//! `--interactive auto` starts one, unless `CI` is true, or there is no terminal and the last login timed out.

use std::time::Duration;

use super::LoginRequest;
use crate::cache::{Outcome, Purpose};

/// `--interactive`, `SSO_OIDC_INTERACTIVE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Interactive {
    /// Yes, unless the login is unlikely to be completed.
    #[default]
    Auto,
    /// In every environment.
    Always,
    /// Not at all.
    Never,
}

/// How long a login that timed out keeps others without a terminal from starting one.
const PAUSE: Duration = Duration::from_hours(1);

impl Interactive {
    /// The values of `--interactive`.
    pub const VALUES: [(&'static str, Self); 3] =
        [("auto", Self::Auto), ("always", Self::Always), ("never", Self::Never)];
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
