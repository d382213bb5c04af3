//! The session of a command line that may name none: the only one that is configured, or an error that lists them.
//!
//! AWS's rule, which is in `config`, comes first, and is the only one under the name `aws`. On a terminal `login` offers a choice
//! instead of the error.

use std::collections::BTreeMap;
use std::time::Duration;

use super::prompt::Prompt;
use super::session_status::StatusReport;
use super::{first_run, print_source, runtime};
use crate::cache::TokenCache;
use crate::config::{Config, Session, SessionOptions};
use crate::context::Context;
use crate::error::Error;
use crate::services::Services;

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
    let only = |mut candidates: Vec<_>| match candidates.len() {
        1 => Ok(candidates.remove(0)),
        _ => Err(none_selected(&candidates, config)),
    };
    let only = options.candidates(config)?.map(only).transpose()?;
    if let Some(only) = only.as_ref().filter(|_| context.stderr_is_terminal) {
        let kind = if only.name.is_some() { "sso-session" } else { "session of the profile" };
        context.message(&format!("using the {kind} {}", only.selector().1));
    }
    Ok(only)
}

/// The selection of a command that may ask.
pub(super) struct Selection<'a> {
    /// Asks, where a person can answer.
    pub(super) prompt: Option<Prompt<'a>>,
    pub(super) services: &'a Services,
    pub(super) cache: &'a TokenCache,
    pub(super) config: &'a Config,
    pub(super) context: &'a Context,
}

impl<'a> Selection<'a> {
    /// The session that is selected, or else the only one, the one that the person chooses, or a new one, which the answers
    /// to questions describe. Also whether it is new. The region of a start URL that has none is found, or asked for.
    pub(super) fn of(&self, options: SessionOptions<'a>) -> anyhow::Result<(SessionOptions<'a>, bool)> {
        let Self { prompt, services, config, context, .. } = *self;
        match (options.candidates(config)?, prompt) {
            (Some(candidates), Some(prompt)) if candidates.is_empty() && config.is_understood() => {
                let asked = first_run::ask(&options, prompt, services, config, context);
                Ok((runtime::block_on(context, async { Ok(asked.await?) })?, true))
            }
            (Some(candidates), Some(prompt)) if candidates.len() > 1 => Ok((self.chosen(candidates, prompt)?, false)),
            _ => {
                let mut options = only(&options, config, context)?.unwrap_or(options);
                if let (Some(prompt), Some(start_url)) = (prompt, options.start_url_without_region(config)) {
                    let region = first_run::region(start_url, prompt, services, context);
                    options.region = Some(runtime::block_on(context, async { Ok(region.await?) })?);
                }
                Ok((options, false))
            }
        }
    }

    /// The candidate that the person at the terminal chooses by name and state.
    fn chosen(
        &self,
        mut candidates: Vec<SessionOptions<'a>>,
        prompt: Prompt<'_>,
    ) -> anyhow::Result<SessionOptions<'a>> {
        let Self { cache, config, context, .. } = *self;
        let report = StatusReport { cache, context, min_ttl: Duration::ZERO, profiles: BTreeMap::default() };
        let item = |candidate: &SessionOptions<'_>| {
            let state = match Session::resolve(config, candidate) {
                Ok(session) => report.of_session(&session).summary(context.now()),
                Err(error) => error.to_string(),
            };
            format!("{}: {state}", candidate.selector().1)
        };
        let items: Vec<String> = candidates.iter().map(item).collect();
        let index = runtime::block_on(context, async { Ok(prompt.choose("Choose the session", &items).await?) })?;
        Ok(candidates.swap_remove(index))
    }
}

/// The error about no session or several.
pub(super) fn none_selected(candidates: &[SessionOptions<'_>], config: &Config) -> Error {
    let problem = if candidates.is_empty() {
        format!("No sso-session is configured in {}", config.config_path().display())
    } else {
        "Several sessions are configured, and none is selected".to_owned()
    };
    Error::configuration(problem).hint(config.session_hint())
}
