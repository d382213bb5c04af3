//! Every error of the program becomes an exit code and a text here, and nowhere else.
//!
//! Codes are those of the AWS CLI, with 4 for "log in first" beside them. The text has six forms, chosen by
//! `--cli-error-format`; errors without a kind of their own look the same in all of them, as in the AWS CLI. May import
//! the error types of every room, and `output` and `text`.

use std::io;

use crate::words::UsageError;

/// How errors are printed: `--cli-error-format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ErrorFormat {
    /// The message, then the members of the service's error.
    #[default]
    Enhanced,
    /// The message only.
    Legacy,
    /// One JSON object.
    Json,
    /// One YAML mapping.
    Yaml,
    /// Values on one line, separated by tabs.
    Text,
    /// A table.
    Table,
}

impl ErrorFormat {
    /// The format of this name, in any case; an unknown name is the default, as in the AWS CLI.
    pub fn named(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "legacy" => Self::Legacy,
            "json" => Self::Json,
            "yaml" => Self::Yaml,
            "text" => Self::Text,
            "table" => Self::Table,
            _ => Self::Enhanced,
        }
    }
}

const USAGE: i32 = 252;
const OTHER: i32 = 255;

/// What is said about an error, before it has a form.
struct Failure {
    code: i32,
    /// The AWS CLI's name of the kind; `None` where it has none.
    kind: Option<&'static str>,
    message: String,
}

/// The exit code of an error: 0 when only the reader of our output went away.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
        return 0;
    }
    u8::try_from(failure(error).code).unwrap_or(u8::MAX)
}

/// The text of an error for standard error, with its last newline.
pub fn render(error: &anyhow::Error, _format: ErrorFormat) -> String {
    let Failure { kind, message, .. } = failure(error);
    match kind {
        Some(kind) => format!("\nsso-oidc: [ERROR]: An error occurred ({kind}): {}\n", message.trim()),
        None => format!("\nsso-oidc: [ERROR]: {}\n", message.trim()),
    }
}

fn failure(error: &anyhow::Error) -> Failure {
    if let Some(error) = error.downcast_ref::<UsageError>() {
        return Failure { code: USAGE, kind: Some("ParamValidation"), message: error.to_string() };
    }
    if let Some(error) = error.downcast_ref::<clap::Error>() {
        return Failure { code: USAGE, kind: Some("ParamValidation"), message: error.to_string() };
    }
    Failure { code: OTHER, kind: None, message: format!("{error:#}") }
}
