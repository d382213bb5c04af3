//! Formats a JSON value as AWS CLI 2.36.7 prints it: first `--query`, then `--output`.
//!
//! Independent of operations, secrets and terminals: the caller passes title, width and whether to use color.
//! Structured errors (`--cli-error-format`) use the same formats.

mod query;
mod table;
mod text;
mod width;
mod yaml;

use std::fmt;

use serde_json::{Map, Value, json};

use crate::python;

pub use query::{Query, QueryError};

/// An output format: a value of `--output`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Indented JSON
    Json,
    /// Tab-separated lines
    Text,
    /// Boxes
    Table,
    /// YAML, members sorted by name
    Yaml,
    /// YAML, each result as one element of a list
    YamlStream,
    /// Nothing
    Off,
}

impl Format {
    /// Every format with its name on the command line, in the AWS CLI's order.
    pub const ALL: [(&str, Self); 6] = [
        ("json", Self::Json),
        ("text", Self::Text),
        ("table", Self::Table),
        ("yaml", Self::Yaml),
        ("yaml-stream", Self::YamlStream),
        ("off", Self::Off),
    ];

    /// The format with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, format)| format)
    }
}

/// The terminal's properties that the table format needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to use color.
    pub color: bool,
    /// The columns of the terminal, or 80 without one. A wider table shows single rows as name and value.
    pub width: usize,
    /// Whether a colored table ends every write with `ESC[0m`, as in the AWS CLI on standard output without a pager.
    pub resets: bool,
}

impl Style {
    /// No color, 80 columns: not a terminal.
    pub const PLAIN: Self = Self { color: false, width: 80, resets: false };
}

/// A value that the format cannot print. The AWS CLI fails while printing it and exits with 255.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputError {
    /// The AWS CLI's message.
    pub reason: String,
    /// The output that the AWS CLI prints before it fails; it goes to standard output too.
    pub printed: Vec<u8>,
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for OutputError {}

/// Formats a response, the result of a query or an error's members. Without output the `Vec` is empty, and no pager
/// starts.
///
/// `title` heads a table: the name of the operation (`CreateToken`), or `error`.
pub fn render(value: &Value, format: Format, title: &str, style: &Style) -> Result<Vec<u8>, OutputError> {
    let is_empty_object = value.as_object().is_some_and(Map::is_empty);
    let text = match format {
        Format::Off => String::new(),
        Format::Text => text::render(value)?,
        Format::Table => table::render(value, title, style)?,
        Format::Json | Format::Yaml | Format::YamlStream if is_empty_object => String::new(),
        Format::Yaml => yaml::document(value)?,
        // The AWS CLI prints each page of a result as an element; there is one page.
        Format::YamlStream => yaml::document(&json!([value]))?,
        Format::Json => python::dumps(value, python::PRETTY) + "\n",
    };
    Ok(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn formats_are_found_by_their_exact_names() {
        assert_eq!(Format::named("yaml-stream"), Some(Format::YamlStream));
        assert_eq!(Format::named("Json"), None);
    }
}
