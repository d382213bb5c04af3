//! Command lines and what they become, held to recorded runs of AWS CLI 2.36.7.

use std::ffi::OsString;

use super::{Problem, asks_version, canonical};
use crate::cli::Cli;

fn read(words: &[&str]) -> Result<Vec<String>, Problem> {
    let args = std::iter::once("sso-oidc").chain(words.iter().copied()).map(OsString::from);
    let text = |word: OsString| word.into_string().unwrap();
    let line = canonical(&Cli::command(), args).map_err(|error| error.problem)?;
    Ok(line.words.into_iter().skip(1).map(text).collect())
}

fn line(words: &[&str]) -> String {
    read(words).unwrap().join("|")
}

#[test]
fn values_with_and_without_equals() {
    assert_eq!(
        line(&["create-token", "--client-id=c=d", "--client-secret=--x", "--code", "u"]),
        "create-token|--client-id=c=d|--client-secret=--x|--code=u"
    );
    assert_eq!(line(&["create-token", "--code="]), "create-token|--code=");
    assert_eq!(line(&["create-token", "--code", ""]), "create-token|--code=");
}

#[test]
fn globals_stand_anywhere() {
    let expected = "--region=r|--debug|create-token|--code=c";
    assert_eq!(line(&["--region", "r", "--debug", "create-token", "--code", "c"]), expected);
    assert_eq!(line(&["create-token", "--region", "r", "--code", "c", "--debug"]), expected);
    assert_eq!(line(&["--code=c", "--region", "r", "--debug", "create-token"]), expected);
}

#[test]
fn prefixes_are_completed_globals_first() {
    assert_eq!(
        line(&["start-device-authorization", "--client-i", "c", "--client-s=s", "--start", "u"]),
        "start-device-authorization|--client-id=c|--client-secret=s|--start-url=u"
    );
    assert_eq!(line(&["create-token", "--co", "on"]), "--color=on|create-token");
    assert_eq!(line(&["create-token", "--re", "x"]), "--region=x|create-token");
    assert_eq!(line(&["create-token", "--code", "x"]), "create-token|--code=x");
}

#[test]
fn an_ambiguous_prefix_lists_its_candidates_in_order_and_no_value() {
    assert_eq!(
        read(&["create-token", "--client=hunter2"]),
        Err(Problem::Ambiguous {
            option: "--client".into(),
            candidates: vec!["--client-id".into(), "--client-secret".into()]
        })
    );
    let Err(Problem::Ambiguous { candidates, .. }) = read(&["create-token", "--no", "x"]) else { panic!() };
    assert_eq!(
        candidates,
        ["--no-verify-ssl", "--no-paginate", "--no-sign-request", "--no-cli-pager", "--no-cli-auto-prompt"]
    );
}

#[test]
fn the_last_of_two_wins_lists_too() {
    assert_eq!(line(&["register-client", "--scopes", "a", "b", "--scopes", "c"]), "register-client|--scopes=c");
    assert_eq!(line(&["create-token", "--code", "a", "--code", "b"]), "create-token|--code=b");
    assert_eq!(line(&["--region", "a", "create-token", "--region", "b"]), "--region=b|create-token");
}

#[test]
fn lists_take_words_up_to_the_next_option() {
    assert_eq!(
        line(&["register-client", "--scopes", "a", "b c", "- d", "--client-name", "n"]),
        "register-client|--scopes=a|--scopes=b c|--scopes=- d|--client-name=n"
    );
    assert_eq!(line(&["register-client", "--scopes", "--region", "r"]), "--region=r|register-client|--scopes");
    assert_eq!(line(&["register-client", "--scopes", ""]), "register-client|--scopes=");
}

#[test]
fn what_counts_as_a_value() {
    for value in ["-", "- x", "-1", "-.5", "-1.5", "--a b", "", "a", "né\n\u{1}"] {
        assert_eq!(line(&["create-token", "--code", value]), format!("create-token|--code={value}"));
    }
    for value in ["-x", "--x", "-1x", "--", "-1.", "--region"] {
        assert_eq!(
            read(&["create-token", "--code", value]),
            Err(Problem::ValueMissing { option: if value == "--region" { "--region" } else { "--code" }.into() })
        );
    }
}

#[test]
fn the_skeleton_takes_a_word_or_none() {
    assert_eq!(
        line(&["create-token", "--generate-cli-skeleton", "--region", "r"]),
        "--region=r|create-token|--generate-cli-skeleton"
    );
    assert_eq!(
        line(&["create-token", "--generate-cli-skeleton", "output"]),
        "create-token|--generate-cli-skeleton=output"
    );
}

#[test]
fn a_last_double_dash_is_dropped() {
    assert_eq!(line(&["create-token", "--code", "c", "--"]), "create-token|--code=c");
    assert_eq!(line(&["create-token", "--", "--code", "c"]), "create-token|--code=c");
    let Err(Problem::Unknown { words, .. }) = read(&["create-token", "--code", "c", "--", "--redirect-uri", "x"])
    else {
        panic!()
    };
    assert_eq!(words, ["--redirect-uri"]);
}

#[test]
fn unknown_words_are_named_but_not_their_values() {
    let unknown = |words: &[&str]| match read(words) {
        Err(Problem::Unknown { words, maybe }) => (words.join(","), maybe.join(",")),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        unknown(&["create-token", "--client-secrte", "hunter2"]),
        ("--client-secrte".into(), "--client-secret".into())
    );
    assert_eq!(unknown(&["create-token", "--bogus=hunter2", "--code", "c", "more"]), ("--bogus".into(), String::new()));
    assert_eq!(unknown(&["create-token", "--code", "c", "extra"]), ("extra".into(), String::new()));
    assert_eq!(unknown(&["--bogus"]), ("--bogus".into(), String::new()));
}

#[test]
fn an_empty_word_is_passed_over() {
    assert_eq!(line(&["create-token", "--code", "c", ""]), "create-token|--code=c");
}

#[test]
fn a_missing_or_misspelt_command() {
    assert_eq!(read(&[]), Err(Problem::CommandMissing));
    assert_eq!(read(&["--region", "r"]), Err(Problem::CommandMissing));
    assert_eq!(
        read(&["create-tokens"]),
        Err(Problem::UnknownCommand { name: "create-tokens".into(), maybe: vec!["create-token".into()] })
    );
}

#[test]
fn help_is_a_word_behind_any_command() {
    assert_eq!(line(&["create-token", "help"]), "help|create-token");
    assert_eq!(line(&["create-token", "--code", "c", "help"]), "help|create-token");
    assert_eq!(line(&["help", "create-token"]), "help|create-token");
    assert_eq!(line(&["--help"]), "help");
    assert_eq!(line(&["create-token", "-h"]), "help|create-token");
}

#[test]
fn a_flag_takes_no_value() {
    assert_eq!(read(&["--debug=x", "login"]), Err(Problem::ValueUnwanted { option: "--debug".into() }));
}

#[test]
fn choices_are_checked_with_a_suggestion() {
    let Err(Problem::InvalidChoice { option, value, maybe, .. }) = read(&["login", "--output", "jsn"]) else {
        panic!()
    };
    assert_eq!((option.as_str(), value.as_str(), maybe.join(",").as_str()), ("--output", "jsn", "json"));
}

#[test]
fn the_error_format_of_a_bad_line_is_known() {
    let args = ["sso-oidc", "create-token", "--bogus", "--cli-error-format", "json"].map(OsString::from);
    assert_eq!(canonical(&Cli::command(), args).unwrap_err().error_format.as_deref(), Some("json"));
}

#[test]
fn the_version_is_asked_for_anywhere_before_a_double_dash() {
    let asks = |words: &[&str]| asks_version(&words.iter().map(OsString::from).collect::<Vec<_>>());
    assert!(asks(&["sso-oidc", "create-token", "--code", "x", "--version"]));
    assert!(!asks(&["sso-oidc", "--", "--version"]));
    assert!(!asks(&["--version"]));
}

#[cfg(unix)]
#[test]
fn bytes_that_are_no_text_are_refused_by_name() {
    use std::os::unix::ffi::OsStringExt as _;
    let args = [b"sso-oidc".to_vec(), b"create-token".to_vec(), b"--code".to_vec(), b"\xff".to_vec()];
    let error = canonical(&Cli::command(), args.map(OsString::from_vec)).unwrap_err();
    assert_eq!(error.problem, Problem::NotText { option: Some("--code".into()) });
}

#[test]
fn a_command_behind_two_hyphens_is_handed_over_as_it_is() {
    let expected = "--profile=p|export-credentials|--role-name=R|--|env|-i|--profile|x|--|--help";
    let words =
        ["export-credentials", "--profile", "p", "--role-name=R", "--", "env", "-i", "--profile", "x", "--", "--help"];
    assert_eq!(line(&words), expected);
    assert_eq!(line(&["export-credentials", "--"]), "export-credentials");
    assert_eq!(line(&["export-credentials", "help"]), "help|export-credentials");
    let unknown = |words: &[&str]| matches!(read(words).unwrap_err(), Problem::Unknown { .. });
    assert!(unknown(&["export-credentials", "env", "--", "env"]));
    assert!(unknown(&["token", "--", "x"]));
}

#[cfg(unix)]
#[test]
fn a_command_behind_two_hyphens_need_not_be_text() {
    use std::os::unix::ffi::OsStringExt as _;
    let odd = OsString::from_vec(b"a\xff".to_vec());
    let words = |command: &str| ["sso-oidc", command, "--"].map(OsString::from).into_iter().chain([odd.clone()]);
    let line = canonical(&Cli::command(), words("export-credentials")).unwrap();
    assert_eq!(line.words.last(), Some(&odd));
    assert!(matches!(canonical(&Cli::command(), words("token")).unwrap_err().problem, Problem::NotText { .. }));
}
