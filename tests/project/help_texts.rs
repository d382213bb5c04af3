//! The help texts of `src/help`, made from the declarations of the command line: `NAME.txt` for `--help`, and
//! `NAME-short.txt` for `-h`.
//!
//! They are made in advance because clap needs a million instructions to render one; 80 columns fit every terminal.

use std::collections::BTreeMap;

use clap::{Arg, Command};
use sso_oidc::internal::Cli;

use crate::project::manual::facts::{OPERATIONS, SESSIONS};

const COLUMNS: usize = 80;
/// Rows of a terminal, without that of the next prompt.
const ROWS: usize = 23;

/// Global options that have no effect on commands of a session.
const NOT_OF_SESSIONS: [&str; 5] =
    ["no_paginate", "cli_binary_format", "no_sign_request", "cli_auto_prompt", "no_cli_auto_prompt"];
/// Global options that have no effect on commands that print words only.
const NOT_OF_WORDS: [&str; 3] = ["query", "region", "no_cli_pager"];

/// Whether a global option has an effect on a command.
fn has_effect(option: &Arg, command: &str) -> bool {
    let id = option.get_id().as_str();
    match command {
        command if OPERATIONS.contains(&command) => true,
        "login" | "logout" => !NOT_OF_SESSIONS.contains(&id) && !NOT_OF_WORDS.contains(&id),
        "status" | "token" => !NOT_OF_SESSIONS.contains(&id) && id != "region",
        command if SESSIONS.contains(&command) => !NOT_OF_SESSIONS.contains(&id),
        _ => false,
    }
}

/// A command by itself, under its full name, with these options of the program as well.
fn alone(program: &Command, command: &Command, is_listed: impl Fn(&Arg) -> bool) -> Command {
    let globals = program.get_arguments().filter(|arg| arg.is_global_set() && is_listed(arg));
    let globals: Vec<Arg> = globals.map(|arg| arg.clone().global(false)).collect();
    command.clone().bin_name(format!("sso-oidc {}", command.get_name())).term_width(COLUMNS).args(globals)
}

/// The whole help of a command: its own options, and the global ones that have an effect.
fn whole(program: &Command, command: &Command) -> String {
    alone(program, command, |arg| has_effect(arg, command.get_name())).render_help().to_string()
}

/// The help for one screen: the command's own options, and `--profile` for a session.
fn short(program: &Command, command: &Command) -> String {
    let name = command.get_name();
    // configure writes a profile, the others read it.
    let globals: &[&str] = match name {
        "configure" => &["profile", "region"],
        name if SESSIONS.contains(&name) => &["profile"],
        _ => &[],
    };
    let command = alone(program, command, |arg| globals.contains(&arg.get_id().as_str()));
    let command = if name == "configure" {
        let command = command.mut_arg("profile", |arg| arg.help("Name of the profile to write"));
        command.mut_arg("region", |arg| arg.help("Region to set in the profiles"))
    } else {
        command
    };
    let command = command.disable_help_flag(true).mut_args(|arg| {
        let hides_values = arg.get_action().takes_values() && SESSIONS.contains(&name);
        let is_hidden = arg.is_hide_set() || arg.is_hide_short_help_set();
        let is_last = globals.contains(&arg.get_id().as_str());
        let arg = if is_last { arg.display_order(99) } else { arg };
        arg.help_heading(None).hide(is_hidden).hide_possible_values(hides_values)
    });
    let end = format!("Global options: see sso-oidc --help; examples: sso-oidc help {name}");
    let end = if end.len() > COLUMNS { end.replace("; ", "\n") } else { end };
    let has_options = command.get_opts().count() > 0;
    let part = if has_options { "{options}" } else { "{positionals}" };
    let template = format!("{{about}}\n\n{{usage-heading}} {{usage}}\n\n{part}{{after-help}}");
    // clap leaves room for short options, of which there are none.
    let room = if has_options { "    " } else { "" };
    let command = command.term_width(COLUMNS + room.len()).after_help(end).help_template(template);
    let text = { command }.render_help().to_string();
    text.lines().flat_map(|line| [line.strip_prefix(room).unwrap_or(line), "\n"]).collect()
}

/// The commands of the program.
fn short_of_program(program: &Command) -> String {
    let template = "{about}\n\n{usage-heading} sso-oidc COMMAND [OPTIONS]\n\n{subcommands}{after-help}";
    let end = "See sso-oidc COMMAND -h for its options; --help also lists global options";
    let mut command = program.clone().term_width(COLUMNS).help_template(template).after_help(end);
    format!("{}\n", command.render_help().to_string().trim_end())
}

/// All texts by the names of their files.
pub(crate) fn all() -> BTreeMap<String, String> {
    let program = Cli::command();
    let whole_of_program = program.clone().term_width(COLUMNS).render_help().to_string();
    let mut texts = BTreeMap::from([
        ("sso-oidc.txt".to_owned(), whole_of_program),
        ("sso-oidc-short.txt".to_owned(), short_of_program(&program)),
    ]);
    for command in program.get_subcommands() {
        texts.insert(format!("{}.txt", command.get_name()), whole(&program, command));
        texts.insert(format!("{}-short.txt", command.get_name()), short(&program, command));
    }
    texts
}

#[test]
fn short_help_fits_on_one_screen() {
    let texts = all();
    for name in SESSIONS.iter().chain(&["sso-oidc"]) {
        let text = &texts[&format!("{name}-short.txt")];
        assert!(text.lines().count() <= ROWS, "{} rows of {ROWS}:\n{text}", text.lines().count());
    }
    for (name, text) in texts {
        let longest = text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
        assert!(longest <= COLUMNS, "{name}: {longest} columns\n{text}");
    }
}

/// A wrapped description takes a second row, which only the operations have room for.
#[test]
fn short_help_has_one_row_for_each_option() {
    let texts = all();
    for name in SESSIONS {
        let text = &texts[&format!("{name}-short.txt")];
        let options = text.split("\n\n").nth(2).unwrap();
        assert!(options.lines().all(|line| line.trim_start().starts_with(['-', '['])), "{text}");
    }
}
