//! Tests of the local Identity Center that the other tests use, over raw sockets.
//!
//! One test for each rule it enforces and each way to make it misbehave: a server that forgave a mistake would hide
//! that mistake in the program.

mod flows;
mod iam;
mod lists;
mod replies;
mod validation;

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{IdentityCenter, UserAgent};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const CALLBACK: &str = "http://127.0.0.1/oauth/callback";
/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// An answer: status, error type, body.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }

    fn text(&self, member: &str) -> String {
        self.json()[member].as_str().unwrap_or_else(|| panic!("no {member} in {}", self.body)).to_owned()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The error type and the OAuth error, in one.
    fn fault(&self) -> (u16, &str, String) {
        (self.status, self.header("x-amzn-errortype").unwrap_or_default(), self.text("error"))
    }
}

fn exchange(center: &IdentityCenter, request: &str) -> Result<Answer, std::io::Error> {
    let mut stream = TcpStream::connect(("127.0.0.1", center.port()))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(request.as_bytes())?;
    let mut received = Vec::new();
    stream.read_to_end(&mut received)?;
    let text = String::from_utf8(received).expect("the Identity Center answers in UTF-8");
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return Err(std::io::Error::new(ErrorKind::UnexpectedEof, text));
    };
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status line");
    Ok(Answer { status, head: head.into(), body: body.into() })
}

fn ask(center: &IdentityCenter, method: &str, target: &str, headers: &str, body: &str) -> Answer {
    let length = body.len();
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: {length}\r\n\
         {headers}\r\n{body}"
    );
    exchange(center, &request).expect("an answer")
}

fn post(center: &IdentityCenter, target: &str, body: &Value) -> Answer {
    ask(center, "POST", target, "Content-Type: application/json\r\n", &body.to_string())
}

fn portal(center: &IdentityCenter, method: &str, target: &str, token: &str) -> Answer {
    ask(center, method, target, &format!("x-amz-sso_bearer_token: {token}\r\n"), "")
}

/// A client of the device code flow: id and secret.
fn device_client(center: &IdentityCenter) -> (String, String) {
    let body = json!({ "clientName": "n", "clientType": "public", "scopes": ["sso:account:access"] });
    let client = post(center, "/client/register", &body);
    (client.text("clientId"), client.text("clientSecret"))
}

/// A client of the authorization code flow: id and secret.
fn code_client(center: &IdentityCenter) -> (String, String) {
    let body = json!({
        "clientName": "n", "clientType": "public", "grantTypes": ["authorization_code", "refresh_token"],
        "redirectUris": [CALLBACK], "issuerUrl": center.start_url(), "scopes": ["sso:account:access"],
    });
    let client = post(center, "/client/register", &body);
    (client.text("clientId"), client.text("clientSecret"))
}

fn start_device(center: &IdentityCenter, (id, secret): &(String, String)) -> Answer {
    let body = json!({ "clientId": id, "clientSecret": secret, "startUrl": center.start_url() });
    post(center, "/device_authorization", &body)
}

fn poll(center: &IdentityCenter, (id, secret): &(String, String), device_code: &str) -> Answer {
    let body = json!({ "clientId": id, "clientSecret": secret, "grantType": DEVICE_CODE, "deviceCode": device_code });
    post(center, "/token", &body)
}

fn refresh(center: &IdentityCenter, id: &str, secret: &str, token: &str) -> Answer {
    let body = json!({ "clientId": id, "clientSecret": secret, "grantType": "refresh_token", "refreshToken": token });
    post(center, "/token", &body)
}

fn authorize_url(center: &IdentityCenter, id: &str, redirect_uri: &str) -> String {
    let mut url = url::Url::parse(&format!("{}/authorize", center.url())).unwrap();
    url.query_pairs_mut().extend_pairs([
        ("response_type", "code"),
        ("client_id", id),
        ("redirect_uri", redirect_uri),
        ("state", "st"),
        ("code_challenge_method", "S256"),
        ("scopes", "sso:account:access"),
        ("code_challenge", CHALLENGE),
    ]);
    url.into()
}

/// The query of the redirect that a decision leads to; nothing listens there.
fn redirect(center: &IdentityCenter, url: &str, decision: &str) -> Vec<(String, String)> {
    let page = UserAgent::new().open(url).unwrap();
    let id = page.body.split("name=\"request\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let form = format!("request={id}&decision={decision}");
    let answer = ask(center, "POST", "/authorize", "Content-Type: application/x-www-form-urlencoded\r\n", &form);
    assert_eq!(answer.status, 302);
    let location = url::Url::parse(answer.header("location").unwrap()).unwrap();
    assert_eq!((location.port(), location.path()), (Some(4711), "/oauth/callback"));
    location.query_pairs().into_owned().collect()
}

fn redeem(center: &IdentityCenter, client: &(String, String), code: &str, changes: &Value) -> Answer {
    let mut body = json!({
        "clientId": client.0, "clientSecret": client.1, "grantType": "authorization_code", "code": code,
        "redirectUri": "http://127.0.0.1:4711/oauth/callback", "codeVerifier": VERIFIER,
    });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    post(center, "/token", &body)
}

fn new_code(center: &IdentityCenter, client: &(String, String)) -> String {
    let url = authorize_url(center, &client.0, "http://127.0.0.1:4711/oauth/callback");
    redirect(center, &url, "approve").swap_remove(0).1
}

/// The panic message of a dropped Identity Center.
fn verdict(center: IdentityCenter) -> String {
    match catch_unwind(AssertUnwindSafe(|| drop(center))) {
        Ok(()) => String::new(),
        Err(panic) => panic.downcast_ref::<String>().cloned().unwrap_or_default(),
    }
}
