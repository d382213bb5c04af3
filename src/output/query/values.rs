//! What JMESPath says of values: the names of their types and their order.

use std::cmp::Ordering;

use super::QueryError;
use crate::output::node::Node;
use crate::output::python;

/// JMESPath's name of a type.
pub(super) fn type_name(node: &Node) -> &'static str {
    match node {
        Node::Null => "null",
        Node::Bool(_) => "boolean",
        Node::Number(_) => "number",
        Node::String(_) => "string",
        Node::List(_) => "array",
        Node::Object(_) => "object",
    }
}

/// Order of two numbers (none with NaN) or two texts; of anything else Python's complaint about the comparison.
pub(super) fn order(left: &Node, right: &Node, sign: &str) -> Result<Option<Ordering>, QueryError> {
    match (left, right) {
        (Node::Number(left), Node::Number(right)) => Ok(left.compare(right)),
        (Node::String(left), Node::String(right)) => Ok(Some(left.cmp(right))),
        _ => Err(QueryError::Evaluation(format!(
            "'{sign}' not supported between instances of '{}' and '{}'",
            python::type_name(left),
            python::type_name(right)
        ))),
    }
}
