//! How the program talks to the person: output format, error format, pager, prompting.
//!
//! Option before variable before profile before default, as AWS CLI 2.36.7. A variable that is set but empty counts,
//! which is how a pager is switched off. What the words mean is decided where they are used. Imports `context`.

use super::Config;
use super::origin::{Located, Origin};
use crate::context::Context;

/// The name of the output format: `--output`, `AWS_DEFAULT_OUTPUT`, `output`, else `json`. Not checked here.
pub fn output_format(context: &Context, config: &Config, chosen: Option<&str>) -> Located<String> {
    let chosen = chosen.map(|name| Located::new(name.to_owned(), Origin::Option("--output")));
    chosen.or_else(|| configured(context, config, "AWS_DEFAULT_OUTPUT", "output")).unwrap_or_else(|| default("json"))
}

/// The name of the error format, in lower case: `--cli-error-format`, `AWS_CLI_ERROR_FORMAT`, `cli_error_format`, else
/// `enhanced`. An unknown name means `enhanced` to whoever prints. Without a readable config the file is passed over.
pub fn error_format(context: &Context, config: Option<&Config>, chosen: Option<&str>) -> String {
    let variable = "AWS_CLI_ERROR_FORMAT";
    let said = chosen.map(str::to_owned).or_else(|| context.var(variable)).or_else(|| {
        let config = config?;
        config.get("cli_error_format").map(str::to_owned)
    });
    said.filter(|name| !name.is_empty()).unwrap_or_else(|| "enhanced".to_owned()).to_lowercase()
}

/// The pager's command line: `AWS_PAGER`, `cli_pager`, `PAGER`, else `less` (`more` on Windows); `None` when there is to
/// be none, by option or by an empty value.
pub fn pager(context: &Context, config: &Config, no_pager: bool) -> Option<Located<String>> {
    if no_pager {
        return None;
    }
    let general = || context.var("PAGER").map(|value| Located::new(value, Origin::Variable("PAGER")));
    let found = configured(context, config, "AWS_PAGER", "cli_pager").or_else(general);
    let found = found.unwrap_or_else(|| default(if cfg!(windows) { "more" } else { "less" }));
    (!found.value.is_empty()).then_some(found)
}

/// Whether missing options are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutoPrompt {
    /// Never.
    Off,
    /// Before every command.
    On,
    /// After a usage error.
    OnPartial,
}

/// `--no-cli-auto-prompt`, `--cli-auto-prompt`, `AWS_CLI_AUTO_PROMPT`, `cli_auto_prompt`, else off; so is an unknown word.
pub fn auto_prompt(context: &Context, config: &Config, on: bool, off: bool) -> AutoPrompt {
    if off {
        return AutoPrompt::Off;
    }
    if on {
        return AutoPrompt::On;
    }
    let found = configured(context, config, "AWS_CLI_AUTO_PROMPT", "cli_auto_prompt");
    match found.map(|found| found.value.to_lowercase()).as_deref() {
        Some("on") => AutoPrompt::On,
        Some("on-partial") => AutoPrompt::OnPartial,
        _ => AutoPrompt::Off,
    }
}

fn configured(context: &Context, config: &Config, variable: &'static str, key: &str) -> Option<Located<String>> {
    let set = context.var(variable).map(|value| Located::new(value, Origin::Variable(variable)));
    set.or_else(|| config.selected()?.located(key))
}

fn default(name: &str) -> Located<String> {
    Located::new(name.to_owned(), Origin::Default)
}
