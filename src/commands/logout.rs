//! `logout`: removes tokens and role credentials from this machine, then ends the sessions at the access portal.
//!
//! Unlike `aws sso logout`, which stops at the first failure to connect, what is on this machine goes first and whatever
//! the service says; and options can name single sessions. What counts as a token is in `cache::sweep`. Standard output
//! stays empty, or carries an event for each session with `--output json`.

use std::collections::HashMap;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::clients;
use super::revoke::{Ended, revoke};
use super::{wanted, wants_events};
use crate::cache::{self, Attempt, CacheError, CredentialCache, Held, Kind, Remains, TokenCache};
use crate::cli::{GlobalArgs, LogoutArgs};
use crate::config::{Config, Session};
use crate::context::Context;

/// How long a process that refreshes a token is waited for, so that it does not bring back what was removed.
const PATIENCE: Duration = Duration::from_secs(5);
const GLANCE: Duration = Duration::from_millis(20);

/// Signs out.
pub(super) fn run(args: &LogoutArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<()> {
    let config = Config::load(context, global.profile.as_deref())?;
    let services = clients::for_session(context, &config, global)?;
    let home = context.require_home()?;
    let tokens = TokenCache::in_home(home);
    let profile = global.profile.as_deref().filter(|_| !global.as_aws);
    let sweep = Sweep {
        selected: Session::selected(&args.sso_session, profile, &config)?,
        forgets_clients: args.forget_clients,
        names: config
            .sso_sessions()
            .map(|(name, _)| (tokens.token_path(&cache::TokenKey::of_session(name)), name))
            .collect(),
        tokens: &tokens,
    };
    let mut outcome = sweep.remove();
    let (credentials, failed) = CredentialCache::in_home(home).everything();
    outcome.failed.extend(failed);
    let of_roles = credentials.iter().filter(|remains| matches!(remains.kind, Kind::RoleCredentials));
    outcome.failed.extend(of_roles.filter_map(|remains| cache::remove(&remains.path).err()));
    revoke(&mut outcome.ended, &services, context)?;
    sweep.report(&outcome, wants_events(global, context), context)?;
    if outcome.failed.is_empty() {
        return Ok(());
    }
    let failed: Vec<String> = outcome.failed.iter().map(|error| format!("  {error} ({})", error.hint())).collect();
    anyhow::bail!("not everything could be removed:\n{}", failed.join("\n"))
}

/// What is to go.
struct Sweep<'a> {
    selected: Option<Vec<Session>>,
    forgets_clients: bool,
    /// The session of a token's file.
    names: HashMap<PathBuf, &'a str>,
    tokens: &'a TokenCache,
}

/// What came of it.
struct Outcome {
    ended: Vec<Ended>,
    remaining: usize,
    failed: Vec<CacheError>,
}

impl Sweep<'_> {
    /// Removes the files; a token that could not be removed is ended all the same.
    fn remove(&self) -> Outcome {
        let _held = self.hold_locks();
        let (found, mut failed) = self.tokens.everything();
        let (mut ended, mut remaining, mut clients) = (Vec::new(), 0, Vec::new());
        for Remains { path, kind } in &found {
            let Kind::Token { access_token, region, start_url, client_id } = kind else { continue };
            if !self.is_selected(path) {
                remaining += 1;
                continue;
            }
            failed.extend(cache::remove(path).err());
            clients.extend(client_id.as_deref());
            ended.push(Ended {
                session: self.names.get(path).map(|name| (*name).to_owned()),
                start_url: start_url.clone(),
                path: path.clone(),
                region: region.clone().filter(|region| !region.is_empty()),
                access_token: access_token.clone(),
                not_told: None,
            });
        }
        if self.forgets_clients {
            for Remains { path, kind } in &found {
                if let Kind::Registration { client_id } = kind
                    && (self.selected.is_none() || clients.contains(&client_id.as_str()) || self.is_registration(path))
                {
                    failed.extend(cache::remove(path).err());
                }
            }
        }
        Outcome { ended, remaining, failed }
    }

    /// Waits for those who refresh a token that is to go.
    fn hold_locks(&self) -> Vec<Held> {
        let until = Instant::now() + PATIENCE;
        let (found, _) = self.tokens.everything();
        let is_token =
            |remains: &&Remains| matches!(remains.kind, Kind::Token { .. }) && self.is_selected(&remains.path);
        let locks = found.iter().filter(is_token).filter_map(Remains::lock);
        locks
            .filter_map(|lock| {
                loop {
                    match lock.attempt() {
                        Attempt::Held(held) => return Some(held),
                        Attempt::Busy if Instant::now() < until => thread::sleep(GLANCE),
                        Attempt::Busy | Attempt::Unsupported => return None,
                    }
                }
            })
            .collect()
    }

    fn is_selected(&self, path: &PathBuf) -> bool {
        let is_of = |settings: &Session| self.tokens.token_path(&wanted::of(settings).token_key) == *path;
        self.selected.as_ref().is_none_or(|selected| selected.iter().any(is_of))
    }

    fn is_registration(&self, path: &PathBuf) -> bool {
        let is_of =
            |settings: &Session| self.tokens.registration_path(&wanted::of(settings).registration_key()) == *path;
        self.selected.iter().flatten().any(is_of)
    }

    fn report(&self, outcome: &Outcome, as_events: bool, context: &Context) -> anyhow::Result<()> {
        for ended in &outcome.ended {
            if as_events {
                let event = json!({
                    "event": "logged_out",
                    "startUrl": ended.start_url,
                    "session": ended.session,
                    "region": ended.region,
                    "revoked": ended.not_told.is_none(),
                    "message": ended.not_told,
                });
                context.print_text(&format!("{event}\n"))?;
            }
            if let Some(why) = &ended.not_told {
                let label = ended.label();
                context.say(&format!("WARNING: {label}: signed out here, but the service was not told: {why}"));
            }
        }
        for settings in self.selected.iter().flatten() {
            let wanted = wanted::of(settings);
            let path = self.tokens.token_path(&wanted.token_key);
            if !outcome.ended.iter().any(|ended| ended.path == path) {
                context.say(&format!("{}: nobody was signed in", wanted.label()));
            }
        }
        if self.selected.is_some() && outcome.remaining > 0 {
            let remaining = outcome.remaining;
            let sessions = if remaining == 1 { "session remains" } else { "sessions remain" };
            context.say(&format!("{remaining} other {sessions} signed in; sso-oidc logout, without options, ends all"));
        }
        Ok(())
    }
}
