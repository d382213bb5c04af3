//! `sso-oidc` as a library: its modules, and which may import which.
//!
//! | module | contents | may import |
//! |---|---|---|
//! | `secret`, `python`, `text`, `files`, `error` | foundations | no other module |
//! | `endpoint` | host names by region, start URLs | `error` |
//! | `output` | query, then output format | `python` |
//! | `context` | the process: environment, home, clock, streams, terminals | `text`, `error` |
//! | `model` | the service model: operations, members, their options | no other module |
//! | `cli` | the command line: declarations, parsing, completion | `model`, `error` |
//! | `http` | one HTTP and TLS stack: roots, proxy, time-outs, limits, retries, redacted log | `secret`, `text`, `files`, `context`, `endpoint`, `error` |
//! | `config` | the config and credentials files, precedence, sessions | `context`, `secret`, `python`, `files`, `endpoint`, `error` |
//! | `cache` | tokens, registrations, role credentials, locks on disk | `secret`, `python`, `context`, `files`, `error` |
//! | `oidc` | the `OpenID` Connect service, failures of both services | `model`, `http`, `endpoint`, `secret`, `text`, `python`, `error` |
//! | `portal` | the access portal | `oidc`, `http`, `endpoint`, `secret`, `error` |
//! | `services` | the endpoint and client of each service | `oidc`, `portal`, `config`, `http`, `endpoint`, `error` |
//! | `input` | operation input: files, JSON, YAML, validation, skeletons | `model`, `python`, `files`, `output`, `error` |
//! | `session` | valid token or refresh, role credentials, under locks | `services`, `config`, `oidc`, `portal`, `cache`, `context`, `secret`, `http`, `endpoint`, `error` |
//! | `credentials` | the AWS credential chain for signing | `services`, `config`, `session`, `portal`, `cache`, `http`, `endpoint`, `context`, `secret`, `files`, `oidc`, `python`, `error` |
//! | `login` | the interactive flows | `services`, `session`, `config`, `oidc`, `portal`, `cache`, `http`, `endpoint`, `context`, `text`, `secret`, `error` |
//! | `report` | how errors are printed | `error`, `output`, `text`, `python` |
//! | `commands` | one file per command | all of the above |

mod cache;
mod cli;
mod commands;
mod config;
mod context;
mod credentials;
mod endpoint;
mod error;
mod files;
mod http;
mod input;
mod login;
mod model;
mod oidc;
mod output;
mod portal;
mod python;
mod report;
mod secret;
mod services;
mod session;
mod text;

/// What the tests and the benchmark use of the modules; not an interface.
#[doc(hidden)]
pub mod internal {
    pub use crate::cache::{RegistrationKey, TokenCache};
    pub use crate::cli::Cli;
    pub use crate::config::{
        AutoPrompt, ClientSettings, Config, Located, Origin, Overrides, Section, Session, SessionOptions, auto_prompt,
        client_settings, error_format, output_format, pager, save_profile, save_sso_session, set_sso_region,
    };
    pub use crate::endpoint::{
        Service, StartUrlKind, Variant, classify, is_aws_owned, is_dualstack, normalized_start_url,
        region_of_portal_host, region_of_start_url, resolve, resolved,
    };
    pub use crate::error::{Error, Kind};
    pub use crate::http::{
        CaBundle, HttpClient, HttpError, HttpErrorKind, HttpOptions, Method, Proxies, Request, Response, Retry,
    };
    pub use crate::model::Operation;
    pub use crate::output::{Format, Query, QueryError, Style, render};
    pub use crate::python::{LINE, dumps};
    pub use crate::secret::Secret;
}

/// What the fuzz targets beside the code share; they are in `tests/fuzz`.
#[cfg(test)]
#[path = "../tests/fuzz/mod.rs"]
mod fuzzing;

use std::ffi::OsString;

use cli::GlobalArgs;
use config::Config;
use context::Color;
pub use context::{Context, install_panic_hook};
use report::ErrorFormat;

/// Runs the program on a command line, the program's name first, and returns its exit code.
pub fn run(args: impl IntoIterator<Item = OsString>, context: &Context) -> u8 {
    let mut args: Vec<OsString> = args.into_iter().collect();
    let as_aws = cli::is_called_aws(&mut args);
    if cli::wants_version(&args) {
        // Answered before clap builds its tables, because scripts call it often.
        let version = concat!("sso-oidc ", env!("CARGO_PKG_VERSION"));
        let scope = if as_aws { " as aws: sso login, sso logout, configure sso, sso-oidc" } else { "" };
        let printed = context.print(format!("{version}{scope}\n").as_bytes());
        return finish(printed.map(|()| 0).map_err(Into::into), &GlobalArgs::default(), context);
    }
    if args.len() < 2 && !as_aws {
        context.message(cli::SHORT_HELP_OF_PROGRAM.trim_end());
        return error::Kind::Usage.exit_code();
    }
    let error_format = cli::option_value(&args, "--cli-error-format");
    let color = cli::option_value(&args, "--color");
    match cli::parse(args, as_aws) {
        Ok(cli) => {
            let global = cli.global.clone();
            context.color.set(Color::named(global.color.as_deref()));
            finish(commands::run(cli, context), &global, context)
        }
        Err(error) => {
            context.color.set(Color::named(color.as_deref()));
            let global = GlobalArgs { as_aws, cli_error_format: error_format, ..GlobalArgs::default() };
            finish(Err(error.into()), &global, context)
        }
    }
}

/// The exit code of an outcome; an error is printed first, as `--cli-error-format` says.
fn finish(outcome: anyhow::Result<u8>, global: &GlobalArgs, context: &Context) -> u8 {
    outcome.unwrap_or_else(|error| {
        if !report::kind(&error).is_silent() {
            let config = Config::read(context, global.profile.as_deref()).ok();
            let format = config::error_format(context, config.as_ref(), global.cli_error_format.as_deref());
            let style = commands::style(global, context);
            let program = if global.as_aws { "aws" } else { "sso-oidc" };
            let format = ErrorFormat::named(&format);
            let mut text = report::render(&error, program, format, &style, context.stderr_is_terminal);
            if format == ErrorFormat::Enhanced
                && report::kind(&error).is_about_settings()
                && !text.contains("was not read")
            {
                // A file that cannot be read counts as empty, as in the AWS CLI.
                let unread = config.iter().flat_map(Config::unread);
                text.extend(unread.map(|problem| format!("note: {}\n", text::for_terminal(&problem))));
            }
            match format {
                ErrorFormat::Enhanced | ErrorFormat::Legacy if !global.as_aws => context.report(&text),
                _ => context.write_stderr(&text),
            }
        }
        report::kind(&error).exit_code()
    })
}
