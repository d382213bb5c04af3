//! The program: builds the real world, calls one function, and ends as that function says.

use std::process::ExitCode;

fn main() -> ExitCode {
    keep_memory_private();
    sso_oidc::install_panic_hook();
    let code = sso_oidc::run(std::env::args_os(), &sso_oidc::Context::real());
    die_of_signal(code);
    code.into()
}

/// Writes no core, and lets no other process of the account read the memory: both would show secrets.
///
/// Ended by the `exec` of a child, unlike a limit on cores, which children inherit.
#[cfg(target_os = "linux")]
fn keep_memory_private() {
    // A kernel that refuses leaves things as they were for every other program.
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

#[cfg(not(target_os = "linux"))]
fn keep_memory_private() {}

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
