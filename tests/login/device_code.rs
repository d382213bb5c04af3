//! The device code flow: what is shown, how it polls, how it ends.

use serde_json::json;

use super::{LOGIN, success};
use crate::support::environment::SESSION;
use crate::support::identity_center::{Approval, Endpoint, Reply};
use crate::support::process::{KILLED, Running};
use crate::support::{IdentityCenter, TestEnv};

fn start(env: &TestEnv) -> Running {
    let mut words = LOGIN.to_vec();
    words.extend(["--use-device-code", "--no-browser"]);
    env.spawn(words)
}

#[test]
fn approval_of_the_shown_code() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut running = start(&env);
    let code = running.user_code();
    center.approve(&code);
    let run = running.finish().ok();
    assert!(run.stdout.ends_with(&success(&center.start_url())), "{}", run.snapshot());
    assert!(center.accepts(env.token(SESSION)["accessToken"].as_str().unwrap()));
}

#[test]
fn pre_authorized_clients_show_no_code() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let env = TestEnv::of(&center);
    let run = start(&env).finish().ok();
    assert_eq!(run.stdout, success(&center.start_url()));
    assert_eq!(center.calls(), [Endpoint::RegisterClient, Endpoint::StartDeviceAuthorization, Endpoint::CreateToken]);
}

#[test]
fn polls_keep_the_interval_and_slow_down_permanently() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    // The probe, then one poll per second; the Identity Center reports a poll that comes too soon.
    center.approval(Approval::AfterPolls(3));
    start(&env).finish().ok();
    let times: Vec<_> = center.requests_to(Endpoint::CreateToken).iter().map(|request| request.at).collect();
    assert_eq!(times.len(), 4);
    assert!(times.windows(2).all(|pair| pair[1].duration_since(pair[0]).as_millis() >= 990), "{times:?}");
}

#[test]
fn transient_errors_are_polled_again() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    center.approval(Approval::AfterPolls(1));
    center.script(Endpoint::CreateToken, [Reply::genuine(), Reply::fault("InternalServerException").status(500)]);
    start(&env).finish().ok();
}

#[test]
fn denial_is_a_service_error() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    center.expect_fault(Endpoint::CreateToken, "AccessDeniedException");
    let mut running = start(&env);
    let code = running.user_code();
    center.deny(&code);
    let run = running.finish().expect(254);
    assert!(run.stderr.contains("(AccessDeniedException) when calling the CreateToken operation"), "{}", run.stderr);
}

#[test]
fn unapproved_codes_expire() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    center.lifetimes(|lifetimes| lifetimes.device_code = std::time::Duration::from_secs(2));
    center.expect_fault(Endpoint::CreateToken, "ExpiredTokenException");
    let run = start(&env).finish().expect(255);
    assert!(run.stderr.contains("The pending authorization to retrieve an SSO token has expired."), "{}", run.stderr);
    center.tolerate_everything();
}

#[test]
fn escape_sequences_from_the_service_are_dropped() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let hostile = "AB\u{1b}[2JCD\u{202e}\u{7}";
    center.next(Endpoint::StartDeviceAuthorization, Reply::genuine().with("userCode", json!(hostile)));
    let mut running = start(&env);
    running.wait_for_stdout(|text| text.contains("AB[2JCD\n").then_some(()));
    running.kill();
    let run = running.finish().expect(KILLED);
    assert!(!run.stdout.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{:?}", run.stdout);
}

#[test]
fn plain_http_urls_are_shown_but_not_opened() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.record_browser();
    for url in [
        "file:///etc/passwd",
        "-oProxyCommand=x",
        "javascript:alert(1)",
        "https://user@device.example/",
        "https://a b/",
    ] {
        let authorization =
            Reply::genuine().with("verificationUriComplete", json!(url)).with("verificationUri", json!(url));
        center.next(Endpoint::StartDeviceAuthorization, authorization);
        let mut words = LOGIN.to_vec();
        words.extend(["--use-device-code", "--force"]);
        let mut running = env.spawn(words);
        let code = running.user_code();
        center.approve(&code);
        let run = running.finish().ok();
        assert!(run.stderr.contains("the URL was not opened in a browser"), "{url}: {}", run.snapshot());
    }
    assert_eq!(env.opened(), Vec::<String>::new());
}

#[test]
fn an_expired_registration_is_renewed_once() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    center.approval(Approval::AtOnce);
    start(&env).finish().ok();
    center.forget_clients();
    center.clear_requests();
    center.expect_fault(Endpoint::StartDeviceAuthorization, "InvalidClientException");
    let mut words = LOGIN.to_vec();
    words.extend(["--use-device-code", "--no-browser", "--force"]);
    let run = env.run(words).ok();
    assert!(run.stderr.contains("registering a new client"), "{}", run.snapshot());
    let expected = [
        Endpoint::StartDeviceAuthorization,
        Endpoint::RegisterClient,
        Endpoint::StartDeviceAuthorization,
        Endpoint::CreateToken,
    ];
    assert_eq!(center.calls(), expected);
}

/// The client died between the authorization and a poll: it is registered again, and a new code is shown.
#[test]
fn a_registration_that_expires_during_login_is_renewed_once() {
    for code in ["InvalidClientException", "UnauthorizedClientException"] {
        let center = IdentityCenter::start();
        let env = TestEnv::of(&center);
        center.approval(Approval::AtOnce);
        start(&env).finish().ok();
        center.approval(Approval::ByPerson).clear_requests();
        let before = env.token(SESSION);
        center.script(Endpoint::CreateToken, [Reply::pending(), Reply::fault(code)]);
        let mut words = LOGIN.to_vec();
        words.extend(["--use-device-code", "--no-browser", "--force"]);
        let mut running = env.spawn(words);
        running.wait_for_stderr(|text| text.contains("registering a new client").then_some(()));
        let second = running.wait_for_stdout(|text| {
            let codes: Vec<&str> =
                text.lines().filter(|line| center.open_user_codes().iter().any(|code| code == line)).collect();
            (codes.len() == 2).then(|| codes[1].to_owned())
        });
        center.approve(&second);
        let run = running.finish().ok();
        assert_ne!(env.token(SESSION)["clientId"], before["clientId"], "{}", run.snapshot());
        let count = |endpoint| center.calls().iter().filter(|call| **call == endpoint).count();
        assert_eq!([Endpoint::RegisterClient, Endpoint::StartDeviceAuthorization].map(count), [1, 2]);
    }
}

/// Only once, and never for a client that was just registered.
#[test]
fn a_client_that_is_always_refused_ends_the_login() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    center.next_n(Endpoint::CreateToken, 4, &Reply::fault("InvalidClientException"));
    for (is_cached, calls) in [(false, 3), (true, 5)] {
        center.clear_requests();
        let run = start(&env).finish().expect(254);
        assert!(run.stderr.contains("(InvalidClientException) when calling the CreateToken"), "{}", run.snapshot());
        assert_eq!(run.stderr.contains("registering a new client"), is_cached, "{}", run.snapshot());
        assert_eq!(center.calls().len(), calls, "{:?}", center.calls());
    }
    center.clear_script();
}
