//! Validates members against the model: missing members, unknown members, wrong types.
//!
//! Messages, their order and the type names are those of botocore's parameter validation, which scripts and users know.
//! The value of a secret member is omitted. The model has no lengths, patterns or enumerations for these operations.

use serde_json::Value;

use super::{Kind, Member, Raw};
use crate::error::Error;
use crate::python;

/// The most elements of a list to report; a list can consist of all bytes of a file.
const LINES_OF_A_LIST: usize = 10;

/// Checks that every required member is present, and that every given member is known and of the right type.
pub(super) fn check(members: &[Member], input: &[(String, Raw)]) -> Result<(), Error> {
    let given = |name: &str| input.iter().find(|(given, _)| given == name).map(|(_, raw)| raw);
    let names: Vec<&str> = members.iter().map(|member| member.name).collect();
    let missing = members.iter().filter(|member| member.required && given(member.name).is_none());
    let missing = missing.map(|member| format!("Missing required parameter in input: \"{}\"", member.name));
    let unknown = input.iter().filter(|(name, _)| !names.contains(&name.as_str()));
    let unknown = unknown
        .map(|(name, _)| format!("Unknown parameter in input: \"{name}\", must be one of: {}", names.join(", ")));
    let mut problems: Vec<String> = missing.chain(unknown).collect();
    for member in members {
        match given(member.name) {
            Some(Some(value)) => check_type(member, value, &mut problems),
            Some(None) => problems.push(wrong(member, "the bytes of a file", "bytes")),
            None => {}
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::validation(format!("Parameter validation failed:\n{}", problems.join("\n"))))
}

fn check_type(member: &Member, value: &Value, problems: &mut Vec<String>) {
    let items = match value {
        Value::String(_) if !is_list(member) => return,
        Value::Array(items) if is_list(member) => items,
        _ => return problems.push(wrong(member, &python::str(value), python::type_name(value))),
    };
    let wrong = || items.iter().enumerate().filter(|(_, item)| !item.is_string());
    for (index, item) in wrong().take(LINES_OF_A_LIST) {
        let name = format!("{}[{index}]", member.name);
        problems.push(format!(
            "Invalid type for parameter {name}, value: {}, type: <class '{}'>, valid types: <class 'str'>",
            python::str(item),
            python::type_name(item)
        ));
    }
    let more = wrong().skip(LINES_OF_A_LIST).count();
    if more > 0 {
        problems.push(format!("and {more} more"));
    }
}

fn wrong(member: &Member, value: &str, of_type: &str) -> String {
    let name = member.name;
    let value = if member.sensitive { "[redacted]" } else { value };
    let valid = if is_list(member) { "<class 'list'>, <class 'tuple'>" } else { "<class 'str'>" };
    format!("Invalid type for parameter {name}, value: {value}, type: <class '{of_type}'>, valid types: {valid}")
}

pub(super) fn is_list(member: &Member) -> bool {
    matches!(member.kind, Kind::Strings(_))
}
