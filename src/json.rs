//! JSON as Python's `json.dumps` spells it, because requests and cache files equal those of the AWS CLI byte for byte.
//!
//! Separators are `, ` and `: `, everything outside ASCII is a `\uXXXX` escape (surrogate pairs above U+FFFF), `/` is not
//! escaped; strings also come in the spelling that keeps what is outside ASCII. How output for a person or a script looks is
//! not here but in `output`. Imports nothing of ours.

use std::fmt::Write as _;

use serde_json::Value;

/// The value in Python's default spelling, one line, no final newline.
pub fn python(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, to: &mut String) {
    match value {
        Value::Null => to.push_str("null"),
        Value::Bool(b) => to.push_str(if *b { "true" } else { "false" }),
        Value::Number(n) => to.push_str(&n.to_string()),
        Value::String(s) => push_string(s, to),
        Value::Array(items) => {
            to.push('[');
            for (i, item) in items.iter().enumerate() {
                to.push_str(if i == 0 { "" } else { ", " });
                write(item, to);
            }
            to.push(']');
        }
        Value::Object(members) => {
            to.push('{');
            for (i, (name, member)) in members.iter().enumerate() {
                to.push_str(if i == 0 { "" } else { ", " });
                push_string(name, to);
                to.push_str(": ");
                write(member, to);
            }
            to.push('}');
        }
    }
}

/// Changes every text in a value, member names included.
pub fn each_text(value: &mut Value, change: &impl Fn(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, change)),
        Value::Object(members) => {
            let all = std::mem::take(members).into_iter();
            members.extend(all.map(|(mut name, mut member)| {
                change(&mut name);
                each_text(&mut member, change);
                (name, member)
            }));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Appends a list of strings.
pub fn push_strings(texts: &[String], to: &mut String) {
    to.push('[');
    for (i, text) in texts.iter().enumerate() {
        to.push_str(if i == 0 { "" } else { ", " });
        push_string(text, to);
    }
    to.push(']');
}

/// Appends a string with its quotes: the escapes of `json.dumps(ensure_ascii=True)`.
pub fn push_string(text: &str, to: &mut String) {
    quote(text, |byte| matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~'), to);
}

/// Appends a string with its quotes, everything outside ASCII as it is: the escapes of `json.dumps(ensure_ascii=False)`.
pub fn push_unicode(text: &str, to: &mut String) {
    quote(text, |byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f), to);
}

/// Between quotes nearly every string stands for itself as a whole; else what does not is escaped, one by one.
fn quote(text: &str, stands_for_itself: impl Fn(u8) -> bool, to: &mut String) {
    to.push('"');
    if text.bytes().all(&stands_for_itself) {
        to.push_str(text);
    } else {
        for c in text.chars() {
            match &*c.encode_utf8(&mut [0; 4]) {
                plain if plain.bytes().all(&stands_for_itself) => to.push_str(plain),
                _ => push_escaped(c, to),
            }
        }
    }
    to.push('"');
}

fn push_escaped(c: char, to: &mut String) {
    match c {
        '"' => to.push_str("\\\""),
        '\\' => to.push_str("\\\\"),
        '\n' => to.push_str("\\n"),
        '\r' => to.push_str("\\r"),
        '\t' => to.push_str("\\t"),
        '\u{8}' => to.push_str("\\b"),
        '\u{c}' => to.push_str("\\f"),
        _ => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(to, "\\u{unit:04x}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{each_text, python};

    #[test]
    fn texts_are_changed_inside_and_out() {
        let mut value = json!({"a": ["b", {"c": 1, "d": null}], "e": true});
        each_text(&mut value, &|text| text.push('!'));
        assert_eq!(python(&value), r#"{"a!": ["b!", {"c!": 1, "d!": null}], "e!": true}"#);
    }

    #[test]
    fn separators_and_escapes_are_pythons() {
        let value = json!({"a": ["é", "😀", "/", "\u{1}\n\"\\\u{7f}"], "b": null, "c": [], "d": {}, "e": true, "f": 1});
        assert_eq!(
            python(&value),
            r#"{"a": ["\u00e9", "\ud83d\ude00", "/", "\u0001\n\"\\\u007f"], "b": null, "c": [], "d": {}, "e": true, "f": 1}"#
        );
    }
}
