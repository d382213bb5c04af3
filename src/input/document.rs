//! `--cli-input-json` and `--cli-input-yaml`: the members in one document, on the line or in a file.
//!
//! YAML is version 1.2 with the core schema: `yes` is text, `012` is twelve. The value is loaded once, so that standard
//! input works (`-`, `file:///dev/stdin`). Messages of the parsers are reduced to the position, because they can quote
//! the document.

use serde_json::{Map, Value};

use super::file::Content;
use super::{Files, bad_value};
use crate::error::Error;
use crate::python;

/// A document as given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document<'a> {
    /// Of `--cli-input-json`.
    Json(&'a str),
    /// Of `--cli-input-yaml`.
    Yaml(&'a str),
}

impl<'a> Document<'a> {
    /// The document of a command line, if there is one.
    pub fn of(json: Option<&'a str>, yaml: Option<&'a str>) -> Result<Option<Self>, Error> {
        match (json, yaml) {
            (Some(_), Some(_)) => Err(Error::validation("Only one --cli-input- parameter may be specified.")),
            (Some(text), None) => Ok(Some(Self::Json(text))),
            (None, Some(text)) => Ok(Some(Self::Yaml(text))),
            (None, None) => Ok(None),
        }
    }

    /// Its members in order; the last of duplicate members wins (JSON), or they are an error (YAML).
    pub(super) fn read(self, files: &Files) -> Result<Map<String, Value>, Error> {
        let (option, word) = match self {
            Self::Json(word) => ("--cli-input-json", word),
            Self::Yaml(word) => ("--cli-input-yaml", word),
        };
        let text = match files.load(option, word)? {
            None => files.standard_input(option, word)?.unwrap_or_else(|| word.to_owned()),
            Some(Content::Text(text)) => text,
            Some(Content::Bytes(bytes)) => {
                String::from_utf8(bytes).map_err(|_| bad_value(option, "the file is not valid UTF-8"))?
            }
        };
        // Windows editors add a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let value = match self {
            Self::Json(_) => json(text),
            Self::Yaml(_) => yaml(text),
        };
        match value.map_err(|problem| bad_value(option, problem))? {
            Value::Object(members) => Ok(members),
            other => {
                let received = python::type_name(&other);
                Err(bad_value(option, format!("Invalid type: expecting map, received <class '{received}'>")))
            }
        }
    }
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("Invalid JSON received: {error}"))
}

fn yaml(text: &str) -> Result<Value, String> {
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| match error.location() {
        Some(place) => format!("Invalid YAML received: line {} column {}", place.line(), place.column()),
        None => "Invalid YAML received".to_owned(),
    })
}
