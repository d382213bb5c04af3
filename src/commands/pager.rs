//! The pager: on a terminal, output goes through `less` or the configured program, as in the AWS CLI.
//!
//! The program must exist before a request is sent, so that a mistyped name does not lose the response (the AWS CLI
//! checks afterwards). Its exit status is ignored. Empty output does not start it.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::config;
use crate::context::Context;
use crate::error::{Error, Kind};

/// A pager that exists.
pub(super) struct Pager {
    program: PathBuf,
    arguments: Vec<String>,
    /// `LESS=FRX`: quit if the output fits on one screen, show colours, do not clear the screen.
    sets_less: bool,
}

impl Pager {
    /// The pager of this command line; `None` if it is empty.
    ///
    /// # Errors
    /// A quote is not closed, or the program does not exist or is not executable.
    pub(super) fn of(line: &str, context: &Context) -> Result<Option<Self>, Error> {
        let Some(words) = config::shell_words(line) else {
            return Err(failed(&format!("No closing quotation: '{line}'")));
        };
        let Some((name, arguments)) = words.split_first() else { return Ok(None) };
        let Some(program) = context.find_program(name.as_ref()) else {
            return Err(failed(&format!("[Errno 2] No such file or directory: '{name}'")));
        };
        Ok(Some(Self { program, arguments: arguments.to_vec(), sets_less: context.var("LESS").is_none() }))
    }

    /// Shows the output and waits for the pager to end, which Ctrl-C does not end.
    pub(super) fn show(&self, output: &[u8], context: &Context) -> Result<(), Error> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::piped());
        if self.sets_less {
            command.env("LESS", "FRX");
        }
        let _interrupts = context.signals.leave_interrupts().map_err(|error| failed(&error.to_string()))?;
        let mut child = command.spawn().map_err(|error| failed(&error.to_string()))?;
        if let Some(mut input) = child.stdin.take() {
            // A pager that is quit early closes the pipe, which is not an error.
            let _ = input.write_all(output);
        }
        child.wait().map_err(|error| failed(&error.to_string()))?;
        Ok(())
    }
}

/// The AWS CLI's error for a pager that does not exist or does not start.
fn failed(problem: &str) -> Error {
    let message =
        format!("Unable to redirect output to pager. Received the following error when opening pager:\n{problem}");
    let hint = "the pager is set by AWS_PAGER, cli_pager in the config file or PAGER; use --no-cli-pager to disable it";
    Error::new(Kind::Pager, message).hint(hint)
}
