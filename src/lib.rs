//! `sso-oidc` as a library: the house, its rooms and who may enter which.
//!
//! | room | what lives there | may import |
//! |---|---|---|
//! | `secret`, `json`, `context`, `text`, `output`, `endpoint` | foundations | nothing of ours |
//! | `cli` | every word of the command line | nothing of ours |
//! | `words` | reads the command line as the AWS CLI does | `cli` |
//! | `http` | one HTTP and TLS stack: roots, proxy, time-outs, limits, retries, redacted log | `secret`, `text`, `context` |
//! | `config` | the config and credentials files, precedence | `context`, `secret` |
//! | `cache` | tokens, registrations, role credentials, locks on disk | `secret`, `json`, `context` |
//! | `oidc`, `portal` | the two services | `http`, `endpoint`, `secret`, `json` |
//! | `input` | operation input: files, JSON, YAML, validation, skeletons | `oidc`, `json`, `output` |
//! | `session` | valid token or refresh, under the lock | `oidc`, `cache`, `context`, `secret`, `http`, `endpoint` |
//! | `credentials` | the AWS credential chain for signing | `config`, `session`, `portal`, `cache`, `http`, `endpoint`, `context`, `secret`, `oidc`, `json` |
//! | `login` | the interactive flows | `session`, `oidc`, `portal`, `cache`, `http`, `endpoint`, `context`, `text`, `secret` |
//! | `error` | exit codes, hints, rendering | the error types of all above, `output`, `text` |
//! | `commands` | one file per command | everything above |

pub mod cache;
pub mod cli;
pub mod context;
pub mod json;
pub mod secret;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

pub use context::Context;

/// Runs the program on a command line, the program's name first, and returns its exit code.
pub fn run(args: impl IntoIterator<Item = OsString>, _context: &Context) -> ExitCode {
    let _cli = cli::Cli::parse_from(args);
    ExitCode::SUCCESS
}
