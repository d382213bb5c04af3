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
use super::status_table::{self, Table};
use super::{clients, duration, print_source, warn_about_unread};
use crate::cache::{TokenCache, timestamp};
use crate::cli::{GlobalArgs, StatusArgs};
use crate::config::{Config, Session, SessionOptions};
use crate::context::{Context, Style, Timestamp};
use crate::error::{Error, Kind};
use crate::http::Retry;
use crate::portal::PortalClient;
use crate::secret::Secret;
use crate::services::Services;
use crate::session::{self, LoginNeeded};
use crate::text;

/// What a person reads where there is nothing to list.
const NONE: &str = "No sessions are configured, and no tokens are cached.\n\nTo sign in:\n  sso-oidc login";

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
        check(&mut sessions, &report, &clients::for_session(context, &config, global)?)?
    } else {
        None
    };
    if selected.is_none() {
        warn_about_unread(&config, context);
    }
    let now = context.now();
    match output {
        Some(output) => {
            let sessions: Vec<_> = sessions.iter().map(|session| facts(session, now)).collect();
            output.print(json!({"sessions": sessions}), "Status", context)?;
        }
        None if sessions.is_empty() => context.message(NONE),
        None if selected.is_some() => context.print(details(&sessions, now, context).as_bytes())?,
        None => context.print(table(&sessions, now, context).as_bytes())?,
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
    report: &StatusReport<'_>,
    services: &Services,
) -> anyhow::Result<Option<anyhow::Error>> {
    let StatusReport { cache, context, .. } = *report;
    let valid = || sessions.iter().filter(|session| session.state == State::Valid);
    let tokens = valid().map(|session| (session.region.as_deref(), session.access_token.as_ref())).collect();
    let probe = async |portal: &PortalClient, token: &Secret| portal.accounts_probe(token, Retry::Repeatable).await;
    let outcomes = send_each("checking the tokens", probe, tokens, Duration::MAX, services, context)?;
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

fn details(sessions: &[SessionStatus], now: Timestamp, context: &Context) -> String {
    let room = context.columns().saturating_sub(INDENT);
    let details = sessions.iter().map(|session| {
        let mut text = context.paint_output(Style::Strong, &session.label()) + "\n";
        let facts = facts(session, now);
        for (member, label) in DETAILS {
            let Some(value) = facts.get(member).and_then(|value| shown(value, now, context)) else { continue };
            let value = match member {
                "state" => context.paint_output(status_table::style(session.state), &value),
                "command" => value,
                "file" => from_home(&value, context),
                _ => text::wrapped(&value, room).replace('\n', &format!("\n{:INDENT$}", "")),
            };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {label:<13}{value}");
        }
        text
    });
    details.collect::<Vec<_>>().join("\n")
}

/// A path with `~` for the home directory.
fn from_home(path: &str, context: &Context) -> String {
    let home = context.home.as_ref().map(|home| home.to_string_lossy());
    let rest = home.and_then(|home| path.strip_prefix(&*home).filter(|rest| rest.starts_with('/')));
    rest.map_or_else(|| path.to_owned(), |rest| format!("~{rest}"))
}

/// The table, then what has no column: why a token cannot be used, and the commands that sign in.
fn table(sessions: &[SessionStatus], now: Timestamp, context: &Context) -> String {
    let (mut table, width) = (Table::new(), context.columns());
    for session in sessions {
        let facts = facts(session, now);
        let cell =
            |member| facts.get(member).and_then(|value| shown(value, now, context)).unwrap_or_else(|| "-".to_owned());
        let label = text::for_terminal(&session.label());
        let others = ["state", "expiresIn", "refreshable", "profiles", "region", "startUrl"].map(cell);
        let [state, expires, refreshable, profiles, region, start_url] = others;
        table.add(session.state, [label, state, expires, refreshable, profiles, region, start_url]);
    }
    let mut text = table.render(width, context);
    let is_obvious = |reason: &&String| **reason == LoginNeeded::Absent.to_string();
    let unexplained = sessions.iter().filter(|session| session.expires_at.is_none());
    let reasons =
        unexplained.filter_map(|session| Some((session, session.reason.as_ref().filter(|why| !is_obvious(why))?)));
    let reasons = reasons.map(|(session, reason)| {
        let reason = text::for_terminal(&format!("{}: {reason}", session.label()));
        text::wrapped(&reason, width)
    });
    let commands =
        commands(sessions).into_iter().map(|command| "  ".to_owned() + &context.paint_output(Style::Strong, command));
    for (title, lines) in [(None, reasons.collect::<Vec<_>>()), (Some("To sign in:"), commands.collect())] {
        if !lines.is_empty() {
            let lines = title.map(str::to_owned).into_iter().chain(lines).collect::<Vec<_>>();
            let _ = writeln!(text, "\n{}", lines.join("\n"));
        }
    }
    text
}

/// The commands that sign in to the sessions that need it: one for all sso-sessions if they are many.
fn commands(sessions: &[SessionStatus]) -> Vec<&str> {
    let (mut of_sessions, mut others) = (Vec::new(), Vec::new());
    for session in sessions {
        let group = if session.session.is_some() { &mut of_sessions } else { &mut others };
        group.extend(session.remedy());
    }
    if of_sessions.len() > MANY {
        of_sessions = vec!["sso-oidc login --all"];
    }
    of_sessions.append(&mut others);
    of_sessions
}

/// Where the values of the details begin.
const INDENT: usize = 15;
/// More sessions than this are signed in to by one command.
const MANY: usize = 5;

/// The text of a fact; `None` if it is unknown.
fn shown(value: &Value, now: Timestamp, context: &Context) -> Option<String> {
    Some(match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(seconds) => relative(seconds.as_i64()?),
        Value::String(text) => match timestamp::parse(text) {
            Some(ends) => format!("{} ({})", context.local_time(ends), relative((ends - now).whole_seconds())),
            None => text::for_terminal(text),
        },
        Value::Array(items) if !items.is_empty() => {
            items.iter().filter_map(|item| shown(item, now, context)).collect::<Vec<_>>().join(", ")
        }
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    })
}

fn relative(seconds: i64) -> String {
    let words = session::duration(seconds.saturating_abs());
    if seconds > 0 { format!("in {words}") } else { format!("{words} ago") }
}
