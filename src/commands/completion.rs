//! `completion`: the script that lets a shell complete our words; `man`: the manual pages. Both are made from `cli`.
//!
//! The files under `completions/` and `man/` are what these commands print; a test compares them.

use clap::{Command, CommandFactory as _};

use crate::Context;
use crate::cli::{Cli, CompletionArgs, HelpArgs, Shell};
use crate::words;

/// Prints the script of a shell.
pub(super) fn run(args: &CompletionArgs, context: &Context) -> anyhow::Result<()> {
    use clap_complete::aot::Shell as Target;
    let target = match args.shell {
        Shell::Bash => Target::Bash,
        Shell::Zsh => Target::Zsh,
        Shell::Fish => Target::Fish,
        Shell::Powershell => Target::PowerShell,
        Shell::Elvish => Target::Elvish,
    };
    let mut program = visible(&Cli::command());
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(target, &mut program, name, &mut script);
    let script = String::from_utf8(script)?;
    // The script for bash has two names for a program with a hyphen, so that nothing completes after a command
    // (clap-rs/clap#6421).
    context.print(script.replace("sso__subcmd__oidc", "sso__oidc").as_bytes())?;
    Ok(())
}

/// The program without its hidden commands, which some of the scripts would offer.
fn visible(program: &Command) -> Command {
    let commands = program.get_subcommands().filter(|command| !command.is_hide_set());
    Command::new(env!("CARGO_PKG_NAME"))
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_subcommand(true)
        .args(program.get_arguments())
        .subcommands(commands)
}

/// Prints a manual page in roff.
pub(super) fn man(args: &HelpArgs, context: &Context) -> anyhow::Result<()> {
    let mut program = Cli::command();
    program.build();
    let page: Command = match &args.command {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            Some(command) => command.clone().version(env!("CARGO_PKG_VERSION")),
            None => return Err(words::unknown_command(&program, name).into()),
        },
    };
    let mut roff = Vec::new();
    clap_mangen::Man::new(page).render(&mut roff)?;
    context.print(&roff)?;
    Ok(())
}
