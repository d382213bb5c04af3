//! Processes killed at random moments, and processes that write and read at the same time: no file is ever partial.
//!
//! `SSO_OIDC_TEST_KILLS` and `SSO_OIDC_TEST_SAMPLES` set the counts; `.ci/long` has the full ones. `system_calls` kills
//! at every single call.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::fixture::{Fixture, Left, Operation, is};
use crate::support::environment::SESSION;
use crate::support::{Approval, Endpoint, IdentityCenter, Reply, Rng, TestEnv, count};

/// The longest delay of a response, so that many processes are killed while they wait for it.
const LONGEST_DELAY: usize = 30;

#[test]
fn the_next_run_succeeds_after_a_kill() {
    kill(&[Operation::Login, Operation::Role]);
}

#[test]
fn a_kill_loses_a_session_only_while_its_refresh_is_out() {
    kill(&[Operation::Refresh]);
}

/// Kills processes at moments that are spread over the duration of an undisturbed run.
fn kill(operations: &[Operation]) {
    let kills = count("SSO_OIDC_TEST_KILLS", 5);
    let mut rng = Rng(count("SSO_OIDC_TEST_SEED", 1) as u64);
    let (mut died, mut received, mut lost, mut rounds) = (0, 0, 0, 0);
    while died < kills {
        let operation = operations[rounds % operations.len()];
        let fixture = Fixture::new(operation);
        let delay = Duration::from_millis(rng.below(LONGEST_DELAY) as u64);
        for endpoint in [Endpoint::CreateToken, Endpoint::GetRoleCredentials] {
            fixture.center.next(endpoint, Reply::genuine().delay(delay));
        }
        let whole = undisturbed(operation) + delay;
        let running = fixture.env.spawn(operation.words().iter().copied());
        thread::sleep(whole * u32::try_from(rng.below(1000)).unwrap() / 1000);
        running.signal("KILL");
        let run = running.finish();
        rounds += 1;
        let what = format!("kill {rounds}");
        if run.status == -9 {
            died += 1;
            received += usize::from(operation == Operation::Refresh && fixture.was_received());
        }
        fixture.check(&run, Left::Temporary, &what);
        lost += usize::from(fixture.recovers(&what));
        assert!(rounds < 20 * kills, "only {died} of {rounds} were killed in time");
    }
    let ended = rounds - died;
    super::print_count(&format!(
        "{operations:?}: {died} processes were killed, {received} of them after the service had received a refresh; \
         {lost} sessions were lost; {ended} processes had ended before"
    ));
}

/// The duration of the operation on this machine, at its quickest.
fn undisturbed(operation: Operation) -> Duration {
    use std::sync::OnceLock;
    static MEASURED: [OnceLock<Duration>; 3] = [const { OnceLock::new() }; 3];
    *MEASURED[operation as usize].get_or_init(|| {
        let run = || Fixture::new(operation).env.run(operation.words()).ok().duration;
        (0..5).map(|_| run()).min().unwrap_or_default()
    })
}

/// Many processes refresh and sign in, while others read the token like an SDK: open, read all, parse.
#[test]
fn readers_never_see_a_partial_file() {
    let wanted = count("SSO_OIDC_TEST_SAMPLES", 10_000);
    let writers = count("SSO_OIDC_TEST_WRITERS", 10);
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce).tolerate_everything();
    // A lifetime so short that every run refreshes.
    center.access_token_lives(600);
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    let path = env.home().join(TestEnv::token_path(SESSION));
    let is_over = AtomicBool::new(false);
    let [samples, seen, saves] = [const { AtomicUsize::new(0) }; 3];
    thread::scope(|scope| {
        for writer in 0..writers {
            let (env, is_over, saves) = (&env, &is_over, &saves);
            let words = if writer % 4 == 0 {
                &["login", "--sso-session", SESSION, "--use-device-code", "--no-browser", "--force"][..]
            } else {
                Operation::Refresh.words()
            };
            scope.spawn(move || {
                while !is_over.load(Ordering::Relaxed) {
                    let run = env.run(words.iter().copied());
                    assert!(run.status == 0, "{}", run.snapshot());
                    saves.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let readers: Vec<_> = (0..2).map(|_| scope.spawn(|| sample(&path, &is_over, &samples, &seen))).collect();
        let enough = || samples.load(Ordering::Relaxed) >= wanted && seen.load(Ordering::Relaxed) >= 4 * writers;
        while !enough() && readers.iter().all(|reader| !reader.is_finished()) {
            thread::sleep(Duration::from_millis(5));
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let (samples, seen, saves) = (samples.into_inner(), seen.into_inner(), saves.into_inner());
    super::print_count(&format!("{samples} samples, {seen} times another token, while {saves} processes saved one"));
    let leftover: Vec<_> = env.files(".aws").into_iter().filter(|name| is(name, "tmp")).collect();
    assert_eq!(leftover, [""; 0]);
}

/// Reads the token in a tight loop, and counts how often it has changed. A file that was complete
/// once must be identical when it is read again.
fn sample(path: &Path, is_over: &AtomicBool, samples: &AtomicUsize, seen: &AtomicUsize) {
    let (mut last, mut bytes) = (Vec::new(), Vec::new());
    while !is_over.load(Ordering::Relaxed) {
        bytes.clear();
        File::open(path).unwrap().read_to_end(&mut bytes).unwrap();
        if bytes != last {
            let document = serde_json::from_slice::<Value>(&bytes);
            let whole =
                document.is_ok_and(|found| found["accessToken"].is_string() && found["refreshToken"].is_string());
            assert!(whole, "read as {:?}", String::from_utf8_lossy(&bytes));
            last.clone_from(&bytes);
            seen.fetch_add(1, Ordering::Relaxed);
        }
        samples.fetch_add(1, Ordering::Relaxed);
    }
}

/// The AWS CLI truncates the file before writing it; sso-oidc reads again, and never prints a partial token.
#[test]
fn files_written_in_place_are_never_read_partially() {
    let rounds = count("SSO_OIDC_TEST_SAMPLES", 10_000) / 500;
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let issued = env.sign_in(&center, SESSION);
    let path = TestEnv::token_path(SESSION);
    let text = env.read(&path);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = std::fs::OpenOptions::new().write(true).open(env.home().join(&path)).unwrap();
            while !is_over.load(Ordering::Relaxed) {
                file.rewind().and_then(|()| file.set_len(0)).unwrap();
                for piece in text.as_bytes().chunks(100) {
                    file.write_all(piece).unwrap();
                }
                thread::sleep(Duration::from_micros(200));
            }
        });
        let runs: Vec<_> = (0..rounds).map(|_| env.run(Operation::Refresh.words())).collect();
        is_over.store(true, Ordering::Relaxed);
        for run in runs {
            assert_eq!(run.stdout, format!("{}\n", issued.access_token), "{}", run.snapshot());
        }
    });
    assert_eq!(center.connections(), 0);
}
