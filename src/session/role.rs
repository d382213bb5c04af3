//! Credentials of a role through a session: those in the cache, else from the access portal (`GetRoleCredentials`).
//!
//! As botocore does: with 15 minutes left or less they are asked for again. One process at a time asks, under a lock beside
//! the file; the others take what it got, or hear why it got nothing. Credentials with life left serve while the portal or
//! the service is in trouble or a login is needed, but not when the portal refuses the role. Imports `cache`, `context`,
//! `portal`, `endpoint`.

use std::fmt;
use std::time::Duration;

use aws_credential_types::Credentials;

use super::turn::{Busy, Turn, Waited, turn};
use super::{LoginNeeded, SessionError, Wanted, look, obtain};
use crate::cache::{CachedCredentials, CredentialCache, CredentialKey, Loaded, LockRecord, TokenCache};
use crate::context::{Context, Timestamp};
use crate::error::Error;
use crate::oidc::{Failure, OidcClient};
use crate::portal::PortalClient;

/// botocore's expiry window: credentials are used again with more life than this.
const REUSED_ABOVE: Duration = Duration::from_mins(15);

/// A role in an account, and the session that leads to it.
#[derive(Debug, Clone, Copy)]
pub struct Role<'a> {
    /// The session.
    pub wanted: &'a Wanted,
    /// The account's number.
    pub account_id: &'a str,
    /// The name of the role (permission set).
    pub role_name: &'a str,
}

/// Makes the clients, when a request is needed.
#[derive(Clone, Copy)]
pub struct Services<'a> {
    /// For refreshing the token.
    pub oidc: &'a dyn Fn() -> Result<OidcClient, Error>,
    /// For the credentials.
    pub portal: &'a dyn Fn() -> Result<PortalClient, Error>,
}

/// Both caches.
#[derive(Debug, Clone, Copy)]
pub struct Caches<'a> {
    /// `~/.aws/sso/cache`
    pub tokens: &'a TokenCache,
    /// `~/.aws/cli/cache`
    pub credentials: &'a CredentialCache,
}

/// Credentials of a role, with their expiry and account.
#[derive(Debug)]
pub struct RoleCredentials {
    /// The keys.
    pub credentials: Credentials,
    /// What a person should know, a line each.
    pub warnings: Vec<String>,
}

/// No credentials of a role.
#[derive(Debug)]
pub enum RoleError {
    /// There is no usable token.
    Session(SessionError),
    /// The portal answered with an error, made no sense or could not be reached.
    Portal(Box<Failure>),
    /// The portal's address cannot be told.
    Endpoint(Error),
    /// The cache cannot be used.
    Cache(Error),
    /// What the process that we waited for was told, in its words.
    Shared {
        /// Whether a service said so; else none could be reached.
        answered: bool,
        /// Its words.
        words: String,
    },
    /// Another process holds the lock for too long.
    Busy {
        /// Which process, if it said so.
        pid: Option<u32>,
    },
}

impl Role<'_> {
    /// Where the credentials are.
    pub fn key(&self) -> CredentialKey {
        let Wanted { session_name, start_url, .. } = self.wanted;
        CredentialKey::of_sso(self.account_id, self.role_name, session_name.as_deref(), start_url)
    }

    /// Those in the cache, if they last.
    pub fn look(&self, cache: &CredentialCache, context: &Context) -> Result<Option<RoleCredentials>, RoleError> {
        let found = self.present(cache, context.now())?;
        Ok(found.filter(|(_, left)| *left > REUSED_ABOVE).map(|(found, _)| found))
    }

    /// Those in the cache if they last, else new ones.
    pub async fn obtain(
        &self,
        caches: Caches<'_>,
        context: &Context,
        services: Services<'_>,
    ) -> Result<RoleCredentials, RoleError> {
        if let Some(found) = self.look(caches.credentials, context)? {
            return Ok(found);
        }
        if let Err(error) = look(self.wanted, caches.tokens, context) {
            return self.spare(caches.credentials, context.now(), RoleError::Session(error));
        }
        let lock = caches.credentials.lock(&self.key());
        let outcome = match turn(&lock, context, || self.look(caches.credentials, context).ok().flatten()).await {
            Ok(Waited::Found(found)) => return Ok(found),
            Ok(Waited::Turn(turn)) => self.in_turn(turn, caches, context, services).await,
            Err(Busy(pid)) => Err(RoleError::Busy { pid }),
        };
        match outcome {
            Err(error) if error.is_passing() => self.spare(caches.credentials, context.now(), error),
            outcome => outcome,
        }
    }

    async fn in_turn(
        &self,
        mut turn: Turn<'_>,
        caches: Caches<'_>,
        context: &Context,
        services: Services<'_>,
    ) -> Result<RoleCredentials, RoleError> {
        if let Some(last) = turn.last().filter(|last| turn.waited_for(last))
            && let Some(error) = self.shared(&last)
        {
            return Err(error);
        }
        turn.begin();
        let outcome = self.request(caches, context, services).await;
        turn.end(&outcome_line(&outcome));
        outcome
    }

    async fn request(
        &self,
        caches: Caches<'_>,
        context: &Context,
        services: Services<'_>,
    ) -> Result<RoleCredentials, RoleError> {
        let usable = obtain(self.wanted, caches.tokens, context, true, services.oidc).await;
        let usable = usable.map_err(RoleError::Session)?;
        let portal = (services.portal)().map_err(RoleError::Endpoint)?;
        let answer = portal.role_credentials(&usable.token.access_token, self.account_id, self.role_name).await;
        let credentials = answer.map_err(|error| self.failure(error))?;
        let mut warnings = usable.warnings;
        if let Some(ends) = credentials.expiry() {
            let document = CachedCredentials { credentials: credentials.clone(), expires_at: ends.into() };
            if let Err(error) = caches.credentials.store_sso(&self.key(), &document) {
                warnings.push(format!("the role credentials could not be stored: {error}"));
            }
        }
        Ok(RoleCredentials { credentials, warnings })
    }

    fn failure(&self, error: Failure) -> RoleError {
        if error.is_unauthorized() {
            return RoleError::Session(self.wanted.login_needed(LoginNeeded::Unauthorized));
        }
        RoleError::Portal(Box::new(error))
    }

    /// What is in the cache, and how long it lasts; what has ended is nothing.
    fn present(
        &self,
        cache: &CredentialCache,
        now: Timestamp,
    ) -> Result<Option<(RoleCredentials, Duration)>, RoleError> {
        let Loaded::Present(cached, warning) = cache.load(&self.key()).map_err(RoleError::Cache)? else {
            return Ok(None);
        };
        let left = Duration::try_from(cached.expires_at - now).ok().filter(|left| !left.is_zero());
        let found = RoleCredentials { credentials: cached.credentials, warnings: Vec::from_iter(warning) };
        Ok(left.map(|left| (found, left)))
    }

    fn spare(&self, cache: &CredentialCache, now: Timestamp, error: RoleError) -> Result<RoleCredentials, RoleError> {
        let Ok(Some((mut found, left))) = self.present(cache, now) else { return Err(error) };
        let minutes = left.as_secs().div_ceil(60);
        found.warnings.push(format!("the role credentials could not be renewed and end in {minutes} min: {error}"));
        Ok(found)
    }

    /// The failure that the lock file tells of.
    fn shared(&self, last: &LockRecord) -> Option<RoleError> {
        let (word, words) = last.outcome.as_deref()?.split_once(' ')?;
        let words = words.to_owned();
        match word {
            "login" => Some(RoleError::Session(self.wanted.login_needed(LoginNeeded::Said(words)))),
            "answered" => Some(RoleError::Shared { answered: true, words }),
            "failed" => Some(RoleError::Shared { answered: false, words }),
            _ => None,
        }
    }
}

/// The outcome for the lock file: one line, no secret.
fn outcome_line(outcome: &Result<RoleCredentials, RoleError>) -> String {
    match outcome {
        Ok(_) => "obtained".to_owned(),
        Err(RoleError::Session(SessionError::LoginNeeded { why, .. })) => format!("login {why}"),
        Err(error) if error.is_answer() => format!("answered {error}"),
        Err(error) => format!("failed {error}"),
    }
}

impl RoleError {
    /// Whether a service said so.
    pub fn is_answer(&self) -> bool {
        match self {
            Self::Session(error) => match error {
                SessionError::Answered(_) => true,
                SessionError::Oidc(error) => matches!(**error, crate::oidc::Failure::Fault(_)),
                _ => false,
            },
            Self::Portal(error) => matches!(**error, Failure::Fault(_)),
            Self::Shared { answered, .. } => *answered,
            Self::Endpoint(_) | Self::Cache(_) | Self::Busy { .. } => false,
        }
    }

    /// Whether it says nothing against the role: credentials that have life left may be used on.
    fn is_passing(&self) -> bool {
        match self {
            Self::Session(_) | Self::Busy { .. } => true,
            Self::Portal(error) => match **error {
                Failure::Fault(ref fault) => fault.status == 429 || fault.status >= 500,
                Failure::Transport(_) | Failure::NotJson(_) | Failure::Malformed(_) => true,
            },
            Self::Shared { answered, .. } => !answered,
            Self::Endpoint(_) | Self::Cache(_) => false,
        }
    }

    /// What to do about it, as a sentence.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Session(error) => error.hint(),
            Self::Portal(error) => match &**error {
                Failure::Fault(fault) if fault.status == 403 => {
                    Some("check sso_account_id and sso_role_name: the portal shows what you are assigned to".to_owned())
                }
                error => error.hint(),
            },
            Self::Cache(error) => error.advice().map(str::to_owned),
            Self::Endpoint(_) | Self::Shared { .. } | Self::Busy { .. } => None,
        }
    }
}

impl fmt::Display for RoleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session(error) => error.fmt(f),
            Self::Portal(error) => error.fmt(f),
            Self::Endpoint(error) => error.fmt(f),
            Self::Cache(error) => error.fmt(f),
            Self::Shared { words, .. } => f.write_str(words),
            Self::Busy { pid } => {
                f.write_str("another process has been asking for these role credentials for 30 s")?;
                pid.map_or(Ok(()), |pid| write!(f, " (pid {pid})"))
            }
        }
    }
}

impl std::error::Error for RoleError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Session(error) => Some(error),
            Self::Endpoint(error) => Some(error),
            Self::Cache(error) => Some(error),
            Self::Portal(_) | Self::Shared { .. } | Self::Busy { .. } => None,
        }
    }
}
