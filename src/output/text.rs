//! The `text` format: tab-separated lines for shell tools, as the AWS CLI prints them.
//!
//! The scalars of an object are one line without names. Nested lists and objects follow, each line prefixed with the
//! member's name in upper case. Members are sorted by name. The columns of a list of objects are the names of all their
//! scalar members. Values are formatted like Python's `str`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::OutputError;
use crate::python::{self, is_scalar};

/// The names of the scalar members of all objects in a list, which are the columns of each.
type Columns<'a> = BTreeSet<&'a str>;

/// Formats a value as lines. An error contains the text that was printed before the failure.
pub(super) fn render(value: &Value) -> Result<String, OutputError> {
    let mut text = String::new();
    match write(value, None, None, &mut text) {
        Ok(()) => Ok(text),
        Err(reason) => Err(OutputError { reason, printed: text.into_bytes() }),
    }
}

fn write(value: &Value, name: Option<&str>, columns: Option<&Columns<'_>>, to: &mut String) -> Result<(), String> {
    match value {
        Value::Object(members) => write_object(members, name, columns, to),
        Value::Array(items) => write_list(items, name, to),
        _ => {
            write_line(&[python::str(value)], to);
            Ok(())
        }
    }
}

fn write_list(items: &[Value], name: Option<&str>, to: &mut String) -> Result<(), String> {
    if items.iter().any(Value::is_object) {
        let columns = columns(items)?;
        return items.iter().try_for_each(|item| write(item, name, Some(&columns), to));
    }
    let (scalars, lists): (Vec<&Value>, Vec<&Value>) = items.iter().partition(|item| is_scalar(item));
    let values: Vec<String> = scalars.into_iter().map(python::str).collect();
    match name {
        _ if values.is_empty() => {}
        Some(name) => values.into_iter().for_each(|value| write_line(&[name.to_uppercase(), value], to)),
        None => write_line(&values, to),
    }
    lists.into_iter().try_for_each(|list| write(list, name, None, to))
}

fn columns(items: &[Value]) -> Result<Columns<'_>, String> {
    let mut names = Columns::new();
    for item in items {
        let Value::Object(members) = item else {
            return Err(format!("'{}' object has no attribute 'items'", python::type_name(item)));
        };
        names.extend(members.iter().filter(|(_, member)| is_scalar(member)).map(|(name, _)| name.as_str()));
    }
    Ok(names)
}

fn write_object(
    members: &Map<String, Value>,
    name: Option<&str>,
    columns: Option<&Columns<'_>>,
    to: &mut String,
) -> Result<(), String> {
    let is_cell = |(name, member): &(&String, &Value)| match columns {
        Some(columns) => columns.contains(name.as_str()),
        None => is_scalar(member),
    };
    let (own, rest): (Vec<_>, Vec<_>) = BTreeMap::from_iter(members).into_iter().partition(is_cell);
    let mut cells: Vec<String> = match columns {
        Some(columns) => columns.iter().map(|name| members.get(*name).map_or_else(String::new, python::str)).collect(),
        None => own.into_iter().map(|(_, member)| python::str(member)).collect(),
    };
    if !cells.is_empty() {
        cells.splice(0..0, name.map(str::to_uppercase));
        write_line(&cells, to);
    }
    rest.into_iter().try_for_each(|(name, member)| write(member, Some(name), None, to))
}

fn write_line(cells: &[String], to: &mut String) {
    to.push_str(&cells.join("\t"));
    to.push('\n');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::render;

    #[test]
    fn objects_lists_and_scalars_are_laid_out_by_name() {
        for (value, expected) in [
            (json!({"b": 1, "a": "x", "c": ["p", "q"], "Bé": {"z": null}}), "x\t1\nBÉ\tNone\nC\tp\nC\tq\n"),
            (json!(["a", 1.0, true]), "a\t1.0\tTrue\n"),
            (json!([{"a": 1}, {"b": [2], "c": 3}]), "1\t\n\t3\nB\t2\n"),
            (json!([[1, 2], 3, [[4]]]), "3\n1\t2\n4\n"),
            (json!({"n": [[1, 2], 3]}), "N\t3\nN\t1\nN\t2\n"),
            (json!([{"a": 1}, {"a": [2]}]), "1\n[2]\n"),
            (json!([]), ""),
            (json!({}), ""),
            (json!([[]]), ""),
            (json!(null), "None\n"),
            (json!(""), "\n"),
            (json!({"a": {"b": {"c": 1}}}), "B\t1\n"),
        ] {
            assert_eq!(render(&value).unwrap(), expected, "{value}");
        }
    }

    #[test]
    fn a_scalar_among_objects_fails_after_what_was_printed() {
        let error = render(&json!({"a": 1, "b": [{}, null]})).unwrap_err();
        assert_eq!(error.reason, "'NoneType' object has no attribute 'items'");
        assert_eq!(error.printed, b"1\n");
    }
}
