//! A scalar of YAML: plain where that is safe, else in single quotes, else in double quotes with escapes; folded at 80.
//!
//! The rules are libyaml's. Characters outside the basic plane, controls, NEL and the byte order mark are escaped; line
//! breaks in single quotes are doubled; a line is broken at the first single space after column 80. Imports nothing of
//! ours.

use super::super::node::Node;
use super::super::number::Number;
use super::{Emitter, resolver};

/// A space beyond this column becomes a line break.
const WIDTH: usize = 80;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quotes {
    None,
    Single,
    Double,
}

/// Writes a node that is no list and no object; `folds` where a long one may be broken over lines.
pub(super) fn write(emitter: &mut Emitter, node: &Node, folds: bool) {
    let text = match node {
        Node::String(text) => {
            return match quotes(text) {
                Quotes::None => write_plain(emitter, text, folds),
                Quotes::Single => write_single_quoted(emitter, text, folds),
                Quotes::Double => write_double_quoted(emitter, text, folds),
            };
        }
        Node::Bool(true) => "true",
        Node::Bool(false) => "false",
        Node::Number(Number::Float(value)) if value.is_nan() => ".nan",
        Node::Number(Number::Float(f64::INFINITY)) => ".inf",
        Node::Number(Number::Float(f64::NEG_INFINITY)) => "-.inf",
        Node::Number(number) => &number.python(),
        Node::Null | Node::List(_) | Node::Object(_) => "null",
    };
    write_plain(emitter, text, folds);
}

/// A line break in YAML 1.1's sense, which libyaml follows.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether a character may stand unescaped; a line feed may.
fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{fffd}') && c != '\u{feff}'
}

/// The least quotes that keep the text what it is.
fn quotes(text: &str) -> Quotes {
    let spaced: Vec<char> = text.chars().collect();
    let pair = |first: fn(char) -> bool, second: fn(char) -> bool| {
        spaced.windows(2).any(|pair| first(pair[0]) && second(pair[1]))
    };
    let is_space = |c| c == ' ';
    if pair(is_break, is_space) || pair(is_space, is_break) || !text.chars().all(is_printable) {
        return Quotes::Double;
    }
    let at_edge = |c: char| c == ' ' || is_break(c);
    if text.starts_with(at_edge)
        || text.ends_with(at_edge)
        || text.contains(is_break)
        || has_indicators(&spaced)
        || !resolver::is_string(text)
    {
        return Quotes::Single;
    }
    Quotes::None
}

/// Whether the text, which is printable and one line, holds something that YAML would take for its own syntax.
fn has_indicators(text: &[char]) -> bool {
    let is_blank = |index: usize| text.get(index).is_none_or(|&c| c == ' ');
    let starts = match text {
        ['-', '-', '-', ..] | ['.', '.', '.', ..] => true,
        [first, ..] => "#,[]{}&*!|>'\"%@`".contains(*first) || ("?:-".contains(*first) && is_blank(1)),
        [] => false,
    };
    starts
        || (1..text.len()).any(|index| match text[index] {
            ':' => is_blank(index + 1),
            '#' => is_blank(index - 1),
            _ => false,
        })
}

fn write_plain(emitter: &mut Emitter, text: &str, folds: bool) {
    if !emitter.whitespace {
        emitter.put(' ');
    }
    let mut after_space = false;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        // Without quotes only a space between two words may become a line break.
        if c == ' ' && folds && !after_space && emitter.column > WIDTH && rest.peek() != Some(&' ') {
            emitter.write_indent();
        } else {
            emitter.put(c);
        }
        after_space = c == ' ';
    }
    emitter.whitespace = false;
    emitter.indention = false;
}

fn write_single_quoted(emitter: &mut Emitter, text: &str, folds: bool) {
    emitter.indicator("'", true, false);
    let (mut after_space, mut after_break) = (false, false);
    let mut rest = text.chars().enumerate().peekable();
    while let Some((index, c)) = rest.next() {
        let next = rest.peek().map(|(_, next)| *next);
        if is_break(c) {
            // One break is read as a space, so the first one is doubled; only a line feed needs that.
            if !after_break && c == '\n' {
                emitter.break_line();
            }
            emitter.text.push(c);
            emitter.column = 0;
            emitter.indention = true;
            after_break = true;
            continue;
        }
        let inside = index > 0 && next.is_some_and(|next| next != ' ');
        if c == ' ' && folds && !after_space && emitter.column > WIDTH && inside {
            emitter.write_indent();
        } else {
            if after_break {
                emitter.write_indent();
            }
            if c == '\'' {
                emitter.put('\'');
            }
            emitter.put(c);
            emitter.indention = false;
        }
        after_space = c == ' ';
        after_break = false;
    }
    if after_break {
        emitter.write_indent();
    }
    emitter.indicator("'", false, false);
}

fn write_double_quoted(emitter: &mut Emitter, text: &str, folds: bool) {
    emitter.indicator("\"", true, false);
    let mut after_space = false;
    let mut rest = text.chars().enumerate().peekable();
    while let Some((index, c)) = rest.next() {
        let next = rest.peek().map(|(_, next)| *next);
        if !is_printable(c) || is_break(c) || matches!(c, '"' | '\\') {
            escape(c).chars().for_each(|c| emitter.put(c));
        } else if c == ' ' && folds && !after_space && emitter.column > WIDTH && index > 0 && next.is_some() {
            emitter.write_indent();
            // A space at the start of a continued line would be lost.
            if next == Some(' ') {
                emitter.put('\\');
            }
        } else {
            emitter.put(c);
        }
        after_space = c == ' ';
    }
    emitter.indicator("\"", false, false);
}

fn escape(c: char) -> String {
    let short = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' | '\\' => c,
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => {
            return match u32::from(c) {
                code @ ..=0xff => format!("\\x{code:02X}"),
                code @ ..=0xffff => format!("\\u{code:04X}"),
                code => format!("\\U{code:08X}"),
            };
        }
    };
    String::from_iter(['\\', short])
}
