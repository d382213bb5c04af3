//! `Fault`: the error in a service's response, parsed like botocore's rest-json parser.
//!
//! `Display` is the AWS CLI's line `An error occurred (CODE) when calling the OPERATION operation: MESSAGE`; the block
//! of details below it is in `report`. For the flows the OAuth `error` member (RFC 6749 section 5.2, RFC 8628 section
//! 3.5) determines the kind when AWS's header does not.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::http::{self, Response, Timestamp, error_code};
use crate::python;

/// The error in a service's response.
#[derive(Clone, Debug)]
pub struct Fault {
    /// AWS's exception name, or the HTTP status as text.
    pub code: String,
    /// The code that flows branch on.
    pub kind: FaultCode,
    /// The operation's name in the model.
    pub operation: &'static str,
    /// The body's `message`; OAuth bodies have none.
    pub message: String,
    /// The members of the error's shape, in the shape's order.
    pub details: Map<String, Value>,
    /// The HTTP status.
    pub status: u16,
    /// AWS's request ID.
    pub request_id: Option<String>,
    /// The number of retries, if this is the response to the last allowed attempt.
    pub retries_reached: Option<u32>,
    /// The server's time.
    pub date: Option<Timestamp>,
    /// The service's `Retry-After`.
    pub retry_after: Option<Duration>,
}

/// The error codes of RFC 6749 section 5.2, RFC 7591 section 3.2.2 and RFC 8628 section 3.5, and AWS's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultCode {
    /// `access_denied`
    AccessDenied,
    /// `authorization_pending`
    AuthorizationPending,
    /// `expired_token`
    ExpiredToken,
    /// A failure of the service: any 5xx.
    InternalServer,
    /// `invalid_client`
    InvalidClient,
    /// `invalid_client_metadata`
    InvalidClientMetadata,
    /// `invalid_grant`
    InvalidGrant,
    /// `invalid_redirect_uri`
    InvalidRedirectUri,
    /// `invalid_request`
    InvalidRequest,
    /// `invalid_request`, because the instance is in another region.
    InvalidRequestRegion,
    /// `invalid_scope`
    InvalidScope,
    /// `slow_down`
    SlowDown,
    /// Status 429 or a throttling code.
    Throttled,
    /// A token that the access portal does not accept; RFC 6749 has no code for it.
    Unauthorized,
    /// `unauthorized_client`
    UnauthorizedClient,
    /// `unsupported_grant_type`
    UnsupportedGrantType,
    /// Anything else.
    Other,
}

/// AWS exception, OAuth error, code.
const CODES: [(&str, &str, FaultCode); 14] = [
    ("AccessDeniedException", "access_denied", FaultCode::AccessDenied),
    ("AuthorizationPendingException", "authorization_pending", FaultCode::AuthorizationPending),
    ("ExpiredTokenException", "expired_token", FaultCode::ExpiredToken),
    ("InternalServerException", "server_error", FaultCode::InternalServer),
    ("InvalidClientException", "invalid_client", FaultCode::InvalidClient),
    ("InvalidClientMetadataException", "invalid_client_metadata", FaultCode::InvalidClientMetadata),
    ("InvalidGrantException", "invalid_grant", FaultCode::InvalidGrant),
    ("InvalidRedirectUriException", "invalid_redirect_uri", FaultCode::InvalidRedirectUri),
    ("InvalidRequestException", "invalid_request", FaultCode::InvalidRequest),
    ("InvalidRequestRegionException", "", FaultCode::InvalidRequestRegion),
    ("InvalidScopeException", "invalid_scope", FaultCode::InvalidScope),
    ("SlowDownException", "slow_down", FaultCode::SlowDown),
    ("UnauthorizedClientException", "unauthorized_client", FaultCode::UnauthorizedClient),
    ("UnsupportedGrantTypeException", "unsupported_grant_type", FaultCode::UnsupportedGrantType),
];

impl Fault {
    /// Creates the error of a response with a status of 300 or more; `body` is its body as botocore sees it.
    pub fn new(operation: &'static str, response: &Response, body: &Map<String, Value>, now: Timestamp) -> Self {
        let code = error_code(response).unwrap_or_default();
        let mut fault = Self {
            kind: kind(&code, response.status),
            operation,
            message: message(body),
            details: details(&code, body),
            code,
            status: response.status,
            request_id: response.request_id().map(str::to_owned),
            retries_reached: response.retries_reached,
            date: response.date(),
            retry_after: response.retry_after(now),
        };
        if response.is_generic_error() {
            fault.message = String::from(response.reason());
            fault.details = Map::new();
        } else if response.status == 300 {
            // botocore parses 300 as a success and then treats it as an error.
            fault = Self { code: "Unknown".to_owned(), message: "Unknown".to_owned(), details: Map::new(), ..fault };
        }
        fault
    }

    /// The same for the flows: a missing AWS code is replaced by the OAuth `error` member, and a web page has no
    /// message.
    pub(super) fn or_oauth(self, response: &Response, body: &Map<String, Value>) -> Self {
        let error = body.get("error").and_then(Value::as_str).filter(|error| !error.is_empty());
        let row = CODES.iter().find(|(_, oauth, _)| Some(*oauth) == error);
        let mut fault = match row.filter(|_| self.code == response.status.to_string()) {
            Some((name, _, kind)) => {
                Self { code: (*name).to_owned(), kind: *kind, details: details(name, body), ..self }
            }
            None => self,
        };
        if response.body.trim_ascii_start().starts_with(b"<") && !response.is_generic_error() {
            fault.message = String::from(response.reason());
        }
        fault
    }

    /// Whether the service rejects the client, so that it must be registered again.
    pub fn is_about_the_client(&self) -> bool {
        matches!(self.kind, FaultCode::InvalidClient | FaultCode::UnauthorizedClient)
    }

    /// Whether the access portal rejects the token.
    pub fn is_unauthorized(&self) -> bool {
        self.kind == FaultCode::Unauthorized
    }

    /// The hint for a failure of the service, with the request ID for AWS Support; `None` if the request is at fault.
    pub fn hint(&self) -> Option<String> {
        let status = if self.kind == FaultCode::Throttled { 429 } else { self.status };
        let is_unknown = matches!(self.kind, FaultCode::InternalServer | FaultCode::Other);
        let request_id = self.request_id.as_ref().filter(|_| is_unknown);
        let request_id = request_id.map(|id| format!("AWS Support can look up request id {id}"));
        let hint: Vec<String> = http::retry_hint(status, self.retry_after).into_iter().chain(request_id).collect();
        (!hint.is_empty()).then(|| hint.join("; "))
    }

    /// Whether a later attempt can succeed: failures of the service and throttling.
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, FaultCode::InternalServer | FaultCode::Throttled)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "An error occurred ({}) when calling the {} operation", self.code, self.operation)?;
        if let Some(retries) = self.retries_reached {
            write!(f, " (reached max retries: {retries})")?;
        }
        f.write_str(if self.message.is_empty() { ":" } else { ": " })?;
        f.write_str(&self.message)
    }
}

fn kind(code: &str, status: u16) -> FaultCode {
    const THROTTLING: [&str; 5] =
        ["Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException", "RequestLimitExceeded"];
    match CODES.iter().find(|(name, ..)| *name == code) {
        Some((_, _, kind)) => *kind,
        None if status == 429 || THROTTLING.contains(&code) => FaultCode::Throttled,
        None if status >= 500 => FaultCode::InternalServer,
        None => FaultCode::Other,
    }
}

fn message(body: &Map<String, Value>) -> String {
    body.get("message").or_else(|| body.get("Message")).map(python::str).unwrap_or_default()
}

/// Members of the error shape with this name, in the shape's order; empty for an unknown name.
fn members(code: &str) -> &'static [&'static str] {
    match code {
        "AccessDeniedException" | "InvalidRequestException" => &["error", "reason", "error_description"],
        "InvalidRequestRegionException" => &["error", "error_description", "endpoint", "region"],
        _ if CODES.iter().any(|(name, ..)| *name == code) => &["error", "error_description"],
        _ => &[],
    }
}

fn details(code: &str, body: &Map<String, Value>) -> Map<String, Value> {
    let members = members(code).iter().filter_map(|name| Some(((*name).to_owned(), body.get(*name)?.clone())));
    members.filter(|(_, value)| !value.is_null()).collect()
}

#[cfg(test)]
#[path = "../../tests/fuzz/faults.rs"]
mod fuzz;

#[cfg(test)]
mod tests;
