//! From the body of a success to data: for the four operations as the AWS CLI reads it, for the flows strictly.
//!
//! The AWS CLI keeps modelled members only, in the model's order, and coerces integers; unlike it, a body that is not a JSON
//! object is an error here, not an empty result. The flows take nothing that is missing, empty or of another type.

use serde_json::{Map, Number, Value};

use super::error::{Decode, Problem};
use crate::http::Response;
use crate::model::{Kind, Member, Operation};
use crate::python;
use crate::secret::Secret;

/// The longest lifetime that is believed: 90 days, in seconds.
const LONGEST: u64 = 90 * 24 * 3600;

/// Body of a success, read as the AWS CLI does.
pub(super) fn read(operation: Operation, response: &Response) -> Result<Map<String, Value>, Decode> {
    let body = object(operation, response)?;
    structure(operation.output(), &body).map_err(|problem| Decode { operation: operation.name(), problem })
}

/// The body as a JSON object.
pub(super) fn object(operation: Operation, response: &Response) -> Result<Map<String, Value>, Decode> {
    let failed = |problem| Decode { operation: operation.name(), problem };
    let size = response.body.len();
    match serde_json::from_slice(&response.body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(failed(Problem::NotAnObject)),
        Err(_) if response.body.trim_ascii_start().starts_with(b"<") => Err(failed(Problem::WebPage(size))),
        Err(_) => Err(failed(Problem::NotJson(size, response.header("content-type").map(str::to_owned)))),
    }
}

fn structure(members: &'static [Member], body: &Map<String, Value>) -> Result<Map<String, Value>, Problem> {
    let mut data = Map::new();
    for member in members {
        let value = match body.get(member.name) {
            None | Some(Value::Null) => continue,
            Some(value) => coerced(member, value).ok_or(Problem::IllTyped(member.name))??,
        };
        data.insert(member.name.to_owned(), value);
    }
    Ok(data)
}

/// The value as its kind has it; `None` where Python fails.
fn coerced(member: &Member, value: &Value) -> Option<Result<Value, Problem>> {
    let value = match (&member.kind, value) {
        (Kind::String, value) => value.clone(),
        (Kind::Integer, value) => Value::Number(integer(value)?),
        (Kind::Strings(_), Value::Array(items)) => Value::Array(items.clone()),
        // Python iterates over what it takes for a list.
        (Kind::Strings(_), Value::String(text)) => text.chars().map(|c| Value::from(c.to_string())).collect(),
        (Kind::Strings(_), Value::Object(members)) => members.keys().cloned().map(Value::from).collect(),
        (Kind::Structure(members), Value::Object(body)) => return Some(structure(members, body).map(Value::Object)),
        (Kind::Strings(_) | Kind::Structure(_), _) => return None,
    };
    Some(Ok(value))
}

/// Python's `int()` of a JSON value.
fn integer(value: &Value) -> Option<Number> {
    let digits = match value {
        Value::Bool(value) => u8::from(*value).to_string(),
        Value::String(text) => python::int(text)?,
        Value::Number(number) => python::int(number.as_str()).or_else(|| whole(number.as_str().parse().ok()?))?,
        _ => return None,
    };
    digits.parse().ok()
}

/// The digits of a float's whole part.
fn whole(float: f64) -> Option<String> {
    python::int(&format!("{:.0}", float.trunc()))
}

/// Members of an answer taken strictly, for the flows.
pub(super) struct Strict {
    operation: Operation,
    body: Map<String, Value>,
}

impl Strict {
    pub(super) fn read(operation: Operation, response: &Response) -> Result<Self, Decode> {
        Ok(Self { operation, body: object(operation, response)? })
    }

    pub(super) fn error(&self, problem: Problem) -> Decode {
        Decode { operation: self.operation.name(), problem }
    }

    /// A string that must be there and not be empty.
    pub(super) fn text(&self, name: &'static str) -> Result<String, Decode> {
        self.optional_text(name)?.ok_or_else(|| self.error(Problem::Missing(name)))
    }

    /// A string; absent, null and empty are all absent.
    pub(super) fn optional_text(&self, name: &'static str) -> Result<Option<String>, Decode> {
        match self.body.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(self.error(Problem::IllTyped(name))),
        }
    }

    /// As [`Strict::text`], for what must not be shown.
    pub(super) fn secret(&self, name: &'static str) -> Result<Secret, Decode> {
        self.text(name).map(Secret::new)
    }

    /// An integer that fits, if there is one.
    pub(super) fn optional_integer(&self, name: &'static str) -> Result<Option<i64>, Decode> {
        match self.body.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_i64().map(Some).ok_or_else(|| self.error(Problem::IllTyped(name))),
        }
    }

    /// An integer that must be there.
    pub(super) fn integer(&self, name: &'static str) -> Result<i64, Decode> {
        self.optional_integer(name)?.ok_or_else(|| self.error(Problem::Missing(name)))
    }

    /// A lifetime in seconds that can be believed: 1 second to 90 days.
    pub(super) fn lifetime(&self, name: &'static str) -> Result<u64, Decode> {
        let unusable = || self.error(Problem::Lifetime(name));
        match self.body.get(name) {
            None | Some(Value::Null) => Err(self.error(Problem::Missing(name))),
            Some(Value::Number(number)) => {
                let seconds = number.as_u64().ok_or_else(unusable)?;
                if (1..=LONGEST).contains(&seconds) { Ok(seconds) } else { Err(unusable()) }
            }
            Some(_) => Err(self.error(Problem::IllTyped(name))),
        }
    }
}

#[cfg(test)]
#[path = "../../tests/fuzz/answers.rs"]
mod fuzz;

#[cfg(test)]
mod tests;
