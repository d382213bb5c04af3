//! What the manual pages say beyond the declarations of options: where a value comes from when the option is not given,
//! variables, files, exit codes. Each fact names the commands that it is about; none means all of them.

use sso_oidc::internal::Cli;

/// Commands that use a session of Identity Center.
pub(super) const SESSIONS: &[&str] = &["login", "status", "token", "export-credentials", "logout"];
/// Commands that are an operation of the service.
pub(super) const OPERATIONS: &[&str] =
    &["register-client", "start-device-authorization", "create-token", "create-token-with-iam"];
const REQUESTS: &[&str] = &[
    "login",
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
const SIGNING: &[&str] = &["create-token-with-iam", "export-credentials"];

/// Names, what they mean, and for which commands.
pub(super) type Fact = (&'static [&'static str], &'static str, &'static [&'static str]);

/// By the name that clap knows an option under: what holds where it is not given. More than one where commands differ.
pub(super) const DEFAULTS: [Fact; 31] = [
    (
        &["endpoint_url"],
        "Else `AWS_ENDPOINT_URL_SSO_OIDC` (`AWS_ENDPOINT_URL_SSO` for the access portal), `AWS_ENDPOINT_URL`, \
         `endpoint_url` of the profile's `services` block or of the profile, or AWS's endpoint of the region.",
        &[],
    ),
    (&["output"], "Else `AWS_DEFAULT_OUTPUT`, `output` of the profile, or json.", PRINTING),
    (&["output"], "Only json means something here: one event a line on standard output.", &["login", "logout"]),
    (&["profile"], "Else `AWS_PROFILE`, `AWS_DEFAULT_PROFILE`, or default.", &[]),
    (&["region"], "Else `AWS_REGION`, `AWS_DEFAULT_REGION`, or `region` of the profile.", PRINTING),
    (&["color"], "Default: auto.", &[]),
    (&["ca_bundle"], "Else `AWS_CA_BUNDLE`, `ca_bundle` of the profile, or `REQUESTS_CA_BUNDLE`.", &[]),
    (&["cli_read_timeout", "cli_connect_timeout"], "Default: 60.", OPERATIONS),
    (&["cli_read_timeout"], "Default: 30, and then for the whole of a request.", SESSIONS),
    (&["cli_connect_timeout"], "Default: 10.", SESSIONS),
    (&["cli_binary_format"], "Else `cli_binary_format` of the profile.", &[]),
    (&["no_cli_pager"], "Else the pager is that of `AWS_PAGER`, `cli_pager` of the profile, `PAGER`, or less.", &[]),
    (
        &["cli_auto_prompt", "no_cli_auto_prompt"],
        "Else `AWS_CLI_AUTO_PROMPT`, or `cli_auto_prompt` of the profile.",
        &[],
    ),
    (&["cli_error_format"], "Else `AWS_CLI_ERROR_FORMAT`, or `cli_error_format` of the profile.", &[]),
    (&["sso_session"], "Else `sso_session` of the profile.", &["login", "token", "export-credentials"]),
    (&["sso_session"], "Else all there are.", &["status", "logout"]),
    (&["start_url"], "Else `sso_start_url` of the sso-session or of the profile.", SESSIONS),
    (
        &["sso_region"],
        "Else `sso_region` of the sso-session or of the profile, or the region in the host of --start-url.",
        SESSIONS,
    ),
    (&["min_ttl"], "Default: 0.", SESSIONS),
    (&["flow"], "Default: auto.", LOGIN),
    (
        &["interactive"],
        "Default: auto, which is yes, but not with `CI`, nor without a terminal for an hour after nobody answered.",
        LOGIN,
    ),
    (&["browser_command"], "Else `BROWSER`, or what the system opens URLs with.", LOGIN),
    (&["redirect_port"], "Default: one that is free.", LOGIN),
    (&["timeout"], "Default: 10m, and in the device code flow the life of the code.", LOGIN),
    (&["account_id"], "Else `sso_account_id` of the profile.", &["export-credentials"]),
    (&["role_name"], "Else `sso_role_name` of the profile.", &["export-credentials"]),
    (&["generate_cli_skeleton"], "Default kind: input.", OPERATIONS),
    (&["client-id", "client-secret", "code", "code-verifier"], "Also file://PATH.", OPERATIONS),
    (&["refresh-token", "assertion", "subject-token", "device-code"], "Also file://PATH.", OPERATIONS),
    (&["cli_input_json", "cli_input_yaml"], "Options go before what it says.", OPERATIONS),
    (&["debug"], "Default: only warnings and errors.", &[]),
];

/// Variables of the environment.
pub(super) const VARIABLES: [Fact; 27] = [
    (&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"], "The profile.", REQUESTS),
    (
        &["AWS_REGION", "AWS_DEFAULT_REGION"],
        "The region; login and logout take theirs from the SSO configuration.",
        PRINTING,
    ),
    (&["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"], "Where the two files are.", REQUESTS),
    (&["SSO_OIDC_FLOW"], "How to sign in, as --flow.", LOGIN),
    (&["SSO_OIDC_INTERACTIVE"], "May a person be asked, as --interactive.", LOGIN),
    (&["BROWSER"], "The browser's command; several are separated by colons, and %s stands for the URL.", LOGIN),
    (&["SSO_OIDC_EVENTS"], "If json, standard output carries one event a line.", &["login", "logout"]),
    (&["CI"], "If true, nobody is asked.", LOGIN),
    (
        &["SSH_CONNECTION", "DISPLAY", "WAYLAND_DISPLAY", "CODESPACES"],
        "Whether a browser could come back to this machine; without a way, the device code flow is taken.",
        LOGIN,
    ),
    (
        &["AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL"],
        "URLs of the service, of the access portal, and of both.",
        REQUESTS,
    ),
    (&["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"], "If true, only --endpoint-url counts.", REQUESTS),
    (&["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"], "If true, which endpoints of AWS are taken.", REQUESTS),
    (&["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"], "Certificates to trust instead of the built-in ones.", REQUESTS),
    (&["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"], "The proxy, and hosts without one.", REQUESTS),
    (&["AWS_MAX_ATTEMPTS"], "How often a request is tried (3).", REQUESTS),
    (
        &["AWS_RETRY_MODE"],
        "Checked as by the AWS CLI, otherwise ignored: every retry waits as in standard mode.",
        REQUESTS,
    ),
    (
        &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"],
        "Credentials, before those of a profile that --profile does not name.",
        SIGNING,
    ),
    (
        &["AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI"],
        "Credentials of the place where the program runs, with the other variables that the SDKs have for them.",
        SIGNING,
    ),
    (&["AWS_EC2_METADATA_DISABLED"], "If true, the machine is not asked for credentials or its region.", PRINTING),
    (&["AWS_DEFAULT_OUTPUT"], "The format of what is printed.", PRINTING),
    (&["AWS_PAGER", "PAGER"], "The pager on a terminal; none if empty.", PRINTING),
    (&["AWS_CLI_AUTO_PROMPT"], "Whether missing options are asked for: on, on-partial, off.", OPERATIONS),
    (&["AWS_CLI_FILE_ENCODING"], "The encoding of files behind file://, instead of UTF-8.", OPERATIONS),
    (&["AWS_CLI_ERROR_FORMAT"], "The format of errors.", &[]),
    (&["AWS_SDK_UA_APP_ID"], "A name that is added to the user agent.", REQUESTS),
    (&["SHELL"], "The shell, when none is named.", &["shim"]),
    (&["HOME"], "Where ~ is.", &[]),
];

/// Files.
pub(super) const FILES: [Fact; 4] = [
    (&["~/.aws/config"], "Profiles and sso-sessions.", REQUESTS),
    (&["~/.aws/credentials"], "More of the profiles.", REQUESTS),
    (
        &["~/.aws/sso/cache/"],
        "Tokens and client registrations, shared with the AWS CLI and the SDKs; secret.",
        SESSIONS,
    ),
    (
        &["~/.aws/cli/cache/"],
        "Credentials of roles, shared with the AWS CLI; secret.",
        &["export-credentials", "logout"],
    ),
];

/// Exit codes.
pub(super) const CODES: [Fact; 9] = [
    (&["0"], "Done.", &[]),
    (&["1"], "Of shim: the words behind -- are not answered here.", &["shim"]),
    (&["4"], "A person must sign in first, and may not be asked.", &["login", "status", "token", "export-credentials"]),
    (
        &["126", "127"],
        "The command behind -- cannot be run, or does not exist; else the code is its own.",
        &["export-credentials"],
    ),
    (&["130"], "Interrupted with Ctrl-C.", REQUESTS),
    (&["252"], "The command line, or a parameter, is wrong.", &[]),
    (&["253"], "The configuration is incomplete or wrong.", REQUESTS),
    (&["254"], "The service answered with an error.", REQUESTS),
    (&["255"], "Anything else: the network, a time-out, a denied or unanswered sign-in, a file.", &[]),
];

/// Whether a fact is about a command; all of them are about the program.
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
