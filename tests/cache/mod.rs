//! The cache directory under failures of the machine: failing system calls, killed and concurrent processes, bad files.
//!
//! In each case a cache file is the old one or the complete new one, byte for byte, never readable for others, and the
//! program reports what is wrong.

#[cfg(target_os = "linux")]
pub(crate) mod accounts;
#[cfg(target_os = "linux")]
pub(crate) mod bad_files;
mod concurrency;
#[cfg(target_os = "linux")]
mod fixture;
#[cfg(target_os = "linux")]
mod kills;
#[cfg(target_os = "linux")]
mod mixed;
#[cfg(target_os = "linux")]
mod storage;
#[cfg(target_os = "linux")]
mod system_calls;

/// Prints a count if the full number of repetitions is run.
#[cfg(target_os = "linux")]
#[expect(clippy::print_stdout, reason = "shown with --nocapture only")]
fn print_count(text: &str) {
    println!("{text}");
}
