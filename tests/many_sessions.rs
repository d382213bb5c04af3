//! Fifty sessions in one command: a limited number of requests at once, over as many connections, and no refresh is lost.

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::login::success;
use crate::support::environment::{program, token_document};
use crate::support::process::{Run, code};
use crate::support::{Endpoint, Gate, IdentityCenter, Reply, TestEnv, wait_until};

const SESSIONS: usize = 50;
const EXPIRED: &str = "2020-01-01T00:00:00Z";
/// A response that takes long enough for the next requests to be sent meanwhile.
const LATER: Duration = Duration::from_millis(20);

fn name(at: usize) -> String {
    format!("s{at:02}")
}

fn start_url(at: usize) -> String {
    format!("https://d-{at:010}.awsapps.com/start")
}

/// Fifty sessions, each with a start URL of its own and a valid token.
fn signed_in() -> (IdentityCenter, TestEnv) {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let section = |at| {
        let (name, url) = (name(at), start_url(at));
        format!("[sso-session {name}]\nsso_start_url = {url}\nsso_region = {}\n\n", center.region())
    };
    env.config(&(0..SESSIONS).map(section).collect::<String>());
    for at in 0..SESSIONS {
        let mut token = token_document(&center, &center.issue());
        token["startUrl"] = json!(start_url(at));
        env.write_token(&name(at), &token);
    }
    (center, env)
}

/// The same with expired tokens.
fn expired() -> (IdentityCenter, TestEnv) {
    let (center, env) = signed_in();
    for at in 0..SESSIONS {
        let mut token = env.token(&name(at));
        token["expiresAt"] = json!(EXPIRED);
        env.write_token(&name(at), &token);
    }
    center.next_n(Endpoint::CreateToken, SESSIONS, &Reply::genuine().delay(LATER));
    (center, env)
}

fn tokens(env: &TestEnv) -> Vec<Value> {
    (0..SESSIONS).map(|at| env.token(&name(at))).collect()
}

/// The sessions with another token than before. The service must accept each refresh token in the cache: it has retired
/// the old one of every session whose refresh it has received.
fn refreshed(center: &IdentityCenter, env: &TestEnv, before: &[Value]) -> Vec<usize> {
    let after = tokens(env);
    for (at, token) in after.iter().enumerate() {
        let usable = token["refreshToken"].as_str().is_some_and(|token| center.accepts_refresh(token));
        assert!(usable, "the refresh token of {} was used and the new one not stored", name(at));
    }
    (0..SESSIONS).filter(|at| after[*at]["accessToken"] != before[*at]["accessToken"]).collect()
}

fn assert_limited(center: &IdentityCenter) {
    assert!((2..=16).contains(&center.most_at_once()), "{} requests at once", center.most_at_once());
    // On a slow machine an idle connection may have been closed, and another one opened.
    assert!(center.connections() <= 32, "{} connections", center.connections());
}

/// The sessions that the program reports as refreshed, in the order of its messages.
fn reported(run: &Run) -> Vec<&str> {
    let names = run.stderr.lines().filter_map(|line| line.strip_prefix("token refreshed; signed in to "));
    names.filter_map(|line| line.split(' ').next()).collect()
}

#[test]
fn all_are_refreshed_and_reported_in_their_order() {
    let (center, env) = expired();
    let before = tokens(&env);
    let run = env.run(["login", "--all"]).ok();
    assert_eq!(run.stdout, (0..SESSIONS).map(|at| success(&start_url(at))).collect::<String>());
    assert_eq!(reported(&run), (0..SESSIONS).map(name).collect::<Vec<_>>());
    assert!(run.stderr.ends_with("signed in to 50 of 50 sessions\n"), "{}", run.snapshot());
    assert_eq!(refreshed(&center, &env, &before).len(), SESSIONS);
    assert_eq!(center.calls(), [Endpoint::CreateToken; SESSIONS]);
    assert_limited(&center);
}

#[test]
fn a_failed_refresh_does_not_affect_the_others() {
    let (center, mut env) = expired();
    env.set("AWS_MAX_ATTEMPTS", "1");
    center.clear_script();
    center.next_n(Endpoint::CreateToken, 24, &Reply::genuine().delay(LATER));
    center.next(Endpoint::CreateToken, Reply::json(500, &json!({})));
    let before = tokens(&env);
    let run = env.run(["login", "--all"]).expect(254);
    let refreshed = refreshed(&center, &env, &before);
    assert_eq!(refreshed.len(), SESSIONS - 1, "{}", run.snapshot());
    assert_eq!(run.stdout, refreshed.iter().map(|at| success(&start_url(*at))).collect::<String>());
    assert_eq!(reported(&run), refreshed.iter().map(|at| name(*at)).collect::<Vec<_>>());
    let failed = (0..SESSIONS).find(|at| !refreshed.contains(at)).map(name).unwrap();
    assert!(run.stderr.contains(&format!("\n{failed}: ")), "{}", run.snapshot());
    assert!(run.stderr.ends_with("signed in to 49 of 50 sessions\n"), "{}", run.snapshot());
}

#[test]
fn one_that_hangs_does_not_delay_the_others() {
    let (center, env) = expired();
    center.clear_script();
    let gate = Gate::default();
    center.next(Endpoint::CreateToken, Reply::genuine().hold(&gate));
    let running = env.spawn(["login", "--all"]);
    wait_until("the requests of the others", || center.calls().len() == SESSIONS);
    gate.open();
    assert_eq!(reported(&running.finish().ok()), (0..SESSIONS).map(name).collect::<Vec<_>>());
}

#[cfg(target_os = "linux")]
#[test]
fn fewer_file_descriptors_mean_fewer_requests_at_once() {
    for limit in [20, 27, 40] {
        let (center, env) = expired();
        let before = tokens(&env);
        let run = env.run_with_descriptors(limit, "login --all").ok();
        assert_eq!(refreshed(&center, &env, &before).len(), SESSIONS, "{limit}: {}", run.snapshot());
        let run = env.run_with_descriptors(limit, "status --check").ok();
        assert_eq!(run.stderr, "");
        let run = env.run_with_descriptors(limit, "logout").ok();
        assert_eq!(run.stderr, "");
        assert_eq!(center.requests_to(Endpoint::Logout).len(), SESSIONS);
        assert!((0..SESSIONS).all(|at| !env.path(&TestEnv::token_path(&name(at))).exists()), "{limit}");
    }
}

#[test]
fn refreshes_are_stored_after_standard_output_is_closed() {
    let (center, env) = expired();
    let before = tokens(&env);
    let mut command = Command::new(program());
    env.apply_to(&mut command);
    let command = command.args(["login", "--all"]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    // Like any program whose reader has gone, it ends in silence.
    assert_eq!(code(child.wait().unwrap()), 0);
    assert_eq!(refreshed(&center, &env, &before).len(), center.calls().len());
    assert!(center.most_at_once() > 1, "no other refresh was under way");
}

#[cfg(unix)]
#[test]
fn refreshes_are_stored_after_a_signal() {
    let (center, env) = expired();
    center.clear_script();
    let gate = Gate::default();
    center.next_n(Endpoint::CreateToken, SESSIONS, &Reply::genuine().hold(&gate));
    let before = tokens(&env);
    let running = env.spawn(["login", "--all"]);
    wait_until("as many requests as there are at once", || center.calls().len() == 16);
    running.signal("TERM");
    gate.open();
    let run = running.finish().expect(-15);
    assert_eq!(center.calls().len(), 16, "{}", run.snapshot());
    assert_eq!(refreshed(&center, &env, &before), (0..16).collect::<Vec<_>>());
    center.clear_script();
    let next = env.run(["login", "--all"]).ok();
    assert!(next.stderr.ends_with("signed in to 50 of 50 sessions\n"), "{}", next.snapshot());
}

#[test]
fn logout_and_status_send_as_many_requests_at_once() {
    let (center, env) = signed_in();
    center.next_n(Endpoint::ListAccounts, SESSIONS, &Reply::genuine().delay(LATER));
    env.run(["status", "--check"]).ok();
    assert_eq!(center.calls(), [Endpoint::ListAccounts; SESSIONS]);
    assert_limited(&center);

    let (center, env) = signed_in();
    let before = tokens(&env);
    center.next_n(Endpoint::Logout, SESSIONS, &Reply::genuine().delay(LATER));
    let run = env.run(["logout"]).ok();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    assert_eq!(center.calls(), [Endpoint::Logout; SESSIONS]);
    assert!(before.iter().all(|token| !center.accepts(token["accessToken"].as_str().unwrap())));
    assert_limited(&center);
}
