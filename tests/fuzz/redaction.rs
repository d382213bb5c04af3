//! The debug log and errors never contain a secret of a request or its response, wherever it is.
//!
//! Canaries are in every sensitive member of the model, in unknown members, in lists and objects, in names, and in the parts
//! of the request that an error repeats.

use serde_json::{Map, Value, json};
use time::macros::utc_datetime;

use super::{Fault, Operation, secrets, shown};
use crate::fuzzing::{Case, Rng, Verdict, hold, latin, mutate};
use crate::http::Response;

/// A canary in any form except as the value of a member that may be logged.
fn hidden(canary: &str, rng: &mut Rng) -> Value {
    match rng.below(5) {
        0 => json!([canary, {"x": canary}]),
        1 => json!({"accessToken": canary, "y": [canary]}),
        2 => json!({"error": canary}),
        _ => json!(canary),
    }
}

#[test]
fn logs_never_contain_secrets() {
    let check = |case: &Case| -> Verdict {
        let mut rng = Rng(case[0].parse().unwrap_or(0));
        let operation = Operation::ALL[rng.below(4)];
        let members = if rng.below(2) == 0 { operation.input() } else { operation.output() };
        let mut body = Map::new();
        for member in members.iter().filter(|member| member.sensitive) {
            body.insert(member.name.to_owned(), hidden("canary", &mut rng));
        }
        for name in
            ["x", "AccessToken", "accesstoken", "awsAdditionalDetails", "error_description", "client_secret", ""]
        {
            if rng.below(2) == 0 {
                body.insert(name.to_owned(), hidden("canary", &mut rng));
            }
        }
        let body = if rng.below(10) == 0 { json!([body]) } else { Value::Object(body) };
        let text = shown(members, &body);
        if text.contains("canary") { Err(text) } else { Ok(true) }
    };
    hold("logged bodies", 2_000, |rng| vec![rng.below(usize::MAX).to_string()], check);
}

const REPEATED: [&str; 10] =
    ["$", "bad token $", "$$", "x$y", "\"$\"", "$\n$", "{\"refreshToken\": \"$\"}", "$-1", "no", ""];

#[test]
fn errors_never_contain_request_secrets() {
    let author = |rng: &mut Rng| {
        let secret: String =
            (0..12 + rng.below(30)).map(|_| rng.pick(&["a", "ab", "b", "/", "+", "é", ".", "-"])).collect();
        let mut members: Vec<(&str, String)> = Vec::new();
        for name in ["error", "error_description", "message", "Message", "__type", "code", "reason"] {
            let text = rng.pick(&REPEATED).replace('$', &secret);
            let value = mutate::string(&text, rng);
            match rng.below(4) {
                0 => members.push((name, format!("[{value}, {{\"a\": {value}}}]"))),
                1 => members.push((name, format!("{{{value}: 1}}"))),
                2 => members.push((name, value)),
                _ => {}
            }
        }
        let header = rng.pick(&["InvalidGrantException", "AccessDeniedException", "$", "a#$:b"]).replace('$', &secret);
        vec![secret, header, latin(mutate::object(&members, rng).as_bytes())]
    };
    let check = |case: &Case| -> Verdict {
        let [secret, header, body] = &case[..] else { return Ok(false) };
        if secret.len() < 12 {
            return Ok(false);
        }
        let request = json!({"clientId": "c", "clientSecret": secret, "refreshToken": format!("{secret}-1"), "grantType": "refresh_token"});
        let headers = if header.is_empty() { vec![] } else { vec![("x-amzn-errortype".to_owned(), header.clone())] };
        let response =
            Response { status: 400, headers, body: crate::fuzzing::bytes(body), attempts: 1, retries_reached: None };
        let response = response.without(&secrets(Operation::CreateToken.input(), &request));
        let Ok(fault) = Fault::read("CreateToken", &response, utc_datetime!(2026-01-01 00:00)) else {
            return Ok(false);
        };
        let text = format!("{fault} {fault:?} {}", Value::Object(fault.details.clone()));
        if text.contains(secret.as_str()) { Err(text) } else { Ok(true) }
    };
    hold("errors that repeat the request", 2_000, author, check);
}
