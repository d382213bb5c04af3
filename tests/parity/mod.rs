//! Repeats every recorded run of AWS CLI 2.36.7 with our program and compares the results.
//!
//! Each file of `tests/data/parity` is a group of runs and a test. The runs of a group run at the same time, because many of
//! them wait (time-outs, back-off, polling). `PARITY_ONLY=text` selects the runs whose id contains the text. `compare` defines
//! "equal", `exceptions` lists what differs on purpose, `record.py` records the runs.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "the test sets up the environment of the program")]

mod compare;
mod exceptions;
mod home;
mod recorder;
mod recording;
mod run;
mod server;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::support::programs::{find, or_skip};

use crate::support::identity_center::Identity;
use compare::{Aspect, Difference};
use exceptions::EXCEPTIONS;
use home::Home;
use recording::Run;
use server::Server;

/// Each run in which we differ on purpose, and why.
pub(crate) fn reasons() -> impl Iterator<Item = (&'static str, &'static str)> {
    EXCEPTIONS.iter().map(|(id, _, why)| (*id, *why))
}

/// Runs of a group at the same time.
const AT_ONCE: usize = 12;

/// Lines shown of each side of a difference.
const LINES: usize = 40;

macro_rules! groups {
    ($($group:ident)*) => {
        $(#[test] fn $group() { replay(stringify!($group)); })*
        const GROUPS: &[&str] = &[$(stringify!($group)),*];
    };
}

groups! {
    args badquery cfg chain connect endpoint err errbody errfmt export file input jmespath list login logout mixed odd op out
        pkce proxy query refresh resp retry signal skeleton timeout tls tty vanity wire words world yaml
}

/// Groups about login and the use of tokens, which have more intended differences.
const OF_LOGIN: [&str; 6] = ["login", "vanity", "pkce", "refresh", "logout", "export"];

#[test]
fn every_data_file_is_a_test() {
    let known: BTreeSet<_> = GROUPS.iter().map(|group| (*group).to_owned()).collect();
    assert_eq!(recording::groups(), known);
}

#[test]
fn exceptions_are_below_5_percent() {
    let ids =
        |groups: &[&str]| groups.iter().flat_map(|g| recording::group(g)).map(|run| run.id).collect::<BTreeSet<_>>();
    let all = ids(GROUPS);
    let operations = ids(&GROUPS.iter().copied().filter(|g| !OF_LOGIN.contains(g)).collect::<Vec<_>>());
    for (id, differs, why) in EXCEPTIONS {
        assert!(all.contains(*id), "no run is called {id}");
        assert!(!differs.is_empty() && !why.is_empty(), "{id} lacks what differs or why");
    }
    let excepted = EXCEPTIONS.iter().filter(|(id, ..)| operations.contains(*id)).count();
    assert!(excepted * 20 < operations.len(), "{excepted} exceptions of {} runs", operations.len());
}

/// Replays the runs of a group and fails with all differences.
fn replay(group: &str) {
    let runs = recording::group(group);
    let wanted = std::env::var("PARITY_ONLY").unwrap_or_default();
    let mut runs: Vec<_> = runs.into_iter().filter(|run| run.id.contains(&wanted)).collect();
    if runs.iter().any(is_shown_by_less) && or_skip(find(&["less"]), group, "less is not installed").is_none() {
        runs.retain(|run| !is_shown_by_less(run));
    }
    let identity = Identity::new(names(&runs));
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(run) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(failure) = judge(run, &replay_one(run, &identity)) {
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} of {} runs\n{}", failures.len(), runs.len(), failures.concat());
}

/// Whether the default pager drew it: the keypad is switched on first.
fn is_shown_by_less(run: &Run) -> bool {
    run.stdout.starts_with("\u{1b}[?1h")
}

/// The host names that answered over TLS.
fn names(runs: &[Run]) -> Vec<String> {
    let authorities = runs.iter().flat_map(|run| &run.exchanges).filter_map(|exchange| exchange.request.tls.as_deref());
    let hosts: BTreeSet<_> = authorities.map(|a| a.rsplit_once(':').unwrap().0.to_owned()).collect();
    hosts.into_iter().chain(["localhost".to_owned()]).collect()
}

fn replay_one(run: &Run, identity: &Identity) -> Vec<Difference> {
    let server = Server::start(run, identity);
    let home = Home::new(run, server.port, &identity.authority);
    // Some runs continue waiting where the AWS CLI gives up.
    let waits = exception(run).contains(&Aspect::Exit);
    let patience = Duration::from_secs(if waits { 8 } else { 40 });
    let outcome = run::run(run, &home, &server, patience);
    compare::compare(run, &home, &outcome)
}

/// The aspects in which a run differs on purpose.
fn exception(run: &Run) -> &'static [Aspect] {
    let known = EXCEPTIONS.iter().find(|(id, ..)| *id == run.id);
    known.map_or(&[], |(_, aspects, _)| aspects)
}

/// The text of a failure; `None` if all is equal or differs as its exception states.
fn judge(run: &Run, differences: &[Difference]) -> Option<String> {
    let excepted = exception(run);
    let mut text = String::new();
    for aspect in excepted.iter().filter(|aspect| !differences.iter().any(|d| d.aspect == **aspect)) {
        let _ = writeln!(text, "  {aspect:?} is excepted but equal");
    }
    for difference in differences.iter().filter(|d| !excepted.contains(&d.aspect)) {
        let _ = writeln!(text, "  {:?}\n{}", difference.aspect, lines(&difference.recorded, &difference.ours));
    }
    (!text.is_empty()).then(|| format!("\n{}: {}\n{text}", run.id, run.argv.join(" ")))
}

/// Both texts as lines, without their common beginning and end.
fn lines(recorded: &str, ours: &str) -> String {
    let (a, b): (Vec<_>, Vec<_>) = (recorded.split('\n').collect(), ours.split('\n').collect());
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    let mut text = String::new();
    for (mark, lines) in [("- ", &a[head..a.len() - tail]), ("+ ", &b[head..b.len() - tail])] {
        for line in lines.iter().take(LINES) {
            let _ = writeln!(text, "    {mark}{}", line.escape_debug());
        }
        if lines.len() > LINES {
            let _ = writeln!(text, "    {mark}… {} lines more", lines.len() - LINES);
        }
    }
    text
}
