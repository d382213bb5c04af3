//! `cargo run --release --example demo`: a whole sign-in against a local Identity Center, to be watched.
//!
//! Runs the real program, in process, in a throw-away home: both flows, reuse, refresh. With a display the approval page opens in
//! your browser; without one, or with `--approve`, the demo approves by itself. `--serve` keeps the Identity Center
//! running and prints how to try sso-oidc, the AWS CLI and the SDKs against it. Needs nothing but Rust.

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a demo is what it prints, and ends where it cannot go on"
)]

mod display;
mod environment;
#[path = "../support/identity_center/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the tests use what the demo does not")]
mod identity_center;
mod serve;
mod steps;
#[path = "../support/user_agent.rs"]
#[allow(dead_code, reason = "the tests use what the demo does not")]
mod user_agent;

use std::process::ExitCode;

use sso_oidc::Context;

const USAGE: &str = "\
usage: cargo run --release --example demo [-- OPTION]

  --approve     approve by itself, without opening a browser
  --serve       keep the Identity Center running, to try things by hand
  --port PORT   with --serve: the port to listen on, else any free one
";

/// What the command line asks for.
#[derive(Debug, Default)]
struct Options {
    approve: bool,
    serve: bool,
    port: u16,
}

fn main() -> ExitCode {
    let Some(options) = options(std::env::args().skip(1)) else {
        print!("{USAGE}");
        return ExitCode::from(252);
    };
    let outcome = if options.serve {
        serve::serve(options.port, options.approve)
    } else {
        steps::tell(options.approve || !has_display())
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nThe demo cannot go on: {error}");
            ExitCode::FAILURE
        }
    }
}

fn options(mut args: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options::default();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--approve" => options.approve = true,
            "--serve" => options.serve = true,
            "--port" => options.port = args.next()?.parse().ok()?,
            _ => return None,
        }
    }
    Some(options)
}

#[test]
fn demo_runs_without_a_browser() {
    steps::tell(true).expect("every step succeeds");
}

/// Whether there is a display for a browser.
fn has_display() -> bool {
    let real = Context::real();
    let set = |name: &str| real.var_not_empty(name).is_some();
    !set("CI")
        && (cfg!(any(windows, target_os = "macos")) || set("DISPLAY") || set("WAYLAND_DISPLAY") || set("BROWSER"))
}
