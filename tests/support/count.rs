//! The number of repetitions of a test, from an environment variable; small by default.

#[expect(clippy::disallowed_methods, reason = "the test's own environment, not the program's")]
/// The number in the variable, or the default. `.ci/long` sets large numbers.
pub(crate) fn count(variable: &str, default: usize) -> usize {
    std::env::var_os(variable).and_then(|value| value.to_str()?.parse().ok()).unwrap_or(default)
}
