//! How an error looks on standard error, in the six forms of `--cli-error-format`.
//!
//! The plain line and the block of details equal the AWS CLI's, the program's name aside. Words of the service are cut
//! down to what a terminal may show (see `text`); in the structured forms they are data and stay as they are
//! but on a terminal.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::output::{self, Format, Style};
use crate::python;
use crate::text;

use super::ErrorFormat;
use super::failure::Failure;

/// Items that a list or an object of the service's error may have to be shown on its line (AWS CLI).
const INLINE_ITEMS: usize = 5;

/// The text of an error with its last newline, for standard error, which may be a terminal.
pub fn render(error: &anyhow::Error, format: ErrorFormat, style: &Style, to_terminal: bool) -> String {
    let failure = Failure::of(error);
    let structured = match format {
        ErrorFormat::Enhanced | ErrorFormat::Legacy => None,
        ErrorFormat::Json => Some(Format::Json),
        ErrorFormat::Yaml => Some(Format::Yaml),
        ErrorFormat::Text => Some(Format::Text),
        ErrorFormat::Table => Some(Format::Table),
    };
    let mut members = structured.and_then(|_| members(&failure));
    if let (true, Some(members)) = (to_terminal, &mut members) {
        text::change_all(members, &|text| *text = text::data_for_terminal(text));
    }
    if let (Some(format), Some(members)) = (structured, members)
        && let Ok(bytes) = output::render(&members, format, "error", style)
    {
        return String::from_utf8_lossy(&bytes).into_owned();
    }
    let mut text = plain(&failure, format == ErrorFormat::Legacy);
    if format != ErrorFormat::Legacy {
        if let Some(service) = failure.service {
            details(&service.details, &mut text);
        }
        if let Some(hint) = &failure.hint {
            let _ = writeln!(text, "hint: {}", text::for_terminal(hint));
        }
    }
    text
}

/// The members of the structured forms; `None` for an error without a kind.
fn members(failure: &Failure) -> Option<Value> {
    let service = failure.service.map(|error| (&error.code, &error.message, &error.details));
    if let Some((code, message, details)) = service {
        let mut members = Map::new();
        members.insert("Message".to_owned(), message.clone().into());
        members.insert("Code".to_owned(), code.clone().into());
        members.extend(details.clone());
        return Some(members.into());
    }
    Some(json!({"Code": failure.kind?, "Message": &failure.message}))
}

fn plain(failure: &Failure, legacy: bool) -> String {
    let message = match failure.kind {
        Some(kind) if !legacy => format!("An error occurred ({kind}): {}", failure.message),
        _ => failure.message.clone(),
    };
    let lines: Vec<String> = message.trim().lines().map(text::for_terminal).collect();
    format!("\nsso-oidc: [ERROR]: {}\n", lines.join("\n").trim_end())
}

/// The block that the AWS CLI calls additional error details.
fn details(members: &Map<String, Value>, text: &mut String) {
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

fn inline(value: &Value) -> Option<String> {
    match value {
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(scalar).collect();
            items.filter(|items| items.len() < INLINE_ITEMS).map(|items| format!("[{}]", items.join(", ")))
        }
        Value::Object(members) => {
            let pairs = members.iter().map(|(name, value)| Some(format!("{name}: {}", scalar(value)?)));
            let pairs: Option<Vec<String>> = pairs.collect();
            pairs.filter(|pairs| pairs.len() < INLINE_ITEMS).map(|pairs| format!("{{{}}}", pairs.join(", ")))
        }
        other => scalar(other),
    }
}

fn scalar(value: &Value) -> Option<String> {
    (!value.is_array() && !value.is_object()).then(|| python::str(value))
}
