//! Requests through a proxy: what it is sent, and what its refusal tells the user.

use sso_oidc::internal::{HttpOptions, Proxies, Retry};

use super::client::{dead_port, options, send, send_as, with_bundle};
use crate::support::identity_center::{Identity, http::Transport};
use crate::support::scripted_server::{ScriptedServer, Step, bytes, json};

fn proxied(vars: &[(&str, &str)]) -> HttpOptions {
    let get = |name: &str| vars.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
    HttpOptions { proxies: Proxies::from_env(&get), ..options() }
}

#[test]
fn proxy_requests_have_absolute_target_and_authorization() {
    let proxy = ScriptedServer::plain(vec![json(200, &[], "{}")]);
    let setting = format!("http://user:p%40ss@{}", proxy.address);
    send(proxied(&[("http_proxy", &setting)]), "http://sso.example.com/x").unwrap();
    let request = &proxy.requests()[0];
    assert_eq!(request.line, "POST http://sso.example.com/x/token HTTP/1.1");
    assert_eq!(request.header("host"), Some("sso.example.com"));
    assert_eq!(request.header("proxy-authorization"), Some("Basic dXNlcjpwQHNz"));
}

#[test]
fn refusing_proxy_is_named_without_its_password() {
    let refused = "the proxy (HTTPS_PROXY) refused CONNECT oidc.example:443: it does not allow this host, or cannot reach \
                   it; curl -v https://oidc.example:443 shows its answer";
    let asks = "the proxy answered 407 to CONNECT oidc.example:443";
    for (answer, user, why) in [
        (json(502, &[], ""), "user:canary@", refused),
        (json(403, &[], ""), "", refused),
        (bytes("<html>"), "user:canary@", refused),
        (
            json(407, &[], ""),
            "user:canary@",
            &format!("{asks}: it does not accept the user and password in HTTPS_PROXY"),
        ),
        (
            json(407, &[], ""),
            "",
            &format!("{asks}: it requires a user and password; set HTTPS_PROXY to http://USER:PASSWORD@HOST:PORT"),
        ),
        (
            Step::Close,
            "user:canary@",
            "no answer from the proxy to CONNECT oidc.example:443 (unexpected end of file); check that HTTPS_PROXY names \
             an HTTP proxy",
        ),
    ] {
        let proxy = ScriptedServer::plain(vec![answer]);
        let setting = format!("http://{user}{}", proxy.address);
        let error = send(proxied(&[("HTTPS_PROXY", &setting)]), "https://oidc.example").map(|r| r.status).unwrap_err();
        let url = format!("http://{}{}", if user.is_empty() { "" } else { "***:***@" }, proxy.address);
        assert_eq!(error.to_string(), format!("Failed to connect to proxy URL: \"{url}\""));
        assert!(!format!("{error:?}").contains("canary"));
        assert_eq!(error.hint().as_deref(), Some(why));
        assert_eq!(proxy.requests()[0].line, "CONNECT oidc.example:443 HTTP/1.1");
    }
    let dead = format!("http://127.0.0.1:{}", dead_port());
    for (variable, url) in [("HTTPS_PROXY", "https://oidc.example"), ("HTTP_PROXY", "http://oidc.example")] {
        let error = send(proxied(&[(variable, &dead)]), url).map(|r| r.status).unwrap_err();
        assert_eq!(error.to_string(), format!("Failed to connect to proxy URL: \"{dead}\""));
        let port = if url.starts_with("https") { 443 } else { 80 };
        let start = format!("no connection to oidc.example:{port} through the proxy (Connection refused");
        let end = format!("; check {variable} and NO_PROXY");
        let hint = error.hint().unwrap();
        assert!(hint.starts_with(&start) && hint.ends_with(&end), "{hint}");
    }
}

#[test]
fn the_status_of_a_refused_connect_is_named_after_a_retry() {
    for (retry, connects) in
        [(Retry::Aws, 3), (Retry::Repeatable, 2), (Retry::Exchange, 2), (Retry::Refresh(&|| true), 2)]
    {
        let proxy = ScriptedServer::plain((0..3).map(|_| json(403, &[], "")).collect());
        let setting = format!("http://user:canary@{}", proxy.address);
        let options = HttpOptions { max_attempts: 3, ..proxied(&[("HTTPS_PROXY", &setting)]) };
        let error = send_as(options, "https://oidc.example", retry).map(|r| r.status).unwrap_err();
        let why = "the proxy answered 403 to CONNECT oidc.example:443: it does not allow this host, or cannot reach it; \
                   check HTTPS_PROXY and NO_PROXY";
        assert_eq!(error.hint().as_deref(), Some(why));
        let requests = proxy.requests();
        assert_eq!(requests.len(), connects);
        for request in &requests {
            assert_eq!(request.line, "CONNECT oidc.example:443 HTTP/1.1");
            assert_eq!(request.header("host"), Some("oidc.example:443"));
            assert_eq!(request.header("proxy-authorization"), Some("Basic dXNlcjpjYW5hcnk="));
            assert_eq!(request.body, "");
        }
    }
}

#[test]
fn a_connect_that_is_refused_once_is_repeated() {
    let identity = Identity::new(["oidc.example"]);
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("ca.pem");
    std::fs::write(&bundle, &identity.authority).unwrap();
    let bare = |step| Step::Bare(Box::new(step));
    let steps = vec![bare(json(503, &[], "")), bare(bytes("HTTP/1.1 200 OK\r\n\r\n")), json(200, &[], "{}")];
    let proxy = ScriptedServer::start(steps, &Transport::Proxy(identity.config.clone()), false);
    let proxies = proxied(&[("HTTPS_PROXY", &format!("http://{}", proxy.address))]).proxies;
    let options = HttpOptions { max_attempts: 3, proxies, ..with_bundle(&bundle) };
    assert_eq!(send_as(options, "https://oidc.example", Retry::Exchange).unwrap().status, 200);
}

#[test]
fn no_proxy_connects_directly() {
    let server = ScriptedServer::plain(vec![json(200, &[], "{}"), json(200, &[], "{}")]);
    let dead = format!("http://127.0.0.1:{}", dead_port());
    for list in ["127.0.0.1", "*"] {
        let options = proxied(&[("HTTP_PROXY", &dead), ("NO_PROXY", list)]);
        assert_eq!(send(options, &server.url()).unwrap().status, 200, "{list}");
    }
}
