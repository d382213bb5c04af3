//! `Failure`: why a call to a service failed, with the distinctions that polling, refreshing and retrying need.
//!
//! Shared by the `OpenID` Connect service and the access portal. Messages name the operation and the member, never a
//! value; messages of faults are in `fault`, those of transport failures in `http`.

use std::fmt;

use serde_json::{Map, Value};

use super::Fault;
use crate::endpoint;
use crate::error::{Error, Kind, ServiceError};
use crate::http::{CHECK_ENDPOINT, HttpError, Response, Timestamp};

/// Why a call failed.
#[derive(Debug)]
pub enum Failure {
    /// The service returned an error.
    Fault(Box<Fault>),
    /// There was no usable response.
    Transport(HttpError),
    /// The response is not JSON: most likely a proxy answered.
    NotJson(Error),
    /// Anything else, such as a response that is not valid for the operation.
    Other(Error),
}

/// The hint for a network that requires a sign-in of its own.
const CAPTIVE_PORTAL: &str =
    "a proxy or captive portal answered instead of AWS; do you need to sign in to this network first?";

impl Failure {
    /// A response that is not valid for the operation; `what` completes "The response to the X operation".
    pub(crate) fn malformed(operation: &str, what: impl fmt::Display) -> Self {
        Self::Other(unusable(operation, what))
    }

    /// A response that is not JSON.
    pub(crate) fn not_json(operation: &str, response: &Response) -> Self {
        let size = response.body.len();
        if response.body.trim_ascii_start().starts_with(b"<") {
            let error = unusable(operation, format!("is a web page ({size} bytes), not JSON"));
            return Self::NotJson(error.hint(CAPTIVE_PORTAL));
        }
        let content_type = response.header("content-type").unwrap_or("not given");
        Self::NotJson(unusable(operation, format!("is not JSON ({size} bytes, content type {content_type})")))
    }

    /// The failure in an unsuccessful response, for a flow. Redirects are refused.
    pub(crate) fn read(operation: &'static str, response: &Response, now: Timestamp) -> Self {
        if (300..400).contains(&response.status) {
            let host = response.header("location").and_then(endpoint::host_of);
            let host = host.map(|host| format!(" to {host}")).unwrap_or_default();
            let error = unusable(operation, format!("is a redirect{host}"));
            return Self::Other(error.hint(CAPTIVE_PORTAL));
        }
        Fault::read_oauth(operation, response, now).into()
    }

    /// Whether the access portal rejects the token: expired, signed out or revoked.
    pub fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Fault(fault) if fault.is_unauthorized())
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Fault(fault) => fault.hint(),
            Self::Transport(error) => error.hint(),
            Self::NotJson(error) | Self::Other(error) => error.advice().map(str::to_owned),
        }
    }

    /// Converts to an error with its hint. The four operations print a fault without a hint, like the AWS CLI.
    pub fn explained(self) -> Error {
        let hint = self.hint();
        Error::from(self).hint_if(hint)
    }
}

impl Fault {
    /// Reads a response with a status of 300 or more, like the AWS CLI.
    ///
    /// # Errors
    /// The body is JSON but not an object, or is not UTF-8; the AWS CLI fails too.
    pub fn read(operation: &'static str, response: &Response, now: Timestamp) -> Result<Self, Failure> {
        Ok(Self::new(operation, response, &error_body(operation, response)?, now))
    }

    /// The same for the flows, with the OAuth `error` member; an unreadable body counts as empty.
    pub fn read_oauth(operation: &'static str, response: &Response, now: Timestamp) -> Self {
        let body = error_body(operation, response).unwrap_or_default();
        Self::new(operation, response, &body, now).or_oauth(response, &body)
    }
}

/// The body of an error as botocore sees it: a missing body is an empty object, and text that is not JSON is the
/// message.
fn error_body(operation: &str, response: &Response) -> Result<Map<String, Value>, Failure> {
    if response.body.is_empty() || response.is_generic_error() {
        return Ok(Map::new());
    }
    let Ok(text) = str::from_utf8(&response.body) else { return Err(Failure::not_json(operation, response)) };
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Failure::malformed(operation, "is JSON, but not an object")),
        Err(_) => Ok(Map::from_iter([("message".to_owned(), Value::from(text))])),
    }
}

fn unusable(operation: &str, what: impl fmt::Display) -> Error {
    Error::other(format!("The response to the {operation} operation {what}")).hint(CHECK_ENDPOINT)
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(f),
            Self::Transport(error) => error.fmt(f),
            Self::NotJson(error) | Self::Other(error) => error.fmt(f),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Self {
        Self::Transport(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let kind = if fault.is_unauthorized() { Kind::LoginNeeded } else { Kind::Service };
        let message = fault.to_string();
        let Fault { code, message: words, details, .. } = fault;
        Self::new(kind, message).service(ServiceError { code, message: words, details })
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Fault(fault) => (*fault).into(),
            Failure::Transport(error) => error.into(),
            Failure::NotJson(error) | Failure::Other(error) => error,
        }
    }
}
