//! Runs a command and prints its wall time and CPU time in microseconds, peak memory in KiB, and exit code.
//!
//! `gauge PROGRAM ARG...`. A program of its own, because Linux counts the memory of the process that starts another to
//! that other's peak: this one is as small as can be. The streams of the command lead nowhere.

use std::error::Error;
use std::process::{Command, Stdio};
use std::time::Instant;

use wait4::Wait4 as _;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1);
    let mut command = Command::new(args.next().ok_or("usage: gauge PROGRAM ARG...")?);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let mut child = command.spawn()?;
    let end = child.wait4()?;
    let wall = start.elapsed();
    let used = end.rusage;
    let processor = used.utime + used.stime;
    let code = end.status.code().unwrap_or(-1);
    println!("{} {} {} {code}", wall.as_micros(), processor.as_micros(), used.maxrss / 1024);
    Ok(())
}
