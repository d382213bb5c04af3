//! `cargo run --release --example demo`: the first minute with the program, against a local Identity Center.
//!
//! Runs the real program in this process, in a temporary home: sign-in, profile, credentials, and the day after; on a
//! terminal one step for each press of Enter. With a display, the approval page opens in your browser; without one, or with
//! `--approve`, the demo approves by itself. `--serve` keeps the Identity Center running and prints how to try sso-oidc, the
//! AWS CLI and the SDKs against it. Requires only Rust.

#![allow(clippy::print_stdout, clippy::expect_used, reason = "a demo prints to the terminal and may panic")]

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

  --all         do not wait for Enter between the steps
  --details     show requests, and the files that change
  --approve     approve automatically, without opening a browser
  --serve       keep the Identity Center running, to try things by hand
  --port PORT   port to listen on with --serve [default: any free port]
";

/// The parsed command line.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a flag is a bool")]
struct Options {
    all: bool,
    details: bool,
    approve: bool,
    serve: bool,
    port: u16,
}

fn main() -> ExitCode {
    let Some(mut options) = options(std::env::args().skip(1)) else {
        display::print_line(USAGE.trim_end());
        return ExitCode::from(252);
    };
    let outcome = if options.serve {
        serve::serve(options.port, options.approve)
    } else {
        options.approve |= !has_display();
        steps::run(&options)
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if display::is_closed() => ExitCode::SUCCESS,
        Err(error) => {
            display::print_line(&format!("\nThe demo failed: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn options(mut args: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options::default();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--all" => options.all = true,
            "--details" => options.details = true,
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
    let options = Options { all: true, details: true, approve: true, ..Options::default() };
    steps::run(&options).expect("every step succeeds");
}

/// Whether there is a display for a browser.
fn has_display() -> bool {
    let real = Context::real();
    let set = |name: &str| real.var_not_empty(name).is_some();
    !set("CI")
        && (cfg!(any(windows, target_os = "macos")) || set("DISPLAY") || set("WAYLAND_DISPLAY") || set("BROWSER"))
}
