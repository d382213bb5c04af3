//! Parsing of a command line by clap.
//!
//! Only the called command is declared, because declaring all twelve costs more than most of them do; the global options
//! are declared beside its own, so that all of them can be anywhere on the line. clap's errors become an `Error` in
//! `usage`. `--help` and `--version` apply wherever they are, as in the AWS CLI.

use std::ffi::OsString;

use clap::error::{ContextKind, ErrorKind};
use clap::{ArgMatches, FromArgMatches as _};

use super::usage::{context, usage_error};
use super::words::{attach_hyphen_values, plain};
use super::{COMMANDS, Cli, CommandSpec, GlobalArgs, HelpArgs, aws, globals};
use crate::error::{Error, Kind};

/// The value of an option on a line that may not parse.
pub fn option_value(args: &[OsString], option: &str) -> Option<String> {
    let value = |(at, word): (usize, &OsString)| match word.to_str()?.strip_prefix(option)? {
        "" => args.get(at + 1)?.to_str().map(str::to_owned),
        attached => attached.strip_prefix('=').map(str::to_owned),
    };
    let end = args.iter().position(|word| word == "--").unwrap_or(args.len());
    args[..end].iter().enumerate().rev().find_map(value)
}

/// Parses a command line, the program's name first; called as `aws`, it has AWS's words.
pub fn parse(mut args: Vec<OsString>, as_aws: bool) -> Result<Cli, Error> {
    let end = args.iter().position(|word| word == "--").unwrap_or(args.len());
    let tail = args.split_off(end);
    let mut words = attach_hyphen_values(text(args)?);
    let globals = globals();
    let service = if as_aws { Some(aws::remove_service(&globals, &mut words)?) } else { None };
    let is_called = |spec: &&CommandSpec| service.as_ref().is_none_or(|service| service == aws::service_of(spec.name));
    let at = plain(&globals, &words).next();
    let spec = at.and_then(|at| CommandSpec::named(&words[at])).filter(is_called);
    let has = |option: &str| words.iter().any(|word| word == option);
    let (wants_long, wants_short) = (has("--help"), has("-h"));
    let help = |spec: Option<&CommandSpec>| help(spec, wants_short && !wants_long, as_aws);
    let (Some(at), Some(spec)) = (at, spec) else {
        let wants_help = (wants_long || wants_short) && at.is_none();
        return if wants_help { Ok(help(None)) } else { Err(no_command(&words, as_aws)) };
    };
    if wants_long || wants_short {
        return Ok(help(Some(spec)));
    }
    words.remove(at);
    let mut program = (spec.options)(globals.no_binary_name(true));
    let line = words.iter().map(OsString::from).chain(tail);
    let read = |mut matches: ArgMatches| {
        let global = GlobalArgs { as_aws, ..GlobalArgs::from_arg_matches_mut(&mut matches)? };
        Ok(Cli { global, command: (spec.read)(&mut matches)? })
    };
    let parsed = program.try_get_matches_from_mut(line).and_then(read);
    let parsed = parsed.or_else(|error| match error.kind() {
        ErrorKind::DisplayHelp => Ok(help(Some(spec))),
        ErrorKind::UnknownArgument if context(&error, ContextKind::InvalidArg) == ["help"] => Ok(help(Some(spec))),
        _ => Err(usage_error(&error, &program, Some(spec), &words, as_aws)),
    });
    // Freeing the declarations costs as much as parsing, and the process ends soon.
    std::mem::forget(program);
    parsed
}

/// The help of the program or of one command; under the name `aws` always the whole.
fn help(spec: Option<&CommandSpec>, short: bool, as_aws: bool) -> Cli {
    let command = spec.map(|spec| spec.name.to_owned());
    let global = GlobalArgs { as_aws, ..GlobalArgs::default() };
    Cli { global, command: super::Command::Help(HelpArgs { command, short: short && !as_aws }) }
}

/// The error about words that call no command.
fn no_command(words: &[String], as_aws: bool) -> Error {
    let specs = COMMANDS.iter().filter(|spec| !as_aws || aws::service_of(spec.name) == "sso-oidc");
    let mut program = globals().no_binary_name(true).subcommands(specs.map(CommandSpec::command));
    let error = match program.try_get_matches_from_mut(words) {
        Ok(_) => clap::Error::new(ErrorKind::MissingSubcommand),
        Err(error) => error,
    };
    usage_error(&error, &program, None, words, as_aws)
}

/// The error about a command that does not exist.
pub fn unknown_command(name: &str) -> Error {
    no_command(&[name.to_owned()], false)
}

/// The words after the program's name as text: the service takes JSON, which cannot carry other bytes.
fn text(args: Vec<OsString>) -> Result<Vec<String>, Error> {
    let mut words: Vec<String> = Vec::with_capacity(args.len());
    for arg in args.into_iter().skip(1) {
        words.push(arg.into_string().map_err(|arg| {
            let arg = arg.to_string_lossy();
            let mut options = [arg.split('=').next(), words.last().map(String::as_str)].into_iter().flatten();
            let option = options.find(|name| name.starts_with("--"));
            let what =
                option.map_or_else(|| "A command-line argument".to_owned(), |option| format!("The value of {option}"));
            Error::new(Kind::Usage, format!("{what} is not valid UTF-8"))
        })?);
    }
    Ok(words)
}
