//! The ways in which a login ends without a token, and what to do about each.
//!
//! The messages are those of the AWS CLI, where it has one for the same failure, because wrappers look for them.

use std::io;

use crate::config::Session;
use crate::error::{Error, Kind};
use crate::http::CHECK_ENDPOINT;
use crate::oidc::{Failure, Fault, FaultCode};

const EXPIRED: &str = "The pending authorization to retrieve an SSO token has expired.";

/// Why a flow ended without a token.
#[derive(Debug)]
pub(super) enum FlowError {
    /// A call of the service failed.
    Call(Failure),
    /// Anything else.
    Other(Error),
}

impl FlowError {
    /// Whether the service does not accept the client: its registration is no longer valid.
    pub(super) fn is_about_the_client(&self) -> bool {
        matches!(self, Self::Call(Failure::Fault(fault)) if fault.is_about_the_client())
    }

    /// The error of the command; a refusal by the service names the values that it may be about.
    pub(super) fn into_error(self, session: &Session) -> Error {
        match self {
            Self::Call(Failure::Fault(fault)) => {
                let hint = fault_hint(&fault, session);
                Error::from(*fault).hint(hint)
            }
            Self::Call(failure) => failure.into(),
            Self::Other(error) => error,
        }
    }
}

/// The login was not completed in time.
pub(super) fn unanswered() -> Error {
    let message = format!("{EXPIRED} The login flow to retrieve an SSO token must be restarted.");
    Error::new(Kind::Unanswered, message).hint("run the login again and approve it in time".to_owned())
}

/// The same, and the last poll failed.
pub(super) fn expired_after(failure: &Failure) -> Error {
    Error::new(Kind::Unanswered, format!("{EXPIRED} The last attempt failed: {failure}")).hint(failure.hint())
}

/// The browser came back with an error (RFC 6749 section 4.1.2.1).
pub(super) fn denied(error: &str, description: Option<&str>) -> Error {
    let description = description.map(|words| format!(": {words}")).unwrap_or_default();
    Error::new(Kind::Denied, "Error loading authorization code: Failed to retrieve an authorization code.")
        .hint(format!("the service answered {error}{description}"))
}

/// The redirect listener could not be bound.
pub(super) fn no_listener(port: Option<u16>, error: &io::Error) -> Error {
    match port {
        Some(port) => Error::other(format!("cannot listen on 127.0.0.1:{port}: {error}"))
            .hint(format!("free port {port}, or choose another with --redirect-port")),
        None => Error::other(format!("cannot listen on 127.0.0.1: {error}")),
    }
}

fn fault_hint(fault: &Fault, session: &Session) -> String {
    let values = session.described();
    match fault.kind {
        FaultCode::InvalidRequestRegion => {
            let region = fault.details.get("region").and_then(|region| region.as_str());
            let region = region.map(|region| format!(" to {region}")).unwrap_or_default();
            format!("the instance is in another region: change sso_region{region} ({values})")
        }
        FaultCode::InvalidScope => {
            format!("the service does not grant these scopes: check sso_registration_scopes ({values})")
        }
        FaultCode::InvalidRequest => {
            format!("check that sso_start_url is the access portal's URL and sso_region its region ({values})")
        }
        FaultCode::InvalidClient | FaultCode::UnauthorizedClient => {
            "the client registration is no longer known to the service; the next login registers a new client"
                .to_owned()
        }
        FaultCode::InvalidClientMetadata | FaultCode::InvalidRedirectUri | FaultCode::UnsupportedGrantType => {
            "the service does not accept this kind of client; try the other flow with --flow".to_owned()
        }
        FaultCode::AccessDenied => "ask your Identity Center administrator".to_owned(),
        FaultCode::AuthorizationPending | FaultCode::SlowDown | FaultCode::ExpiredToken | FaultCode::InvalidGrant => {
            "run the login again".to_owned()
        }
        FaultCode::InternalServer | FaultCode::Throttled | FaultCode::Unauthorized | FaultCode::Other => {
            fault.hint().unwrap_or_else(|| CHECK_ENDPOINT.to_owned())
        }
    }
}

impl From<Failure> for FlowError {
    fn from(failure: Failure) -> Self {
        Self::Call(failure)
    }
}

impl From<Error> for FlowError {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<io::Error> for FlowError {
    fn from(error: io::Error) -> Self {
        Self::Other(error.into())
    }
}
