//! The connection to the access portal, which is opened while the token is being refreshed.

use super::EXPORT;
use crate::support::environment::SESSION;
use crate::support::{Endpoint, Gate, IdentityCenter, Reply, TestEnv, wait_until};

/// Both services of a center with TLS, each by a host name of its own, so that they share no connection.
fn expiring_in(seconds: i64) -> (IdentityCenter, TestEnv) {
    let center = IdentityCenter::start_tls();
    let mut env = TestEnv::of(&center);
    env.set("AWS_CA_BUNDLE", center.ca_bundle());
    env.set("AWS_ENDPOINT_URL_SSO", center.url().replace("127.0.0.1", "localhost"));
    env.sign_in(&center, SESSION);
    env.let_expire_in(SESSION, seconds);
    (center, env)
}

#[test]
fn it_is_open_before_the_token_is_there() {
    let (center, env) = expiring_in(-60);
    let gate = Gate::default();
    center.next(Endpoint::CreateToken, Reply::genuine().hold(&gate));
    let running = env.spawn(EXPORT);
    wait_until("the connection", || center.requests().iter().any(|request| request.method == "HEAD"));
    gate.open();
    running.finish().ok();
    let opening = center.requests().into_iter().find(|request| request.method == "HEAD").unwrap();
    assert!(!opening.headers.iter().any(|(name, _)| name.contains("bearer")), "{:?}", opening.headers);
}

#[test]
fn it_is_opened_by_the_request_when_nothing_is_refreshed() {
    let (center, env) = expiring_in(28_800);
    env.run(EXPORT).ok();
    let requests: Vec<_> = center.requests().iter().map(|request| request.endpoint).collect();
    assert_eq!(requests, [Some(Endpoint::GetRoleCredentials)]);
    assert_eq!(center.connections(), 1);
}
