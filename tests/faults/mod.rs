//! What goes wrong on the machine itself: a file system that fails, a process that dies, files that somebody else left.
//!
//! Whatever happens, a file of the cache is the old one or the complete new one, byte for byte, nobody else could read it
//! at any time, and the program says what is the matter. Faults of the network are in `http_faults`.

mod calls;
mod cores;
mod homes;
mod kills;
mod rows;
mod scene;
mod strace;

/// What a count came to, for who runs the full ones.
#[expect(clippy::print_stdout, reason = "shown with --nocapture only")]
fn figure(text: &str) {
    println!("{text}");
}
