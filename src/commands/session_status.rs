//! The status of every session, from the config file and the cache, without a request.
//!
//! Sessions and legacy profiles of the config file come first, in its order, then other tokens in the cache, from a
//! login without configuration or from another tool. `session` decides whether a token can be used; `status` prints the
//! result.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cache::{CachedToken, Loaded, TokenCache, TokenKey};
use crate::config::{Origin, Session};
use crate::context::{Context, Timestamp};
use crate::error::Error;
use crate::secret::Secret;
use crate::session::{self, Found, LoginNeeded, NoToken, Usable};

/// The state of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum State {
    /// Its token is valid for at least the required time.
    Valid,
    /// Its token can be refreshed without a browser.
    Refreshable,
    /// It has no token, or one that can be neither used nor refreshed.
    #[default]
    LoginNeeded,
    /// Its file cannot be used.
    Damaged,
}

impl State {
    /// The state's name in every output format.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Refreshable => "refreshable",
            Self::LoginNeeded => "login needed",
            Self::Damaged => "damaged",
        }
    }
}

/// A session and its token.
#[derive(Debug, Default)]
pub(super) struct SessionStatus {
    /// The sso-session's name; absent for a legacy profile and for a token without configuration.
    pub(super) session: Option<String>,
    /// The profiles that use it.
    pub(super) profiles: Vec<String>,
    pub(super) start_url: Option<String>,
    pub(super) region: Option<String>,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) state: State,
    pub(super) is_refreshable: bool,
    pub(super) expires_at: Option<Timestamp>,
    /// As written in the file.
    pub(super) registration_expires_at: Option<String>,
    /// The token's file, whether it exists or not.
    pub(super) path: PathBuf,
    /// Why the token cannot be used.
    pub(super) reason: Option<String>,
    /// The command that signs in, whether needed or not; absent if it cannot work.
    remedy: Option<String>,
    /// Whether commands and SDKs find the file by the name or start URL of a session.
    pub(super) is_reachable: bool,
    pub(super) access_token: Option<Secret>,
}

impl SessionStatus {
    /// The name to show: the session, a profile, the start URL or the file, whichever exists first.
    pub(super) fn label(&self) -> String {
        let of_profile = || self.profiles.first().map(|name| format!("profile {name}"));
        let file = || self.path.file_name().map(|name| name.to_string_lossy().into_owned());
        let unnamed = || self.start_url.clone().or_else(file);
        self.session.clone().or_else(of_profile).or_else(unnamed).unwrap_or_default()
    }

    /// Whether a valid token is available without a browser.
    pub(super) fn is_usable(&self) -> bool {
        matches!(self.state, State::Valid | State::Refreshable)
    }

    /// The command that signs in, if needed.
    pub(super) fn remedy(&self) -> Option<&str> {
        self.remedy.as_deref().filter(|_| !self.is_usable())
    }

    /// The state in a few words, and how long a valid token lasts.
    pub(super) fn summary(&self, now: Timestamp) -> String {
        let left = self.expires_at.filter(|_| self.state == State::Valid).map(|ends| (ends - now).whole_seconds());
        let left = left.map(|left| format!(" for {}", session::duration(left))).unwrap_or_default();
        format!("{}{left}", self.state.as_str())
    }

    /// Records why a login is needed.
    pub(super) fn need_login(&mut self, why: &LoginNeeded) {
        let is_damaged = matches!(why, LoginNeeded::Damaged(_));
        self.state = if is_damaged { State::Damaged } else { State::LoginNeeded };
        self.reason = Some(why.to_string());
    }

    fn set_token(&mut self, token: CachedToken, min_ttl: Duration, now: Timestamp) {
        self.is_refreshable = token.refreshable(now).is_some();
        if token.lasts(min_ttl, now) {
            self.state = State::Valid;
        } else if self.is_refreshable {
            self.state = State::Refreshable;
        } else {
            self.need_login(&LoginNeeded::Expired(token.seconds_left(now)));
        }
        self.expires_at = Some(token.expires_at);
        self.registration_expires_at = token.registration_expires_at;
        self.access_token = Some(token.access_token);
    }
}

/// Finds the status of sessions.
pub(super) struct StatusReport<'a> {
    pub(super) cache: &'a TokenCache,
    pub(super) context: &'a Context,
    /// The lifetime below which a token counts as expired.
    pub(super) min_ttl: Duration,
    /// The profiles of each sso-session.
    pub(super) profiles: BTreeMap<&'a str, Vec<&'a str>>,
}

impl StatusReport<'_> {
    /// All configured sessions, and every other token in the cache. Warns about sessions with an invalid configuration.
    pub(super) fn all(&self, configured: Vec<Result<Session, Error>>) -> Vec<SessionStatus> {
        let mut all: Vec<SessionStatus> = Vec::with_capacity(configured.len());
        let mut legacy: BTreeMap<String, usize> = BTreeMap::new();
        for settings in configured {
            match settings {
                Ok(session) if session.name.is_some() => all.push(self.of_session(&session)),
                // Legacy profiles with the same start URL share a token.
                Ok(session) => {
                    let index = *legacy.entry(session.start_url.value.clone()).or_insert(all.len());
                    if index == all.len() {
                        all.push(self.of_session(&session));
                    } else {
                        all[index].profiles.push(session.profile);
                    }
                }
                Err(error) => self.context.warn(error.with_advice()),
            }
        }
        let known: Vec<&Path> = all.iter().map(|status| status.path.as_path()).collect();
        let others = self.cache.tokens_besides(&known);
        all.extend(others.into_iter().map(|(path, loaded)| self.of_file(path, loaded)));
        all
    }

    /// The status of a configured session.
    pub(super) fn of_session(&self, session: &Session) -> SessionStatus {
        let now = self.context.now();
        let found = session::look(session, self.cache, self.min_ttl, self.context);
        let mut status = SessionStatus {
            profiles: match &session.name {
                Some(name) => self.profiles.get(&**name).into_iter().flatten().map(ToString::to_string).collect(),
                None if matches!(session.start_url.origin, Origin::File(_)) => vec![session.profile.clone()],
                None => Vec::new(),
            },
            session: session.name.clone(),
            start_url: Some(session.start_url.value.clone()),
            region: Some(session.region.value.clone()),
            scopes: session.scopes.clone(),
            remedy: Some(session.login_command()),
            is_reachable: true,
            path: self.cache.token_path(&session.token_key()),
            ..SessionStatus::default()
        };
        match found {
            Ok(Found::Fresh(Usable { token, .. }) | Found::Stale(token, _)) => {
                status.set_token(token, self.min_ttl, now);
            }
            Err(NoToken::LoginNeeded(why)) => status.need_login(&why),
            Err(NoToken::Unavailable(error) | NoToken::Failed(error)) => {
                // A login fails for the same reason.
                status.state = State::Damaged;
                status.remedy = None;
                status.reason = Some(error.with_advice());
            }
        }
        status
    }

    /// The status of a token without configuration.
    fn of_file(&self, path: PathBuf, loaded: Loaded<CachedToken>) -> SessionStatus {
        let mut status = SessionStatus { path, ..SessionStatus::default() };
        match loaded {
            Loaded::Present(token, _) => {
                status.start_url.clone_from(&token.start_url);
                status.region.clone_from(&token.region);
                let key = token.start_url.as_deref().map(TokenKey::of_start_url);
                status.is_reachable = key.is_some_and(|key| self.cache.token_path(&key) == status.path);
                status.set_token(token, self.min_ttl, self.context.now());
            }
            Loaded::Damaged(damage) => status.need_login(&LoginNeeded::Damaged(damage)),
            Loaded::Absent => {}
        }
        status
    }
}
