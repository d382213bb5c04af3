//! Tests of `document`.

use time::macros::utc_datetime;

use super::{CachedRegistration, CachedToken, to_json};

const TOKEN: &str = r#"{"startUrl": "https://d-1234567890.awsapps.com/start", "region": "us-east-1", "accessToken": "ACCESS-1", "expiresAt": "2026-01-01T08:00:00Z", "clientId": "CLIENT-1", "clientSecret": "SECRET-1", "registrationExpiresAt": "2100-01-01T00:00:00Z", "refreshToken": "REFRESH-1"}"#;

#[test]
fn a_file_of_the_aws_cli_comes_back_byte_for_byte() {
    assert_eq!(*to_json(&CachedToken::parse(TOKEN).unwrap()), TOKEN);
    for text in [
        r#"{"clientId": "C", "clientSecret": "S", "expiresAt": "2100-01-01T00:00:00Z", "scopes": ["sso:account:access"], "grantTypes": ["authorization_code", "refresh_token"]}"#,
        r#"{"clientId": "C", "clientSecret": "S", "expiresAt": "2100-01-01T00:00:00Z"}"#,
    ] {
        assert_eq!(*to_json(&CachedRegistration::parse(text).unwrap()), text);
    }
}

#[test]
fn unknown_members_survive_in_their_order() {
    let text = TOKEN.replace('}', r#", "x": {"deep": [1, null]}, "a": 12345678901234567890}"#);
    assert_eq!(*to_json(&CachedToken::parse(&text).unwrap()), text);
}

#[test]
fn names_in_other_letter_case_are_read_and_written_in_ours() {
    let token = CachedToken::parse(r#"{"accesstoken": "A", "ExpiresAt": "2026-01-01T08:00:00UTC"}"#).unwrap();
    assert_eq!(*to_json(&token), r#"{"accessToken": "A", "expiresAt": "2026-01-01T08:00:00Z"}"#);
}

#[test]
fn of_two_members_with_one_name_the_last_counts_and_nothing_stays_of_the_first() {
    let first = r#"{"accessToken": "FIRST", "x": "first", "y": 1, "\u0078": 2, "#;
    let written = to_json(&CachedToken::parse(&TOKEN.replace('{', first)).unwrap());
    assert_eq!(*written, TOKEN.replace('}', r#", "x": 2, "y": 1}"#));
    let text = r#"{"AccessToken": "FIRST", "AccessToken": "A", "expiresAt": "2026-01-01T08:00:00Z"}"#;
    let written = to_json(&CachedToken::parse(text).unwrap());
    assert_eq!(*written, r#"{"accessToken": "A", "expiresAt": "2026-01-01T08:00:00Z"}"#);
}

#[test]
fn a_damaged_file_says_why_and_quotes_nothing() {
    for (text, why) in [
        ("", "it is not JSON (line 1, column 0)"),
        ("[]", "it is not a JSON object"),
        ("5", "it is not a JSON object"),
        (r#"{"accessToken": "canary"}"#, "it has no expiresAt"),
        (r#"{"accessToken": 1, "expiresAt": "2026-01-01T08:00:00Z"}"#, "it has no accessToken"),
        (r#"{"accessToken": "", "expiresAt": "2026-01-01T08:00:00Z"}"#, "it has no accessToken"),
        (
            r#"{"accessToken": "canary\u000a", "expiresAt": "2026-01-01T08:00:00Z"}"#,
            "its accessToken has characters that are not printable ASCII",
        ),
        (r#"{"accessToken": "canary", "expiresAt": "canary"}"#, "its expiresAt is not a valid timestamp"),
        (r#"{"accessToken": "canary", "expiresAt": 5}"#, "it has no expiresAt"),
        (r#"{"accessToken": "canary"}"}"#, "it is not JSON (line 1, column 26)"),
    ] {
        assert_eq!(CachedToken::parse(text).unwrap_err(), why, "{text}");
    }
}

#[test]
fn seconds_left_are_counted_to_the_end_and_past_it() {
    let token = CachedToken::parse(TOKEN).unwrap();
    let registration = r#"{"clientId": "C", "clientSecret": "S", "expiresAt": "2026-01-01T08:00:00Z"}"#;
    let registration = CachedRegistration::parse(registration).unwrap();
    for (now, left) in [
        (utc_datetime!(2026-01-01 07:00), 3600),
        (utc_datetime!(2026-01-01 08:00), 0),
        (utc_datetime!(2026-01-01 08:01), -60),
    ] {
        assert_eq!((token.seconds_left(now), registration.seconds_left(now)), (left, left), "{now}");
    }
}

#[test]
fn a_grant_is_both_tokens() {
    let token = CachedToken::parse(TOKEN).unwrap();
    assert!(token.is_same_grant(&token));
    for part in ["ACCESS-1", "REFRESH-1"] {
        assert!(!token.is_same_grant(&CachedToken::parse(&TOKEN.replace(part, "x")).unwrap()), "{part}");
    }
    assert!(token.is_same_grant(&CachedToken::parse(&TOKEN.replace("us-east-1", "x")).unwrap()));
}

#[test]
fn the_code_grant_needs_its_grant_type() {
    let allows = |grants: &str| {
        let text = format!(r#"{{"clientId": "C", "clientSecret": "S", "expiresAt": "2100-01-01T00:00:00Z"{grants}}}"#);
        CachedRegistration::parse(&text).unwrap().allows_authorization_code()
    };
    assert!(allows(r#", "grantTypes": ["refresh_token", "authorization_code"]"#));
    assert!(!allows(r#", "grantTypes": ["refresh_token"]"#));
    assert!(!allows(r#", "grantTypes": []"#));
    assert!(!allows(""));
}

#[test]
fn refreshable_needs_every_part_and_a_living_registration() {
    let now = utc_datetime!(2026-01-01 09:00);
    assert!(CachedToken::parse(TOKEN).unwrap().refreshable(now).is_some());
    for part in ["clientId", "clientSecret", "registrationExpiresAt", "refreshToken"] {
        let text = TOKEN.replace(part, "other");
        assert!(CachedToken::parse(&text).unwrap().refreshable(now).is_none(), "{part}");
    }
    let at_its_end = utc_datetime!(2100-01-01 00:00);
    assert!(CachedToken::parse(TOKEN).unwrap().refreshable(at_its_end).is_none());
}
