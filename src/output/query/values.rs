//! Values by the rules of JMESPath and Python: type names, truth, equality, order, arithmetic, and their size.
//!
//! Integers are exact up to 128 bits, all other numbers are doubles. JSON has no NaN, so a NaN result is null.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::QueryError;
use crate::python;

/// The memory for all values that a query creates, in bytes: several times that of the largest response.
pub(super) const LIMIT: usize = 8 << 20;

/// The memory of a value, in bytes.
pub(super) fn size(value: &Value) -> usize {
    let inner = match value {
        Value::Null | Value::Bool(_) => 0,
        Value::Number(number) => number.as_str().len(),
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.iter().map(|(name, member)| size_of_member(name) + size(member)).sum(),
    };
    size_of::<Value>() + inner
}

/// The memory of a member without its value: its name, and the entry of the map.
pub(super) fn size_of_member(name: &str) -> usize {
    size_of::<Value>() + name.len()
}

/// JMESPath's name of a type.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// JMESPath's truth: null, false and empty values are false, 0 is true.
pub(super) fn is_true(value: &Value) -> bool {
    value.is_number() || python::is_true(value)
}

/// Python's `==`: numbers by value, `True` equals 1 and `False` equals 0, objects without regard to order.
pub(super) fn equals(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equals(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let has = |(name, left)| right.get(name).is_some_and(|right| equals(left, right));
            left.len() == right.len() && left.iter().all(has)
        }
        _ => match (number(left), number(right)) {
            (Some(left), Some(right)) => compare(&left, &right) == Some(Ordering::Equal),
            _ => left == right,
        },
    }
}

/// A value as a number, as in Python, where booleans are numbers.
fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Bool(value) => Some(u8::from(*value).into()),
        Value::Number(number) => Some(number.clone()),
        _ => None,
    }
}

/// The order of two numbers or two strings; for anything else Python's error.
pub(super) fn order(left: &Value, right: &Value, sign: &str) -> Result<Option<Ordering>, QueryError> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => Ok(compare(left, right)),
        (Value::String(left), Value::String(right)) => Ok(Some(left.cmp(right))),
        _ => Err(QueryError::Evaluation(format!(
            "'{sign}' not supported between instances of '{}' and '{}'",
            python::type_name(left),
            python::type_name(right)
        ))),
    }
}

/// Exact for integers, even if one is written as a float: doubles cannot distinguish large integers.
fn compare(left: &Number, right: &Number) -> Option<Ordering> {
    match (integer(left), integer(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => to_f64(left).partial_cmp(&to_f64(right)),
    }
}

/// A number as an integer, even if it is written as a float.
fn integer(number: &Number) -> Option<i128> {
    let whole = || Some(to_f64(number)).filter(|float| float.fract() == 0.0);
    number.as_i128().or_else(|| format!("{:.0}", whole()?).parse().ok())
}

/// Python's `+`.
pub(super) fn plus(left: &Number, right: &Number) -> Value {
    let exact = || left.as_i128()?.checked_add(right.as_i128()?);
    exact().map_or_else(|| float(to_f64(left) + to_f64(right)), Value::from)
}

/// The nearest double.
pub(super) fn to_f64(number: &Number) -> f64 {
    number.as_str().parse().unwrap_or(f64::NAN)
}

/// The value of a double.
pub(super) fn float(value: f64) -> Value {
    // A number too large for a double is valid JSON; anything that does not parse is NaN.
    let json = format!("{value:?}").replace("inf", "1e999");
    serde_json::from_str(&json).unwrap_or_default()
}

/// Parses a number with `int()` or else `float()`; null if both fail.
pub(super) fn parse(text: &str) -> Value {
    if let Some(digits) = python::int(text) {
        return serde_json::from_str(&digits).unwrap_or_default();
    }
    let is_digit = |character: char| character.is_ascii_digit();
    let parts: Vec<&str> = text.trim().split('_').collect();
    let is_separated = |pair: &[&str]| pair[0].ends_with(is_digit) && pair[1].starts_with(is_digit);
    if !parts.windows(2).all(is_separated) {
        return Value::Null;
    }
    parts.concat().parse().map_or(Value::Null, float)
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Greater, Less};

    use serde_json::{Value, json};

    use super::{equals, float, order, parse, plus};
    use crate::python::repr;

    fn number(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn equality_is_pythons() {
        for (a, b, equal) in [
            (json!(1), json!(1.0), true),
            (json!([true]), json!([1]), true),
            (json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1}), true),
            (json!({"a": 1}), json!({"b": 1}), false),
            (json!("1"), json!(1), false),
            (json!(null), json!(false), false),
            (json!(null), json!(null), true),
            (json!([1, 2]), json!([1]), false),
        ] {
            assert_eq!(equals(&a, &b), equal, "{a} {b}");
        }
    }

    #[test]
    fn integers_of_128_bits_are_added_and_compared_exactly() {
        for (a, b, sum, ordering) in [
            ("1", "-2", "-1", Greater),
            ("9007199254740993", "9007199254740992.0", "1.8014398509481984e+16", Greater),
            ("1", "1.0", "2.0", Equal),
            ("-1", "-1.5", "-2.5", Greater),
            ("100000000000000000000000000000000000000", "-1", "99999999999999999999999999999999999999", Greater),
            ("-100000000000000000001", "-1e20", "-2e+20", Less),
            ("99999999999999991611392", "1e23", "2e+23", Equal),
            ("5", "1e999", "inf", Less),
            ("170141183460469231731687303715884105727", "1", "1.7014118346046923e+38", Greater),
        ] {
            let (Value::Number(x), Value::Number(y)) = (number(a), number(b)) else { panic!("{a} {b}") };
            assert_eq!(repr(&plus(&x, &y)), sum, "{a} + {b}");
            assert_eq!(order(&number(a), &number(b), "<").unwrap(), Some(ordering), "{a} {b}");
        }
        assert_eq!(float(f64::NAN), Value::Null);
    }

    #[test]
    fn text_is_read_as_int_and_float_read_it() {
        for (text, read) in [
            (" -1_000\n", "-1000"),
            ("+007", "7"),
            ("1e3", "1000.0"),
            ("1_0.5_0", "10.5"),
            (".5", "0.5"),
            ("5.", "5.0"),
            ("123456789012345678901234567890123456789012345", "123456789012345678901234567890123456789012345"),
            ("\u{85}1\u{a0}", "1"),
            ("\u{1f}1\u{a0}", "None"),
            ("-Infinity", "-inf"),
            ("", "None"),
            ("-", "None"),
            ("1__0", "None"),
            ("_1", "None"),
            ("1_", "None"),
            ("1_.0", "None"),
            ("0x10", "None"),
            ("1 2", "None"),
        ] {
            assert_eq!(repr(&parse(text)), read, "{text:?}");
        }
    }
}
