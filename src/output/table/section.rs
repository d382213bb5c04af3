//! Splits a value into the sections of a table: one per object or list, in the order in which they are drawn.
//!
//! The scalars of an object are one row under their names (or one `name | value` row if there is only one). A list has
//! a row for each object or other element. Lists of mixed elements are handled like in Python, including the AWS CLI's
//! error messages.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::PADDING;
use crate::output::width::columns;
use crate::python::{self, is_scalar};

/// A box of the table.
pub(super) struct Section {
    /// Drawn centered; `None` where a list continues without a title of its own.
    pub(super) title: Option<String>,
    /// The number of bars on each side.
    pub(super) level: usize,
    /// The names of the columns, if they are drawn.
    pub(super) headers: Vec<String>,
    /// The cells; all rows have as many as the first.
    pub(super) rows: Vec<Vec<String>>,
    /// The width of the widest cell of each column.
    pub(super) widest: Vec<usize>,
    /// Number of cells in a row, once known.
    cells: Option<usize>,
}

impl Section {
    fn new(title: Option<&str>, level: usize) -> Self {
        let title = title.map(str::to_owned);
        Self { title, level, headers: Vec::new(), rows: Vec::new(), widest: Vec::new(), cells: None }
    }

    /// The width of the section, including bars and edges.
    pub(super) fn width(&self) -> usize {
        // A section without a title is at least as wide as Python's `None`.
        let title = columns(self.title.as_deref().unwrap_or("None"));
        let cells: usize = self.widest.iter().map(|column| column + PADDING).sum();
        title.max(cells) + 2 + 2 * self.level
    }

    /// Turns a single row under headers into a row of name and value for each.
    pub(super) fn turn(&mut self) {
        let ([row], false) = (&mut self.rows[..], self.headers.is_empty()) else { return };
        let pairs = std::mem::take(&mut self.headers).into_iter().zip(std::mem::take(row));
        self.rows = pairs.map(|(header, cell)| vec![header, cell]).collect();
        self.widest = Vec::new();
        for index in 0..self.rows.len() {
            widen(&mut self.widest, &self.rows[index]);
        }
    }

    fn set_headers(&mut self, headers: Vec<String>) -> Result<(), String> {
        if !self.widest.is_empty() && headers.len() > self.widest.len() {
            return Err("list index out of range".to_owned());
        }
        widen(&mut self.widest, &headers);
        self.cells.get_or_insert(headers.len());
        self.headers = headers;
        Ok(())
    }

    fn add_row(&mut self, row: Vec<String>) -> Result<(), String> {
        let cells = *self.cells.get_or_insert(row.len());
        if row.len() != cells {
            return Err(format!("Row should have {cells} elements, instead it has {}", row.len()));
        }
        widen(&mut self.widest, &row);
        self.rows.push(row);
        Ok(())
    }
}

fn widen(widest: &mut Vec<usize>, row: &[String]) {
    if widest.is_empty() {
        widest.resize(row.len(), 0);
    }
    for (column, cell) in widest.iter_mut().zip(row) {
        *column = columns(cell).max(*column);
    }
}

/// Splits a value into sections; a value that is false in Python has none.
pub(super) fn sections(value: &Value, title: &str) -> Result<Vec<Section>, String> {
    let mut sections = Vec::new();
    add(&mut sections, Some(title), value, 0)?;
    Ok(sections)
}

fn add(sections: &mut Vec<Section>, title: Option<&str>, value: &Value, level: usize) -> Result<(), String> {
    if !python::is_true(value) {
        return Ok(());
    }
    if title.is_some() {
        sections.push(Section::new(title, level));
    }
    match value {
        Value::Object(members) => add_object(sections, members, level),
        Value::Array(items) if matches!(items[0], Value::Object(_)) => add_objects(sections, items, title, level),
        Value::Array(items) => items.iter().try_for_each(|item| add_item(sections, item)),
        _ => Ok(()),
    }
}

/// The section that rows go to.
fn current(sections: &mut Vec<Section>) -> &mut Section {
    if sections.is_empty() {
        sections.push(Section::new(None, 0));
    }
    let last = sections.len() - 1;
    &mut sections[last]
}

/// An element of a list that does not start with an object.
fn add_item(sections: &mut Vec<Section>, item: &Value) -> Result<(), String> {
    match item {
        Value::Array(cells) if cells.iter().all(is_scalar) => {
            current(sections).add_row(cells.iter().map(python::str).collect())
        }
        Value::Array(_) => add(sections, None, item, 0),
        // Python iterates over an object's names, which are all scalars.
        Value::Object(members) => current(sections).add_row(members.keys().cloned().collect()),
        _ => current(sections).add_row(vec![python::str(item)]),
    }
}

fn add_object(sections: &mut Vec<Section>, members: &Map<String, Value>, level: usize) -> Result<(), String> {
    let (scalars, nested): (Vec<_>, Vec<_>) =
        BTreeMap::from_iter(members).into_iter().partition(|(_, member)| is_scalar(member));
    match &scalars[..] {
        [] => {}
        [(name, member)] => current(sections).add_row(vec![(*name).clone(), python::str(member)])?,
        _ => {
            let section = current(sections);
            section.set_headers(scalars.iter().map(|(name, _)| (*name).clone()).collect())?;
            section.add_row(scalars.iter().map(|(_, member)| python::str(member)).collect())?;
        }
    }
    nested.into_iter().try_for_each(|(name, member)| add(sections, Some(name), member, level + 1))
}

fn add_objects(sections: &mut Vec<Section>, items: &[Value], title: Option<&str>, level: usize) -> Result<(), String> {
    let (headers, nested) = names(items)?;
    let header_cells = || headers.iter().map(ToString::to_string).collect();
    current(sections).set_headers(header_cells())?;
    for (index, item) in items.iter().enumerate() {
        if index > 0 && !nested.is_empty() {
            sections.push(Section::new(title, level));
            current(sections).set_headers(header_cells())?;
        }
        let Value::Object(members) = item else {
            if headers.is_empty() {
                // Python does not access it.
                current(sections).add_row(Vec::new())?;
                continue;
            }
            return Err(format!("'{}' object has no attribute 'get'", python::type_name(item)));
        };
        let cell = |name: &&str| members.get(*name).map_or_else(String::new, python::str);
        current(sections).add_row(headers.iter().map(cell).collect())?;
        for name in &nested {
            if let Some(member) = members.get(*name) {
                add(sections, Some(name), member, level + 1)?;
            }
        }
    }
    Ok(())
}

/// The names of scalar and of nested members of all objects of a list; a name can be both.
type Names<'a> = (BTreeSet<&'a str>, BTreeSet<&'a str>);

fn names(items: &[Value]) -> Result<Names<'_>, String> {
    let (mut scalars, mut nested) = Names::default();
    for item in items {
        match item {
            Value::Object(members) => {
                for (name, member) in members {
                    let names = if is_scalar(member) { &mut scalars } else { &mut nested };
                    names.insert(name.as_str());
                }
            }
            // Python uses the elements of these as names, and fails only if there is one.
            Value::Array(elements) if elements.is_empty() => {}
            Value::Array(elements) => return Err(no_index(elements)),
            Value::String(text) if text.is_empty() => {}
            Value::String(_) => return Err("string indices must be integers, not 'str'".to_owned()),
            _ => return Err(format!("'{}' object is not iterable", python::type_name(item))),
        }
    }
    Ok((scalars, nested))
}

/// Python's error if it uses the elements of a list as indices: one is not an integer, or is out of range.
fn no_index(elements: &[Value]) -> String {
    match elements.iter().map(python::type_name).find(|name| !matches!(*name, "int" | "bool")) {
        Some(name) => format!("list indices must be integers or slices, not {name}"),
        None => "list index out of range".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::sections;

    fn failure(value: &Value) -> Option<String> {
        sections(value, "T").err()
    }

    #[test]
    fn irregular_lists_fail_with_the_errors_of_the_aws_cli() {
        for (value, reason) in [
            (json!([[1, 2], [1, 2, 3]]), "Row should have 2 elements, instead it has 3"),
            (json!([1, []]), "Row should have 1 elements, instead it has 0"),
            (json!([{"a": 1}, null]), "'NoneType' object is not iterable"),
            (json!([{"a": 1}, "x"]), "string indices must be integers, not 'str'"),
            (json!([{"a": 1}, ""]), "'str' object has no attribute 'get'"),
            (json!([{"a": 1}, ["x"]]), "list indices must be integers or slices, not str"),
            (json!([[{"a": 1}], [{"a": 1, "b": 2}]]), "list index out of range"),
        ] {
            assert_eq!(failure(&value).as_deref(), Some(reason), "{value}");
        }
    }

    #[test]
    fn a_list_of_objects_with_nested_values_repeats_its_section() {
        let value = json!([{"a": 1, "n": [1]}, {"a": 2}, {"b": 3, "n": [2]}]);
        let cut = sections(&value, "T").unwrap();
        let titles: Vec<_> =
            cut.iter().map(|section| (section.title.as_deref().unwrap_or(""), section.level)).collect();
        assert_eq!(titles, [("T", 0), ("n", 1), ("T", 0), ("T", 0), ("n", 1)]);
        assert_eq!(cut[3].rows, [["", "3"]]);
    }

    #[test]
    fn an_object_in_a_list_of_lists_is_a_row_of_its_names() {
        let cut = sections(&json!([["x", "y"], {"b": 1, "a": 2}]), "T").unwrap();
        assert_eq!(cut[0].rows, [["x", "y"], ["b", "a"]]);
    }
}
