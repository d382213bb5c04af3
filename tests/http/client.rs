//! The HTTP client under network faults: error kind, number of attempts, requests.

use std::collections::HashSet;
use std::future::Future;
use std::path::Path;
use std::time::Duration;

use sso_oidc::Context;
use sso_oidc::internal::Secret;
use sso_oidc::internal::{
    CaBundle, HttpClient, HttpError, HttpErrorKind, HttpOptions, Method, Proxies, Request, Response, Retry,
};

use crate::support::identity_center::Identity;
use crate::support::scripted_server::{ScriptedServer, Step, bytes, json};

/// The AWS CLI's values, one attempt, no proxies, patience for a test.
pub(crate) fn options() -> HttpOptions {
    HttpOptions {
        connect_timeout: Some(Duration::from_secs(10)),
        read_timeout: Some(Duration::from_secs(10)),
        max_attempts: 1,
        proxies: Proxies::from_env(&|_| None),
        ..HttpOptions::new(&Context::real())
    }
}

pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

pub(crate) fn send(options: HttpOptions, url: &str) -> Result<Response, HttpError> {
    send_as(options, url, Retry::Aws)
}

pub(crate) fn send_as(options: HttpOptions, url: &str, retry: Retry<'_>) -> Result<Response, HttpError> {
    let request =
        Request::aws(Method::POST, format!("{url}/token")).body("application/json", Secret::new("{\"a\": 1}"));
    wait(HttpClient::new(options).send(&request, retry, None))
}

fn kind(options: HttpOptions, step: Step) -> HttpErrorKind {
    let server = ScriptedServer::plain(vec![step]);
    send(options, &server.url()).map(|response| response.status).unwrap_err().kind
}

/// A port without a listener.
pub(crate) fn dead_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn request_headers_match_the_aws_cli() {
    let server = ScriptedServer::plain(vec![json(200, &[], "{}")]);
    assert_eq!(send(options(), &server.url()).unwrap().status, 200);
    let request = &server.requests()[0];
    assert_eq!((request.line.as_str(), request.body.as_str()), ("POST /token HTTP/1.1", "{\"a\": 1}"));
    assert_eq!(request.header("host"), Some(server.address.to_string().as_str()));
    assert_eq!(request.header("accept-encoding"), Some("identity"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("content-length"), Some("8"));
    assert_eq!(request.header("amz-sdk-request"), Some("attempt=1"));
    assert!(request.header("user-agent").unwrap().starts_with("sso-oidc/"));
    let known = ["host", "accept", "accept-encoding", "content-type", "content-length", "user-agent"];
    let names: HashSet<_> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    let unknown: Vec<_> = names.iter().filter(|n| !known.contains(*n) && !n.starts_with("amz-sdk-")).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert_eq!(names.len(), request.headers.len(), "a header twice: {:?}", request.headers);
}

#[test]
fn empty_bodies_have_a_content_length() {
    let server = ScriptedServer::plain(vec![json(200, &[], ""), json(200, &[], "")]);
    let client = HttpClient::new(options());
    let post = Request { body: Some(Secret::new("")), ..Request::plain(Method::POST, server.url()) };
    wait(client.send(&post, Retry::Aws, None)).unwrap();
    wait(client.send(&Request::plain(Method::GET, server.url()), Retry::Aws, None)).unwrap();
    assert_eq!(server.requests()[0].header("content-length"), Some("0"));
    assert_eq!(server.requests()[1].header("content-length"), None);
    assert_eq!(server.requests()[1].header("amz-sdk-request"), None);
}

#[test]
fn retries_repeat_the_invocation_id_and_report_clock_skew() {
    let late = "Date: Fri, 01 Jan 2100 00:00:00 GMT";
    let server = ScriptedServer::plain(vec![json(500, &[late], "{}"), json(200, &[], "{}")]);
    let response = send(HttpOptions { max_attempts: 3, ..options() }, &server.url()).unwrap();
    assert_eq!((response.status, response.attempts, response.retries_reached), (200, 2, None));
    let requests = server.requests();
    assert_eq!(requests[0].header("amz-sdk-invocation-id"), requests[1].header("amz-sdk-invocation-id"));
    assert_eq!(requests[0].body, requests[1].body);
    let second = requests[1].header("amz-sdk-request").unwrap();
    assert!(second.starts_with("ttl=21000101T0000") && second.ends_with("Z; attempt=2; max=3"), "{second}");
}

#[test]
fn connection_refused() {
    let url = format!("http://127.0.0.1:{}", dead_port());
    let error = send(options(), &url).map(|r| r.status).unwrap_err();
    assert_eq!(error.kind, HttpErrorKind::Connect);
    assert_eq!(error.to_string(), format!("Could not connect to the endpoint URL: \"{url}/token\""));
}

#[test]
fn unresolvable_host() {
    let error = send(options(), "http://user:canary@no-such-host.invalid").map(|r| r.status).unwrap_err();
    assert_eq!(error.kind, HttpErrorKind::Dns);
    assert_eq!(error.to_string(), "Could not connect to the endpoint URL: \"http://no-such-host.invalid/token\"");
    assert!(error.hint().unwrap().contains("no-such-host.invalid"));
}

#[test]
fn localhost_names_need_no_resolver() {
    for host in ["localhost", "identity-center.localhost"] {
        let server = ScriptedServer::plain(vec![json(200, &[], "{}")]);
        let url = server.url().replace("127.0.0.1", host);
        assert_eq!(send(options(), &url).unwrap().status, 200, "{host}");
    }
}

#[test]
fn a_slow_handshake_is_a_connect_timeout() {
    let server = ScriptedServer::plain(vec![Step::Close]);
    let url = server.url().replace("http:", "https:");
    let limit = Some(Duration::from_millis(200));
    let error = send(HttpOptions { connect_timeout: limit, ..options() }, &url).map(|r| r.status).unwrap_err();
    assert_eq!(error.kind, HttpErrorKind::ConnectTimeout(limit));
    assert_eq!(error.to_string(), format!("Connect timeout on endpoint URL: \"{url}/token\""));
}

#[test]
fn silence_is_a_read_timeout() {
    let limit = Some(Duration::from_millis(200));
    let quick = || HttpOptions { read_timeout: limit, ..options() };
    let silence = Duration::from_millis(600);
    assert_eq!(kind(quick(), Step::Stall(Vec::new(), silence)), HttpErrorKind::ReadTimeout(limit));
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec();
    assert_eq!(kind(quick(), Step::Stall(half, silence)), HttpErrorKind::ReadTimeout(limit));
}

#[test]
fn total_timeout_ends_a_slow_response() {
    let limit = Duration::from_millis(300);
    let drip = Step::Drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n".repeat(3), Duration::from_millis(50));
    let server = ScriptedServer::plain(vec![drip]);
    let error =
        send(HttpOptions { total_timeout: Some(limit), ..options() }, &server.url()).map(|r| r.status).unwrap_err();
    assert_eq!(error.kind, HttpErrorKind::TotalTimeout(limit));
    assert!(error.to_string().starts_with("Read timeout on endpoint URL: "));
}

#[test]
fn connection_closed_before_the_response() {
    assert_eq!(kind(options(), Step::Close), HttpErrorKind::Closed);
    assert_eq!(kind(options(), Step::Reset), HttpErrorKind::Closed);
}

#[test]
fn truncated_responses() {
    let short = bytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\": 1");
    assert_eq!(kind(options(), short), HttpErrorKind::CutOff(7));
    let chunks = bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n");
    assert_eq!(kind(options(), chunks), HttpErrorKind::CutOff(5));
    let bad_chunk = bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    assert_eq!(kind(options(), bad_chunk), HttpErrorKind::CutOff(0));
}

#[test]
fn responses_that_are_not_http() {
    assert_eq!(kind(options(), bytes("SSH-2.0-OpenSSH_9.2\r\n\r\n")), HttpErrorKind::NotHttp);
    let two_lengths = bytes("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}");
    assert_eq!(kind(options(), two_lengths), HttpErrorKind::NotHttp);
}

#[test]
fn oversized_bodies_are_refused() {
    let large = HttpErrorKind::TooLarge("1 MiB");
    let head = |length: usize| format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").into_bytes();
    assert_eq!(kind(options(), Step::Endless(head(10 << 20), vec![b' '; 4096])), large);
    let chunk = [b"1000\r\n".to_vec(), vec![b' '; 4096], b"\r\n".to_vec()].concat();
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    assert_eq!(kind(options(), Step::Endless(chunked, chunk)), large);
    let full = [head(1 << 20), vec![b' '; 1 << 20]].concat();
    let server = ScriptedServer::plain(vec![Step::Write(full)]);
    assert_eq!(send(options(), &server.url()).unwrap().body.len(), 1 << 20);
}

#[test]
fn oversized_headers_are_refused() {
    let headers = HttpErrorKind::TooLarge("64 KiB of headers");
    let line = |length| format!("HTTP/1.1 200 OK\r\nX-A: {}\r\nContent-Length: 0\r\n\r\n", "a".repeat(length));
    assert_eq!(kind(options(), bytes(&line(70_000))), headers);
    let endless = Step::Endless(b"HTTP/1.1 200 OK\r\nX-A: ".to_vec(), vec![b'a'; 4096]);
    assert_eq!(kind(options(), endless), headers);
    assert!(matches!(kind(options(), many_headers()), HttpErrorKind::TooLarge(_) | HttpErrorKind::NotHttp));
}

fn many_headers() -> Step {
    Step::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-A: a\r\n".repeat(512))
}

#[test]
fn no_decompression_and_no_redirects() {
    let gzip = bytes("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x00");
    let server = ScriptedServer::plain(vec![gzip, json(302, &["Location: /elsewhere"], ""), json(200, &[], "")]);
    assert_eq!(send(options(), &server.url()).unwrap().body, b"\x1f\x00");
    assert_eq!(send(options(), &server.url()).unwrap().status, 302);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn single_use_codes_are_not_resent() {
    let cut = || bytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
    let three = || HttpOptions { max_attempts: 3, ..options() };
    let server = ScriptedServer::plain(vec![cut(), cut(), cut()]);
    assert!(send_as(three(), &server.url(), Retry::Exchange).is_err());
    assert_eq!(server.connections(), 1);
    let server = ScriptedServer::plain(vec![Step::Close, Step::Close, Step::Close]);
    assert_eq!(send_as(three(), &server.url(), Retry::Exchange).map(|r| r.status).unwrap_err().attempts, 2);
    let server = ScriptedServer::plain(vec![Step::Close, Step::Close]);
    assert!(send_as(three(), &server.url(), Retry::Once).is_err());
    assert_eq!(server.connections(), 1);
    let server = ScriptedServer::plain(vec![json(500, &[], ""), json(200, &[], "{}")]);
    assert_eq!(send_as(three(), &server.url(), Retry::Refresh(&|| false)).unwrap().status, 500);
    assert_eq!(server.connections(), 1);
}

#[test]
fn invalid_urls_are_refused_before_connecting() {
    for (url, text) in [
        ("localhost", "Invalid endpoint: localhost/token"),
        ("http://a_b c", "Invalid endpoint: http://a_b c/token"),
        ("ftp://127.0.0.1", "An HTTP Client raised an unhandled exception: Not supported URL scheme ftp"),
    ] {
        assert_eq!(send(options(), url).map(|r| r.status).unwrap_err().to_string(), text);
    }
}

#[test]
fn header_values_cannot_inject_lines() {
    let request = Request::plain(Method::GET, "http://127.0.0.1:1/").header("x-a", Secret::new("canary\r\nX-B: c"));
    let error = wait(HttpClient::new(options()).send(&request, Retry::Aws, None)).map(|r| r.status).unwrap_err();
    assert!(matches!(error.kind, HttpErrorKind::Unsendable(_)), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("canary"));
}

pub(crate) fn with_bundle(path: &Path) -> HttpOptions {
    HttpOptions { ca_bundle: Some(CaBundle { path: path.to_owned(), origin: "a test".to_owned() }), ..options() }
}

#[test]
fn ca_bundle_file_or_directory() {
    let identity = Identity::new(["127.0.0.1"]);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), &identity.authority).unwrap();
    std::fs::write(folder.path().join("README"), "not a certificate").unwrap();
    let server = ScriptedServer::tls(vec![json(200, &[], "{}"), json(200, &[], "{}")], &identity);
    assert_eq!(send(with_bundle(&folder.path().join("ca.pem")), &server.url()).unwrap().status, 200);
    assert_eq!(send(with_bundle(folder.path()), &server.url()).unwrap().status, 200);
}

#[test]
fn an_untrusted_certificate_is_rejected_naming_its_issuer() {
    let identity = Identity::new(["127.0.0.1"]);
    let server = ScriptedServer::tls(vec![Step::Close, json(200, &[], "{}")], &identity);
    let error = send(options(), &server.url()).map(|r| r.status).unwrap_err();
    assert!(matches!(error.kind, HttpErrorKind::Tls(_)), "{error:?}");
    let url = server.url();
    assert_eq!(
        error.to_string(),
        format!(
            "SSL validation failed for {url}/token certificate verify failed: unable to get local issuer certificate \
             (certificate of \"Test Server\", issued by \"Test Authority\"); \
             the issuer is in neither the built-in nor the system's root certificates"
        )
    );
    assert!(error.hint().unwrap().contains("AWS_CA_BUNDLE"));
    // Nothing was sent to the impostor; without verification it is trusted.
    assert!(server.requests().is_empty());
    assert_eq!(send(HttpOptions { verify: false, ..options() }, &url).unwrap().status, 200);
}

#[test]
fn a_certificate_for_another_name_is_rejected() {
    let identity = Identity::new(["other.example"]);
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("ca.pem");
    std::fs::write(&bundle, &identity.authority).unwrap();
    let server = ScriptedServer::tls(vec![Step::Close], &identity);
    let error = send(with_bundle(&bundle), &server.url()).map(|r| r.status).unwrap_err();
    assert!(matches!(error.kind, HttpErrorKind::Tls(_)), "{error:?}");
    let text = error.to_string();
    assert!(
        text.contains("certificate is not valid for 127.0.0.1 but for") && text.contains("other.example"),
        "{text}"
    );
}

#[test]
fn an_unusable_ca_bundle_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "nothing").unwrap();
    for (path, words) in [(folder.path().join("none.pem"), "(os error 2)"), (empty, "no PEM certificates")] {
        let server = ScriptedServer::tls(vec![Step::Close], &Identity::new(["127.0.0.1"]));
        let error = send(with_bundle(&path), &server.url()).map(|r| r.status).unwrap_err();
        assert!(matches!(error.kind, HttpErrorKind::CaBundle(..)), "{error:?}");
        let text = error.to_string();
        assert!(text.starts_with("SSL validation failed for https://") && text.contains(words), "{text}");
        assert_eq!(error.hint().unwrap(), format!("the CA bundle {} comes from a test", path.display()));
        assert_eq!(server.connections(), 0);
    }
    // A bundle that is not needed is not read.
    let server = ScriptedServer::plain(vec![json(200, &[], "{}")]);
    assert_eq!(send(with_bundle(&folder.path().join("none.pem")), &server.url()).unwrap().status, 200);
}
