//! Reads the command line as Python's argparse does in the AWS CLI, and hands clap canonical words.
//!
//! Canonical is `--option=value` with the full option name, global options first, each option at most once unless it
//! collects. What argparse and clap see differently is settled here: unique prefixes, what counts as a value, lists of
//! words, the last of two wins, `--` and the command behind it, choices, and what is said about a word nobody knows. The tables are
//! read from the clap declarations in `cli`, so an option exists in one place only.

pub mod aws;
mod choice;
mod error;
mod half;
mod pass;
mod similar;

use std::ffi::OsString;

use clap::{Arg, Command};

use crate::cli::{COMMANDS, Declared, HELP_COMMAND};
pub use error::{Problem, UsageError};
pub use half::{Place, place};
use pass::{Pass, Table};

/// A command line in canonical words.
#[derive(Debug)]
pub struct Line {
    /// The words, the program's name first.
    pub words: Vec<OsString>,
    /// The command that they call, with its own options.
    pub command: Command,
}

/// The command line in canonical words; `globals` has the global options.
pub fn canonical(globals: &Command, args: impl IntoIterator<Item = OsString>) -> Result<Line, UsageError> {
    let mut args: Vec<OsString> = args.into_iter().collect();
    let end = args.iter().position(|word| word == "--").unwrap_or(args.len());
    let tail = args.split_off(end);
    let mut words = text(args)?;
    // Read as text like the rest; if they are another program's, they are handed over as they came.
    words.extend(tail.iter().map(|word| word.to_string_lossy().into_owned()));
    let name = globals.get_name();
    let globals = Table::of(globals);
    let first = pass::read(&globals, words.get(1..).unwrap_or_default()).map_err(UsageError::from)?;
    let error_format = first.last_value("cli-error-format");
    finish(name, &globals, &first, tail).map_err(|problem| UsageError { problem, error_format })
}

/// Whether the version is asked for: by a word of its own, wherever it stands, as in the AWS CLI.
pub fn asks_version(args: &[OsString]) -> bool {
    args.iter().skip(1).take_while(|word| *word != "--").any(|word| word == "--version" || word == "-V")
}

/// The error about a command that does not exist.
pub fn unknown_command(name: &str) -> UsageError {
    Problem::UnknownCommand {
        maybe: similar::to(name, COMMANDS.iter().map(|command| command.name)),
        name: name.to_owned(),
    }
    .into()
}

/// The second pass: the command, its options and its own words.
fn finish(program: &str, globals: &Table, first: &Pass, tail: Vec<OsString>) -> Result<Line, Problem> {
    choice::check(globals, first)?;
    let mut line = vec![program.to_owned()];
    let Some(at) = first.rest.iter().position(|word| word.is_plain) else {
        if first.asks_help() {
            return Ok(explaining(line, None));
        }
        first.refuse_rest(&[globals])?;
        return Err(Problem::CommandMissing);
    };
    let mut rest = first.rest.clone();
    let name = rest.remove(at).text;
    let Some(declared) = Declared::named(&name) else {
        return Err(unknown_command(&name).problem);
    };
    if first.asks_help() {
        return Ok(explaining(line, Some(name)));
    }
    let command = declared.command();
    let runs_another = command.get_positionals().any(Arg::is_last_set);
    if !runs_another && rest.get(at).is_some_and(|word| word.text == "--") {
        // argparse takes a `--` next to the command for the end of the options before it.
        rest.remove(at);
    }
    let table = Table::of(&command);
    let mut words: Vec<String> = rest.into_iter().map(|word| word.text).collect();
    if runs_another {
        words.truncate(words.iter().position(|word| word == "--").unwrap_or(words.len()));
    } else if tail.iter().any(|word| word.to_str().is_none()) {
        return Err(Problem::NotText { option: None });
    }
    let mut second = pass::read(&table, &words)?;
    choice::check(&table, &second)?;
    let positionals = second.take_plain(command.get_positionals().filter(|word| !word.is_last_set()).count());
    if positionals.is_empty() && second.says_help() {
        return Ok(explaining(line, Some(name)));
    }
    second.refuse_rest(&[globals, &table])?;
    first.write(globals, &mut line);
    line.push(name);
    line.extend(positionals);
    second.write(&table, &mut line);
    let mut words = raw(line);
    if runs_another && tail.len() > 1 {
        words.extend(tail);
    }
    Ok(Line { words, command })
}

fn raw(words: Vec<String>) -> Vec<OsString> {
    words.into_iter().map(OsString::from).collect()
}

/// `--help`, wherever it stands, is another way to say `help`.
fn explaining(mut line: Vec<String>, command: Option<String>) -> Line {
    line.push(HELP_COMMAND.name.to_owned());
    line.extend(command);
    Line { words: raw(line), command: HELP_COMMAND.command() }
}

/// The words as text; the service takes JSON, which cannot carry other bytes.
fn text(args: impl IntoIterator<Item = OsString>) -> Result<Vec<String>, UsageError> {
    let mut words: Vec<String> = Vec::new();
    for arg in args {
        match arg.into_string() {
            Ok(word) => words.push(word),
            Err(arg) => {
                let lossy = arg.to_string_lossy();
                let own = lossy.split_once('=').map(|(name, _)| name.to_owned());
                let option = own.or_else(|| words.last().cloned()).filter(|name| name.starts_with("--"));
                return Err(Problem::NotText { option }.into());
            }
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests;
