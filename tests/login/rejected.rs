//! Tokens that are valid by their expiry but that the access portal rejects: how `export-credentials` and `status --check`
//! meet them, and that a login does not use them again.

use serde_json::json;

use super::{LOGIN, is, sign_in, success};
use crate::support::environment::SESSION;
use crate::support::identity_center::{Endpoint, Reply};
use crate::support::{IdentityCenter, Issued, TestEnv};

const EXPORT: [&str; 3] = ["export-credentials", "--profile", "dev"];
const CHECK: [&str; 4] = ["status", "--sso-session", SESSION, "--check"];

fn signed_in() -> (IdentityCenter, TestEnv, Issued) {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.set("AWS_MAX_ATTEMPTS", "1");
    let issued = env.sign_in(&center, SESSION);
    (center, env, issued)
}

fn without_refresh_token(env: &TestEnv) {
    let mut document = env.token(SESSION);
    document.as_object_mut().unwrap().shift_remove("refreshToken");
    env.write_token(SESSION, &document);
}

#[test]
fn a_rejected_token_is_refreshed_once() {
    let (center, env, issued) = signed_in();
    center.expire_access_tokens();
    center.expect_fault(Endpoint::GetRoleCredentials, "UnauthorizedException");
    env.run(EXPORT).ok();
    assert_eq!(center.calls(), [Endpoint::GetRoleCredentials, Endpoint::CreateToken, Endpoint::GetRoleCredentials]);
    let token = env.token(SESSION);
    assert!(center.accepts(token["accessToken"].as_str().unwrap()));
    assert_ne!(token["refreshToken"], json!(issued.refresh_token));
    let run = env.run(LOGIN).ok();
    assert!(run.stderr.contains("already signed in to corp"), "{}", run.snapshot());
}

#[cfg(unix)]
#[test]
fn the_warning_about_the_file_of_a_rejected_token_is_printed() {
    use std::os::unix::fs::PermissionsExt as _;
    let (center, env, _) = signed_in();
    center.expire_access_tokens();
    center.expect_fault(Endpoint::GetRoleCredentials, "UnauthorizedException");
    let path = env.home().join(TestEnv::token_path(SESSION));
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let run = env.run(EXPORT).ok();
    assert!(run.stderr.contains("is readable by other users"), "{}", run.snapshot());
}

#[test]
fn a_rejected_token_whose_successor_is_too_short_needs_a_login() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    center.access_token_lives(90_000);
    env.sign_in(&center, SESSION);
    center.access_token_lives(3_600);
    center.expire_access_tokens();
    center.expect_fault(Endpoint::ListAccounts, "UnauthorizedException");
    let mut words = LOGIN.to_vec();
    words.extend(["--min-ttl", "24h", "--interactive", "never"]);
    let run = env.run(words).expect(4);
    assert!(run.stderr.contains("even a refreshed token expires too soon"), "{}", run.snapshot());
}

#[test]
fn a_login_asks_the_portal_and_refreshes_a_rejected_token() {
    let (center, mut env, _) = signed_in();
    env.record_browser();
    center.expire_access_tokens();
    center.expect_fault(Endpoint::ListAccounts, "UnauthorizedException");
    let run = env.run(LOGIN).ok();
    assert!(run.stderr.contains("token refreshed; signed in to corp"), "{}", run.snapshot());
    assert_eq!(run.stdout, success(&center.start_url()));
    assert_eq!(center.calls(), [Endpoint::ListAccounts, Endpoint::CreateToken]);
    assert!(center.accepts(env.token(SESSION)["accessToken"].as_str().unwrap()));
    assert!(env.opened().is_empty());
}

#[test]
fn a_login_opens_the_browser_if_a_rejected_token_cannot_be_refreshed() {
    let (center, env, _) = signed_in();
    without_refresh_token(&env);
    center.end_sessions();
    center.expect_fault(Endpoint::ListAccounts, "UnauthorizedException");
    let run = sign_in(&env, &[]).ok();
    let reason = "signing in again: the access portal no longer accepts the token";
    assert!(run.stderr.contains(reason), "{}", run.snapshot());
    assert!(center.accepts(env.token(SESSION)["accessToken"].as_str().unwrap()));
}

/// The portal cannot be asked any more, so the login learns it from the command before.
#[test]
fn a_login_does_not_use_a_token_that_was_rejected_before() {
    for command in [&EXPORT[..], &CHECK] {
        let (center, env, issued) = signed_in();
        without_refresh_token(&env);
        center.end_sessions();
        let endpoint = if command == EXPORT { Endpoint::GetRoleCredentials } else { Endpoint::ListAccounts };
        center.expect_fault(endpoint, "UnauthorizedException");
        let before = env.read(TestEnv::token_path(SESSION));
        let run = env.run(command.iter().copied()).expect(4);
        let printed = run.stdout.clone() + &run.stderr;
        assert!(printed.contains("the access portal no longer accepts the token"), "{}", run.snapshot());
        assert_eq!(env.read(TestEnv::token_path(SESSION)), before);
        for file in env.files(".aws").iter().filter(|name| is(name, "lock")) {
            assert!(!env.read(file).contains(&issued.access_token), "{file}");
        }
        center.next(Endpoint::ListAccounts, Reply::hang_up());
        let run = sign_in(&env, &[]).ok();
        assert!(run.stderr.contains("signing in again"), "{}", run.snapshot());
        assert_eq!(center.calls()[0], endpoint);
        center.clear_script();
        env.run(EXPORT).ok();
        let run = env.run(LOGIN).ok();
        assert!(run.stderr.contains("already signed in to corp"), "{}", run.snapshot());
    }
}

#[test]
fn a_refused_refresh_of_a_rejected_token_is_not_repeated() {
    let (center, env, _) = signed_in();
    center.end_sessions();
    for _ in 0..2 {
        center.expect_fault(Endpoint::GetRoleCredentials, "UnauthorizedException");
    }
    center.expect_fault(Endpoint::CreateToken, "InvalidGrantException");
    for _ in 0..2 {
        let run = env.run(EXPORT).expect(4);
        assert!(run.stderr.contains("hint: run: sso-oidc login --"), "{}", run.snapshot());
    }
    assert_eq!(center.requests_to(Endpoint::CreateToken).len(), 1);
}

/// The new token may be rejected, too; then it is not refreshed again, and a login does not use it.
#[test]
fn a_refreshed_token_that_is_rejected_is_recorded() {
    let (center, env, _) = signed_in();
    center.next_n(Endpoint::GetRoleCredentials, 2, &Reply::json(401, &json!({"message": "invalid"})));
    env.run(EXPORT).expect(4);
    assert_eq!(center.calls(), [Endpoint::GetRoleCredentials, Endpoint::CreateToken, Endpoint::GetRoleCredentials]);
    center.clear_requests();
    env.run(LOGIN).ok();
    assert_eq!(center.calls(), [Endpoint::CreateToken]);
}

#[test]
fn a_portal_that_cannot_be_asked_does_not_end_a_login() {
    for reply in [Reply::hang_up(), Reply::html(200, "<p>"), Reply::json(503, &json!({})), Reply::json(403, &json!({}))]
    {
        let (center, env, _) = signed_in();
        center.next(Endpoint::ListAccounts, reply);
        let run = env.run(LOGIN).ok();
        assert!(run.stderr.contains("already signed in to corp"), "{}", run.snapshot());
        assert_eq!(center.calls(), [Endpoint::ListAccounts]);
    }
    let (center, env, _) = signed_in();
    center.next(Endpoint::ListAccounts, Reply::never());
    env.run(LOGIN).ok();
}

#[test]
fn a_token_without_the_scope_of_the_portal_is_not_asked_for() {
    let (center, env, _) = signed_in();
    env.config(&env.read(".aws/config").replace("sso:account:access", "codewhisperer:completions"));
    env.run(LOGIN).ok();
    assert_eq!(center.connections(), 0);
}
