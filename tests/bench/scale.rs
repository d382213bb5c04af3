//! Scaling: many processes with one token; and build times.

use std::error::Error;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::cases::Bench;
use crate::home;
use crate::identity_center::{Endpoint, IdentityCenter};
use crate::programs::{self, cargo};
use crate::run::Run;

/// Concurrent processes.
const PROCESSES: usize = 200;

/// Concurrent processes: their time with a valid token, and with one that must be refreshed.
pub(crate) struct Storm {
    pub(crate) reading: Duration,
    pub(crate) refreshing: Duration,
    /// Refresh requests of all processes.
    pub(crate) refreshes: usize,
}

/// 200 processes that print one token, with and without a refresh, round by round; the median of each.
pub(crate) fn storm(bench: &Bench, rounds: usize) -> Result<Storm, Box<dyn Error>> {
    let center = IdentityCenter::start();
    center.tolerate_everything().serve(&home::start_url(0));
    let folder = bench.homes.of_sessions(1)?;
    let run = Run::new(&bench.programs.own, &folder, ["token", "--sso-session", "s0"]);
    let run = run.set("AWS_ENDPOINT_URL_SSO_OIDC", center.url());
    let (mut reading, mut refreshing, mut most) = (Vec::new(), Vec::new(), 0);
    for _ in 0..rounds {
        bench.homes.of_sessions(1)?;
        reading.push(at_once(&run)?);
        let issued = center.issue();
        home::expire(&folder, &issued.client_id, &issued.client_secret, &issued.refresh_token)?;
        center.clear_requests();
        refreshing.push(at_once(&run)?);
        most = most.max(center.requests_to(Endpoint::CreateToken).len());
    }
    reading.sort_unstable();
    refreshing.sort_unstable();
    Ok(Storm { reading: reading[rounds / 2], refreshing: refreshing[rounds / 2], refreshes: most })
}

fn at_once(run: &Run) -> Result<Duration, Box<dyn Error>> {
    let start = Instant::now();
    let mut children: Vec<Child> = Vec::new();
    for _ in 0..PROCESSES {
        let mut command = run.command_under(&run.program)?;
        command.args(&run.args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        children.push(command.spawn()?);
    }
    for mut child in children {
        let status = child.wait()?;
        if !status.success() {
            return Err(format!("one of {PROCESSES} processes exited with {status}").into());
        }
    }
    Ok(start.elapsed())
}

/// Seconds of a clean build, of the build of the tests after it, of the tests, and of a release build.
pub(crate) fn build() -> Result<[(&'static str, Duration); 4], Box<dyn Error>> {
    let target = programs::target()?.join("bench/scratch");
    if target.exists() {
        std::fs::remove_dir_all(&target)?;
    }
    let timed = |args: &[&str]| -> Result<Duration, Box<dyn Error>> {
        let start = Instant::now();
        cargo(&target, args, &[])?;
        Ok(start.elapsed())
    };
    Ok([
        ("`cargo build`, clean", timed(&["build", "--locked"])?),
        ("`cargo test --no-run` after it", timed(&["test", "--locked", "--no-run"])?),
        ("`cargo test` after that", timed(&["test", "--locked"])?),
        ("`cargo build --release`, clean", timed(&["build", "--locked", "--release"])?),
    ])
}

/// The number of crates in the program: those of `cargo tree -e normal`, each version counted once.
pub(crate) fn crates() -> Result<usize, Box<dyn Error>> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["tree", "--locked", "--edges", "normal", "--prefix", "none", "--no-dedupe"]);
    let text = programs::printed(command.current_dir(env!("CARGO_MANIFEST_DIR"))).ok_or("cargo tree failed")?;
    let mut packages: Vec<String> =
        text.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    packages.sort_unstable();
    packages.dedup();
    Ok(packages.len())
}
