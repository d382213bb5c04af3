//! The `json` format: four spaces, members in their order, everything outside ASCII as it is.
//!
//! Python's `json.dumps(value, indent=4, ensure_ascii=False)`, and a compact form that is all ASCII, in which AWS CLI prints
//! a scalar as YAML. Requests and cache files are spelled in `json`. Imports `json`.

use std::fmt::Write as _;

use super::node::Node;

/// The value over several lines, without a final newline.
pub(super) fn pretty(node: &Node) -> String {
    let mut text = String::with_capacity(4096);
    write(node, 0, &mut text);
    text
}

/// The value without any space, everything outside ASCII escaped: `json.dumps(value, separators=(',', ':'))`.
pub(super) fn compact(node: &Node) -> String {
    let mut text = String::new();
    write_compact(node, &mut text);
    text
}

fn write_compact(node: &Node, to: &mut String) {
    match node {
        Node::String(text) => push_string(text, to),
        Node::List(items) => {
            to.push('[');
            for (i, item) in items.iter().enumerate() {
                to.push_str(if i == 0 { "" } else { "," });
                write_compact(item, to);
            }
            to.push(']');
        }
        Node::Object(members) => {
            to.push('{');
            for (i, (name, member)) in members.iter().enumerate() {
                to.push_str(if i == 0 { "" } else { "," });
                push_string(name, to);
                to.push(':');
                write_compact(member, to);
            }
            to.push('}');
        }
        scalar => write(scalar, 0, to),
    }
}

fn write(node: &Node, depth: usize, to: &mut String) {
    match node {
        Node::Null => to.push_str("null"),
        Node::Bool(value) => to.push_str(if *value { "true" } else { "false" }),
        Node::Number(number) => to.push_str(&number.json()),
        Node::String(text) => push_unicode(text, to),
        Node::List(items) if items.is_empty() => to.push_str("[]"),
        Node::List(items) => {
            to.push('[');
            for (i, item) in items.iter().enumerate() {
                separate(i, depth + 1, to);
                write(item, depth + 1, to);
            }
            new_line(depth, to);
            to.push(']');
        }
        Node::Object(members) if members.is_empty() => to.push_str("{}"),
        Node::Object(members) => {
            to.push('{');
            for (i, (name, member)) in members.iter().enumerate() {
                separate(i, depth + 1, to);
                push_unicode(name, to);
                to.push_str(": ");
                write(member, depth + 1, to);
            }
            new_line(depth, to);
            to.push('}');
        }
    }
}

fn separate(index: usize, depth: usize, to: &mut String) {
    if index > 0 {
        to.push(',');
    }
    new_line(depth, to);
}

fn new_line(depth: usize, to: &mut String) {
    to.push('\n');
    to.extend(std::iter::repeat_n("    ", depth));
}

/// Appends a string with its quotes: the escapes of `json.dumps(ensure_ascii=True)`.
fn push_string(text: &str, to: &mut String) {
    quote(text, |byte| matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~'), to);
}

/// Appends a string with its quotes, everything outside ASCII as it is: the escapes of `json.dumps(ensure_ascii=False)`.
fn push_unicode(text: &str, to: &mut String) {
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

    use super::{Node, compact, pretty};

    #[test]
    fn layout_and_escapes_are_pythons() {
        let value = json!({"b": [1, [], {}], "a": {"x": "é😀\u{7f}\u{2028}/\"\\\n\r\t\u{8}\u{c}\u{1f}"}, "c": null});
        assert_eq!(
            pretty(&Node::from(&value)),
            "{\n    \"b\": [\n        1,\n        [],\n        {}\n    ],\n    \"a\": {\n        \"x\": \
             \"é😀\u{7f}\u{2028}/\\\"\\\\\\n\\r\\t\\b\\f\\u001f\"\n    },\n    \"c\": null\n}"
        );
        assert_eq!(pretty(&Node::from(&json!([]))), "[]");
        assert_eq!(
            compact(&Node::from(&json!({"é": [1, 1.0, {}, "😀\u{7f}\n\"/"], "a": [null, true]}))),
            "{\"\\u00e9\":[1,1.0,{},\"\\ud83d\\ude00\\u007f\\n\\\"/\"],\"a\":[null,true]}"
        );
    }
}
