//! `--generate-cli-skeleton`: templates of the input, and a sample response.
//!
//! The layout equals the AWS CLI's, including two spaces before the first comment and one before the others; the
//! comments are the help texts of the options. Only the model is used: no region, no credentials, no file.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::validate::is_list;
use super::{Kind, Member, Operation};

/// Every member of the input with an empty value.
pub fn input(operation: Operation) -> Value {
    let empty = || Value::String(String::new());
    let members = operation.input().iter().map(|member| {
        let value = if is_list(member) { Value::Array(vec![empty()]) } else { empty() };
        (member.name.to_owned(), value)
    });
    Value::Object(members.collect::<Map<_, _>>())
}

/// The same in YAML, with a comment for each member.
pub fn yaml_input(operation: Operation) -> String {
    let mut text = String::new();
    for (index, member) in operation.input().iter().enumerate() {
        let value = if is_list(member) { "" } else { " ''" };
        let gap = if index == 0 { "  " } else { " " };
        let required = if member.required { "[REQUIRED] " } else { "" };
        let items = if is_list(member) { "- ''\n" } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(text, "{}:{value}{gap}# {required}{}.\n{items}", member.name, member.help);
    }
    text
}

/// A sample response: strings contain their member's name, numbers are 0, a list contains the name of its element's
/// shape.
pub fn output(operation: Operation) -> Map<String, Value> {
    structure(operation.output())
}

fn structure(members: &[Member]) -> Map<String, Value> {
    let made_up = |member: &Member| match member.kind {
        Kind::String => member.name.into(),
        Kind::Integer => 0.into(),
        Kind::Strings(element) => vec![element].into(),
        Kind::Structure(members) => structure(members).into(),
    };
    members.iter().map(|member| (member.name.to_owned(), made_up(member))).collect()
}
