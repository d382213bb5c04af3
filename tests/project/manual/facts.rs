//! What the manual pages add to the declarations of options: defaults, environment variables, files and exit codes. Each
//! fact lists the commands that it applies to; an empty list means all of them.

use sso_oidc::internal::Cli;

/// Commands that use a session of Identity Center.
pub(crate) const SESSIONS: &[&str] = &["login", "configure", "status", "token", "export-credentials", "logout"];
/// Commands that call an operation of the service.
pub(crate) const OPERATIONS: &[&str] =
    &["register-client", "start-device-authorization", "create-token", "create-token-with-iam"];
const REQUESTS: &[&str] = &[
    "login",
    "configure",
    "status",
    "token",
    "export-credentials",
    "logout",
    "register-client",
    "start-device-authorization",
    "create-token",
    "create-token-with-iam",
];
const PRINTING: &[&str] = &[
    "status",
    "token",
    "export-credentials",
    "register-client",
    "start-device-authorization",
    "create-token",
    "create-token-with-iam",
];
const LOGIN: &[&str] = &["login"];
/// Commands that can start a browser login.
const INTERACTIVE: &[&str] = &["login", "configure"];
/// All but `configure`, of which `--profile` is the profile to write.
const OTHERS: &[&str] = &[
    "login",
    "status",
    "token",
    "export-credentials",
    "logout",
    "register-client",
    "start-device-authorization",
    "create-token",
    "create-token-with-iam",
    "completion",
    "shim",
    "help",
];
const SIGNING: &[&str] = &["create-token-with-iam", "export-credentials"];

/// Names, their meaning, and the commands that it applies to.
pub(super) type Fact = (&'static [&'static str], &'static str, &'static [&'static str]);

/// Defaults, by the option's id in clap. An option whose default differs between commands has several entries.
pub(super) const DEFAULTS: [Fact; 36] = [
    (
        &["endpoint_url"],
        "Default: `AWS_ENDPOINT_URL_SSO_OIDC` (`AWS_ENDPOINT_URL_SSO` for the access portal), `AWS_ENDPOINT_URL`, \
         `endpoint_url` in the profile's services section or in the profile, or the AWS endpoint for the region.",
        &[],
    ),
    (&["output"], "Default: `AWS_DEFAULT_OUTPUT`, `output` in the profile, or json.", PRINTING),
    (&["output"], "Only json has an effect: standard output is one JSON event per line.", &["login", "logout"]),
    (
        &["output", "query"],
        "Prints the accounts and roles, and writes no profile. Default format with --query: as for other commands.",
        &["configure"],
    ),
    (
        &["profile"],
        "The profile to write. Its session is used if it exists and has one, else that of the default profile. With --all, \
         --output or --query it only selects the session.",
        &["configure"],
    ),
    (&["profile"], "Default: `AWS_PROFILE`, `AWS_DEFAULT_PROFILE`, or default.", OTHERS),
    (&["region"], "Default: the region of the session, for new profiles.", &["configure"]),
    (&["name"], "Default: {account_name}.{role_name}.", &["configure"]),
    (&["output_format"], "Default: no `output` in the profile.", &["configure"]),
    (&["region"], "Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, or `region` in the profile.", PRINTING),
    (
        &["color"],
        "Default: auto. NO_COLOR turns color off; CLICOLOR_FORCE turns it on for text in a pipe, but not for data.",
        &[],
    ),
    (&["ca_bundle"], "Default: `AWS_CA_BUNDLE`, `ca_bundle` in the profile, or `REQUESTS_CA_BUNDLE`.", &[]),
    (&["cli_read_timeout", "cli_connect_timeout"], "Default: 60.", OPERATIONS),
    (&["cli_read_timeout"], "Default: 30, for the whole request.", SESSIONS),
    (&["cli_connect_timeout"], "Default: 10.", SESSIONS),
    (&["cli_binary_format"], "Default: `cli_binary_format` in the profile.", &[]),
    (&["no_cli_pager"], "Default pager: `AWS_PAGER`, `cli_pager` in the profile, `PAGER`, or less.", &[]),
    (
        &["cli_auto_prompt", "no_cli_auto_prompt"],
        "Default: `AWS_CLI_AUTO_PROMPT`, or `cli_auto_prompt` in the profile.",
        &[],
    ),
    (&["cli_error_format"], "Default: `AWS_CLI_ERROR_FORMAT`, or `cli_error_format` in the profile.", &[]),
    (
        &["sso_session"],
        "Default: `sso_session` in the profile, or the only sso-session.",
        &["login", "configure", "token", "export-credentials"],
    ),
    (&["sso_session"], "Default: all sessions.", &["status", "logout"]),
    (
        &["start_url"],
        "Default: `SSO_OIDC_START_URL`, or `sso_start_url` in the sso-session or in the profile.",
        SESSIONS,
    ),
    (
        &["sso_region"],
        "Default: the region in the host of --start-url, `SSO_OIDC_REGION`, or `sso_region` in the sso-session or in the \
         profile.",
        SESSIONS,
    ),
    (&["min_ttl"], "Default: 0.", SESSIONS),
    (&["flow"], "Default: `SSO_OIDC_FLOW`, `sso_login_flow` in the sso-session, or auto.", LOGIN),
    (
        &["interactive"],
        "Default: `SSO_OIDC_INTERACTIVE`, or auto, which starts one unless `CI` is true, or there is no terminal and a login \
         timed out less than 5 minutes ago (60 after three in a row).",
        INTERACTIVE,
    ),
    (
        &["browser_command"],
        "Default: `sso_browser_command` in the sso-session, `BROWSER`, or the system's default browser.",
        LOGIN,
    ),
    (&["redirect_port"], "Default: `sso_redirect_port` in the sso-session, or any free port.", LOGIN),
    (&["timeout"], "Default: 10m; in the device code flow, until the code expires.", LOGIN),
    (&["account_id"], "Default: `SSO_OIDC_ACCOUNT_ID`, or `sso_account_id` in the profile.", &["export-credentials"]),
    (&["role_name"], "Default: `SSO_OIDC_ROLE_NAME`, or `sso_role_name` in the profile.", &["export-credentials"]),
    (&["generate_cli_skeleton"], "Default kind: input.", OPERATIONS),
    (&["client-id", "client-secret", "code", "code-verifier"], "Also accepts file://PATH.", OPERATIONS),
    (&["refresh-token", "assertion", "subject-token", "device-code"], "Also accepts file://PATH.", OPERATIONS),
    (&["cli_input_json", "cli_input_yaml"], "Options take precedence over its members.", OPERATIONS),
    (&["debug"], "Default: warnings and errors only.", &[]),
];

/// Environment variables.
pub(super) const VARIABLES: [Fact; 29] = [
    (&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"], "The profile.", REQUESTS),
    (&["AWS_REGION", "AWS_DEFAULT_REGION"], "The region; login and logout use `sso_region` instead.", PRINTING),
    (
        &["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"],
        "Paths of the config file and the credentials file.",
        REQUESTS,
    ),
    (
        &["SSO_OIDC_START_URL", "SSO_OIDC_REGION"],
        "Start URL and region of the session; ignored with --sso-session or --profile.",
        &["login", "configure", "status", "token", "export-credentials"],
    ),
    (
        &["SSO_OIDC_ACCOUNT_ID", "SSO_OIDC_ROLE_NAME"],
        "Account and role; ignored with --profile.",
        &["export-credentials"],
    ),
    (&["SSO_OIDC_FLOW"], "The login flow, like --flow of login.", INTERACTIVE),
    (&["SSO_OIDC_INTERACTIVE"], "Whether a browser login may be started, like --interactive.", INTERACTIVE),
    (&["BROWSER"], "The browser command, or several separated by colons; %s is replaced by the URL.", INTERACTIVE),
    (&["SSO_OIDC_EVENTS"], "If json, standard output is one JSON event per line.", &["login", "logout"]),
    (&["CI"], "If true, no browser login is started unless --interactive is always.", INTERACTIVE),
    (
        &["SSH_CONNECTION", "DISPLAY", "WAYLAND_DISPLAY", "CODESPACES"],
        "Used to detect that a browser cannot reach this machine; then the device code flow is used.",
        INTERACTIVE,
    ),
    (
        &["AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL"],
        "Endpoints of the service, of the access portal, and of both.",
        REQUESTS,
    ),
    (
        &["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"],
        "If true, endpoints from the environment and the config file are ignored.",
        REQUESTS,
    ),
    (
        &["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"],
        "If true, FIPS or dual-stack endpoints are used.",
        REQUESTS,
    ),
    (&["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"], "Certificates to trust instead of the built-in ones.", REQUESTS),
    (&["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"], "Proxies, and the hosts that are reached without one.", REQUESTS),
    (&["AWS_MAX_ATTEMPTS"], "The maximum number of attempts for a request (3).", REQUESTS),
    (&["AWS_RETRY_MODE"], "Validated, but otherwise ignored: retries always use standard mode.", REQUESTS),
    (
        &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"],
        "Credentials; they take precedence over a profile that is not named with --profile, in export-credentials over one \
         that is not named at all.",
        SIGNING,
    ),
    (
        &["AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI"],
        "Credentials of the environment that the program runs in, with the SDKs' related variables.",
        SIGNING,
    ),
    (&["AWS_EC2_METADATA_DISABLED"], "If true, instance metadata is not used for credentials or the region.", PRINTING),
    (&["AWS_DEFAULT_OUTPUT"], "The output format.", PRINTING),
    (&["AWS_PAGER", "PAGER"], "The pager for output on a terminal; empty for none.", PRINTING),
    (&["AWS_CLI_AUTO_PROMPT"], "Whether to prompt for missing options: on, on-partial or off.", OPERATIONS),
    (&["AWS_CLI_FILE_ENCODING"], "The encoding of files read through file://, instead of UTF-8.", OPERATIONS),
    (&["AWS_CLI_ERROR_FORMAT"], "The format of errors.", &[]),
    (&["AWS_SDK_UA_APP_ID"], "An application name to add to the user agent.", REQUESTS),
    (&["SHELL"], "The default shell.", &["shim"]),
    (&["HOME"], "The home directory.", &[]),
];

/// Files.
pub(super) const FILES: [Fact; 4] = [
    (&["~/.aws/config"], "Profiles and sso-sessions.", REQUESTS),
    (&["~/.aws/credentials"], "Credentials and settings of profiles.", REQUESTS),
    (
        &["~/.aws/sso/cache/"],
        "Tokens and client registrations, shared with the AWS CLI and the SDKs. Contains secrets.",
        SESSIONS,
    ),
    (
        &["~/.aws/cli/cache/"],
        "Role credentials, shared with the AWS CLI. Contains secrets.",
        &["export-credentials", "logout"],
    ),
];

/// Exit codes.
pub(super) const CODES: [Fact; 9] = [
    (&["0"], "Success.", &[]),
    (&["1"], "With --: sso-oidc does not handle this aws command.", &["shim"]),
    (
        &["4"],
        "A login is needed and was not started.",
        &["login", "configure", "status", "token", "export-credentials"],
    ),
    (
        &["126", "127"],
        "The command after -- cannot be executed, or was not found. Otherwise the exit code is that of the command.",
        &["export-credentials"],
    ),
    (&["130"], "Interrupted with Ctrl-C.", REQUESTS),
    (&["252"], "The command line or a parameter is invalid.", &[]),
    (&["253"], "The configuration is missing or invalid.", REQUESTS),
    (&["254"], "The service returned an error.", REQUESTS),
    (&["255"], "Any other error: network, timeout, denied or unanswered login, file.", &[]),
];

/// Whether a fact applies to a command; all of them apply to the program.
pub(super) fn is_about(fact: &Fact, command: Option<&str>) -> bool {
    command.is_none_or(|command| fact.2.is_empty() || fact.2.contains(&command))
}

#[test]
fn facts_name_existing_options_and_commands() {
    let mut program = Cli::command();
    program.build();
    for fact in DEFAULTS.iter().chain(&VARIABLES).chain(&FILES).chain(&CODES) {
        for command in fact.2 {
            assert!(program.find_subcommand(command).is_some(), "{command}");
        }
    }
    for fact in &DEFAULTS {
        for id in fact.0 {
            let takes = |command: &&clap::Command| command.get_arguments().any(|arg| arg.get_id() == *id);
            let about = program.get_subcommands().filter(|command| is_about(fact, Some(command.get_name())));
            assert!(about.into_iter().any(|command| takes(&command)), "{id}");
        }
    }
}

#[test]
fn every_option_has_one_default() {
    for command in Cli::command().get_subcommands().map(clap::Command::get_name) {
        for (at, fact) in DEFAULTS.iter().enumerate().filter(|(_, fact)| is_about(fact, Some(command))) {
            let others = DEFAULTS[at + 1..].iter().filter(|other| is_about(other, Some(command)));
            for other in others {
                assert!(!fact.0.iter().any(|id| other.0.contains(id)), "{command}: {:?}", fact.0);
            }
        }
    }
}
