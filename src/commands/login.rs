//! `login`: from options and configuration to a stored token.
//!
//! This module selects the sessions and combines the options. The steps of a login are in `login`, its texts in
//! `login::notice`, and the settings of a session in `config::session`.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;

use futures_util::stream::{self, StreamExt as _};

use crate::cache::TokenCache;
use crate::cli::{ConfigureArgs, GlobalArgs, LoginArgs, SessionArgs};
use crate::config::{self, Config, DEFAULT_SCOPE, Origin, Session, SessionOptions};
use crate::context::Context;
use crate::error::Error;
use crate::login::notice::Notices;
use crate::login::{self, Choices, Login, LoginRequest, Outcome};
use crate::output::Style;
use crate::report;
use crate::services::Services;

use super::prompt::Prompt;
use super::selection::{Selection, none_selected};
use super::{choices, clients, configure, print_source, runtime, wants_events};

/// Signs in to one session or several; the exit code is that of the worst failure. Each failure also emits an event.
pub(super) fn run(args: &LoginArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<u8> {
    let notices = Notices::new(context, wants_events(global, context), global.as_aws);
    sign_in(args, global, context, &notices).inspect_err(|error| {
        let session = if let [name] = &args.sso_session[..] { Some(name.as_str()) } else { None };
        notices.failed(session, report::kind(error).exit_code(), &error.to_string());
    })
}

fn sign_in(args: &LoginArgs, global: &GlobalArgs, context: &Context, notices: &Notices<'_>) -> anyhow::Result<u8> {
    let config = Config::load(context, global.profile.as_deref())?;
    let choices = choices::of_login(args, context)?;
    let options = SessionOptions { as_aws: global.as_aws, ..session_options(args, None) };
    let mut selected = selected(args, &config)?;
    let mut saves = args.save;
    let services = clients::for_session(context, &config, global)?;
    let cache = TokenCache::in_home(context.require_home()?);
    let (services, cache, config) = (&services, &cache, &config);
    let prompt = Prompt::new(choices.interactive, global.as_aws, context);
    if saves {
        config::check_writable(config)?;
    }
    if selected.len() < 2 {
        let options = selected.pop().unwrap_or_else(|| options.with_variables(config, context));
        let (session, is_new) = Selection { prompt, services, cache, config, context }.of(options)?;
        selected.push(session);
        saves |= is_new;
    }
    let run = Run { context, config, services, cache, notices, choices, saves };
    if let [options] = &selected[..] {
        let session = run.session(options)?;
        print_source(&session, config, context);
        let login = runtime::block_on(context, async { Ok(login::sign_in(&run.request(&session)).await?) })?;
        run.finish(&session, &login)?;
        if !saves || args.save || !offer_profile(&session, args, global, context)? {
            notices.next_step(&session, config);
        }
        return Ok(0);
    }
    runtime::block_on(context, run.several(&selected))
}

/// After the questions of a first login, offers to set up a profile; false if none is wanted.
fn offer_profile(session: &Session, args: &LoginArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<bool> {
    let choices = choices::of_login(args, context)?;
    let Some(prompt) = Prompt::new(choices.interactive, global.as_aws, context) else { return Ok(false) };
    let wanted = runtime::block_on(context, async { Ok(prompt.confirm("Set up a profile now?", true).await?) })?;
    if !wanted {
        return Ok(false);
    }
    let session = SessionArgs { sso_session: session.name.clone(), ..SessionArgs::default() };
    let args = ConfigureArgs { session, interactive: args.interactive.clone(), ..ConfigureArgs::default() };
    configure::run(&args, &GlobalArgs { output: None, query: None, ..global.clone() }, context).map(|()| true)
}

/// The options that select a session.
fn session_options<'a>(args: &'a LoginArgs, name: Option<&'a str>) -> SessionOptions<'a> {
    SessionOptions::new(name, args.start_url.as_deref(), args.sso_region.as_deref())
}

/// The sessions that the command line names, each once.
fn selected<'a>(args: &'a LoginArgs, config: &'a Config) -> Result<Vec<SessionOptions<'a>>, Error> {
    let mut names: Vec<&str> = if args.all {
        let names: Vec<_> = config.sso_sessions().map(|(name, _)| name).collect();
        if names.is_empty() {
            return Err(none_selected(&[], config));
        }
        names
    } else {
        args.sso_session.iter().map(String::as_str).collect()
    };
    if names.len() > 1 && args.start_url.is_some() {
        return Err(Error::validation("--start-url cannot be used with more than one --sso-session"));
    }
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(*name));
    Ok(names.into_iter().map(|name| session_options(args, Some(name))).collect())
}

/// The state that the sessions of one command share.
struct Run<'a> {
    context: &'a Context,
    config: &'a Config,
    services: &'a Services,
    cache: &'a TokenCache,
    notices: &'a Notices<'a>,
    choices: Choices,
    /// Whether the settings are saved after the login.
    saves: bool,
}

impl Run<'_> {
    fn session(&self, options: &SessionOptions<'_>) -> Result<Session, Error> {
        let mut session = Session::resolve(self.config, options)?;
        if self.saves && session.name.is_some() {
            // Use the scopes that will be saved: if they differed, the next login would start over.
            session.scopes.get_or_insert_with(|| vec![DEFAULT_SCOPE.to_owned()]);
        }
        login::check(&session, &self.choices)?;
        self.services.check(&session.region)?;
        Ok(session)
    }

    fn request<'a>(&'a self, session: &'a Session) -> LoginRequest<'a> {
        let Self { context, config, services, cache, notices, choices, .. } = self;
        LoginRequest { session, choices, services, cache, config, notices, context }
    }

    /// Signs in to several sessions: first those that need no browser, several at a time, then the others one by one. A
    /// failure does not stop the remaining logins.
    async fn several(&self, selected: &[SessionOptions<'_>]) -> anyhow::Result<u8> {
        let (mut signed_in, mut worst, mut pending) = (0, 0, Vec::new());
        let attempts = selected.iter().enumerate().map(|(index, options)| async move {
            let attempt = async {
                let session = self.session(options)?;
                let outcome = login::without_browser(&self.request(&session)).await?;
                Ok((session, outcome))
            };
            (index, attempt.await)
        });
        // In any order: the others do not wait for one that hangs.
        let mut outcomes = pin!(stream::iter(attempts).buffer_unordered(runtime::concurrent_requests()));
        let (mut finished, mut reported, mut printed) = (BTreeMap::new(), 0, Ok(()));
        // After a failure to print, too: a refresh that has begun must be stored.
        while let Some((index, outcome)) = outcomes.next().await {
            finished.insert(index, outcome);
            while let Some(outcome) = finished.remove(&reported) {
                let name = selected[reported].name.as_deref();
                reported += 1;
                let result = match outcome {
                    Ok((session, Outcome::NeedsLogin(why))) => {
                        pending.push((name, session, why));
                        continue;
                    }
                    Ok((session, Outcome::SignedIn(login))) => {
                        self.notices.summary(&login, &session);
                        Ok((session, *login))
                    }
                    Err(error) => Err(error),
                };
                signed_in += usize::from(result.is_ok());
                printed = printed.and_then(|()| self.conclude(name, result)).map(|code| worst = worse(worst, code));
            }
        }
        printed?;
        let browser_logins = pending.len();
        for (at, (name, session, why)) in pending.into_iter().enumerate() {
            let label = session.label();
            self.notices.message(format_args!("signing in to {label} ({} of {browser_logins})", at + 1));
            let result = login::interactively(&self.request(&session), why).await;
            signed_in += usize::from(result.is_ok());
            worst = worse(worst, self.conclude(name, result.map(|login| (session, login)))?);
        }
        self.context.message(&format!("signed in to {signed_in} of {} sessions", selected.len()));
        Ok(worst)
    }

    /// Finishes one of several logins, or reports its failure; its exit code.
    fn conclude(&self, name: Option<&str>, result: Result<(Session, Login), Error>) -> anyhow::Result<u8> {
        let result = result.and_then(|(session, login)| self.finish(&session, &login));
        let Err(error) = result.map_err(anyhow::Error::from) else { return Ok(0) };
        let kind = report::kind(&error);
        // stdout is closed.
        if kind.is_silent() {
            return Err(error);
        }
        self.notices.failed(name, kind.exit_code(), &error.to_string());
        let text = report::render(&error, "sso-oidc", report::ErrorFormat::default(), &Style::PLAIN, true);
        self.context.message(&format!("{}: {}", name.unwrap_or("the profile"), text.trim()));
        Ok(kind.exit_code())
    }

    /// Saves the region found through the start URL, or all settings with `--save`, then prints the last line.
    fn finish(&self, session: &Session, login: &Login) -> Result<(), Error> {
        let region = login.new_region.as_deref().unwrap_or(&session.region.value);
        if self.saves {
            self.save(session, region)?;
        } else if let (Some(region), Origin::File(_)) = (&login.new_region, &session.region.origin) {
            config::set_sso_region(self.config, session, region, self.context)?;
            self.notices.region_updated(region)?;
        }
        self.notices.logged_in(login, session, region)
    }

    fn save(&self, session: &Session, region: &str) -> Result<(), Error> {
        let mut pairs = vec![("sso_start_url", session.start_url.value.as_str()), ("sso_region", region)];
        if let Some(name) = &session.name {
            let scopes = session.scopes.as_deref().unwrap_or_default().join(",");
            pairs.push(("sso_registration_scopes", &scopes));
            config::save_sso_session(self.config, name, &pairs, self.context)?;
        } else {
            config::save_profile(self.config, &session.profile, &pairs, self.context)?;
        }
        self.notices.saved(session, self.config.config_path());
        Ok(())
    }
}

/// The worse of two exit codes; from worst to best: 130, 255, 254, 253, 4, 0.
fn worse(one: u8, other: u8) -> u8 {
    const ORDER: [u8; 6] = [130, 255, 254, 253, 4, 0];
    let rank = |code| ORDER.iter().position(|known| *known == code).unwrap_or(1);
    if rank(one) <= rank(other) { one } else { other }
}
