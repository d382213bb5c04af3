//! Responses cannot send us elsewhere: neither by a URL in a body or header nor by a redirect.
//!
//! A second server listens at every address in a response and counts connections. RFC 9700 section 4.4 (mix-up).

use serde_json::{Value, json};

use crate::support::scripted_flow::{Point, good_body, reply, two_sessions};
use crate::support::scripted_server::{ScriptedServer, Step};

/// Members and headers that name the other server.
fn pointing(body: Value, other: &str) -> Step {
    let mut body = body;
    let host = other.trim_start_matches("http://");
    for name in
        ["tokenEndpoint", "authorizationEndpoint", "endpoint", "deviceAuthorizationEndpoint", "issuer", "redirectUri"]
    {
        body[name] = json!(format!("{other}/{name}"));
    }
    let headers = [
        "Content-Type: application/json".to_owned(),
        format!("Location: {other}/token"),
        format!("Content-Location: {other}/token"),
        format!("Refresh: 0; url={other}/"),
        format!("Link: <{other}/>; rel=preload"),
        format!("Alt-Svc: h2=\"{host}\"; ma=3600, http/1.1=\"{host}\""),
        format!("x-amzn-endpoint: {other}"),
    ];
    reply(200, &headers.each_ref().map(String::as_str), &body.to_string())
}

fn region_error(other: &str) -> Step {
    let body = json!({"error": "invalid_request", "error_description": "wrong region", "endpoint": other, "region": "eu-west-1"});
    reply(
        400,
        &["Content-Type: application/json", "x-amzn-ErrorType: InvalidRequestRegionException"],
        &body.to_string(),
    )
}

const COMMANDS: [(&[&str], Point); 9] = [
    (&["register-client", "--client-name", "n", "--client-type", "public"], Point::Registration),
    (
        &["start-device-authorization", "--client-id", "c", "--client-secret", "s", "--start-url", "u"],
        Point::DeviceAuthorization,
    ),
    (&["create-token", "--client-id", "c", "--client-secret", "s", "--grant-type", "g"], Point::Refresh),
    (&["login", "--sso-session", "old", "--force", "--flow", "device-code", "--no-browser"], Point::Registration),
    (&["login", "--sso-session", "old"], Point::Refresh),
    (&["token", "--sso-session", "old"], Point::Refresh),
    (&["export-credentials", "--profile", "dev"], Point::Role),
    (&["status", "--check", "--sso-session", "corp"], Point::Logout),
    (&["logout"], Point::Logout),
];

#[test]
fn redirects_and_urls_in_responses_are_not_followed() {
    for (words, point) in COMMANDS {
        for status in [200, 301, 302, 303, 307, 308, 400] {
            let elsewhere = ScriptedServer::plain(vec![reply(200, &[], &good_body(point).to_string()); 4]);
            let other = elsewhere.url();
            let step = match status {
                200 => pointing(good_body(point), &other),
                400 => region_error(&other),
                _ => reply(status, &[&format!("Location: {other}/token")], ""),
            };
            let server = ScriptedServer::plain(vec![step; 3]);
            let run = two_sessions(&server.url(), 2).run(words);
            assert!(server.connections() > 0, "{}", run.snapshot());
            assert_eq!(elsewhere.connections(), 0, "{status}: {}", run.snapshot());
            let is_error = status != 200 && !words.contains(&"logout");
            assert!(!is_error || run.status != 0, "{status}: {}", run.snapshot());
        }
    }
}

#[test]
fn login_stays_on_its_endpoint() {
    let elsewhere = ScriptedServer::plain(vec![Step::Close; 8]);
    let other = elsewhere.url();
    let device = json!({
        "deviceCode": "d", "userCode": "ABCD-EFGH", "verificationUri": "https://h.example/", "expiresIn": 60, "interval": 1,
    });
    let server = ScriptedServer::plain(vec![
        pointing(good_body(Point::Registration), &other),
        pointing(device, &other),
        pointing(good_body(Point::Poll), &other),
    ]);
    let env = two_sessions(&server.url(), 2);
    env.run(["login", "--sso-session", "old", "--force", "--flow", "device-code", "--no-browser"]).ok();
    assert_eq!((server.connections(), elsewhere.connections()), (3, 0));

    let server = ScriptedServer::plain(vec![pointing(good_body(Point::Registration), &other)]);
    let env = two_sessions(&server.url(), 2);
    let words =
        ["login", "--sso-session", "old", "--force", "--flow", "authorization-code", "--no-browser", "--timeout", "1s"];
    let mut running = env.spawn(words);
    assert!(running.authorization_url().starts_with(&format!("{}/authorize?", server.url())));
    running.finish().expect(255);
    assert_eq!(elsewhere.connections(), 0);
}
