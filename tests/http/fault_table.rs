//! The table of faults, one per row: what happens instead of a response, its class, and the expected message.
//!
//! The attempts and exit codes of each class are in `faults`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::scripted_flow::{CANARY, Connection, Identities, Point, good_body, reply};
use crate::support::scripted_server::{Step, bytes};

/// The class of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// The request cannot have reached the service.
    Unsent,
    /// The connection ended before a byte of an answer.
    Lost,
    /// An answer began, or may have, and did not come to its end.
    Cut,
    /// The peer is not trusted, or the response exceeds a limit: not retried.
    Stop,
    /// The proxy refused CONNECT: retried once, to learn its status.
    RefusedTunnel,
    /// The service is in trouble or busy.
    Busy,
    /// Throttled with `Retry-After`: a process that has a token does not wait.
    BusyFor,
    /// Throttled for longer than any process waits.
    BusyForLong,
    /// The service returns an error.
    Refused,
    /// A success that is not JSON.
    Nonsense,
    /// A success with invalid members; only for calls that have members.
    Unfit,
    /// Unusual, but accepted.
    Accepted,
}

/// A row of the table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) class: Class,
    pub(crate) connection: Connection,
    /// Standard error must contain one of these.
    pub(crate) says: &'static [&'static str],
    /// Additional arguments.
    pub(crate) words: &'static [&'static str],
    /// What happens instead of a response.
    pub(crate) step: Box<dyn Fn(Point) -> Step + Sync>,
    /// The calls that it applies to.
    pub(crate) at: fn(Point) -> bool,
}

fn row(name: &'static str, class: Class, says: &'static [&'static str], step: Step) -> Row {
    Row {
        name,
        class,
        connection: Connection::Plain,
        says,
        words: &[],
        step: Box::new(move |_| step.clone()),
        at: |_| true,
    }
}

fn oauth(name: &'static str, says: &'static [&'static str], status: u16, error: &str) -> Row {
    let body = json!({"error": error, "error_description": "the \u{1b}[31mreason"}).to_string();
    let step = reply(status, &["Content-Type: application/json", &format!("x-amzn-ErrorType: {name}")], &body);
    Row { at: Point::is_oidc, ..row(name, Class::Refused, says, step) }
}

/// The good answer with a member changed, or without it.
fn member(
    name: &'static str,
    class: Class,
    says: &'static [&'static str],
    member: &'static str,
    value: Option<Value>,
) -> Row {
    let step = move |point: Point| {
        let mut body = good_body(point);
        let inside = if point == Point::Role { &mut body["roleCredentials"] } else { &mut body };
        match &value {
            Some(value) => inside[member] = value.clone(),
            None => drop(inside.as_object_mut().unwrap().shift_remove(member)),
        }
        reply(200, &["Content-Type: application/json"], &body.to_string())
    };
    Row { step: Box::new(step), at: Point::asks_for_a_token, ..row(name, class, says, Step::Close) }
}

/// All rows.
pub(crate) fn rows(identities: &Identities) -> Vec<Row> {
    let mut rows = transport();
    rows.extend(trust(identities));
    rows.extend(limits());
    rows.extend(service());
    rows.extend(answers());
    rows
}

fn transport() -> Vec<Row> {
    let head = |rest: &str| format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{rest}");
    let cut = format!("{{\"accessToken\": \"{CANARY}-cut");
    let short = head(&format!("Content-Length: 4000\r\n\r\n{cut}"));
    let chunked = head(&format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{cut}\r\n", cut.len()));
    let closed: &[&str] = &["Connection was closed before we received a valid response"];
    let silence: &[&str] = &["Read timeout on endpoint URL"];
    vec![
        Row {
            connection: Connection::Nowhere,
            // If the program is polling, the name was resolved before.
            at: |point| point != Point::Poll,
            ..row(
                "a host name that does not exist",
                Class::Unsent,
                &["cannot resolve no-such-host.invalid"],
                Step::Close,
            )
        },
        Row {
            connection: Connection::Closing,
            ..row("a closed port", Class::Unsent, &["cannot reach 127.0.0.1 (Connection refused"], Step::Close)
        },
        Row {
            connection: Connection::Tls,
            words: &["--cli-connect-timeout", "1"],
            ..row(
                "a handshake that does not come",
                Class::Unsent,
                &["Connect timeout on endpoint URL"],
                Step::Mute(Duration::from_millis(1500)),
            )
        },
        row("an end before the answer", Class::Lost, closed, Step::Close),
        row("a reset before the answer", Class::Lost, closed, Step::Reset),
        row("a body shorter than its length", Class::Cut, &["cut off after"], bytes(&short)),
        row("a reset inside the body", Class::Cut, &["cut off after"], Step::ResetAfter(short.clone().into_bytes())),
        row("chunks without an end", Class::Cut, &["cut off after"], bytes(&chunked)),
        row(
            "a chunk of no size",
            Class::Cut,
            &["cut off after"],
            bytes(&head("Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")),
        ),
        Row {
            words: &["--cli-read-timeout", "1"],
            ..row("silence", Class::Cut, silence, Step::Mute(Duration::from_millis(1500)))
        },
        Row {
            words: &["--cli-read-timeout", "1"],
            ..row(
                "silence inside the body",
                Class::Cut,
                silence,
                Step::Stall(short.into_bytes(), Duration::from_millis(1500)),
            )
        },
    ]
}

fn trust(identities: &Identities) -> Vec<Row> {
    let tls = |name, says, step| Row { connection: Connection::Tls, ..row(name, Class::Stop, says, step) };
    let under = |identity: &crate::support::identity_center::Identity| {
        Step::Under(identity.config.clone(), Box::new(Step::Close))
    };
    let bare = |text: &str| Step::Bare(Box::new(bytes(text)));
    let greet = |text: &str| Step::Bare(Box::new(Step::Greet(text.into())));
    let proxy = |name, class, step| Row {
        connection: Connection::Proxy,
        ..row(name, class, &["Failed to connect to proxy URL: \"http://***:***@127.0.0.1"], step)
    };
    vec![
        tls(
            "an unknown authority",
            &["unable to get local issuer certificate (certificate of \"Test Server\", issued by \"Test Stranger\")"],
            under(&identities.stranger),
        ),
        tls("an expired certificate", &["certificate has expired"], under(&identities.expired)),
        tls(
            "a certificate for another name",
            &["certificate is not valid for 127.0.0.1 but for"],
            under(&identities.other_name),
        ),
        tls(
            "plain words on a TLS port",
            &["SSL validation failed"],
            greet("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
        ),
        tls(
            "an alert: no such protocol version",
            &["SSL validation failed"],
            greet("\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}F"),
        ),
        proxy(
            "a proxy that wants a password",
            Class::Stop,
            bare("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"),
        ),
        proxy(
            "a proxy that cannot",
            Class::RefusedTunnel,
            bare("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
        ),
        proxy("a proxy with a page", Class::RefusedTunnel, bare("<html>blocked</html>")),
        proxy("a proxy that hangs up", Class::Stop, Step::Bare(Box::new(Step::Close))),
        Row { connection: Connection::DyingProxy, ..proxy("a proxy that is gone", Class::Stop, Step::Close) },
        row("another protocol", Class::Stop, &["is not HTTP"], bytes("SSH-2.0-OpenSSH_9.2\r\n\r\n")),
        row(
            "two lengths",
            Class::Stop,
            &["is not HTTP"],
            bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        ),
    ]
}

fn limits() -> Vec<Row> {
    let head = |rest: &str| format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{rest}").into_bytes();
    let chunk = [b"1000\r\n".to_vec(), vec![b' '; 4096], b"\r\n".to_vec()].concat();
    let body: &[&str] = &["is larger than 1 MiB"];
    let headers: &[&str] = &["is larger than 64 KiB of headers", "is not HTTP"];
    let wide = format!("X-Wide: {}\r\nContent-Length: 2\r\n\r\n{{}}", "w".repeat(1 << 20));
    vec![
        row(
            "ten megabytes",
            Class::Stop,
            body,
            Step::Endless(head("Content-Length: 10485760\r\n\r\n"), vec![b' '; 4096]),
        ),
        row("chunks for ever", Class::Stop, body, Step::Endless(head("Transfer-Encoding: chunked\r\n\r\n"), chunk)),
        row("a body until the end of days", Class::Stop, body, Step::Endless(head("\r\n"), vec![b' '; 4096])),
        row("a header of a megabyte", Class::Stop, headers, Step::Write(head(&wide))),
        row("headers for ever", Class::Stop, headers, Step::Endless(head(""), b"X-A: a\r\n".repeat(64))),
    ]
}

fn service() -> Vec<Row> {
    let html = "<html><body>The page \u{1b}[31mof a proxy</body></html>";
    let json = "Content-Type: application/json";
    let status = |name, status, headers: &[&str], body: &str| {
        row(name, Class::Busy, &["An error occurred (", "status "], reply(status, headers, body))
    };
    let redirect = |name, status, location: &str| {
        let step = reply(status, &[&format!("Location: {location}")], "");
        row(name, Class::Stop, &["is a redirect"], step)
    };
    let mut rows = vec![
        status("429", 429, &[json, "x-amzn-ErrorType: TooManyRequestsException"], "{}"),
        Row { class: Class::BusyFor, ..status("429 and a second", 429, &[json, "Retry-After: 1"], "{}") },
        status("500", 500, &[json, "x-amzn-ErrorType: InternalServerException"], "{\"error\":\"server_error\"}"),
        status("502 with a page", 502, &["Content-Type: text/html"], html),
        Row { class: Class::BusyFor, ..status("503 and a second", 503, &[json, "x-amz-retry-after: 1000"], "{}") },
        status("504 without a word", 504, &[], ""),
        Row {
            class: Class::BusyForLong,
            says: &["3600 s"],
            ..status("429 and an hour", 429, &[json, "Retry-After: 3600"], "{}")
        },
        redirect("301", 301, "https://elsewhere.example/"),
        redirect("302", 302, "/elsewhere"),
        redirect("303", 303, "https://elsewhere.example/"),
        redirect("307", 307, "https://elsewhere.example/"),
        redirect("308", 308, "//elsewhere.example/token"),
        row(
            "403 with a page",
            Class::Refused,
            &["An error occurred (403)", "status 403"],
            reply(403, &["Content-Type: text/html"], html),
        ),
    ];
    rows.extend(refusals());
    rows
}

fn refusals() -> Vec<Row> {
    let not_polling = |point: Point| point.is_oidc() && point != Point::Poll;
    vec![
        Row {
            at: not_polling,
            ..oauth("AuthorizationPendingException", &["AuthorizationPending"], 400, "authorization_pending")
        },
        Row { at: not_polling, ..oauth("SlowDownException", &["SlowDown"], 400, "slow_down") },
        Row {
            at: |point| point.is_oidc() && !matches!(point, Point::Poll | Point::Exchange),
            ..oauth("ExpiredTokenException", &["ExpiredToken"], 400, "expired_token")
        },
        oauth("AccessDeniedException", &["AccessDenied"], 400, "access_denied"),
        oauth("InvalidGrantException", &["InvalidGrant"], 400, "invalid_grant"),
        oauth("InvalidClientException", &["InvalidClient"], 401, "invalid_client"),
        oauth("UnauthorizedClientException", &["UnauthorizedClient"], 400, "unauthorized_client"),
        oauth("InvalidRequestRegionException", &["InvalidRequestRegion"], 400, "invalid_request"),
        oauth("InvalidScopeException", &["InvalidScope"], 400, "invalid_scope"),
        oauth("InvalidRedirectUriException", &["InvalidRedirectUri"], 400, "invalid_redirect_uri"),
        oauth("UnsupportedGrantTypeException", &["UnsupportedGrantType"], 400, "unsupported_grant_type"),
        oauth("NobodyKnowsException", &["NobodyKnows"], 400, "nobody_knows"),
        Row {
            at: |point| !point.is_oidc(),
            ..row(
                "ForbiddenException",
                Class::Refused,
                &["ForbiddenException"],
                reply(403, &["x-amzn-ErrorType: ForbiddenException"], "{\"message\": \"No\\u001b[31m access\"}"),
            )
        },
    ]
}

fn answers() -> Vec<Row> {
    let kind = "Content-Type: application/json";
    let page =
        format!("<!DOCTYPE html><html><a href='https://portal.example/?t={CANARY}'>Sign in to the WiFi</a></html>");
    let broken = format!("{{\"accessToken\": \"{CANARY}-broken\", \"expiresIn\": ");
    let mut rows = vec![
        row("a captive portal", Class::Nonsense, &["is a web page"], reply(200, &["Content-Type: text/html"], &page)),
        row("broken JSON", Class::Nonsense, &["is not JSON"], reply(200, &[kind], &broken)),
        row("words", Class::Nonsense, &["is not JSON"], reply(200, &["Content-Type: text/plain"], "fine")),
        row(
            "gzip",
            Class::Nonsense,
            &["is not JSON"],
            reply(200, &[kind, "Content-Encoding: gzip"], "\u{1f}\u{8b}\u{8}\u{0}\u{0}"),
        ),
        Row {
            at: |point| point != Point::Logout,
            ..row("nothing", Class::Nonsense, &["is not JSON"], reply(200, &[kind], ""))
        },
        Row {
            at: |point| point != Point::Logout,
            ..row("204", Class::Nonsense, &["is not JSON"], reply(204, &[], ""))
        },
        Row {
            at: |point| point != Point::Logout,
            ..row("a list", Class::Unfit, &["not an object", "has no roleCredentials"], reply(200, &[kind], "[1]"))
        },
        Row {
            at: |point| point != Point::Logout,
            ..row("nothing inside", Class::Unfit, &["has no"], reply(200, &[kind], "{}"))
        },
    ];
    rows.extend(members());
    rows.extend(taken());
    rows
}

fn members() -> Vec<Row> {
    let missing: &[&str] = &["has no accessToken"];
    let wrong: &[&str] = &["wrong type"];
    let life: &[&str] = &["unusable expiresIn"];
    let token = |name, says, value| member(name, Class::Unfit, says, "accessToken", value);
    let lasts = |name, says, value| member(name, Class::Unfit, says, "expiresIn", value);
    vec![
        token("no access token", missing, None),
        token("a null for a token", missing, Some(Value::Null)),
        token("an empty token", missing, Some(json!(""))),
        token("a number for a token", wrong, Some(json!(1))),
        lasts("no lifetime", &["has no expiresIn"], None),
        lasts("less than no life", life, Some(json!(-1))),
        lasts("no life", life, Some(json!(0))),
        lasts("more life than ninety days", life, Some(json!(7_776_001))),
        lasts("a fraction of life", wrong, Some(json!(3600.5))),
        lasts("a life of 10^400", wrong, Some(serde_json::from_str("1e400").unwrap())),
        lasts("a life in words", wrong, Some(json!("3600"))),
        member("a token of another type", Class::Unfit, &["not Bearer"], "tokenType", Some(json!("mac"))),
    ]
}

fn taken() -> Vec<Row> {
    vec![
        Row {
            step: Box::new(|point| {
                reply(200, &["Content-Type: text/html; charset=latin1"], &good_body(point).to_string())
            }),
            ..row("JSON under another name", Class::Accepted, &[], Step::Close)
        },
        Row {
            step: Box::new(|point| {
                reply(
                    200,
                    &["Content-Type: application/json", "Date: Tue, 01 Jan 2030 00:00:00 GMT"],
                    &good_body(point).to_string(),
                )
            }),
            ..row("a clock of another year", Class::Accepted, &[], Step::Close)
        },
    ]
}
