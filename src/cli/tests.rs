//! Command lines and what they become. Lines that the AWS CLI was recorded with are in `tests/parity`.

use std::ffi::OsString;

use super::{Cli, Command, OperationArgs, option_value, parse, wants_version};
use crate::error::Error;
use crate::model::Words;

fn args(words: &[&str]) -> Vec<OsString> {
    std::iter::once("sso-oidc").chain(words.iter().copied()).map(OsString::from).collect()
}

fn read(words: &[&str]) -> Result<Cli, Error> {
    parse(args(words), false)
}

fn operation(words: &[&str]) -> (Cli, OperationArgs) {
    let cli = read(words).unwrap_or_else(|error| panic!("{words:?}: {error}"));
    let Command::Operation(operation) = &cli.command else { panic!("{words:?}") };
    let operation = operation.clone();
    (cli, operation)
}

/// The options of an operation's members: `code=x`, a list as `scopes=[a|b]`.
fn given(words: &[&str]) -> String {
    let given = operation(words).1.given.into_iter().map(|(member, words)| match words {
        Words::One(word) => format!("{}={word}", member.option),
        Words::Many(words) => format!("{}=[{}]", member.option, words.join("|")),
    });
    given.collect::<Vec<_>>().join(" ")
}

fn refused(words: &[&str]) -> String {
    read(words).err().unwrap_or_else(|| panic!("{words:?} is accepted")).to_string()
}

fn advice(words: &[&str]) -> Option<String> {
    read(words).err().unwrap().advice().map(str::to_owned)
}

/// The command that help is about; empty for the program.
fn helped(words: &[&str]) -> Option<String> {
    match read(words).ok()?.command {
        Command::Help(help) => Some(help.command.unwrap_or_default()),
        _ => None,
    }
}

#[test]
fn values_with_and_without_equals() {
    let line = ["create-token", "--client-id=c=d", "--client-secret=--x", "--code", "u"];
    assert_eq!(given(&line), "client-id=c=d client-secret=--x code=u");
    assert_eq!(given(&["create-token", "--code="]), "code=");
    assert_eq!(given(&["create-token", "--code", ""]), "code=");
}

#[test]
fn options_stand_anywhere() {
    for line in [
        &["--region", "r", "--debug", "create-token", "--code=c"][..],
        &["create-token", "--region", "r", "--code", "c", "--debug"],
        &["--code=c", "--region", "r", "--debug", "create-token"],
    ] {
        let (cli, _) = operation(line);
        assert_eq!((cli.global.region.as_deref(), cli.global.debug, given(line).as_str()), (Some("r"), true, "code=c"));
    }
    let Command::Status(_) = read(&["--profile", "login", "status"]).unwrap().command else { panic!() };
}

#[test]
fn options_may_be_abbreviated() {
    let line = ["--prof", "p", "start-device-authorization", "--client-i", "c", "--client-s=s", "--start", "u"];
    assert_eq!(given(&line), "client-id=c client-secret=s start-url=u");
    assert_eq!(operation(&line).0.global.profile.as_deref(), Some("p"));
    assert_eq!(
        refused(&["create-token", "--client=hunter2"]),
        "Ambiguous option --client; it matches --client-id, --client-secret"
    );
}

#[test]
fn the_last_of_two_wins_lists_too() {
    assert_eq!(given(&["register-client", "--scopes", "a", "b", "--scopes", "c"]), "scopes=[c]");
    assert_eq!(given(&["create-token", "--code", "a", "--code", "b"]), "code=b");
    let (cli, _) = operation(&["--region", "a", "create-token", "--region", "b"]);
    assert_eq!(cli.global.region.as_deref(), Some("b"));
    let Command::Login(login) = read(&["login", "--sso-session", "a", "--sso-session", "b"]).unwrap().command else {
        panic!()
    };
    assert_eq!(login.sso_session, ["a", "b"]);
}

#[test]
fn lists_take_words_up_to_the_next_option() {
    assert_eq!(
        given(&["register-client", "--scopes", "a", "b c", "-1", "--client-name", "n"]),
        "client-name=n scopes=[a|b c|-1]"
    );
    assert_eq!(given(&["register-client", "--scopes", "--region", "r"]), "scopes=[]");
    assert_eq!(given(&["register-client", "--scopes", ""]), "scopes=[]");
}

#[test]
fn what_counts_as_a_value() {
    for value in ["-", "- x", "-1", "-.5", "-1.5", "--a b", "-----BEGIN KEY-----\nx==", "", "a", "né\n\u{1}"] {
        assert_eq!(given(&["create-token", "--code", value]), format!("code={value}"));
    }
    for value in ["-x", "--x", "-1x", "--", "--region"] {
        let refused = refused(&["create-token", "--code", value]);
        assert!(refused.starts_with("--code requires a value") || value == "--region", "{value}: {refused}");
    }
}

#[test]
fn the_skeleton_takes_a_kind_or_none() {
    let kind = |words: &[&str]| operation(words).1.input.generate_cli_skeleton;
    assert_eq!(kind(&["create-token", "--generate-cli-skeleton", "--region", "r"]).as_deref(), Some("input"));
    assert_eq!(kind(&["create-token", "--generate-cli-skeleton", "output"]).as_deref(), Some("output"));
}

#[test]
fn a_last_double_dash_is_dropped() {
    assert_eq!(given(&["create-token", "--code", "c", "--"]), "code=c");
    assert_eq!(
        refused(&["create-token", "--region", "c", "--", "--redirect-uri", "x"]),
        "Unknown option --redirect-uri"
    );
}

#[test]
fn usage_errors_name_the_option_but_no_secret() {
    for (line, expected) in [
        ("create-token --client-secrte hunter2", "Unknown option --client-secrte; did you mean --client-secret?"),
        ("create-token --bogus=hunter2 --region c more", "Unknown option --bogus"),
        ("create-token -client-id hunter2", "Unknown option -client-id"),
        ("create-token --region c extra", "Unexpected argument `extra`"),
        ("create-token --client-secret=correct horse", "Unexpected argument after --client-secret"),
        ("--client-secret hunter2 create-token", "Unknown option --client-secret"),
        ("--bogus", "Unknown option --bogus"),
        ("--debug=hunter2 login", "--debug takes no value"),
        ("login --profile", "--profile requires a value"),
        ("login --output", "--output requires a value; expected json, text, table, yaml, yaml-stream or off"),
        (
            "login --output jsn",
            "Invalid value `jsn` for --output; expected json, text, table, yaml, yaml-stream or off; did you mean json?",
        ),
        ("login --all --start-url u", "--all cannot be used with --start-url"),
        ("login --save", "--save requires --start-url"),
        ("export-credentials --format env -- ls", "--format cannot be used with COMMAND"),
        ("export-credentials env -- env", "Unexpected argument `env`; did you mean --profile env?"),
        ("token -- x", "Unexpected argument `x`; did you mean --profile x?"),
        ("login dev", "Unexpected argument `dev`; did you mean --profile dev?"),
        ("login -p dev", "Unknown option -p; did you mean --profile?"),
        ("create-token -v", "Unknown option -v; did you mean --version?"),
        ("configure sso", "Unexpected argument `sso`; did you mean `sso-oidc configure`?"),
        ("logout --all", "Unknown option --all; did you mean `sso-oidc logout`?"),
        ("-v", "Unknown option -v; did you mean --version?"),
        ("version", "Unknown command `version`; did you mean --version?"),
        ("sso login", "Unknown command `sso`; did you mean `sso-oidc login`?"),
        ("--debug sso logout --profile x", "Unknown command `sso`; did you mean `sso-oidc logout`?"),
        ("sso-oidc create-token", "Unknown command `sso-oidc`; did you mean `sso-oidc create-token`?"),
        ("completion -p", "Unknown option -p; did you mean --profile?"),
        ("create-tokens", "Unknown command `create-tokens`; did you mean create-token?"),
        ("--region r", "Missing command"),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let refused = refused(&words);
        assert!(refused.starts_with(expected), "{line}: {refused}");
        assert!(!refused.contains("hunter2") && !refused.contains("horse"), "{line}: {refused}");
    }
    assert_eq!(refused(&[]), "Missing command");
    let tcsh = "Invalid value `tcsh` for SHELL; expected bash, zsh, fish, powershell or elvish";
    assert_eq!(refused(&["completion", "tcsh"]), tcsh);
}

#[test]
fn usage_errors_name_the_help_of_the_command() {
    assert_eq!(advice(&["login", "--bogus"]).as_deref(), Some("see `sso-oidc help login`"));
    assert_eq!(advice(&["lgoin"]).as_deref(), Some("see `sso-oidc help`"));
    let as_aws = |words: &[&str]| parse(args(words), true).err().unwrap();
    assert_eq!(as_aws(&["sso", "login", "--bogus"]).advice(), Some("see `aws sso login help`"));
    let unknown = as_aws(&["sso-oidc", "create-tokn"]);
    assert!(unknown.to_string().starts_with("Unknown command `create-tokn`; did you mean create-token"), "{unknown}");
    assert!(as_aws(&["sso-oidc", "login"]).to_string().starts_with("Unknown command `login`"));
    assert!(as_aws(&["s3", "ls"]).to_string().contains("install the AWS CLI"));
}

#[test]
fn help_is_an_option_anywhere_and_a_word_behind_a_command() {
    for (line, expected) in [
        ("create-token help", "create-token"),
        ("create-token --code c help", "create-token"),
        ("help create-token", "create-token"),
        ("create-token -h", "create-token"),
        ("create-token --hel", "create-token"),
        ("--region r create-token --bogus --help", "create-token"),
        ("--profile login status --help", "status"),
        ("export-credentials help", "export-credentials"),
        ("help help", "help"),
        ("--help", ""),
        ("help", ""),
    ] {
        assert_eq!(helped(&line.split(' ').collect::<Vec<_>>()).as_deref(), Some(expected), "{line}");
    }
}

#[test]
fn the_error_format_of_a_line_that_does_not_parse_is_known() {
    let format = |words: &[&str]| option_value(&args(words), "--cli-error-format");
    assert_eq!(format(&["create-token", "--bogus", "--cli-error-format", "json"]).as_deref(), Some("json"));
    assert_eq!(format(&["--cli-error-format", "json", "x", "--cli-error-format=text"]).as_deref(), Some("text"));
    assert_eq!(format(&["create-token", "--cli-error-format"]), None);
}

#[test]
fn the_version_is_wanted_anywhere_before_a_double_dash() {
    assert!(wants_version(&args(&["create-token", "--code", "x", "--version"])));
    assert!(!wants_version(&args(&["--", "--version"])));
    assert!(!wants_version(&["--version".into()]));
}

#[test]
fn a_command_behind_two_hyphens_is_passed_on_as_it_is() {
    let command = |words: &[&str]| match read(words).unwrap().command {
        Command::ExportCredentials(args) => args.command,
        _ => panic!("{words:?}"),
    };
    let line = ["export-credentials", "--profile", "p", "--", "env", "-i", "--profile", "x", "--", "--help"];
    assert_eq!(command(&line), ["env", "-i", "--profile", "x", "--", "--help"]);
    assert!(command(&["export-credentials", "--"]).is_empty());
}

#[cfg(unix)]
#[test]
fn bytes_that_are_not_text_are_refused_except_in_a_command() {
    use std::os::unix::ffi::OsStringExt as _;
    let odd = || OsString::from_vec(b"a\xff".to_vec());
    let line = |words: &[&str]| parse(args(words).into_iter().chain([odd()]).collect(), false);
    let refused = |words: &[&str]| line(words).err().unwrap().to_string();
    assert_eq!(refused(&["create-token", "--code"]), "The value of --code is not valid UTF-8");
    assert_eq!(refused(&["create-token"]), "A command-line argument is not valid UTF-8");
    assert!(line(&["token", "--"]).is_err());
    let Command::ExportCredentials(args) = line(&["export-credentials", "--"]).unwrap().command else { panic!() };
    assert_eq!(args.command, [odd()]);
}
