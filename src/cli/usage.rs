//! Usage errors: what clap finds wrong with a command line, as one sentence that names the option and what it takes.
//!
//! A value is repeated only where it is one of a few choices, and an unexpected word only where it cannot be a part of a
//! secret: shells split an unquoted one at its spaces.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

use super::words::{option, requires_value};
use super::{CommandSpec, aws};
use crate::error::{Error, Kind, expected};
use crate::model::Operation;

/// The error about the words of a command line, which call the command if it is known.
pub(super) fn usage_error(
    error: &clap::Error,
    program: &Command,
    spec: Option<&CommandSpec>,
    words: &[String],
    as_aws: bool,
) -> Error {
    let suggestions = [ContextKind::SuggestedArg, ContextKind::SuggestedValue, ContextKind::SuggestedSubcommand];
    let similar = suggestions.into_iter().flat_map(|kind| context(error, kind)).last();
    let invalid = name(&context(error, ContextKind::InvalidArg));
    let meant = if as_aws { None } else { meant(error, &invalid, spec, words) };
    let similar = meant.or(similar).map(|similar| format!("; did you mean {similar}?")).unwrap_or_default();
    let message = match error.kind() {
        // No other shell is what the user meant.
        ErrorKind::InvalidValue if invalid == "SHELL" => invalid_value(error, &invalid),
        ErrorKind::InvalidValue => invalid_value(error, &invalid) + &similar,
        ErrorKind::UnknownArgument => unknown(&invalid, &similar, program, words),
        ErrorKind::TooManyValues => format!("{invalid} takes no value"),
        ErrorKind::ArgumentConflict => {
            format!("{invalid} cannot be used with {}", name(&context(error, ContextKind::PriorArg)))
        }
        // The one option that requires another.
        ErrorKind::MissingRequiredArgument if invalid == "--start-url" => format!("--save requires {invalid}"),
        ErrorKind::MissingRequiredArgument => format!("Missing {invalid}"),
        ErrorKind::InvalidSubcommand => {
            format!("Unknown command `{}`{similar}", context(error, ContextKind::InvalidSubcommand).concat())
        }
        ErrorKind::MissingSubcommand => "Missing command".to_owned(),
        _ => "The command line cannot be parsed".to_owned(),
    };
    Error::new(Kind::Usage, message).hint(help_hint(spec.map(|spec| spec.name), as_aws))
}

/// What is meant by a command line in the form of another tool, or with the name of a profile as an argument.
fn meant(error: &clap::Error, invalid: &str, spec: Option<&CommandSpec>, words: &[String]) -> Option<String> {
    const SHORT: [(&str, &str); 5] =
        [("-p", "--profile"), ("-r", "--region"), ("-o", "--output"), ("-v", "--version"), ("version", "--version")];
    let unknown = context(error, ContextKind::InvalidSubcommand).concat();
    let word = if unknown.is_empty() { invalid } else { &unknown };
    if let Some((_, option)) = SHORT.iter().find(|(short, _)| *short == word) {
        return Some((*option).to_owned());
    }
    match spec {
        // `sso login`, as in the AWS CLI.
        None => {
            let command = words.iter().skip_while(|other| *other != word).nth(1)?;
            CommandSpec::named(command).filter(|_| matches!(word, "sso" | "sso-oidc"))?;
            Some(format!("`sso-oidc {command}`"))
        }
        // `configure sso`, as in the AWS CLI; without options, `logout` and `status` are for all sessions.
        Some(CommandSpec { name, .. })
            if [("configure", "sso"), ("logout", "--all"), ("status", "--all")].contains(&(name, word)) =>
        {
            Some(format!("`sso-oidc {name}`"))
        }
        Some(spec) if SESSION_COMMANDS.contains(&spec.name) && error.kind() == ErrorKind::UnknownArgument => {
            (!word.starts_with('-')).then(|| format!("--profile {word}"))
        }
        Some(_) => None,
    }
}

/// The commands that take the session of a profile.
const SESSION_COMMANDS: [&str; 6] = ["login", "status", "token", "export-credentials", "logout", "configure"];

/// The sentence that names the help of a command.
pub fn help_hint(command: Option<&str>, as_aws: bool) -> String {
    let line = match command {
        Some(name) if as_aws => format!("aws {} {name} help", aws::service_of(name)),
        None if as_aws => "aws sso-oidc help".to_owned(),
        Some(name) => format!("sso-oidc help {name}"),
        None => "sso-oidc help".to_owned(),
    };
    format!("see `{line}`")
}

/// The texts that clap attaches to an error.
pub(super) fn context(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

/// The names of arguments without the values' placeholders: `--output <FORMAT>` is `--output`, `<SHELL>` is `SHELL`.
fn name(arguments: &[String]) -> String {
    let name = |argument: &String| match argument.split_once(' ') {
        Some((name, _)) if name.starts_with('-') => name.to_owned(),
        _ => argument.trim_end_matches("...").trim_matches(['<', '>', '[', ']']).to_owned(),
    };
    arguments.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn invalid_value(error: &clap::Error, option: &str) -> String {
    let choices = context(error, ContextKind::ValidValue);
    let choices = if choices.is_empty() { String::new() } else { format!("; {}", expected(&choices)) };
    match context(error, ContextKind::InvalidValue).concat().as_str() {
        "" => format!("{option} requires a value{choices}"),
        value => format!("Invalid value `{value}` for {option}{choices}"),
    }
}

/// An option or argument that clap does not know. What follows an option that requires a value may be that value.
fn unknown(word: &str, similar: &str, program: &Command, words: &[String]) -> String {
    // clap reads `-client-id` as a row of flags.
    let is_word =
        |other: &&String| *other == word || word.len() == 2 && word.starts_with('-') && other.starts_with(word);
    let before = words.iter().take_while(|other| !is_word(other)).collect::<Vec<_>>();
    let named = |word: &&String| option([program], word);
    if !word.starts_with('-') {
        return match before.iter().rev().find(|word| word.starts_with("--")).and_then(named).and_then(Arg::get_long) {
            Some(option) if is_secret(option) => format!("Unexpected argument after --{option}"),
            _ => format!("Unexpected argument `{word}`{similar}"),
        };
    }
    if let Some(arg) =
        before.last().filter(|last| !last.contains('=')).and_then(named).filter(|arg| requires_value(arg))
    {
        return format!("{} requires a value", name(&[arg.to_string()]));
    }
    let longs = program.get_arguments().filter_map(Arg::get_long).map(|long| format!("--{long}"));
    let matching: Vec<String> = longs.filter(|long| long.starts_with(word)).collect();
    if matching.len() > 1 {
        return format!("Ambiguous option {word}; it matches {}", matching.join(", "));
    }
    let shown = words.get(before.len()).map_or(word, String::as_str);
    format!("Unknown option {}{similar}", shown.split('=').next().unwrap_or(shown))
}

fn is_secret(option: &str) -> bool {
    let members = Operation::ALL.into_iter().flat_map(Operation::input);
    members.filter(|member| member.sensitive).any(|member| member.option == option)
}
