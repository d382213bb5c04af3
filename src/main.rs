//! The program: builds the real world, calls one function, and ends as that function says.

use std::process::ExitCode;

fn main() -> ExitCode {
    sso_oidc::context::hush_panics();
    let code = sso_oidc::run(std::env::args_os(), &sso_oidc::Context::real());
    die_of_signal(code);
    code.into()
}

/// A command that SIGTERM or SIGHUP ended has cleaned up; now the process dies of it, so that its parent sees the truth.
#[cfg(unix)]
fn die_of_signal(code: u8) {
    if let 129 | 143 = code {
        // When it cannot be done the exit code says the same.
        let _ = signal_hook::low_level::emulate_default_handler(i32::from(code) - 128);
    }
}

#[cfg(not(unix))]
fn die_of_signal(_: u8) {}
