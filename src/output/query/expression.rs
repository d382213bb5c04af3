//! A parsed JMESPath expression. The names are JMESPath's.

use serde_json::Value;

use super::signature::Function;

/// A parsed expression.
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
    /// `a.b` and `a | b`: the second, evaluated on the result of the first
    Chain(Box<Expression>, Box<Expression>),
    /// `a[0]`: the same, but a slice that follows does not start a projection
    Indexed(Box<Expression>, Box<Expression>),
    MultiSelectList(Vec<Expression>),
    MultiSelectHash(Vec<(String, Expression)>),
    Or(Box<Expression>, Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    /// The operator and its operands
    Comparison(&'static str, Box<Expression>, Box<Expression>),
    /// The second, evaluated on each element of the first
    Projection(Box<Expression>, Box<Expression>),
    /// The same for the elements that meet the condition
    Filter {
        list: Box<Expression>,
        condition: Box<Expression>,
        each: Box<Expression>,
    },
    Flatten(Box<Expression>),
    Values(Box<Expression>),
    /// `&a`, until it becomes the argument of a function
    Reference(Box<Expression>),
    /// A function call; `reference` is the argument `&a`
    Call {
        function: &'static Function,
        arguments: Vec<Expression>,
        reference: Option<Box<Expression>>,
    },
}
