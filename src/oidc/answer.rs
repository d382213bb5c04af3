//! Decodes successful responses: like the AWS CLI for the four operations, strictly for the flows.
//!
//! Like the AWS CLI, this keeps only modelled members, in the model's order, and coerces integers; but a body that is
//! not a JSON object is an error, not an empty result. The flows reject members that are missing, empty or of another
//! type.

use serde_json::{Map, Number, Value};

use super::Failure;
use crate::http::Response;
use crate::model::{Kind, Member, Operation};
use crate::python;
use crate::secret::Secret;

/// The longest valid lifetime: 90 days, in seconds.
const LONGEST: u64 = 90 * 24 * 3600;

/// Decodes a successful response like the AWS CLI.
pub(super) fn read(operation: Operation, response: &Response) -> Result<Map<String, Value>, Failure> {
    structure(operation.name(), operation.output(), &object(operation.name(), response)?)
}

/// The body as JSON.
pub(crate) fn json(operation: &str, response: &Response) -> Result<Value, Failure> {
    serde_json::from_slice(&response.body).map_err(|_| Failure::not_json(operation, response))
}

/// The body as a JSON object.
pub(super) fn object(operation: &str, response: &Response) -> Result<Map<String, Value>, Failure> {
    match json(operation, response)? {
        Value::Object(members) => Ok(members),
        _ => Err(Failure::malformed(operation, "is JSON, but not an object")),
    }
}

fn structure(
    operation: &str,
    members: &'static [Member],
    body: &Map<String, Value>,
) -> Result<Map<String, Value>, Failure> {
    let mut data = Map::new();
    for member in members {
        let value = match (&member.kind, body.get(member.name)) {
            (_, None | Some(Value::Null)) => continue,
            (Kind::Structure(members), Some(Value::Object(body))) => structure(operation, members, body)?.into(),
            (_, Some(value)) => coerced(member, value).ok_or_else(|| ill_typed(operation, member.name))?,
        };
        data.insert(member.name.to_owned(), value);
    }
    Ok(data)
}

/// Coerces a value to the type of its member; `None` where Python raises an error.
fn coerced(member: &Member, value: &Value) -> Option<Value> {
    Some(match (&member.kind, value) {
        (Kind::String, value) => value.clone(),
        (Kind::Integer, value) => Value::Number(integer(value)?),
        (Kind::Strings(_), Value::Array(items)) => Value::Array(items.clone()),
        // Python iterates over any value in place of a list.
        (Kind::Strings(_), Value::String(text)) => text.chars().map(|c| Value::from(c.to_string())).collect(),
        (Kind::Strings(_), Value::Object(members)) => members.keys().cloned().map(Value::from).collect(),
        (Kind::Strings(_) | Kind::Structure(_), _) => return None,
    })
}

fn ill_typed(operation: &str, member: &str) -> Failure {
    Failure::malformed(operation, format!("has a value of the wrong type for {member}"))
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

/// The members of a response, read strictly, for the flows.
pub(crate) struct Members {
    operation: &'static str,
    body: Map<String, Value>,
}

impl Members {
    pub(crate) fn read(operation: &'static str, response: &Response) -> Result<Self, Failure> {
        Ok(Self { operation, body: object(operation, response)? })
    }

    /// The members of a required structure.
    pub(crate) fn structure(&self, name: &str) -> Result<Self, Failure> {
        match self.get(name) {
            Some(Value::Object(body)) => Ok(Self { operation: self.operation, body: body.clone() }),
            Some(_) => Err(ill_typed(self.operation, name)),
            None => Err(self.missing(name)),
        }
    }

    /// The structures of a required list.
    pub(crate) fn structures(&self, name: &str) -> Result<Vec<Self>, Failure> {
        let ill_typed = || ill_typed(self.operation, name);
        let items = self.get(name).ok_or_else(|| self.missing(name))?.as_array().ok_or_else(ill_typed)?;
        let structure = |item: &Value| match item {
            Value::Object(body) => Ok(Self { operation: self.operation, body: body.clone() }),
            _ => Err(ill_typed()),
        };
        items.iter().map(structure).collect()
    }

    /// A required string, which must not be empty.
    pub(crate) fn text(&self, name: &str) -> Result<String, Failure> {
        self.optional_text(name)?.ok_or_else(|| self.missing(name))
    }

    /// An optional string; null and empty count as absent.
    pub(crate) fn optional_text(&self, name: &str) -> Result<Option<String>, Failure> {
        let text = self.get(name).map(|value| value.as_str().ok_or_else(|| ill_typed(self.operation, name)));
        Ok(text.transpose()?.filter(|text| !text.is_empty()).map(str::to_owned))
    }

    /// As [`Members::optional_text`], for a code, token, or ID or secret of a client: printable ASCII (RFC 6749 appendix A).
    pub(super) fn optional_secret(&self, name: &str) -> Result<Option<Secret>, Failure> {
        let secret = self.optional_text(name)?.map(Secret::new);
        if secret.as_ref().is_some_and(|secret| !secret.is_vschar()) {
            return Err(Failure::malformed(
                self.operation,
                format!("has characters in {name} that are not printable ASCII"),
            ));
        }
        Ok(secret)
    }

    /// As [`Members::optional_secret`], but required.
    pub(super) fn secret(&self, name: &str) -> Result<Secret, Failure> {
        self.optional_secret(name)?.ok_or_else(|| self.missing(name))
    }

    /// An optional integer of at most 64 bits.
    pub(super) fn optional_integer(&self, name: &str) -> Result<Option<i64>, Failure> {
        self.get(name).map(|value| value.as_i64().ok_or_else(|| ill_typed(self.operation, name))).transpose()
    }

    /// A required integer.
    pub(crate) fn integer(&self, name: &str) -> Result<i64, Failure> {
        self.optional_integer(name)?.ok_or_else(|| self.missing(name))
    }

    /// A required lifetime of 1 second to 90 days.
    pub(super) fn lifetime(&self, name: &str) -> Result<u64, Failure> {
        let seconds = u64::try_from(self.integer(name)?).ok().filter(|seconds| (1..=LONGEST).contains(seconds));
        seconds.ok_or_else(|| self.unusable(name))
    }

    /// The failure for a member whose value is out of range.
    pub(crate) fn unusable(&self, name: &str) -> Failure {
        Failure::malformed(self.operation, format!("has an unusable {name}"))
    }

    fn missing(&self, name: &str) -> Failure {
        Failure::malformed(self.operation, format!("has no {name}"))
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.body.get(name).filter(|value| !value.is_null())
    }
}

#[cfg(test)]
#[path = "../../tests/fuzz/answers.rs"]
mod fuzz;

#[cfg(test)]
mod tests;
