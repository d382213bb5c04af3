//! `shim`: the shell function `aws` that sends some commands to this program and all others to the AWS CLI.
//!
//! The function does not know which: it runs `shim -- aws WORDS`, whose exit code is 0 for the commands of this program, and
//! then `sso-oidc aws WORDS`.

use super::shell_of_user;
use crate::cli::{self, ShimArgs};
use crate::context::Context;

const HANDLED: u8 = 0;
const NOT_HANDLED: u8 = 1;

/// Prints the function of a shell, or returns whether this program handles a command.
pub(super) fn run(args: &ShimArgs, context: &Context) -> anyhow::Result<u8> {
    if !args.words.is_empty() {
        return Ok(if cli::handles_aws(&args.words) { HANDLED } else { NOT_HANDLED });
    }
    let of_user = shell_of_user(context);
    let default = if cfg!(windows) { "powershell" } else { "bash" };
    let function = match args.shell.as_deref().or(of_user.as_deref()).unwrap_or(default) {
        "fish" => include_str!("aws.fish"),
        "powershell" => include_str!("aws.ps1"),
        _ => include_str!("aws.sh"),
    };
    context.print(function.as_bytes())?;
    Ok(HANDLED)
}
