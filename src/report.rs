//! Reports an error: its exit code, and its text on standard error.
//!
//! `--cli-error-format` selects one of six formats; an error to which the AWS CLI gives no kind looks the same in all
//! of them. The plain line and the details equal the AWS CLI's, except for the program's name. Text from a service is
//! cleaned for a terminal; the structured formats are data, and cleaned on a terminal only.

use std::fmt::Write as _;
use std::io;

use serde_json::{Map, Value, json};

use crate::error::{Error, Kind, ServiceError};
use crate::output::{self, Format, Style};
use crate::python;
use crate::text;

/// The maximum number of items of a list or object that is printed on its member's line (AWS CLI).
const INLINE_ITEMS: usize = 4;

/// How errors are printed: `--cli-error-format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ErrorFormat {
    /// The message, the members of the service's error, and the hint.
    #[default]
    Enhanced,
    /// The message only.
    Legacy,
    /// The members as data.
    Structured(Format),
}

impl ErrorFormat {
    /// The format with this name, ignoring case; an unknown name is the default, as in the AWS CLI.
    pub fn named(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "legacy" => Self::Legacy,
            "json" => Self::Structured(Format::Json),
            "yaml" => Self::Structured(Format::Yaml),
            "text" => Self::Structured(Format::Text),
            "table" => Self::Structured(Format::Table),
            _ => Self::Enhanced,
        }
    }
}

/// The kind of an error.
pub fn kind(error: &anyhow::Error) -> Kind {
    let is_broken_pipe = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    match error.downcast_ref::<Error>() {
        Some(error) => error.kind(),
        None if error.downcast_ref().is_some_and(is_broken_pipe) => Kind::ClosedPipe,
        None => Kind::Other,
    }
}

/// The text of an error for standard error, with a final newline.
pub fn render(error: &anyhow::Error, program: &str, format: ErrorFormat, style: &Style, to_terminal: bool) -> String {
    let message = message(error);
    let kind = kind(error).aws_name();
    let service = error.downcast_ref().and_then(Error::answer);
    if let (ErrorFormat::Structured(format), Some(mut members)) = (format, members(service, kind, &message)) {
        if to_terminal {
            text::change_all(&mut members, &|text| *text = text::data_for_terminal(text));
        }
        if let Ok(bytes) = output::render(&members, format, "error", style) {
            return String::from_utf8_lossy(&bytes).into_owned();
        }
    }
    let is_legacy = format == ErrorFormat::Legacy;
    let prefix = kind.filter(|_| !is_legacy).map(|kind| format!("An error occurred ({kind}): ")).unwrap_or_default();
    let lines = message.trim().lines().map(text::for_terminal).collect::<Vec<_>>().join("\n");
    let mut text = format!("\n{program}: [ERROR]: {}\n", (prefix + &lines).trim_end());
    if !is_legacy {
        if let Some(service) = service {
            add_details(&service.details, &mut text);
        }
        if let Some(hint) = error.downcast_ref().and_then(Error::advice) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "hint: {}", text::for_terminal(hint));
        }
    }
    text
}

/// The messages of an error and its causes; a cause that is already part of the text is omitted.
fn message(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !text.contains(&cause) {
            text.push_str(if text.is_empty() { "" } else { ": " });
            text.push_str(&cause);
        }
    }
    text
}

/// The members of the structured formats; `None` for an error without a kind.
fn members(service: Option<&ServiceError>, kind: Option<&str>, message: &str) -> Option<Value> {
    let Some(ServiceError { code, message, details }) = service else {
        return Some(json!({"Code": kind?, "Message": message}));
    };
    let mut members = json!({"Message": message, "Code": code});
    members.as_object_mut()?.extend(details.clone());
    Some(members)
}

/// Appends the AWS CLI's block "Additional error details".
fn add_details(members: &Map<String, Value>, text: &mut String) {
    if members.is_empty() {
        return;
    }
    text.push_str("\nAdditional error details:\n");
    let mut has_complex = false;
    for (name, value) in members {
        let shown = inline(value);
        has_complex |= shown.is_none();
        let shown = shown.unwrap_or_else(|| "<complex value>".to_owned());
        let _ = writeln!(text, "{name}: {}", text::for_terminal(&shown));
    }
    if has_complex {
        text.push_str("Use \"--cli-error-format json\" or another error format to see the full details.\n");
    }
}

/// The value as printed on its member's line; `None` if it is too complex.
fn inline(value: &Value) -> Option<String> {
    let scalar = |value: &Value| python::is_scalar(value).then(|| python::str(value));
    let joined = |items: Option<Vec<String>>| Some(items?.join(", "));
    match value {
        Value::Array(items) if items.len() <= INLINE_ITEMS => {
            Some(format!("[{}]", joined(items.iter().map(scalar).collect())?))
        }
        Value::Object(members) if members.len() <= INLINE_ITEMS => {
            let pairs = members.iter().map(|(name, value)| Some(format!("{name}: {}", scalar(value)?)));
            Some(format!("{{{}}}", joined(pairs.collect())?))
        }
        other => scalar(other),
    }
}

#[cfg(test)]
mod tests;
