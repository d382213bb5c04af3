//! What the functions of JMESPath do. Their arguments have been counted and have the types of `signature`.
//!
//! Python's `jmespath` is the model to the last word: sorting is stable, `max` takes the first of equals, lengths and
//! reversals go by code point, `to_string` escapes everything outside ASCII. Imports nothing of ours.

use std::cmp::Ordering;
use std::rc::Rc;

use super::QueryError;
use super::values::{order, type_name};
use crate::output::node::{self, Node};
use crate::output::number::Number;
use crate::output::{json, python};

type Result<T> = std::result::Result<T, QueryError>;

/// The elements of an argument that is an array.
fn items(node: &Node) -> &[Node] {
    if let Node::List(items) = node { items } else { &[] }
}

fn members(node: &Node) -> &[(Rc<str>, Node)] {
    if let Node::Object(members) = node { members } else { &[] }
}

fn text(node: &Node) -> &str {
    if let Node::String(text) = node { text } else { "" }
}

fn number(node: &Node) -> Number {
    if let Node::Number(number) = node { number.clone() } else { Number::count(0) }
}

pub(super) fn abs(arguments: &[Node]) -> Node {
    Node::Number(number(&arguments[0]).abs())
}

pub(super) fn avg(arguments: &[Node]) -> Result<Node> {
    let count = items(&arguments[0]).len();
    if count == 0 {
        return Ok(Node::Null);
    }
    let sum = total(items(&arguments[0]))?;
    // Python divides two floats, even if every number is an integer.
    Ok(Node::Number(Number::Float(finite(&sum)? / Number::count(count).to_f64())))
}

pub(super) fn ceil(arguments: &[Node]) -> Result<Node> {
    rounded(&number(&arguments[0]), f64::ceil)
}

pub(super) fn floor(arguments: &[Node]) -> Result<Node> {
    rounded(&number(&arguments[0]), f64::floor)
}

fn rounded(number: &Number, rounding: fn(f64) -> f64) -> Result<Node> {
    let whole = number.round(rounding).map(Node::Number);
    whole.ok_or_else(|| {
        let float = if number.to_f64().is_nan() { "NaN" } else { "infinity" };
        QueryError::Evaluation(format!("cannot convert float {float} to integer"))
    })
}

pub(super) fn sum(arguments: &[Node]) -> Result<Node> {
    Ok(Node::Number(total(items(&arguments[0]))?))
}

fn total(numbers: &[Node]) -> Result<Number> {
    let mut sum = Number::count(0);
    for item in numbers {
        let item = number(item);
        if let (Number::Float(_), integer @ Number::Integer(_)) | (integer @ Number::Integer(_), Number::Float(_)) =
            (&sum, &item)
        {
            finite(integer)?;
        }
        sum = sum.plus(&item);
    }
    Ok(sum)
}

/// The double of a number; an integer too large for one is an error, as in Python.
fn finite(number: &Number) -> Result<f64> {
    let float = number.to_f64();
    if matches!(number, Number::Integer(_)) && float.is_infinite() {
        return Err(QueryError::Evaluation("int too large to convert to float".to_owned()));
    }
    Ok(float)
}

pub(super) fn contains(arguments: &[Node]) -> Result<Node> {
    let [subject, search] = arguments else { return Ok(Node::Null) };
    let found = match (subject, search) {
        (Node::String(subject), Node::String(search)) => subject.contains(&**search),
        (Node::String(_), _) => {
            let name = python::type_name(search);
            return Err(QueryError::Evaluation(format!("'in <string>' requires string as left operand, not {name}")));
        }
        _ => items(subject).iter().any(|item| item.equals(search)),
    };
    Ok(Node::Bool(found))
}

pub(super) fn ends_with(arguments: &[Node]) -> Node {
    Node::Bool(text(&arguments[0]).ends_with(text(&arguments[1])))
}

pub(super) fn starts_with(arguments: &[Node]) -> Node {
    Node::Bool(text(&arguments[0]).starts_with(text(&arguments[1])))
}

pub(super) fn join(arguments: &[Node]) -> Node {
    let parts: Vec<&str> = items(&arguments[1]).iter().map(text).collect();
    Node::string(parts.join(text(&arguments[0])))
}

pub(super) fn keys(arguments: &[Node]) -> Node {
    Node::list(members(&arguments[0]).iter().map(|(name, _)| Node::String(Rc::clone(name))).collect())
}

pub(super) fn values(arguments: &[Node]) -> Node {
    Node::list(members(&arguments[0]).iter().map(|(_, member)| member.clone()).collect())
}

pub(super) fn length(arguments: &[Node]) -> Node {
    Node::Number(Number::count(match &arguments[0] {
        Node::String(text) => text.chars().count(),
        Node::Object(members) => members.len(),
        other => items(other).len(),
    }))
}

/// The expression reference among a function's arguments, ready to be evaluated on a value.
pub(super) type By<'a> = &'a dyn Fn(&Node) -> Result<Node>;

pub(super) fn map(arguments: &[Node], reference: By<'_>) -> Result<Node> {
    Ok(Node::list(references(&arguments[0], reference)?))
}

/// The reference evaluated on each element.
fn references(list: &Node, reference: By<'_>) -> Result<Vec<Node>> {
    items(list).iter().map(|item| reference(item)).collect()
}

pub(super) fn max(arguments: &[Node]) -> Result<Node> {
    extreme(items(&arguments[0]), items(&arguments[0]), ">")
}

pub(super) fn min(arguments: &[Node]) -> Result<Node> {
    extreme(items(&arguments[0]), items(&arguments[0]), "<")
}

pub(super) fn max_by(arguments: &[Node], reference: By<'_>) -> Result<Node> {
    extreme_by("max_by", &arguments[0], reference, ">")
}

pub(super) fn min_by(arguments: &[Node], reference: By<'_>) -> Result<Node> {
    extreme_by("min_by", &arguments[0], reference, "<")
}

fn extreme_by(function: &'static str, list: &Node, reference: By<'_>, sign: &str) -> Result<Node> {
    let keys = references(list, reference)?;
    check_types(function, &keys, &["number", "string"])?;
    extreme(items(list), &keys, sign)
}

/// The first element whose key is on this side of all others'; null of none.
fn extreme(items: &[Node], keys: &[Node], sign: &str) -> Result<Node> {
    let wanted = if sign == ">" { Ordering::Greater } else { Ordering::Less };
    let mut best = 0;
    for (index, key) in keys.iter().enumerate().skip(1) {
        if order(key, &keys[best], sign)? == Some(wanted) {
            best = index;
        }
    }
    Ok(items.get(best).cloned().unwrap_or(Node::Null))
}

fn check_types(function: &'static str, values: &[Node], expected: &[&'static str]) -> Result<()> {
    match values.iter().find(|value| !expected.contains(&type_name(value))) {
        Some(value) => Err(QueryError::Type {
            function,
            value: python::str(value),
            expected: expected.to_vec(),
            received: type_name(value),
        }),
        None => Ok(()),
    }
}

pub(super) fn sort(arguments: &[Node]) -> Node {
    let items = items(&arguments[0]);
    Node::list(sorted(items, items))
}

pub(super) fn sort_by(arguments: &[Node], reference: By<'_>) -> Result<Node> {
    let list = &arguments[0];
    // An empty list is handed back itself.
    let Some(first) = items(list).first() else { return Ok(list.clone()) };
    // The first element says whether all keys must be numbers or texts.
    let required = type_name(&reference(first)?);
    if !matches!(required, "number" | "string") {
        return Err(QueryError::Type {
            function: "sort_by",
            value: python::str(first),
            expected: vec!["string", "number"],
            received: required,
        });
    }
    let keys = references(list, reference)?;
    check_types("sort_by", &keys, &[required])?;
    Ok(Node::list(sorted(items(list), &keys)))
}

/// Elements in the order of their keys, which are all numbers or all texts; equals keep their order.
fn sorted(items: &[Node], keys: &[Node]) -> Vec<Node> {
    let mut pairs: Vec<(&Node, &Node)> = keys.iter().zip(items).collect();
    pairs.sort_by(|(a, _), (b, _)| match (a, b) {
        (Node::Number(a), Node::Number(b)) => a.compare(b).unwrap_or(Ordering::Equal),
        _ => text(a).cmp(text(b)),
    });
    pairs.into_iter().map(|(_, item)| item.clone()).collect()
}

pub(super) fn merge(arguments: &[Node]) -> Result<Node> {
    let mut merged = Vec::new();
    for argument in arguments {
        match argument {
            Node::Object(members) => {
                for (name, member) in members.iter() {
                    node::set(&mut merged, Rc::clone(name), member.clone());
                }
            }
            // Python looks at the type of the first one only, and its `dict.update` takes pairs too.
            _ => {
                for (index, item) in sequence(argument)?.iter().enumerate() {
                    let (name, member) = pair(index, item)?;
                    node::set(&mut merged, name, member);
                }
            }
        }
    }
    Ok(Node::object(merged))
}

/// What Python sees when it goes through a value: elements, characters, names.
fn sequence(node: &Node) -> Result<Vec<Node>> {
    Ok(match node {
        Node::List(items) => items.to_vec(),
        Node::String(text) => text.chars().map(|c| Node::string(c.to_string())).collect(),
        Node::Object(members) => members.iter().map(|(name, _)| Node::String(Rc::clone(name))).collect(),
        _ => return Err(QueryError::Evaluation(format!("'{}' object is not iterable", python::type_name(node)))),
    })
}

/// A member out of an element of a list of pairs.
fn pair(index: usize, item: &Node) -> Result<(Rc<str>, Node)> {
    let fail = |reason: String| Err(QueryError::Evaluation(reason));
    let element = format!("dictionary update sequence element #{index}");
    if matches!(item, Node::Null | Node::Bool(_) | Node::Number(_)) {
        return fail(format!("cannot convert {element} to a sequence"));
    }
    match &sequence(item)?[..] {
        [Node::String(name), member] => Ok((Rc::clone(name), member.clone())),
        // Python has members without a textual name; JSON has not.
        [name, _] => fail(format!("a member cannot be named by '{}'", python::type_name(name))),
        other => fail(format!("{element} has length {}; 2 is required", other.len())),
    }
}

pub(super) fn not_null(arguments: &[Node]) -> Node {
    arguments.iter().find(|argument| !matches!(argument, Node::Null)).cloned().unwrap_or(Node::Null)
}

pub(super) fn reverse(arguments: &[Node]) -> Node {
    match &arguments[0] {
        Node::String(text) => Node::string(text.chars().rev().collect::<String>()),
        list => Node::list(items(list).iter().rev().cloned().collect()),
    }
}

pub(super) fn to_array(arguments: &[Node]) -> Node {
    match &arguments[0] {
        list @ Node::List(_) => list.clone(),
        other => Node::list(vec![other.clone()]),
    }
}

pub(super) fn to_number(arguments: &[Node]) -> Node {
    match &arguments[0] {
        number @ Node::Number(_) => number.clone(),
        Node::String(text) => Number::from_python(text).map_or(Node::Null, Node::Number),
        _ => Node::Null,
    }
}

pub(super) fn to_string(arguments: &[Node]) -> Node {
    match &arguments[0] {
        text @ Node::String(_) => text.clone(),
        other => Node::string(json::compact(other)),
    }
}

pub(super) fn type_of(arguments: &[Node]) -> Node {
    Node::string(type_name(&arguments[0]))
}
