//! The redirect listener: its response to stray requests, and that only the expected one ends the wait.
//!
//! `authorization_code` has the listener's address and junk connections, `callback_page` the pages. RFC 8252 sections
//! 7.3 and 8.3.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::login::start;
use crate::support::{IdentityCenter, TestEnv, UserAgent};

fn parameters(url: &str) -> (u16, String) {
    let url = url::Url::parse(url).unwrap();
    let of = |name: &str| url.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned();
    (url::Url::parse(&of("redirect_uri")).unwrap().port().unwrap(), of("state"))
}

/// The answer to exactly these bytes.
fn ask(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

/// No script, frame, sniffing, caching, referrer; nothing of the request.
#[track_caller]
fn assert_locked_down(answer: &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap_or_default();
    let policy = header("Content-Security-Policy");
    for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"] {
        assert!(policy.contains(part), "{part}: {head}");
    }
    assert!(!policy.contains("script"), "{policy}");
    for (name, value) in [
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Connection", "close"),
    ] {
        assert_eq!(header(name), value, "{head}");
    }
    assert!(!head.contains("Access-Control") && !head.contains("Location") && !head.contains("Server:"), "{head}");
    assert!(!body.contains("<script") && !answer.contains("marker"), "{answer}");
}

#[test]
fn requests_without_the_state_are_rejected() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut running = start(&env, &[]);
    let url = running.authorization_url();
    let (port, state) = parameters(&url);
    let host = format!("127.0.0.1:{port}");
    let good = format!("/oauth/callback?code=marker&state={state}");
    let get = |target: &str, host: &str| format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    for (request, status) in [
        (get(&good, "localhost"), 421),
        (get(&good, &format!("localhost:{port}")), 421),
        (get(&good, "127.0.0.1"), 421),
        (get(&good, &format!("127.0.0.1.marker.example:{port}")), 421),
        (get(&good, &format!("[::1]:{port}")), 421),
        (get(&good, &format!("{host}.")), 421),
        (get(&good, ""), 421),
        (format!("GET {good} HTTP/1.1\r\n\r\n"), 400),
        (format!("GET {good} HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n"), 400),
        (format!("GET {good} HTTP/1.1\r\nHost: {host}\r\nHost: marker.example\r\n\r\n"), 400),
        (get(&format!("http://{host}{good}"), &host), 404),
        (get("/oauth/callback/?code=marker&state=x", &host), 404),
        (get("/OAUTH/CALLBACK", &host), 404),
        (get("/oauth%2fcallback?code=marker", &host), 404),
        (get("//oauth/callback?code=marker", &host), 404),
        (get("/favicon.ico", &host), 404),
        (get("/", &host), 404),
        (format!("POST {good} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n"), 405),
        (format!("HEAD {good} HTTP/1.1\r\nHost: {host}\r\n\r\n"), 405),
        (format!("OPTIONS {good} HTTP/1.1\r\nHost: {host}\r\nOrigin: https://marker.example\r\n\r\n"), 405),
        (get("/oauth/callback", &host), 400),
        (get("/oauth/callback?code=marker", &host), 400),
        (get(&format!("/oauth/callback?code=marker&state={state}x"), &host), 400),
        (get(&format!("/oauth/callback?code=marker&state={}", &state[1..]), &host), 400),
        (get(&format!("/oauth/callback?code=marker&state={}", state.to_ascii_uppercase()), &host), 400),
        (get("/oauth/callback?code=marker&state=", &host), 400),
        (get(&format!("/oauth/callback?state={state}"), &host), 400),
        (get(&format!("{good}&code=marker2"), &host), 400),
        (get(&format!("{good}&state={state}"), &host), 400),
        (get("/oauth/callback?error=marker&state=wrong", &host), 400),
        (get("/oauth/callback?error=marker&error_description=marker", &host), 400),
        (get("/oauth/callback?error=marker", &host), 400),
        ("marker\r\n\r\n".to_owned(), 400),
        (format!("GET /{} HTTP/1.1\r\nHost: {host}\r\n\r\n", "marker".repeat(4000)), 400),
    ] {
        let answer = ask(port, &request);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request:?} → {answer}");
        assert_locked_down(&answer);
    }
    assert!(running.is_running() && !running.stderr().contains("marker"), "{}", running.stderr());
    let ignored = "ignoring an error response without a matching state";
    running.wait_for_stderr(|text| text.contains(ignored).then_some(()));
    assert_eq!(running.stderr().matches(ignored).count(), 1, "{}", running.stderr());
    let page = UserAgent::new().approve(&url).unwrap();
    assert_eq!(page.status, 200);
    let head: Vec<String> = page.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_locked_down(&format!("HTTP/1.1 200 OK\r\n{}\r\n\r\n{}", head.join("\r\n"), page.body));
    running.finish().ok();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "the port is closed after the login");
}

#[test]
fn an_error_without_the_state_is_not_the_answer() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut running = start(&env, &["--timeout", "2"]);
    let (port, _) = parameters(&running.authorization_url());
    let target = "/oauth/callback?error=marker&error_description=marker";
    ask(port, &format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"));
    let run = running.finish().expect(255);
    assert!(run.stderr.contains("approve it in time") && !run.stderr.contains("marker"), "{}", run.snapshot());
}

#[test]
fn a_browser_that_uses_https_only_is_mentioned_once() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut running = super::start(&env, &[]);
    let url = running.authorization_url();
    let redirect = url::Url::parse(&url).unwrap();
    let redirect = redirect.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
    let address = url::Url::parse(&redirect).unwrap().socket_addrs(|| None).unwrap()[0];
    for _ in 0..2 {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        std::io::Write::write_all(&mut stream, b"\x16\x03\x01\x02\x00\x01").unwrap();
        std::io::Read::read_to_end(&mut stream, &mut Vec::new()).unwrap();
    }
    crate::support::UserAgent::new().approve(&url).unwrap();
    let run = running.finish().ok();
    assert_eq!(
        run.stderr.matches("the browser used https, but this port serves only http").count(),
        1,
        "{}",
        run.snapshot()
    );
}
