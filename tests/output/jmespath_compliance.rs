//! JMESPath's own compliance suite, every case, through `Query`.
//!
//! The suite comes with the source of the `jmespath` crate, a dev-dependency; cargo reports its path.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use sso_oidc::internal::{Format, Query, QueryError, Style, render};

use crate::support::programs::{find, or_skip};

/// Runs a tool and reads its output.
fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The folder of the suite. cargo metadata is limited to this platform, because only its packages are downloaded.
fn suite() -> PathBuf {
    let version = output("rustc", &["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let arguments = ["metadata", "--offline", "--format-version", "1", "--filter-platform", host];
    let metadata: Value = serde_json::from_str(&output(env!("CARGO"), &arguments)).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let jmespath = packages.iter().find(|package| package["name"] == "jmespath").unwrap();
    Path::new(jmespath["manifest_path"].as_str().unwrap()).with_file_name("tests").join("compliance")
}

/// Whether the suite expects this kind of error. We may find earlier what the suite finds during evaluation.
fn is_kind(error: &QueryError, kind: &str) -> bool {
    match kind {
        "syntax" => matches!(error, QueryError::Syntax(_)),
        "unknown-function" | "invalid-arity" => matches!(error, QueryError::Call(_)),
        "invalid-type" => matches!(error, QueryError::Evaluation(_) | QueryError::Call(_)),
        "invalid-value" => matches!(error, QueryError::Evaluation(_)),
        other => panic!("the suite has a new kind of error: {other}"),
    }
}

fn check(file: &str, given: &Value, case: &Value) {
    let expression = case["expression"].as_str().unwrap();
    let result = Query::compile(expression).and_then(|query| query.search(given));
    let context = format!("{file}: {expression}");
    // The crate's parser also decides whether an expression is valid JMESPath.
    let is_syntax = !matches!(result, Err(QueryError::Syntax(_)));
    assert_eq!(is_syntax, jmespath::parse(expression).is_ok(), "{context}");
    match (result, case["error"].as_str(), case.get("result")) {
        (Ok(node), None, Some(expected)) => {
            let printed = render(&node, Format::Json, "", &Style::PLAIN).unwrap();
            let expected = render(expected, Format::Json, "", &Style::PLAIN).unwrap();
            assert!(same(&printed, &expected), "{context}: {}", String::from_utf8_lossy(&printed));
        }
        // Benchmark expressions, which have no expected result; two of them are invalid.
        (_, None, None) => assert!(case.get("bench").is_some(), "{context}: no expectation"),
        (Err(error), Some(kind), _) => assert!(is_kind(&error, kind), "{context}: {error:?} for {kind}"),
        (outcome, kind, _) => panic!("{context}: {outcome:?} for {kind:?}"),
    }
}

/// The same value: the suite does not say in which order members come, nor whether 1 is 1.0.
fn same(printed: &[u8], expected: &[u8]) -> bool {
    let value = |bytes: &[u8]| match bytes {
        b"" => Value::Object(serde_json::Map::new()),
        _ => serde_json::from_slice(bytes).unwrap(),
    };
    equal(&value(printed), &value(expected))
}

fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, member)| other.get(name).is_some_and(|other| equal(member, other)))
        }
        _ => one == other,
    }
}

#[test]
fn jmespath_compliance_suite() {
    // Wine runs tests without Rust.
    if or_skip(find(&["rustc", "rustc.exe"]), "jmespath_compliance_suite", "rustc is not installed").is_none() {
        return;
    }
    let mut cases = 0;
    for entry in std::fs::read_dir(suite()).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let groups: Vec<Value> = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        for group in groups {
            for case in group["cases"].as_array().unwrap() {
                check(&file, &group["given"], case);
                cases += 1;
            }
        }
    }
    assert!(cases >= 875, "{cases} cases: the suite was not found whole");
}
