//! The authorization code flow: requests, what the browser is shown, what ends the wait and what does not.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use super::{LOGIN, start, success};
use crate::support::environment::SESSION;
use crate::support::identity_center::{Approval, Endpoint};
use crate::support::{IdentityCenter, TestEnv, UserAgent};

#[test]
fn the_success_page_comes_after_the_token_is_stored() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut running = start(&env, &[]);
    let page = UserAgent::new().approve(&running.authorization_url()).unwrap();
    assert!(center.accepts(env.token(SESSION)["accessToken"].as_str().unwrap()), "stored before the page is shown");
    let run = running.finish().ok();
    assert!(run.stdout.ends_with(&success(&center.start_url())), "{}", run.snapshot());
    assert!(run.stderr.contains("signed in to corp until"), "{}", run.snapshot());
    assert_eq!((page.status, page.title()), (200, "You are signed in"));
    assert!(page.text().contains(&center.start_url()) && page.text().contains("close this window"), "{}", page.text());
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(page.header(name), Some(value), "{:?}", page.headers);
    }
    assert!(page.header("content-security-policy").is_some_and(|policy| policy.contains("default-src 'none'")));
    assert_eq!(
        center.calls(),
        [Endpoint::RegisterClient, Endpoint::Authorize, Endpoint::Authorize, Endpoint::CreateToken]
    );
}

#[test]
fn denial_is_shown_in_terminal_and_browser() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut running = start(&env, &[]);
    let page = UserAgent::new().deny(&running.authorization_url()).unwrap();
    let run = running.finish().expect(255);
    assert!(
        run.stderr.contains("Failed to retrieve an authorization code.") && run.stderr.contains("access_denied"),
        "{}",
        run.snapshot()
    );
    assert_eq!(page.title(), "You are not signed in");
    assert!(page.text().contains("access_denied"), "{}", page.text());
    assert!(!env.home().join(TestEnv::token_path(SESSION)).exists());
}

#[test]
fn a_refused_code_is_shown_in_the_browser() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    center.next(Endpoint::CreateToken, crate::support::identity_center::Reply::fault("InvalidGrantException"));
    let mut running = start(&env, &[]);
    let page = UserAgent::new().approve(&running.authorization_url()).unwrap();
    running.finish().expect(254);
    assert_eq!(page.title(), "You are not signed in");
    assert!(page.text().contains("InvalidGrantException"), "{}", page.text());
}

#[test]
fn junk_and_idle_connections_do_not_delay_the_callback() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut running = start(&env, &[]);
    let url = running.authorization_url();
    let port = redirect_port(&url);
    let open = || TcpStream::connect(("127.0.0.1", port)).unwrap();
    let idle: Vec<_> = (0..200).map(|_| open()).collect();
    let slow: Vec<_> = (0..20).map(|_| open()).inspect(|mut stream| stream.write_all(b"GET /oa").unwrap()).collect();
    let host = format!("127.0.0.1:{port}");
    let junk = [
        format!("GET /oauth/callback?code=a&state=wrong HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("GET /favicon.ico HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("POST /oauth/callback HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n"),
        "GET /oauth/callback?code=a&state=b HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_owned(),
        format!("GET /oauth/callback?error=x&state=wrong HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("GET /{} HTTP/1.1\r\n", "a".repeat(40_000)),
        "\u{16}\u{3}\u{1}\0\0".to_owned(),
    ];
    let rounds = crate::support::count("SSO_OIDC_TEST_JUNK", 300);
    for request in junk.iter().cycle().take(rounds) {
        let mut stream = open();
        let _ = stream.write_all(request.as_bytes());
        let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(!answer.starts_with("HTTP/1.1 200"), "{request:?} → {answer}");
        assert!(!answer.contains("wrong") && !answer.contains("evil"), "nothing is repeated: {answer}");
    }
    assert!(running.is_running());
    // The idle and slow connections are still open: waiting for each of them in turn would take longer than any test may.
    let page = UserAgent::new().approve(&url).unwrap();
    running.finish().ok();
    assert_eq!(page.title(), "You are signed in");
    drop((idle, slow));
}

#[test]
#[cfg(target_os = "linux")]
fn listens_on_loopback_only() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut running = start(&env, &[]);
    let port = redirect_port(&running.authorization_url());
    let sockets =
        std::fs::read_to_string("/proc/net/tcp").unwrap() + &std::fs::read_to_string("/proc/net/tcp6").unwrap();
    let listening: Vec<_> = sockets
        .lines()
        .filter_map(|line| line.split_whitespace().nth(1).zip(line.split_whitespace().nth(3)))
        .filter(|(local, state)| *state == "0A" && local.ends_with(&format!(":{port:04X}")))
        .map(|(local, _)| local)
        .collect();
    assert_eq!(listening, [format!("0100007F:{port:04X}")]);
    running.signal("INT");
    running.finish().expect(130);
}

#[test]
fn the_listener_is_ready_before_the_url_is_shown() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    for _ in 0..crate::support::count("SSO_OIDC_TEST_LOGINS", 20) {
        let env = TestEnv::of(&center);
        let mut running = start(&env, &[]);
        UserAgent::new().open(&running.authorization_url()).unwrap();
        running.finish().ok();
    }
}

#[test]
fn the_browser_gets_one_argument_and_its_output_is_discarded() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let mut env = TestEnv::of(&center);
    env.record_browser();
    let mut words = LOGIN.to_vec();
    words.extend(["--flow", "authorization-code"]);
    let mut running = env.spawn(words);
    let url = running.authorization_url();
    UserAgent::new().open(&url).unwrap();
    let run = running.finish().ok();
    assert_eq!(env.opened(), [url]);
    assert!(run.stdout.starts_with("Attempting to open your default browser."), "{}", run.snapshot());
}

#[test]
fn redirect_port_in_use_is_reported() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let run = start(&env, &["--redirect-port", &port]).finish().expect(255);
    assert!(
        run.stderr.contains(&format!("127.0.0.1:{port}")) && run.stderr.contains("--redirect-port"),
        "{}",
        run.stderr
    );
    assert_eq!(center.calls(), []);
    drop(taken);
    let mut running = start(&env, &["--redirect-port", &port]);
    let url = running.authorization_url();
    assert_eq!(redirect_port(&url).to_string(), port);
    UserAgent::new().approve(&url).unwrap();
    running.finish().ok();
}

#[test]
fn ssh_port_forward_command_is_shown() {
    let center = IdentityCenter::start();
    for (connection, option, host) in [
        ("192.0.2.1 50000 192.0.2.7 22", "", Some("192.0.2.7")),
        ("192.0.2.1 50000 192.0.2.7 2222", "-p 2222 ", Some("192.0.2.7")),
        ("2001:db8::1 50000 2001:db8::7 22", "", Some("2001:db8::7")),
        ("fe80::1%eth0 50000 fe80::7%eth0 22", "", None),
        ("FE80::1 50000 FE80::7 22", "", None),
        ("169.254.1.1 50000 169.254.1.7 22", "", None),
        ("192.0.2.1 50000", "", None),
    ] {
        let mut env = TestEnv::of(&center);
        env.set("SSH_CONNECTION", connection).set("USER", "ann");
        let mut running = start(&env, &["--timeout", "1s"]);
        let port = redirect_port(&running.authorization_url());
        let run = running.finish().expect(255);
        let command = host.map(|host| format!(": ssh {option}-L {port}:127.0.0.1:{port} ann@{host}\n"));
        assert!(command.as_ref().is_none_or(|command| run.stderr.contains(command)), "{}", run.snapshot());
        assert_eq!(run.stderr.contains("ssh "), command.is_some(), "{}", run.snapshot());
    }
}

#[test]
fn request_members_match_the_aws_cli() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    super::sign_in(&env, &[]).ok();
    let body = |endpoint| String::from_utf8(center.requests_to(endpoint)[0].body.clone()).unwrap();
    assert_eq!(
        body(Endpoint::RegisterClient),
        format!(
            "{{\"clientName\": \"sso-oidc-client-corp\", \"clientType\": \"public\", \"grantTypes\": [\"authorization_code\", \
             \"refresh_token\"], \"redirectUris\": [\"http://127.0.0.1/oauth/callback\"], \"issuerUrl\": \"{}\", \"scopes\": \
             [\"sso:account:access\"]}}",
            center.start_url()
        )
    );
    let token: serde_json::Map<_, _> = serde_json::from_str(&body(Endpoint::CreateToken)).unwrap();
    let names: Vec<_> = token.keys().collect();
    assert_eq!(names, ["grantType", "clientId", "clientSecret", "redirectUri", "codeVerifier", "code"]);
    assert_eq!(token["grantType"], json!("authorization_code"));
}

/// The port in an authorization URL's redirect URI.
fn redirect_port(url: &str) -> u16 {
    let url = url::Url::parse(url).unwrap();
    let redirect = url.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1;
    url::Url::parse(&redirect).unwrap().port().unwrap()
}
