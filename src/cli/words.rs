//! The words of a command line by themselves: which are options, values or neither.

use std::ffi::OsString;

use clap::{Arg, Command};

/// True when `--version` or `-V` is on the line; answered without declaring anything.
pub fn wants_version(args: &[OsString]) -> bool {
    args.iter().skip(1).take_while(|word| *word != "--").any(|word| word == "--version" || word == "-V")
}

/// The places of the words that are neither options nor values of global options.
pub(super) fn plain<'a>(globals: &'a Command, words: &'a [String]) -> impl Iterator<Item = usize> + 'a {
    let mut is_value = false;
    let mut is_plain = move |word: &str| {
        let is_option = word.starts_with('-');
        let arg = if is_option && !word.contains('=') { option([globals], word) } else { None };
        let follows = std::mem::replace(&mut is_value, arg.is_some_and(|arg| arg.get_action().takes_values()));
        !is_option && !follows
    };
    words.iter().enumerate().filter(move |(_, word)| is_plain(word)).map(|(at, _)| at)
}

/// The option that a word names: in full, or by a prefix that no other option has.
pub(super) fn option<'a>(commands: impl IntoIterator<Item = &'a Command>, word: &str) -> Option<&'a Arg> {
    let name = word.split('=').next()?.strip_prefix("--").filter(|name| !name.is_empty())?;
    let mut found = None;
    for arg in commands.into_iter().flat_map(Command::get_arguments) {
        match arg.get_long() {
            Some(long) if long == name => return Some(arg),
            Some(long) if long.starts_with(name) => found = Some(found.map_or(Some(arg), |_| None)),
            _ => {}
        }
    }
    found.flatten()
}

/// True for an option that is followed by its value in any case.
pub(super) fn requires_value(arg: &Arg) -> bool {
    arg.get_action().takes_values() && arg.get_num_args().is_none_or(|count| count.min_values() > 0)
}

/// Attaches to its option each value that clap would take for an option, but Python's argparse for a value, such as `- x`,
/// `-.5` or a key that begins with `-----BEGIN`.
pub(super) fn attach_hyphen_values(words: Vec<String>) -> Vec<String> {
    let is_value = |word: &str| {
        word.starts_with("-.") || word.starts_with('-') && word.split('=').next().unwrap_or_default().contains(' ')
    };
    let mut line: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        match line.last_mut() {
            Some(option) if is_value(&word) && option.starts_with("--") && !option.contains('=') => {
                *option = format!("{option}={word}");
            }
            _ => line.push(word),
        }
    }
    line
}
