//! What an error means: its exit code, the AWS CLI's name of its kind, its message, and what a person can do.

use crate::error::{Error, ServiceError};

const CLOSED_PIPE: u8 = 0;
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
        Self::other(message)
    }

    fn other(message: String) -> Self {
        Self { code: OTHER, kind: None, message, hint: None, service: None }
    }

    fn of_error(error: &'a Error, message: String) -> Self {
        Self {
            code: error.kind().exit_code(),
            kind: error.kind().aws_name(),
            message,
            hint: error.advice().map(str::to_owned),
            service: error.answer(),
        }
    }
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
