//! Whether a browser login may be started. Where it may not, a script fails immediately and gets the command to run.
//!
//! `--interactive auto` starts one, unless `CI` is true, or there is no terminal and the last login timed out.

use std::time::Duration;

use super::{LoginRequest, single_flight};
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
const PAUSE: Duration = Duration::from_mins(5);
/// The same after so many in a row.
const LONG_PAUSE: Duration = Duration::from_hours(1);
const MANY: u32 = 3;

impl Interactive {
    /// The values of `--interactive`.
    pub const VALUES: [(&'static str, Self); 3] =
        [("auto", Self::Auto), ("always", Self::Always), ("never", Self::Never)];
}

/// Why no browser login is started, as a clause, and what to do instead, if so.
pub(super) fn no_prompt(request: &LoginRequest<'_>) -> Option<(String, String)> {
    let context = request.context;
    let command = request.session.login_command();
    let run = format!("run: {command}");
    match request.choices.interactive {
        Interactive::Always => None,
        Interactive::Never => {
            let of_variable = context.var("SSO_OIDC_INTERACTIVE").is_some_and(|when| when == "never");
            let option = if of_variable { " --interactive always" } else { "" };
            Some(("and interactive login is off (--interactive never)".to_owned(), run + option))
        }
        Interactive::Auto if context.is_ci() => Some((
            "and CI is set, so no browser is opened".to_owned(),
            format!(
                "to approve the login in a browser elsewhere, {run} --interactive always; without a person, use IAM \
                 credentials with sso-oidc create-token-with-iam"
            ),
        )),
        Interactive::Auto if context.stdin_is_terminal || context.stderr_is_terminal => None,
        Interactive::Auto => pause_after_timeout(request).map(|(ago, left)| {
            let clause = format!(
                "and there is no terminal; the last login timed out {ago} min ago, so no browser login is started for \
                 another {left} min; override with --interactive always"
            );
            (clause, run)
        }),
    }
}

/// The minutes since the last login of this session timed out, and those left of the pause after it, if it is not over.
fn pause_after_timeout(request: &LoginRequest<'_>) -> Option<(i64, u64)> {
    let last = request.cache.lock(&request.session.token_key(), Purpose::Login).record()?;
    let Some(Outcome::Unanswered(times)) = last.outcome else { return None };
    let pause = if times < MANY { PAUSE } else { LONG_PAUSE };
    let age = request.context.now() - last.at;
    let is_paused = last.is_about(&single_flight::settings(request.session)) && age >= Duration::ZERO && age < pause;
    let left = (pause - age).whole_seconds().unsigned_abs().div_ceil(60);
    is_paused.then_some((age.whole_minutes(), left))
}
