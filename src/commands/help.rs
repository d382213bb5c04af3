//! `help`: the manual of the program or of one command, the same text as `--help`.

use clap::CommandFactory as _;

use crate::Context;
use crate::cli::{Cli, HelpArgs};
use crate::words;

/// Prints the manual.
pub(super) fn run(args: &HelpArgs, context: &Context) -> anyhow::Result<()> {
    let mut program = Cli::command();
    program.build();
    let text = match &args.command {
        None => program.render_long_help(),
        Some(name) => match program.find_subcommand_mut(name) {
            Some(command) => command.render_long_help(),
            None => return Err(words::unknown_command(&program, name).into()),
        },
    };
    context.print(text.to_string().as_bytes())?;
    Ok(())
}
