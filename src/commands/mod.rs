//! The commands: one file each, with a function that runs a parsed command line.
//!
//! A command returns an error or an exit code; `report` formats the error. Modules below this one neither print results
//! nor end the process.

mod auto_prompt;
mod candidates;
mod choices;
mod clients;
mod completion;
mod configure;
mod environment;
mod export_credentials;
mod first_run;
mod login;
mod logout;
mod operation;
mod pager;
mod portal_requests;
mod printing;
mod profile_chain;
mod prompt;
pub mod runtime;
mod selection;
mod session_status;
mod shim;
mod status;
mod status_table;
mod token;

use std::time::Duration;

use crate::cli::{self, Cli, Command, CommandSpec, GlobalArgs, HELP_OF_PROGRAM, HelpArgs, SHORT_HELP_OF_PROGRAM};
use crate::config::{Config, Session, SessionOptions};
use crate::context::Context;
use crate::error::Error;
use crate::http;
use crate::text;
pub(crate) use printing::style;

/// Runs the command and returns its exit code.
pub fn run(cli: Cli, context: &Context) -> anyhow::Result<u8> {
    let global = &cli.global;
    if global.debug {
        http::start_debug_log();
    }
    match cli.command {
        Command::Completion(args) => completion::run(&args, context)?,
        Command::Shim(args) => return shim::run(&args, context),
        Command::Help(args) => help(&args, context)?,
        Command::Operation(args) => operation::run(args, global, context)?,
        Command::Login(args) => return login::run(&args, global, context),
        Command::Configure(args) => configure::run(&args, global, context)?,
        Command::Status(args) => return status::run(&args, global, context),
        Command::Token(args) => token::run(&args, global, context)?,
        Command::ExportCredentials(args) => return export_credentials::run(&args, global, context),
        Command::Logout(args) => logout::run(&args, global, context)?,
    }
    Ok(0)
}

/// Prints the help of the program or of one command: the files of `src/help`, which a test compares with the
/// declarations.
fn help(args: &HelpArgs, context: &Context) -> anyhow::Result<()> {
    let (long, short) = match args.command.as_deref() {
        None => (HELP_OF_PROGRAM, SHORT_HELP_OF_PROGRAM),
        Some(name) => {
            let spec = CommandSpec::named(name).ok_or_else(|| cli::unknown_command(name))?;
            (spec.help, spec.short_help)
        }
    };
    let text = if args.short { short } else { long };
    if context.stdout_is_terminal {
        return Ok(context.print(text::wrapped(text, context.columns()).as_bytes())?);
    }
    Ok(context.print(text.as_bytes())?)
}

/// Whether to print events on standard output: with `--output json`, which `aws sso login` ignores, or
/// `SSO_OIDC_EVENTS`.
fn wants_events(global: &GlobalArgs, context: &Context) -> bool {
    let by_option = global.output.as_deref() == Some("json") && !global.as_aws;
    by_option || context.var("SSO_OIDC_EVENTS").is_some_and(|format| format == "json")
}

/// The name of the user's shell, by the variable SHELL.
fn shell_of_user(context: &Context) -> Option<String> {
    let path = context.var_not_empty("SHELL")?;
    path.rsplit('/').next().map(str::to_owned)
}

/// Warns that sessions are missing because a file or a header could not be read.
fn warn_about_unread(config: &Config, context: &Context) {
    for problem in config.unread().into_iter().chain(config.misread_sso_session()) {
        context.warn(text::for_terminal(&problem));
    }
}

/// Prints whose session it is, unless the selected profile has it itself.
fn print_source(session: &Session, config: &Config, context: &Context) {
    let (selected, source) = (config.profile_name(), &session.profile);
    let is_chosen = || !matches!(SessionOptions::default().candidates(config), Ok(None));
    if source != selected && !is_chosen() {
        let label = session.label();
        context.message(&format!("profile {selected}: using the session {label} of its source profile {source}"));
    }
}

/// The value of an option that takes a duration.
fn duration(option: &str, value: Option<&str>) -> Result<Option<Duration>, Error> {
    let parse = |value| {
        let expected = "expected a number of seconds, or a duration such as 30m, 1h30m or 2d";
        parse_duration(value).ok_or_else(|| Error::invalid_value(option, value, expected))
    };
    value.map(parse).transpose()
}

/// Parses `45`, `30m`, `4h`, `1h30m` or `2d`, at most ten years. A bare number is in seconds, as in the AWS CLI's
/// options.
fn parse_duration(text: &str) -> Option<Duration> {
    const LONGEST: Duration = Duration::from_hours(10 * 366 * 24);
    let is_bare = text.bytes().all(|byte| byte.is_ascii_digit());
    let (mut rest, mut total) = (if is_bare { &*format!("{text}s") } else { text }, Duration::ZERO);
    for (unit, seconds) in [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)] {
        let Some((number, after)) = rest.split_once(unit) else { continue };
        let number = number.parse().ok().filter(|_| number.starts_with(|first: char| first.is_ascii_digit()))?;
        total += Duration::from_secs(seconds).checked_mul(number)?;
        rest = after;
    }
    (rest.is_empty() && total <= LONGEST).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::parse_duration;

    #[test]
    fn durations() {
        for (text, seconds) in [
            ("0", Some(0)),
            ("45", Some(45)),
            ("45s", Some(45)),
            ("30m", Some(1_800)),
            ("4h", Some(14_400)),
            ("1h30m", Some(5_400)),
            ("2d", Some(172_800)),
            ("2d4s", Some(172_804)),
            ("", None),
            ("h", None),
            ("-5", None),
            ("+5m", None),
            ("1.5h", None),
            ("30m1h", None),
            ("1h1h", None),
            ("5x", None),
            ("5m5", None),
            ("99999999999999999999", None),
            ("9999999999d", None),
            ("4000d", None),
        ] {
            assert_eq!(parse_duration(text).map(|duration| duration.as_secs()), seconds, "{text}");
        }
    }
}
