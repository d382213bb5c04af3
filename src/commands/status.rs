//! `status`: lists sessions, when they expire and whether they can be refreshed.
//!
//! Reads the config file and the cache and sends no request, except with `--check`. The status of a session is
//! determined in `session_status`. The output contains no secrets, and text from files is cleaned for a terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::portal_requests::send_each;
use super::printing::Output;
use super::session_status::{SessionStatus, State, StatusReport};
use super::{clients, duration, print_source, warn_about_unread};
use crate::cache::{TokenCache, timestamp};
use crate::cli::{GlobalArgs, StatusArgs};
use crate::config::{Config, Session, SessionOptions};
use crate::context::{Context, Timestamp};
use crate::error::{Error, Kind};
use crate::http::Retry;
use crate::portal::PortalClient;
use crate::secret::Secret;
use crate::services::Services;
use crate::session::{self, LoginNeeded};
use crate::text;

/// Prints the sessions.
pub(super) fn run(args: &StatusArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<u8> {
    let min_ttl = duration("--min-ttl", args.min_ttl.as_deref())?;
    let config = Config::load(context, global.profile.as_deref())?;
    let for_a_person = context.stdout_is_terminal && global.output.is_none() && global.query.is_none();
    let output = if for_a_person { None } else { Some(Output::resolve(global, &config, context)?) };
    let cache = TokenCache::in_home(context.require_home()?);
    let min_ttl = min_ttl.unwrap_or_default();
    let report = StatusReport { cache: &cache, context, min_ttl, profiles: profiles(&config) };
    let selected = Session::selected(&args.sso_session, global.profile.as_deref(), &config)?;
    selected.iter().flatten().for_each(|session| print_source(session, &config, context));
    let mut sessions = match &selected {
        Some(selected) => selected.iter().map(|settings| report.of_session(settings)).collect(),
        None => report.all(configured(&config, context)),
    };
    let failure = if args.check {
        check(&mut sessions, &cache, &clients::for_session(context, &config, global)?, context)?
    } else {
        None
    };
    if selected.is_none() {
        warn_about_unread(&config, context);
    }
    let now = context.now();
    match output {
        Some(output) => output.print(document(&sessions, now), "Status", context)?,
        None if sessions.is_empty() => context.message("No sessions are configured, and no tokens are cached."),
        None if selected.is_some() => context.print_text(&details(&sessions, now))?,
        None => context.print_text(&status_table(&sessions, now))?,
    }
    if let Some(failure) = failure {
        return Err(failure);
    }
    let is_well = match selected {
        Some(_) => sessions.iter().all(SessionStatus::is_usable),
        None => sessions.iter().any(|session| session.is_reachable && session.is_usable()),
    };
    Ok(if is_well { 0 } else { Kind::LoginNeeded.exit_code() })
}

/// The session of the environment variables, if they have one, and all of the config file.
fn configured(config: &Config, context: &Context) -> Vec<Result<Session, Error>> {
    let options = SessionOptions::default().with_variables(config, context);
    let of_variables = options.start_url.is_some().then(|| Session::resolve(config, &options));
    of_variables.into_iter().chain(Session::all(config)).collect()
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

/// Checks every valid token at the portal, and records those that it rejects; returns the error of the first request that failed.
fn check(
    sessions: &mut [SessionStatus],
    cache: &TokenCache,
    services: &Services,
    context: &Context,
) -> anyhow::Result<Option<anyhow::Error>> {
    let valid = || sessions.iter().filter(|session| session.state == State::Valid);
    let tokens = valid().map(|session| (session.region.as_deref(), session.access_token.as_ref())).collect();
    let probe = async |portal: &PortalClient, token: &Secret| portal.accounts_probe(token, Retry::Repeatable).await;
    let outcomes = send_each(probe, tokens, Duration::MAX, services, context)?;
    let mut failure = None;
    let valid = sessions.iter_mut().filter(|session| session.state == State::Valid);
    for (session, outcome) in valid.zip(outcomes) {
        match outcome {
            Ok(()) => {}
            Err(error) if error.kind() == Kind::LoginNeeded => {
                if let Some(token) = &session.access_token {
                    let lock = cache.refresh_lock_of(&session.path);
                    session::record_rejected(token, &lock, &LoginNeeded::Unauthorized.into(), context);
                }
                session.need_login(&LoginNeeded::Unauthorized);
            }
            Err(error) => {
                let attempt = || format!("cannot check the token of {} at the access portal", session.label());
                failure.get_or_insert_with(|| anyhow::Error::new(error).context(attempt()));
            }
        }
    }
    Ok(failure)
}

/// The facts of the details in their order: JSON member and label.
const DETAILS: [(&str, &str); 11] = [
    ("state", "state"),
    ("reason", "reason"),
    ("command", "to sign in"),
    ("expiresAt", "expires"),
    ("refreshable", "refreshable"),
    ("registrationExpiresAt", "registration"),
    ("startUrl", "start URL"),
    ("region", "region"),
    ("scopes", "scopes"),
    ("profiles", "profiles"),
    ("file", "file"),
];

/// The facts about a session by JSON member, in the order of the data.
fn facts(session: &SessionStatus, now: Timestamp) -> Map<String, Value> {
    let facts = [
        ("session", json!(session.session)),
        ("profiles", json!(session.profiles)),
        ("startUrl", json!(session.start_url)),
        ("region", json!(session.region)),
        ("state", json!(session.state.as_str())),
        ("refreshable", json!(session.is_refreshable)),
        ("expiresAt", json!(session.expires_at.map(timestamp::format))),
        ("expiresIn", json!(session.expires_at.map(|ends| (ends - now).whole_seconds()))),
        ("registrationExpiresAt", json!(session.registration_expires_at)),
        ("scopes", json!(session.scopes)),
        ("file", json!(session.path.to_string_lossy())),
        ("reason", json!(session.reason)),
        ("command", json!(session.remedy())),
    ];
    facts.map(|(member, value)| (member.to_owned(), value)).into_iter().collect()
}

fn document(sessions: &[SessionStatus], now: Timestamp) -> Value {
    json!({"sessions": sessions.iter().map(|session| facts(session, now)).collect::<Vec<_>>()})
}

fn details(sessions: &[SessionStatus], now: Timestamp) -> String {
    let details = sessions.iter().map(|session| {
        let mut text = format!("{}\n", text::for_terminal(&session.label()));
        let facts = facts(session, now);
        for (member, label) in DETAILS {
            if let Some(value) = facts.get(member).and_then(|value| shown(value, now)) {
                // Writing to a String cannot fail.
                let _ = writeln!(text, "  {label:<13}{value}");
            }
        }
        text
    });
    details.collect::<Vec<_>>().join("\n")
}

/// A row for each session, then the reasons, which have no column.
fn status_table(sessions: &[SessionStatus], now: Timestamp) -> String {
    let mut rows = vec![["SESSION", "STATE", "EXPIRES", "REFRESH", "REGION", "START URL"].map(str::to_owned)];
    for session in sessions {
        let facts = facts(session, now);
        let cell = |member| facts.get(member).and_then(|value| shown(value, now)).unwrap_or_else(|| "-".to_owned());
        let label = text::for_terminal(&session.label());
        rows.push([label, cell("state"), cell("expiresIn"), cell("refreshable"), cell("region"), cell("startUrl")]);
    }
    let mut widths = [0; 6];
    for row in &rows {
        widths = std::array::from_fn(|column| widths[column].max(row[column].chars().count()));
    }
    let mut table = String::new();
    for row in &rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}  "));
        table.extend([cells.collect::<String>().trim_end(), "\n"]);
    }
    for session in sessions.iter().filter(|session| session.expires_at.is_none()) {
        let Some(reason) = &session.reason else { continue };
        let _ = writeln!(table, "{}: {}", text::for_terminal(&session.label()), text::for_terminal(reason));
    }
    table
}

/// The text of a fact; `None` if it is unknown.
fn shown(value: &Value, now: Timestamp) -> Option<String> {
    Some(match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(seconds) => relative(seconds.as_i64()?),
        Value::String(text) => match timestamp::parse(text) {
            Some(ends) => format!("{} ({})", text::for_terminal(text), relative((ends - now).whole_seconds())),
            None => text::for_terminal(text),
        },
        Value::Array(items) if !items.is_empty() => {
            items.iter().filter_map(|item| shown(item, now)).collect::<Vec<_>>().join(", ")
        }
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    })
}

fn relative(seconds: i64) -> String {
    let words = session::duration(seconds.saturating_abs());
    if seconds > 0 { format!("in {words}") } else { format!("{words} ago") }
}
