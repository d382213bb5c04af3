//! Compares a run with its recording: requests, standard output, exit code, standard error and the files afterwards.
//!
//! Of a request it compares the method, the target, the body and the headers content-type, accept-encoding, authorization
//! (recomputed), x-amz-* and the attempt numbers. Order and case of headers, Accept and User-Agent may differ, and so may
//! the number of requests in one tunnel: a CONNECT counts only if no request followed. Both sides become one text per
//! aspect, so that a difference can be shown as lines.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::home::Home;
use super::recording::{Request, Run, Stderr};
use super::run::{self, Outcome};
use super::server::Arrival;
use crate::support::identity_center::sigv4::Signed;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// An aspect to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aspect {
    Requests,
    Stdout,
    Stderr,
    Exit,
    Files,
}

/// An aspect in which a run differs from its recording.
#[derive(Debug)]
pub(super) struct Difference {
    pub aspect: Aspect,
    pub recorded: String,
    pub ours: String,
}

/// Returns every difference.
pub(super) fn compare(run: &Run, home: &Home, outcome: &Outcome) -> Vec<Difference> {
    let names = Names { home, outcome };
    let stdout = names.of(&outcome.stdout);
    let stdout = if run.id.starts_with("skeleton-") && run.id.ends_with("-yaml") { uncomment(&stdout) } else { stdout };
    let exit = outcome.exit.map_or_else(|| "did not end".to_owned(), |code| code.to_string());
    let mut differences = vec![
        (Aspect::Requests, recorded_requests(run), arrived_requests(run, outcome, &names)),
        (Aspect::Stdout, run.stdout.clone(), stdout),
        (Aspect::Exit, run.exit.to_string(), exit),
    ];
    let stderr = names.of(&outcome.stderr);
    match &run.stderr {
        None => {}
        Some(Stderr::Is(text)) => differences.push((Aspect::Stderr, as_ours(text), stderr)),
        Some(Stderr::Has { has }) => {
            let missing: String =
                has.iter().map(|text| as_ours(text)).filter(|text| !stderr.contains(text)).map(|t| t + "\n").collect();
            if !missing.is_empty() {
                differences.push((Aspect::Stderr, format!("somewhere:\n{missing}"), stderr));
            }
        }
    }
    let (recorded, ours) = files(run, home, &names);
    differences.push((Aspect::Files, recorded, ours));
    differences
        .into_iter()
        .filter(|(_, recorded, ours)| recorded != ours)
        .map(|(aspect, recorded, ours)| Difference { aspect, recorded, ours })
        .collect()
}

/// The recorded text with our program's name.
fn as_ours(text: &str) -> String {
    text.replace("aws: [ERROR]:", "sso-oidc: [ERROR]:")
}

/// Removes the comments of a skeleton, which may differ.
fn uncomment(yaml: &str) -> String {
    yaml.lines().map(|line| line.split_once(" #").map_or(line, |(head, _)| head).trim_end().to_owned() + "\n").collect()
}

/// Replaces the values of this run by their names in the recording.
struct Names<'a> {
    home: &'a Home,
    outcome: &'a Outcome,
}

impl Names<'_> {
    fn of(&self, bytes: &[u8]) -> String {
        let mut text = String::from_utf8_lossy(bytes).into_owned();
        if let Some(url) = &self.outcome.url {
            let challenge = run::parameter(url, "code_challenge");
            let fits = |v: &String| challenge.as_deref() == Some(&URL_SAFE_NO_PAD.encode(Sha256::digest(v)));
            if let Some(verifier) = self.outcome.arrivals.iter().find_map(verifier).filter(fits) {
                text = text.replace(&verifier, "$CODE_VERIFIER");
            }
            for (value, name) in [(run::parameter(url, "state"), "$STATE"), (challenge, "$CODE_CHALLENGE")] {
                text = value.map_or(text.clone(), |value| text.replace(&value, name));
            }
            if let Some(port) = run::callback_port(url) {
                for colon in [":", "%3A"] {
                    let named = format!("127.0.0.1{colon}$LOOPBACK_PORT");
                    text = text.replace(&format!("127.0.0.1{colon}{port}"), &named);
                }
            }
        }
        self.home.name(&text, self.outcome.window)
    }
}

fn verifier(arrival: &Arrival) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(&arrival.body).ok()?;
    body["codeVerifier"].as_str().map(str::to_owned)
}

fn recorded_requests(run: &Run) -> String {
    let requests = run.exchanges.iter().map(|exchange| &exchange.request).collect::<Vec<_>>();
    let used = |i: usize| requests.get(i + 1).and_then(|next| next.tls.as_deref());
    let requests = requests.iter().enumerate().filter(|(i, r)| r.method != "CONNECT" || used(*i) != Some(&r.target));
    let requests = requests.map(|(_, request)| recorded_request(run, request));
    let browser = run.browser_url.as_ref().map(|url| format!("browser: {url}\n"));
    in_order(run, requests.collect()) + &browser.unwrap_or_default()
}

/// `logout` sends its requests at the same time, in any order.
fn in_order(run: &Run, mut requests: Vec<String>) -> String {
    if run.argv[..].first().is_some_and(|word| word == "logout") {
        requests.sort();
    }
    requests.concat()
}

fn recorded_request(run: &Run, request: &Request) -> String {
    let mut text = format!("{} {}\n", request.method, request.target);
    if request.method != "CONNECT" {
        let _ = writeln!(text, "tls: {}", request.tls.as_deref().unwrap_or("no"));
        let _ = writeln!(text, "host: {}", request.host.as_deref().unwrap_or("127.0.0.1:$PORT"));
        let usual = [
            ("accept-encoding", Some("identity")),
            ("amz-sdk-request", Some("attempt=1")),
            ("content-type", Some("application/json").filter(|_| !request.body.is_empty())),
        ];
        for (name, usual) in usual {
            let value = request.headers.get(name).map_or(usual, Option::as_deref);
            let _ = writeln!(text, "{name}: {}", value.map_or_else(|| "none".to_owned(), attempts));
        }
    }
    let mut headers: Vec<_> = request.headers.iter().filter_map(|(n, v)| Some((n, v.as_ref()?))).collect();
    headers.sort();
    headers.retain(|(name, _)| name.starts_with("x-amz-") || name.ends_with("authorization"));
    for (name, value) in headers {
        let _ = writeln!(text, "{name}: {value}");
    }
    let _ = writeln!(text, "{}", client_name(run, &request.body, "botocore-client-"));
    text
}

fn arrived_requests(run: &Run, outcome: &Outcome, names: &Names) -> String {
    let used = |i: usize| outcome.arrivals.get(i + 1).and_then(|next| next.tls.as_deref());
    let requests = outcome.arrivals.iter().enumerate();
    let requests = requests.filter(|(i, r)| r.method != "CONNECT" || used(*i) != Some(&r.target));
    let requests = requests.map(|(_, arrival)| arrived_request(run, arrival, names));
    let from_browser = run.driver.as_ref().is_some_and(|driver| driver.from.is_none());
    let browser = outcome.url.as_ref().filter(|_| from_browser);
    let browser = browser.map(|url| format!("browser: {}\n", names.of(url.as_bytes())));
    in_order(run, requests.collect()) + &browser.unwrap_or_default()
}

fn arrived_request(run: &Run, arrival: &Arrival, names: &Names) -> String {
    let mut text = format!("{} {}\n", arrival.method, names.of(arrival.target.as_bytes()));
    let mut headers: Vec<_> = arrival.headers.clone();
    headers.sort();
    if arrival.method == "CONNECT" {
        headers.retain(|(name, _)| name == "proxy-authorization");
    } else {
        let _ = writeln!(text, "tls: {}", arrival.tls.as_deref().unwrap_or("no"));
        let host = arrival.header("host").unwrap_or_default();
        let _ = writeln!(text, "host: {}", names.of(host.as_bytes()));
        for name in ["accept-encoding", "amz-sdk-request", "content-type"] {
            let _ = writeln!(text, "{name}: {}", arrival.header(name).map_or_else(|| "none".to_owned(), attempts));
        }
    }
    for (name, value) in headers {
        let value = match name.as_str() {
            "authorization" => authorization(run, arrival, &value),
            "x-amz-date" if is_date(&value) => "$AMZDATE".to_owned(),
            "proxy-authorization" => value,
            name if name.starts_with("x-amz-") => value,
            _ => continue,
        };
        let _ = writeln!(text, "{name}: {value}");
    }
    let _ = writeln!(text, "{}", client_name(run, &names.of(&arrival.body), "sso-oidc"));
    text
}

/// Removes the time to live from an attempt number.
fn attempts(value: &str) -> String {
    value.split("; ").filter(|part| !part.starts_with("ttl=")).collect::<Vec<_>>().join("; ")
}

fn authorization(run: &Run, arrival: &Arrival, value: &str) -> String {
    let Some(signed) = Signed::parse(value) else { return value.to_owned() };
    let unsignable = run.exchanges.iter().any(|exchange| exchange.request.unsignable);
    let fits = unsignable || signed.fits(&arrival.as_signed(), run.secret.as_deref().unwrap_or(SECRET));
    let (key, scope, headers) = (signed.key_id, signed.scope, signed.headers);
    let signature = if fits { "$SIG" } else { "(does not fit the request)" };
    format!("AWS4-HMAC-SHA256 Credential={key}/$DATE/{scope}, SignedHeaders={headers}, Signature={signature}")
}

fn is_date(value: &str) -> bool {
    value.len() == 16
        && value.chars().enumerate().all(|(i, c)| if i == 8 { c == 'T' } else { i == 15 || c.is_ascii_digit() })
}

/// Replaces the client name that `login` registers if it begins as expected.
fn client_name(run: &Run, body: &str, begin: &str) -> String {
    let open = "{\"clientName\": \"";
    let name = body.strip_prefix(open).filter(|name| run.flow.is_some() && name.starts_with(begin));
    match name.and_then(|name| name.split_once('"')) {
        Some((_, rest)) => format!("{open}$CLIENT_NAME\"{rest}"),
        None => body.to_owned(),
    }
}

/// The files afterwards. Ours have mode 0600 once written, folders of mode 0700 and locks beside them.
fn files(run: &Run, home: &Home, names: &Names) -> (String, String) {
    let after = home.files();
    let (mut recorded, mut ours) = (String::new(), String::new());
    for (name, (mode, content)) in &run.files_after {
        let rewritten = after.get(name).is_some_and(|file| !file.untouched);
        let mode = if rewritten && name.contains("/cache/") { "600" } else { mode };
        let _ = writeln!(recorded, "{mode} {name}\n{content}");
    }
    for (name, file) in &after {
        let text = names.of(&file.bytes);
        let is_config = name == "config" || name == "credentials";
        if (is_config && file.untouched) || name.contains("session.db") {
            continue;
        }
        let is_lock =
            name.contains("/cache/") && name.rsplit_once('.').is_some_and(|(_, extension)| extension == "lock");
        if is_lock && file.mode == "600" && is_no_json(&text) {
            continue;
        }
        let _ = writeln!(ours, "{} {name}\n{text}", file.mode);
    }
    for (name, mode) in home.made_folders().into_iter().filter(|(_, mode)| mode != "700") {
        let _ = writeln!(ours, "{mode} {name} (a folder)");
    }
    (recorded, ours)
}

fn is_no_json(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text).is_err()
}
