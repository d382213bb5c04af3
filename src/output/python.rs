//! How Python spells values in text: `str()` and `repr()`, because AWS CLI's text, table and error messages show them.
//!
//! Scalars appear everywhere (`None`, `True`, `1e-07`); whole lists and objects only where AWS CLI stringifies one by
//! accident, for example a member that is a scalar in one row and a list in another. Imports nothing of ours.

use super::node::Node;

/// `str(value)`: a string is itself, everything else as `repr`.
pub(super) fn str(node: &Node) -> String {
    if let Node::String(text) = node {
        return text.to_string();
    }
    let mut spelled = String::new();
    repr(node, &mut spelled);
    spelled
}

/// Name of Python's type.
pub(super) fn type_name(node: &Node) -> &'static str {
    match node {
        Node::Null => "NoneType",
        Node::Bool(_) => "bool",
        Node::Number(super::number::Number::Integer(_)) => "int",
        Node::Number(super::number::Number::Float(_)) => "float",
        Node::String(_) => "str",
        Node::List(_) => "list",
        Node::Object(_) => "dict",
    }
}

fn repr(node: &Node, to: &mut String) {
    match node {
        Node::Null => to.push_str("None"),
        Node::Bool(value) => to.push_str(if *value { "True" } else { "False" }),
        Node::Number(number) => to.push_str(&number.python()),
        Node::String(text) => repr_text(text, to),
        Node::List(items) => {
            to.push('[');
            for (i, item) in items.iter().enumerate() {
                to.push_str(if i == 0 { "" } else { ", " });
                repr(item, to);
            }
            to.push(']');
        }
        Node::Object(members) => {
            to.push('{');
            for (i, (name, member)) in members.iter().enumerate() {
                to.push_str(if i == 0 { "" } else { ", " });
                repr_text(name, to);
                to.push_str(": ");
                repr(member, to);
            }
            to.push('}');
        }
    }
}

/// A quoted string: single quotes unless only those occur inside.
fn repr_text(text: &str, to: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    to.push(quote);
    for c in text.chars() {
        match c {
            '\n' => to.push_str("\\n"),
            '\r' => to.push_str("\\r"),
            '\t' => to.push_str("\\t"),
            '\\' => to.push_str("\\\\"),
            _ if c == quote => to.extend(['\\', c]),
            _ if is_printable(c) => to.push(c),
            _ => to.extend([match u32::from(c) {
                code @ ..=0xff => format!("\\x{code:02x}"),
                code @ ..=0xffff => format!("\\u{code:04x}"),
                code => format!("\\U{code:08x}"),
            }]),
        }
    }
    to.push(quote);
}

/// Python's `str.isprintable`. Rust decides by the same categories in `escape_debug`, which on a string leaves combining
/// characters after the first place alone.
fn is_printable(c: char) -> bool {
    matches!(c, '"' | '\'' | '\\') || String::from_iter(['a', c]).escape_debug().eq(['a', c])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Node, str};

    #[test]
    fn values_are_spelled_as_python_spells_them() {
        for (value, spelled) in [
            (json!(null), "None"),
            (json!(true), "True"),
            (json!("a'b"), "a'b"),
            (
                json!([1, 2.5, "a'b", "a\"b", "a'\"b", "\n\u{1}\u{7f}\u{a0}é\u{301}\u{200b}\u{e000}\u{10ffff}😀\\"]),
                "[1, 2.5, \"a'b\", 'a\"b', 'a\\'\"b', '\\n\\x01\\x7f\\xa0é\u{301}\\u200b\\ue000\\U0010ffff😀\\\\']",
            ),
            (json!({"a": {}, "b": []}), "{'a': {}, 'b': []}"),
        ] {
            assert_eq!(str(&Node::from(&value)), spelled);
        }
    }
}
