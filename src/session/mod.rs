//! A usable token without a browser: the cached one, or a refreshed one.
//!
//! This module decides when a token is refreshed: with less than 15 minutes left, or less than the caller needs. One
//! process at a time refreshes it, in `refresh`, under the lock beside the token; the others use its result. A failed
//! refresh leaves the cached token unchanged, and a token that is still valid is used anyway, with a warning. A browser
//! login is in `login`.

mod clock;
mod mismatch;
mod refresh;
mod rejected;
mod role;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use crate::cache::{CachedToken, Loaded, RegistrationKey, TokenCache, TokenKey};
use crate::config::Session;
use crate::context::{Context, Timestamp};
use crate::error::{Error, Kind};
use crate::secret::Secret;
use crate::services::Services;

pub use clock::{clock_warning, duration};
pub use mismatch::Mismatch;
pub use rejected::{is_rejected, record_rejected};
pub use role::{Role, RoleCredentials, forget_roles, still_expired};

/// Below this much life a token is refreshed if possible: botocore's advisory window, so that we and the AWS CLI agree.
pub const REFRESH_BELOW: Duration = Duration::from_mins(15);

/// A usable token.
#[derive(Debug)]
pub struct Usable {
    /// The token, with life left.
    pub token: CachedToken,
    /// Whether it was refreshed just now, by this process or by the one it waited for.
    pub refreshed: bool,
    /// Warnings for the user, a line each.
    pub warnings: Vec<String>,
    /// Why the refreshed token is not in the cache, which is also one of the warnings.
    pub not_stored: Option<Error>,
}

impl Usable {
    fn cached(token: CachedToken) -> Self {
        Self { token, refreshed: false, warnings: Vec::new(), not_stored: None }
    }
}

/// What the cache alone gives.
#[derive(Debug)]
pub enum Found {
    /// A token that needs no refresh.
    Fresh(Usable),
    /// A token of the session that expires soon or has expired, and warnings about its file.
    Stale(CachedToken, Vec<String>),
}

/// Why there is no usable token.
#[derive(Debug)]
pub enum NoToken {
    /// A login is needed.
    LoginNeeded(LoginNeeded),
    /// The service is failing or throttling requests; the token may still be valid.
    Unavailable(Error),
    /// Anything else: the cache, the transport, a response that cannot be used.
    Failed(Error),
}

/// Why a login is needed.
#[derive(Debug)]
pub enum LoginNeeded {
    /// No token is cached.
    Absent,
    /// The token's file cannot be used.
    Damaged(String),
    /// The token was issued for another configuration.
    Mismatch(Mismatch),
    /// The token, which has this many seconds left, cannot be refreshed, and expires too soon or has expired.
    Expired(i64),
    /// The refreshed token, which has this many seconds left, has less life than needed.
    TooShort(i64),
    /// The user signed out while the token was being refreshed.
    SignedOut,
    /// The service refused to refresh the token: its error.
    Refused(String),
    /// The same, because it does not accept the client, which must be registered again.
    ClientRefused(String),
    /// The access portal does not accept the token any more.
    Unauthorized,
    /// Another process reported it: its message.
    Reported(String),
}

impl Session {
    /// Names the token's file.
    pub fn token_key(&self) -> TokenKey {
        TokenKey::new(self.name.as_deref(), &self.start_url.value)
    }

    /// Names the file of the client's registration.
    pub fn registration_key(&self) -> RegistrationKey {
        let (name, start_url) = (self.name.as_deref(), &self.start_url.value);
        RegistrationKey::new(&self.region.value, self.scopes.as_deref(), name, start_url)
    }

    /// The error of a command that needs a login first.
    pub fn login_needed(&self, why: &impl fmt::Display) -> Error {
        Error::new(Kind::LoginNeeded, format!("not signed in to {}: {why}", self.label()))
            .hint(format!("run: {}", self.login_command()))
    }
}

/// Looks for the token without any request.
pub fn look(session: &Session, cache: &TokenCache, min_ttl: Duration, context: &Context) -> Result<Found, NoToken> {
    let (token, warning) = match cache.token(&session.token_key())? {
        Loaded::Absent => return Err(LoginNeeded::Absent.into()),
        Loaded::Damaged(damage) => return Err(LoginNeeded::Damaged(damage).into()),
        Loaded::Present(token, warning) => (token, warning),
    };
    if let Some(mismatch) = mismatch::find(&token, session, cache) {
        return Err(LoginNeeded::Mismatch(mismatch).into());
    }
    let warnings = Vec::from_iter(warning);
    let now = context.now();
    Ok(if token.expires_at - now > REFRESH_BELOW && token.lasts(min_ttl, now) {
        Found::Fresh(Usable { warnings, ..Usable::cached(token) })
    } else {
        Found::Stale(token, warnings)
    })
}

/// The session whose token is needed, and what it takes to refresh it.
#[derive(Clone, Copy)]
pub struct TokenRequest<'a> {
    /// The session.
    pub session: &'a Session,
    /// The services.
    pub services: &'a Services,
    /// The token cache.
    pub cache: &'a TokenCache,
    /// The environment.
    pub context: &'a Context,
    /// How long the token must last.
    pub min_ttl: Duration,
    /// Whether a failure of the last 30 seconds is reported again without a new request.
    pub throttled: bool,
    /// An access token that the access portal rejects, whatever its expiry.
    pub rejected: Option<&'a Secret>,
}

impl TokenRequest<'_> {
    /// Gets a usable token, refreshing it if need be.
    pub async fn obtain(&self) -> Result<Usable, NoToken> {
        let Self { session, cache, min_ttl, context, .. } = *self;
        let (token, warnings) = match look(session, cache, min_ttl, context)? {
            Found::Fresh(usable) => return Ok(usable),
            Found::Stale(token, warnings) => (token, warnings),
        };
        let lasts = |token: &CachedToken| token.lasts(min_ttl, context.now());
        let mut usable = if token.refreshable(context.now()).is_some() {
            match self.refresh(&token).await {
                Ok(usable) => usable,
                Err(error) => match cache.token(&session.token_key()) {
                    Ok(Loaded::Absent) => return Err(LoginNeeded::SignedOut.into()),
                    // A later login, to something else or already over.
                    Ok(Loaded::Present(later, _)) if later.access_token != token.access_token => return Err(error),
                    _ if lasts(&token) => use_despite_failed_refresh(token, context.now(), &error),
                    _ => return Err(error),
                },
            }
        } else if lasts(&token) {
            Usable::cached(token)
        } else {
            return Err(LoginNeeded::Expired(token.seconds_left(context.now())).into());
        };
        if !lasts(&usable.token) {
            return Err(LoginNeeded::TooShort(usable.token.seconds_left(context.now())).into());
        }
        usable.warnings.splice(0..0, warnings);
        Ok(usable)
    }
}

fn use_despite_failed_refresh(token: CachedToken, now: Timestamp, error: &NoToken) -> Usable {
    let minutes = (token.seconds_left(now) + 59) / 60;
    let warning = format!("the token could not be refreshed and expires in {minutes} min: {error}");
    Usable { warnings: vec![warning], ..Usable::cached(token) }
}

impl NoToken {
    /// The same as an error of the command; a needed login comes with the command to run.
    pub fn into_error(self, session: &Session) -> Error {
        match self {
            Self::LoginNeeded(why) => session.login_needed(&why),
            Self::Unavailable(error) | Self::Failed(error) => error,
        }
    }

    /// The error that another process left in the lock.
    fn reported(kind: Kind, message: String) -> Self {
        match kind {
            Kind::LoginNeeded => LoginNeeded::Reported(message).into(),
            kind => Self::Failed(Error::new(kind, message)),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::LoginNeeded(_) => Kind::LoginNeeded,
            Self::Unavailable(error) | Self::Failed(error) => error.kind(),
        }
    }
}

impl fmt::Display for NoToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoginNeeded(why) => why.fmt(f),
            Self::Unavailable(error) | Self::Failed(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for LoginNeeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("no cached token"),
            Self::Damaged(damage) => write!(f, "the cached token is damaged: {damage}"),
            Self::Mismatch(mismatch) => mismatch.fmt(f),
            Self::Expired(left @ ..=0) => {
                write!(f, "the token expired {} ago and cannot be refreshed", duration(left.saturating_neg()))
            }
            Self::Expired(left) => write!(f, "the token expires in only {} and cannot be refreshed", duration(*left)),
            Self::TooShort(left) => write!(f, "even a refreshed token expires too soon, in {}", duration(*left)),
            Self::SignedOut => f.write_str("signed out while the token was being refreshed"),
            Self::Refused(error) | Self::ClientRefused(error) => {
                write!(f, "the service refused to refresh the token: {error}")
            }
            Self::Unauthorized => f.write_str("the access portal no longer accepts the token"),
            Self::Reported(words) => f.write_str(words),
        }
    }
}

impl From<LoginNeeded> for NoToken {
    fn from(why: LoginNeeded) -> Self {
        Self::LoginNeeded(why)
    }
}

impl From<Error> for NoToken {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}
