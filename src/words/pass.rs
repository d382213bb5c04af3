//! One pass of argparse over the words with one table of options: what matches is taken, the rest is left in order.
//!
//! The AWS CLI parses twice, first for the global options over the whole line, then for the options of the command;
//! so a global option wins a prefix. The rules are those of `argparse.ArgumentParser.parse_known_args` (Python 3.11).
//! Values that are left over are never repeated in a message when they may belong to an option: they may be secrets.

use clap::builder::PossibleValue;
use clap::{Arg, ArgAction, Command};

use super::{Problem, similar};

/// How many words an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    One,
    AtMostOne,
    Any,
}

/// One option as declared.
pub(super) struct Entry {
    /// With its dashes.
    pub(super) name: String,
    short: Option<String>,
    takes: Takes,
    /// Whether every occurrence counts, not only the last one.
    pub(super) collects: bool,
    pub(super) hidden: bool,
    pub(super) choices: Vec<PossibleValue>,
}

/// The options of the program or of one command, in the order of their declaration.
pub(super) struct Table(pub(super) Vec<Entry>);

impl Table {
    pub(super) fn of(command: &Command) -> Self {
        let mut entries: Vec<Entry> = command.get_arguments().filter_map(Entry::of).collect();
        entries.push(Entry::help());
        Self(entries)
    }

    /// The places of the options with this name or, if there is none, of those that begin so.
    fn find(&self, name: &str) -> Vec<usize> {
        let exact = |entry: &Entry| entry.name == name || entry.short.as_deref() == Some(name);
        if let Some(at) = self.0.iter().position(exact) {
            return vec![at];
        }
        if !name.starts_with("--") {
            return Vec::new();
        }
        (0..self.0.len()).filter(|&at| self.0[at].name.starts_with(name) && !self.0[at].hidden).collect()
    }
}

impl Entry {
    fn of(arg: &Arg) -> Option<Self> {
        let takes = match arg.get_num_args() {
            _ if !arg.get_action().takes_values() => Takes::Nothing,
            Some(range) if range.max_values() > 1 => Takes::Any,
            Some(range) if range.min_values() == 0 => Takes::AtMostOne,
            _ => Takes::One,
        };
        Some(Self {
            name: ["--", arg.get_long()?].concat(),
            short: arg.get_short().map(|letter| format!("-{letter}")),
            takes,
            collects: takes == Takes::One && matches!(arg.get_action(), ArgAction::Append),
            hidden: arg.is_hide_set(),
            choices: arg.get_possible_values(),
        })
    }

    /// clap adds it when it builds the command, which has not happened yet.
    fn help() -> Self {
        let (name, short) = ("--help".to_owned(), Some("-h".to_owned()));
        Self { name, short, takes: Takes::Nothing, collects: false, hidden: false, choices: Vec::new() }
    }
}

/// A word that the pass left.
#[derive(Debug, Clone)]
pub(super) struct Left {
    /// Its place among the words.
    pub(super) at: usize,
    pub(super) text: String,
    /// Not an option, known or unknown.
    pub(super) is_plain: bool,
    /// Stands behind an unknown option and may be its value.
    follows_option: bool,
}

/// What a pass found.
#[derive(Debug, Default)]
pub(super) struct Pass {
    /// Place in the table, name, values, in the order of the line.
    pub(super) found: Vec<(usize, String, Vec<String>)>,
    pub(super) rest: Vec<Left>,
}

/// What a word is, before anything is taken.
enum Token<'a> {
    Option(usize, Option<&'a str>),
    Unknown,
    Plain,
    End,
}

/// Reads the words with the table.
pub(super) fn read(table: &Table, words: &[String]) -> Result<Pass, Problem> {
    let tokens = classify_all(table, words)?;
    let mut pass = Pass::default();
    let mut at = 0;
    while at < words.len() {
        let word = &words[at];
        at += 1;
        let (place, attached) = match tokens[at - 1] {
            Token::Option(place, attached) => (place, attached),
            Token::End => {
                // A `--` with nothing behind it is dropped; else it still ends the options of the next pass.
                if at < words.len() {
                    pass.leave(at - 1, word, false);
                }
                continue;
            }
            Token::Plain => {
                pass.leave(at - 1, word, true);
                continue;
            }
            Token::Unknown => {
                pass.leave(at - 1, word, false);
                continue;
            }
        };
        let entry = &table.0[place];
        let values = if let Some(value) = attached {
            if entry.takes == Takes::Nothing {
                return Err(Problem::ValueUnwanted { option: entry.name.clone() });
            }
            vec![value.to_owned()]
        } else {
            let limit = match entry.takes {
                Takes::Nothing => 0,
                Takes::One | Takes::AtMostOne => 1,
                Takes::Any => usize::MAX,
            };
            let count = tokens[at..].iter().take(limit).take_while(|token| matches!(token, Token::Plain)).count();
            if count == 0 && entry.takes == Takes::One {
                return Err(Problem::ValueMissing { option: entry.name.clone() });
            }
            at += count;
            words[at - count..at].to_vec()
        };
        let name = if entry.short.as_ref() == Some(word) { word } else { &entry.name };
        pass.found.push((place, name.clone(), values));
    }
    Ok(pass)
}

fn classify_all<'a>(table: &Table, words: &'a [String]) -> Result<Vec<Token<'a>>, Problem> {
    let mut ended = false;
    words
        .iter()
        .map(|word| {
            if ended {
                return Ok(Token::Plain);
            }
            ended = word == "--";
            if ended { Ok(Token::End) } else { classify(table, word) }
        })
        .collect()
}

fn classify<'a>(table: &Table, word: &'a str) -> Result<Token<'a>, Problem> {
    if !word.starts_with('-') || word == "-" {
        return Ok(Token::Plain);
    }
    let (name, value) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (word, None),
    };
    match table.find(name)[..] {
        [] if looks_negative(word) || word.contains(' ') => Ok(Token::Plain),
        [] => Ok(Token::Unknown),
        [place] => Ok(Token::Option(place, value)),
        ref places => Err(Problem::Ambiguous {
            option: name.to_owned(),
            candidates: places.iter().map(|&place| table.0[place].name.clone()).collect(),
        }),
    }
}

/// `^-\d+$|^-\d*\.\d+$`: a negative number is a value, since no option looks like one.
fn looks_negative(word: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let number = word.strip_prefix('-').unwrap_or_default();
    match number.split_once('.') {
        Some((whole, fraction)) => digits(whole) && !fraction.is_empty() && digits(fraction),
        None => !number.is_empty() && digits(number),
    }
}

impl Pass {
    fn leave(&mut self, at: usize, word: &str, is_plain: bool) {
        let is_option = |left: &Left| left.text.starts_with('-') && left.text != "--";
        let follows_option = is_plain && self.rest.last().is_some_and(|left| left.follows_option || is_option(left));
        self.rest.push(Left { at, text: word.to_owned(), is_plain, follows_option });
    }

    /// The last value given for the option named without dashes; empty for a flag.
    pub(super) fn last_value(&self, name: &str) -> Option<String> {
        let found = self.found.iter().rfind(|(_, full, _)| full.strip_prefix("--") == Some(name))?;
        Some(found.2.last().cloned().unwrap_or_default())
    }

    /// Whether `-h` or `--help` was given.
    pub(super) fn asks_help(&self) -> bool {
        self.found.iter().any(|(_, name, _)| name == "-h" || name == "--help")
    }

    /// Takes up to so many plain words out of the rest.
    pub(super) fn take_plain(&mut self, count: usize) -> Vec<String> {
        let mut taken = Vec::new();
        self.rest.retain(|left| {
            let take = left.is_plain && taken.len() < count;
            if take {
                taken.push(left.text.clone());
            }
            !take
        });
        taken
    }

    /// Whether the first plain word left is `help`.
    pub(super) fn says_help(&self) -> bool {
        self.rest.iter().find(|left| left.is_plain).is_some_and(|left| left.text == "help")
    }

    /// Nothing may be left: an error that names the options and words nobody knows, but no value. An empty word, as an
    /// unset variable in quotes makes it, is passed over.
    pub(super) fn refuse_rest(&self, tables: &[&Table]) -> Result<(), Problem> {
        let shown = |left: &&Left| !left.follows_option && !matches!(left.text.as_str(), "--" | "");
        let words: Vec<String> = self.rest.iter().filter(shown).map(|left| name_of(&left.text).to_owned()).collect();
        let Some(first) = words.first() else { return Ok(()) };
        let names = tables.iter().flat_map(|table| &table.0).filter(|entry| !entry.hidden);
        let maybe = similar::to(first, names.map(|entry| entry.name.as_str()));
        Err(Problem::Unknown { words, maybe })
    }

    /// Writes the options canonically: of two, the last one, unless the option collects.
    pub(super) fn write(&self, table: &Table, line: &mut Vec<String>) {
        for (index, (place, name, values)) in self.found.iter().enumerate() {
            let again = self.found[index + 1..].iter().any(|(other, ..)| other == place);
            if again && !table.0[*place].collects {
                continue;
            }
            if values.is_empty() {
                line.push(name.clone());
            }
            line.extend(values.iter().map(|value| format!("{name}={value}")));
        }
    }
}

/// The name in `--name=value`; another word whole.
fn name_of(word: &str) -> &str {
    match word.split_once('=') {
        Some((name, _)) if name.starts_with('-') => name,
        _ => word,
    }
}
