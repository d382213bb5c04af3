//! A usable token without asking a person: the valid one, or a refreshed one.
//!
//! When a token is refreshed is decided here and nowhere else: below 15 minutes of life, or below what the caller needs.
//! One process at a time does it, under the lock beside the token; the others take its result. A failed refresh changes
//! no byte on disk, and a token with life left is used all the same, with a warning. How a person is asked is in `login`.
//! Credentials of roles are in `role`. Imports `oidc`, `portal`, `cache`, `context`, `secret`, `http`, `endpoint`.

mod clock;
mod fit;
mod refresh;
mod role;
#[cfg(test)]
mod tests;
mod turn;

use std::fmt;
use std::time::Duration;

use crate::cache::{CachedToken, Loaded, RegistrationKey, TokenCache, TokenKey};
use crate::context::{Context, Timestamp};
use crate::error::Error;
use crate::http;
use crate::oidc::{Failure, OidcClient};

pub use clock::{clock_warning, duration};
pub use fit::Misfit;
pub use refresh::Answered;
pub use role::{Caches, Role, RoleCredentials, RoleError, Services};
pub use turn::{Busy, Turn, Waited, turn};

/// Below this much life a token is refreshed if it can be: botocore's advisory window, so that we and the AWS CLI agree.
pub const REFRESH_BELOW: Duration = Duration::from_mins(15);

/// What a token must be for, and where it is.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The sso-session's name; absent for a legacy profile.
    pub session_name: Option<String>,
    /// The start URL exactly as configured.
    pub start_url: String,
    /// The region of the Identity Center instance.
    pub region: String,
    /// The configured scopes; absent when the key is.
    pub scopes: Option<Vec<String>>,
    /// The least life the caller needs; zero is any.
    pub min_ttl: Duration,
    /// The command that signs in to this, for a person to run.
    pub remedy: String,
    /// Where the token is.
    pub token_key: TokenKey,
}

impl Wanted {
    /// Where the client's registration is.
    pub fn registration_key(&self) -> RegistrationKey {
        RegistrationKey::new(&self.region, self.scopes.as_deref(), self.session_name.as_deref(), &self.start_url)
    }

    /// The session for people: its name, or the start URL of a legacy profile.
    pub fn label(&self) -> &str {
        self.session_name.as_deref().unwrap_or(&self.start_url)
    }

    /// The error that says so.
    pub fn login_needed(&self, why: LoginNeeded) -> SessionError {
        SessionError::LoginNeeded { label: self.label().to_owned(), remedy: self.remedy.clone(), why: Box::new(why) }
    }

    /// Whether the token has life left, and as much as is needed.
    pub fn lasts(&self, token: &CachedToken, now: Timestamp) -> bool {
        token.expires_at > now && token.expires_at - now >= self.min_ttl
    }

    /// Long enough that nobody would refresh it.
    fn is_fresh(&self, token: &CachedToken, now: Timestamp) -> bool {
        token.expires_at - now > REFRESH_BELOW && self.lasts(token, now)
    }
}

/// A usable token.
#[derive(Debug)]
pub struct Usable {
    /// The token, with life left.
    pub token: CachedToken,
    /// Whether it was refreshed just now, by us or by the process we waited for.
    pub refreshed: bool,
    /// What a person should know, a line each.
    pub warnings: Vec<String>,
}

/// Why there is no usable token without a person.
#[derive(Debug)]
pub enum LoginNeeded {
    /// No token is cached.
    Absent,
    /// The file cannot be used.
    Damaged(String),
    /// It was made for something else than what is configured now.
    Misfit(Misfit),
    /// It ended, or ends too soon, and cannot be refreshed.
    Ended {
        /// When.
        expires_at: Timestamp,
        /// Whether it has ended already.
        expired: bool,
    },
    /// The service gives no more life than that without a person.
    TooShort {
        /// When the refreshed token ends.
        expires_at: Timestamp,
    },
    /// The service refused to refresh it.
    Refused(Answered),
    /// The access portal does not accept it any more.
    Unauthorized,
    /// What another process was told, in its words.
    Said(String),
}

/// No usable token.
#[derive(Debug)]
pub enum SessionError {
    /// A person must sign in.
    LoginNeeded {
        /// Which session.
        label: String,
        /// The command that signs in.
        remedy: String,
        /// Why.
        why: Box<LoginNeeded>,
    },
    /// The service answered a refresh with an error that is not about the token.
    Answered(Answered),
    /// The service could not be reached, or made no sense.
    Oidc(Box<Failure>),
    /// The service's address cannot be told.
    Endpoint(Error),
    /// The process that refreshes could not reach the service, in its words.
    Shared(String),
    /// The cache cannot be used.
    Cache(Error),
    /// Another process holds the lock for too long.
    Busy {
        /// Which process, if it said so.
        pid: Option<u32>,
    },
}

/// What the cache alone can say.
#[derive(Debug)]
pub enum Found {
    /// A token that nobody would refresh.
    Fresh(Usable),
    /// A token of the wanted session that ends soon or has ended, and what a person should know about its file.
    Stale(CachedToken, Vec<String>),
}

/// Looks for the token without any request.
pub fn look(wanted: &Wanted, cache: &TokenCache, context: &Context) -> Result<Found, SessionError> {
    let needed = |why| wanted.login_needed(why);
    let (token, warning) = match cache.token(&wanted.token_key).map_err(SessionError::Cache)? {
        Loaded::Absent => return Err(needed(LoginNeeded::Absent)),
        Loaded::Damaged(damage) => return Err(needed(LoginNeeded::Damaged(damage))),
        Loaded::Present(token, warning) => (token, warning),
    };
    if let Some(misfit) = fit::misfit(&token, wanted, cache) {
        return Err(needed(LoginNeeded::Misfit(misfit)));
    }
    let warnings = Vec::from_iter(warning);
    Ok(if wanted.is_fresh(&token, context.now()) {
        Found::Fresh(Usable { token, refreshed: false, warnings })
    } else {
        Found::Stale(token, warnings)
    })
}

/// Finds a usable token, refreshing it if need be. `client` makes the client when a request is needed.
///
/// `throttled` reports a refusal of the last 30 seconds instead of asking again.
pub async fn obtain<'c>(
    wanted: &Wanted,
    cache: &TokenCache,
    context: &Context,
    throttled: bool,
    client: &(dyn Fn() -> Result<OidcClient, Error> + 'c),
) -> Result<Usable, SessionError> {
    let (token, warnings) = match look(wanted, cache, context)? {
        Found::Fresh(usable) => return Ok(usable),
        Found::Stale(token, warnings) => (token, warnings),
    };
    let refresh = refresh::Refresh { wanted, cache, context, throttled, client };
    let mut usable = if token.refreshable(context.now()).is_some() {
        match refresh.under_lock(&token).await {
            Ok(usable) => usable,
            Err(error) => spare(wanted, token, context.now(), error)?,
        }
    } else if wanted.lasts(&token, context.now()) {
        Usable { token, refreshed: false, warnings: Vec::new() }
    } else {
        let expired = token.expires_at <= context.now();
        return Err(wanted.login_needed(LoginNeeded::Ended { expires_at: token.expires_at, expired }));
    };
    if !wanted.lasts(&usable.token, context.now()) {
        return Err(wanted.login_needed(LoginNeeded::TooShort { expires_at: usable.token.expires_at }));
    }
    usable.warnings.splice(0..0, warnings);
    Ok(usable)
}

/// A token with life left is used when refreshing fails; below what is needed, failure is failure.
fn spare(wanted: &Wanted, token: CachedToken, now: Timestamp, error: SessionError) -> Result<Usable, SessionError> {
    if !wanted.lasts(&token, now) {
        return Err(error);
    }
    let minutes = (token.seconds_left(now) + 59) / 60;
    let warning = format!("the token could not be refreshed and ends in {minutes} min: {error}");
    Ok(Usable { token, refreshed: false, warnings: vec![warning] })
}

impl fmt::Display for LoginNeeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("nobody has signed in yet"),
            Self::Damaged(damage) => write!(f, "the cached token is damaged: {}", damage),
            Self::Misfit(misfit) => misfit.fmt(f),
            Self::Ended { expires_at, expired } => {
                let at = crate::cache::timestamp::format(*expires_at);
                let ended = if *expired { "expired at" } else { "ends too soon, at" };
                write!(f, "the token {ended} {at} and cannot be refreshed")
            }
            Self::TooShort { expires_at } => {
                write!(f, "even a refreshed token ends too soon, at {}", crate::cache::timestamp::format(*expires_at))
            }
            Self::Unauthorized => f.write_str("the access portal does not accept the token any more"),
            Self::Said(words) => f.write_str(words),
            Self::Refused(answered) => write!(f, "the service refused to refresh the token: {answered}"),
        }
    }
}

impl SessionError {
    /// What to do about it, as a sentence.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::LoginNeeded { remedy, .. } => Some(format!("run: {remedy}")),
            Self::Oidc(error) => error.hint(),
            Self::Cache(error) => error.advice().map(str::to_owned),
            Self::Answered(answered) => http::retry_hint(answered.status, answered.retry_after),
            Self::Endpoint(_) | Self::Shared(_) | Self::Busy { .. } => None,
        }
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoginNeeded { label, why, .. } => write!(f, "a login to {label} is needed: {why}"),
            Self::Answered(answered) => write!(f, "cannot refresh the token: {answered}"),
            Self::Oidc(error) => error.fmt(f),
            Self::Endpoint(error) => error.fmt(f),
            Self::Shared(words) => f.write_str(words),
            Self::Cache(error) => error.fmt(f),
            Self::Busy { pid } => {
                f.write_str("another process has been refreshing the token for 30 s")?;
                pid.map_or(Ok(()), |pid| write!(f, " (pid {pid})"))
            }
        }
    }
}

impl std::error::Error for SessionError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Cache(error) => Some(error),
            Self::Endpoint(error) => Some(error),
            _ => None,
        }
    }
}
