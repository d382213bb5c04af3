//! Concurrent logins to one session: one browser, one result for all.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{LOGIN, start};
use crate::support::environment::SESSION;
use crate::support::identity_center::{Approval, Endpoint, Reply};
use crate::support::process::{KILLED, Running};
use crate::support::{IdentityCenter, TestEnv, UserAgent, count, wait_for, wait_until};

fn many(env: &TestEnv, more: &[&str]) -> Vec<Running> {
    let mut words = LOGIN.to_vec();
    words.extend(["--flow", "authorization-code"]);
    words.extend(more);
    (0..count("SSO_OIDC_TEST_PROCESSES", 12)).map(|_| env.spawn(words.clone())).collect()
}

/// The login that shows a URL.
fn leader(all: &mut Vec<Running>) -> (Running, String) {
    let shows_url = |running: &Running| running.stdout().contains("/authorize?");
    let mut running = all.remove(wait_for("an authorization URL", || all.iter().position(shows_url)));
    let url = running.authorization_url();
    (running, url)
}

#[test]
fn concurrent_logins_open_one_browser() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.record_browser();
    let mut all = many(&env, &[]);
    let (first, url) = leader(&mut all);
    let words = format!("process {} is already signing in to corp", first.id());
    for running in &mut all {
        running.wait_for_stderr(|text| text.contains(&words).then_some(()));
    }
    UserAgent::new().approve(&url).unwrap();
    first.finish().ok();
    for running in all {
        running.finish().ok();
    }
    wait_until("the browser", || !env.opened().is_empty());
    assert_eq!(env.opened().len(), 1);
    assert_eq!(center.requests_to(Endpoint::CreateToken).len(), 1);
}

#[test]
fn concurrent_forced_logins_open_one_browser() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.record_browser();
    env.sign_in(&center, SESSION);
    let mut all = many(&env, &["--force"]);
    let (first, url) = leader(&mut all);
    for running in &mut all {
        running.wait_for_stderr(|text| text.contains("waiting for it").then_some(()));
    }
    UserAgent::new().approve(&url).unwrap();
    first.finish().ok();
    for running in all {
        running.finish().ok();
    }
    assert_eq!(center.requests_to(Endpoint::CreateToken).len(), 1);
}

#[test]
fn a_waiting_login_ends_after_its_own_timeout() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut first = env.spawn([&LOGIN[..], &["--no-browser", "--flow", "authorization-code"]].concat());
    let url = first.authorization_url();
    let run = env.run([&LOGIN[..], &["--timeout", "1s"]].concat()).expect(255);
    assert!(run.stderr.contains("has expired") && run.stderr.contains("approve it in time"), "{}", run.snapshot());
    UserAgent::new().approve(&url).unwrap();
    first.finish().ok();
}

#[test]
fn concurrent_logins_share_a_denial() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.record_browser();
    let mut all = many(&env, &[]);
    let (first, url) = leader(&mut all);
    for running in &mut all {
        running.wait_for_stderr(|text| text.contains("waiting for it").then_some(()));
    }
    UserAgent::new().deny(&url).unwrap();
    first.finish().expect(255);
    for running in all {
        let run = running.finish().expect(255);
        assert!(run.stderr.contains("failed: Error loading authorization code"), "{}", run.snapshot());
    }
    wait_until("the browser", || !env.opened().is_empty());
    assert_eq!(env.opened().len(), 1);
}

#[cfg(unix)]
#[test]
fn concurrent_logins_share_a_cancellation() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.record_browser();
    let mut all = many(&env, &[]);
    let (first, _) = leader(&mut all);
    for running in &mut all {
        running.wait_for_stderr(|text| text.contains("waiting for it").then_some(()));
    }
    first.signal("INT");
    first.finish().expect(130);
    for running in all {
        let run = running.finish().expect(4);
        assert!(run.stderr.contains("was cancelled"), "{}", run.snapshot());
    }
    wait_until("the browser", || !env.opened().is_empty());
    assert_eq!(env.opened().len(), 1);
    super::sign_in(&env, &[]).ok();
}

/// A token that was refreshed while the process waited is not the login that was requested.
#[test]
fn a_refresh_does_not_replace_a_forced_login() {
    for option in ["--force", "--new-session"] {
        let center = IdentityCenter::start();
        let mut env = TestEnv::of(&center);
        env.record_browser();
        env.sign_in(&center, SESSION);
        env.let_expire_in(SESSION, 600);
        let mut first = env.spawn([&LOGIN[..], &["--flow", "authorization-code", "--force"]].concat());
        first.authorization_url();
        let mut second = env.spawn([&LOGIN[..], &["--flow", "authorization-code", option]].concat());
        second.wait_for_stderr(|text| text.contains("waiting for it").then_some(()));
        let refreshed = env.run(["token", "--sso-session", SESSION]).ok().stdout;
        first.kill();
        first.finish();
        UserAgent::new().approve(&second.authorization_url()).unwrap();
        second.finish().ok();
        assert_ne!(env.token(SESSION)["accessToken"], refreshed.trim_end());
        // The session is ended with its present token, not with the one from before the wait.
        assert_eq!(center.accepts(refreshed.trim_end()), option == "--force");
    }
}

#[cfg(unix)]
#[test]
fn concurrent_logins_exit_4_when_the_first_one_loses_its_stdout() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    center.next(Endpoint::RegisterClient, Reply::genuine().delay(Duration::from_secs(2)));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_sso-oidc"));
    env.apply_to(&mut command);
    command.args(LOGIN).args(["--flow", "authorization-code", "--no-browser"]);
    let mut first = command.stdin(Stdio::null()).stdout(writer).stderr(Stdio::null()).spawn().unwrap();
    drop(command);
    wait_until("the registration", || !center.requests().is_empty());
    let id = first.id().to_string();
    let signal = |name: &str| assert!(Command::new("kill").args([name, id.as_str()]).status().unwrap().success());
    signal("-STOP");
    let mut all = many(&env, &["--no-browser"]);
    for running in &mut all {
        running.wait_for_stderr(|text| text.contains("is suspended").then_some(()));
    }
    signal("-CONT");
    assert_eq!(first.wait().unwrap().code(), Some(0));
    for running in all {
        let run = running.finish().expect(4);
        assert!(run.stderr.contains("was cancelled"), "{}", run.snapshot());
    }
}

#[test]
fn one_waiting_login_takes_over_when_the_first_is_killed() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.record_browser();
    let mut all = many(&env, &[]);
    let (mut first, _) = leader(&mut all);
    for running in &mut all {
        running.wait_for_stderr(|text| text.contains("waiting for it").then_some(()));
    }
    wait_until("the first browser", || env.opened().len() == 1);
    first.kill();
    first.finish().expect(KILLED);
    let (second, url) = leader(&mut all);
    UserAgent::new().approve(&url).unwrap();
    second.finish().ok();
    for running in all {
        running.finish().ok();
    }
    wait_until("the second browser", || env.opened().len() == 2);
}

/// A login that waits for one of another configuration, or for a token that does not last, asks for itself.
#[test]
fn a_waiting_login_uses_only_a_token_that_fits() {
    let other = "https://d-9876543210.awsapps.com/start";
    for (more, denied) in [(&[][..], false), (&[], true), (&["--min-ttl", "4h"], false)] {
        let center = IdentityCenter::start();
        let env = TestEnv::of(&center);
        center.access_token_lives(3_600);
        let mut first = start(&env, &[]);
        let url = first.authorization_url();
        let mut words: Vec<_> = LOGIN.iter().chain(&["--flow", "authorization-code", "--no-browser"]).collect();
        words.extend(more);
        let mut second = env.command(words);
        if more.is_empty() {
            let config = env.read(".aws/config").replace(&center.start_url(), other);
            env.write(".aws/other", config);
            second = second.env("AWS_CONFIG_FILE", env.home().join(".aws/other"));
            center.serve(other);
        }
        let mut second = second.spawn();
        second.wait_for_stderr(|text| text.contains("waiting for it").then_some(()));
        if denied {
            UserAgent::new().deny(&url).unwrap();
            first.finish().expect(255);
        } else {
            UserAgent::new().approve(&url).unwrap();
            first.finish().ok();
        }
        center.access_token_lives(28_800);
        UserAgent::new().approve(&second.authorization_url()).unwrap();
        let run = second.finish().ok();
        let used = if more.is_empty() { other.to_owned() } else { center.start_url() };
        assert!(run.stdout.ends_with(&super::success(&used)), "{}", run.snapshot());
        assert_eq!(env.token(SESSION)["startUrl"], used);
    }
}

#[cfg(unix)]
#[test]
fn a_suspended_login_is_named_to_those_that_wait() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut first = start(&env, &[]);
    let url = first.authorization_url();
    first.signal("STOP");
    let mut second = start(&env, &[]);
    let words = format!("process {} is signing in to corp, but is suspended; resume it with fg", first.id());
    second.wait_for_stderr(|text| text.contains(&words).then_some(()));
    first.signal("CONT");
    UserAgent::new().approve(&url).unwrap();
    first.finish().ok();
    second.finish().ok();
}

#[test]
fn logins_to_different_sessions_run_in_parallel() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let url = center.start_url();
    let config = env.read(".aws/config");
    env.config(&format!("{config}\n[sso-session other]\nsso_start_url = {url}\nsso_region = us-east-1\n"));
    let mut first = start(&env, &[]);
    let first_url = first.authorization_url();
    let mut second = env.spawn(["login", "--sso-session", "other", "--flow", "authorization-code", "--no-browser"]);
    UserAgent::new().approve(&second.authorization_url()).unwrap();
    second.finish().ok();
    UserAgent::new().approve(&first_url).unwrap();
    first.finish().ok();
    assert!(center.accepts(env.token(SESSION)["accessToken"].as_str().unwrap()));
}

#[test]
fn in_place_writes_of_other_tools_are_tolerated() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    let path = env.home().join(TestEnv::token_path(SESSION));
    let (short, done) = (env.read(TestEnv::token_path(SESSION)), Arc::new(AtomicBool::new(false)));
    let long = short.replace('}', &format!(", \"padding\": \"{}\"}}", "x".repeat(3_000)));
    // As the AWS CLI does it: open, truncate, write; no lock, no rename.
    let (stop, target) = (Arc::clone(&done), path.clone());
    let writer = std::thread::spawn(move || {
        let mut writes = 0;
        while !stop.load(Ordering::Relaxed) {
            for text in [&long, &short] {
                std::fs::write(&target, text).unwrap();
                std::thread::sleep(Duration::from_millis(1));
                writes += 1;
            }
        }
        writes
    });
    let all: Vec<_> = (0..count("SSO_OIDC_TEST_PROCESSES", 12)).map(|_| env.spawn(LOGIN)).collect();
    for running in all {
        running.finish().ok();
    }
    done.store(true, Ordering::Relaxed);
    assert!(writer.join().unwrap() > 2);
    assert!(center.calls().iter().all(|call| *call == Endpoint::ListAccounts), "{:?}", center.calls());
}

/// A running refresh finishes first, so that it does not overwrite the new token.
#[test]
fn a_refresh_in_progress_does_not_replace_a_new_login() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let issued = env.sign_in(&center, SESSION);
    env.let_expire_in(SESSION, -10);
    center.next(Endpoint::CreateToken, Reply::genuine().delay(Duration::from_secs(2)));
    let refreshing = env.spawn(["token", "--sso-session", SESSION]);
    wait_until("the refresh", || !center.requests().is_empty());
    // Shorter than the refreshed token, which would win over it.
    center.access_token_lives(1800).approval(Approval::AtOnce);
    let mut words = LOGIN.to_vec();
    words.extend(["--use-device-code", "--no-browser", "--force"]);
    env.run(words).ok();
    refreshing.finish().ok();
    assert_ne!(env.token(SESSION)["clientId"], issued.client_id.as_str(), "the old session is back");
}
