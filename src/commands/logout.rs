//! `logout`: removes tokens and role credentials from this machine, then ends the sessions at the access portal.
//!
//! Unlike `aws sso logout`, which stops at the first connection failure, it removes the files first, regardless of the
//! service, and options can select sessions. `cache::scan` decides which files are tokens. Standard output stays empty,
//! or has an event for each session with `--output json`.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::portal_requests::send_each;
use super::{clients, print_source, runtime, wants_events, warn_about_unread};
use crate::cache::{self, CacheEntry, CredentialCache, FoundToken, Held, Kind, TokenCache, TokenKey, process_name};
use crate::cli::{GlobalArgs, LogoutArgs};
use crate::config::{Config, Session};
use crate::context::{Context, Style};
use crate::error::{self, Error};
use crate::portal::PortalClient;
use crate::services::Services;
use crate::text;

/// How long to wait for processes that are requesting new credentials. Afterwards they find the token removed, and discard
/// what they receive.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
const LOCK_RETRY_DELAY: Duration = Duration::from_millis(20);
const ANNOUNCED_AFTER: Duration = Duration::from_millis(200);

/// The time for all requests to the portal together.
const REVOKE_TIMEOUT: Duration = Duration::from_secs(10);

/// The names of more sessions than this are not listed.
const MANY: usize = 5;

/// Signs out.
pub(super) fn run(args: &LogoutArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<()> {
    let config = Config::load(context, global.profile.as_deref())?;
    warn_about_unread(&config, context);
    let services = clients::for_session(context, &config, global)?;
    let home = context.require_home()?;
    let (tokens, roles) = (TokenCache::in_home(home), CredentialCache::in_home(home));
    let profile = global.profile.as_deref().filter(|_| !global.as_aws);
    let selected = Session::selected(&args.sso_session, profile, &config)?;
    let files_of = |session: &Session| {
        [tokens.token_path(&session.token_key()), tokens.registration_path(&session.registration_key())]
    };
    let logout = Logout {
        files: selected.iter().flatten().flat_map(files_of).collect(),
        selected,
        forget_clients: args.forget_clients,
        context,
        tokens: &tokens,
        roles: &roles,
        names: config.sso_sessions().map(|(name, _)| (tokens.token_path(&TokenKey::of_session(name)), name)).collect(),
    };
    logout.selected.iter().flatten().for_each(|session| print_source(session, &config, context));
    let mut outcome = logout.remove();
    revoke(&mut outcome.removed, &services, context)?;
    let as_events = wants_events(global, context);
    logout.report(&outcome, as_events)?;
    if context.stderr_is_terminal && !as_events && !global.as_aws && outcome.failed.is_empty() {
        logout.summary(&outcome);
    }
    if outcome.failed.is_empty() {
        return Ok(());
    }
    let failed = outcome.failed.iter().map(|error| format!("\n  {}", error.with_advice()));
    anyhow::bail!("cannot remove all files:{}", failed.collect::<String>())
}

/// Ends the sessions of the tokens. Their files are already removed, so a failure is only a warning; the session of a
/// token that the portal rejects has already ended.
fn revoke(removed: &mut [RemovedToken], services: &Services, context: &Context) -> anyhow::Result<()> {
    let found = removed.iter().map(|token| &token.found);
    let tokens = found.map(|found| (found.region.as_deref(), found.access_token.as_ref())).collect();
    let outcomes = send_each("ending the sessions", PortalClient::logout, tokens, REVOKE_TIMEOUT, services, context)?;
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
    /// The tokens and registrations of the selected sessions.
    files: HashSet<PathBuf>,
    forget_clients: bool,
    context: &'a Context,
    tokens: &'a TokenCache,
    /// The role credentials, which do not name their session, so that all are removed.
    roles: &'a CredentialCache,
    /// The sso-sessions of the config file by the file of their token.
    names: BTreeMap<PathBuf, &'a str>,
}

/// What was removed, and what was not.
struct Outcome {
    removed: Vec<RemovedToken>,
    /// Tokens of sessions that were not selected.
    remaining: usize,
    failed: Vec<Error>,
    /// Removed role credentials.
    roles: usize,
    unfinished: Vec<Unfinished>,
}

/// A process that was still requesting new credentials when the files were removed.
struct Unfinished {
    /// The token that it refreshes; none for role credentials.
    token: Option<PathBuf>,
    /// Its name for a message.
    process: String,
}

/// A selected token. Its file was removed, unless that failed.
struct RemovedToken {
    path: PathBuf,
    found: FoundToken,
    /// Why the session could not be ended at the portal.
    not_revoked: Option<String>,
}

impl Logout<'_> {
    /// Removes the files. A token whose file cannot be removed is revoked anyway.
    fn remove(&self) -> Outcome {
        let (_held, unfinished) = self.hold_locks();
        let (found, mut failed) = self.tokens.everything();
        let (mut removed, mut remaining, mut registrations) = (Vec::new(), 0, Vec::new());
        for CacheEntry { path, kind } in found {
            match kind {
                Kind::Token(found) if self.is_selected(&path) => {
                    failed.extend(cache::remove(&path).err());
                    removed.push(RemovedToken { path, found, not_revoked: None });
                }
                Kind::Token(_) => remaining += 1,
                Kind::Registration { client_id } if self.forget_clients => registrations.push((path, client_id)),
                _ => {}
            }
        }
        let clients: HashSet<_> = removed.iter().filter_map(|token| token.found.client_id.as_ref()).collect();
        for (path, client) in registrations {
            if self.is_selected(&path) || clients.contains(&client) {
                failed.extend(cache::remove(&path).err());
            }
        }
        let (of_roles, unreadable) = self.roles.all_sso();
        failed.extend(unreadable);
        failed.extend(of_roles.iter().filter_map(|path| cache::remove(path).err()));
        Outcome { removed, remaining, failed, roles: of_roles.len(), unfinished }
    }

    /// Locks the role credentials and the selected tokens, in the order in which `export-credentials` does, and waits for
    /// processes that are requesting new ones.
    fn hold_locks(&self) -> (Vec<Held>, Vec<Unfinished>) {
        let started = Instant::now();
        let (until, mut announced) = (started + LOCK_TIMEOUT, false);
        let (found, _) = self.tokens.everything();
        let is_selected = |entry: &CacheEntry| matches!(entry.kind, Kind::Token(_)) && self.is_selected(&entry.path);
        let tokens = found.into_iter().filter(is_selected).filter_map(|entry| Some((entry.lock()?, Some(entry.path))));
        let roles = self.roles.locks().into_iter().map(|lock| (lock, None));
        let (mut held, mut unfinished) = (Vec::new(), Vec::new());
        // Leaves enough file descriptors to remove the files.
        let most = runtime::descriptors() / 2;
        for (lock, token) in roles.chain(tokens) {
            if held.len() >= most {
                // These were waited for. A process that takes one of them finds the token removed, and discards what it
                // receives.
                held.clear();
            }
            loop {
                match lock.attempt() {
                    Ok(Some(taken)) => held.push(taken),
                    Ok(None) if Instant::now() < until => {
                        if !announced && started.elapsed() > ANNOUNCED_AFTER && self.context.stderr_is_terminal {
                            announced = true;
                            self.context.message("waiting for another process to finish its request");
                        }
                        thread::sleep(LOCK_RETRY_DELAY);
                        continue;
                    }
                    // A token that this process cannot lock is removed even so.
                    Err(_) => {}
                    Ok(None) => unfinished.push(Unfinished { token, process: process_name(lock.holder()) }),
                }
                break;
            }
        }
        (held, unfinished)
    }

    fn is_selected(&self, path: &Path) -> bool {
        self.selected.is_none() || self.files.contains(path)
    }

    fn label(&self, token: &RemovedToken) -> String {
        let name = self.names.get(&token.path).copied().or(token.found.start_url.as_deref());
        name.map_or_else(|| token.path.display().to_string(), text::for_terminal)
    }

    /// What a person is told about a success.
    fn summary(&self, outcome: &Outcome) {
        let context = self.context;
        let ended = outcome.removed.iter().filter(|token| token.not_revoked.is_none());
        let labels: Vec<String> = ended.map(|token| self.label(token)).collect();
        let roles = match outcome.roles {
            0 => String::new(),
            count => format!(" and removed the credentials of {}", text::counted(count, "role")),
        };
        let sessions = match &labels[..] {
            [] if outcome.removed.is_empty() && self.selected.is_none() => {
                return context.message("not signed in to any session");
            }
            [] => return,
            labels if labels.len() <= MANY => labels.join(", "),
            labels => text::counted(labels.len(), "session"),
        };
        let (mark, sessions) = (context.paint(Style::Good, "✓"), context.paint(Style::Strong, &sessions));
        context.styled_message(&format!("{mark} Signed out of {sessions}{roles}"));
    }

    fn report(&self, outcome: &Outcome, as_events: bool) -> anyhow::Result<()> {
        let context = self.context;
        for token in &outcome.removed {
            if as_events {
                let event = json!({
                    "event": "logged_out",
                    "startUrl": token.found.start_url,
                    "session": self.names.get(&token.path),
                    "region": token.found.region,
                    "revoked": token.not_revoked.is_none(),
                    "message": token.not_revoked,
                });
                context.print_text(&format!("{event}\n"))?;
            }
            let label = self.label(token);
            if let Some(why) = &token.not_revoked {
                let message = "signed out locally, but the session could not be revoked";
                context.warn(format_args!("{label}: {message}: {why}"));
            }
            for Unfinished { process, .. } in
                outcome.unfinished.iter().filter(|it| it.token.as_ref() == Some(&token.path))
            {
                let message = "is still refreshing the token, and will discard the new one";
                context.warn(format_args!("{label}: {process} {message}"));
            }
        }
        for Unfinished { process, .. } in outcome.unfinished.iter().filter(|it| it.token.is_none()) {
            context.warn(format_args!("{process} is still requesting role credentials, and will discard them"));
        }
        let removed: HashSet<&PathBuf> = outcome.removed.iter().map(|token| &token.path).collect();
        for session in self.selected.iter().flatten() {
            if !removed.contains(&self.tokens.token_path(&session.token_key())) {
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
