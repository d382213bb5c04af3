//! Scripted replies of the local Identity Center, its log, TLS, and its report of unexpected requests.

use std::time::Instant;

use serde_json::json;

use super::*;
use crate::support::{Approval, Endpoint, Reply, wait_until};

#[test]
fn scripted_replies_come_in_order_without_effect() {
    let center = IdentityCenter::start();
    let client = device_client(&center);
    center.approval(Approval::AtOnce).interval(0);
    let code = start_device(&center, &client).text("deviceCode");
    center.script(
        Endpoint::CreateToken,
        [
            Reply::pending().without_header("x-amzn-ErrorType"),
            Reply::fault("InternalServerException").status(503),
            Reply::html(200, "<html>Sign in to the network</html>"),
            Reply::genuine().without("refreshToken").with("expiresIn", json!(7)).with("more", json!([1])),
        ],
    );
    let answer = poll(&center, &client, &code);
    assert_eq!(answer.fault(), (400, "", "authorization_pending".to_owned()));
    assert_eq!(poll(&center, &client, &code).status, 503);
    assert_eq!(poll(&center, &client, &code).header("content-type"), Some("text/html"));
    let tokens = poll(&center, &client, &code).json();
    assert_eq!((tokens.get("refreshToken"), &tokens["expiresIn"], &tokens["more"][0]), (None, &json!(7), &json!(1)));
}

#[test]
fn replies_can_be_late_slow_truncated_reset_or_invalid() {
    let center = IdentityCenter::start();
    let request = "HEAD /start HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".replace("HEAD", "GET");
    let tenth = Duration::from_millis(100);
    center.script(
        Endpoint::VanityUrl,
        [
            Reply::html(200, "0123456789").delay(tenth),
            Reply::html(200, "0123456789").pace(tenth / 10),
            Reply::html(200, "0123456789").cut(Some(4)),
            Reply::html(200, "0123456789").cut(None),
            Reply::html(200, "0123456789").reset(Some(0)),
            Reply::html(200, "0123456789").reset(None),
            Reply::raw("HTTP/1.1 banana\r\n\r\n"),
        ],
    );
    for _ in 0..2 {
        let started = Instant::now();
        assert_eq!(exchange(&center, &request).unwrap().body, "0123456789");
        assert!(started.elapsed() >= tenth);
    }
    let cut = exchange(&center, &request).unwrap();
    assert_eq!((cut.header("content-length"), cut.body.as_str()), (Some("10"), "0123"));
    assert_eq!(exchange(&center, &request).err().map(|error| error.kind()), Some(ErrorKind::UnexpectedEof));
    for _ in 0..2 {
        let ended = exchange(&center, &request).err().map(|error| error.kind());
        // Wine closes a connection before it resets it.
        assert!(cfg!(windows) || ended == Some(ErrorKind::ConnectionReset), "{ended:?}");
    }
    let mut stream = TcpStream::connect(("127.0.0.1", center.port())).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut received = String::new();
    stream.read_to_string(&mut received).unwrap();
    assert_eq!(received, "HTTP/1.1 banana\r\n\r\n");
}

#[test]
fn a_truncated_genuine_reply_has_its_effect() {
    let center = IdentityCenter::start();
    let issued = center.issue();
    center.next(Endpoint::CreateToken, Reply::genuine().cut(Some(5)));
    let cut = refresh(&center, &issued.client_id, &issued.client_secret, &issued.refresh_token);
    assert_eq!(cut.body.len(), 5);
    center.expect_fault(Endpoint::CreateToken, "InvalidGrantException");
    refresh(&center, &issued.client_id, &issued.client_secret, &issued.refresh_token);
}

#[test]
fn unexpected_and_missing_requests_are_reported() {
    let center = IdentityCenter::start();
    center.next(Endpoint::Logout, Reply::pending()).expect_fault(Endpoint::ListAccounts, "UnauthorizedException");
    start_device(&center, &("nobody".into(), "x".into()));
    let words = verdict(center);
    assert!(words.contains("1 scripted replies of Logout were not asked for"), "{words}");
    assert!(words.contains("ListAccounts never answered UnauthorizedException"), "{words}");
    assert!(words.contains("POST /device_authorization got InvalidClientException"), "{words}");
    assert_eq!(verdict(IdentityCenter::start()), "");
}

#[test]
fn dropping_ends_pending_replies() {
    let center = IdentityCenter::start();
    center.next(Endpoint::VanityUrl, Reply::never());
    let mut stream = TcpStream::connect(("127.0.0.1", center.port())).unwrap();
    stream.write_all(b"GET /start HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
    wait_until("the request", || center.connections() > 0 && center.complaints().is_empty());
    drop(center);
    assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0);
}

#[test]
fn requests_are_logged() {
    let center = IdentityCenter::start();
    let client = device_client(&center);
    start_device(&center, &client);
    assert_eq!(center.calls(), [Endpoint::RegisterClient, Endpoint::StartDeviceAuthorization]);
    let [request] = &center.requests_to(Endpoint::StartDeviceAuthorization)[..] else { panic!("one request") };
    assert_eq!(request.text("clientId"), Some(client.0.as_str()));
    assert_eq!((request.method.as_str(), request.status), ("POST", 200));
    assert_eq!(request.header("CONTENT-TYPE"), Some("application/json"));
    assert!(center.secrets().contains(&client.1));
}

#[test]
fn keep_alive() {
    let center = IdentityCenter::start();
    let mut stream = TcpStream::connect(("127.0.0.1", center.port())).unwrap();
    stream.write_all("GET /device HTTP/1.1\r\nHost: h\r\n\r\n".repeat(3).as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut received = String::new();
    stream.read_to_string(&mut received).unwrap();
    assert_eq!(received.matches("HTTP/1.1 200 OK").count(), 3);
    assert_eq!(center.connections(), 1);
}

#[test]
fn serves_tls() {
    let center = IdentityCenter::start_tls();
    let pem = std::fs::read_to_string(center.ca_bundle()).unwrap();
    let page = UserAgent::trusting(&pem).open(&format!("{}/device", center.url())).unwrap();
    assert_eq!((page.status, page.title()), (200, "Enter the code"));
    let other = IdentityCenter::start_tls();
    let pem = std::fs::read_to_string(other.ca_bundle()).unwrap();
    let error = UserAgent::trusting(&pem).open(&format!("{}/device", center.url())).unwrap_err();
    assert!(error.to_string().contains("certificate"), "{error}");
}
