//! A JSON value becomes the bytes that AWS CLI 2.36.7 prints for it: `--query`, then `--output`.
//!
//! Knows no operation, no secret and no terminal: the caller says the title, the width and whether to colour. The order is
//! fixed: response, value, query, format. Structured errors (`--cli-error-format`) go through the same renderers. Imports
//! `json`.

pub mod query;

mod json;
mod node;
mod number;
mod python;
mod table;
mod text;
mod width;
mod yaml;

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

pub use node::{Members, Node};
pub use number::Number;
pub use query::{Query, QueryError};

/// How data is printed: the choices of `--output`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Indented JSON
    Json,
    /// Tab-separated lines
    Text,
    /// Boxes for people
    Table,
    /// YAML, members sorted by name
    Yaml,
    /// YAML, each result as one element of a list
    YamlStream,
    /// Nothing at all
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
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let known = Self::ALL.into_iter().find(|(known, _)| *known == name);
        known.map(|(_, format)| format).ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

/// A word that names no format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFormat(pub String);

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Format::ALL.map(|(name, _)| name).join(", ");
        write!(f, "unknown output format `{}`; the formats are {names}", self.0)
    }
}

impl std::error::Error for UnknownFormat {}

/// What the table format must know of the place where it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to colour.
    pub color: bool,
    /// Columns of standard output's terminal, 80 without one. A wider table turns its single rows into name and value.
    pub width: usize,
    /// Whether a coloured table ends every write with `ESC[0m`, as AWS CLI's do on standard output without a pager.
    pub resets: bool,
}

impl Style {
    /// No colour, 80 columns: not a terminal.
    pub const PLAIN: Self = Self { color: false, width: 80, resets: false };
}

/// A value that the format cannot show; AWS CLI finds that while it prints, and exits with 255.
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

/// Renders a response, or what a query made of it. Nothing printed is an empty `Vec`: then no pager starts.
///
/// `title` is the name of the operation (`CreateToken`), which heads a table.
pub fn render(value: impl Into<Node>, format: Format, title: &str, style: &Style) -> Result<Vec<u8>, OutputError> {
    let node = value.into();
    let text = match format {
        Format::Off => String::new(),
        Format::Text => text::render(&node)?,
        Format::Table => table::render(&node, title, style)?,
        Format::Json | Format::Yaml | Format::YamlStream if node.is_empty_object() => String::new(),
        Format::Yaml => yaml::document(&node),
        Format::YamlStream => yaml::stream(&node),
        Format::Json => json::pretty(&node) + "\n",
    };
    Ok(text.into_bytes())
}

/// Renders an error (`Code`, `Message` and the members of its shape) for `--cli-error-format` json, yaml, text or table.
pub fn render_error(members: &Value, format: Format, style: &Style) -> Result<Vec<u8>, OutputError> {
    render(members, format, "error", style)
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn formats_are_found_by_their_exact_names() {
        assert_eq!("yaml-stream".parse(), Ok(Format::YamlStream));
        let error = "Json".parse::<Format>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown output format `Json`; the formats are json, text, table, yaml, yaml-stream, off"
        );
    }
}
