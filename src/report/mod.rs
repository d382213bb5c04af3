//! How an error is reported: its exit code, and its text on standard error.
//!
//! The text has six forms, chosen by `--cli-error-format`; errors without a kind of their own look the same in all of
//! them, as in the AWS CLI. Errors are made elsewhere, as `crate::error::Error`.

mod failure;
mod render;

use std::io;

use crate::error::Error;
use failure::Failure;
pub use render::render;

/// How errors are printed: `--cli-error-format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ErrorFormat {
    /// The message, the members of the service's error, and what to do.
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

/// The exit code of an error: 0 when only the reader of our output went away.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    Failure::of(error).code
}

/// Whether there is nothing to say: nobody reads our output any more, or a signal ended us.
pub fn is_silent(error: &anyhow::Error) -> bool {
    exit_code(error) == 0 || error.downcast_ref::<Error>().is_some_and(|error| error.kind().is_silent())
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests;
