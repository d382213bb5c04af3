//! Help: every command and option has a help text in one style, and the operations have exactly the options of the AWS
//! service model.

use clap::{Arg, Command};
use sso_oidc::internal::Cli;
use sso_oidc::internal::Operation;

use crate::support::TestEnv;

fn commands(program: &Command) -> impl Iterator<Item = &Command> {
    std::iter::once(program).chain(program.get_subcommands())
}

#[test]
fn every_command_and_argument_has_help() {
    let mut program = Cli::command();
    program.build();
    for command in commands(&program) {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(!about.is_empty() && !about.ends_with('.'), "{}: {about:?}", command.get_name());
        for argument in command.get_arguments() {
            let name = format!("{} {}", command.get_name(), argument.get_id());
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(!help.is_empty() && !help.ends_with('.'), "{name}: {help:?}");
            assert!(help.starts_with(|c: char| c.is_uppercase()), "{name}: {help:?}");
            let takes_value = argument.get_action().takes_values() && !argument.is_positional();
            for value in argument.get_value_names().into_iter().flatten().filter(|_| takes_value) {
                assert_eq!(value.to_uppercase(), value.as_str(), "{name}");
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_narrow_terminal_breaks_no_word() {
    let env = TestEnv::new();
    for (words, status) in [(&[][..], 252), (&["-h"], 0), (&["login", "--help"], 0), (&["configure", "-h"], 0)] {
        let piped = env.run(words).expect(status);
        let (code, shown, _) = env.on_terminal_of(45, 50, words).finish();
        assert_eq!(code, status);
        let all = piped.stdout + &piped.stderr;
        assert!(shown.split_whitespace().eq(all.split_whitespace()), "{words:?}: {shown}");
        let is_short = |line: &str| line.chars().count() <= 45 || line.starts_with("  sso-oidc ");
        assert!(shown.lines().all(is_short), "{words:?}: {shown}");
    }
}

#[test]
fn operation_options_match_the_service_model() {
    let program = Cli::command();
    for operation in Operation::ALL {
        let same = |kebab: &str, camel: &str| kebab.replace('-', "").eq_ignore_ascii_case(camel);
        let command = program.get_subcommands().find(|c| same(c.get_name(), operation.name())).unwrap();
        let options: Vec<&str> = command.get_arguments().filter_map(Arg::get_long).collect();
        let members: Vec<String> = operation.input().iter().map(|member| kebab(member.name)).collect();
        let of_all = ["cli-input-json", "cli-input-yaml", "generate-cli-skeleton"];
        assert_eq!(
            options,
            members.iter().map(String::as_str).chain(of_all).collect::<Vec<_>>(),
            "{}",
            operation.name()
        );
        let example = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(example.contains(&format!("sso-oidc {} ", command.get_name())), "{}", operation.name());
    }
}

fn kebab(camel: &str) -> String {
    let letters =
        camel.chars().map(|c| if c.is_uppercase() { format!("-{}", c.to_lowercase()) } else { c.to_string() });
    letters.collect()
}

#[test]
fn help_is_shown_for_every_spelling() {
    let env = TestEnv::new();
    let program = Cli::command();
    for command in program.get_subcommands().map(Command::get_name) {
        let by_option = env.run([command, "--help"]).ok();
        assert!(by_option.stdout.contains("Usage:") && by_option.stderr.is_empty(), "{}", by_option.snapshot());
        assert_eq!(env.run(["help", command]).ok().stdout, by_option.stdout);
        if !["help", "completion", "shim"].contains(&command) {
            assert_eq!(env.run([command, "help"]).ok().stdout, by_option.stdout);
            assert_eq!(env.run(["--region", "r", command, "--bogus", "-h"]).ok().stderr, "");
        }
        let short = env.run([command, "-h"]).ok().stdout;
        assert!(short.contains("Global options: see sso-oidc --help"), "{short}");
        assert_eq!(env.run([command, "-h", "--help"]).ok().stdout, by_option.stdout);
    }
    assert!(!env.run(["-h"]).ok().stdout.contains("--region"));
    let as_aws = |words: &[&str]| env.run(["aws", "sso"].iter().chain(words).copied()).ok().stdout;
    assert_eq!(as_aws(&["login", "-h"]), as_aws(&["login", "--help"]));
    let whole = env.run(["help"]).ok().stdout;
    assert_eq!(env.run(["--help"]).ok().stdout, whole);
    for command in program.get_subcommands() {
        assert!(whole.contains(&format!("\n  {} ", command.get_name())), "{} is not listed", command.get_name());
    }
}

#[test]
fn the_program_without_arguments_prints_a_short_help() {
    let run = TestEnv::new().run([""; 0]).expect(252);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("\n  login ") && run.stderr.contains("sso-oidc COMMAND -h"), "{}", run.snapshot());
    assert!(run.stderr.lines().count() <= 23 && !run.stderr.contains("--endpoint-url"), "{}", run.snapshot());
}

#[test]
fn help_for_unknown_commands_is_a_usage_error() {
    let env = TestEnv::new();
    for words in [&["help", "create-tokne"][..], &["create-tokne", "--help"]] {
        let run = env.run(words.iter().copied()).expect(252);
        assert!(
            run.stderr.contains("`create-tokne`") && run.stderr.contains("; did you mean create-token?"),
            "{}",
            run.snapshot()
        );
    }
}
