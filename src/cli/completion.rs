//! Completions for a partly typed command line: which kind of word its last one is.
//!
//! The words before it are looked up in clap's declarations, with the prefixes that parsing accepts. Which values a shell
//! is offered is in `commands::candidates`.

use clap::{Arg, ArgAction, Command};

use super::words::{attach_hyphen_values, option, requires_value};

/// What the last word of a line is.
pub enum Place<'a> {
    /// The name of a command.
    Command,
    /// The name of an option: one of those that may still be given.
    Option(Vec<&'a Arg>),
    /// The value of an option, or an argument of the command.
    Value {
        /// Which.
        of: &'a Arg,
        /// The text before the value in the same word: `--output=`.
        before: String,
        /// What is typed of the value.
        typed: String,
    },
    /// Nothing that can be completed.
    Unknown,
}

/// The command of a partly typed line, if it is there, and the place of its last word. The program's name is not among the
/// words.
pub fn place<'a>(program: &'a Command, words: &[String]) -> (Option<&'a Command>, Place<'a>) {
    let mut line = Line { program, command: None, given: Vec::new(), taking: None, arguments: 0 };
    let Some((last, earlier)) = words.split_last() else { return (None, Place::Unknown) };
    let place = attach_hyphen_values(earlier.to_vec()).iter().try_for_each(|word| line.read(word));
    let place = place.and_then(|()| line.place(last)).unwrap_or(Place::Unknown);
    (line.command, place)
}

/// The words before the last one.
struct Line<'a> {
    program: &'a Command,
    command: Option<&'a Command>,
    given: Vec<&'a Arg>,
    /// The option whose value comes next.
    taking: Option<&'a Arg>,
    /// How many arguments the command has that are not options.
    arguments: usize,
}

impl<'a> Line<'a> {
    fn option(&self, word: &str) -> Option<&'a Arg> {
        option(self.command.into_iter().chain([self.program]), word)
    }

    /// `None` for a word that parsing would refuse, or that begins the command of another program.
    fn read(&mut self, word: &str) -> Option<()> {
        if word.starts_with('-') && word != "-" {
            let arg = self.option(word)?;
            let takes_value = arg.get_action().takes_values();
            if self.taking.is_some_and(requires_value) || word.contains('=') && !takes_value {
                return None;
            }
            self.given.push(arg);
            self.taking = Some(arg).filter(|_| takes_value && !word.contains('='));
        } else if let Some(arg) = self.taking {
            self.taking = Some(arg).filter(|arg| arg.get_num_args().is_some_and(|count| count.max_values() > 1));
        } else if self.command.is_none() {
            self.command = Some(self.program.find_subcommand(word)?);
        } else {
            self.arguments += 1;
        }
        Some(())
    }

    fn place(&self, last: &str) -> Option<Place<'a>> {
        let value =
            |of, before: &str, typed: &str| Place::Value { of, before: before.to_owned(), typed: typed.to_owned() };
        if last.starts_with('-') {
            if self.taking.is_some_and(requires_value) {
                return None;
            }
            let Some((_, typed)) = last.split_once('=') else { return Some(self.free()) };
            let of = self.option(last).filter(|of| of.get_action().takes_values())?;
            return Some(value(of, &last[..last.len() - typed.len()], typed));
        }
        if let Some(of) = self.taking {
            return Some(value(of, "", last));
        }
        let Some(command) = self.command else { return Some(Place::Command) };
        let argument = command.get_positionals().filter(|argument| !argument.is_last_set()).nth(self.arguments);
        match argument {
            Some(of) => Some(value(of, "", last)),
            None => last.is_empty().then(|| self.free()),
        }
    }

    /// The options that the line does not have yet, or that may be repeated.
    fn free(&self) -> Place<'a> {
        let is_given = |arg: &Arg| self.given.iter().any(|given| given.get_id() == arg.get_id());
        let is_free = |arg: &&Arg| {
            arg.get_long().is_some()
                && !arg.is_hide_set()
                && (matches!(arg.get_action(), ArgAction::Append) || !is_given(arg))
        };
        let commands = self.command.into_iter().chain([self.program]);
        Place::Option(commands.flat_map(Command::get_arguments).filter(is_free).collect())
    }
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
            ("create-token --client x", "create-token: unknown"),
            ("create-token --code file://a=b", "create-token: code |file://a=b"),
            ("help lo", "help: command |lo"),
            ("completion ", "completion: shell |"),
            ("completion bash x", "completion: unknown"),
            ("login x", "login: unknown"),
            ("login --force=x", "login: unknown"),
            ("login --profile -", "login: unknown"),
            ("nothing ", ": unknown"),
            ("export-credentials -- ls", "export-credentials: unknown"),
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
