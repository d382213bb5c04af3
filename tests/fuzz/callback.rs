//! Requests to the redirect listener: arbitrary bytes, split anywhere, and queries compared with `urllib.parse.parse_qs`.
//!
//! Only a GET of the exact path with our `Host`, our state once and the code once ends a wait. `$S` in a case is replaced by
//! the state of the attempt, which is random.

use serde_json::{Value, json};

use super::{AuthorizationResponse, PATH, Refusal, Request, State, head, judge};
use crate::fuzzing::{Case, Rng, Verdict, bytes, compare, hold, latin, mutate};

const PORT: u16 = 4321;

const NAMES: [&str; 12] = [
    "code",
    "state",
    "error",
    "error_description",
    "c%6fde",
    "%73tate",
    "Code",
    "iss",
    "",
    "co+de",
    "x",
    "error%5Fdescription",
];

const VALUES: [&str; 24] = [
    "$S",
    "$S",
    "$S",
    "$S%20",
    "+$S",
    "%24S",
    "abc",
    "a%2Bb+c",
    "%C3%A9",
    "%c3",
    "%E2%82",
    "%F0%9F%98%80",
    "%",
    "%4",
    "%zz",
    "%00",
    "%0A",
    "=",
    "a=b",
    "",
    "access_denied",
    "é",
    "%25",
    "%26",
];

const SCRAPS: [&str; 18] = [
    "&",
    "=",
    "?",
    "code=",
    "state=$S",
    "error=x",
    "&code=b",
    "#",
    ";",
    "%",
    "%26",
    "+",
    "/oauth/callback",
    "//",
    "\r\n",
    " HTTP/1.1",
    "Host: 127.0.0.1:4321\r\n",
    "\r\n\r\n",
];

fn query(rng: &mut Rng) -> String {
    let mut pairs = vec!["state=$S".to_owned(), "code=abc".to_owned()];
    for _ in 0..rng.below(4) {
        let pair = format!("{}={}", rng.pick(&NAMES), rng.pick(&VALUES));
        let at = rng.below(pairs.len() + 1);
        if rng.below(2) == 0 && at < pairs.len() { pairs[at] = pair } else { pairs.insert(at, pair) }
    }
    pairs.join(rng.pick(&["&", "&", "&", "&", "&&", ";"]))
}

fn target(rng: &mut Rng) -> String {
    let path = match rng.below(10) {
        0 => rng.pick(&[
            "/",
            "/favicon.ico",
            "/oauth/callback/",
            "/OAUTH/callback",
            "/oauth%2Fcallback",
            "//oauth/callback",
            "*",
            "",
        ]),
        _ => PATH,
    };
    let target = format!("{path}?{}", query(rng));
    if rng.below(3) == 0 { mutate::changed(&target, &SCRAPS, rng) } else { target }
}

/// A result in the form that both sides use.
fn told(judgement: Result<AuthorizationResponse, Refusal>) -> Value {
    match judgement {
        Ok(AuthorizationResponse::Code(code)) => json!(["answer", code.expose()]),
        Ok(AuthorizationResponse::Error { error, description }) => json!(["answer", error, description]),
        Err(why) => json!([match why {
            Refusal::Malformed => "malformed",
            Refusal::Method => "method",
            Refusal::Path => "path",
            Refusal::Host => "host",
            Refusal::Incomplete => "incomplete",
            Refusal::State => "state",
            Refusal::ErrorWithoutState => "error without state",
            Refusal::Subresource | Refusal::Tls | Refusal::Account(_) => "sender",
        }]),
    }
}

#[test]
fn requests_parse_like_python() {
    let state = State::random().unwrap();
    let author = |rng: &mut Rng| -> Case {
        let method = if rng.below(12) == 0 { rng.pick(&["POST", "HEAD", "get", ""]) } else { "GET" };
        let host = match rng.below(12) {
            0 => rng.pick(&[
                "localhost:4321",
                "127.0.0.1",
                "127.0.0.1:43210",
                "evil.example:4321",
                "",
                "127.0.0.1:4321.",
            ]),
            _ => "127.0.0.1:4321",
        };
        vec![method.to_owned(), target(rng), host.to_owned()]
    };
    let filled = |text: &str| text.replace("$S", state.as_str());
    let question = |case: &Case| json!([case[0], filled(&case[1]), case[2], PORT, state.as_str()]);
    let check = |case: &Case, theirs: &Value| -> Verdict {
        let request =
            Request { method: &case[0], target: &filled(&case[1]), host: Some(&case[2]), is_subresource: false };
        let ours = told(judge(&request, PORT, &state));
        if ours == *theirs { Ok(ours[0] == "answer") } else { Err(format!("ours {ours}, by Python {theirs}")) }
    };
    if let Some(tally) = compare("redirects", "callback", 3_000, author, question, check) {
        tally.is_mixed();
    }
}

/// A whole request, sometimes malformed.
fn request(rng: &mut Rng) -> Case {
    let mut text = format!("{}GET {} HTTP/1.1\r\n", rng.pick(&["", "", "\r\n"]), target(rng));
    for _ in 0..rng.below(4) {
        text += rng.pick(&[
            "Accept: */*\r\n",
            "user-agent: x/1\r\n",
            "Cookie: a=b; c=d\r\n",
            "X:\r\n",
            "host: a\r\n",
            "X: \u{e9}\r\n",
            "Sec-Fetch-Dest: document\r\n",
            "Sec-Fetch-Dest: image\r\n",
        ]);
    }
    if rng.below(10) > 0 {
        text += "Host: 127.0.0.1:4321\r\n";
    }
    text += "\r\n";
    let text = latin(text.as_bytes());
    vec![if rng.below(2) == 0 { mutate::changed(&text, &SCRAPS, rng) } else { text }]
}

#[test]
fn packet_boundaries_change_nothing() {
    let state = State::random().unwrap();
    let check = |case: &Case| -> Verdict {
        let whole = bytes(&case[0].replace("$S", state.as_str()));
        let end = head(&whole);
        for cut in 0..whole.len() {
            let fits = match head(&whole[..cut]) {
                Ok(None) => true,
                Err(_) => end.is_err(),
                Ok(Some(request)) => matches!(end, Ok(Some(whole)) if whole == request),
            };
            if !fits {
                return Err(format!("split at {cut} it parses differently"));
            }
        }
        let Ok(Some(request)) = end else { return Ok(false) };
        let Request { method, target, host, .. } = request;
        let answered = judge(&request, PORT, &state).is_ok();
        let exact = target.starts_with("/oauth/callback?") && method == "GET" && host == Some("127.0.0.1:4321");
        let exact = exact && !request.is_subresource;
        if answered && !exact { Err(format!("answered {method} {target} at {host:?}")) } else { Ok(answered) }
    };
    hold("split requests", 1_500, request, check).is_mixed();
}
