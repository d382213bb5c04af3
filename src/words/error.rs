//! What can be wrong with a command line, in the words of the AWS CLI. A value is repeated only where it is a choice.

use std::fmt;

/// A command line that cannot be read.
#[derive(Debug)]
pub struct UsageError {
    /// What is wrong.
    pub problem: Problem,
    /// `--cli-error-format` of that line, where it could be read.
    pub error_format: Option<String>,
}

/// What is wrong with a command line.
#[derive(Debug, PartialEq, Eq)]
pub enum Problem {
    /// No command.
    CommandMissing,
    /// A command that does not exist, and those that sound like it.
    UnknownCommand {
        /// The word.
        name: String,
        /// What was probably meant.
        maybe: Vec<String>,
    },
    /// A command of `aws` that is not ours.
    NotOurs,
    /// A prefix of several options.
    Ambiguous {
        /// The prefix.
        option: String,
        /// The options that begin so.
        candidates: Vec<String>,
    },
    /// An option without its value.
    ValueMissing {
        /// The option.
        option: String,
    },
    /// A value for an option that takes none.
    ValueUnwanted {
        /// The option.
        option: String,
    },
    /// A value outside the set of choices.
    InvalidChoice {
        /// The option.
        option: String,
        /// The value.
        value: String,
        /// Every choice.
        choices: Vec<String>,
        /// What was probably meant.
        maybe: Vec<String>,
    },
    /// Options and words that nobody takes.
    Unknown {
        /// The words, without the values of options.
        words: Vec<String>,
        /// What the first of them probably meant.
        maybe: Vec<String>,
    },
    /// A word that is not UTF-8.
    NotText {
        /// The option it belongs to, if any.
        option: Option<String>,
    },
}

impl From<Problem> for UsageError {
    fn from(problem: Problem) -> Self {
        Self { problem, error_format: None }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandMissing => f.write_str("the following arguments are required: command"),
            Self::UnknownCommand { name, maybe } => {
                write!(f, "argument command: Found invalid choice '{name}'")?;
                write_maybe(f, maybe)
            }
            Self::NotOurs => f.write_str(
                "this `aws` is sso-oidc, which knows only `aws sso login`, `aws sso logout` and `aws sso-oidc`; for all \
                 else install the AWS CLI",
            ),
            Self::Ambiguous { option, candidates } => {
                write!(f, "ambiguous option: {option} could match {}", candidates.join(", "))
            }
            Self::ValueMissing { option } => write!(f, "argument {option}: expected one argument"),
            Self::ValueUnwanted { option } => write!(f, "argument {option}: takes no value"),
            Self::InvalidChoice { option, value, choices, maybe } => {
                write!(f, "argument {option}: Found invalid choice '{value}'; it takes {}", choices.join(", "))?;
                write_maybe(f, maybe)
            }
            Self::Unknown { words, maybe } => {
                write!(f, "Unknown options: {}", words.join(", "))?;
                write_maybe(f, maybe)
            }
            Self::NotText { option: Some(option) } => write!(f, "argument {option}: the value is not UTF-8 text"),
            Self::NotText { option: None } => f.write_str("a word of the command line is not UTF-8 text"),
        }
    }
}

fn write_maybe(f: &mut fmt::Formatter<'_>, maybe: &[String]) -> fmt::Result {
    if maybe.is_empty() {
        return Ok(());
    }
    f.write_str("\n\nMaybe you meant:\n")?;
    maybe.iter().try_for_each(|word| write!(f, "\n  * {word}"))
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl std::error::Error for UsageError {}
