//! `logout`: removes tokens and role credentials from this machine, then ends the sessions at the access portal.
//!
//! Unlike `aws sso logout`, which stops at the first failure to connect, it removes the files first, whatever the service
//! answers, and options can select single sessions. What counts as a token is decided in `cache::sweep`. Standard output
//! stays empty, or carries an event for each session with `--output json`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::portal_requests::{Request, send_each};
use super::{clients, wants_events};
use crate::cache::{self, CacheEntry, CredentialCache, Held, Kind, TokenCache};
use crate::cli::{GlobalArgs, LogoutArgs};
use crate::config::{Config, Session};
use crate::context::Context;
use crate::error::{self, Error};
use crate::secret::Secret;
use crate::services::Services;
use crate::text;

/// How long to wait for the processes that refresh a token, which could store it again after its removal.
const REFRESH_TIMEOUT: Duration = Duration::from_secs(5);
const LOCK_RETRY_DELAY: Duration = Duration::from_millis(20);

/// The time for all requests to the portal together.
const REVOKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Signs out.
pub(super) fn run(args: &LogoutArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<()> {
    let config = Config::load(context, global.profile.as_deref())?;
    let services = clients::for_session(context, &config, global)?;
    let home = context.require_home()?;
    let tokens = TokenCache::in_home(home);
    let profile = global.profile.as_deref().filter(|_| !global.as_aws);
    let selected = Session::selected(&args.sso_session, profile, &config)?;
    let logout = Logout {
        selected,
        forget_clients: args.forget_clients,
        names: config
            .sso_sessions()
            .map(|(name, _)| (tokens.token_path(&cache::TokenKey::of_session(name)), name))
            .collect(),
        tokens: &tokens,
    };
    let mut outcome = logout.remove();
    let (credentials, failed) = CredentialCache::in_home(home).everything();
    outcome.failed.extend(failed);
    let of_roles = credentials.iter().filter(|file| matches!(file.kind, Kind::RoleCredentials));
    outcome.failed.extend(of_roles.filter_map(|file| cache::remove(&file.path).err()));
    revoke(&mut outcome.removed, &services, context)?;
    logout.report(&outcome, wants_events(global, context), context)?;
    if outcome.failed.is_empty() {
        return Ok(());
    }
    let failed: Vec<String> =
        outcome.failed.iter().map(|error| format!("  {error} ({})", error.advice().unwrap_or_default())).collect();
    anyhow::bail!("cannot remove everything:\n{}", failed.join("\n"))
}

/// Ends the sessions of the tokens. The files are gone by then, so a failure is a warning; a token that the portal does not
/// accept has been ended already.
fn revoke(removed: &mut [RemovedToken], services: &Services, context: &Context) -> anyhow::Result<()> {
    let tokens = removed.iter().map(|token| (token.region.as_deref(), token.access_token.as_ref())).collect();
    let outcomes = send_each(Request::Logout, tokens, REVOKE_TIMEOUT, services, context)?;
    for (token, outcome) in removed.iter_mut().zip(outcomes) {
        let failure = outcome.err().filter(|error| error.kind() != error::Kind::LoginNeeded);
        token.not_revoked = failure.map(|error| text::for_terminal(&error.to_string()));
    }
    Ok(())
}

/// What to remove.
struct Logout<'a> {
    /// The selected sessions; `None` for all tokens.
    selected: Option<Vec<Session>>,
    forget_clients: bool,
    /// The sso-session of each token's file.
    names: HashMap<PathBuf, &'a str>,
    tokens: &'a TokenCache,
}

/// What was removed, and what was not.
struct Outcome {
    removed: Vec<RemovedToken>,
    /// Tokens of sessions that were not selected.
    remaining: usize,
    failed: Vec<Error>,
}

/// A token whose file was removed, if it could be.
#[derive(Debug)]
struct RemovedToken {
    /// The sso-session's name, where the config file has one for it.
    session: Option<String>,
    start_url: Option<String>,
    path: PathBuf,
    region: Option<String>,
    access_token: Option<Secret>,
    /// Why the session could not be ended at the portal.
    not_revoked: Option<String>,
}

impl Logout<'_> {
    /// Removes the files. A token whose file could not be removed is revoked all the same.
    fn remove(&self) -> Outcome {
        let _held = self.hold_locks();
        let (found, mut failed) = self.tokens.everything();
        let (mut removed, mut remaining, mut clients) = (Vec::new(), 0, Vec::new());
        for CacheEntry { path, kind } in &found {
            let Kind::Token { access_token, region, start_url, client_id } = kind else { continue };
            if !self.is_selected(path) {
                remaining += 1;
                continue;
            }
            failed.extend(cache::remove(path).err());
            clients.extend(client_id.as_deref());
            removed.push(RemovedToken {
                session: self.names.get(path).map(|name| (*name).to_owned()),
                start_url: start_url.clone(),
                path: path.clone(),
                region: region.clone().filter(|region| !region.is_empty()),
                access_token: access_token.clone(),
                not_revoked: None,
            });
        }
        if self.forget_clients {
            for CacheEntry { path, kind } in &found {
                if let Kind::Registration { client_id } = kind
                    && (self.selected.is_none() || clients.contains(&client_id.as_str()) || self.is_registration(path))
                {
                    failed.extend(cache::remove(path).err());
                }
            }
        }
        Outcome { removed, remaining, failed }
    }

    /// Locks the selected tokens, waiting for processes that refresh one.
    fn hold_locks(&self) -> Vec<Held> {
        let until = Instant::now() + REFRESH_TIMEOUT;
        let (found, _) = self.tokens.everything();
        let is_token =
            |remains: &&CacheEntry| matches!(remains.kind, Kind::Token { .. }) && self.is_selected(&remains.path);
        let locks = found.iter().filter(is_token).filter_map(CacheEntry::lock);
        locks
            .filter_map(|lock| {
                loop {
                    match lock.attempt() {
                        None if Instant::now() < until => thread::sleep(LOCK_RETRY_DELAY),
                        held => return held,
                    }
                }
            })
            .collect()
    }

    fn is_selected(&self, path: &Path) -> bool {
        let is_of = |session: &Session| self.tokens.token_path(&session.token_key()) == path;
        self.selected.as_ref().is_none_or(|selected| selected.iter().any(is_of))
    }

    fn is_registration(&self, path: &Path) -> bool {
        let is_of = |session: &Session| self.tokens.registration_path(&session.registration_key()) == path;
        self.selected.iter().flatten().any(is_of)
    }

    fn report(&self, outcome: &Outcome, as_events: bool, context: &Context) -> anyhow::Result<()> {
        for token in &outcome.removed {
            if as_events {
                let event = json!({
                    "event": "logged_out",
                    "startUrl": token.start_url,
                    "session": token.session,
                    "region": token.region,
                    "revoked": token.not_revoked.is_none(),
                    "message": token.not_revoked,
                });
                context.print_text(&format!("{event}\n"))?;
            }
            if let Some(why) = &token.not_revoked {
                let name = token.session.as_deref().or(token.start_url.as_deref()).map(text::for_terminal);
                let label = name.unwrap_or_else(|| token.path.display().to_string());
                let message = "signed out locally, but the session could not be revoked";
                context.message(&format!("WARNING: {label}: {message}: {why}"));
            }
        }
        for session in self.selected.iter().flatten() {
            let path = self.tokens.token_path(&session.token_key());
            if !outcome.removed.iter().any(|token| token.path == path) {
                context.message(&format!("{}: was not signed in", session.label()));
            }
        }
        if self.selected.is_some() && outcome.remaining > 0 {
            let remaining = outcome.remaining;
            let sessions = if remaining == 1 { "session is" } else { "sessions are" };
            context.message(&format!(
                "{remaining} other {sessions} still signed in; to sign out of all, run: sso-oidc logout"
            ));
        }
        Ok(())
    }
}
