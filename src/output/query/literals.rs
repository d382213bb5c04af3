//! Literals and numbers of a JMESPath expression, read as Python reads them before the parser sees the expression.
//!
//! The parser would sort the members of a literal object, make floats of large integers and refuse what Python's still
//! takes (a literal that is no JSON is text, a relict that AWS's own documentation uses: `` `running` ``). So each literal
//! is replaced by its number, as a JSON string in backticks. Nesting is measured here too: the parser calls itself for
//! each level. Imports nothing of ours.

use serde_json::Value;

use crate::output::node::Node;
use crate::output::number::Number;

/// Most levels that the parser may have to go down; Python gives up at a few hundred as well.
pub(super) const DEPTH_LIMIT: usize = 200;

/// An expression without literals.
pub(super) struct Rewritten {
    /// The expression for the parser.
    pub(super) text: String,
    /// The literals, by the numbers that stand for them.
    pub(super) literals: Vec<Node>,
    /// Offsets in `text` and in the original at which pieces start.
    starts: Vec<(usize, usize)>,
}

impl Rewritten {
    /// The place in the original for a place in the text.
    pub(super) fn original_offset(&self, offset: usize) -> usize {
        let piece = self.starts.iter().rev().find(|(start, _)| *start <= offset);
        piece.map_or(offset, |(start, original)| original + (offset - start))
    }
}

/// Why an expression cannot be rewritten, and where.
pub(super) struct Unreadable {
    pub(super) reason: String,
    pub(super) offset: usize,
}

/// Takes the literals out of an expression.
pub(super) fn rewrite(expression: &str) -> Result<Rewritten, Unreadable> {
    let mut rewritten = Rewritten { text: String::new(), literals: Vec::new(), starts: Vec::new() };
    let mut depth = Depth { levels: vec![0] };
    let mut offset = 0;
    while let Some(first) = expression[offset..].chars().next() {
        let rest = &expression[offset..];
        let unreadable = |reason: &str| Unreadable { reason: reason.to_owned(), offset };
        rewritten.starts.push((rewritten.text.len(), offset));
        depth.count(first).ok_or_else(|| unreadable("The expression is nested too deeply"))?;
        let length = match first {
            '\'' | '`' => {
                let inner = quoted(rest, first).ok_or_else(|| unreadable(&format!("Unclosed {first} delimiter")))?;
                let literal =
                    if first == '\'' { Some(Node::string(inner.replace("\\'", "'"))) } else { literal(inner) };
                let literal = literal.ok_or_else(|| unreadable(&format!("Bad token {inner}")))?;
                rewritten.text.extend(["`\"", &rewritten.literals.len().to_string(), "\"`"]);
                rewritten.literals.push(literal);
                inner.len() + 2
            }
            '"' => {
                let inner = quoted(rest, '"').ok_or_else(|| unreadable("Unclosed \" delimiter"))?;
                rewritten.text.push_str(&rest[..inner.len() + 2]);
                inner.len() + 2
            }
            '-' | '0'..='9' => {
                let digits = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
                rewritten.text.push_str(&number(&rest[..=digits]));
                digits + 1
            }
            'a'..='z' | 'A'..='Z' | '_' => {
                let length = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
                rewritten.text.push_str(&rest[..length]);
                length
            }
            _ => {
                rewritten.text.push(first);
                first.len_utf8()
            }
        };
        offset += length;
    }
    rewritten.starts.push((rewritten.text.len(), offset));
    Ok(rewritten)
}

/// What stands between a delimiter and its next unescaped repetition.
fn quoted(text: &str, delimiter: char) -> Option<&str> {
    let mut escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == delimiter => return Some(&text[1..index]),
            _ => {}
        }
    }
    None
}

/// A literal between backticks: JSON, or else text without quotes.
fn literal(inner: &str) -> Option<Node> {
    let text = inner.replace("\\`", "`");
    // Python's JSON has these three as well.
    match text.trim_matches([' ', '\t', '\n', '\r']) {
        "NaN" => return Some(Node::Number(Number::Float(f64::NAN))),
        "Infinity" => return Some(Node::Number(Number::Float(f64::INFINITY))),
        "-Infinity" => return Some(Node::Number(Number::Float(f64::NEG_INFINITY))),
        _ => {}
    }
    match serde_json::from_str::<Value>(&text) {
        Ok(value) => Some(Node::from(value)),
        Err(error) if error.to_string().starts_with("recursion limit") => None,
        Err(_) => {
            let value: Value = serde_json::from_str(&format!("\"{}\"", text.trim_start())).ok()?;
            Some(Node::from(value))
        }
    }
}

/// A number as the parser takes it: no `-0`, no leading zeros, and no larger than any list is long.
fn number(spelling: &str) -> String {
    let (minus, digits) = spelling.strip_prefix('-').map_or(("", spelling), |digits| ("-", digits));
    match digits.trim_start_matches('0') {
        "" if digits.is_empty() => spelling.to_owned(),
        "" => "0".to_owned(),
        significant => format!("{minus}{}", significant.parse::<i32>().unwrap_or(i32::MAX)),
    }
}

/// How deep the parser may be at a place: brackets around it, and everything before it in the same brackets.
struct Depth {
    levels: Vec<usize>,
}

impl Depth {
    /// Takes the first character of the next piece; `None` if that is too deep.
    fn count(&mut self, first: char) -> Option<()> {
        match first {
            '(' | '[' | '{' => self.levels.push(0),
            ')' | ']' | '}' => {
                self.levels.pop();
                match self.levels.last_mut() {
                    Some(before) => *before += 1,
                    None => self.levels.push(1),
                }
            }
            // The next argument or member starts anew.
            ',' => *self.levels.last_mut()? = 0,
            ' ' | '\t' | '\n' | '\r' => {}
            _ => *self.levels.last_mut()? += 1,
        }
        (self.levels.len() + self.levels.iter().sum::<usize>() <= DEPTH_LIMIT).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::rewrite;
    use crate::output::json::pretty;

    #[test]
    fn literals_are_read_as_python_reads_them() {
        for (expression, printed) in [
            (
                "`{\"b\": 1e20, \"a\": [1.0, null]}`",
                "{\n    \"b\": 1e+20,\n    \"a\": [\n        1.0,\n        null\n    ]\n}",
            ),
            ("`running`", "\"running\""),
            ("` a b`", "\"a b\""),
            ("` \"a\" `", "\"a\""),
            ("`a\\`b`", "\"a`b\""),
            ("`a\\u00e9`", "\"aé\""),
            ("'it\\'s \\n'", "\"it's \\\\n\""),
            ("`-0`", "0"),
            ("`NaN`", "NaN"),
            ("''", "\"\""),
        ] {
            let rewritten = rewrite(expression).ok().unwrap();
            assert_eq!(rewritten.text, "`\"0\"`");
            assert_eq!(pretty(&rewritten.literals[0]), printed, "{expression}");
        }
        assert!(rewrite("`a\"b`").is_err());
        assert!(rewrite("``").is_ok());
    }

    #[test]
    fn everything_else_stays_and_places_can_be_found_again() {
        let rewritten = rewrite("\"a'b\".c1[-0:007:99999999999] | 'é'").ok().unwrap();
        assert_eq!(rewritten.text, "\"a'b\".c1[0:7:2147483647] | `\"0\"`");
        assert_eq!(rewritten.original_offset(27), 31);
    }

    #[test]
    fn what_is_not_closed_is_refused_at_its_start() {
        for (expression, offset) in [("a | 'b", 4), ("`\\`", 0), ("\"", 0)] {
            assert_eq!(rewrite(expression).err().unwrap().offset, offset);
        }
    }
}
