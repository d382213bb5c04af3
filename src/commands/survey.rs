//! What the config file and the cache say about every session, without a request.
//!
//! Sessions and legacy profiles of the config file come first, in its order, then the tokens in the cache that belong to
//! none of them: signed in without configuration, or written by another tool. How a token is judged is in `session`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::wanted;
use crate::cache::{CachedToken, Loaded, TokenCache, TokenKey};
use crate::config::{ConfigError, SsoSettings};
use crate::context::Context;
use crate::context::Timestamp;
use crate::secret::Secret;
use crate::session::{self, Found, LoginNeeded, SessionError, Wanted};

/// How a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Its token has life left, and as much as was asked for.
    Valid,
    /// It has not, but can be refreshed without a person.
    Refreshable,
    /// A person must sign in.
    LoginNeeded,
    /// Its file cannot be used.
    Damaged,
}

impl State {
    /// The word for it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Refreshable => "refreshable",
            Self::LoginNeeded => "login needed",
            Self::Damaged => "damaged",
        }
    }
}

/// A session as it was found.
#[derive(Debug)]
pub(super) struct Seen {
    /// The sso-session's name; absent for a legacy profile and for a token without configuration.
    pub(super) session: Option<String>,
    /// The profiles that lead to it.
    pub(super) profiles: Vec<String>,
    pub(super) start_url: Option<String>,
    pub(super) region: Option<String>,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) state: State,
    pub(super) is_refreshable: bool,
    pub(super) expires_at: Option<Timestamp>,
    /// As it stands in the file.
    pub(super) registration_expires_at: Option<String>,
    /// The token's file, whether it exists or not.
    pub(super) path: PathBuf,
    /// Why it cannot be used.
    pub(super) why: Option<String>,
    /// The command that signs in, needed or not.
    remedy: Option<String>,
    /// Whether a command of ours, or an SDK, finds it: by its name, or by its start URL.
    pub(super) is_reachable: bool,
    pub(super) access_token: Option<Secret>,
}

impl Seen {
    /// For people.
    pub(super) fn label(&self) -> String {
        let of_profile = || self.profiles.first().map(|name| format!("profile {name}"));
        let file = || self.path.file_name().map(|name| name.to_string_lossy().into_owned());
        let unnamed = || self.start_url.clone().or_else(file);
        self.session.clone().or_else(of_profile).or_else(unnamed).unwrap_or_default()
    }

    /// The command that signs in, where that is needed.
    pub(super) fn remedy(&self) -> Option<&str> {
        self.remedy.as_deref().filter(|_| matches!(self.state, State::LoginNeeded | State::Damaged))
    }

    /// Turns out to be of no use.
    pub(super) fn need_login(&mut self, why: &LoginNeeded) {
        let is_damaged = matches!(why, LoginNeeded::Damaged(_));
        self.state = if is_damaged { State::Damaged } else { State::LoginNeeded };
        self.why = Some(why.to_string());
    }

    fn take(&mut self, token: CachedToken, now: Timestamp, lasts: bool) {
        self.is_refreshable = token.refreshable(now).is_some();
        self.state = match (lasts, self.is_refreshable) {
            (true, _) => State::Valid,
            (false, true) => State::Refreshable,
            (false, false) => State::LoginNeeded,
        };
        if self.state == State::LoginNeeded {
            let expired = token.expires_at <= now;
            self.need_login(&LoginNeeded::Ended { expires_at: token.expires_at, expired });
        }
        self.expires_at = Some(token.expires_at);
        self.registration_expires_at = token.registration_expires_at;
        self.access_token = Some(token.access_token);
    }
}

/// Where to look, and what is asked of a token.
pub(super) struct Survey<'a> {
    pub(super) cache: &'a TokenCache,
    pub(super) context: &'a Context,
    pub(super) min_ttl: Duration,
    /// The profiles of each sso-session.
    pub(super) profiles: BTreeMap<&'a str, Vec<&'a str>>,
}

impl Survey<'_> {
    /// Everything that is configured, and every other token in the cache. What is configured badly is said.
    pub(super) fn of_all(&self, configured: Vec<Result<SsoSettings, ConfigError>>) -> Vec<Seen> {
        let mut all: Vec<Seen> = Vec::with_capacity(configured.len());
        let mut legacy: BTreeMap<String, usize> = BTreeMap::new();
        for settings in configured {
            match settings {
                Ok(settings) => {
                    let is_legacy = settings.session_name.is_none();
                    // Legacy profiles of one start URL share a token.
                    let same = legacy.get(&settings.start_url).filter(|_| is_legacy);
                    if let Some(seen) = same.and_then(|place| all.get_mut(*place)) {
                        seen.profiles.push(settings.profile_name);
                        continue;
                    }
                    all.push(self.of_session(&settings));
                    if is_legacy {
                        legacy.insert(settings.start_url, all.len() - 1);
                    }
                }
                Err(error) => {
                    let detail = error.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
                    self.context.say(&format!("WARNING: {error}{detail}"));
                }
            }
        }
        let known: Vec<&Path> = all.iter().map(|seen| seen.path.as_path()).collect();
        let others = self.cache.tokens_besides(&known);
        all.extend(others.into_iter().map(|(path, loaded)| self.of_file(path, loaded)));
        all
    }

    /// One that is configured.
    pub(super) fn of_session(&self, settings: &SsoSettings) -> Seen {
        let wanted = Wanted { min_ttl: self.min_ttl, ..wanted::of(settings) };
        let now = self.context.now();
        let found = session::look(&wanted, self.cache, self.context).map(|found| match found {
            Found::Fresh(usable) => (usable.token, true),
            Found::Stale(token, _) => {
                let lasts = wanted.lasts(&token, now);
                (token, lasts)
            }
        });
        let mut seen = Seen {
            profiles: match &settings.session_name {
                Some(name) => self.profiles.get(&**name).into_iter().flatten().map(ToString::to_string).collect(),
                None => vec![settings.profile_name.clone()],
            },
            session: wanted.session_name,
            start_url: Some(wanted.start_url),
            region: Some(wanted.region),
            scopes: wanted.scopes,
            remedy: Some(wanted.remedy),
            is_reachable: true,
            ..blank(self.cache.token_path(&wanted.token_key))
        };
        match found {
            Ok((token, lasts)) => seen.take(token, now, lasts),
            Err(SessionError::LoginNeeded { why, .. }) => seen.need_login(&why),
            Err(error) => {
                seen.state = State::Damaged;
                seen.why = Some(error.to_string());
            }
        }
        seen
    }

    /// A token that nothing is configured for.
    fn of_file(&self, path: PathBuf, loaded: Loaded<CachedToken>) -> Seen {
        let mut seen = blank(path);
        match loaded {
            Loaded::Present(token, _) => {
                seen.start_url.clone_from(&token.start_url);
                seen.region.clone_from(&token.region);
                let key = token.start_url.as_deref().map(TokenKey::of_start_url);
                seen.is_reachable = key.is_some_and(|key| self.cache.token_path(&key) == seen.path);
                let now = self.context.now();
                let left = Duration::try_from(token.expires_at - now).ok();
                let lasts = left.is_some_and(|left| !left.is_zero() && left >= self.min_ttl);
                seen.take(token, now, lasts);
            }
            Loaded::Damaged(damage) => seen.need_login(&LoginNeeded::Damaged(damage)),
            Loaded::Absent => {}
        }
        seen
    }
}

fn blank(path: PathBuf) -> Seen {
    Seen {
        session: None,
        profiles: Vec::new(),
        start_url: None,
        region: None,
        scopes: None,
        state: State::LoginNeeded,
        is_refreshable: false,
        expires_at: None,
        registration_expires_at: None,
        path,
        why: None,
        remedy: None,
        is_reachable: false,
        access_token: None,
    }
}
