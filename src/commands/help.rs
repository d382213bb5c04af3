//! `help`: the help of the program or of one command; `--help` is another way to ask for it.
//!
//! The texts are the files of `src/help`, as clap makes them from the declarations in `cli`; a test compares them.

use crate::cli::{self, CommandSpec, HELP_OF_PROGRAM, HelpArgs};
use crate::context::Context;

/// Prints the help.
pub(super) fn run(args: &HelpArgs, context: &Context) -> anyhow::Result<()> {
    let text = match args.command.as_deref() {
        None => HELP_OF_PROGRAM,
        Some(name) => CommandSpec::named(name).ok_or_else(|| cli::unknown_command(name))?.help,
    };
    context.print(text.as_bytes())?;
    Ok(())
}
