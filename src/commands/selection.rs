//! The session of a command line that may name none: the only one that is configured, or an error that lists them.
//!
//! AWS's rule, which is in `config`, comes first, and is the only one under the name `aws`. On a terminal `login` offers a choice
//! instead of the error.

use std::collections::BTreeMap;
use std::time::Duration;

use super::prompt::Prompt;
use super::session_status::StatusReport;
use super::{print_source, runtime};
use crate::cache::TokenCache;
use crate::config::{Config, Session, SessionOptions};
use crate::context::Context;
use crate::error::Error;

/// The session of a command that never asks.
pub(super) fn session(options: &SessionOptions<'_>, config: &Config, context: &Context) -> Result<Session, Error> {
    let only = only(options, config, context)?;
    let session = Session::resolve(config, only.as_ref().unwrap_or(options))?;
    if only.is_none() {
        print_source(&session, config, context);
    }
    Ok(session)
}

/// The only candidate if nothing selects a session; `None` if something does.
pub(super) fn only<'a>(
    options: &SessionOptions<'a>,
    config: &'a Config,
    context: &Context,
) -> Result<Option<SessionOptions<'a>>, Error> {
    let Some(candidates) = options.candidates(config)? else { return Ok(None) };
    the_only(candidates, config, context).map(Some)
}

/// The only candidate.
fn the_only<'a>(
    candidates: Vec<SessionOptions<'a>>,
    config: &Config,
    context: &Context,
) -> Result<SessionOptions<'a>, Error> {
    match <[SessionOptions<'a>; 1]>::try_from(candidates) {
        Ok([only]) => {
            announce(&only, context);
            Ok(only)
        }
        Err(candidates) => Err(none_selected(&candidates, config)),
    }
}

/// The only candidate, or the one that the person at the terminal chooses by name and state.
pub(super) fn chosen<'a>(
    mut candidates: Vec<SessionOptions<'a>>,
    prompt: Option<&Prompt<'_>>,
    cache: &TokenCache,
    config: &Config,
    context: &Context,
) -> anyhow::Result<SessionOptions<'a>> {
    let Some(prompt) = prompt.filter(|_| candidates.len() > 1) else {
        return Ok(the_only(candidates, config, context)?);
    };
    let report = StatusReport { cache, context, min_ttl: Duration::ZERO, profiles: BTreeMap::default() };
    let items: Vec<String> = candidates
        .iter()
        .map(|candidate| {
            let state = match Session::resolve(config, candidate) {
                Ok(session) => report.of_session(&session).summary(context.now()),
                Err(error) => error.to_string(),
            };
            format!("{}: {state}", candidate.selector().1)
        })
        .collect();
    let index = runtime::block_on(context, async { Ok(prompt.choose("Which session?", &items).await?) })?;
    Ok(candidates.swap_remove(index))
}

/// Prints which session was taken, where a person sees it.
fn announce(only: &SessionOptions<'_>, context: &Context) {
    if context.stderr_is_terminal {
        let kind = if only.name.is_some() { "sso-session" } else { "session of the profile" };
        context.message(&format!("using the {kind} {}", only.selector().1));
    }
}

/// The error about no session or several.
fn none_selected(candidates: &[SessionOptions<'_>], config: &Config) -> Error {
    let problem = if candidates.is_empty() {
        format!("No sso-session is configured in {}", config.described())
    } else {
        "Several sessions are configured, and none is selected".to_owned()
    };
    Error::configuration(problem).hint(config.session_hint())
}
