//! Signals: a refresh that is out is stored first, and the process then ends by the signal.
//!
//! `SSO_OIDC_TEST_SIGNALS` sets how often each signal is sent; `.ci/long` has the full number.

use serde_json::json;

use crate::support::environment::SESSION;
use crate::support::{Endpoint, Gate, IdentityCenter, Reply, TestEnv, count, wait_until};

/// A signal and the status of a process that it ends.
const SIGNALS: [(&str, i32); 3] = [("INT", 130), ("TERM", -15), ("HUP", -1)];

/// A session whose token has expired, and whose refresh is answered when the gate opens.
fn expired(gate: &Gate) -> (IdentityCenter, TestEnv) {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    env.let_expire_in(SESSION, -10);
    center.next(Endpoint::CreateToken, Reply::genuine().hold(gate));
    (center, env)
}

#[test]
fn a_signal_during_a_refresh_does_not_lose_the_session() {
    let commands: [&[&str]; 4] = [
        &["token", "--sso-session", SESSION],
        &["export-credentials", "--profile", "dev"],
        &["login", "--sso-session", SESSION],
        &["login", "--all"],
    ];
    let rounds = count("SSO_OIDC_TEST_SIGNALS", 1);
    for (name, status) in SIGNALS {
        for words in std::iter::repeat_n(commands, rounds).flatten() {
            let gate = Gate::default();
            let (center, env) = expired(&gate);
            let old = env.token(SESSION);
            let running = env.spawn(words.iter().copied());
            wait_until("the request", || !center.requests_to(Endpoint::CreateToken).is_empty());
            running.signal(name);
            gate.open();
            let run = running.finish().expect(status);
            assert_eq!(center.calls(), [Endpoint::CreateToken], "{}", run.snapshot());
            let new = env.token(SESSION);
            assert!(new["accessToken"] != old["accessToken"], "{name}: not stored\n{}", run.snapshot());
            assert!(new["refreshToken"] != old["refreshToken"], "{name}: not rotated\n{}", run.snapshot());
            let next = env.run(["token", "--sso-session", SESSION]).ok();
            assert_eq!(json!(next.stdout.trim_end()), new["accessToken"]);
        }
    }
}
