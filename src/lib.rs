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
pub mod commands;
pub mod config;
pub mod context;
pub mod endpoint;
pub mod error;
pub mod http;
pub mod input;
pub mod json;
pub mod login;
pub mod oidc;
pub mod output;
pub mod portal;
pub mod secret;
pub mod session;
pub mod text;
pub mod words;

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _};

pub use context::Context;
use error::ErrorFormat;
use words::UsageError;

/// Runs the program on a command line, the program's name first, and returns its exit code.
pub fn run(args: impl IntoIterator<Item = OsString>, context: &Context) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let (outcome, error_format) = if words::asks_version(&args) {
        // Answered before clap builds its tables: the one call that scripts make to see whether we are here.
        (print(context, concat!("sso-oidc ", env!("CARGO_PKG_VERSION"), "\n")), None)
    } else {
        match parse(args) {
            Ok(cli) => {
                let error_format = cli.global.cli_error_format.clone();
                (commands::run(cli, context), error_format)
            }
            Err(error) => explain(error, context),
        }
    };
    outcome.unwrap_or_else(|error| {
        if !error::is_silent(&error) {
            let format = error_format.or_else(|| context.var("AWS_CLI_ERROR_FORMAT"));
            let format = format.as_deref().map_or_else(ErrorFormat::default, ErrorFormat::named);
            context.complain(&error::render(&error, format, &output::Style::PLAIN));
        }
        error::exit_code(&error)
    })
}

fn parse(args: Vec<OsString>) -> anyhow::Result<cli::Cli> {
    let mut command = cli::Cli::command();
    let words = words::canonical(&command, args)?;
    let matches = command.try_get_matches_from_mut(words)?;
    Ok(cli::Cli::from_arg_matches(&matches)?)
}

/// A line that is not a command: clap's way of showing help, or a mistake.
fn explain(error: anyhow::Error, context: &Context) -> (anyhow::Result<u8>, Option<String>) {
    if let Some(help) = error.downcast_ref::<clap::Error>().filter(|error| !error.use_stderr()) {
        return (print(context, &help.to_string()), None);
    }
    let error_format = error.downcast_ref::<UsageError>().and_then(|error| error.error_format.clone());
    (Err(error), error_format)
}

fn print(context: &Context, text: &str) -> anyhow::Result<u8> {
    context.print(text.as_bytes())?;
    Ok(0)
}
