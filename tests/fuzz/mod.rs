//! Fuzz targets: untrusted input generated from a seed, checked by an invariant or compared with Python.
//!
//! Each other file is one target, mounted with `#[path]` next to the code under test, so that it can use private items.
//! `cargo test fuzz` tries a few cases of each, and `bash .ci/long fuzz` `SSO_OIDC_TEST_FUZZ` times as many, starting from
//! `SSO_OIDC_TEST_SEED`. A case is a list of strings; bytes are strings of U+0000 to U+00FF. A failing case is shrunk before
//! it is printed. The Python part is `oracle.py`.

#[path = "../support/count.rs"]
mod count;
pub(crate) mod mutate;
mod oracle;
#[path = "../support/programs.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod programs;
#[path = "../support/rng.rs"]
mod rng;

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

use count::count;
use oracle::Oracle;
pub(crate) use rng::Rng;

/// The input of one check.
pub(crate) type Case = Vec<String>;

/// Whether the case passed the first check, for the tally; or a description of the failure.
pub(crate) type Verdict = Result<bool, String>;

/// Cases that are sent to Python at once.
const BATCH: usize = 2_000;
/// The maximum number of attempts to shrink a failing case.
const SHRINKING: usize = 3_000;

/// The number of cases, and of those that passed the first check.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    cases: usize,
    passed: usize,
}

impl Tally {
    /// Checks that neither nearly all cases nor nearly none passed the first check, because such a corpus tests little.
    pub(crate) fn is_mixed(&self) {
        let share = self.cases / 20;
        assert!(self.passed >= share && self.passed <= self.cases - share, "a one-sided corpus: {self:?}");
    }
}

/// Checks cases against an invariant. `default` is their number in `cargo test`.
pub(crate) fn hold(
    name: &str,
    default: usize,
    mut author: impl FnMut(&mut Rng) -> Case,
    check: impl Fn(&Case) -> Verdict,
) -> Tally {
    let mut tally = Tally::default();
    let mut rng = Rng(seed());
    for _ in 0..default * count("SSO_OIDC_TEST_FUZZ", 1) {
        let case = author(&mut rng);
        match guarded(|| check(&case)) {
            Ok(passed) => tally.passed += usize::from(passed),
            Err(_) => fail(name, case, |case| guarded(|| check(case))),
        }
        tally.cases += 1;
    }
    println!("{name}: {tally:?}");
    tally
}

/// Compares cases with Python: `question` is the input of `subject` in `oracle.py`, and `check` checks its answer. `None` if
/// Python is missing.
pub(crate) fn compare(
    name: &str,
    subject: &str,
    default: usize,
    mut author: impl FnMut(&mut Rng) -> Case,
    question: impl Fn(&Case) -> Value,
    check: impl Fn(&Case, &Value) -> Verdict,
) -> Option<Tally> {
    let mut oracle = Oracle::start(name, subject)?;
    let mut tally = Tally::default();
    let mut rng = Rng(seed());
    let total = default * count("SSO_OIDC_TEST_FUZZ", 1);
    while tally.cases < total {
        let cases: Vec<Case> = (0..BATCH.min(total - tally.cases)).map(|_| author(&mut rng)).collect();
        let questions: Vec<Value> =
            cases.iter().map(|case| catch_unwind(AssertUnwindSafe(|| question(case))).unwrap_or_default()).collect();
        let answers = oracle.answers(&questions);
        for (case, answer) in cases.into_iter().zip(&answers) {
            match guarded(|| check(&case, answer)) {
                Ok(passed) => tally.passed += usize::from(passed),
                Err(_) => fail(name, case, |case| guarded(|| check(case, &oracle.answers(&[question(case)])[0]))),
            }
            tally.cases += 1;
        }
    }
    println!("{name}: {tally:?}");
    Some(tally)
}

fn seed() -> u64 {
    count("SSO_OIDC_TEST_SEED", 7) as u64
}

/// Reports a panic as a failure.
fn guarded(check: impl FnOnce() -> Verdict) -> Verdict {
    catch_unwind(AssertUnwindSafe(check)).unwrap_or_else(|_| Err("it panicked; see above".to_owned()))
}

/// Shrinks a failing case while it fails, then panics with it.
fn fail(name: &str, mut case: Case, mut check: impl FnMut(&Case) -> Verdict) -> ! {
    let whole = case.clone();
    let mut tries = 0;
    let mut size = case.iter().map(|text| text.chars().count()).max().unwrap_or(0);
    while size > 0 && tries < SHRINKING {
        let mut smaller = false;
        for field in 0..case.len() {
            let mut at = 0;
            while at < case[field].chars().count() && tries < SHRINKING {
                let rest = case[field].chars().enumerate().filter(|(index, _)| !(at..at + size).contains(index));
                let mut candidate = case.clone();
                candidate[field] = rest.map(|(_, character)| character).collect();
                tries += 1;
                if check(&candidate).is_err() {
                    (case, smaller) = (candidate, true);
                } else {
                    at += size;
                }
            }
        }
        size = if smaller { size } else { size / 2 };
    }
    let why = check(&case).expect_err("the case still fails");
    panic!("{name}, seed {}: {why}\nsmallest case: {case:?}\nfirst found as: {whole:?}", seed());
}

/// Converts a string of U+0000 to U+00FF to bytes.
pub(crate) fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?')).collect()
}

/// Converts bytes to a string of U+0000 to U+00FF.
pub(crate) fn latin(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// A JSON value with floats as their bits, in the form of `plain` in `oracle.py`.
pub(crate) fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => {
            let text = number.to_string();
            if text.contains(['.', 'e', 'E']) {
                Value::from(format!("float {:016x}", text.parse::<f64>().unwrap_or(f64::NAN).to_bits()))
            } else {
                serde_json::from_str(if text == "-0" { "0" } else { &text }).unwrap_or_default()
            }
        }
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        other => other.clone(),
    }
}
