//! `status`: which sessions there are, until when, and whether they can be refreshed.
//!
//! Looks at the config file and the cache and sends nothing, unless `--check` asks the access portal. How a session's
//! token is judged is in `session`, how it looks for a person in `overview`. No member that is shown is a secret.

use std::collections::BTreeMap;

use super::clients::Clients;
use super::overview;
use super::portals::{Call, Question, ask_all};
use super::printing::Printing;
use super::survey::{Seen, State, Survey};
use super::{duration, wanted};
use crate::cache::{TokenCache, timestamp};
use crate::cli::{GlobalArgs, StatusArgs};
use crate::config::{self, Config};
use crate::context::Context;
use crate::output::Node;
use crate::session::LoginNeeded;

/// Exit code: a login is needed.
const LOGIN_NEEDED: u8 = 4;

/// Shows the sessions.
pub(super) fn run(args: &StatusArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<u8> {
    let min_ttl = args.min_ttl.as_deref().map(|text| duration::parse("--min-ttl", text)).transpose()?;
    let config = Config::load(context, global.profile.as_deref())?;
    let for_a_person = context.stdout_is_terminal && global.output.is_none() && global.query.is_none();
    let printing = if for_a_person { None } else { Some(Printing::settle(global, &config, context)?) };
    let cache = TokenCache::in_home(context.require_home()?);
    let survey = Survey { cache: &cache, context, min_ttl: min_ttl.unwrap_or_default(), profiles: profiles(&config) };
    let selected = wanted::selected(&args.sso_session, global.profile.as_deref(), &config)?;
    let mut seen = match &selected {
        Some(selected) => selected.iter().map(|settings| survey.of_session(settings)).collect(),
        None => survey.of_all(config::all_sso(&config)),
    };
    let failure = if args.check { check(&mut seen, &Clients::new(context, &config, global)?, context)? } else { None };
    match printing {
        Some(printing) => printing.print(data(&seen, context), "Status", context)?,
        None => context.print(overview::text(&seen, selected.is_some(), context).as_bytes())?,
    }
    if let Some(failure) = failure {
        return Err(failure);
    }
    let usable = |seen: &Seen| matches!(seen.state, State::Valid | State::Refreshable);
    let is_well = match selected {
        Some(_) => seen.iter().all(usable),
        None => seen.iter().any(|seen| seen.is_reachable && usable(seen)),
    };
    Ok(if is_well { 0 } else { LOGIN_NEEDED })
}

/// The profiles of each sso-session.
fn profiles(config: &Config) -> BTreeMap<&str, Vec<&str>> {
    let mut profiles: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, profile) in config.profiles() {
        if let Some(session) = profile.get("sso_session") {
            profiles.entry(session).or_default().push(name);
        }
    }
    profiles
}

/// Asks the portal about every token that seems valid; returns what kept the first of them from being asked.
fn check(seen: &mut [Seen], clients: &Clients, context: &Context) -> anyhow::Result<Option<anyhow::Error>> {
    let explained = |error: anyhow::Error, seen: &Seen| {
        error.context(format!("cannot ask the access portal about {}", seen.label()))
    };
    let (mut calls, mut failure) = (Vec::new(), None);
    for (number, seen) in seen.iter().enumerate() {
        if let (State::Valid, Some(token)) = (seen.state, &seen.access_token) {
            let region = seen.region.as_deref().unwrap_or_default();
            match Call::new(number, region, token.clone(), clients, context) {
                Ok(call) => calls.push(call),
                Err(error) => drop(failure.get_or_insert_with(|| explained(error, seen))),
            }
        }
    }
    ask_all(calls, Question::Accepted, None, context, |number, answer| {
        let Some(seen) = seen.get_mut(number) else { return };
        match answer {
            Ok(()) => {}
            Err(error) if error.is_unauthorized() => seen.need_login(&LoginNeeded::Unauthorized),
            Err(error) => drop(failure.get_or_insert_with(|| explained(error.into(), seen))),
        }
    })?;
    Ok(failure)
}

fn data(seen: &[Seen], context: &Context) -> Node {
    let now = context.now();
    let text = |text: Option<&str>| text.map_or(Node::Null, Node::string);
    let texts = |texts: &[String]| Node::list(texts.iter().map(|text| Node::string(text.as_str())).collect());
    let names = [
        "session",
        "profiles",
        "startUrl",
        "region",
        "state",
        "refreshable",
        "expiresAt",
        "expiresIn",
        "registrationExpiresAt",
        "scopes",
        "file",
        "reason",
        "command",
    ];
    let row = |seen: &Seen| {
        [
            text(seen.session.as_deref()),
            texts(&seen.profiles),
            text(seen.start_url.as_deref()),
            text(seen.region.as_deref()),
            Node::string(seen.state.as_str()),
            Node::Bool(seen.is_refreshable),
            text(seen.expires_at.map(timestamp::format).as_deref()),
            seen.expires_at.map_or(Node::Null, |ends| Node::integer((ends - now).whole_seconds())),
            text(seen.registration_expires_at.as_deref()),
            seen.scopes.as_deref().map_or(Node::Null, texts),
            Node::string(seen.path.to_string_lossy()),
            text(seen.why.as_deref()),
            text(seen.remedy()),
        ]
    };
    Node::object(vec![("sessions".into(), Node::rows(names, seen.iter().map(row)))])
}
