//! How strongly the tokens of JMESPath bind: the powers of its Pratt parser, which are those of Python's.
//!
//! A token that binds more than the one before an expression takes that expression for its own left side.

use super::lexer::Token;

/// Tokens that bind less end a projection.
pub(super) const PROJECTION_STOP: u8 = 10;
pub(super) const PIPE: u8 = 1;
pub(super) const OR: u8 = 2;
pub(super) const AND: u8 = 3;
pub(super) const COMPARATOR: u8 = 5;
pub(super) const FLATTEN: u8 = 9;
pub(super) const STAR: u8 = 20;
pub(super) const FILTER: u8 = 21;
pub(super) const DOT: u8 = 40;
pub(super) const NOT: u8 = 45;
pub(super) const LEFT_BRACE: u8 = 50;
pub(super) const LEFT_BRACKET: u8 = 55;
pub(super) const LEFT_PARENTHESIS: u8 = 60;

/// How strongly a token binds what is before it.
pub(super) fn power(token: &Token) -> u8 {
    match token {
        Token::Pipe => PIPE,
        Token::Or => OR,
        Token::And => AND,
        Token::Comparator(_) => COMPARATOR,
        Token::Flatten => FLATTEN,
        Token::Star => STAR,
        Token::Filter => FILTER,
        Token::Dot => DOT,
        Token::Not => NOT,
        Token::LeftBrace => LEFT_BRACE,
        Token::LeftBracket => LEFT_BRACKET,
        Token::LeftParenthesis => LEFT_PARENTHESIS,
        _ => 0,
    }
}
