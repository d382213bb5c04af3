//! The program: creates the `Context`, runs the library, and exits with its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    keep_memory_private();
    sso_oidc::install_panic_hook();
    let code = sso_oidc::run(std::env::args_os(), &sso_oidc::Context::real());
    die_of_signal(code);
    code.into()
}

/// Prevents core dumps, and other processes of the user from reading the memory: both would show secrets.
///
/// This ends with the `exec` of a child process, unlike a core size limit, which child processes inherit.
#[cfg(target_os = "linux")]
fn keep_memory_private() {
    // If the kernel refuses, the program works as usual.
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

#[cfg(not(target_os = "linux"))]
fn keep_memory_private() {}

/// Ends the process by the signal that it has cleaned up after, so that its parent sees the signal. SIGINT is an exit code,
/// as in the AWS CLI.
#[cfg(unix)]
fn die_of_signal(code: u8) {
    // The first process of a container is not ended by its own signal; its exit code then reports the signal.
    let is_init = rustix::process::getpid().is_init();
    if let 129 | 131..=192 = code
        && !is_init
    {
        let _ = signal_hook::low_level::emulate_default_handler(i32::from(code) - 128);
    }
}

#[cfg(not(unix))]
fn die_of_signal(_: u8) {}
