//! A parsed expression: what to evaluate on a value. The names are JMESPath's.

use serde_json::Value;

use super::signature::Function;

/// What to evaluate on a value.
#[derive(Debug)]
pub(super) enum Expression {
    Current,
    Field(String),
    Index(i64),
    Slice {
        start: Option<i64>,
        end: Option<i64>,
        step: i64,
    },
    Literal(Value),
    /// `a.b` and `a | b`: the second on the result of the first
    Chain(Box<Expression>, Box<Expression>),
    /// `a[0]`: the same, but a slice that follows does not start a projection
    Indexed(Box<Expression>, Box<Expression>),
    MultiSelectList(Vec<Expression>),
    MultiSelectHash(Vec<(String, Expression)>),
    Or(Box<Expression>, Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    /// The operator and what it compares
    Comparison(&'static str, Box<Expression>, Box<Expression>),
    /// The second on each element of the first
    Projection(Box<Expression>, Box<Expression>),
    /// The same on those elements only for which the condition is true
    Filter {
        list: Box<Expression>,
        condition: Box<Expression>,
        each: Box<Expression>,
    },
    Flatten(Box<Expression>),
    Values(Box<Expression>),
    /// `&a`, until the function that it is an argument of takes it in
    Reference(Box<Expression>),
    /// A function, its arguments and the one that came as `&a`
    Call {
        function: &'static Function,
        arguments: Vec<Expression>,
        reference: Option<Box<Expression>>,
    },
}
