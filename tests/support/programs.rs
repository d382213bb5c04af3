//! Programs on the machine that runs the tests, and whether they may be missing.
//!
//! Tests with other programs run where these are installed. In CI they have to be; elsewhere a test without them is
//! skipped with a message.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A program on the `PATH` of the tests.
pub(crate) fn find(names: &[&str]) -> Option<PathBuf> {
    let path = variable("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let candidates = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    candidates.into_iter().find(|candidate| candidate.is_file())
}

/// Cargo's target folder.
pub(crate) fn target() -> &'static Path {
    static TARGET: LazyLock<PathBuf> = LazyLock::new(|| {
        // Unit tests do not get the path of target/tmp, but they are in target/debug/deps.
        let program = || std::env::current_exe().ok()?.ancestors().nth(2).map(PathBuf::from);
        let below = option_env!("CARGO_TARGET_TMPDIR").map(PathBuf::from).or_else(program).unwrap_or_default();
        below.parent().map(PathBuf::from).unwrap_or(below)
    });
    &TARGET
}

/// Returns what was found; otherwise prints the reason for skipping the test, which is a failure in CI.
pub(crate) fn or_skip<T>(found: Option<T>, test: &str, missing: &str) -> Option<T> {
    if found.is_none() {
        assert!(variable("CI").is_none_or(|value| value != "true"), "{missing}, which CI needs");
        skip(test, missing);
    }
    found
}

/// Prints why a test is skipped, for what CI need not have.
pub(crate) fn skip(test: &str, missing: &str) {
    // Not eprintln, which is only shown for a test that fails.
    let _ = writeln!(std::io::stderr(), "skipped: {test}: {missing}");
}

/// A variable of the environment of the tests.
#[expect(clippy::disallowed_methods, reason = "it is about the machine, not about the program")]
pub(crate) fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name)
}
