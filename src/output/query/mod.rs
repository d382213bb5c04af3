//! `--query`: JMESPath as evaluated by Python's `jmespath` 1.0.1, which the AWS CLI uses.
//!
//! The JMESPath crates sort members, turn integers into floats and parse some expressions differently from Python, so
//! lexer, parser and evaluator are our own. Errors in the expression alone (syntax, names and arity of functions, a
//! misplaced `&`) are reported by `compile`, before a request is sent. Modules import in one direction: parser and
//! evaluator, expression, signature, functions, values.

mod evaluate;
mod expression;
mod functions;
mod lexer;
mod parser;
mod signature;
mod values;

use std::fmt;

use serde_json::Value;

use crate::python;
use evaluate::Memory;
use expression::Expression;

/// A compiled JMESPath expression.
#[derive(Debug)]
pub struct Query(Expression);

impl Query {
    /// Compiles an expression.
    ///
    /// For the AWS CLI only `Syntax` is a usage error; the others have the message and exit code of its evaluation.
    pub fn compile(expression: &str) -> Result<Self, QueryError> {
        if expression.is_empty() {
            return Err(QueryError::Syntax("Invalid JMESPath expression: cannot be empty.".to_owned()));
        }
        parser::parse(expression).map(Self)
    }

    /// Evaluates the expression on a value.
    pub fn search(&self, value: &Value) -> Result<Value, QueryError> {
        evaluate::evaluate(&self.0, value, &Memory::new())
    }
}

/// A query that cannot be compiled or evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryError {
    /// The expression is not JMESPath.
    Syntax(String),
    /// A function does not exist or has the wrong number of arguments.
    Call(String),
    /// The evaluation failed, e.g. a function does not accept the type of a value.
    Evaluation(String),
}

impl QueryError {
    /// The error of a query that creates more values than any response has.
    fn too_large() -> Self {
        Self::Evaluation("The query creates more than 8 MiB of values".to_owned())
    }

    /// The error for a value of a type that the function does not accept.
    fn wrong_type(function: &str, value: &Value, expected: &[&str], received: &str) -> Self {
        Self::Evaluation(format!(
            "In function {function}(), invalid type for value: {}, expected one of: ['{}'], received: \"{received}\"",
            python::str(value),
            expected.join("', '")
        ))
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Syntax(reason) | Self::Call(reason) | Self::Evaluation(reason)) = self;
        f.write_str(reason)
    }
}

impl std::error::Error for QueryError {}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{Format, Style, render};
    use super::{Query, QueryError};
    use crate::python::{PRETTY, dumps};

    fn search(expression: &str, value: &Value) -> Result<Value, String> {
        Query::compile(expression).and_then(|query| query.search(value)).map_err(|error| error.to_string())
    }

    fn printed(expression: &str, value: &Value) -> String {
        search(expression, value)
            .map_or_else(|error| error, |value| dumps(&value, PRETTY).replace('\n', "").replace("    ", ""))
    }

    #[test]
    fn order_of_members_and_integers_are_kept() {
        let value = json!({"b": 2, "a": {"z": 1, "y": [3, 1.5]}});
        for (expression, expected) in [
            ("{z: b, a: a.z}", r#"{"z": 2,"a": 1}"#),
            ("keys(@)", r#"["b","a"]"#),
            ("a.*", "[1,[3,1.5]]"),
            ("sum([b, `1`])", "3"),
            ("to_number('\u{1f}1\u{a0}')", "null"),
            ("to_number('\u{85}1\u{a0}')", "1"),
            ("sum([b, `1.0`])", "3.0"),
            ("`{\"b\": 1, \"a\": 123456789012345678901}`", r#"{"b": 1,"a": 123456789012345678901}"#),
            ("merge(@, `{\"c\": 1, \"b\": 0}`)", r#"{"b": 0,"a": {"z": 1,"y": [3,1.5]},"c": 1}"#),
            ("{x: b, x: `1`}", r#"{"x": 1}"#),
        ] {
            assert_eq!(printed(expression, &value), expected, "{expression}");
        }
    }

    #[test]
    fn invalid_expressions_fail_to_compile() {
        for (expression, reason) in [
            ("", "Invalid JMESPath expression: cannot be empty."),
            ("a[", "Invalid jmespath expression: Incomplete expression:\n\"a[\"\n   ^"),
            (
                "'é' | a b",
                "Unexpected token: b: Parse error at column 8, token \"b\" (UNQUOTED_IDENTIFIER), for expression:\n\
                 \"'é' | a b\"\n         ^",
            ),
        ] {
            assert_eq!(Query::compile(expression).unwrap_err(), QueryError::Syntax(reason.to_owned()));
        }
        for (expression, reason) in [
            ("nope(@)", "Unknown function: nope()"),
            ("length()", "Expected 1 argument for function length(), received 0"),
            ("contains(a)", "Expected 2 arguments for function contains(), received 1"),
            ("merge()", "Expected at least 1 argument for function merge(), received 0"),
        ] {
            assert_eq!(Query::compile(expression).unwrap_err(), QueryError::Call(reason.to_owned()));
        }
        assert!(Query::compile("a[::0]").is_err());
        assert!(Query::compile("sort_by(a, b)").is_err());
        assert!(Query::compile("length(&a)").is_err());
        assert!(Query::compile("[&a]").is_err());
    }

    #[test]
    fn evaluation_errors_equal_pythons() {
        let value = json!({"expiresIn": 28800, "s": "x"});
        for (expression, reason) in [
            (
                "length(expiresIn)",
                "In function length(), invalid type for value: 28800, expected one of: ['string', 'array', 'object'], \
                 received: \"number\"",
            ),
            ("s < expiresIn", "'<' not supported between instances of 'str' and 'int'"),
            ("contains(s, expiresIn)", "'in <string>' requires string as left operand, not int"),
            ("ceil(`1e999`)", "cannot convert float infinity to integer"),
        ] {
            assert_eq!(search(expression, &value).unwrap_err(), reason);
        }
    }

    #[test]
    fn no_expression_exhausts_the_memory() {
        let value = json!({"a": "x".repeat(1_000), "long": "x".repeat(1 << 20), "list": vec![""; 10_000]});
        let many = |step: &str, times| vec![step; times].join(" | ");
        for expression in [
            many("[@, @]", 40),
            many("{a: @, b: @}", 40),
            many("[@, @][]", 40),
            many("values({a: @, b: @})", 40),
            many("join('', [to_string(@), to_string(@)])", 40),
            many("[to_string(@)]", 40),
            many("merge({a: @}, {b: @})", 40),
            "join(long, list)".to_owned(),
            "list[].{long: @}".replace("long", &"x".repeat(10_000)),
            "map(&`[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]`, list)".to_owned(),
            "merge(@, long)".to_owned(),
            "[long, long, long, long, long, long, long, long]".to_owned(),
        ] {
            let error = search(&expression, &value).map(drop).unwrap_err();
            assert_eq!(error, "The query creates more than 8 MiB of values", "{expression:.60}");
        }
        // What a response may contain fits several times.
        for expression in ["[@, @]", "sort_by(list, &@)", "list[?@ == ''].length(@)", "@ | @.long"] {
            assert!(search(expression, &value).is_ok(), "{expression}");
        }
    }

    #[test]
    fn no_expression_exhausts_the_stack() {
        let limit = super::parser::DEPTH_LIMIT;
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("{a: ", "}"),
            ("!", ""),
            ("a.", ""),
            ("*.", ""),
            ("[*].", ""),
            ("[]|[?@]|", ""),
            ("a || ", ""),
            ("not_null(", ")"),
            ("[?", "]"),
            ("map(&", ", @)"),
        ] {
            let nested = |levels: usize| format!("{}a{}", open.repeat(levels), close.repeat(levels));
            assert!(Query::compile(&nested(20_000)).is_err(), "{open}");
            // As deep as may be.
            for levels in (limit / 8..limit).step_by(7) {
                if let Ok(value) = search(&nested(levels), &json!({"a": [1]})) {
                    for (_, format) in Format::ALL {
                        drop(render(&value, format, "T", &Style::PLAIN));
                    }
                }
            }
            assert!(Query::compile(&nested(30)).is_ok(), "{open}");
        }
        // Levels that grow on the left, inside brackets that are closed again.
        let chain = (0..limit).fold("a".to_owned(), |inner, _| format!("({inner}){}", ".b".repeat(limit / 2)));
        assert!(Query::compile(&chain).is_err());
    }
}
