//! Whether a browser login may be started. Where it may not, a script fails immediately and gets the command to run.
//!
//! `--interactive auto` starts one, unless `CI` is true, or there is no terminal and the last login timed out.

use std::time::Duration;

use super::{LoginRequest, single_flight};
use crate::cache::{Outcome, Purpose};
use crate::session::duration;

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
    let choices = request.choices;
    let forced = if choices.new_session {
        " --new-session"
    } else if choices.force {
        " --force"
    } else {
        ""
    };
    let run = format!("run: {}{forced}", request.session.login_command());
    match choices.interactive {
        Interactive::Always => None,
        Interactive::Never => {
            let of_variable = context.var("SSO_OIDC_INTERACTIVE").is_some_and(|when| when == "never");
            let (source, option) =
                if of_variable { ("SSO_OIDC_INTERACTIVE=", " --interactive always") } else { ("--interactive ", "") };
            Some((format!("interactive login is off ({source}never)"), run + option))
        }
        Interactive::Auto if context.is_ci() => Some((
            "CI is set, so no browser is opened".to_owned(),
            format!(
                "to approve the login in a browser elsewhere, {run} --interactive always, or set \
                 SSO_OIDC_INTERACTIVE=always; for unattended jobs, use IAM credentials with sso-oidc create-token-with-iam"
            ),
        )),
        Interactive::Auto if context.stdin_is_terminal || context.stderr_is_terminal => None,
        Interactive::Auto => pause_after_timeout(request).map(|(ago, left)| {
            let clause = format!(
                "there is no terminal; the last login timed out {ago} ago, so no browser login is started for another \
                 {left} min; override with --interactive always"
            );
            (clause, run)
        }),
    }
}

/// How long ago the last login of this session timed out, and the minutes left of the pause after it, if it is not over.
fn pause_after_timeout(request: &LoginRequest<'_>) -> Option<(String, u64)> {
    let last = request.cache.lock(&request.session.token_key(), Purpose::Login).record()?;
    let Some(Outcome::Unanswered(times)) = last.outcome else { return None };
    let pause = if times < MANY { PAUSE } else { LONG_PAUSE };
    let age = request.context.now() - last.at;
    let is_paused = last.is_about(&single_flight::settings(request.session)) && age >= Duration::ZERO && age < pause;
    let left = (pause - age).whole_seconds().unsigned_abs().div_ceil(60);
    is_paused.then(|| (duration(age.whole_seconds()), left))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use time::macros::utc_datetime;

    use super::super::{Choices, Notices};
    use super::{Interactive, LONG_PAUSE, LoginRequest, MANY, Outcome, PAUSE, Purpose, no_prompt, single_flight};
    use crate::cache::TokenCache;
    use crate::config::{Config, Overrides, Session, SessionOptions, client_settings};
    use crate::context::{Context, Timestamp};
    use crate::http::HttpOptions;
    use crate::secret::Secret;
    use crate::services::Services;

    const NOW: Timestamp = utc_datetime!(2026-01-01 12:00);

    struct Case {
        interactive: Interactive,
        ci: Option<&'static str>,
        stdin_is_terminal: bool,
        stderr_is_terminal: bool,
        /// The last login: how many in a row timed out, how many seconds ago, and whether it had these settings.
        last: Option<(u32, i64, bool)>,
    }

    /// Without a terminal, after a login that timed out just now.
    const PAUSED: Case = Case {
        interactive: Interactive::Auto,
        ci: None,
        stdin_is_terminal: false,
        stderr_is_terminal: false,
        last: Some((1, 0, true)),
    };

    /// Why no login is started.
    fn clause(case: &Case) -> Option<String> {
        let home = tempfile::tempdir().unwrap();
        let ci = case.ci;
        let context = Context {
            now: || NOW,
            home: Some(home.path().to_owned()),
            env: Box::new(move |name| ci.filter(|_| name == "CI").map(OsString::from)),
            stdin_is_terminal: case.stdin_is_terminal,
            stderr_is_terminal: case.stderr_is_terminal,
            ..Context::real()
        };
        let config = Config::load(&context, None).unwrap();
        let url = Some("https://d-1234567890.awsapps.com/start");
        let session = Session::resolve(&config, &SessionOptions::new(Some("corp"), url, Some("us-east-1"))).unwrap();
        let cache = TokenCache::in_home(home.path());
        if let Some((times, age, has_settings)) = case.last {
            let subject = if has_settings { single_flight::settings(&session) } else { Secret::new("other") };
            let at = NOW - time::Duration::seconds(age);
            let lock = cache.lock(&session.token_key(), Purpose::Login);
            lock.attempt().unwrap().unwrap().end(at, Some(&subject), Outcome::Unanswered(times));
        }
        let settings = client_settings(&context, &config, &Overrides::default()).unwrap();
        let request = LoginRequest {
            session: &session,
            choices: &Choices { interactive: case.interactive, ..Choices::default() },
            services: &Services::new(HttpOptions::new(&context), settings),
            cache: &cache,
            config: &config,
            notices: &Notices::new(&context, false, false),
            context: &context,
        };
        no_prompt(&request).map(|(clause, _)| clause)
    }

    #[test]
    fn a_browser_is_opened_where_a_person_may_see_it() {
        let (always, never) = (Interactive::Always, Interactive::Never);
        for (case, expected) in [
            (PAUSED, Some("there is no terminal")),
            (Case { last: None, ..PAUSED }, None),
            (Case { stdin_is_terminal: true, ..PAUSED }, None),
            (Case { stderr_is_terminal: true, ..PAUSED }, None),
            (Case { ci: Some("true"), stdin_is_terminal: true, ..PAUSED }, Some("CI is set")),
            (Case { ci: Some("1"), last: None, ..PAUSED }, Some("CI is set")),
            (Case { ci: Some("false"), last: None, ..PAUSED }, None),
            (Case { interactive: always, ci: Some("true"), ..PAUSED }, None),
            (Case { interactive: never, stdin_is_terminal: true, last: None, ..PAUSED }, Some("interactive login is")),
        ] {
            let found = clause(&case);
            let is_expected =
                expected.map_or(found.is_none(), |words| found.as_ref().is_some_and(|found| found.starts_with(words)));
            assert!(is_expected, "{expected:?}: {found:?}");
        }
    }

    #[test]
    fn the_pause_ends_and_is_about_the_same_settings() {
        let (pause, long) = (PAUSE.as_secs().cast_signed(), LONG_PAUSE.as_secs().cast_signed());
        for (last, expected) in [
            ((1, 0, true), Some(("0 s", 5))),
            ((1, pause - 1, true), Some(("4 min", 1))),
            ((1, pause, true), None),
            ((1, -1, true), None),
            ((1, 0, false), None),
            ((MANY - 1, pause, true), None),
            ((MANY, pause, true), Some(("5 min", 55))),
            ((MANY, long - 1, true), Some(("59 min", 1))),
            ((MANY, long, true), None),
            ((MANY + 1, pause, true), Some(("5 min", 55))),
        ] {
            let found = clause(&Case { last: Some(last), ..PAUSED });
            let expected = expected.map(|(ago, left)| {
                format!("timed out {ago} ago, so no browser login is started for another {left} min;")
            });
            let is_expected = match &expected {
                Some(words) => found.as_ref().is_some_and(|found| found.contains(words)),
                None => found.is_none(),
            };
            assert!(is_expected, "{last:?}: {found:?}");
        }
    }
}
