//! Service errors compared with botocore's parser: the code in every header and member that can contain it, the message and
//! the modelled members. A displayed error never has control, bidirectional or invisible characters.
//!
//! Where botocore raises a Python exception, we return an error of our own, or what can still be parsed.

use serde_json::{Value, json};
use time::macros::utc_datetime;

use super::{Fault, FaultCode};
use crate::fuzzing::{Case, Rng, Verdict, bytes, compare, hold, latin, mutate, plain};
use crate::http::Response;
use crate::oidc::Failure;

const CODES: [&str; 16] = [
    "InvalidGrantException",
    "AccessDeniedException",
    "AuthorizationPendingException",
    "SlowDownException",
    "InvalidRequestRegionException",
    "InternalServerException",
    "com.amazonaws.ssooidc#InvalidClientException",
    "ExpiredTokenException:http://internal/x",
    "a#b#SlowDownException:x:y",
    "TeapotException",
    "",
    "#",
    ":",
    "x#",
    "invalid_grant",
    "ThrottlingException",
];

const OAUTH: [&str; 10] = [
    "authorization_pending",
    "slow_down",
    "expired_token",
    "access_denied",
    "invalid_grant",
    "invalid_client",
    "server_error",
    "other",
    "",
    "invalid_request",
];

const WORDS: [&str; 10] = [
    "",
    "no",
    "two\nlines",
    "\u{1b}[2J\u{7}",
    "\u{9b}31m",
    "user\u{202e}exe",
    "\u{200b}\u{feff}",
    "é😀",
    "<html>",
    "a\"b\\c",
];

const PAGES: [&str; 8] = [
    "",
    " \r\n",
    "<html><body>503</body></html>",
    "<!doctype html><title>Sign in</title>",
    "Service Unavailable",
    "null",
    "[1]",
    "\u{ef}\u{bb}\u{bf}{}",
];

const SCRAPS: [&str; 10] =
    ["\"__type\"", "\"message\"", "\"code\"", "\"error\"", "<html>", "null", "\\u001b", "\\u202e", "#", ":"];

fn body(rng: &mut Rng) -> String {
    if rng.below(5) == 0 {
        return rng.pick(&PAGES).to_owned();
    }
    let mut members: Vec<(&str, String)> = Vec::new();
    for _ in 0..rng.below(6) {
        let name = rng.pick(&[
            "error",
            "error_description",
            "message",
            "Message",
            "__type",
            "code",
            "Code",
            "reason",
            "endpoint",
            "region",
            "x",
        ]);
        let value = match name {
            _ if rng.below(8) == 0 => mutate::value(2, rng),
            "__type" | "code" | "Code" => mutate::string(rng.pick(&CODES), rng),
            "error" => mutate::string(rng.pick(&OAUTH), rng),
            _ => mutate::string(rng.pick(&WORDS), rng),
        };
        // Python's parser and ours use the last of two members with the same name.
        members.retain(|(other, _)| *other != name);
        members.push((name, value));
    }
    latin(mutate::object(&members, rng).as_bytes())
}

/// Status, `x-amzn-errortype`, `x-amzn-query-error`, body; a header that is `-` is not sent.
fn any(rng: &mut Rng) -> Case {
    let status = rng.pick(&["400", "400", "400", "401", "403", "404", "418", "429", "500", "502", "503", "301"]);
    let header = if rng.below(2) == 0 { "-" } else { rng.pick(&CODES) };
    let query = rng.pick(&["-", "-", "-", "SlowDownException;Sender", ";", "x", "a;b;c"]);
    let body = body(rng);
    let body = if rng.below(5) == 0 { mutate::changed(&body, &SCRAPS, rng) } else { body };
    vec![status.to_owned(), header.to_owned(), query.to_owned(), body]
}

fn response(case: &Case) -> Option<Response> {
    let [status, code, query, body] = &case[..] else { return None };
    let headers = [("x-amzn-errortype", code), ("x-amzn-query-error", query)];
    let headers = headers.into_iter().filter(|(_, value)| *value != "-");
    Some(Response {
        status: status.parse().ok().filter(|status| (301..600).contains(status))?,
        headers: headers.map(|(name, value)| (name.to_owned(), value.clone())).collect(),
        body: bytes(body),
        attempts: 1,
        retries_reached: None,
    })
}

const NOW: crate::http::Timestamp = utc_datetime!(2026-01-01 00:00);

#[test]
fn errors_parse_like_botocore() {
    let check = |case: &Case, theirs: &Value| -> Verdict {
        let Some(response) = response(case) else { return Ok(false) };
        let ours = Fault::read("CreateToken", &response, NOW);
        let Some([code, message, members]) = theirs.as_array().map(Vec::as_slice) else { return Ok(false) };
        let Ok(ours) = ours else { return Err(format!("we reject it, botocore {theirs:?}")) };
        // Python formats a list or a number as its `repr`, and we as JSON.
        let text = |value: &Value| match value {
            Value::Null => Some("None".to_owned()),
            Value::String(text) => Some(text.clone()),
            _ => None,
        };
        let same = text(code).is_none_or(|code| code == ours.code)
            && text(message).is_none_or(|message| message == ours.message)
            && plain(&Value::Object(ours.details.clone())) == *members;
        if same { Ok(ours.kind != FaultCode::Other) } else { Err(format!("ours {ours:?}, botocore {theirs}")) }
    };
    if let Some(tally) = compare("service errors", "fault", 2_000, any, |case| json!(case), check) {
        tally.is_mixed();
    }
}

#[test]
fn displayed_errors_have_no_control_characters() {
    let check = |case: &Case| -> Verdict {
        let Some(response) = response(case) else { return Ok(false) };
        let strictly = Fault::read("CreateToken", &response, NOW).map_or_else(|failure| failure, Failure::from);
        for failure in [strictly, Failure::read("CreateToken", &response, NOW)] {
            let error = anyhow::Error::from(failure.explained());
            for format in [crate::report::ErrorFormat::Enhanced, crate::report::ErrorFormat::Legacy] {
                let text = crate::report::render(&error, "sso-oidc", format, &crate::output::Style::PLAIN, true);
                if text.lines().any(|line| line.chars().count() <= 900 && crate::text::for_terminal(line) != line) {
                    return Err(format!("{text:?}"));
                }
            }
        }
        Ok(true)
    };
    hold("displayed errors", 2_000, any, check);
}

#[test]
fn oauth_errors_are_recognized_in_every_spelling() {
    // The case is a seed: the same members in two spellings and orders, once with an unknown one among them.
    let check = |case: &Case| -> Verdict {
        let mut rng = Rng(case[0].parse().unwrap_or(0));
        let (error, words) = (rng.pick(&OAUTH), rng.pick(&WORDS));
        let mut read = |stranger: bool| {
            let mut members = vec![
                ("error", mutate::string(error, &mut rng)),
                ("error_description", mutate::string(words, &mut rng)),
            ];
            members.extend(stranger.then(|| ("other", mutate::value(3, &mut rng))));
            let body = latin(mutate::object(&members, &mut rng).as_bytes());
            let fault =
                Fault::read_oauth("CreateToken", &response(&vec!["400".into(), "-".into(), "-".into(), body])?, NOW);
            Some((fault.code, fault.kind, fault.details))
        };
        match (read(false), read(true)) {
            (Some(one), Some(two)) if one == two => Ok(one.1 != FaultCode::Other),
            (one, two) => Err(format!("{one:?} but {two:?}")),
        }
    };
    hold("OAuth errors", 2_000, |rng| vec![rng.below(usize::MAX).to_string()], check).is_mixed();
}
