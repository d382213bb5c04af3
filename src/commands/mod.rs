//! From a parsed command line to the command that does it: one file per command, each a function.
//!
//! A command returns an error of the room where it went wrong; which exit code that is and how it looks is decided in
//! `error`. Nothing below this room prints or ends the process. May import everything.

mod candidates;
mod clients;
mod completion;
mod duration;
mod environment;
mod export_credentials;
mod help;
mod login;
mod logout;
mod operation;
mod pager;
mod portals;
mod printing;
mod prompt;
mod recursion;
mod revoke;
pub mod runtime;
mod session_status;
mod shim;
mod signing;
mod status;
mod token;
mod wanted;

use crate::cli::{Cli, Command, GlobalArgs};
use crate::context::Context;
use crate::http;
pub(crate) use printing::style;

/// Does what the command line says and returns the exit code; an error has its own, see `error`.
pub fn run(cli: Cli, context: &Context) -> anyhow::Result<u8> {
    let global = &cli.global;
    if global.debug {
        http::start_debug_log();
    }
    match cli.command {
        Command::Completion(args) => completion::run(&args, context)?,
        Command::Shim(args) => return shim::run(&args, context),
        Command::Help(args) => help::run(&args, context)?,
        Command::Operation(args) => operation::run(args, global, context)?,
        Command::Login(args) => return login::run(&args, global, context),
        Command::Status(args) => return status::run(&args, global, context),
        Command::Token(args) => token::run(&args, global, context)?,
        Command::ExportCredentials(args) => return export_credentials::run(&args, global, context),
        Command::Logout(args) => logout::run(&args, global, context)?,
    }
    Ok(0)
}

/// Whether standard output carries events, one a line: `--output json`, which means nothing to `aws sso login`, or
/// `SSO_OIDC_EVENTS`.
fn wants_events(global: &GlobalArgs, context: &Context) -> bool {
    let asked = global.output.as_deref() == Some("json") && !global.as_aws;
    asked || context.var("SSO_OIDC_EVENTS").is_some_and(|format| format == "json")
}
