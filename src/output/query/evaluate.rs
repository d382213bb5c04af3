//! Evaluation of an expression on a node, with Python's ideas of truth, equality and order.
//!
//! 0 is true in JMESPath; a number never equals a boolean, except inside lists and objects, where Python's own `==`
//! decides; order exists between numbers and between texts. Lists and objects are handed on, not copied. Imports nothing of
//! ours.

use std::cmp::Ordering;
use std::rc::Rc;

use super::expression::{Comparator, Expression};
use super::values::order;
use super::{QueryError, functions};
use crate::output::node::{self, Node};

/// Evaluates.
pub(super) fn evaluate(expression: &Expression, node: &Node) -> Result<Node, QueryError> {
    Ok(match expression {
        Expression::Current => node.clone(),
        Expression::Field(name) => node.member(name).cloned().unwrap_or(Node::Null),
        Expression::Index(index) => element(node, *index),
        Expression::Slice { start, end, step } => slice(node, *start, *end, *step),
        Expression::Literal(literal) => literal.clone(),
        Expression::Chain(first, second) | Expression::Indexed(first, second) => {
            evaluate(second, &evaluate(first, node)?)?
        }
        Expression::MultiSelectList(_) | Expression::MultiSelectHash(_) if matches!(node, Node::Null) => Node::Null,
        Expression::MultiSelectList(elements) => {
            Node::list(elements.iter().map(|element| evaluate(element, node)).collect::<Result<_, _>>()?)
        }
        Expression::MultiSelectHash(pairs) => {
            let mut members = Vec::with_capacity(pairs.len());
            for (name, value) in pairs {
                node::set(&mut members, Rc::clone(name), evaluate(value, node)?);
            }
            Node::object(members)
        }
        Expression::Or(first, second) => match evaluate(first, node)? {
            value if is_true(&value) => value,
            _ => evaluate(second, node)?,
        },
        Expression::And(first, second) => match evaluate(first, node)? {
            value if is_true(&value) => evaluate(second, node)?,
            value => value,
        },
        Expression::Not(inner) => Node::Bool(!is_true(&evaluate(inner, node)?)),
        Expression::Comparison(comparator, left, right) => {
            compare(*comparator, &evaluate(left, node)?, &evaluate(right, node)?)?
        }
        Expression::Projection(list, each) => project(&evaluate(list, node)?, None, each)?,
        Expression::Filter { list, condition, each } => project(&evaluate(list, node)?, Some(condition), each)?,
        Expression::Reference(_) => Node::Null,
        Expression::Flatten(inner) => flatten(&evaluate(inner, node)?),
        Expression::Values(inner) => match evaluate(inner, node)? {
            Node::Object(members) => Node::list(members.iter().map(|(_, member)| member.clone()).collect()),
            _ => Node::Null,
        },
        Expression::Call { function, arguments, reference } => {
            let arguments = arguments.iter().map(|argument| evaluate(argument, node)).collect::<Result<Vec<_>, _>>()?;
            let by = reference.as_deref().map(|reference| move |value: &Node| evaluate(reference, value));
            function.call(&arguments, by.as_ref().map(|by| by as functions::By<'_>))?
        }
    })
}

/// JMESPath's truth: null, false and everything empty are false, 0 is not.
fn is_true(node: &Node) -> bool {
    matches!(node, Node::Number(_)) || node.is_truthy()
}

/// The results on the elements of a list, or on those for which a condition is true; nulls are dropped.
fn project(list: &Node, condition: Option<&Expression>, each: &Expression) -> Result<Node, QueryError> {
    let Node::List(items) = list else { return Ok(Node::Null) };
    let mut projected = Vec::new();
    for item in items.iter() {
        if let Some(condition) = condition
            && !is_true(&evaluate(condition, item)?)
        {
            continue;
        }
        match evaluate(each, item)? {
            Node::Null => {}
            value => projected.push(value),
        }
    }
    Ok(Node::list(projected))
}

fn flatten(list: &Node) -> Node {
    let Node::List(items) = list else { return Node::Null };
    let mut flat = Vec::new();
    for item in items.iter() {
        match item {
            Node::List(inner) => flat.extend(inner.iter().cloned()),
            other => flat.push(other.clone()),
        }
    }
    Node::list(flat)
}

fn element(node: &Node, index: i64) -> Node {
    let Node::List(items) = node else { return Node::Null };
    let from_end = || items.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?);
    let index = if index < 0 { from_end() } else { usize::try_from(index).ok() };
    index.and_then(|index| items.get(index)).cloned().unwrap_or(Node::Null)
}

/// Python's `list[start:end:step]`.
fn slice(node: &Node, start: Option<i64>, end: Option<i64>, step: i64) -> Node {
    let Node::List(items) = node else { return Node::Null };
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    // Where a bound may lie: one before the first counts when going down.
    let (low, high) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let bound = |given: Option<i64>, default: i64| match given {
        None => default,
        Some(bound) => (if bound < 0 { bound + length } else { bound }).clamp(low, high),
    };
    let (first, last) = if step > 0 { (low, high) } else { (high, low) };
    let (mut at, end) = (bound(start, first), bound(end, last));
    let mut cut = Vec::new();
    while if step > 0 { at < end } else { at > end } {
        cut.extend(usize::try_from(at).ok().and_then(|at| items.get(at)).cloned());
        at += step;
    }
    Node::list(cut)
}

fn compare(comparator: Comparator, left: &Node, right: &Node) -> Result<Node, QueryError> {
    let holds: fn(Ordering) -> bool = match comparator {
        Comparator::Equal => return Ok(Node::Bool(is_equal(left, right))),
        Comparator::NotEqual => return Ok(Node::Bool(!is_equal(left, right))),
        Comparator::Less => Ordering::is_lt,
        Comparator::LessOrEqual => Ordering::is_le,
        Comparator::Greater => Ordering::is_gt,
        Comparator::GreaterOrEqual => Ordering::is_ge,
    };
    let is_comparable = |node: &Node| matches!(node, Node::Number(_) | Node::String(_));
    if !is_comparable(left) || !is_comparable(right) {
        return Ok(Node::Null);
    }
    Ok(Node::Bool(order(left, right, comparator.sign())?.is_some_and(holds)))
}

fn is_equal(left: &Node, right: &Node) -> bool {
    match (left, right) {
        (Node::Number(_), Node::Bool(_)) | (Node::Bool(_), Node::Number(_)) => false,
        _ => left.equals(right),
    }
}
