//! Why a login failed, in words for a person; which exit code that is, is decided in `error`.
//!
//! Where the AWS CLI has words for the same failure they are used, because wrappers look for them; what to do about it is
//! in `hint`. Imports the errors of the rooms below, `text`.

use std::fmt;
use std::io;

use super::interactive::Reserve;
use super::pkce::NoRandomness;
use super::single_flight::Outcome;
use crate::error::Error;
use crate::http::CHECK_ENDPOINT;
use crate::oidc::{Failure, Fault, FaultCode};
use crate::session::{LoginNeeded, SessionError, Wanted};
use crate::text;

/// A login that failed.
#[derive(Debug)]
pub enum LoginError {
    /// No token without a person, or the cache or the service failed on the way to one.
    Session(SessionError),
    /// The service said no, or could not be reached.
    Oidc {
        /// What it said.
        error: Box<Failure>,
        /// The settings it may be about, and where they come from.
        settings: Option<String>,
    },
    /// The cache or an endpoint cannot be used.
    Other(Error),
    /// The code's life is over.
    Expired,
    /// The same, and the last poll did not get through.
    ExpiredInTrouble(Box<Failure>),
    /// The browser did not come back in time.
    Unanswered,
    /// The browser came back with a no.
    Denied {
        /// RFC 6749 section 4.1.2.1.
        error: String,
        /// The service's words.
        description: Option<String>,
    },
    /// The redirect listener could not be bound.
    Loopback {
        /// The port that was asked for.
        port: Option<u16>,
        /// Why not.
        error: io::Error,
    },
    /// A person is needed, and may not be asked.
    MayNotAsk {
        /// What was wanted.
        wanted: Box<Wanted>,
        /// Why a person is needed; nothing when the login was forced.
        needed: Option<Box<LoginNeeded>>,
        /// Why nobody is asked.
        reserve: Reserve,
    },
    /// The process that asked for all of us failed.
    Elsewhere(Outcome),
    /// The system gave no random bytes.
    Randomness(NoRandomness),
    /// Standard output is gone.
    Output(io::Error),
}

/// What a person can change when the service refuses.
fn fault_hint(fault: &Fault, settings: Option<&str>) -> String {
    let settings = settings.map(|settings| format!(" ({settings})")).unwrap_or_default();
    let hint = match fault.kind {
        FaultCode::InvalidRequestRegion => {
            let region = fault.details.get("region").and_then(|region| region.as_str());
            let region = region.map(|region| format!(" to {region}")).unwrap_or_default();
            format!("the instance is in another region: change sso_region{region}{settings}")
        }
        FaultCode::InvalidScope => {
            format!("the service does not grant these scopes: check sso_registration_scopes{settings}")
        }
        FaultCode::InvalidRequest => {
            format!("check that sso_start_url is the access portal's address and sso_region its region{settings}")
        }
        FaultCode::InvalidClient | FaultCode::UnauthorizedClient => {
            "the client registration was no longer known to the service; the next login registers anew".to_owned()
        }
        FaultCode::InvalidClientMetadata | FaultCode::InvalidRedirectUri | FaultCode::UnsupportedGrantType => {
            "the service does not take this kind of client; try the other flow with --flow".to_owned()
        }
        FaultCode::AccessDenied => "whoever runs the Identity Center can say why".to_owned(),
        FaultCode::AuthorizationPending | FaultCode::SlowDown | FaultCode::ExpiredToken | FaultCode::InvalidGrant => {
            "run the login again".to_owned()
        }
        FaultCode::InternalServer | FaultCode::Throttled | FaultCode::Unauthorized | FaultCode::Other => {
            fault.hint().unwrap_or_else(|| CHECK_ENDPOINT.to_owned())
        }
    };
    text::for_terminal(&hint)
}

/// What a person can do about a call that failed.
fn call_hint(error: &Failure, settings: Option<&str>) -> Option<String> {
    match error {
        Failure::Fault(fault) => Some(fault_hint(fault, settings)),
        error => error.hint(),
    }
}

impl LoginError {
    /// Whether the service does not take our client: its registration has died.
    pub(super) fn is_about_the_client(&self) -> bool {
        let Self::Oidc { error, .. } = self else { return false };
        matches!(&**error, Failure::Fault(fault) if fault.is_about_the_client())
    }

    /// The same error, naming the settings that the service's refusal may be about.
    pub(super) fn about(self, named: &str) -> Self {
        match self {
            Self::Oidc { error, .. } => Self::Oidc { error, settings: Some(named.to_owned()) },
            other => other,
        }
    }

    /// What to do about it, as a sentence, where we know more than the message says.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Expired | Self::Unanswered => Some("run the login again and approve it in time".to_owned()),
            Self::ExpiredInTrouble(trouble) => call_hint(trouble, None),
            Self::Denied { error, description } => {
                let words = description.as_deref().map_or(String::new(), |words| format!(": {words}"));
                Some(text::for_terminal(&format!("the service answered {error}{words}")))
            }
            Self::Loopback { port: Some(port), .. } => {
                Some(format!("free port {port}, or choose another with --redirect-port"))
            }
            Self::Oidc { error, settings } => call_hint(error, settings.as_deref()),
            Self::MayNotAsk { wanted, .. } => Some(format!("run: {}", wanted.remedy)),
            Self::Session(error) => error.hint(),
            Self::Other(error) => error.advice().map(str::to_owned),
            _ => None,
        }
    }
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session(error) => error.fmt(f),
            Self::Oidc { error, .. } => error.fmt(f),
            Self::Other(error) => error.fmt(f),
            Self::Expired | Self::Unanswered => f.write_str(
                "The pending authorization to retrieve an SSO token has expired. The login flow to retrieve an SSO token \
                 must be restarted.",
            ),
            Self::ExpiredInTrouble(trouble) => write!(
                f,
                "The pending authorization to retrieve an SSO token has expired. The last attempt failed: {trouble}"
            ),
            Self::Denied { .. } => {
                f.write_str("Error loading authorization code: Failed to retrieve an authorization code.")
            }
            Self::Loopback { port: Some(port), error } => write!(f, "cannot listen on 127.0.0.1:{port}: {error}"),
            Self::Loopback { port: None, error } => write!(f, "cannot listen on 127.0.0.1: {error}"),
            Self::MayNotAsk { wanted, needed, reserve } => {
                write!(f, "a login to {} is needed", wanted.label())?;
                needed.as_ref().map_or(Ok(()), |why| write!(f, ": {why}"))?;
                write!(f, ", {reserve}")
            }
            Self::Elsewhere(outcome) => f.write_str(&outcome.message),
            Self::Randomness(error) => error.fmt(f),
            Self::Output(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LoginError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Session(error) => error.source(),
            Self::Other(error) => Some(error),
            Self::Loopback { error, .. } | Self::Output(error) => Some(error),
            Self::Randomness(error) => Some(error),
            _ => None,
        }
    }
}

impl From<SessionError> for LoginError {
    fn from(error: SessionError) -> Self {
        Self::Session(error)
    }
}

impl From<Failure> for LoginError {
    fn from(error: Failure) -> Self {
        Self::Oidc { error: Box::new(error), settings: None }
    }
}

impl From<Error> for LoginError {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<NoRandomness> for LoginError {
    fn from(error: NoRandomness) -> Self {
        Self::Randomness(error)
    }
}

impl From<io::Error> for LoginError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
