//! Options with a fixed set of values: a value outside it is refused before clap sees it, with what was probably meant.

use super::Problem;
use super::pass::{Pass, Table};
use super::similar;

/// Every value given for an option with choices is one of them.
pub(super) fn check(table: &Table, pass: &Pass) -> Result<(), Problem> {
    for (place, name, values) in &pass.found {
        let choices = &table.0[*place].choices;
        if choices.is_empty() {
            continue;
        }
        if let Some(value) = values.iter().find(|value| !choices.contains(value)) {
            let maybe = similar::to(value, choices.iter().map(String::as_str));
            return Err(Problem::InvalidChoice {
                option: name.clone(),
                value: value.clone(),
                choices: choices.clone(),
                maybe,
            });
        }
    }
    Ok(())
}
