//! Every word the program understands, as clap declarations: commands, options, their help.
//!
//! Operation options carry the names and the order of the members of the AWS service model. Values stay text here; what
//! they mean (`file://`, JSON lists, precedence over files and environment) is resolved elsewhere. The words are made
//! canonical before clap sees them, see `words`. Imports nothing of ours.

#![expect(clippy::doc_markdown, reason = "these comments are the help that a person reads in a terminal")]
#![expect(clippy::struct_excessive_bools, reason = "a flag is a bool")]

use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgMatches, Args, FromArgMatches as _, ValueEnum, ValueHint};

use crate::model::{Kind, Member, Operation, Words};

const OUTPUT_FORMATS: [&str; 6] = ["json", "text", "table", "yaml", "yaml-stream", "off"];
const ERROR_FORMATS: [&str; 6] = ["legacy", "json", "yaml", "text", "table", "enhanced"];
const CREDENTIALS_FORMATS: [&str; 6] = ["process", "env", "env-no-export", "powershell", "windows-cmd", "fish"];
const SKELETONS: [&str; 3] = ["input", "yaml-input", "output"];

/// A command line that was read.
pub struct Cli {
    /// Options that every command takes, anywhere on the line
    pub global: GlobalArgs,
    /// What to do
    pub command: Command,
}

const PROGRAM: &str = "\
One small program for `aws sso login`, `aws sso logout` and `aws sso-oidc`.
Tokens are kept where the AWS CLI and every AWS SDK look for them. A value is
taken from its option, else from the environment, else from the profile, else it
has a default. Options may be shortened as long as they are unique, and the last
of two counts.

Examples:
  sso-oidc login --sso-session corp
  sso-oidc status
  eval \"$(sso-oidc export-credentials --profile dev --format env)\"";

const LOGIN: &str = "\
Takes the first that works: a cached token with more than 15 minutes left,
without a request; a refreshed one; a person in the browser, by the
authorization code flow with PKCE for an sso-session, by the device code flow
for a legacy profile and where the browser cannot reach this machine. Of any
number of logins at once one asks; the others wait for its outcome.

Examples:
  sso-oidc login
  sso-oidc login --sso-session corp --min-ttl 4h
  sso-oidc login --start-url https://my-company.awsapps.com/start \\
      --sso-region us-east-1 --sso-session corp --save
  sso-oidc login --all --interactive never || echo 'somebody must sign in'";

const COMPLETION: &str = "\
Commands, options and their values are completed, those of the config file too.

Examples, in the file that the shell reads when it starts:
  source <(sso-oidc completion bash)
  sso-oidc completion zsh > \"${fpath[1]}/_sso-oidc\"
  sso-oidc completion fish > ~/.config/fish/completions/sso-oidc.fish
  eval (sso-oidc completion elvish | slurp)
  sso-oidc completion powershell | Out-String | Invoke-Expression";

const SHIM: &str = "\
The function aws sends three commands here, global options before them included,
and all others to the AWS CLI. They have the meaning that they have there:
--output json changes nothing in login, and --profile does not narrow logout.
For events say SSO_OIDC_EVENTS=json. The program gives the same answers when it
is called aws, by a link for example; then it knows no other command.

Examples, in the file that the shell reads when it starts:
  eval \"$(sso-oidc shim bash)\"
  eval \"$(sso-oidc shim zsh)\"
  sso-oidc shim fish | source
  sso-oidc shim powershell | Out-String | Invoke-Expression
And where there is no AWS CLI:
  ln -s \"$(command -v sso-oidc)\" ~/.local/bin/aws";

const HELP: &str = "\
Examples:
  sso-oidc help
  sso-oidc help create-token";

const STATUS: &str = "\
Looks into the config file and the cache only, and never shows a secret. A
session that can be refreshed counts as usable, whatever --min-ttl says. Exit
code 0: all sessions named, or at least one when none is named, are usable; 4: a
login is needed.

Examples:
  sso-oidc status
  sso-oidc status --sso-session corp --min-ttl 30m ||
      sso-oidc login --sso-session corp";

const TOKEN: &str = "\
Never asks a person. Exit code 4: a login is needed, and standard error names
the command. The token is a secret.

Example, asking the access portal for one's accounts:
  sso-oidc token --sso-session corp --header |
      curl --silent --header @- \\
          https://portal.sso.us-east-1.amazonaws.com/assignment/accounts";

const EXPORT_CREDENTIALS: &str = "\
For a profile with sso_account_id and sso_role_name, or the options of these
names: short-term credentials of that role from the access portal, shared with
the AWS CLI through its cache. Other profiles: what the AWS SDKs would find.
Never asks a person; exit code 4: a login is needed. With -- COMMAND the command
gets the credentials in its environment and its exit code is ours; 127: there is
no such command, 126: it cannot be executed.

Examples:
  eval \"$(sso-oidc export-credentials --profile dev --format env)\"
  sso-oidc export-credentials --profile dev -- terraform plan
In the config file, in a profile without sso_* keys:
  credential_process = sso-oidc export-credentials --profile dev";

const LOGOUT: &str = "\
All sessions, unless --sso-session or --profile name some. What is on this
machine goes first, and goes even if the service cannot be reached. Role
credentials that came from any session go as well; they can be had again.

Examples:
  sso-oidc logout
  sso-oidc logout --sso-session corp";

const CREATE_TOKEN: &str = "\
One call for all three grants: a device code that a person approved, an
authorization code, or a refresh token. While the person has not decided the
service answers AuthorizationPendingException: call again after the interval
that start-device-authorization returned. The answer is a secret.
Secret options also take file://PATH, and - for standard input, so that no list
of processes shows them.

Example, the last step of the device flow:
  sso-oidc create-token --region us-east-1 \\
      --client-id file://client-id --client-secret file://client-secret \\
      --grant-type urn:ietf:params:oauth:grant-type:device_code \\
      --device-code file://device-code";

const CREATE_TOKEN_WITH_IAM: &str = "\
For applications that exchange a token of a trusted issuer, or redeem a code, as
an IAM identity. The request is signed with the credentials of the profile, of
the environment, or of the machine. The answer is a secret.
Secret options also take file://PATH, and - for standard input, so that no list
of processes shows them.

Example, a token of a trusted issuer in exchange for one of Identity Center:
  sso-oidc create-token-with-iam --region us-east-1 --profile app \\
      --client-id arn:aws:sso::123456789012:application/ssoins-1/apl-1 \\
      --grant-type urn:ietf:params:oauth:grant-type:jwt-bearer \\
      --assertion file://assertion.jwt";

const REGISTER_CLIENT: &str = "\
Returns the identifier and the secret that the other operations take, and until
when they are good.

Example:
  sso-oidc register-client --region us-east-1 \\
      --client-name my-tool --client-type public --scopes sso:account:access \\
      --grant-types urn:ietf:params:oauth:grant-type:device_code refresh_token";

const START_DEVICE_AUTHORIZATION: &str = "\
Returns a URL and a code to show to a person, and the device code with which
create-token fetches the token once the person has approved. The client's secret
may also be file://PATH, or - for standard input.

Example:
  sso-oidc start-device-authorization --region us-east-1 \\
      --client-id file://client-id --client-secret file://client-secret \\
      --start-url https://my-company.awsapps.com/start";

/// What a command line asks for.
pub enum Command {
    /// `login`
    Login(LoginArgs),
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

/// A command as it is declared. By hand, not by clap's derive, because that builds the options of all commands for each
/// command line, which costs more than most commands do.
pub struct Declared {
    /// The word for it.
    pub name: &'static str,
    /// What its help says, made from this declaration beforehand: to make it anew costs more than most commands do.
    pub help: &'static str,
    about: &'static str,
    after_help: &'static str,
    options: fn(clap::Command) -> clap::Command,
    read: fn(&mut ArgMatches) -> Result<Command, clap::Error>,
}

/// The commands, in the order of the help.
pub const COMMANDS: [Declared; 12] = [
    Declared {
        name: "login",
        help: include_str!("help/login.txt"),
        about: "Sign in: reuse a valid token, refresh it, or ask in the browser",
        after_help: LOGIN,
        options: LoginArgs::augment_args,
        read: |matches| LoginArgs::from_arg_matches_mut(matches).map(Command::Login),
    },
    Declared {
        name: "status",
        help: include_str!("help/status.txt"),
        about: "Show which sessions are there, until when, and whether they can be refreshed",
        after_help: STATUS,
        options: StatusArgs::augment_args,
        read: |matches| StatusArgs::from_arg_matches_mut(matches).map(Command::Status),
    },
    Declared {
        name: "token",
        help: include_str!("help/token.txt"),
        about: "Print a valid access token, refreshed first when needed",
        after_help: TOKEN,
        options: TokenArgs::augment_args,
        read: |matches| TokenArgs::from_arg_matches_mut(matches).map(Command::Token),
    },
    Declared {
        name: "export-credentials",
        help: include_str!("help/export-credentials.txt"),
        about: "Print credentials of a role, or run a command with them",
        after_help: EXPORT_CREDENTIALS,
        options: ExportCredentialsArgs::augment_args,
        read: |matches| ExportCredentialsArgs::from_arg_matches_mut(matches).map(Command::ExportCredentials),
    },
    Declared {
        name: "logout",
        help: include_str!("help/logout.txt"),
        about: "Sign out: remove tokens and role credentials from this machine, and end the sessions at the service",
        after_help: LOGOUT,
        options: LogoutArgs::augment_args,
        read: |matches| LogoutArgs::from_arg_matches_mut(matches).map(Command::Logout),
    },
    Declared {
        name: "create-token",
        help: include_str!("help/create-token.txt"),
        about: "Create and return access and refresh tokens for a registered client (CreateToken)",
        after_help: CREATE_TOKEN,
        options: |command| options(command, Operation::CreateToken),
        read: |matches| operation(matches, Operation::CreateToken),
    },
    Declared {
        name: "create-token-with-iam",
        help: include_str!("help/create-token-with-iam.txt"),
        about: "Create and return access and refresh tokens with IAM credentials (CreateTokenWithIAM)",
        after_help: CREATE_TOKEN_WITH_IAM,
        options: |command| options(command, Operation::CreateTokenWithIam),
        read: |matches| operation(matches, Operation::CreateTokenWithIam),
    },
    Declared {
        name: "register-client",
        help: include_str!("help/register-client.txt"),
        about: "Register a public client with IAM Identity Center (RegisterClient)",
        after_help: REGISTER_CLIENT,
        options: |command| options(command, Operation::RegisterClient),
        read: |matches| operation(matches, Operation::RegisterClient),
    },
    Declared {
        name: "start-device-authorization",
        help: include_str!("help/start-device-authorization.txt"),
        about: "Start the authorization of a device by a verification code (StartDeviceAuthorization)",
        after_help: START_DEVICE_AUTHORIZATION,
        options: |command| options(command, Operation::StartDeviceAuthorization),
        read: |matches| operation(matches, Operation::StartDeviceAuthorization),
    },
    Declared {
        name: "completion",
        help: include_str!("help/completion.txt"),
        about: "Print the completion script of a shell",
        after_help: COMPLETION,
        options: CompletionArgs::augment_args,
        read: |matches| CompletionArgs::from_arg_matches_mut(matches).map(Command::Completion),
    },
    Declared {
        name: "shim",
        help: include_str!("help/shim.txt"),
        about: "Print a shell function that sends aws sso login, aws sso logout and aws sso-oidc here",
        after_help: SHIM,
        options: ShimArgs::augment_args,
        read: |matches| ShimArgs::from_arg_matches_mut(matches).map(Command::Shim),
    },
    HELP_COMMAND,
];

/// The command that explains the others. `--help` means it, too.
pub const HELP_COMMAND: Declared = Declared {
    name: "help",
    help: include_str!("help/help.txt"),
    about: "Explain the program or one of its commands",
    after_help: HELP,
    options: HelpArgs::augment_args,
    read: |matches| HelpArgs::from_arg_matches_mut(matches).map(Command::Help),
};

/// What the help of the program says.
pub const HELP_OF_PROGRAM: &str = include_str!("help/sso-oidc.txt");

impl Declared {
    /// The command of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| command.name == name)
    }

    /// With its options, without the global ones.
    pub fn command(&self) -> clap::Command {
        (self.options)(clap::Command::new(self.name)).about(self.about).after_help(self.after_help)
    }
}

impl Cli {
    /// The program with all its commands.
    pub fn command() -> clap::Command {
        let about = "Sign in to AWS IAM Identity Center and call its OpenID Connect service";
        let program = globals().version(env!("CARGO_PKG_VERSION")).about(about).after_help(PROGRAM);
        program.subcommands(COMMANDS.iter().map(Declared::command))
    }

    /// What clap found.
    pub fn from_arg_matches(mut matches: ArgMatches) -> Result<Self, clap::Error> {
        let called = matches.remove_subcommand().and_then(|(name, matches)| Some((Declared::named(&name)?, matches)));
        let Some((command, mut own)) = called else {
            return Err(clap::Error::new(clap::error::ErrorKind::MissingSubcommand));
        };
        Ok(Self { global: GlobalArgs::from_arg_matches_mut(&mut matches)?, command: (command.read)(&mut own)? })
    }
}

/// The program without commands.
pub fn globals() -> clap::Command {
    let program = clap::Command::new(env!("CARGO_PKG_NAME")).disable_help_subcommand(true).args_override_self(true);
    GlobalArgs::augment_args(program).subcommand_required(true)
}

/// The program with the one command that is called. In canonical words the global options stand before it, and it need not
/// have them: clap would copy each and its value twice.
pub fn with_command(globals: clap::Command, command: clap::Command) -> clap::Command {
    globals.mut_args(|option| option.global(false)).subcommand(command)
}

/// Options that every command takes, as the AWS CLI's global options.
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Not an option: whether the program answers as `aws`, see `words::aws`
    #[arg(skip)]
    pub as_aws: bool,
    /// Log what happens to standard error; secrets are redacted
    #[arg(long, global = true)]
    pub debug: bool,
    /// Send requests to this URL instead of the service's own endpoint
    #[arg(long, global = true, value_name = "URL", value_hint = ValueHint::Url)]
    pub endpoint_url: Option<String>,
    /// Do not verify TLS certificates
    #[arg(long, global = true)]
    pub no_verify_ssl: bool,
    /// Accepted for compatibility; no operation paginates
    #[arg(long, global = true)]
    pub no_paginate: bool,
    /// How data is printed
    #[arg(long, global = true, value_name = "FORMAT", value_parser = OUTPUT_FORMATS)]
    pub output: Option<String>,
    /// Choose and reshape what is printed, in JMESPath
    #[arg(long, global = true, value_name = "JMESPATH")]
    pub query: Option<String>,
    /// Use this profile of the config and credentials files
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Use this region; login takes its region from the SSO configuration instead
    #[arg(long, global = true, value_name = "REGION")]
    pub region: Option<String>,
    /// When tables are coloured; auto is on a terminal
    #[arg(long, global = true, value_name = "WHEN", value_parser = ["on", "off", "auto"])]
    pub color: Option<String>,
    /// Do not sign requests and do not look for credentials
    #[arg(long, global = true)]
    pub no_sign_request: bool,
    /// Trust the certificates of this PEM file or folder instead of the built-in ones
    #[arg(long, global = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub ca_bundle: Option<String>,
    /// Seconds to wait for data; 0 is for ever
    #[arg(long, global = true, value_name = "SECONDS", allow_negative_numbers = true)]
    pub cli_read_timeout: Option<String>,
    /// Seconds to wait for a connection; 0 is for ever
    #[arg(long, global = true, value_name = "SECONDS", allow_negative_numbers = true)]
    pub cli_connect_timeout: Option<String>,
    /// Accepted for compatibility; no operation has binary members
    #[arg(long, global = true, value_name = "FORMAT", value_parser = ["base64", "raw-in-base64-out"])]
    pub cli_binary_format: Option<String>,
    /// Do not send output through a pager
    #[arg(long, global = true)]
    pub no_cli_pager: bool,
    /// Ask for missing options on the terminal
    #[arg(long, global = true)]
    pub cli_auto_prompt: bool,
    /// Do not ask for missing options
    #[arg(long, global = true)]
    pub no_cli_auto_prompt: bool,
    /// How errors are printed; enhanced is the default
    #[arg(long, global = true, value_name = "FORMAT", value_parser = ERROR_FORMATS)]
    pub cli_error_format: Option<String>,
}

/// Options that every operation has.
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = "Input options")]
pub struct InputArgs {
    /// Read the input members from this JSON text, file:// or fileb://, or - for standard input
    #[arg(long, value_name = "JSON")]
    pub cli_input_json: Option<String>,
    /// Read the input members from this YAML text, file:// or fileb://, or - for standard input
    #[arg(long, value_name = "YAML")]
    pub cli_input_yaml: Option<String>,
    /// Print a template instead of sending a request; without KIND that of the input
    #[arg(long, value_name = "KIND", num_args = 0..=1, default_missing_value = "input", value_parser = SKELETONS)]
    pub generate_cli_skeleton: Option<String>,
}

/// Arguments of an operation.
#[derive(Clone)]
pub struct OperationArgs {
    /// Which one.
    pub operation: Operation,
    /// What its options were given, in the order of the model.
    pub given: Vec<(&'static Member, Words)>,
    /// Documents and templates.
    pub input: InputArgs,
}

fn options(command: clap::Command, operation: Operation) -> clap::Command {
    let option = |member: &Member| {
        let option = Arg::new(member.option).long(member.option).value_name(member.value).help(member.help);
        match member.kind {
            Kind::Strings(_) => option.action(ArgAction::Append).num_args(0..),
            _ => option,
        }
    };
    InputArgs::augment_args(command.args(operation.input().iter().map(option)))
}

fn operation(matches: &mut ArgMatches, operation: Operation) -> Result<Command, clap::Error> {
    let given = operation.input().iter().filter(|member| matches.contains_id(member.option)).collect::<Vec<_>>();
    let given = given.into_iter().map(|member| {
        let mut words = matches.remove_many(member.option).into_iter().flatten();
        let words = match member.kind {
            Kind::Strings(_) => Words::Many(words.collect()),
            _ => Words::One(words.next().unwrap_or_default()),
        };
        (member, words)
    });
    let given = given.collect();
    Ok(Command::Operation(OperationArgs { operation, given, input: InputArgs::from_arg_matches_mut(matches)? }))
}

/// Arguments of `login`.
#[derive(Debug, Default, Clone, Args)]
pub struct LoginArgs {
    /// Sign in to this sso-session of the config file; may be repeated
    #[arg(long, value_name = "NAME", action = ArgAction::Append)]
    pub sso_session: Vec<String>,
    /// Sign in to every sso-session of the config file
    #[arg(long, conflicts_with_all = ["sso_session", "start_url"])]
    pub all: bool,
    /// Sign in at this start URL, without configuration
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub start_url: Option<String>,
    /// Region of the Identity Center instance, instead of sso_region
    #[arg(long, value_name = "REGION")]
    pub sso_region: Option<String>,
    /// Write --start-url and --sso-region into the config file after the login
    #[arg(long, requires = "start_url")]
    pub save: bool,
    /// Ask in the browser even if the token is valid or can be refreshed
    #[arg(long)]
    pub force: bool,
    /// End the old session at the service first, so that the new one has a full life
    #[arg(long)]
    pub new_session: bool,
    /// Ask for at least this much life, like 30m or 4h
    #[arg(long, value_name = "TIME")]
    pub min_ttl: Option<String>,
    /// How to sign in: auto, authorization-code or device-code; also `SSO_OIDC_FLOW` and `sso_login_flow`
    #[arg(long, value_name = "FLOW")]
    pub flow: Option<String>,
    /// Use the device code flow, as --flow device-code
    #[arg(long, conflicts_with = "flow")]
    pub use_device_code: bool,
    /// Do not open a browser; print the URL
    #[arg(long)]
    pub no_browser: bool,
    /// Open the URL with this command, in which {url} or %s stands for it; also `sso_browser_command`
    #[arg(long, value_name = "COMMAND", value_hint = ValueHint::CommandString)]
    pub browser_command: Option<String>,
    /// Listen for the browser on this port of 127.0.0.1; also `sso_redirect_port`
    #[arg(long, value_name = "PORT")]
    pub redirect_port: Option<String>,
    /// Do not show the device code's URL as a QR code
    #[arg(long)]
    pub no_qr: bool,
    /// May a person be asked: auto, always or never; also `SSO_OIDC_INTERACTIVE`
    #[arg(long, value_name = "WHEN")]
    pub interactive: Option<String>,
    /// Give up when nobody has answered for this long, like 90 or 5m
    #[arg(long, value_name = "TIME")]
    pub timeout: Option<String>,
}

/// Which session is meant, for a command that uses one; else that of the profile.
#[derive(Debug, Default, Clone, Args)]
pub struct SessionArgs {
    /// Use this sso-session of the config file
    #[arg(long, value_name = "NAME")]
    pub sso_session: Option<String>,
    /// Use the session of this start URL, without configuration
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub start_url: Option<String>,
    /// Region of the Identity Center instance, instead of sso_region
    #[arg(long, value_name = "REGION")]
    pub sso_region: Option<String>,
}

/// Arguments of `status`.
#[derive(Debug, Default, Clone, Args)]
pub struct StatusArgs {
    /// Look at this sso-session only; may be repeated
    #[arg(long, value_name = "NAME", action = ArgAction::Append)]
    pub sso_session: Vec<String>,
    /// A token with less life than this counts as ended, like 30m or 4h
    #[arg(long, value_name = "TIME")]
    pub min_ttl: Option<String>,
    /// Ask the access portal whether it still accepts the tokens
    #[arg(long)]
    pub check: bool,
}

/// Arguments of `token`.
#[derive(Debug, Default, Clone, Args)]
pub struct TokenArgs {
    /// Which session
    #[command(flatten)]
    pub session: SessionArgs,
    /// Ask for at least this much life, like 30m or 4h
    #[arg(long, value_name = "TIME")]
    pub min_ttl: Option<String>,
    /// Print the header that the access portal takes, with the token in it
    #[arg(long)]
    pub header: bool,
}

/// Arguments of `export-credentials`.
#[derive(Debug, Default, Clone, Args)]
pub struct ExportCredentialsArgs {
    /// How the credentials are printed; process is the default
    #[arg(long, value_name = "FORMAT", value_parser = CREDENTIALS_FORMATS)]
    pub format: Option<String>,
    /// Account of the role, instead of sso_account_id
    #[arg(long, value_name = "ID")]
    pub account_id: Option<String>,
    /// Name of the role, instead of sso_role_name
    #[arg(long, value_name = "NAME")]
    pub role_name: Option<String>,
    /// Which session
    #[command(flatten)]
    pub session: SessionArgs,
    /// Run this command with the credentials in its environment
    #[arg(last = true, value_name = "COMMAND", value_hint = ValueHint::CommandWithArguments, conflicts_with = "format")]
    pub command: Vec<OsString>,
}

/// Arguments of `logout`.
#[derive(Debug, Default, Clone, Args)]
pub struct LogoutArgs {
    /// Sign out of this sso-session only; may be repeated
    #[arg(long, value_name = "NAME", action = ArgAction::Append)]
    pub sso_session: Vec<String>,
    /// Remove the registrations of the client as well
    #[arg(long)]
    pub forget_clients: bool,
}

/// Arguments of `completion`.
#[derive(Debug, Clone, Args)]
pub struct CompletionArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
    /// Print what may stand in place of the last of these words of a command line; this is how the scripts ask
    #[arg(last = true, value_name = "WORDS")]
    pub words: Vec<OsString>,
}

/// Shells with a completion script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// GNU Bash
    #[value(help = None)]
    Bash,
    /// Z shell
    #[value(help = None)]
    Zsh,
    /// fish
    #[value(help = None)]
    Fish,
    /// PowerShell
    #[value(help = None)]
    Powershell,
    /// Elvish
    #[value(help = None)]
    Elvish,
}

/// Arguments of `shim`.
#[derive(Debug, Clone, Args)]
pub struct ShimArgs {
    /// The shell; else that of the SHELL variable
    #[arg(value_parser = ["bash", "zsh", "fish", "powershell"])]
    pub shell: Option<String>,
    /// Say by the exit code whether these words, aws the first of them, are answered here; the function asks so
    #[arg(last = true, value_name = "WORDS")]
    pub words: Vec<OsString>,
}

/// Arguments of `help`.
#[derive(Debug, Default, Clone, Args)]
pub struct HelpArgs {
    /// The command to explain
    pub command: Option<String>,
}
