//! Every error of the program becomes an exit code and a text here, and nowhere else.
//!
//! What an error means is in `failure`, how it looks in `render`. Codes are those of the AWS CLI, with 4 for "log in
//! first" beside them. The text has six forms, chosen by `--cli-error-format`; errors without a kind of their own look
//! the same in all of them, as in the AWS CLI. May import the error types of every room, and `output` and `text`.

mod failure;
mod render;

use std::fmt;
use std::io;

use crate::login::LoginError;
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

/// What a command itself can fail with; all other errors are those of the rooms below.
#[derive(Debug)]
pub enum CommandError {
    /// The pager does not exist or does not start.
    Pager(String),
    /// Options that contradict each other or have an impossible value.
    Usage(String),
    /// A setting that no run can work with.
    Setting(String),
    /// A command that was to be run and could not be.
    NotRun {
        /// The command.
        program: String,
        /// Whether there is such a program.
        found: bool,
        /// What the system says.
        error: io::Error,
    },
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pager(problem) => write!(
                f,
                "Unable to redirect output to pager. Received the following error when opening pager:\n{problem}"
            ),
            Self::NotRun { program, error, .. } => write!(f, "cannot run `{program}`: {error}"),
            Self::Usage(problem) | Self::Setting(problem) => f.write_str(problem),
        }
    }
}

impl std::error::Error for CommandError {}

/// A signal ended the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interrupted {
    /// Ctrl-C: exit code 130.
    Interrupt,
    /// SIGTERM: the process dies of it.
    Terminate,
    /// SIGHUP: the process dies of it.
    HangUp,
}

impl Interrupted {
    /// 128 and the signal's number, as shells have it.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::HangUp => 129,
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Interrupt => "interrupted",
            Self::Terminate => "terminated",
            Self::HangUp => "hung up",
        })
    }
}

impl std::error::Error for Interrupted {}

/// The exit code of an error: 0 when only the reader of our output went away.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    Failure::of(error).code
}

/// The exit code of a login that failed, for the processes that waited for it.
pub fn login_exit_code(error: &LoginError) -> u8 {
    failure::of_login(error)
}

/// Whether there is nothing to say: nobody reads our output any more, or a signal ended us.
pub fn is_silent(error: &anyhow::Error) -> bool {
    exit_code(error) == 0 || error.is::<Interrupted>()
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests;
