//! Successful responses, compared with Python's `json.loads` and botocore's parser.
//!
//! Known differences, for which Python gives the reasons: we reject `NaN` and `Infinity`, lone surrogates and more than 127
//! levels; only we accept a number of more than 4300 digits; we do not treat digits of other scripts as numbers, nor record
//! separators around a number as white space.

use serde_json::{Value, json};

use super::super::typed::RegisterClientResponse;
use super::super::{DeviceAuthorization, Failure, TokenResponse};
use super::{Operation, object, read};
use crate::fuzzing::{Case, Rng, Verdict, bytes, compare, hold, latin, mutate, plain};
use crate::http::Response;

const NUMBERS: [&str; 22] = [
    "28800",
    "0",
    "-1",
    "1.5",
    "-0",
    "-0.0",
    "1e3",
    "1E400",
    "9007199254740993",
    "12345678901234567890",
    "1e22",
    "\"12\"",
    "\" 7\\n\"",
    "\"1_0\"",
    "\"-1\"",
    "\"+5\"",
    "\"1__0\"",
    "\"0x1\"",
    "\"\\u0663\"",
    "true",
    "null",
    "7776001",
];

const SCRAPS: [&str; 10] = [
    "\"expiresIn\": 5,",
    "\"accessToken\": \"B\",",
    "\"scope\": [",
    "[[[[",
    "]]",
    "{}",
    "<html>",
    "1e5",
    ",,",
    "\"a\"",
];

fn any(rng: &mut Rng) -> Case {
    let operation = Operation::ALL[rng.below(4)];
    let proper = rng.below(3) == 0;
    let mut members: Vec<(&str, String)> = Vec::new();
    for member in operation.output() {
        let value = match if proper { 9 } else { rng.below(10) } {
            0 => continue,
            1 => mutate::value(3, rng),
            _ if member.name.contains("xpires") || member.name.contains("Issued") || member.name == "interval" => {
                let usual = proper || rng.below(2) == 0;
                rng.pick(if usual { &NUMBERS[..1] } else { &NUMBERS }).to_owned()
            }
            _ if member.name == "scope" => {
                rng.pick(&["[\"a\", null, 5]", "[]", "\"ab\"", "{\"k\": 1}", "7", "[\"a:b\"]"]).to_owned()
            }
            _ if member.name == "awsAdditionalDetails" => {
                rng.pick(&["{\"identityContext\": \"i\", \"x\": 1}", "{}", "[]", "\"\""]).to_owned()
            }
            _ if member.name == "tokenType" => {
                mutate::string(rng.pick(if proper { &["Bearer"] } else { &["Bearer", "bearer", "mac", ""] }), rng)
            }
            _ => mutate::string(rng.pick(&["a", "b", "é😀\"", "https://v.example/"]), rng),
        };
        members.push((member.name, value));
    }
    if rng.below(3) == 0 {
        members.push(("other", mutate::value(3, rng)));
    }
    let body = latin(mutate::object(&members, rng).as_bytes());
    let body = if !proper && rng.below(2) == 0 { mutate::changed(&body, &SCRAPS, rng) } else { body };
    vec![operation.name().to_owned(), body]
}

fn answer(case: &Case) -> Option<(Operation, Response)> {
    let operation = Operation::ALL.into_iter().find(|operation| operation.name() == case[0])?;
    let body = bytes(&case[1]);
    Some((operation, Response { status: 200, headers: Vec::new(), body, attempts: 1, retries_reached: None }))
}

#[test]
fn responses_parse_like_botocore() {
    let check = |case: &Case, theirs: &Value| -> Verdict {
        let Some((operation, response)) = answer(case) else { return Ok(false) };
        let (is_object, reasons) = (theirs["object"] == true, theirs["reasons"] != json!([]));
        if object(operation.name(), &response).is_ok() != is_object && !reasons {
            return Err(format!("only one side parses an object; Python {theirs}"));
        }
        let ours =
            read(operation, &response).ok().map(|members| plain(&json!(members.into_iter().collect::<Vec<_>>())));
        if ours == theirs.get("members").cloned() || reasons {
            Ok(ours.is_some())
        } else {
            Err(format!("ours {}, botocore {theirs}", json!(ours)))
        }
    };
    if let Some(tally) = compare("answers", "answer", 3_000, any, |case| json!(case), check) {
        tally.is_mixed();
    }
}

/// The response as a flow parses it, with secrets in plain text.
fn typed(operation: Operation, response: &Response) -> Result<Value, Failure> {
    Ok(match operation {
        Operation::RegisterClient => {
            let it = RegisterClientResponse::read(response)?;
            json!([it.client_id, it.client_secret, it.client_secret_expires_at])
        }
        Operation::StartDeviceAuthorization => {
            let it = DeviceAuthorization::read(response)?;
            json!([
                it.device_code,
                it.user_code,
                it.verification_uri,
                it.verification_uri_complete,
                it.expires_in,
                it.interval
            ])
        }
        Operation::CreateToken | Operation::CreateTokenWithIam => {
            let it = TokenResponse::read(response)?;
            json!([it.access_token, it.expires_in, it.refresh_token])
        }
    })
}

#[test]
fn accepted_responses_are_accepted_by_the_aws_cli() {
    let check = |case: &Case| -> Verdict {
        let Some((operation, response)) = answer(case) else { return Ok(false) };
        let Ok(taken) = typed(operation, &response) else { return Ok(false) };
        // Members that the flow ignores may have the wrong type; the others must be unchanged.
        let body = object(operation.name(), &response).map_err(|error| error.to_string())?;
        let values: Vec<&Value> = body.values().collect();
        let missing = taken.as_array().into_iter().flatten().find(|value| value.is_string() && !values.contains(value));
        missing.map_or(Ok(true), |value| Err(format!("{value} is not in the answer")))
    };
    hold("flow responses", 3_000, any, check).is_mixed();
}

#[test]
fn equivalent_json_parses_the_same() {
    let check = |case: &Case| -> Verdict {
        let mut rng = Rng(case[0].parse().unwrap_or(0));
        let operation = Operation::ALL[rng.below(4)];
        let texts: Vec<(&str, Option<&str>, String)> = operation
            .output()
            .iter()
            .filter(|_| rng.below(12) > 0)
            .map(|member| (member.name, Some(["é/\"", "a", "b c"][member.name.len() % 3]), "60".to_owned()))
            .collect();
        let mut read_once = |stranger: bool| {
            let mut members: Vec<(&str, String)> = Vec::new();
            for (name, text, number) in &texts {
                let is_number = ["expiresIn", "interval", "clientIdIssuedAt", "clientSecretExpiresAt"].contains(name);
                let value = match (is_number, *name, text) {
                    (true, ..) => number.clone(),
                    (_, "tokenType", _) => mutate::string("Bearer", &mut rng),
                    (_, "scope" | "awsAdditionalDetails", _) => continue,
                    (_, _, text) => mutate::string(text.unwrap_or_default(), &mut rng),
                };
                members.push((name, value));
            }
            members.extend(stranger.then(|| ("expires_in", mutate::value(3, &mut rng))));
            let body = mutate::object(&members, &mut rng).into_bytes();
            let response = Response { status: 200, headers: Vec::new(), body, attempts: 1, retries_reached: None };
            (read(operation, &response).ok(), typed(operation, &response).map_err(|failure| failure.to_string()))
        };
        let (one, two) = (read_once(false), read_once(true));
        if one == two { Ok(one.1.is_ok()) } else { Err(format!("{one:?} but {two:?}")) }
    };
    hold("equivalent responses", 2_000, |rng| vec![rng.below(usize::MAX).to_string()], check).is_mixed();
}
