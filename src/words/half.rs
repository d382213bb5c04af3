//! What may stand at the end of a line that is only half typed, for completion in shells.
//!
//! The two passes of `canonical` read the line with a mark in place of the word that is being typed; who takes the mark says
//! what the word may be. So what is completed and what is accepted cannot differ.

use clap::{Arg, Command};

use super::pass::{self, Entry, Pass, Table};

/// The place of the last word.
pub enum Place<'a> {
    /// The name of a command.
    Command,
    /// The name of an option: one of those that may still be given.
    Option(Vec<&'a Arg>),
    /// The value of an option, or a word of the command.
    Value {
        /// Which.
        of: &'a Arg,
        /// What stands before the value in the same word: `--output=`.
        before: String,
        /// What is typed of the value.
        typed: String,
    },
    /// Nothing that we know.
    Unknown,
}

/// Stands for the word that is being typed; no argument of a program holds it.
const MARK: &str = "\0";

/// The command of a half-typed line, if it is there, and the place of its last word. The program's name is not among the
/// words.
pub fn place<'a>(cli: &'a Command, words: &[String]) -> (Option<&'a Command>, Place<'a>) {
    read(cli, words).unwrap_or((None, Place::Unknown))
}

/// `None` where the parser would refuse what is typed already, or hands it to another program.
fn read<'a>(cli: &'a Command, words: &[String]) -> Option<(Option<&'a Command>, Place<'a>)> {
    let (last, earlier) = words.split_last()?;
    let mut line = earlier.to_vec();
    if line.iter().any(|word| word == "--") {
        return None;
    }
    let (before, typed) = match last.split_once('=') {
        Some((name, value)) if name.starts_with("--") => (format!("{name}="), value),
        _ => (String::new(), last.as_str()),
    };
    let is_option = before.is_empty() && last.starts_with('-');
    if !is_option {
        line.push(format!("{before}{MARK}"));
    }
    let value = |of| Place::Value { of, before: before.clone(), typed: typed.to_owned() };

    let globals = Table::of(cli);
    let first = pass::read(&globals, &line).ok()?;
    let mut rest: Vec<String> = first.rest.iter().map(|left| left.text.clone()).collect();
    let name = first.rest.iter().position(|left| left.is_plain).map(|at| rest.remove(at));
    let command = name.as_deref().and_then(|name| cli.find_subcommand(name));
    if let Some(name) = taker(&globals, &first) {
        return Some((command, value(option(cli, name)?)));
    }
    let Some(command) = command else {
        let place = match name.as_deref() {
            None if is_option => options(&[(cli, &globals, &first)]),
            Some(MARK) => Place::Command,
            _ => return None,
        };
        return Some((None, place));
    };
    let table = Table::of(command);
    let mut second = pass::read(&table, &rest).ok()?;
    if let Some(name) = taker(&table, &second) {
        return Some((Some(command), value(option(command, name)?)));
    }
    let words = second.take_plain(usize::MAX);
    let mut own = command.get_positionals().filter(|word| !word.is_last_set());
    let place = match words.iter().position(|word| word == MARK).and_then(|at| own.nth(at)) {
        Some(of) => value(of),
        None if is_option || last.is_empty() => options(&[(command, &table, &second), (cli, &globals, &first)]),
        None => Place::Unknown,
    };
    Some((Some(command), place))
}

/// The option that took the mark, if one did.
fn taker<'a>(table: &'a Table, pass: &Pass) -> Option<&'a str> {
    let (place, ..) = pass.found.iter().find(|(.., values)| values.last().is_some_and(|value| value == MARK))?;
    Some(&table.0[*place].name)
}

fn option<'a>(command: &'a Command, name: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|arg| arg.get_long() == name.strip_prefix("--"))
}

/// The options of the tables that the line does not have yet, or that may be repeated.
fn options<'a>(tables: &[(&'a Command, &Table, &Pass)]) -> Place<'a> {
    let mut free = Vec::new();
    for (command, table, pass) in tables {
        let is_free = |(at, entry): &(usize, &Entry)| {
            !entry.hidden && (entry.collects || pass.found.iter().all(|(place, ..)| place != at))
        };
        let entries = table.0.iter().enumerate().filter(is_free);
        free.extend(entries.filter_map(|(_, entry)| option(command, &entry.name)));
    }
    Place::Option(free)
}

#[cfg(test)]
mod tests {
    use super::{Place, place};
    use crate::cli::Cli;

    fn at(line: &str) -> String {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let cli = Cli::command();
        let (command, place) = place(&cli, &words);
        let command = command.map_or("", clap::Command::get_name);
        let place = match place {
            Place::Command => "command".to_owned(),
            Place::Option(free) => format!("option, {} free", free.len()),
            Place::Value { of, before, typed } => format!("{} {before}|{typed}", of.get_id()),
            Place::Unknown => "unknown".to_owned(),
        };
        format!("{command}: {place}")
    }

    #[test]
    fn the_place_is_the_one_that_the_parser_gives_the_word() {
        for (line, expected) in [
            ("", ": command"),
            ("lo", ": command"),
            ("--profile dev lo", ": command"),
            ("--profile ", ": profile |"),
            ("--profile dev", ": profile |dev"),
            ("--prof dev", ": profile |dev"),
            ("--profile=dev", ": profile --profile=|dev"),
            ("login --profile=a=b", "login: profile --profile=|a=b"),
            ("login --output js", "login: output |js"),
            ("--output js login", ": command"),
            ("login --output json --sso-session ", "login: sso_session |"),
            ("register-client --scopes a b", "register-client: scopes |b"),
            ("create-token --generate-cli-skeleton ", "create-token: generate_cli_skeleton |"),
            ("create-token --client x", ": unknown"),
            ("create-token --code file://a=b", "create-token: code |file://a=b"),
            ("help lo", "help: command |lo"),
            ("completion ", "completion: shell |"),
            ("completion bash x", "completion: unknown"),
            ("login x", "login: unknown"),
            ("login --force=x", ": unknown"),
            ("login --profile -", ": unknown"),
            ("nothing ", ": unknown"),
            ("export-credentials -- ls", ": unknown"),
        ] {
            assert_eq!(at(line), expected, "{line}");
        }
    }

    #[test]
    fn an_option_is_offered_once_unless_it_may_be_repeated() {
        let free = |line: &str| at(line).split(' ').nth(2).and_then(|count| count.parse::<usize>().ok()).unwrap();
        let all = free("login -");
        assert_eq!(free("login "), all);
        assert_eq!(free("login --force --region r --"), all - 2);
        assert_eq!(free("login --sso-session a --sso-session b --"), all);
        assert!(free("-") < all);
    }
}
