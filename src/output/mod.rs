//! A JSON value becomes the bytes that AWS CLI 2.36.7 prints for it: `--query`, then `--output`.
//!
//! Knows no operation, no secret and no terminal: the caller gives the title, the width and whether to color. Structured
//! errors (`--cli-error-format`) go through the same renderers.

mod query;
mod table;
mod text;
mod values;
mod width;
mod yaml;

use std::fmt;

use serde_json::{Map, Value, json};

use crate::python;

pub use query::{Query, QueryError};

/// How data is printed: the choices of `--output`.
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
    /// Every format with its name on the command line, in AWS CLI's order.
    pub const ALL: [(&str, Self); 6] = [
        ("json", Self::Json),
        ("text", Self::Text),
        ("table", Self::Table),
        ("yaml", Self::Yaml),
        ("yaml-stream", Self::YamlStream),
        ("off", Self::Off),
    ];

    /// The format of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, format)| format)
    }
}

/// What the table format must know about the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to use color.
    pub color: bool,
    /// Columns of standard output's terminal, 80 without one. A wider table turns its single rows into name and value.
    pub width: usize,
    /// Whether a colored table ends every write with `ESC[0m`, as AWS CLI's do on standard output without a pager.
    pub resets: bool,
}

impl Style {
    /// No color, 80 columns: not a terminal.
    pub const PLAIN: Self = Self { color: false, width: 80, resets: false };
}

/// A value that the format cannot show; the AWS CLI notices while it prints, and exits with 255.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputError {
    /// What went wrong, in AWS CLI's words.
    pub reason: String,
    /// What AWS CLI printed before it noticed; belongs on standard output all the same.
    pub printed: Vec<u8>,
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for OutputError {}

/// Renders a response, the result of a query or an error's members. Nothing printed is an empty `Vec`: no pager starts.
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
