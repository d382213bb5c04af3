//! Token and registration files as other tools may write them, compared with botocore's loader.
//!
//! botocore accepts what we accept, with the same token and the same timestamp. Only we accept a byte order mark, and names
//! in another case if the exact name is missing. For what only botocore accepts, `oracle.py` gives the reason (`reasons`):
//! a token that is empty, not a string or not printable ASCII, a timestamp that is not ISO 8601, `NaN` and `Infinity`, a
//! lone surrogate, more than 127 levels. Unknown members survive rewriting.

use serde_json::{Value, json};

use super::{CachedRegistration, CachedToken, timestamp, to_json};
use crate::fuzzing::{Case, Rng, Verdict, bytes, compare, hold, latin, mutate};

/// Tokens as written by AWS CLI 2, an AWS CLI of 2020, the SDKs for Go, JavaScript, Java and Rust, VS Code, by hand, and by
/// two concurrent writers (with a stray quote and brace at the end).
const TOKENS: [&str; 10] = [
    r#"{"startUrl": "https://d-1234567890.awsapps.com/start", "region": "us-east-1", "accessToken": "ACCESS-1", "expiresAt": "2026-01-01T08:00:00Z", "clientId": "CLIENT-1", "clientSecret": "SECRET-1", "registrationExpiresAt": "2100-01-01T00:00:00Z", "refreshToken": "REFRESH-1"}"#,
    r#"{"startUrl": "https://d-1234567890.awsapps.com/start", "region": "us-east-1", "accessToken": "ACCESS-1", "expiresAt": "2020-06-01T08:00:00UTC"}"#,
    r#"{"accessToken":"ACCESS-1","expiresAt":"2026-01-01T08:00:00Z","refreshToken":"REFRESH-1","clientId":"CLIENT-1","clientSecret":"SECRET-1","x":{"y":[1,null]}}"#,
    "{\n  \"accessToken\": \"ACCESS-1\",\n  \"expiresAt\": \"2026-01-01T08:00:00.123Z\",\n  \"region\": \"us-east-1\"\n}",
    r#"{"accessToken":"ACCESS-1","expiresAt":"2026-01-01T08:00:00Z","clientId":"CLIENT-1","clientSecret":"SECRET-1","registrationExpiresAt":"2022-09-19T20:53:42Z","region":"us-west-2","startUrl":"https://d-1.awsapps.com/start"}"#,
    r#"{"accessToken":"ACCESS-1","clientId":"CLIENT-1","expiresAt":"2026-01-01T08:00:00Z","region":"us-west-2","startUrl":"https://d-1.awsapps.com/start"}"#,
    r#"{"startUrl":"https://view.awsapps.com/start","region":"us-east-1","accessToken":"ACCESS-1","expiresAt":"2026-01-01T08:00:00.000Z","refreshToken":"REFRESH-1","scopes":["a:b"]}"#,
    "{\r\n\t\"startURL\": \"https://d-1.awsapps.com/start\",\r\n\t\"AccessToken\": \"ACCESS-1\",\r\n\t\"ExpiresAt\": \"2026-01-01T08:00:00-08:00\"\r\n}\r\n",
    r#"{"startUrl": "https://d-1.awsapps.com/start", "accessToken": "ACCESS-1", "expiresAt": "2026-01-01T08:00:00Z"}"}"#,
    r#"{"accessToken": "ACCESS-1", "expiresAt": "2026-01-01T08:00:00Z", "clientSecret": "S"}}"#,
];

const REGISTRATIONS: [&str; 5] = [
    r#"{"clientId": "CLIENT-1", "clientSecret": "SECRET-1", "expiresAt": "2100-01-01T00:00:00Z", "scopes": ["sso:account:access"], "grantTypes": ["authorization_code", "refresh_token"]}"#,
    r#"{"clientId": "CLIENT-1", "clientSecret": "SECRET-1", "expiresAt": "2100-01-01T00:00:00Z"}"#,
    r#"{"clientId":"CLIENT-1","clientSecret":"SECRET-1","expiresAt":"2026-01-01T08:00:00.000Z","startUrl":"https://x","scopes":["a","b"]}"#,
    r#"{"clientId": "CLIENT-1", "clientSecret": "SECRET-1", "expiresAt": "2020-06-01T08:00:00UTC", "scopes": null}"#,
    r#"{"clientId": "CLIENT-1", "clientSecret": "SECRET-1", "expiresAt": "2100-01-01T00:00:00Z"}"}"#,
];

const NAMES: [&str; 14] = [
    "accessToken",
    "expiresAt",
    "startUrl",
    "region",
    "clientId",
    "clientSecret",
    "registrationExpiresAt",
    "refreshToken",
    "scopes",
    "grantTypes",
    "AccessToken",
    "expiresat",
    "x",
    "é",
];

const TEXTS: [&str; 12] = [
    "ACCESS-1",
    "",
    "2026-01-01T08:00:00Z",
    "2026-01-01T08:00:00UTC",
    "2026-01-01 08:00:00+02:00",
    "2026-01-01T08:00:00.5z",
    "2026-13-01T08:00:00Z",
    "Jan 2 2026",
    "https://d-1.awsapps.com/start",
    "us-east-1",
    "a\"b\\c/é😀\u{7f}\u{1}",
    "refresh_token",
];

const SCRAPS: [&str; 8] =
    ["\"}", "}", ", \"x\": 1", "\"accessToken\": \"B\", ", "\"expiresAt\": null, ", "[", "ACCESS", "\"}\"}"];

/// A member's value, mostly of the right form.
fn fitting(name: &str, rng: &mut Rng) -> String {
    match rng.below(8) {
        0 => mutate::value(3, rng),
        1 => mutate::string(rng.pick(&TEXTS), rng),
        2 if name == "scopes" || name == "grantTypes" => "[\"authorization_code\", 5, \"b\"]".to_owned(),
        _ if name.to_lowercase().ends_with("expiresat") => mutate::string(rng.pick(&TEXTS[2..6]), rng),
        _ => mutate::string(rng.pick(&[TEXTS[0], TEXTS[8], TEXTS[10]]), rng),
    }
}

fn composed(needed: &[&'static str], rng: &mut Rng) -> String {
    let mut names: Vec<&str> = needed.iter().copied().filter(|_| rng.below(12) > 0).collect();
    for _ in 0..rng.below(8) {
        names.push(rng.pick(&NAMES));
    }
    let members: Vec<(&str, String)> = names.iter().map(|name| (*name, fitting(name, rng))).collect();
    let mark = if rng.below(30) == 0 { "\u{feff}" } else { "" };
    format!("{mark}{}", mutate::object(&members, rng))
}

fn any(files: &[&str], needed: &[&'static str], rng: &mut Rng) -> Case {
    let text = if rng.below(2) == 0 { composed(needed, rng) } else { rng.pick(files).to_owned() };
    let text = latin(text.as_bytes());
    vec![if rng.below(5) < 3 { mutate::changed(&text, &SCRAPS, rng) } else { text }]
}

/// Parses the bytes of a case as a file.
fn read<T>(case: &Case, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
    parse(std::str::from_utf8(&bytes(&case[0])).ok()?).ok()
}

/// Checks that both sides agree, or that there is a reason for the difference.
fn agreed(ours: Option<Value>, theirs: &Value) -> Verdict {
    let (taken, has) =
        (&theirs["taken"], |reason: &str| theirs["reasons"].as_array().unwrap().contains(&json!(reason)));
    match ours {
        Some(ours) if ours == *taken => Ok(true),
        None if taken.is_null() || theirs["reasons"] != json!([]) => Ok(false),
        Some(_) if taken.is_null() && (has("mark") || has("case") || has("digits")) => Ok(true),
        ours => Err(format!("ours {ours:?}, botocore {theirs}")),
    }
}

#[test]
fn tokens_parse_like_botocore() {
    let author = |rng: &mut Rng| any(&TOKENS, &["accessToken", "expiresAt"], rng);
    let question =
        |case: &Case| json!([case[0], read(case, CachedToken::parse).map(|token| to_json(&token).to_string())]);
    let check = |case: &Case, theirs: &Value| {
        if theirs["kept"] == false {
            return Err(format!("members were lost in {:?}", question(case)[1]));
        }
        let micros = |token: &CachedToken| token.expires_at.unix_timestamp_nanos().div_euclid(1_000);
        let ours = read(case, CachedToken::parse);
        let ours = ours.map(|token| json!([token.access_token.expose(), i64::try_from(micros(&token)).unwrap()]));
        agreed(ours, theirs)
    };
    if let Some(tally) = compare("token files", "token", 2_000, author, question, check) {
        tally.is_mixed();
    }
}

#[test]
fn registrations_parse_like_botocore() {
    let author = |rng: &mut Rng| any(&REGISTRATIONS, &["clientId", "clientSecret", "expiresAt"], rng);
    let check = |case: &Case, theirs: &Value| {
        let ours = read(case, CachedRegistration::parse)
            .map(|it| json!([it.client_id, it.client_secret.expose(), it.expires_at, it.scopes, it.grant_types]));
        agreed(ours, theirs)
    };
    if let Some(tally) = compare("registration files", "registration", 1_500, author, |case| json!(case), check) {
        tally.is_mixed();
    }
}

/// The members that we use, as one text.
fn meaning(token: &CachedToken) -> String {
    let mut token = token.clone();
    token.others.clear();
    to_json(&token).to_string()
}

#[test]
fn equivalent_json_parses_the_same() {
    // The case is the seed of two documents with the same members.
    let check = |case: &Case| -> Verdict {
        let mut rng = Rng(case[0].parse().unwrap_or(0));
        let text = |from: usize, rng: &mut Rng| mutate::string(rng.pick(&TEXTS[from..]), &mut Rng(0));
        let mut members: Vec<(&str, String)> = Vec::new();
        for name in &NAMES[..8] {
            let value = if name.ends_with("expiresAt") { TEXTS[2 + rng.below(5)] } else { rng.pick(&TEXTS) };
            if rng.below(10) > 0 {
                members.push((name, mutate::string(value, &mut Rng(0))));
            }
        }
        let one = mutate::object(&members, &mut rng);
        for (_, value) in &mut members {
            let plain: String = serde_json::from_str(value).unwrap_or_default();
            *value = mutate::string(&plain, &mut rng);
        }
        members.extend([("other", mutate::value(3, &mut rng)), ("access_token", text(0, &mut rng))]);
        let two = mutate::object(&members, &mut rng);
        match (CachedToken::parse(&one), CachedToken::parse(&two)) {
            (Ok(one), Ok(two)) if meaning(&one) == meaning(&two) => Ok(true),
            (Err(one), Err(two)) if one == two => Ok(false),
            (one, two) => Err(format!("{one:?} but {two:?}")),
        }
    };
    hold("equivalent tokens", 3_000, |rng| vec![rng.below(usize::MAX).to_string()], check).is_mixed();
}

#[test]
fn documents_round_trip() {
    let author = |rng: &mut Rng| any(&TOKENS, &["accessToken", "expiresAt"], rng);
    let check = |case: &Case| -> Verdict {
        let Some(token) = read(case, CachedToken::parse) else { return Ok(false) };
        let stored = to_json(&token);
        let again = CachedToken::parse(&stored)?;
        let same =
            to_json(&again) == stored && timestamp::format(again.expires_at) == timestamp::format(token.expires_at);
        if same { Ok(true) } else { Err(format!("{} and then {}", *stored, *to_json(&again))) }
    };
    hold("round-trips of tokens", 3_000, author, check).is_mixed();
}
