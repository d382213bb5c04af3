//! `man`: the manual pages, made from `cli`. The files under `man/` are what this command prints; a test compares them.

use clap::{Command, CommandFactory as _};

use crate::Context;
use crate::cli::{Cli, HelpArgs};
use crate::words;

/// Prints a manual page in roff.
pub(super) fn run(args: &HelpArgs, context: &Context) -> anyhow::Result<()> {
    let mut program = Cli::command();
    program.build();
    let page: Command = match &args.command {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            Some(command) => command.clone().version(env!("CARGO_PKG_VERSION")),
            None => return Err(words::unknown_command(name).into()),
        },
    };
    let mut roff = Vec::new();
    clap_mangen::Man::new(page).render(&mut roff)?;
    context.print(&roff)?;
    Ok(())
}
