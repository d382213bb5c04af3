//! The parts of Python's text rules that botocore's reading of configuration rests on.
//!
//! Which characters are white space, how `int()` reads a number, how `repr()` quotes a text. They differ from Rust's in
//! corners that real files reach (U+001C to U+001F, underscores in numbers). Imports nothing of ours.

/// `str.isspace` for one character: Unicode white space and the four information separators.
pub(super) fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{1c}'..='\u{1f}')
}

/// `str.strip()`.
pub(super) fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Where `str.splitlines()` breaks inside a line that universal newlines have already cut.
pub(super) fn is_line_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// `int(text)` in base 10: surrounding white space, a sign, single underscores between digits.
/// Numbers that do not fit 64 bits come back as the nearest that does.
pub fn int(text: &str) -> Option<i64> {
    let text = strip(text);
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let bytes = digits.as_bytes();
    if !bytes.first()?.is_ascii_digit() || !bytes.last()?.is_ascii_digit() || digits.contains("__") {
        return None;
    }
    let mut number: i64 = 0;
    for byte in bytes.iter().filter(|byte| **byte != b'_') {
        let digit = i64::from(byte.checked_sub(b'0').filter(|digit| *digit <= 9)?);
        number = number.saturating_mul(10).saturating_add(digit);
    }
    Some(if negative { -number } else { number })
}

/// The sentence of Python's `ValueError` for a text that is no number.
pub(super) fn int_error(text: &str) -> String {
    format!("invalid literal for int() with base 10: {}", quoted(text))
}

/// `repr(text)`: single quotes unless the text has one and no double quote; control characters escaped.
pub fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format_args!("\\x{:02x}", u32::from(c)).to_string()),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::{int, quoted, strip};

    #[test]
    fn numbers_are_read_as_python_reads_them() {
        for (text, number) in [
            ("3", Some(3)),
            (" +3\n", Some(3)),
            ("-1", Some(-1)),
            ("1_000", Some(1000)),
            ("007", Some(7)),
            ("", None),
            ("+", None),
            ("1.5", None),
            ("1__0", None),
            ("_1", None),
            ("1_", None),
            ("0x10", None),
            ("3 4", None),
            ("99999999999999999999", Some(i64::MAX)),
        ] {
            assert_eq!(int(text), number, "{text:?}");
        }
    }

    #[test]
    fn text_is_quoted_as_python_quotes_it() {
        for (text, expected) in
            [("x", "'x'"), ("", "''"), ("it's", "\"it's\""), ("'\"", "'\\'\"'"), ("a\tb\\\u{1}é", "'a\\tb\\\\\\x01é'")]
        {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn information_separators_are_white_space() {
        assert_eq!(strip("\u{1c}\u{a0} a b\u{1f}\u{3000}"), "a b");
        assert_eq!(strip("\u{feff}a"), "\u{feff}a");
    }
}
