//! `shim`: the shell function `aws` that sends to us what we answer, and everything else to the AWS CLI.
//!
//! Which words are ours is not the function's business: it asks, by `shim -- aws WORDS`, and the exit code is the answer.
//! Then `sso-oidc aws WORDS` is run, see `words::aws`.

use crate::cli::{self, ShimArgs};
use crate::context::Context;
use crate::words;

const OURS: u8 = 0;
const NOT_OURS: u8 = 1;

/// Prints the function of a shell, or says whether words are ours.
pub(super) fn run(args: &ShimArgs, context: &Context) -> anyhow::Result<u8> {
    if !args.words.is_empty() {
        return Ok(if words::aws::is_ours(&cli::globals(), &args.words) { OURS } else { NOT_OURS });
    }
    let shell = context.var_not_empty("SHELL");
    let of_person = shell.as_deref().and_then(|path| path.rsplit('/').next());
    let default = if cfg!(windows) { "powershell" } else { "bash" };
    let function = match args.shell.as_deref().or(of_person).unwrap_or(default) {
        "fish" => include_str!("aws.fish"),
        "powershell" => include_str!("aws.ps1"),
        _ => include_str!("aws.sh"),
    };
    context.print(function.as_bytes())?;
    Ok(OURS)
}
