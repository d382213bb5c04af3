//! Evaluates an expression on a value, with the truth, equality and order of Python's `jmespath`.
//!
//! A query may create 8 MiB of values in all, so that one that doubles its value ends with an error. 0 is true in JMESPath. A number never equals a boolean, except inside lists and objects, where Python's own `==` is
//! used. Only numbers and strings have an order.

use std::cell::Cell;
use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::QueryError;
use super::expression::Expression;
use super::signature::Function;
use super::values::{LIMIT, equals, is_true, order, size, size_of_member};

type Evaluated = Result<Value, QueryError>;

/// What is left of the memory for values.
pub(super) struct Memory(Cell<usize>);

impl Memory {
    pub(super) fn new() -> Self {
        Self(Cell::new(LIMIT))
    }

    fn take(&self, bytes: usize) -> Result<(), QueryError> {
        self.0.set(self.0.get().checked_sub(bytes).ok_or_else(QueryError::too_large)?);
        Ok(())
    }

    fn copy(&self, value: &Value) -> Evaluated {
        self.take(size(value))?;
        Ok(value.clone())
    }
}

/// Evaluates an expression. Cases with local variables are separate functions, because this one is on the stack once
/// per level.
pub(super) fn evaluate(expression: &Expression, value: &Value, memory: &Memory) -> Evaluated {
    match expression {
        Expression::Current => memory.copy(value),
        Expression::Field(name) => memory.copy(value.get(name).unwrap_or(&Value::Null)),
        Expression::Index(index) => memory.copy(element(value, *index)),
        Expression::Slice { start, end, step } => slice(value, *start, *end, *step, memory),
        Expression::Literal(literal) => memory.copy(literal),
        Expression::Chain(first, second) | Expression::Indexed(first, second) => {
            evaluate(second, &evaluate(first, value, memory)?, memory)
        }
        Expression::MultiSelectList(_) | Expression::MultiSelectHash(_) if value.is_null() => Ok(Value::Null),
        Expression::MultiSelectList(elements) => multi_select_list(elements, value, memory),
        Expression::MultiSelectHash(members) => multi_select_hash(members, value, memory),
        Expression::Or(first, second) => first_if(true, first, second, value, memory),
        Expression::And(first, second) => first_if(false, first, second, value, memory),
        Expression::Not(inner) => not(inner, value, memory),
        Expression::Comparison(sign, left, right) => compare(sign, left, right, value, memory),
        Expression::Projection(list, each) => project(list, None, each, value, memory),
        Expression::Filter { list, condition, each } => project(list, Some(condition), each, value, memory),
        Expression::Reference(_) => Ok(Value::Null),
        Expression::Flatten(list) => flatten(list, value, memory),
        Expression::Values(object) => values(object, value, memory),
        Expression::Call { function, arguments, reference } => {
            call(function, arguments, reference.as_deref(), value, memory)
        }
    }
}

fn multi_select_list(elements: &[Expression], value: &Value, memory: &Memory) -> Evaluated {
    Ok(evaluate_all(elements, value, memory)?.into())
}

fn evaluate_all(expressions: &[Expression], value: &Value, memory: &Memory) -> Result<Vec<Value>, QueryError> {
    // A loop, because the frames of an iterator would be on the stack too.
    let mut values = Vec::with_capacity(expressions.len());
    for expression in expressions {
        values.push(evaluate(expression, value, memory)?);
    }
    Ok(values)
}

fn multi_select_hash(members: &[(String, Expression)], value: &Value, memory: &Memory) -> Evaluated {
    let mut object = Map::new();
    for (name, member) in members {
        memory.take(size_of_member(name))?;
        object.insert(name.clone(), evaluate(member, value, memory)?);
    }
    Ok(object.into())
}

/// The first expression's value if its truth equals `truth`, or else the second's.
fn first_if(truth: bool, first: &Expression, second: &Expression, value: &Value, memory: &Memory) -> Evaluated {
    let first = evaluate(first, value, memory)?;
    if is_true(&first) == truth { Ok(first) } else { evaluate(second, value, memory) }
}

fn not(inner: &Expression, value: &Value, memory: &Memory) -> Evaluated {
    Ok((!is_true(&evaluate(inner, value, memory)?)).into())
}

/// The results for the elements of a list, or for those that meet a condition; nulls are dropped.
fn project(
    list: &Expression,
    condition: Option<&Expression>,
    each: &Expression,
    value: &Value,
    memory: &Memory,
) -> Evaluated {
    let Value::Array(items) = evaluate(list, value, memory)? else { return Ok(Value::Null) };
    let mut projected = Vec::new();
    for item in items {
        if let Some(condition) = condition
            && !is_true(&evaluate(condition, &item, memory)?)
        {
            continue;
        }
        projected.push(evaluate(each, &item, memory)?);
    }
    projected.retain(|value| !value.is_null());
    Ok(Value::Array(projected))
}

fn flatten(list: &Expression, value: &Value, memory: &Memory) -> Evaluated {
    let Value::Array(items) = evaluate(list, value, memory)? else { return Ok(Value::Null) };
    let flat = items.into_iter().flat_map(|item| match item {
        Value::Array(inner) => inner,
        other => vec![other],
    });
    Ok(flat.collect())
}

fn values(object: &Expression, value: &Value, memory: &Memory) -> Evaluated {
    let Value::Object(members) = evaluate(object, value, memory)? else { return Ok(Value::Null) };
    Ok(members.into_values().collect())
}

fn call(
    function: &Function,
    arguments: &[Expression],
    reference: Option<&Expression>,
    value: &Value,
    memory: &Memory,
) -> Evaluated {
    let by = |value: &Value| reference.map_or(Ok(Value::Null), |by| evaluate(by, value, memory));
    let arguments = evaluate_all(arguments, value, memory)?;
    let result = function.call(&arguments, &by)?;
    memory.take(size(&result))?;
    Ok(result)
}

fn element(list: &Value, index: i64) -> &Value {
    let Value::Array(items) = list else { return &Value::Null };
    let from_end = || items.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?);
    let index = if index < 0 { from_end() } else { usize::try_from(index).ok() };
    index.and_then(|index| items.get(index)).unwrap_or(&Value::Null)
}

/// Python's `list[start:end:step]`.
fn slice(list: &Value, start: Option<i64>, end: Option<i64>, step: i64, memory: &Memory) -> Evaluated {
    let Value::Array(items) = list else { return Ok(Value::Null) };
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
        if let Some(item) = usize::try_from(at).ok().and_then(|at| items.get(at)) {
            cut.push(memory.copy(item)?);
        }
        at += step;
    }
    Ok(Value::Array(cut))
}

fn compare(sign: &str, left: &Expression, right: &Expression, value: &Value, memory: &Memory) -> Evaluated {
    let (left, right) = (evaluate(left, value, memory)?, evaluate(right, value, memory)?);
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
