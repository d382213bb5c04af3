//! Several sessions in one command: silent ones first, the exit code of the worst.

use super::success;
use crate::support::environment::token_document;
use crate::support::identity_center::{Approval, Endpoint, Reply};
use crate::support::{IdentityCenter, TestEnv};

fn three(center: &IdentityCenter) -> TestEnv {
    let mut env = TestEnv::of(center);
    let url = center.start_url();
    let section = |name: &str| format!("[sso-session {name}]\nsso_start_url = {url}\nsso_region = us-east-1\n");
    env.config(&["a", "b", "c"].map(section).concat());
    env.set("SSO_OIDC_FLOW", "device-code");
    env
}

#[test]
fn all_signs_in_to_silent_sessions_first() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let env = three(&center);
    env.write_token("c", &token_document(&center, &center.issue()));
    let run = env.run(["login", "--all"]).ok();
    assert_eq!(run.stdout, success(&center.start_url()).repeat(3));
    let order: Vec<_> = run.stderr.lines().filter(|line| line.contains("signed in to")).collect();
    assert!(order[0].contains("already signed in to c") && order[2].contains("signed in to b"), "{}", run.snapshot());
    assert!(run.stderr.contains("signed in to 3 of 3 sessions"), "{}", run.snapshot());
    for name in ["a", "b", "c"] {
        assert!(center.accepts(env.token(name)["accessToken"].as_str().unwrap()));
    }
}

#[test]
fn a_failed_session_does_not_stop_the_others() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let env = three(&center);
    center.next(Endpoint::RegisterClient, Reply::fault("InvalidRequestException"));
    let run =
        env.run(["login", "--sso-session", "a", "--sso-session", "nope", "--sso-session", "b", "--sso-session", "b"]);
    let run = run.expect(254);
    assert!(run.stderr.contains("signed in to 1 of 3 sessions"), "{}", run.snapshot());
    assert!(run.stderr.contains("nope: ") && run.stderr.contains("a: "), "{}", run.snapshot());
    assert!(center.accepts(env.token("b")["accessToken"].as_str().unwrap()));
}

#[test]
fn an_unsaved_session_does_not_stop_the_others() {
    let center = IdentityCenter::start();
    let env = three(&center);
    for name in ["a", "b", "c"] {
        env.write_token(name, &token_document(&center, &center.issue()));
    }
    // Over two lines and without a comma: one scope with a line break in it, which no line can carry.
    let config = env.read(".aws/config");
    env.config(&config.replace("[sso-session b]", "sso_registration_scopes = one\n  two\n[sso-session b]"));
    let run = env.run(["login", "--all", "--save"]).expect(255);
    assert_eq!(run.stdout, success(&center.start_url()).repeat(2));
    assert!(run.stderr.contains("a: sso-oidc: [ERROR]: Unable to write config file"), "{}", run.snapshot());
    assert!(env.read(".aws/config").matches("sso_registration_scopes = sso:account:access").count() == 2);
}

#[test]
fn no_sessions_is_an_error() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.config("[default]\n");
    let run = env.run(["login", "--all"]).expect(253);
    assert!(run.stderr.contains("No sso-session is configured in "), "{}", run.snapshot());
    env.set("AWS_CONFIG_FILE", env.home());
    let run = env.run(["login", "--all"]).expect(253);
    assert!(run.stderr.contains("was not read: it is not a regular file"), "{}", run.snapshot());
}
