//! Formats and parses values like Python: `json.dumps` in its layouts, `repr`, `str`, type names, `int()`.
//!
//! Requests, cache files, printed JSON and AWS's error messages equal Python's byte for byte, so all formatting is in
//! one place. The callers choose the format.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

/// A layout of `json.dumps`.
pub struct Layout {
    item_separator: &'static str,
    key_separator: &'static str,
    indent: Option<usize>,
    is_ascii: bool,
}

/// `json.dumps(value)`: requests and cache files.
pub const LINE: Layout = Layout { item_separator: ", ", key_separator: ": ", indent: None, is_ascii: true };
/// `json.dumps(value, separators=(',', ':'))`: JMESPath's `to_string`.
pub const COMPACT: Layout = Layout { item_separator: ",", key_separator: ":", indent: None, is_ascii: true };
/// `json.dumps(value, indent=4, ensure_ascii=False)`: `--output json`.
pub const PRETTY: Layout = Layout { item_separator: ",", key_separator: ": ", indent: Some(4), is_ascii: false };

struct PythonFormatter {
    layout: Layout,
    depth: usize,
    /// Whether the innermost list or object has an element yet.
    has_element: bool,
}

impl PythonFormatter {
    fn open<W: ?Sized + Write>(&mut self, to: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.has_element = false;
        to.write_all(bracket)
    }

    fn element<W: ?Sized + Write>(&mut self, to: &mut W, is_first: bool) -> io::Result<()> {
        self.has_element = true;
        if !is_first {
            to.write_all(self.layout.item_separator.as_bytes())?;
        }
        self.new_line(to)
    }

    fn close<W: ?Sized + Write>(&mut self, to: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if self.has_element {
            self.new_line(to)?;
        }
        self.has_element = true;
        to.write_all(bracket)
    }

    fn new_line<W: ?Sized + Write>(&self, to: &mut W) -> io::Result<()> {
        let Some(indent) = self.layout.indent else { return Ok(()) };
        // Padding by `write!` costs more than the rest of a line.
        to.write_all(b"\n")?;
        to.write_all(" ".repeat(indent * self.depth).as_bytes())
    }
}

impl Formatter for PythonFormatter {
    fn begin_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.open(to, b"[")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.element(to, first)
    }

    fn end_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.close(to, b"]")
    }

    fn begin_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.open(to, b"{")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.element(to, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        to.write_all(self.layout.key_separator.as_bytes())
    }

    fn end_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.close(to, b"}")
    }

    fn write_number_str<W: ?Sized + Write>(&mut self, to: &mut W, json: &str) -> io::Result<()> {
        to.write_all(number(json).replace("inf", "Infinity").as_bytes())
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, to: &mut W, fragment: &str) -> io::Result<()> {
        if !self.layout.is_ascii || fragment.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return to.write_all(fragment.as_bytes());
        }
        fragment.encode_utf16().try_for_each(|unit| match u8::try_from(unit) {
            Ok(byte @ b' '..=b'~') => to.write_all(&[byte]),
            _ => write!(to, "\\u{unit:04x}"),
        })
    }
}

/// Formats a value as JSON in a layout, without a final newline.
pub fn dumps(value: &(impl Serialize + ?Sized), layout: Layout) -> String {
    // Large enough for a cache file: a buffer that grows leaves copies of a secret behind.
    let mut text = Vec::with_capacity(16 * 1024);
    let formatter = PythonFormatter { layout, depth: 0, has_element: false };
    // Writing to a buffer cannot fail, and the bytes are UTF-8.
    let _ = value.serialize(&mut Serializer::with_formatter(&mut text, formatter));
    String::from_utf8(text).unwrap_or_default()
}

/// `str(value)`: a string as is, everything else like `repr`.
pub fn str(value: &Value) -> String {
    value.as_str().map_or_else(|| repr(value), str::to_owned)
}

/// `repr(value)`
pub fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(json) => number(json.as_str()),
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", items.iter().map(repr).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let pairs = members.iter().map(|(name, member)| format!("{}: {}", quoted(name), repr(member)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}

/// `type(value).__name__`
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if is_float(number.as_str()) => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

/// `bool(value)`: null, false, zero and empty values are false.
pub fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_str().parse() != Ok(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

/// `not isinstance(value, (list, dict))`
pub fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

/// `repr(text)`: single quotes unless the text has one and no double quote.
pub fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let escaped = text.chars().map(|character| match character {
        '\n' | '\r' | '\t' | '\\' => character.escape_default().to_string(),
        _ if character == quote => character.escape_default().to_string(),
        '"' | '\'' => character.to_string(),
        // `str.isprintable`: `escape_debug` knows the same categories, but escapes a combining mark at the start.
        _ if String::from_iter(['a', character]).escape_debug().eq(['a', character]) => character.to_string(),
        _ => match u32::from(character) {
            code @ ..=0xff => format!("\\x{code:02x}"),
            code @ ..=0xffff => format!("\\u{code:04x}"),
            code => format!("\\U{code:08x}"),
        },
    });
    format!("{quote}{}{quote}", escaped.collect::<String>())
}

/// A JSON number as Python prints it after parsing: `1E-7` is `1e-07`, `1e400` is `inf`, `-0` is `0`.
fn number(json: &str) -> String {
    match json {
        "-0" => "0".to_owned(),
        _ if is_float(json) => float(json.parse().unwrap_or(f64::NAN)),
        _ => json.to_owned(),
    }
}

/// Whether `json.loads` parses a number as a float.
fn is_float(json: &str) -> bool {
    json.contains(['.', 'e', 'E'])
}

/// `repr` of a float: the shortest digits that round-trip, with an exponent from 1e16 and below 1e-4.
fn float(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&power) {
        return format!("{value:?}");
    }
    let sign = if power < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", power.unsigned_abs())
}

/// The digits of `int(text)`, which accepts surrounding white space, a sign, and single underscores between digits.
pub fn int(text: &str) -> Option<String> {
    // The separators U+001C to U+001F are white space for `str.strip`, but not for `int`.
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.split('_').any(|part| part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    match digits.replace('_', "").trim_start_matches('0') {
        "" => Some("0".to_owned()),
        digits => Some(format!("{sign}{digits}")),
    }
}

/// `int(text)`, clamped to 64 bits.
pub fn saturating_int(text: &str) -> Option<i64> {
    let digits = int(text)?;
    Some(digits.parse().unwrap_or(if digits.starts_with('-') { i64::MIN } else { i64::MAX }))
}

/// The message of the `ValueError` that `int(text)` raises.
pub fn int_error(text: &str) -> String {
    format!("invalid literal for int() with base 10: {}", quoted(text))
}

/// `character.isspace()`: Unicode white space and the separators U+001C to U+001F.
pub fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{1c}'..='\u{1f}')
}

/// `text.strip()`
pub fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Whether `str.splitlines` ends a line at this character.
pub fn is_line_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests;
