//! `help`: the manual of the program or of one command, the same text as `--help`.

use clap::CommandFactory as _;

use crate::Context;
use crate::cli::{Cli, HelpArgs};
use crate::words;

/// Prints the manual.
pub(super) fn run(args: &HelpArgs, context: &Context) -> anyhow::Result<()> {
    let mut program = Cli::command();
    if let Some(name) = &args.command
        && program.find_subcommand(name).is_none()
    {
        return Err(words::unknown_command(name).into());
    }
    let name = program.get_name().to_owned();
    let line = std::iter::once(name.as_str()).chain(args.command.as_deref()).chain(["--help"]);
    // clap shows help by way of an error.
    if let Err(help) = program.try_get_matches_from_mut(line) {
        context.print(help.to_string().as_bytes())?;
    }
    Ok(())
}
