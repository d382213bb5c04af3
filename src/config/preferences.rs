//! How results are presented: output format, error format, pager, prompting.
//!
//! Option before variable before profile before default, as in AWS CLI 2.36.7. An empty variable counts: it turns the pager
//! off. The names of formats are checked by the callers.

use super::Config;
use super::origin::{Located, Origin};
use crate::context::Context;

/// The name of the output format: `--output`, `AWS_DEFAULT_OUTPUT`, `output`, else `json`. Not checked.
pub fn output_format(context: &Context, config: &Config, chosen: Option<&str>) -> Located<String> {
    Located::option("--output", chosen)
        .or_else(|| config.setting(context, &["AWS_DEFAULT_OUTPUT"], "output"))
        .unwrap_or_else(|| default("json"))
}

/// The name of the error format, in lower case: `--cli-error-format`, `AWS_CLI_ERROR_FORMAT`, `cli_error_format`, else
/// `enhanced`. An unknown name means `enhanced`. Without a readable config the file is skipped.
pub fn error_format(context: &Context, config: Option<&Config>, chosen: Option<&str>) -> String {
    let found = Located::option("--cli-error-format", chosen)
        .or_else(|| Located::variable("AWS_CLI_ERROR_FORMAT", context))
        .or_else(|| config?.selected()?.located("cli_error_format"));
    let name = found.map(|found| found.value).filter(|name| !name.is_empty());
    name.map_or_else(|| "enhanced".to_owned(), |name| name.to_lowercase())
}

/// The pager's command line: `AWS_PAGER`, `cli_pager`, `PAGER`, else `less` (`more` on Windows); `None` when an option or
/// an empty value turns it off.
pub fn pager(context: &Context, config: &Config, no_pager: bool) -> Option<Located<String>> {
    if no_pager {
        return None;
    }
    let found = config.setting(context, &["AWS_PAGER"], "cli_pager").or_else(|| Located::variable("PAGER", context));
    let found = found.unwrap_or_else(|| default(if cfg!(windows) { "more" } else { "less" }));
    (!found.value.is_empty()).then_some(found)
}

/// When to prompt for missing options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutoPrompt {
    /// Never.
    Off,
    /// Before every command.
    On,
    /// After a usage error.
    OnPartial,
}

/// `--no-cli-auto-prompt`, `--cli-auto-prompt`, `AWS_CLI_AUTO_PROMPT`, `cli_auto_prompt`, else off; an unknown value means off.
pub fn auto_prompt(context: &Context, config: &Config, on: bool, off: bool) -> AutoPrompt {
    if off {
        return AutoPrompt::Off;
    }
    if on {
        return AutoPrompt::On;
    }
    let found = config.setting(context, &["AWS_CLI_AUTO_PROMPT"], "cli_auto_prompt");
    match found.map(|found| found.value.to_lowercase()).as_deref() {
        Some("on") => AutoPrompt::On,
        Some("on-partial") => AutoPrompt::OnPartial,
        _ => AutoPrompt::Off,
    }
}

fn default(name: &str) -> Located<String> {
    Located::new(name.to_owned(), Origin::Default)
}
