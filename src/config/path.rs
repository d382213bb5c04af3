//! The paths of both configuration files, with `$VARIABLE` and `~` expanded.
//!
//! botocore applies Python's `os.path.expandvars` and then `expanduser` to both paths. Another user's home (`~name`) is not
//! expanded.

use std::path::PathBuf;

use crate::context::Context;

/// The path in an environment variable, else the default file in `~/.aws`.
pub(super) fn file(context: &Context, variable: &str, default: &str) -> PathBuf {
    let path = context.var(variable).unwrap_or_else(|| format!("~/.aws/{default}"));
    expand_path(&path, context)
}

/// Expands variables and `~` in a path.
pub fn expand_path(path: &str, context: &Context) -> PathBuf {
    expand_home(&expand_variables(path, context), context)
}

fn expand_home(path: &str, context: &Context) -> PathBuf {
    let inside = path.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with(std::path::is_separator));
    match (inside, &context.home) {
        (Some(rest), Some(home)) => home.join(rest.trim_start_matches(std::path::is_separator)),
        _ => PathBuf::from(path),
    }
}

/// Expands `$NAME` and `${NAME}`; unset variables stay unchanged.
fn expand_variables(path: &str, context: &Context) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (name, length) = if let Some((name, _)) = after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            (name, name.len() + 2)
        } else {
            let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
            (&after[..end], end)
        };
        match context.var(name).filter(|_| !name.is_empty()) {
            Some(value) => out.push_str(&value),
            None => out.push_str(&rest[at..=at + length]),
        }
        rest = &after[length..];
    }
    out + rest
}
