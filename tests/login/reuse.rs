//! What `login` does before it opens a browser: reuses a valid token, refreshes an old one, rejects one that does not
//! match.

use serde_json::json;

use super::{LOGIN, sign_in, start, success};
use crate::support::environment::{SESSION, token_document};
use crate::support::identity_center::{Endpoint, Reply};
use crate::support::{IdentityCenter, TestEnv, UserAgent};

#[test]
fn a_valid_token_is_reused() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    let before = env.read(TestEnv::token_path(SESSION));
    let run = env.run(LOGIN).ok();
    assert_eq!(run.stdout, success(&center.start_url()));
    assert!(run.stderr.contains("already signed in to corp until"), "{}", run.snapshot());
    assert_eq!(center.calls(), [Endpoint::ListAccounts]);
    assert_eq!(env.read(TestEnv::token_path(SESSION)), before);
}

#[test]
fn a_token_below_15_minutes_is_refreshed_without_a_browser() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.record_browser();
    center.access_token_lives(899);
    let issued = env.sign_in(&center, SESSION);
    center.access_token_lives(28_800);
    let run = env.run(LOGIN).ok();
    assert_eq!(run.stdout, success(&center.start_url()));
    assert!(run.stderr.contains("token refreshed; signed in to corp"), "{}", run.snapshot());
    assert_eq!(center.calls(), [Endpoint::CreateToken]);
    let body = center.requests_to(Endpoint::CreateToken)[0].json.clone();
    let expected = json!({"grantType": "refresh_token", "clientId": issued.client_id, "clientSecret": issued.client_secret, "refreshToken": issued.refresh_token});
    assert_eq!(body, expected);
    assert_ne!(env.token(SESSION)["refreshToken"], json!(issued.refresh_token), "rotated");
    assert_eq!(env.opened(), Vec::<String>::new());
    // A second login finds it fresh.
    env.run(LOGIN).ok();
    assert_eq!(center.calls(), [Endpoint::CreateToken, Endpoint::ListAccounts]);
}

#[test]
fn refresh_keeps_the_refresh_token_and_unknown_members() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    center.access_token_lives(60).keep_refresh_tokens();
    let issued = center.issue();
    let mut document = token_document(&center, &issued);
    document["tool"] = json!({"of": ["another", 12_345_678_901_234_567_890_u64]});
    env.write_token(SESSION, &document);
    center.next(Endpoint::CreateToken, Reply::genuine().without("refreshToken"));
    env.run(LOGIN).ok();
    let token = env.token(SESSION);
    assert_eq!(token["refreshToken"], json!(issued.refresh_token));
    assert_eq!(token["tool"], document["tool"]);
    assert_ne!(token["accessToken"], json!(issued.access_token));
}

#[test]
fn a_refused_refresh_keeps_a_valid_token() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    center.access_token_lives(60);
    env.sign_in(&center, SESSION);
    center.next(Endpoint::CreateToken, Reply::fault("InvalidGrantException"));
    let before = env.read(TestEnv::token_path(SESSION));
    let run = env.run(LOGIN).ok();
    assert!(run.stderr.contains("could not be refreshed and expires in 1 min"), "{}", run.snapshot());
    assert_eq!(env.read(TestEnv::token_path(SESSION)), before);
}

#[test]
fn a_refused_refresh_of_an_expired_token_opens_the_browser() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let issued = center.issue();
    let mut document = token_document(&center, &issued);
    document["expiresAt"] = json!("2020-01-01T00:00:00Z");
    env.write_token(SESSION, &document);
    center.next(Endpoint::CreateToken, Reply::fault("InvalidGrantException"));
    let run = sign_in(&env, &[]).ok();
    assert!(
        run.stderr.contains("the service refused to refresh the token: InvalidGrantException"),
        "{}",
        run.snapshot()
    );
}

#[test]
fn an_unreachable_service_opens_no_browser() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.record_browser();
    let mut document = token_document(&center, &center.issue());
    document["expiresAt"] = json!("2020-01-01T00:00:00Z");
    env.write_token(SESSION, &document);
    let before = env.read(TestEnv::token_path(SESSION));
    env.set("AWS_ENDPOINT_URL_SSO_OIDC", "http://127.0.0.1:9").set("AWS_MAX_ATTEMPTS", "1");
    let run = env.run(LOGIN).expect(255);
    assert!(run.stderr.contains("Could not connect to the endpoint URL"), "{}", run.snapshot());
    assert_eq!(env.opened(), Vec::<String>::new());
    assert_eq!(env.read(TestEnv::token_path(SESSION)), before);
}

#[test]
fn a_token_of_another_start_url_or_region_is_not_used() {
    let center = IdentityCenter::start();
    for (member, value, words) in [
        (
            "startUrl",
            "https://d-1234567890.awsapps.com/start/",
            "sso_start_url `https://d-1234567890.awsapps.com/start/`",
        ),
        ("region", "eu-west-1", "sso_region `eu-west-1`"),
    ] {
        let env = TestEnv::of(&center);
        let mut document = token_document(&center, &center.issue());
        document[member] = json!(value);
        env.write_token(SESSION, &document);
        let run = sign_in(&env, &[]).ok();
        assert!(run.stderr.contains(words), "{}", run.snapshot());
    }
}

#[test]
fn changed_scopes_need_a_new_login() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    sign_in(&env, &[]).ok();
    let config = env.read(".aws/config").replace("sso:account:access", "sso:account:access, codewhisperer:completions");
    env.config(&config);
    let run = sign_in(&env, &[]).ok();
    assert!(run.stderr.contains("sso_registration_scopes `sso:account:access`"), "{}", run.snapshot());
}

#[test]
fn force_signs_in_despite_a_valid_token() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let issued = env.sign_in(&center, SESSION);
    sign_in(&env, &["--force"]).ok();
    assert_ne!(env.token(SESSION)["accessToken"], json!(issued.access_token));
    assert!(center.accepts(&issued.access_token), "the old session goes on");
}

#[test]
fn a_login_within_its_time_limit_succeeds() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    sign_in(&env, &["--timeout", "60"]).ok();
}

#[test]
fn new_session_revokes_the_old_one_first() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let issued = env.sign_in(&center, SESSION);
    sign_in(&env, &["--new-session"]).ok();
    assert_eq!(center.calls()[0], Endpoint::Logout);
    assert!(!center.accepts(&issued.access_token));
    assert!(center.accepts(env.token(SESSION)["accessToken"].as_str().unwrap()));
}

#[test]
fn a_new_session_that_is_denied_leaves_no_token() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    let mut running = start(&env, &["--new-session"]);
    UserAgent::new().deny(&running.authorization_url()).unwrap();
    running.finish().expect(255);
    assert!(!env.files(".aws/sso/cache").contains(&TestEnv::token_path(SESSION)));
}

#[test]
fn the_advice_is_not_the_option_that_was_given() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    center.access_token_lives(3_600);
    let short = "the token expires sooner than requested; ";
    for (more, advice) in [
        (&["--force", "--min-ttl", "4h"][..], "--new-session revokes that session and starts a new one"),
        (&["--new-session", "--min-ttl", "4h"], "your Identity Center administrator sets the session duration"),
    ] {
        env.sign_in(&center, SESSION);
        env.let_expire_in(SESSION, -60);
        let run = sign_in(&env, more).ok();
        assert!(run.stderr.contains(&format!("{short}{advice}\n")), "{}", run.snapshot());
    }
}

#[test]
fn new_session_with_a_damaged_region() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut document = token_document(&center, &center.issue());
    document["region"] = json!("no/host.label");
    env.write_token(SESSION, &document);
    let run = sign_in(&env, &["--new-session"]).ok();
    assert!(run.stderr.contains("the old session could not be revoked"), "{}", run.snapshot());
    assert_eq!(center.requests_to(Endpoint::Logout).len(), 0);
    assert!(center.accepts(env.token(SESSION)["accessToken"].as_str().unwrap()));
}

#[test]
fn min_ttl_refreshes_a_valid_token() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    center.access_token_lives(3_600);
    env.sign_in(&center, SESSION);
    let mut words = LOGIN.to_vec();
    words.extend(["--min-ttl", "30m"]);
    env.run(words).ok();
    assert_eq!(center.calls(), [Endpoint::ListAccounts]);
    center.access_token_lives(28_800);
    let mut words = LOGIN.to_vec();
    words.extend(["--min-ttl", "4h"]);
    env.run(words).ok();
    assert_eq!(center.calls(), [Endpoint::ListAccounts, Endpoint::CreateToken]);
}
