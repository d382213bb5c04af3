//! A cached client registration that the service no longer knows, in the authorization code flow: the login registers
//! a new client. `device_code` has the same for the device code flow.
//!
//! The authorization page shows an error to the user then and redirects nowhere, so the login notices nothing there.

use std::time::Duration;

use super::{LOGIN, sign_in, start};
use crate::support::environment::SESSION;
use crate::support::identity_center::{Endpoint, Reply};
use crate::support::{IdentityCenter, Running, TestEnv, UserAgent, wait_until};

/// An environment with a token and a registration, and the identifier of the client.
fn signed_in(center: &IdentityCenter) -> (TestEnv, String) {
    let env = TestEnv::of(center);
    sign_in(&env, &[]).ok();
    center.clear_requests();
    let client = env.token(SESSION)["clientId"].as_str().unwrap().to_owned();
    (env, client)
}

fn sign_out(env: &TestEnv) {
    std::fs::remove_file(env.home().join(TestEnv::token_path(SESSION))).unwrap();
}

/// The clients of the authorization URLs so far.
fn clients(stdout: &str) -> Vec<String> {
    let urls = stdout.split_whitespace().filter(|word| word.contains("/authorize?"));
    urls.map(|url| url.split_once("client_id=").unwrap().1.split('&').next().unwrap().to_owned()).collect()
}

fn last_url(running: &mut Running, count: usize) -> String {
    running.wait_for_stdout(|text| {
        let urls: Vec<_> = text.lines().filter(|line| line.contains("/authorize?")).collect();
        (urls.len() == count && text.ends_with('\n')).then(|| urls[count - 1].to_owned())
    })
}

#[test]
fn a_client_that_a_refresh_found_refused_is_registered_again() {
    for code in ["InvalidClientException", "UnauthorizedClientException"] {
        let center = IdentityCenter::start();
        let (env, old) = signed_in(&center);
        env.let_expire_in(SESSION, -10);
        center.forget_clients();
        center.next(Endpoint::CreateToken, Reply::fault(code));
        let run = sign_in(&env, &[]).ok();
        assert_eq!(center.requests_to(Endpoint::RegisterClient).len(), 1, "{}", run.snapshot());
        assert_ne!(env.token(SESSION)["clientId"], old.as_str());
        // The new registration is in the cache.
        sign_out(&env);
        sign_in(&env, &[]).ok();
        assert_eq!(center.requests_to(Endpoint::RegisterClient).len(), 1);
    }
}

/// A login that waits for the refresh of another process learns that it was refused, but not whether the client was.
#[test]
fn a_client_that_another_process_found_refused_is_registered_again() {
    let center = IdentityCenter::start();
    let (env, old) = signed_in(&center);
    env.let_expire_in(SESSION, -10);
    center.forget_clients();
    let reply = Reply::fault("InvalidClientException").delay(Duration::from_secs(3));
    center.next(Endpoint::CreateToken, reply);
    let token = env.spawn(["token", "--sso-session", SESSION]);
    wait_until("the refresh", || !center.requests().is_empty());
    sign_in(&env, &[]).ok();
    token.finish().expect(4);
    assert_eq!(center.requests_to(Endpoint::RegisterClient).len(), 1);
    assert_ne!(env.token(SESSION)["clientId"], old.as_str());
}

/// Any other refusal is about the session, and the client is used again.
#[test]
fn a_client_whose_session_has_ended_is_kept() {
    let center = IdentityCenter::start();
    let (env, old) = signed_in(&center);
    env.let_expire_in(SESSION, -10);
    center.next(Endpoint::CreateToken, Reply::fault("InvalidGrantException"));
    sign_in(&env, &[]).ok();
    assert_eq!(env.token(SESSION)["clientId"], old.as_str());
}

#[test]
fn a_client_that_the_exchange_refuses_is_registered_again_once() {
    let center = IdentityCenter::start();
    let (env, old) = signed_in(&center);
    sign_out(&env);
    center.next(Endpoint::CreateToken, Reply::fault("InvalidClientException"));
    let mut running = start(&env, &[]);
    let page = UserAgent::new().approve(&last_url(&mut running, 1)).unwrap();
    assert_eq!((page.status, page.title()), (200, "Approve again"), "{}", page.text());
    let second = last_url(&mut running, 2);
    assert_eq!(UserAgent::new().approve(&second).unwrap().title(), "You are signed in");
    let run = running.finish().ok();
    assert!(run.stderr.contains("registering a new client"), "{}", run.snapshot());
    let used = clients(&run.stdout);
    assert!(used[0] == old && used[1] != old, "{used:?}");
    assert_eq!(center.requests_to(Endpoint::RegisterClient).len(), 1);

    sign_out(&env);
    center.next_n(Endpoint::CreateToken, 2, &Reply::fault("InvalidClientException"));
    let mut running = start(&env, &[]);
    UserAgent::new().approve(&last_url(&mut running, 1)).unwrap();
    let page = UserAgent::new().approve(&last_url(&mut running, 2)).unwrap();
    assert_eq!(page.title(), "You are not signed in");
    let run = running.finish().expect(254);
    assert!(run.stderr.contains("InvalidClientException"), "{}", run.snapshot());
}

#[test]
fn a_new_client_that_the_exchange_refuses_is_not_registered_again() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    center.next(Endpoint::CreateToken, Reply::fault("InvalidClientException"));
    let run = sign_in(&env, &[]).expect(254);
    assert_eq!(center.requests_to(Endpoint::RegisterClient).len(), 1, "{}", run.snapshot());
}

#[test]
fn a_cached_client_is_not_used_again_after_an_unanswered_login() {
    let center = IdentityCenter::start();
    let (env, _) = signed_in(&center);
    sign_out(&env);
    center.forget_clients();
    center.expect_fault(Endpoint::Authorize, "InvalidClientException");
    let mut running = start(&env, &["--timeout", "1"]);
    assert_eq!(UserAgent::new().open(&running.authorization_url()).unwrap().status, 401);
    running.finish().expect(255);
    sign_in(&env, &["--interactive", "always"]).ok();
    assert_eq!(center.requests_to(Endpoint::RegisterClient).len(), 1);
    // A client that was just registered is not the reason.
    sign_out(&env);
    std::fs::remove_dir_all(env.home().join(".aws/sso/cache")).unwrap();
    start(&env, &["--timeout", "1"]).finish().expect(255);
    sign_in(&env, &["--interactive", "always"]).ok();
    assert_eq!(center.requests_to(Endpoint::RegisterClient).len(), 2);
}

#[test]
fn a_client_that_another_process_registered_is_kept_after_an_unanswered_login() {
    let center = IdentityCenter::start();
    let (env, old) = signed_in(&center);
    sign_out(&env);
    let is_document = |name: &String| name.contains(".json");
    let path = env.files(".aws/sso/cache").into_iter().find(is_document).expect("the registration");
    let registered = env.read(&path).replace(&old, "another-client");
    let mut running = start(&env, &["--timeout", "1"]);
    running.authorization_url();
    env.write(&path, &registered);
    running.finish().expect(255);
    assert_eq!(env.read(&path), registered);
}

/// Ctrl-C on the error page, then `--force`.
#[test]
fn force_registers_a_new_client() {
    let center = IdentityCenter::start();
    let (env, old) = signed_in(&center);
    center.forget_clients();
    let run = sign_in(&env, &["--force"]).ok();
    assert_ne!(clients(&run.stdout), [old]);
    assert_eq!(env.run(LOGIN.iter().chain(&["--output", "json"])).ok().json()["how"], "cached");
}
