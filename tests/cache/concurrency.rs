//! Many processes with one expired token or one role: one request, one result for all, and no reader sees a partial
//! file.
//!
//! `SSO_OIDC_TEST_PROCESSES` sets how many; the full count is 200.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::environment::SESSION;
use crate::support::process::{Run, Running};
use crate::support::{Endpoint, Gate, IdentityCenter, Reply, TestEnv, count, wait_until};

const TOKEN: [&str; 3] = ["token", "--sso-session", SESSION];
const EXPORT: [&str; 3] = ["export-credentials", "--profile", "dev"];

/// The delay of a slow service.
const DELAY: Duration = Duration::from_millis(500);

fn expired() -> (IdentityCenter, TestEnv) {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    env.let_expire_in(SESSION, -10);
    (center, env)
}

/// Runs many processes at once while a thread reads these files repeatedly; returns the number of reads.
fn storm(env: &TestEnv, words: &[&str], files: &[&str]) -> (Vec<Run>, usize) {
    let (is_over, samples) = (AtomicBool::new(false), AtomicUsize::new(0));
    let runs = thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                for file in files {
                    let Ok(text) = std::fs::read(env.home().join(file)) else { continue };
                    let whole = serde_json::from_slice::<Value>(&text).is_ok_and(|document| document.is_object());
                    assert!(whole, "{file} was read as {:?}", String::from_utf8_lossy(&text));
                    samples.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        let runs = many(env, words);
        is_over.store(true, Ordering::Relaxed);
        runs
    });
    (runs, samples.into_inner())
}

/// Runs many processes at once.
fn many(env: &TestEnv, words: &[&str]) -> Vec<Run> {
    let processes = count("SSO_OIDC_TEST_PROCESSES", 50);
    let running: Vec<_> = (0..processes).map(|_| env.spawn(words.iter().copied())).collect();
    running.into_iter().map(Running::finish).collect()
}

#[test]
fn concurrent_processes_share_one_refresh() {
    let (center, env) = expired();
    center.next(Endpoint::CreateToken, Reply::genuine().delay(DELAY));
    let path = TestEnv::token_path(SESSION);
    let (runs, samples) = storm(&env, &TOKEN, &[&path]);
    assert_eq!(center.calls(), [Endpoint::CreateToken]);
    let token = format!("{}\n", env.token(SESSION)["accessToken"].as_str().unwrap());
    for run in runs {
        let run = run.ok();
        assert_eq!(run.stdout, token);
    }
    assert!(samples > 100, "{samples} samples are too few to tell");
    assert_eq!(env.files(".aws/sso").len(), 2, "a token and its lock: {:?}", env.files(".aws/sso"));
}

#[test]
fn concurrent_processes_share_a_refused_refresh() {
    let (center, env) = expired();
    center.next(Endpoint::CreateToken, Reply::fault("InvalidGrantException").delay(DELAY));
    let path = TestEnv::token_path(SESSION);
    let before = env.read(&path);
    let (runs, _) = storm(&env, &TOKEN, &[&path]);
    assert_eq!(center.calls(), [Endpoint::CreateToken]);
    for run in runs {
        let run = run.expect(4);
        assert!(run.stdout.is_empty() && run.stderr.contains("InvalidGrantException"), "{}", run.snapshot());
    }
    assert_eq!(env.read(&path), before);
}

/// One process whose response the gate holds back, and others that start in the meantime and wait for it.
fn queue(env: &TestEnv, center: &IdentityCenter, gate: &Gate, words: &[&str], others: usize) -> Vec<Run> {
    let asked = center.calls().len();
    let first = env.spawn(words.iter().copied());
    wait_until("the first request", || center.calls().len() > asked);
    let others: Vec<_> = (0..others).map(|_| env.spawn(words.iter().copied())).collect();
    // Nothing shows that a process waits, so all get the time that they need on a machine as slow as this one.
    let needed = env.run(["--version"]).duration * 20;
    thread::sleep(Duration::from_secs(1) + needed.min(Duration::from_secs(20)));
    gate.open();
    std::iter::once(first).chain(others).map(Running::finish).collect()
}

#[test]
fn waiting_processes_share_a_transport_failure() {
    let (center, mut env) = expired();
    env.set("AWS_MAX_ATTEMPTS", "1");
    let gate = Gate::default();
    center.next(Endpoint::CreateToken, Reply::hang_up().hold(&gate));
    let before = env.read(TestEnv::token_path(SESSION));
    for run in queue(&env, &center, &gate, &TOKEN, 10) {
        let run = run.expect(255);
        assert!(run.stdout.is_empty() && run.stderr.contains("Connection was closed"), "{}", run.snapshot());
    }
    assert_eq!(center.calls(), [Endpoint::CreateToken]);
    assert_eq!(env.read(TestEnv::token_path(SESSION)), before);
    // The pause is over, so the next process sends a request again.
    env.run(TOKEN).ok();
}

#[test]
fn a_short_lived_token_is_refreshed_once() {
    let (center, env) = expired();
    center.access_token_lives(600);
    let gate = Gate::default();
    center.next(Endpoint::CreateToken, Reply::genuine().hold(&gate));
    let runs = queue(&env, &center, &gate, &TOKEN, 10);
    assert_eq!(center.calls(), [Endpoint::CreateToken]);
    let token = format!("{}\n", env.token(SESSION)["accessToken"].as_str().unwrap());
    for run in runs {
        assert_eq!(run.ok().stdout, token);
    }
}

#[test]
fn higher_min_ttl_refreshes_with_the_new_refresh_token() {
    let (center, env) = expired();
    center.access_token_lives(600);
    let gate = Gate::default();
    center.next(Endpoint::CreateToken, Reply::genuine().hold(&gate));
    for run in queue(&env, &center, &gate, &["token", "--sso-session", SESSION, "--min-ttl", "1h"], 1) {
        let run = run.expect(4);
        assert!(run.stderr.contains("even a refreshed token expires too soon"), "{}", run.snapshot());
    }
}

#[test]
fn concurrent_processes_share_role_credentials() {
    let (center, env) = expired();
    center.next(Endpoint::CreateToken, Reply::genuine().delay(DELAY));
    center.next(Endpoint::GetRoleCredentials, Reply::genuine().delay(DELAY));
    let (runs, _) = storm(&env, &EXPORT, &[&TestEnv::token_path(SESSION)]);
    assert_eq!(center.calls(), [Endpoint::CreateToken, Endpoint::GetRoleCredentials]);
    let first = runs[0].stdout.clone();
    assert!(first.contains("\"AccessKeyId\": \"ASIA"), "{first}");
    for run in runs {
        assert_eq!(run.ok().stdout, first);
    }
    let files = env.files(".aws/cli");
    assert_eq!(files.len(), 2, "credentials and their lock: {files:?}");
}

#[test]
fn waiting_processes_share_a_refused_role() {
    let (center, env) = expired();
    env.sign_in(&center, SESSION);
    let reply = Reply::json(403, &json!({"message": "No access"})).header("x-amzn-ErrorType", "ForbiddenException");
    let gate = Gate::default();
    center.next(Endpoint::GetRoleCredentials, reply.hold(&gate));
    for run in queue(&env, &center, &gate, &EXPORT, 10) {
        let run = run.expect(254);
        assert!(run.stdout.is_empty() && run.stderr.contains("ForbiddenException"), "{}", run.snapshot());
    }
    assert_eq!(center.calls(), [Endpoint::GetRoleCredentials]);
    env.run(EXPORT).ok();
}

/// How often a failure may have been forgotten: 5 seconds after it, another process sends a request.
fn pauses(started: Instant) -> usize {
    usize::try_from(started.elapsed().as_secs()).unwrap() / 5
}

/// A captive portal answers every process at once.
#[test]
fn a_failing_service_gets_few_requests() {
    let redirect = Reply::html(302, "").header("location", "http://127.0.0.1:9/");
    for (reply, most) in [
        (Reply::fault("InvalidGrantException"), 1),
        (Reply::fault("InternalServerException"), 3),
        (Reply::json(429, &json!({})), 3),
        (Reply::html(200, "<html>"), 3),
        (redirect, 3),
        (Reply::json(200, &json!({})), 3),
    ] {
        let (center, env) = expired();
        center.next_n(Endpoint::CreateToken, 1_000, &reply);
        let started = Instant::now();
        let runs = many(&env, &TOKEN);
        let requests = center.calls().len();
        assert!(requests <= most + pauses(started), "{requests} requests for {reply:?}\n{}", runs[0].snapshot());
        assert!(runs.iter().all(|run| run.status != 0 && run.stdout.is_empty()), "{reply:?}");
        center.clear_script();
    }
}

/// The same for the access portal.
#[test]
fn a_captive_portal_gets_few_requests_for_role_credentials() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    center.next_n(Endpoint::GetRoleCredentials, 1_000, &Reply::html(200, "<html>"));
    let started = Instant::now();
    let runs = many(&env, &EXPORT);
    let requests = center.calls().len();
    assert!(requests <= 1 + pauses(started), "{requests} requests\n{}", runs[0].snapshot());
    assert!(runs.iter().all(|run| run.status == 255 && run.stdout.is_empty()));
    center.clear_script();
}

/// A login is not kept from trying again, but a login that waits for another refresh uses its failure.
#[test]
fn waiting_logins_share_every_failure() {
    let login = ["login", "--sso-session", SESSION, "--interactive", "never"];
    let cases = [
        (Reply::fault("InvalidGrantException"), 4),
        (Reply::fault("InternalServerException"), 254),
        (Reply::html(200, "<html>"), 255),
        (Reply::hang_up(), 255),
    ];
    thread::scope(|scope| {
        for (reply, status) in cases {
            scope.spawn(move || {
                let (center, mut env) = expired();
                env.set("AWS_MAX_ATTEMPTS", "1");
                let gate = Gate::default();
                center.next(Endpoint::CreateToken, reply.hold(&gate));
                for run in queue(&env, &center, &gate, &login, 5) {
                    run.expect(status);
                }
                assert_eq!(center.calls(), [Endpoint::CreateToken]);
            });
        }
    });
}
