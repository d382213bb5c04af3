//! Evaluates an expression on a value, with the truth, equality and order of Python's `jmespath`.
//!
//! 0 is true in JMESPath. A number never equals a boolean, except inside lists and objects, where Python's own `==` is
//! used. Only numbers and strings have an order.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::QueryError;
use super::expression::Expression;
use super::signature::Function;
use super::values::{equals, is_true, order};

type Evaluated = Result<Value, QueryError>;

/// Evaluates an expression. Cases with local variables are separate functions, because this one is on the stack once
/// per level.
pub(super) fn evaluate(expression: &Expression, value: &Value) -> Evaluated {
    match expression {
        Expression::Current => Ok(value.clone()),
        Expression::Field(name) => Ok(value.get(name).cloned().unwrap_or_default()),
        Expression::Index(index) => Ok(element(value, *index)),
        Expression::Slice { start, end, step } => Ok(slice(value, *start, *end, *step)),
        Expression::Literal(literal) => Ok(literal.clone()),
        Expression::Chain(first, second) | Expression::Indexed(first, second) => {
            evaluate(second, &evaluate(first, value)?)
        }
        Expression::MultiSelectList(_) | Expression::MultiSelectHash(_) if value.is_null() => Ok(Value::Null),
        Expression::MultiSelectList(elements) => multi_select_list(elements, value),
        Expression::MultiSelectHash(members) => multi_select_hash(members, value),
        Expression::Or(first, second) => first_if(true, first, second, value),
        Expression::And(first, second) => first_if(false, first, second, value),
        Expression::Not(inner) => not(inner, value),
        Expression::Comparison(sign, left, right) => compare(sign, left, right, value),
        Expression::Projection(list, each) => project(list, None, each, value),
        Expression::Filter { list, condition, each } => project(list, Some(condition), each, value),
        Expression::Reference(_) => Ok(Value::Null),
        Expression::Flatten(list) => flatten(list, value),
        Expression::Values(object) => values(object, value),
        Expression::Call { function, arguments, reference } => call(function, arguments, reference.as_deref(), value),
    }
}

fn multi_select_list(elements: &[Expression], value: &Value) -> Evaluated {
    Ok(evaluate_all(elements, value)?.into())
}

fn evaluate_all(expressions: &[Expression], value: &Value) -> Result<Vec<Value>, QueryError> {
    // A loop, because the frames of an iterator would be on the stack too.
    let mut values = Vec::with_capacity(expressions.len());
    for expression in expressions {
        values.push(evaluate(expression, value)?);
    }
    Ok(values)
}

fn multi_select_hash(members: &[(String, Expression)], value: &Value) -> Evaluated {
    let mut object = Map::new();
    for (name, member) in members {
        object.insert(name.clone(), evaluate(member, value)?);
    }
    Ok(object.into())
}

/// The first expression's value if its truth equals `truth`, or else the second's.
fn first_if(truth: bool, first: &Expression, second: &Expression, value: &Value) -> Evaluated {
    let first = evaluate(first, value)?;
    if is_true(&first) == truth { Ok(first) } else { evaluate(second, value) }
}

fn not(inner: &Expression, value: &Value) -> Evaluated {
    Ok((!is_true(&evaluate(inner, value)?)).into())
}

/// The results for the elements of a list, or for those that meet a condition; nulls are dropped.
fn project(list: &Expression, condition: Option<&Expression>, each: &Expression, value: &Value) -> Evaluated {
    let Value::Array(items) = evaluate(list, value)? else { return Ok(Value::Null) };
    let mut projected = Vec::new();
    for item in items {
        if let Some(condition) = condition
            && !is_true(&evaluate(condition, &item)?)
        {
            continue;
        }
        projected.push(evaluate(each, &item)?);
    }
    projected.retain(|value| !value.is_null());
    Ok(Value::Array(projected))
}

fn flatten(list: &Expression, value: &Value) -> Evaluated {
    let Value::Array(items) = evaluate(list, value)? else { return Ok(Value::Null) };
    let flat = items.into_iter().flat_map(|item| match item {
        Value::Array(inner) => inner,
        other => vec![other],
    });
    Ok(flat.collect())
}

fn values(object: &Expression, value: &Value) -> Evaluated {
    let Value::Object(members) = evaluate(object, value)? else { return Ok(Value::Null) };
    Ok(members.into_values().collect())
}

fn call(function: &Function, arguments: &[Expression], reference: Option<&Expression>, value: &Value) -> Evaluated {
    let by = |value: &Value| reference.map_or(Ok(Value::Null), |by| evaluate(by, value));
    function.call(&evaluate_all(arguments, value)?, &by)
}

fn element(list: &Value, index: i64) -> Value {
    let Value::Array(items) = list else { return Value::Null };
    let from_end = || items.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?);
    let index = if index < 0 { from_end() } else { usize::try_from(index).ok() };
    index.and_then(|index| items.get(index)).cloned().unwrap_or_default()
}

/// Python's `list[start:end:step]`.
fn slice(list: &Value, start: Option<i64>, end: Option<i64>, step: i64) -> Value {
    let Value::Array(items) = list else { return Value::Null };
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    // The range of a bound, which includes the position before the first element for a negative step.
    let (low, high) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let bound = |given: Option<i64>, default: i64| match given {
        None => default,
        Some(bound) => (if bound < 0 { bound + length } else { bound }).clamp(low, high),
    };
    let (from, to) = if step > 0 { (low, high) } else { (high, low) };
    let (mut at, end) = (bound(start, from), bound(end, to));
    let mut cut = Vec::new();
    while if step > 0 { at < end } else { at > end } {
        cut.extend(usize::try_from(at).ok().and_then(|at| items.get(at)).cloned());
        at += step;
    }
    Value::Array(cut)
}

fn compare(sign: &str, left: &Expression, right: &Expression, value: &Value) -> Evaluated {
    let (left, right) = (evaluate(left, value)?, evaluate(right, value)?);
    let is_mixed = left.is_boolean() && right.is_number() || left.is_number() && right.is_boolean();
    let is_equal = || !is_mixed && equals(&left, &right);
    let holds: fn(Ordering) -> bool = match sign {
        "==" => return Ok(is_equal().into()),
        "!=" => return Ok((!is_equal()).into()),
        "<" => Ordering::is_lt,
        "<=" => Ordering::is_le,
        ">" => Ordering::is_gt,
        _ => Ordering::is_ge,
    };
    let is_comparable = |value: &Value| value.is_number() || value.is_string();
    if !is_comparable(&left) || !is_comparable(&right) {
        return Ok(Value::Null);
    }
    Ok(order(&left, &right, sign)?.is_some_and(holds).into())
}
