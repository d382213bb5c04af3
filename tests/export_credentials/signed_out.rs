//! Role credentials live no longer than the sign-in they came from: signing out and signing in again end their use.

use std::time::Duration;

use serde_json::json;

use super::{EXPORT, cached, export, in_seconds, role_file, role_path, signed_in};
use crate::login::{is, sign_in};
use crate::support::environment::SESSION;
use crate::support::process::Running;
use crate::support::{Endpoint, Gate, IdentityCenter, Reply, TestEnv, wait_until};

/// Starts a request whose response waits for the gate.
fn waiting_for_the_portal(center: &IdentityCenter, env: &TestEnv) -> (Running, Gate) {
    let gate = Gate::default();
    center.next(Endpoint::GetRoleCredentials, Reply::genuine().hold(&gate));
    let running = env.spawn(EXPORT);
    wait_until("the request", || !center.calls().is_empty());
    (running, gate)
}

#[test]
fn cached_credentials_are_used_only_while_the_token_is_there() {
    let (center, mut env) = signed_in();
    env.set("AWS_MAX_ATTEMPTS", "1");
    let token = env.let_expire_in(SESSION, -60);
    cached(&env);
    assert_eq!(export(&env, &[]).ok().json()["AccessKeyId"], "ASIACACHED", "the token has expired, but is there");
    for ends in ["2100-01-01T00:00:00Z".to_owned(), in_seconds(&env, 600)] {
        env.write(&role_path("Developer"), role_file("S", &ends));
        std::fs::remove_file(env.home().join(TestEnv::token_path(SESSION))).unwrap();
        let run = export(&env, &[]).expect(4);
        assert!(run.stderr.contains("not signed in to corp: no cached token"), "{}", run.snapshot());
        assert_eq!(run.stdout, "");
        env.write_token(SESSION, &token);
    }
    assert_eq!(center.connections(), 0);
}

#[test]
fn cached_credentials_are_of_the_configured_start_url() {
    let (center, env) = signed_in();
    cached(&env);
    let config = env.read(".aws/config");
    env.config(&config.replace(&center.start_url(), "https://d-2222222222.awsapps.com/start"));
    let run = export(&env, &[]).expect(4);
    assert!(run.stderr.contains("d-2222222222") && run.stdout.is_empty(), "{}", run.snapshot());
    env.config(&config);
    let mut document = env.token(SESSION);
    document.as_object_mut().unwrap().shift_remove("startUrl");
    env.write_token(SESSION, &document);
    assert_eq!(export(&env, &[]).ok().json()["AccessKeyId"], "ASIACACHED", "a token of a tool that does not write it");
    assert_eq!(center.connections(), 0);
}

#[test]
fn a_logout_waits_for_a_request_and_removes_its_result() {
    let (center, env) = signed_in();
    center.next(Endpoint::GetRoleCredentials, Reply::genuine().delay(Duration::from_millis(700)));
    let running = env.spawn(EXPORT);
    wait_until("the request", || !center.calls().is_empty());
    env.run(["logout"]).ok();
    running.finish().ok();
    assert!(!env.home().join(role_path("Developer")).exists());
}

#[test]
fn a_logout_gives_up_a_request_that_is_not_answered() {
    let (center, env) = signed_in();
    let (running, gate) = waiting_for_the_portal(&center, &env);
    let run = env.run(["logout"]).ok();
    let process = format!("process {}", running.id());
    let warning = format!("WARNING: {process} is still requesting role credentials, and will discard them\n");
    assert_eq!(run.stderr, warning);
    gate.open();
    assert_eq!(running.finish().expect(4).stdout, "");
    assert!(!env.home().join(role_path("Developer")).exists());
}

#[test]
fn a_logout_of_another_tool_during_a_request_ends_it() {
    let (center, env) = signed_in();
    let (running, gate) = waiting_for_the_portal(&center, &env);
    std::fs::remove_file(env.home().join(TestEnv::token_path(SESSION))).unwrap();
    gate.open();
    let run = running.finish().expect(4);
    assert!(run.stderr.contains("not signed in to corp: no cached token"), "{}", run.snapshot());
    assert_eq!(run.stdout, "");
    assert!(!env.home().join(role_path("Developer")).exists());
}

#[test]
fn a_login_of_another_person_during_a_request_repeats_it() {
    let (center, env) = signed_in();
    let (running, gate) = waiting_for_the_portal(&center, &env);
    let other = env.sign_in(&center, SESSION);
    gate.open();
    let printed = running.finish().ok().json();
    let requests = center.requests_to(Endpoint::GetRoleCredentials);
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[1].header("x-amz-sso_bearer_token"), Some(other.access_token.as_str()));
    let stored: serde_json::Value = serde_json::from_str(&env.read(role_path("Developer"))).unwrap();
    assert_eq!(stored["Credentials"]["SecretAccessKey"], printed["SecretAccessKey"]);
}

#[test]
fn a_login_drops_the_role_credentials_of_its_session() {
    let (center, env) = signed_in();
    let url = center.start_url();
    let lab = format!(
        "\n[sso-session lab]\nsso_start_url = {url}\nsso_region = us-east-1\n\n[profile lab]\nsso_session = lab\n\
         sso_account_id = 111122223333\nsso_role_name = Developer\n"
    );
    env.config(&(env.read(".aws/config") + &lab));
    env.sign_in(&center, "lab");
    for more in [&["--force"][..], &["--new-session"]] {
        for words in [&EXPORT[..], &["export-credentials", "--profile", "lab"]] {
            env.run(words.iter().copied()).ok();
        }
        export(&env, &["--role-name", "ReadOnly"]).ok();
        assert_eq!(role_files(&env).len(), 3);
        sign_in(&env, more).ok();
        assert_eq!(role_files(&env).len(), 1, "{more:?}: of the other session");
        center.clear_requests();
        env.run(["export-credentials", "--profile", "lab"]).ok();
        assert_eq!(center.calls(), []);
        export(&env, &[]).ok();
        let token = center.requests()[0].header("x-amz-sso_bearer_token").map(str::to_owned);
        assert_eq!(json!(token), env.token(SESSION)["accessToken"], "{more:?}");
    }
}

fn role_files(env: &TestEnv) -> Vec<String> {
    env.files(".aws/cli").into_iter().filter(|name| is(name, "json")).collect()
}
