//! Random queries on random documents, evaluated and printed by us and by Python's `jmespath` and ruamel.yaml.
//!
//! `data/output/python_prints.py` is Python's side. As many as `SSO_OIDC_TEST_QUERIES` says, from `SSO_OIDC_TEST_SEED` on.
//! Requires the Python of `tests/sdk/install`, or any other with the two packages and `ruamel.yaml.clib`, whose emitter
//! the AWS CLI uses; without it the test is skipped, or fails in CI.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Map, Value, json};
use sso_oidc::internal::{Format, Query, QueryError, Style, render};

use crate::support::programs::{or_skip, target};
use crate::support::{Rng, count};

const NAMES: [&str; 8] = ["a", "b", "c", "foo", "Name", "x y", "é", "1"];

const LITERALS: [&str; 34] = [
    "`1`",
    "`0`",
    "`-1.5`",
    "`\"x\"`",
    "'x'",
    "'ab'",
    "`[1, 2, 3]`",
    "`[\"b\", \"a\", \"é\"]`",
    "`{\"b\": 1, \"a\": {\"z\": 2}}`",
    "`true`",
    "`false`",
    "`null`",
    "`[]`",
    "`{}`",
    "''",
    "`1e20`",
    "`100000000000000000000`",
    "`-100000000000000000001`",
    "`2.0`",
    "`x`",
    "`running now`",
    "'1_0'",
    "' 12 '",
    "'1e3'",
    "'-inf'",
    "`[3, 1.5, -2]`",
    "`[true, 1, null]`",
    "`[1, 1.0, \"a\"]`",
    "`[[2, 1], [1]]`",
    "`0.25`",
    "`\"é😀\\n\"`",
    "`[{\"a\": 2}, {\"a\": 1}]`",
    "'2020-01-01'",
    "`a\\`b`",
];

const ONE_ARGUMENT: [&str; 18] = [
    "abs",
    "avg",
    "ceil",
    "floor",
    "keys",
    "length",
    "max",
    "min",
    "reverse",
    "sort",
    "sum",
    "to_array",
    "to_number",
    "to_string",
    "type",
    "values",
    "merge",
    "not_null",
];

/// Pieces that are inserted into expressions.
const SCRAPS: [&str; 40] = [
    "a", "b", "[", "]", ".", "*", "{", "}", "(", ")", "|", "||", "&&", "!", "==", "<", "`1`", "'x'", "@", "&", ",",
    ":", "[?", "[]", "0", "-1", " ", "\"q\"", "length", "-", "1", "=", "`", "\"", "'", "\\", "[*]", ".*", "#", "foo(",
];

struct Generator {
    rng: Rng,
}

impl Generator {
    fn name(&mut self) -> String {
        let name = self.rng.pick(&NAMES);
        if self.rng.below(3) > 0 && !matches!(name, "x y" | "é" | "1") {
            name.to_owned()
        } else {
            format!("\"{name}\"")
        }
    }

    fn leaf(&mut self) -> String {
        match self.rng.below(4) {
            0 => self.rng.pick(&LITERALS).to_owned(),
            1 => "@".to_owned(),
            _ => self.name(),
        }
    }

    /// An expression of the grammar, at most so many levels deep.
    fn expression(&mut self, depth: usize) -> String {
        if depth == 0 || self.rng.below(6) == 0 {
            return self.leaf();
        }
        let one = self.expression(depth - 1);
        match self.rng.below(18) {
            0 => format!("{one}.{}", self.name()),
            1 => format!("{one}[{}]", self.rng.pick(&["0", "1", "-1", "5", "*", "", "-0", "01"])),
            2 => {
                let part = |rng: &mut Rng| rng.pick(&["", "", "0", "1", "2", "-1", "-9", "9"]).to_owned();
                let (start, end) = (part(&mut self.rng), part(&mut self.rng));
                format!("{one}[{start}:{end}{}]", self.rng.pick(&["", ":", ":1", ":2", ":-1", ":-2"]))
            }
            3 => {
                let each = self.rng.pick(&["", ".a", ".{p: a, q: b}", ".[a, @]", "[0]", "[1:]", ".{p: a}[0]"]);
                format!("{one}{}{each}", self.rng.pick(&[".*", "[*]", "[]", "[0][1:]"]))
            }
            4 => format!("{one}[?{}]", self.expression(depth - 1)),
            5 => {
                let second = self.expression(depth - 1);
                let name = self.name();
                format!("{{z: {one}, {name}: {second}, \"k é\": a}}")
            }
            6 => format!("[{one}, {}]", self.expression(depth - 1)),
            7 => format!("{one} {} {}", self.rng.pick(&["||", "&&", "|"]), self.expression(depth - 1)),
            8 => format!("!{one}"),
            9 | 10 => {
                format!("{one} {} {}", self.rng.pick(&["==", "!=", "<", "<=", ">", ">="]), self.expression(depth - 1))
            }
            11 => format!("({one})"),
            12 | 13 => format!("{}({one})", self.rng.pick(&ONE_ARGUMENT)),
            14 => {
                let function = self.rng.pick(&["contains", "ends_with", "starts_with", "join", "merge", "not_null"]);
                format!("{function}({one}, {})", self.expression(depth - 1))
            }
            15 => {
                format!("{}({one}, &{})", self.rng.pick(&["sort_by", "max_by", "min_by"]), self.expression(depth - 1))
            }
            16 => format!("map(&{}, {one})", self.expression(depth - 1)),
            _ => format!("{one} | {}", self.expression(depth - 1)),
        }
    }

    /// The expression with a few pieces inserted, removed or replaced.
    fn spoiled(&mut self, expression: &str) -> String {
        let mut pieces: Vec<String> = expression.chars().map(String::from).collect();
        for _ in 0..=self.rng.below(3) {
            let at = self.rng.below(pieces.len() + 1);
            let scrap = self.rng.pick(&SCRAPS).to_owned();
            match pieces.get_mut(at) {
                Some(piece) if self.rng.below(2) == 0 => *piece = scrap,
                Some(_) if self.rng.below(2) == 0 => drop(pieces.remove(at)),
                _ => pieces.insert(at, scrap),
            }
        }
        pieces.concat()
    }

    fn document(&mut self, depth: usize) -> Value {
        match self.rng.below(if depth == 0 { 4 } else { 10 }) {
            0..4 => {
                let text =
                    self.rng.pick(&["", "x", "ab", "é", "10", "b", "true", "a: b", "1.0", "no", "l\nm", "\u{7}"]);
                let number = [json!(0), json!(1), json!(-3), json!(1.5), json!(1.0), json!(100), json!(1e20)];
                match self.rng.below(4) {
                    0 => [Value::Null, json!(true), json!(false)][self.rng.below(3)].clone(),
                    1 => number[self.rng.below(number.len())].clone(),
                    _ => text.into(),
                }
            }
            4..7 => (0..self.rng.below(4)).map(|_| self.document(depth - 1)).collect(),
            7 => (0..self.rng.below(4)).map(|_| json!({"a": self.document(0), "b": self.document(1)})).collect(),
            _ => {
                let names: Vec<&str> = (0..self.rng.below(5)).map(|_| self.rng.pick(&NAMES)).collect();
                Value::Object(
                    names.iter().map(|name| ((*name).to_owned(), self.document(depth - 1))).collect::<Map<_, _>>(),
                )
            }
        }
    }

    fn case(&mut self) -> (String, Value) {
        let depth = 1 + self.rng.below(5);
        let expression = self.expression(depth);
        let expression = if self.rng.below(4) == 0 { self.spoiled(&expression) } else { expression };
        (expression, self.document(4))
    }
}

/// Our result for a case, in the form of `python_prints.py`.
fn ours(expression: &str, document: &Value) -> Value {
    let query = match Query::compile(expression) {
        Ok(query) => query,
        Err(QueryError::Syntax(reason)) => return json!({"syntax": reason}),
        Err(early) => return json!({"early": early.to_string()}),
    };
    match query.search(document) {
        Err(error) => json!({"fails": error.to_string()}),
        Ok(value) => {
            let print = |format| String::from_utf8(render(&value, format, "", &Style::PLAIN).unwrap()).unwrap();
            json!({"json": print(Format::Json), "yaml": print(Format::Yaml)})
        }
    }
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/output/python_prints.py")
}

/// The first Python with the required packages.
fn python() -> Option<PathBuf> {
    let has_packages = |python: &PathBuf| {
        let check = Command::new(python).arg(script()).arg("--check").stderr(Stdio::null()).status();
        check.is_ok_and(|status| status.success())
    };
    let candidates = [target().join("sdk/venv/bin/python"), "python3".into(), "python".into()];
    candidates.into_iter().find(has_packages)
}

fn theirs(python: &Path, cases: &[(String, Value)]) -> Vec<Value> {
    let lines: String =
        cases.iter().map(|(expression, document)| json!([expression, document]).to_string() + "\n").collect();
    let mut child = Command::new(python)
        .arg(script())
        .env("PYTHONUTF8", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let feeding = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn random_queries_print_like_python() {
    let missing = "Python with jmespath, ruamel.yaml and ruamel.yaml.clib is not installed";
    let Some(python) = or_skip(python(), "random_queries_print_like_python", missing) else { return };
    let (number, seed) = (count("SSO_OIDC_TEST_QUERIES", 3_000), count("SSO_OIDC_TEST_SEED", 7));
    let mut author = Generator { rng: Rng(seed as u64) };
    let cases: Vec<(String, Value)> = (0..number).map(|_| author.case()).collect();
    let theirs = theirs(&python, &cases);
    assert_eq!(theirs.len(), cases.len());
    let mut printed = 0;
    for ((expression, document), theirs) in cases.iter().zip(&theirs) {
        let ours = ours(expression, document);
        // We find errors that do not depend on the document before evaluation; Python finds them during evaluation, if at all.
        if ours.get("early").is_some() && theirs.get("syntax").is_none() {
            continue;
        }
        // A query that Python can evaluate but not print cannot be compared: we reject the reference that it contains.
        let Some(theirs) = theirs.as_object().filter(|theirs| !theirs.contains_key("unprintable")) else { continue };
        assert_eq!(ours, Value::Object(theirs.clone()), "seed {seed}: {expression}\non {document}");
        printed += usize::from(theirs.contains_key("json"));
    }
    assert!(printed > number / 4 && printed < number * 3 / 4, "{printed} of {number} printed: dull queries");
}
