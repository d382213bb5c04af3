//! What goes wrong on the machine itself: a file system that fails, a process that dies, files that somebody else left.
//!
//! Whatever happens, a file of the cache is the old one or the complete new one, byte for byte, nobody else could read it
//! at any time, and the program says what is the matter. Faults of the network are in `http`.

#[cfg(target_os = "linux")]
pub(crate) mod bad_files;
mod concurrency;
#[cfg(target_os = "linux")]
mod fixture;
#[cfg(target_os = "linux")]
mod kills;
#[cfg(target_os = "linux")]
mod system_calls;

/// What a count came to, for who runs the full ones.
#[cfg(target_os = "linux")]
#[expect(clippy::print_stdout, reason = "shown with --nocapture only")]
fn print_count(text: &str) {
    println!("{text}");
}
