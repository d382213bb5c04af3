//! The tokens of a JMESPath expression, their binding powers, and the values of literals.
//!
//! A literal between backticks is JSON, or else unquoted text, an old form that Python's lexer still accepts and AWS's
//! documentation uses (`` `running` ``). Integers of any size and the order of members are kept.

use serde_json::Value;

use super::QueryError;
use super::values::float;
use crate::python;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Identifier(String),
    QuotedIdentifier(String),
    Number(i64),
    Literal(Value),
    Comparator(&'static str),
    Dot,
    Star,
    Comma,
    Colon,
    Current,
    Expref,
    Pipe,
    Or,
    And,
    Not,
    Flatten,
    Filter,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    LeftParenthesis,
    RightParenthesis,
    End,
}

/// A token with a fixed spelling: its text, Python's name of its kind, its binding power and the token.
type Symbol = (&'static str, &'static str, u8, Token);

/// Longer symbols come before their prefixes.
static SYMBOLS: [Symbol; 25] = [
    ("||", "or", 2, Token::Or),
    ("&&", "and", 3, Token::And),
    ("[]", "flatten", 9, Token::Flatten),
    ("[?", "filter", 21, Token::Filter),
    ("==", "eq", 5, Token::Comparator("==")),
    ("!=", "ne", 5, Token::Comparator("!=")),
    ("<=", "lte", 5, Token::Comparator("<=")),
    (">=", "gte", 5, Token::Comparator(">=")),
    ("<", "lt", 5, Token::Comparator("<")),
    (">", "gt", 5, Token::Comparator(">")),
    ("|", "pipe", 1, Token::Pipe),
    ("*", "star", 20, Token::Star),
    (".", "dot", 40, Token::Dot),
    ("!", "not", 45, Token::Not),
    ("{", "lbrace", 50, Token::LeftBrace),
    ("[", "lbracket", 55, Token::LeftBracket),
    ("(", "lparen", 60, Token::LeftParenthesis),
    (",", "comma", 0, Token::Comma),
    (":", "colon", 0, Token::Colon),
    ("@", "current", 0, Token::Current),
    ("&", "expref", 0, Token::Expref),
    ("]", "rbracket", 0, Token::RightBracket),
    ("}", "rbrace", 0, Token::RightBrace),
    (")", "rparen", 0, Token::RightParenthesis),
    ("", "eof", 0, Token::End),
];

impl Token {
    fn symbol(&self) -> Option<&'static Symbol> {
        SYMBOLS.iter().find(|(.., token)| token == self)
    }

    /// Python's name of the kind of token, for messages.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Identifier(_) => "unquoted_identifier",
            Self::QuotedIdentifier(_) => "quoted_identifier",
            Self::Number(_) => "number",
            Self::Literal(_) => "literal",
            _ => self.symbol().map_or("", |(_, name, ..)| name),
        }
    }

    /// The token's binding power to the expression before it, in the Pratt parser.
    pub(super) fn power(&self) -> u8 {
        self.symbol().map_or(0, |(_, _, power, _)| *power)
    }

    /// The token's value as Python prints it.
    pub(super) fn value(&self) -> String {
        match self {
            Self::Identifier(name) | Self::QuotedIdentifier(name) => name.clone(),
            Self::Number(number) => number.to_string(),
            Self::Literal(literal) => python::str(literal),
            _ => self.symbol().map_or("", |(text, ..)| text).to_owned(),
        }
    }
}

/// The tokens of an expression and the positions of their first characters; the last token is the end.
pub(super) fn tokens(expression: &str) -> Result<Vec<(Token, usize)>, QueryError> {
    let mut tokens = Vec::new();
    let (mut rest, mut column) = (expression, 0);
    while let Some(first) = rest.chars().next() {
        let bad = |reason: &str| bad(expression, column, reason);
        let length = match first {
            ' ' | '\t' | '\n' | '\r' => 1,
            'a'..='z' | 'A'..='Z' | '_' => {
                let length = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
                tokens.push((Token::Identifier(rest[..length].into()), column));
                length
            }
            '-' | '0'..='9' => {
                let length = 1 + rest[1..].bytes().take_while(u8::is_ascii_digit).count();
                if &rest[..length] == "-" {
                    return Err(bad("Unknown token '-'"));
                }
                tokens.push((Token::Number(number(&rest[..length])), column));
                length
            }
            '\'' | '`' | '"' => {
                let inner = quoted(rest, first).ok_or_else(|| bad(&format!("Unclosed {first} delimiter")))?;
                let token = match first {
                    '\'' => Token::Literal(inner.replace("\\'", "'").into()),
                    '`' => {
                        let text = inner.replace("\\`", "`");
                        Token::Literal(literal(&text).ok_or_else(|| bad(&format!("Bad token {text}")))?)
                    }
                    _ => Token::QuotedIdentifier(name(&rest[..inner.len() + 2]).map_err(bad)?),
                };
                tokens.push((token, column));
                inner.len() + 2
            }
            _ => {
                let symbol = SYMBOLS.iter().find(|(text, ..)| !text.is_empty() && rest.starts_with(text));
                let (text, .., token) = symbol.ok_or_else(|| match first {
                    '=' => bad("Unknown token '='"),
                    _ => bad(&format!("Unknown token {first}")),
                })?;
                tokens.push((token.clone(), column));
                text.len()
            }
        };
        column += rest[..length].chars().count();
        rest = &rest[length..];
    }
    tokens.push((Token::End, column));
    Ok(tokens)
}

fn bad(expression: &str, column: usize, reason: &str) -> QueryError {
    QueryError::Syntax(format!("Bad jmespath expression: {reason}:\n{expression}\n{}^", " ".repeat(column)))
}

/// The text between a delimiter and its next unescaped repetition.
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

/// An index; one that does not fit is larger than any list.
fn number(digits: &str) -> i64 {
    let beyond = if digits.starts_with('-') { i64::MIN / 4 } else { i64::MAX / 4 };
    digits.parse().unwrap_or(beyond).clamp(i64::MIN / 4, i64::MAX / 4)
}

/// A name in JSON's quotes; the error is Python's reason.
fn name(quoted: &str) -> Result<String, &'static str> {
    serde_json::from_str(quoted).map_err(|_| {
        if quoted.contains(|c: char| c < ' ') { "Invalid control character at" } else { "Invalid \\escape" }
    })
}

/// The value between backticks: JSON, or else unquoted text.
fn literal(text: &str) -> Option<Value> {
    if let constant @ ("NaN" | "Infinity" | "-Infinity") = text.trim_matches([' ', '\t', '\n', '\r']) {
        // Python's JSON has these three as well.
        return constant.parse().ok().map(float);
    }
    match serde_json::from_str(text) {
        Err(error) if error.to_string().starts_with("recursion limit") => None,
        Err(_) => serde_json::from_str(&format!("\"{}\"", text.trim_start())).ok(),
        Ok(value) => Some(value),
    }
}

#[cfg(test)]
mod tests {
    use super::{Token, tokens};
    use crate::python::{COMPACT, dumps};

    #[test]
    fn literals_are_read_as_python_reads_them() {
        for (expression, printed) in [
            ("`{\"b\": 1e20, \"a\": [1.0, null]}`", r#"{"b":1e+20,"a":[1.0,null]}"#),
            ("`123456789012345678901`", "123456789012345678901"),
            ("`running`", r#""running""#),
            ("` a b`", r#""a b""#),
            ("` \"a\" `", r#""a""#),
            ("`a\\`b`", r#""a`b""#),
            ("`a\\u0041`", r#""aA""#),
            ("'it\\'s \\n'", r#""it's \\n""#),
            ("`-0`", "0"),
            ("`NaN`", "null"),
            ("` -Infinity`", "-Infinity"),
            ("''", r#""""#),
            ("``", r#""""#),
        ] {
            let tokens = tokens(expression).unwrap();
            let [(Token::Literal(literal), 0), (Token::End, _)] = &tokens[..] else { panic!("{tokens:?}") };
            assert_eq!(dumps(literal, COMPACT), printed, "{expression}");
        }
    }

    #[test]
    fn columns_are_counted_in_characters() {
        let columns: Vec<usize> =
            tokens("'é' |\"ü\"\n[-0:007]").unwrap().into_iter().map(|(_, column)| column).collect();
        assert_eq!(columns, [0, 4, 5, 9, 10, 12, 13, 16, 17]);
    }

    #[test]
    fn unknown_tokens_are_reported_at_their_column() {
        for (expression, reason) in [
            ("a | 'b", "Unclosed ' delimiter:\na | 'b\n    ^"),
            ("`\\`", "Unclosed ` delimiter:\n`\\`\n^"),
            ("é", "Unknown token é:\né\n^"),
            ("a - b", "Unknown token '-':\na - b\n  ^"),
            ("a=b", "Unknown token '=':\na=b\n ^"),
            ("`a\"b`", "Bad token a\"b:\n`a\"b`\n^"),
            ("\"\\x\"", "Invalid \\escape:\n\"\\x\"\n^"),
        ] {
            let error = tokens(expression).unwrap_err().to_string();
            assert_eq!(error, format!("Bad jmespath expression: {reason}"));
        }
    }
}
