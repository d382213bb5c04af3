//! The implementations of the JMESPath functions. `signature` has already checked the number and types of arguments.
//!
//! Results equal those of Python's `jmespath`: sorting is stable, `max` takes the first of equals, lengths and
//! reversals go by code point, `to_string` escapes everything outside ASCII.

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use super::QueryError;
use super::values::{LIMIT, equals, float, order, parse, plus, to_f64, type_name};
use crate::python;

type Result<T = Value> = std::result::Result<T, QueryError>;

/// The elements of an array argument.
fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The members of an object argument.
pub(super) fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn number(value: &Value) -> Number {
    value.as_number().cloned().unwrap_or_else(|| 0.into())
}

pub(super) fn abs(arguments: &[Value]) -> Value {
    serde_json::from_str(number(&arguments[0]).as_str().trim_start_matches('-')).unwrap_or_default()
}

pub(super) fn avg(arguments: &[Value]) -> Value {
    let items = items(&arguments[0]);
    // Python divides floats, even if every number is an integer.
    let count = to_f64(&items.len().into());
    if items.is_empty() { Value::Null } else { float(to_f64(&number(&sum(arguments))) / count) }
}

/// Rounds to an integer, with every digit of the double.
pub(super) fn rounded(arguments: &[Value], rounding: fn(f64) -> f64) -> Result {
    if python::type_name(&arguments[0]) == "int" {
        return Ok(arguments[0].clone());
    }
    let whole = rounding(to_f64(&number(&arguments[0])));
    serde_json::from_str(&format!("{whole:.0}"))
        .map_err(|_| QueryError::Evaluation("cannot convert float infinity to integer".to_owned()))
}

pub(super) fn sum(arguments: &[Value]) -> Value {
    items(&arguments[0]).iter().fold(0.into(), |sum, item| plus(&number(&sum), &number(item)))
}

pub(super) fn contains(arguments: &[Value]) -> Result {
    let found = match (&arguments[0], &arguments[1]) {
        (Value::String(subject), Value::String(search)) => subject.contains(search),
        (Value::String(_), search) => {
            let name = python::type_name(search);
            return Err(QueryError::Evaluation(format!("'in <string>' requires string as left operand, not {name}")));
        }
        (subject, search) => items(subject).iter().any(|item| equals(item, search)),
    };
    Ok(found.into())
}

pub(super) fn ends_with(arguments: &[Value]) -> Value {
    text(&arguments[0]).ends_with(text(&arguments[1])).into()
}

pub(super) fn starts_with(arguments: &[Value]) -> Value {
    text(&arguments[0]).starts_with(text(&arguments[1])).into()
}

pub(super) fn join(arguments: &[Value]) -> Result {
    let (separator, parts) = (text(&arguments[0]), items(&arguments[1]));
    if separator.len().saturating_mul(parts.len()) > LIMIT {
        return Err(QueryError::too_large());
    }
    let parts: Vec<&str> = parts.iter().map(text).collect();
    Ok(parts.join(separator).into())
}

pub(super) fn length(arguments: &[Value]) -> Value {
    match &arguments[0] {
        Value::String(text) => text.chars().count().into(),
        Value::Object(members) => members.len().into(),
        list => items(list).len().into(),
    }
}

/// The expression reference among a function's arguments, which is evaluated on a value.
pub(super) type By<'a> = &'a dyn Fn(&Value) -> Result;

pub(super) fn map(arguments: &[Value], by: By<'_>) -> Result {
    Ok(keys_of(&arguments[0], by)?.into())
}

/// The reference evaluated on each element.
fn keys_of(list: &Value, by: By<'_>) -> Result<Vec<Value>> {
    items(list).iter().map(by).collect()
}

/// The largest element (`>`) or the smallest (`<`).
pub(super) fn extreme(arguments: &[Value], sign: &str) -> Result {
    let items = items(&arguments[0]);
    first_extreme(items, items, sign)
}

/// The element with the largest or smallest key.
pub(super) fn extreme_by(function: &'static str, arguments: &[Value], by: By<'_>, sign: &str) -> Result {
    let keys = keys_of(&arguments[0], by)?;
    check_types(function, &keys, &["number", "string"])?;
    first_extreme(items(&arguments[0]), &keys, sign)
}

/// The first element with the smallest or largest key; null for an empty list.
fn first_extreme(items: &[Value], keys: &[Value], sign: &str) -> Result {
    let wanted = if sign == ">" { Ordering::Greater } else { Ordering::Less };
    let mut best = 0;
    for (index, key) in keys.iter().enumerate().skip(1) {
        if order(key, &keys[best], sign)? == Some(wanted) {
            best = index;
        }
    }
    Ok(items.get(best).cloned().unwrap_or_default())
}

fn check_types(function: &'static str, values: &[Value], expected: &[&'static str]) -> Result<()> {
    match values.iter().find(|value| !expected.contains(&type_name(value))) {
        Some(value) => Err(QueryError::wrong_type(function, value, expected, type_name(value))),
        None => Ok(()),
    }
}

pub(super) fn sort(arguments: &[Value]) -> Value {
    let items = items(&arguments[0]);
    sorted(items, items)
}

pub(super) fn sort_by(arguments: &[Value], by: By<'_>) -> Result {
    let list = &arguments[0];
    // The first element decides whether all keys must be numbers or strings.
    let Some(first) = items(list).first() else { return Ok(list.clone()) };
    let required = type_name(&by(first)?);
    if !matches!(required, "number" | "string") {
        return Err(QueryError::wrong_type("sort_by", first, &["string", "number"], required));
    }
    let keys = keys_of(list, by)?;
    check_types("sort_by", &keys, &[required])?;
    Ok(sorted(items(list), &keys))
}

/// Sorts elements by their keys, which are all numbers or all strings; equal elements keep their order.
fn sorted(items: &[Value], keys: &[Value]) -> Value {
    let mut pairs: Vec<(&Value, &Value)> = keys.iter().zip(items).collect();
    pairs.sort_by(|(a, _), (b, _)| order(a, b, "<").ok().flatten().unwrap_or(Ordering::Equal));
    pairs.into_iter().map(|(_, item)| item.clone()).collect()
}

pub(super) fn merge(arguments: &[Value]) -> Result {
    let mut merged = Map::new();
    for argument in arguments {
        match argument {
            Value::Object(members) => merged.extend(members.clone()),
            // Python checks the type of the first argument only, and its `dict.update` takes pairs too.
            _ => {
                for (index, item) in sequence(argument)?.iter().enumerate() {
                    let (name, member) = pair(index, item)?;
                    merged.insert(name, member);
                }
            }
        }
    }
    Ok(Value::Object(merged))
}

/// Python's iteration over a value: elements, characters or names.
fn sequence(value: &Value) -> Result<Vec<Value>> {
    Ok(match value {
        Value::Array(items) => items.clone(),
        Value::String(text) if text.chars().count() > LIMIT / size_of::<Value>() => return Err(QueryError::too_large()),
        Value::String(text) => text.chars().map(|character| character.to_string().into()).collect(),
        Value::Object(members) => members.keys().cloned().map(Value::String).collect(),
        _ => return Err(QueryError::Evaluation(format!("'{}' object is not iterable", python::type_name(value)))),
    })
}

/// A member from an element of a list of pairs.
fn pair(index: usize, item: &Value) -> Result<(String, Value)> {
    let fail = |reason: String| Err(QueryError::Evaluation(reason));
    let element = format!("dictionary update sequence element #{index}");
    let Ok(sequence) = sequence(item) else { return fail(format!("cannot convert {element} to a sequence")) };
    match &sequence[..] {
        [Value::String(name), member] => Ok((name.clone(), member.clone())),
        // Python's dictionaries can have keys that are not strings; JSON's objects cannot.
        [name, _] => fail(format!("a member cannot be named by '{}'", python::type_name(name))),
        other => fail(format!("{element} has length {}; 2 is required", other.len())),
    }
}

pub(super) fn not_null(arguments: &[Value]) -> Value {
    arguments.iter().find(|argument| !argument.is_null()).cloned().unwrap_or_default()
}

pub(super) fn reverse(arguments: &[Value]) -> Value {
    match &arguments[0] {
        Value::String(text) => text.chars().rev().collect::<String>().into(),
        list => items(list).iter().rev().cloned().collect(),
    }
}

pub(super) fn to_array(arguments: &[Value]) -> Value {
    match &arguments[0] {
        list @ Value::Array(_) => list.clone(),
        other => vec![other.clone()].into(),
    }
}

pub(super) fn to_number(arguments: &[Value]) -> Value {
    match &arguments[0] {
        number @ Value::Number(_) => number.clone(),
        Value::String(text) => parse(text),
        _ => Value::Null,
    }
}

pub(super) fn to_string(arguments: &[Value]) -> Value {
    match &arguments[0] {
        text @ Value::String(_) => text.clone(),
        other => python::dumps(other, python::COMPACT).into(),
    }
}
