//! The `text` format: tab-separated lines for shell tools, as AWS CLI prints them.
//!
//! Scalars of an object share one line without names; lists and objects inside follow, each line led by the member's
//! upper-case name; members in the order of their names. Columns of a list of objects are all names that any of them has
//! as a scalar. Values are spelled as Python's `str`. Imports nothing of ours.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::OutputError;
use super::node::{Members, Node, find};
use super::python;

/// The value as lines. What was printed before a failure is in the error.
pub(super) fn render(node: &Node) -> Result<String, OutputError> {
    let mut text = String::new();
    match write(node, None, None, &mut text) {
        Ok(()) => Ok(text),
        Err(reason) => Err(OutputError { reason, printed: text.into_bytes() }),
    }
}

fn write(node: &Node, name: Option<&str>, columns: Option<&BTreeSet<Rc<str>>>, to: &mut String) -> Result<(), String> {
    match node {
        Node::Object(members) => write_object(members, name, columns, to),
        Node::List(items) => write_list(items, name, to),
        _ => {
            line(&[python::str(node)], to);
            Ok(())
        }
    }
}

fn write_list(items: &[Node], name: Option<&str>, to: &mut String) -> Result<(), String> {
    if items.iter().any(|item| matches!(item, Node::Object(_))) {
        let columns = scalar_names(items)?;
        return items.iter().try_for_each(|item| write(item, name, Some(&columns), to));
    }
    let (scalars, lists): (Vec<&Node>, Vec<&Node>) = items.iter().partition(|item| item.is_scalar());
    if !scalars.is_empty() {
        let values: Vec<String> = scalars.into_iter().map(python::str).collect();
        match name {
            Some(name) => values.into_iter().for_each(|value| line(&[name.to_uppercase(), value], to)),
            None => line(&values, to),
        }
    }
    lists.into_iter().try_for_each(|list| write(list, name, None, to))
}

/// Every name that some object of the list has with a scalar value.
fn scalar_names(items: &[Node]) -> Result<BTreeSet<Rc<str>>, String> {
    let mut names = BTreeSet::new();
    for item in items {
        let Node::Object(members) = item else {
            return Err(format!("'{}' object has no attribute 'items'", python::type_name(item)));
        };
        names.extend(members.iter().filter(|(_, member)| member.is_scalar()).map(|(name, _)| Rc::clone(name)));
    }
    Ok(names)
}

fn write_object(
    members: &Members,
    name: Option<&str>,
    columns: Option<&BTreeSet<Rc<str>>>,
    to: &mut String,
) -> Result<(), String> {
    let mut sorted: Vec<&(Rc<str>, Node)> = members.iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    let (mut cells, rest): (Vec<String>, Vec<_>) = match columns {
        None => {
            let (scalars, rest): (Vec<_>, Vec<_>) = sorted.into_iter().partition(|(_, member)| member.is_scalar());
            (scalars.into_iter().map(|(_, member)| python::str(member)).collect(), rest)
        }
        Some(columns) => (
            columns.iter().map(|column| find(members, column).map_or_else(String::new, python::str)).collect(),
            sorted.into_iter().filter(|(name, _)| !columns.contains(name)).collect(),
        ),
    };
    if !cells.is_empty() {
        if let Some(name) = name {
            cells.insert(0, name.to_uppercase());
        }
        line(&cells, to);
    }
    rest.into_iter().try_for_each(|(name, member)| write(member, Some(name), None, to))
}

fn line(cells: &[String], to: &mut String) {
    to.push_str(&cells.join("\t"));
    to.push('\n');
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Node, OutputError, render};

    fn text(value: &Value) -> Result<String, OutputError> {
        render(&Node::from(value))
    }

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
            assert_eq!(text(&value).unwrap(), expected, "{value}");
        }
    }

    #[test]
    fn a_scalar_among_objects_fails_after_what_was_printed() {
        let error = text(&json!({"a": 1, "b": [{}, null]})).unwrap_err();
        assert_eq!(error.reason, "'NoneType' object has no attribute 'items'");
        assert_eq!(error.printed, b"1\n");
    }
}
