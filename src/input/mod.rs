//! The input of an operation: from what the options and documents say to the members that are sent.
//!
//! Files (`file://`, `fileb://`) and standard input (`-`) are in `file`, `--cli-input-json` and `--cli-input-yaml` in `document`, the types of
//! members in `validate`, templates in `skeleton`; here they meet. The rules and texts are those of the AWS CLI, whose
//! exit code for every error of this room is 252, except that the value of a secret member is never repeated.

mod document;
mod error;
mod file;
mod list;
pub mod skeleton;
mod validate;

use serde_json::{Map, Value};

pub use document::Document;
pub use error::InputError;
pub use file::Files;

use crate::model::{Kind, Member, Operation, Words};

/// A value before its type is known to be right.
enum Raw {
    /// From `fileb://`: right for no member.
    Bytes,
    Value(Value),
}

/// The members that an operation requires and no option gives, as an error; `None` when there are none.
pub fn missing_options(operation: Operation, given: &[(&Member, Words)]) -> Option<InputError> {
    let missing: Vec<String> = operation
        .input()
        .iter()
        .filter(|member| member.required && !given.iter().any(|(given, _)| given.name == member.name))
        .map(|member| format!("--{}", member.option))
        .collect();
    (!missing.is_empty()).then_some(InputError::OptionsMissing(missing))
}

/// What options and documents say, loaded but not yet checked.
pub struct Input(Vec<(String, Raw)>);

impl Input {
    /// Loads it: the options in the order of the model, then what else the document has, in its order.
    pub fn load(
        given: Vec<(&'static Member, Words)>,
        document: Option<&Document>,
        files: &Files,
    ) -> Result<Self, InputError> {
        let mut input: Vec<(String, Raw)> = Vec::new();
        for (member, words) in given {
            let option = format!("--{}", member.option);
            let raw = match &words {
                Words::One(word) if member.sensitive => files.standard_input(&option, word)?,
                _ => None,
            };
            let raw = raw.map_or_else(|| load(&option, words, files), |text| Ok(Raw::Value(text.into())))?;
            input.push((member.name.to_owned(), raw));
        }
        for (name, value) in document.map(|document| document.read(files)).transpose()?.unwrap_or_default() {
            if !input.iter().any(|(given, _)| *given == name) {
                input.push((name, Raw::Value(value)));
            }
        }
        Ok(Self(input))
    }

    /// The members to send.
    pub fn checked(self, operation: Operation) -> Result<Map<String, Value>, InputError> {
        validate::check(operation.input(), &self.0)?;
        let values = self.0.into_iter().filter_map(|(name, raw)| match raw {
            Raw::Value(value) => Some((name, value)),
            Raw::Bytes => None,
        });
        Ok(values.collect())
    }
}

fn load(option: &str, words: Words, files: &Files) -> Result<Raw, InputError> {
    match words {
        Words::One(word) => Ok(match files.load(option, &word)? {
            None => Raw::Value(Value::String(word)),
            Some(file::Content::Text(text)) => Raw::Value(Value::String(text)),
            Some(file::Content::Bytes(_)) => Raw::Bytes,
        }),
        Words::Many(words) => list::load(option, words, files),
    }
}

#[cfg(test)]
mod tests;
