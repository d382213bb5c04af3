//! Options with a fixed set of values: a value outside it is refused before clap sees it, with what was probably meant.

use clap::builder::PossibleValue;

use super::Problem;
use super::pass::{Pass, Table};
use super::similar;

/// Every value given for an option with choices is one of them.
pub(super) fn check(table: &Table, pass: &Pass) -> Result<(), Problem> {
    for (place, name, values) in &pass.found {
        let choices: Vec<&str> = table.0[*place].choices.iter().map(PossibleValue::get_name).collect();
        if choices.is_empty() {
            continue;
        }
        if let Some(value) = values.iter().find(|value| !choices.contains(&value.as_str())) {
            let (option, value) = (name.clone(), value.clone());
            let maybe = similar::to(&value, choices.iter().copied());
            let choices = choices.into_iter().map(str::to_owned).collect();
            return Err(Problem::InvalidChoice { option, value, choices, maybe });
        }
    }
    Ok(())
}
