//! From a parsed command line to the command that does it: one file per command, each a function.
//!
//! A command returns an error of the room where it went wrong; which exit code that is and how it looks is decided in
//! `error`. Nothing below this room prints or ends the process. May import everything.

mod clients;
mod completion;
mod help;
mod login;
pub mod runtime;

use crate::Context;
use crate::cli::{Cli, Command};

/// Does what the command line says and returns the exit code; an error has its own, see `error`.
pub fn run(cli: Cli, context: &Context) -> anyhow::Result<u8> {
    match cli.command {
        Command::Completion(args) => completion::run(&args, context)?,
        Command::Man(args) => completion::man(&args, context)?,
        Command::Help(args) => help::run(&args, context)?,
        Command::Login(args) => login::run(&args, &cli.global, context)?,
        Command::CreateToken(_)
        | Command::CreateTokenWithIam(_)
        | Command::RegisterClient(_)
        | Command::StartDeviceAuthorization(_) => anyhow::bail!("not built yet"),
    }
    Ok(0)
}
