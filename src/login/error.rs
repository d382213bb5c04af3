//! The ways in which a login ends without a token, and what to do about each.
//!
//! The messages are those of the AWS CLI, where it has one for the same failure, because wrappers look for them.

use crate::config::Session;
use crate::error::{Error, Kind};
use crate::http::CHECK_ENDPOINT;
use crate::oidc::{Failure, Fault, FaultCode};

const EXPIRED: &str = "The pending authorization to retrieve an SSO token has expired.";

/// The error of a request that was denied (RFC 6749 section 4.1.2.1).
pub(super) const ACCESS_DENIED: &str = "access_denied";
/// What can be done about it.
const DENIED: &str = "to approve the request after all, run the login again; if you are not allowed to, ask your Identity Center administrator";

/// The error of the command; a refusal by the service names the values that it may be about.
pub(super) fn explained(failure: Failure, session: &Session) -> Error {
    match failure {
        Failure::Fault(fault) => {
            let hint = fault_hint(&fault, session);
            Error::from(*fault).hint(hint)
        }
        failure => failure.into(),
    }
}

/// The login was not completed in time.
pub(super) fn unanswered() -> Error {
    let message = format!("{EXPIRED} The login flow to retrieve an SSO token must be restarted.");
    Error::new(Kind::Unanswered, message).hint("run the login again and approve it in time")
}

/// The same, and the last poll failed.
pub(super) fn expired_after(failure: &Failure) -> Error {
    Error::new(Kind::Unanswered, format!("{EXPIRED} The last attempt failed: {failure}")).hint_if(failure.hint())
}

/// The browser came back with an error (RFC 6749 section 4.1.2.1).
pub(super) fn denied(error: &str, description: Option<&str>) -> Error {
    let description = description.map(|words| format!(": {words}")).unwrap_or_default();
    let next = if error == ACCESS_DENIED { DENIED } else { "run the login again" };
    Error::new(Kind::Denied, "Error loading authorization code: Failed to retrieve an authorization code.")
        .hint(format!("the service answered {error}{description}; {next}"))
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
            "the service does not accept the client registration; run the login again: it registers a new client"
                .to_owned()
        }
        FaultCode::InvalidClientMetadata | FaultCode::InvalidRedirectUri | FaultCode::UnsupportedGrantType => {
            "the service does not accept this kind of client; try the other flow with --flow".to_owned()
        }
        FaultCode::AccessDenied => DENIED.to_owned(),
        FaultCode::AuthorizationPending | FaultCode::SlowDown | FaultCode::ExpiredToken | FaultCode::InvalidGrant => {
            "run the login again".to_owned()
        }
        FaultCode::InternalServer | FaultCode::Throttled | FaultCode::Unauthorized | FaultCode::Other => {
            fault.hint().unwrap_or_else(|| CHECK_ENDPOINT.to_owned())
        }
    }
}
