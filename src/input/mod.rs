//! The input of an operation: reads options and documents into the members of the request.
//!
//! Files (`file://`, `fileb://`) and standard input (`-`) are in `file`, `--cli-input-json` and `--cli-input-yaml` in
//! `document`, the types of members in `validate`, templates in `skeleton`. The rules and the messages are those of the
//! AWS CLI, whose exit code for each of these errors is 252, except that the value of a secret member is never
//! repeated.

mod document;
mod file;
pub mod skeleton;
mod validate;

use std::fmt::Display;

use serde_json::{Map, Value};

pub use document::Document;
use file::Content;
pub use file::Files;

use crate::error::{self, Error};
use crate::model::{Kind, Member, Operation, Words};

/// A value whose type has not been checked yet; none for the bytes of `fileb://`, which are not valid for any member.
type Raw = Option<Value>;

/// Checks that every required member of an operation is given as an option.
pub fn require_options(operation: Operation, given: &[(&Member, Words)]) -> Result<(), Error> {
    let is_given = |member: &Member| given.iter().any(|(given, _)| given.name == member.name);
    let missing = operation.input().iter().filter(|member| member.required && !is_given(member));
    let missing: Vec<String> = missing.map(|member| format!("--{}", member.option)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::new(error::Kind::Usage, format!("the following arguments are required: {}", missing.join(", "))))
}

/// The error for an option value that cannot be loaded or parsed.
fn bad_value(option: &str, problem: impl Display) -> Error {
    Error::validation(format!("Error parsing parameter '{option}': {problem}"))
}

/// The values of options and documents, loaded but not yet checked.
pub struct Input(Vec<(String, Raw)>);

impl Input {
    /// Loads the options in the model's order, then the other members of the document in its order.
    pub fn load(
        given: Vec<(&'static Member, Words)>,
        document: Option<&Document>,
        files: &Files,
    ) -> Result<Self, Error> {
        let mut input: Vec<(String, Raw)> = Vec::new();
        for (member, words) in given {
            let option = format!("--{}", member.option);
            let raw = match &words {
                Words::One(word) if member.sensitive => files.standard_input(&option, word)?,
                _ => None,
            };
            let raw = raw.map_or_else(|| load(&option, words, files), |text| Ok(Some(text.into())))?;
            input.push((member.name.to_owned(), raw));
        }
        for (name, value) in document.map(|document| document.read(files)).transpose()?.unwrap_or_default() {
            if !input.iter().any(|(given, _)| *given == name) {
                input.push((name, Some(value)));
            }
        }
        Ok(Self(input))
    }

    /// The members to send.
    pub fn checked(self, operation: Operation) -> Result<Map<String, Value>, Error> {
        validate::check(operation.input(), &self.0)?;
        Ok(self.0.into_iter().filter_map(|(name, raw)| Some((name, raw?))).collect())
    }
}

fn load(option: &str, words: Words, files: &Files) -> Result<Raw, Error> {
    match words {
        Words::One(word) => Ok(match files.load(option, &word)? {
            None => Some(word.into()),
            Some(Content::Text(text)) => Some(text.into()),
            Some(Content::Bytes(_)) => None,
        }),
        Words::Many(words) => list(option, words, files).map(Some),
    }
}

/// The list in an option's values: the values themselves, or a single value or file with a JSON array. Two or more
/// values are not parsed.
fn list(option: &str, words: Vec<String>, files: &Files) -> Result<Value, Error> {
    let is_array = |text: &str| text.trim_start().starts_with('[');
    let array = |text: &str| {
        let received = |error| bad_value(option, format!("Invalid JSON: {error}\nJSON received: {}", text.trim_end()));
        serde_json::from_str(text).map_err(received)
    };
    let [word] = &words[..] else { return Ok(words.into()) };
    match files.load(option, word)? {
        Some(Content::Bytes(bytes)) => Ok(bytes.into()),
        Some(Content::Text(text)) if is_array(&text) => array(&text),
        // The AWS CLI sends a list of its characters.
        Some(Content::Text(_)) => {
            Err(bad_value(option, format!("{word} must contain a JSON array, like [\"a\", \"b\"]")))
        }
        None if is_array(word) => array(word),
        None => Ok(words.into()),
    }
}

#[cfg(test)]
mod tests;
