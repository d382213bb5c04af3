//! `--generate-cli-skeleton`: templates of the input, and a made-up answer.
//!
//! Layout is the AWS CLI's, down to the two spaces before the first comment and one before the others; the comments are
//! our own help texts. Nothing is looked at but the model: no region, no credentials, no file.

use serde_json::{Map, Value};

use super::Operation;

/// Every member of the input with an empty value.
pub fn input(operation: &Operation) -> Value {
    let empty = || Value::String(String::new());
    let members = operation.input.iter().map(|member| {
        let value = if member.list { Value::Array(vec![empty()]) } else { empty() };
        (member.name.to_owned(), value)
    });
    Value::Object(members.collect::<Map<_, _>>())
}

/// The same in YAML, each member with what it is for.
pub fn yaml_input(operation: &Operation, comment: &dyn Fn(&str) -> String) -> String {
    let mut text = String::new();
    for (index, member) in operation.input.iter().enumerate() {
        let value = if member.list { "" } else { " ''" };
        let gap = if index == 0 { "  " } else { " " };
        let required = if member.required { "[REQUIRED] " } else { "" };
        let items = if member.list { "- ''\n" } else { "" };
        text.push_str(&format!("{}:{value}{gap}# {required}{}.\n{items}", member.name, comment(member.name)));
    }
    text
}
