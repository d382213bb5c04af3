//! What an error means: its exit code, the AWS CLI's name of its kind, its message, and what a person can do.

use crate::error::{Error, ServiceError};
use crate::login::LoginError;
use crate::oidc::{Failure as CallFailure, Fault};
use crate::session::{RoleError, SessionError};

const CLOSED_PIPE: u8 = 0;
const LOGIN_NEEDED: u8 = 4;
const SERVICE: u8 = 254;
const OTHER: u8 = 255;

/// An error before it has a form.
pub(super) struct Failure<'a> {
    pub(super) code: u8,
    /// The AWS CLI's name of the kind; `None` where it has none.
    pub(super) kind: Option<&'static str>,
    pub(super) message: String,
    /// A sentence of ours.
    pub(super) hint: Option<String>,
    /// What the service answered.
    pub(super) fault: Option<&'a Fault>,
    /// The same, of an error that is an [`Error`].
    pub(super) service: Option<&'a ServiceError>,
}

impl<'a> Failure<'a> {
    pub(super) fn of(error: &'a anyhow::Error) -> Self {
        let message = words(error);
        if super::is_closed_pipe(error) {
            return Self { code: CLOSED_PIPE, ..Self::other(message) };
        }
        if let Some(error) = error.downcast_ref::<Error>() {
            return Self::of_error(error, message);
        }
        Self::of_service(error, message)
    }

    fn of_service(error: &'a anyhow::Error, message: String) -> Self {
        if let Some(login) = error.downcast_ref::<LoginError>() {
            return Self::of_login(login, message);
        }
        if let Some(session) = error.downcast_ref::<SessionError>() {
            return Self::of_session(session, message);
        }
        if let Some(role) = error.downcast_ref::<RoleError>() {
            return Self::of_role(role, message);
        }
        Self::other(message)
    }

    fn other(message: String) -> Self {
        Self { code: OTHER, kind: None, message, hint: None, fault: None, service: None }
    }

    fn of_error(error: &'a Error, message: String) -> Self {
        Self {
            code: error.kind().exit_code(),
            kind: error.kind().aws_name(),
            message,
            hint: error.advice().map(str::to_owned),
            fault: None,
            service: error.answer(),
        }
    }

    fn of_failure(failure: &'a CallFailure, message: String) -> Self {
        match failure {
            CallFailure::Fault(fault) => {
                let code = if fault.is_unauthorized() { LOGIN_NEEDED } else { SERVICE };
                Self { code, fault: Some(fault), ..Self::other(message) }
            }
            failure => Self { hint: failure.hint(), ..Self::other(message) },
        }
    }

    fn of_session(error: &'a SessionError, message: String) -> Self {
        match error {
            SessionError::LoginNeeded { .. } => Self { code: LOGIN_NEEDED, hint: error.hint(), ..Self::other(message) },
            SessionError::Answered(_) => Self { code: SERVICE, hint: error.hint(), ..Self::other(message) },
            SessionError::Oidc(oidc) => Self::of_failure(oidc, message),
            SessionError::Cache(cache) => Self::of_error(cache, message),
            SessionError::Endpoint(_) | SessionError::Shared(_) | SessionError::Busy { .. } => Self::other(message),
        }
    }

    fn of_role(error: &'a RoleError, message: String) -> Self {
        match error {
            RoleError::Session(session) => Self::of_session(session, message),
            _ if error.is_answer() => Self { code: SERVICE, hint: error.hint(), ..Self::other(message) },
            _ => Self { hint: error.hint(), ..Self::other(message) },
        }
    }

    fn of_login(error: &'a LoginError, message: String) -> Self {
        let hint = error.hint();
        match error {
            LoginError::Output(output) if output.kind() == std::io::ErrorKind::BrokenPipe => {
                Self { code: CLOSED_PIPE, ..Self::other(message) }
            }
            LoginError::Session(session) => Self::of_session(session, message),
            LoginError::Other(error) => Self::of_error(error, message),
            LoginError::Oidc { error, .. } => Self { hint, ..Self::of_failure(error, message) },
            LoginError::MayNotAsk { .. } => Self { code: LOGIN_NEEDED, hint, ..Self::other(message) },
            LoginError::Elsewhere(outcome) => Self { code: outcome.code, ..Self::other(message) },
            _ => Self { hint, ..Self::other(message) },
        }
    }
}

/// The exit code of a login that failed, for the processes that waited for it.
pub(super) fn of_login(error: &LoginError) -> u8 {
    Failure::of_login(error, String::new()).code
}

/// What was attempted and what went wrong, each said once: our errors name their causes themselves.
fn words(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !text.contains(&cause) {
            text.push_str(if text.is_empty() { "" } else { ": " });
            text.push_str(&cause);
        }
    }
    text
}
