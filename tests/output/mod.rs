//! Output of AWS CLI 2.36.7 for a value, compared with that of our formatters.
//!
//! `data/output/runs.jsonl` is taken from recorded runs: the value, the query and the format, and the output (`prints`,
//! or `fails` with the text on standard error); the title of an error is `error`. `values.jsonl` contains difficult
//! values, with the output of the same formatters for each as YAML, table and text.

mod differential;
#[cfg(target_os = "linux")]
mod hostile_text;
mod jmespath_compliance;

use serde_json::Value;
use sso_oidc::internal::{Format, Query, Style, render};

fn records(name: &str) -> Vec<Value> {
    let path = format!("{}/tests/data/output/{name}", env!("CARGO_MANIFEST_DIR"));
    let lines = std::fs::read_to_string(path).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'a>(record: &'a Value, member: &str) -> &'a str {
    record[member].as_str().unwrap_or_default()
}

/// The result: output, or output before a failure and its message.
fn outcome(value: &Value, format: Format, title: &str, style: &Style) -> (String, Option<String>) {
    let (printed, failure) = match render(value, format, title, style) {
        Ok(printed) => (printed, None),
        Err(error) => (error.printed.clone(), Some(error.to_string())),
    };
    (String::from_utf8(printed).unwrap(), failure)
}

#[test]
fn recorded_values_print_like_the_aws_cli() {
    let records = records("runs.jsonl");
    for record in &records {
        let value = &record["value"];
        let is_error = record["error"] == true;
        let color = record["color"] == true;
        let width = record["width"].as_u64().map_or(80, |width| usize::try_from(width).unwrap());
        let style = Style { color, width, resets: !is_error };
        let format = Format::named(text(record, "format")).unwrap();
        let actual = if is_error {
            let printed = render(value, format, "error", &style).unwrap();
            (String::from_utf8(printed).unwrap(), None)
        } else {
            let node = match record["query"].as_str() {
                Some(query) => Query::compile(query).unwrap().search(value).unwrap(),
                None => value.clone(),
            };
            outcome(&node, format, text(record, "title"), &style)
        };
        let expected = (text(record, "prints").to_owned(), record["fails"].as_str().map(str::to_owned));
        assert_eq!(actual, expected, "{}", text(record, "id"));
    }
    assert!(records.len() > 140, "{} records", records.len());
}

#[test]
fn awkward_values_print_like_the_aws_cli() {
    for record in records("values.jsonl") {
        let value = &record["value"];
        for (member, format) in [("yaml", Format::Yaml), ("table", Format::Table), ("text", Format::Text)] {
            let expected = match &record[member] {
                Value::String(printed) => (printed.clone(), None),
                failed => (text(failed, "printed").to_owned(), Some(text(failed, "fails").to_owned())),
            };
            assert_eq!(outcome(value, format, "Title", &Style::PLAIN), expected, "{member} of {}", record["value"]);
        }
    }
}
