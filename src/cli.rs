//! The command line as clap declarations: commands, options, their help.
//!
//! The options of the four operations come from the service model. Values stay text here; what they mean (`file://`, JSON
//! lists, precedence over files and environment) is resolved elsewhere. Parsing, usage errors, completion and the command
//! lines of `aws` are in the submodules.

#![expect(clippy::doc_markdown, reason = "these comments are help texts for a terminal")]
#![expect(clippy::struct_excessive_bools, reason = "a flag is a bool")]

mod aws;
mod completion;
mod parse;
mod usage;
mod words;

use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgMatches, Args, FromArgMatches as _, ValueHint};

use crate::model::{Kind, Member, Operation, Words};
pub use aws::{handles as handles_aws, is_called as is_called_aws};
pub use completion::{Place, place};
pub use parse::{option_value, parse, unknown_command};
pub use usage::help_hint;
pub use words::wants_version;

const OUTPUT_FORMATS: [&str; 6] = ["json", "text", "table", "yaml", "yaml-stream", "off"];
const ERROR_FORMATS: [&str; 6] = ["legacy", "json", "yaml", "text", "table", "enhanced"];
const CREDENTIALS_FORMATS: [&str; 6] = ["process", "env", "env-no-export", "powershell", "windows-cmd", "fish"];
/// The shells that `completion` has a script for.
pub const COMPLETION_SHELLS: [&str; 5] = ["bash", "zsh", "fish", "powershell", "elvish"];
const SKELETONS: [&str; 3] = ["input", "yaml-input", "output"];

/// A parsed command line.
pub struct Cli {
    /// Options that every command takes
    pub global: GlobalArgs,
    /// The command
    pub command: Command,
}

/// The command to run.
pub enum Command {
    /// `login`
    Login(LoginArgs),
    /// `configure`
    Configure(ConfigureArgs),
    /// `status`
    Status(StatusArgs),
    /// `token`
    Token(TokenArgs),
    /// `export-credentials`
    ExportCredentials(ExportCredentialsArgs),
    /// `logout`
    Logout(LogoutArgs),
    /// One of the four operations
    Operation(OperationArgs),
    /// `completion`
    Completion(CompletionArgs),
    /// `shim`
    Shim(ShimArgs),
    /// `help`
    Help(HelpArgs),
}

/// The declaration of a command. clap's derive is not used for commands, because it builds the options of all commands
/// for each command line, which costs more than most commands do.
pub struct CommandSpec {
    /// The name.
    pub name: &'static str,
    /// The help text of `--help`. It is generated from this declaration in advance, because rendering it costs more than
    /// most commands do.
    pub help: &'static str,
    /// The help text of `-h`, which fits on one screen: the command's own options.
    pub short_help: &'static str,
    about: &'static str,
    after_help: &'static str,
    options: fn(clap::Command) -> clap::Command,
    read: fn(&mut ArgMatches) -> Result<Command, clap::Error>,
}

/// Declares a command: its name, a one-line description and its arguments. The text after its options is in
/// `cli/after_help`.
macro_rules! command {
    ($name:literal, $about:literal, |$command:ident| $options:expr, |$matches:ident| $read:expr) => {
        CommandSpec {
            name: $name,
            help: include_str!(concat!("help/", $name, ".txt")),
            short_help: include_str!(concat!("help/", $name, "-short.txt")),
            about: $about,
            after_help: include_str!(concat!("cli/after_help/", $name, ".txt")),
            options: |$command| $options,
            read: |$matches| $read,
        }
    };
    ($name:literal, $about:literal, Operation::$operation:ident) => {
        command!($name, $about, |command| operation_options(command, Operation::$operation), |matches| {
            operation_args(matches, Operation::$operation).map(Command::Operation)
        })
    };
    ($name:literal, $about:literal, $args:ident => $variant:ident) => {
        command!($name, $about, |command| $args::augment_args(command), |matches| {
            $args::from_arg_matches_mut(matches).map(Command::$variant)
        })
    };
}

/// The commands, in the order of the help.
#[rustfmt::skip]
pub const COMMANDS: [CommandSpec; 13] = [
    command!("login", "Sign in, with the browser only if needed", LoginArgs => Login),
    command!("configure", "Write profiles for the roles of a session", ConfigureArgs => Configure),
    command!("status", "List sessions, their state and when they expire", StatusArgs => Status),
    command!("token", "Print a valid access token, refreshed if needed", TokenArgs => Token),
    command!(
        "export-credentials", "Print role credentials, or run a command with them",
        ExportCredentialsArgs => ExportCredentials
    ),
    command!("logout", "Sign out on this machine and at the service", LogoutArgs => Logout),
    command!("create-token", "Get tokens for a registered client (CreateToken)", Operation::CreateToken),
    command!(
        "create-token-with-iam", "Get tokens as an IAM identity (CreateTokenWithIAM)",
        Operation::CreateTokenWithIam
    ),
    command!("register-client", "Register a public client (RegisterClient)", Operation::RegisterClient),
    command!(
        "start-device-authorization", "Get a device code (StartDeviceAuthorization)",
        Operation::StartDeviceAuthorization
    ),
    command!("completion", "Print a shell completion script", CompletionArgs => Completion),
    command!("shim", "Print an aws shell function that runs sso-oidc", ShimArgs => Shim),
    command!("help", "Show help for sso-oidc or one of its commands", HelpArgs => Help),
];

const AFTER_HELP_OF_PROGRAM: &str = include_str!("cli/after_help/sso-oidc.txt");

/// The help of the program.
pub const HELP_OF_PROGRAM: &str = include_str!("help/sso-oidc.txt");

/// The help of the program for one screen: its commands.
pub const SHORT_HELP_OF_PROGRAM: &str = include_str!("help/sso-oidc-short.txt");

impl CommandSpec {
    /// The command of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| command.name == name)
    }

    /// The command with its own options, without the global ones.
    fn command(&self) -> clap::Command {
        (self.options)(clap::Command::new(self.name)).about(self.about).after_help(self.after_help.trim_end())
    }
}

impl Cli {
    /// The program with all its commands.
    pub fn command() -> clap::Command {
        let about = "Sign in to AWS IAM Identity Center and call its OpenID Connect service";
        let program =
            globals().version(env!("CARGO_PKG_VERSION")).about(about).after_help(AFTER_HELP_OF_PROGRAM.trim_end());
        program.subcommands(COMMANDS.iter().map(CommandSpec::command)).subcommand_required(true)
    }
}

/// The program without commands.
fn globals() -> clap::Command {
    let program = clap::Command::new(env!("CARGO_PKG_NAME")).disable_help_subcommand(true);
    GlobalArgs::augment_args(program.args_override_self(true).infer_long_args(true))
}

/// Options that every command takes: the AWS CLI's global options.
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Not an option: whether the program runs under the name `aws`
    #[arg(skip)]
    pub as_aws: bool,
    /// Log to standard error; secrets are redacted
    #[arg(long, global = true)]
    pub debug: bool,
    /// Send requests to this URL instead of the service's default endpoint
    #[arg(long, global = true, value_name = "URL", value_hint = ValueHint::Url)]
    pub endpoint_url: Option<String>,
    /// Do not verify TLS certificates
    #[arg(long, global = true)]
    pub no_verify_ssl: bool,
    /// Accepted for compatibility; no operation paginates
    #[arg(long, global = true)]
    pub no_paginate: bool,
    /// Output format
    #[arg(long, global = true, value_name = "FORMAT", value_parser = OUTPUT_FORMATS)]
    pub output: Option<String>,
    /// Select and reshape the output with a JMESPath expression
    #[arg(long, global = true, value_name = "JMESPATH")]
    pub query: Option<String>,
    /// Use this profile of the AWS config files
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Use this region; login and logout use sso_region instead
    #[arg(long, global = true, value_name = "REGION")]
    pub region: Option<String>,
    /// Color: on, off, or auto for terminals only; also NO_COLOR and CLICOLOR_FORCE
    #[arg(long, global = true, value_name = "WHEN", value_parser = ["on", "off", "auto"])]
    pub color: Option<String>,
    /// Do not sign requests or look for credentials
    #[arg(long, global = true)]
    pub no_sign_request: bool,
    /// Trust the certificates in this PEM file or directory instead of the built-in ones
    #[arg(long, global = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub ca_bundle: Option<String>,
    /// Seconds to wait for data; 0 waits forever
    #[arg(long, global = true, value_name = "SECONDS", allow_negative_numbers = true)]
    pub cli_read_timeout: Option<String>,
    /// Seconds to wait for a connection; 0 waits forever
    #[arg(long, global = true, value_name = "SECONDS", allow_negative_numbers = true)]
    pub cli_connect_timeout: Option<String>,
    /// Accepted for compatibility; no operation has binary members
    #[arg(long, global = true, value_name = "FORMAT", value_parser = ["base64", "raw-in-base64-out"])]
    pub cli_binary_format: Option<String>,
    /// Do not send output through a pager
    #[arg(long, global = true)]
    pub no_cli_pager: bool,
    /// Prompt for missing options on the terminal
    #[arg(long, global = true)]
    pub cli_auto_prompt: bool,
    /// Do not prompt for missing options
    #[arg(long, global = true, conflicts_with = "cli_auto_prompt")]
    pub no_cli_auto_prompt: bool,
    /// Format of errors; enhanced is the default
    #[arg(long, global = true, value_name = "FORMAT", value_parser = ERROR_FORMATS)]
    pub cli_error_format: Option<String>,
}

/// Options that every operation has.
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = "Input options")]
pub struct InputArgs {
    /// Read the input from this JSON; also file://PATH, fileb://PATH, or - for standard input
    #[arg(long, value_name = "JSON")]
    pub cli_input_json: Option<String>,
    /// Read the input from this YAML; also file://PATH, fileb://PATH, or - for standard input
    #[arg(long, value_name = "YAML")]
    pub cli_input_yaml: Option<String>,
    /// Print a template instead of sending a request; KIND defaults to input
    #[arg(long, value_name = "KIND", num_args = 0..=1, default_missing_value = "input", value_parser = SKELETONS)]
    pub generate_cli_skeleton: Option<String>,
}

/// Arguments of an operation.
#[derive(Clone)]
pub struct OperationArgs {
    /// The operation.
    pub operation: Operation,
    /// The values of the options, in the order of the model.
    pub given: Vec<(&'static Member, Words)>,
    /// The input options.
    pub input: InputArgs,
}

fn operation_options(command: clap::Command, operation: Operation) -> clap::Command {
    let option = |member: &Member| {
        let option = Arg::new(member.option).long(member.option).value_name(member.value).help(member.help);
        let option = option.allow_negative_numbers(true);
        if matches!(member.kind, Kind::Strings(_)) { option.num_args(0..) } else { option }
    };
    InputArgs::augment_args(command.args(operation.input().iter().map(option)))
}

fn operation_args(matches: &mut ArgMatches, operation: Operation) -> Result<OperationArgs, clap::Error> {
    let given = operation.input().iter().filter_map(|member| {
        let mut words = matches.remove_many(member.option)?;
        let words = match member.kind {
            Kind::Strings(_) => Words::Many(words.collect()),
            _ => Words::One(words.next().unwrap_or_default()),
        };
        Some((member, words))
    });
    let given = given.collect();
    Ok(OperationArgs { operation, given, input: InputArgs::from_arg_matches_mut(matches)? })
}

/// Arguments of `login`.
#[derive(Debug, Default, Clone, Args)]
pub struct LoginArgs {
    /// Sign in to this sso-session; may be repeated
    #[arg(long, value_name = "NAME", action = ArgAction::Append)]
    pub sso_session: Vec<String>,
    /// Sign in to every sso-session of the config file
    #[arg(long, conflicts_with_all = ["sso_session", "start_url"])]
    pub all: bool,
    /// Sign in at this start URL; needs no config file
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub start_url: Option<String>,
    /// Region of Identity Center, instead of sso_region
    #[arg(long, value_name = "REGION")]
    pub sso_region: Option<String>,
    /// Save the start URL and region to the config file
    #[arg(long, requires = "start_url")]
    pub save: bool,
    /// Use the browser even if it is not needed
    #[arg(long)]
    pub force: bool,
    /// Revoke the old session first, for a full lifetime
    #[arg(long)]
    pub new_session: bool,
    /// Minimum remaining lifetime, e.g. 30m or 4h
    #[arg(long, value_name = "TIME")]
    pub min_ttl: Option<String>,
    /// Flow: auto, authorization-code or device-code
    #[arg(long, value_name = "FLOW")]
    pub flow: Option<String>,
    /// Use the device code flow; same as --flow device-code
    #[arg(long, conflicts_with = "flow", hide_short_help = true)]
    pub use_device_code: bool,
    /// Do not open a browser; print the URL
    #[arg(long)]
    pub no_browser: bool,
    /// Open the URL with this command; {url} is the URL
    #[arg(long, value_name = "COMMAND", value_hint = ValueHint::CommandString)]
    pub browser_command: Option<String>,
    /// Listen for the redirect on this port
    #[arg(long, value_name = "PORT")]
    pub redirect_port: Option<String>,
    /// Do not print a QR code
    #[arg(long)]
    pub no_qr: bool,
    /// Copy the URL or the code to the clipboard
    #[arg(long)]
    pub copy: bool,
    /// Start a browser login: auto, always or never
    #[arg(long, value_name = "WHEN")]
    pub interactive: Option<String>,
    /// Time limit for the browser login, e.g. 90 or 5m
    #[arg(long, value_name = "TIME")]
    pub timeout: Option<String>,
}

/// Options that select a session. The default is the session of the profile.
#[derive(Debug, Default, Clone, Args)]
pub struct SessionArgs {
    /// Use this sso-session of the config file
    #[arg(long, value_name = "NAME")]
    pub sso_session: Option<String>,
    /// Use this start URL; needs no config file
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub start_url: Option<String>,
    /// Region of Identity Center, instead of sso_region
    #[arg(long, value_name = "REGION")]
    pub sso_region: Option<String>,
}

impl SessionArgs {
    /// Whether one of them is on the command line.
    pub fn is_given(&self) -> bool {
        self.sso_session.is_some() || self.start_url.is_some() || self.sso_region.is_some()
    }
}

/// Arguments of `configure`.
#[derive(Debug, Default, Clone, Args)]
pub struct ConfigureArgs {
    /// Account ID of the role
    #[arg(long, value_name = "ID")]
    pub account_id: Option<String>,
    /// Name of the role
    #[arg(long, value_name = "NAME")]
    pub role_name: Option<String>,
    /// Write profiles for all roles of all accounts
    #[arg(long)]
    pub all: bool,
    /// Profile names; may contain {account_id}, {role_name}
    #[arg(long, value_name = "TEMPLATE")]
    pub name: Option<String>,
    /// Output format to set in the profiles
    #[arg(long, value_name = "FORMAT", value_parser = OUTPUT_FORMATS)]
    pub output_format: Option<String>,
    /// Replace the settings of existing profiles
    #[arg(long)]
    pub overwrite: bool,
    /// Print the profiles instead of writing them
    #[arg(long)]
    pub dry_run: bool,
    /// The session
    #[command(flatten)]
    pub session: SessionArgs,
    /// Use the device code flow if a login is needed
    #[arg(long)]
    pub use_device_code: bool,
    /// Do not open a browser for a login; print the URL
    #[arg(long)]
    pub no_browser: bool,
    /// Sign in and ask questions: auto, always or never
    #[arg(long, value_name = "WHEN")]
    pub interactive: Option<String>,
}

/// Arguments of `status`.
#[derive(Debug, Default, Clone, Args)]
pub struct StatusArgs {
    /// Show only this sso-session; may be repeated
    #[arg(long, value_name = "NAME", action = ArgAction::Append)]
    pub sso_session: Vec<String>,
    /// Minimum remaining lifetime, e.g. 30m or 4h
    #[arg(long, value_name = "TIME")]
    pub min_ttl: Option<String>,
    /// Ask the access portal whether it accepts the tokens
    #[arg(long)]
    pub check: bool,
}

/// Arguments of `token`.
#[derive(Debug, Default, Clone, Args)]
pub struct TokenArgs {
    /// The session
    #[command(flatten)]
    pub session: SessionArgs,
    /// Minimum remaining lifetime, e.g. 30m or 4h
    #[arg(long, value_name = "TIME")]
    pub min_ttl: Option<String>,
    /// Print the HTTP header for the access portal
    #[arg(long)]
    pub header: bool,
}

/// Arguments of `export-credentials`.
#[derive(Debug, Default, Clone, Args)]
pub struct ExportCredentialsArgs {
    /// Format of the credentials; process is the default
    #[arg(long, value_name = "FORMAT", value_parser = CREDENTIALS_FORMATS)]
    pub format: Option<String>,
    /// Account ID of the role, instead of sso_account_id
    #[arg(long, value_name = "ID")]
    pub account_id: Option<String>,
    /// Name of the role, instead of sso_role_name
    #[arg(long, value_name = "NAME")]
    pub role_name: Option<String>,
    /// Minimum remaining lifetime, e.g. 30m or 4h
    #[arg(long, value_name = "TIME")]
    pub min_ttl: Option<String>,
    /// The session
    #[command(flatten)]
    pub session: SessionArgs,
    /// Run this command with the credentials in its environment
    #[arg(last = true, value_name = "COMMAND", value_hint = ValueHint::CommandWithArguments, conflicts_with = "format")]
    pub command: Vec<OsString>,
}

/// Arguments of `logout`.
#[derive(Debug, Default, Clone, Args)]
pub struct LogoutArgs {
    /// Sign out of only this sso-session; may be repeated
    #[arg(long, value_name = "NAME", action = ArgAction::Append)]
    pub sso_session: Vec<String>,
    /// Also remove cached client registrations
    #[arg(long)]
    pub forget_clients: bool,
}

/// Arguments of `completion`.
#[derive(Debug, Clone, Args)]
pub struct CompletionArgs {
    /// The shell; by default that of the SHELL variable
    #[arg(value_parser = COMPLETION_SHELLS)]
    pub shell: Option<String>,
    /// Print completions for the last word (used by the completion scripts)
    #[arg(last = true, value_name = "WORDS", hide = true)]
    pub words: Vec<OsString>,
}

/// Arguments of `shim`.
#[derive(Debug, Clone, Args)]
pub struct ShimArgs {
    /// The shell; by default that of the SHELL variable
    #[arg(value_parser = ["bash", "zsh", "fish", "powershell"])]
    pub shell: Option<String>,
    /// Exit 0 if sso-oidc handles this aws command (used by the shell function)
    #[arg(last = true, value_name = "WORDS", hide = true)]
    pub words: Vec<OsString>,
}

/// Arguments of `help`.
#[derive(Debug, Default, Clone, Args)]
pub struct HelpArgs {
    /// The command
    pub command: Option<String>,
    /// Not an argument: whether `-h` was given, which prints the help for one screen
    #[arg(skip)]
    pub short: bool,
}

#[cfg(test)]
mod tests;
