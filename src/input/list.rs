//! Options that take a list: the words themselves, or one word or file that holds a JSON array.

use serde_json::Value;

use super::file::Content;
use super::{Files, InputError, Raw};

/// The list that the words mean. With two words or more nothing is read as JSON or loaded.
pub(super) fn load(option: &str, words: Vec<String>, files: &Files) -> Result<Raw, InputError> {
    if let [word] = &words[..] {
        match files.load(option, word)? {
            Some(Content::Bytes(bytes)) => return Ok(Raw::Value(bytes.into())),
            Some(Content::Text(text)) if is_array(&text) => return json(option, &text),
            Some(Content::Text(_)) => {
                // The AWS CLI would send its characters one by one, which nobody can mean.
                let problem = format!("{word} must hold a JSON array, like [\"a\", \"b\"]");
                return Err(InputError::parameter(option, problem));
            }
            None if is_array(word) => return json(option, word),
            None => {}
        }
    }
    Ok(Raw::Value(words.into()))
}

fn is_array(text: &str) -> bool {
    text.trim_start().starts_with('[')
}

fn json(option: &str, text: &str) -> Result<Raw, InputError> {
    serde_json::from_str::<Value>(text).map(Raw::Value).map_err(|error| {
        InputError::parameter(option, format!("Invalid JSON: {error}\nJSON received: {}", text.trim_end()))
    })
}
