//! Start URLs of a custom host that do not lead to an access portal: a warning, then the login with the configured URL.
//!
//! Recorded runs of resolved URLs are in `parity`.

use super::{LOGIN, success};
use crate::support::environment::SESSION;
use crate::support::identity_center::{Approval, Endpoint, Reply};
use crate::support::{IdentityCenter, TestEnv};

/// An Identity Center behind a start URL of its own host, and the URL.
fn custom_host(lines: &str) -> (IdentityCenter, TestEnv, String) {
    let center = IdentityCenter::start_tls();
    center.approval(Approval::AtOnce);
    let url = format!("{}/start", center.url());
    center.serve(&url);
    let mut env = TestEnv::of(&center);
    env.set("AWS_MAX_ATTEMPTS", "1");
    env.config(&format!("[sso-session {SESSION}]\nsso_start_url = {url}\n{lines}"));
    (center, env, url)
}

#[test]
fn a_start_url_that_cannot_be_resolved_is_used_as_configured() {
    let (center, env, url) = custom_host("sso_region = us-east-1\n");
    let to = |location: &str| Reply::html(302, "").header("Location", location);
    let final_url =
        |last: &str| format!("Could not resolve start URL '{url}' to an AWS-owned endpoint. Final URL: '{last}'");
    for (reply, why) in [
        (Reply::html(404, ""), "Failed to resolve start URL: HTTP 404".to_owned()),
        (Reply::html(500, ""), "Failed to resolve start URL: HTTP 500".to_owned()),
        (Reply::html(200, "a page"), "Failed to resolve start URL: HTTP 200".to_owned()),
        (Reply::html(302, ""), "Failed to resolve start URL: HTTP 302 without a Location header".to_owned()),
        (to("https://other.example.com/"), final_url("https://other.example.com")),
        (to("/elsewhere"), final_url(&format!("{}/elsewhere", center.url()))),
        (
            to("http://d-1.awsapps.com/start"),
            "Resolved URL must use https. Got: 'http://d-1.awsapps.com/start'".to_owned(),
        ),
        (
            Reply::hang_up(),
            format!(
                "Failed to resolve start URL: Connection was closed before we received a valid response from endpoint URL: \
                 \"{url}\""
            ),
        ),
    ] {
        center.next(Endpoint::VanityUrl, reply);
        let run = env.run(LOGIN.iter().chain(&["--use-device-code", "--force"])).ok();
        let warning = format!("{why}; continuing with the start URL {url} and the region us-east-1, as configured");
        assert_eq!(run.stderr.matches("; continuing with").count(), 1, "{}", run.snapshot());
        assert!(run.stderr.contains(&warning), "{warning}\n{}", run.snapshot());
        assert_eq!(run.stdout, success(&url));
        let sent = center.requests_to(Endpoint::StartDeviceAuthorization).pop().unwrap();
        assert_eq!(sent.text("startUrl"), Some(&*url));
        let token = env.token(SESSION);
        assert_eq!((&token["startUrl"], &token["region"]), (&url.clone().into(), &"us-east-1".into()));
    }
    // The session keeps its token: a second login does not ask the host again.
    center.clear_requests();
    env.run(LOGIN).ok();
    assert!(!center.calls().contains(&Endpoint::VanityUrl), "{:?}", center.calls());
}

#[test]
fn a_start_url_that_cannot_be_resolved_is_an_error_without_a_region() {
    let (center, env, url) = custom_host("sso_region =\n");
    center.next(Endpoint::VanityUrl, Reply::html(404, ""));
    let run = env.run(LOGIN.iter().chain(&["--use-device-code"])).expect(253);
    assert!(run.stderr.contains("Failed to resolve start URL: HTTP 404"), "{}", run.snapshot());
    assert!(run.stderr.contains(&url) && run.stderr.contains("sso_region"), "{}", run.snapshot());
    assert_eq!(center.calls(), [Endpoint::VanityUrl]);
}
