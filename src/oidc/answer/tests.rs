//! Bodies of successes against recorded runs of AWS CLI 2.36.7, and against what the flows refuse.

use serde_json::{Value, json};

use super::super::typed::RegisterClientResponse;
use super::super::{DeviceAuthorization, Failure, TokenResponse};
use super::read;
use crate::http::{Response, Timestamp};
use crate::model::Operation;
use crate::python::{LINE, dumps};

fn response(body: &str) -> Response {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Response { status: 200, headers, body: body.as_bytes().to_vec(), attempts: 1, retries_reached: None }
}

fn printed(operation: Operation, body: &str) -> Result<String, String> {
    read(operation, &response(body)).map(|data| dumps(&data, LINE)).map_err(|error| problem(operation, &error))
}

/// What is wrong with a response, without the beginning of the sentence.
fn problem(operation: Operation, error: &Failure) -> String {
    let start = format!("The response to the {} operation ", operation.name());
    error.to_string().strip_prefix(&start).unwrap().to_owned()
}

#[test]
fn only_modelled_members_in_the_models_order() {
    let body = r#"{"idToken": "i", "extra": {"a": 1}, "AccessToken": "x", "expiresIn": 1, "tokenType": null, "accessToken": "a"}"#;
    let expected = r#"{"accessToken": "a", "expiresIn": 1, "idToken": "i"}"#;
    assert_eq!(printed(Operation::CreateToken, body).unwrap(), expected);
}

#[test]
fn values_are_coerced_as_botocore_does() {
    // Each line is a recorded run, or was computed with botocore's parser.
    for (operation, body, expected) in [
        (
            Operation::CreateToken,
            r#"{"accessToken": 5, "tokenType": ["x"], "expiresIn": "12", "refreshToken": {"a": null}, "idToken": false}"#,
            r#"{"accessToken": 5, "tokenType": ["x"], "expiresIn": 12, "refreshToken": {"a": null}, "idToken": false}"#,
        ),
        (
            Operation::RegisterClient,
            r#"{"clientSecretExpiresAt": 1e10, "clientIdIssuedAt": 123456789012345678901}"#,
            r#"{"clientIdIssuedAt": 123456789012345678901, "clientSecretExpiresAt": 10000000000}"#,
        ),
        (
            Operation::RegisterClient,
            r#"{"clientSecretExpiresAt": -1.9, "clientIdIssuedAt": " -007 "}"#,
            r#"{"clientIdIssuedAt": -7, "clientSecretExpiresAt": -1}"#,
        ),
        (
            Operation::RegisterClient,
            r#"{"clientSecretExpiresAt": true, "clientIdIssuedAt": -0}"#,
            r#"{"clientIdIssuedAt": 0, "clientSecretExpiresAt": 1}"#,
        ),
        (
            Operation::RegisterClient,
            r#"{"clientIdIssuedAt": 1e22}"#,
            r#"{"clientIdIssuedAt": 10000000000000000000000}"#,
        ),
        (Operation::CreateToken, r#"{"expiresIn": "1_000"}"#, r#"{"expiresIn": 1000}"#),
        (Operation::CreateTokenWithIam, r#"{"scope": "ab"}"#, r#"{"scope": ["a", "b"]}"#),
        (Operation::CreateTokenWithIam, r#"{"scope": {"k": 1}}"#, r#"{"scope": ["k"]}"#),
        (
            Operation::CreateTokenWithIam,
            r#"{"scope": [null, "a"], "awsAdditionalDetails": {"x": 1}}"#,
            r#"{"scope": [null, "a"], "awsAdditionalDetails": {}}"#,
        ),
    ] {
        assert_eq!(printed(operation, body).unwrap(), expected, "{body}");
    }
}

#[test]
fn what_python_fails_on_is_an_error() {
    for (operation, body, member) in [
        (Operation::CreateToken, r#"{"expiresIn": []}"#, "expiresIn"),
        (Operation::CreateToken, r#"{"expiresIn": "1.5"}"#, "expiresIn"),
        (Operation::CreateToken, r#"{"expiresIn": 1e400}"#, "expiresIn"),
        (Operation::CreateTokenWithIam, r#"{"scope": 1}"#, "scope"),
        (Operation::CreateTokenWithIam, r#"{"awsAdditionalDetails": "x"}"#, "awsAdditionalDetails"),
    ] {
        assert_eq!(
            printed(operation, body).unwrap_err(),
            format!("has a value of the wrong type for {member}"),
            "{body}"
        );
    }
    for body in ["[1]", "null", "\"x\"", "5"] {
        assert_eq!(printed(Operation::CreateToken, body).unwrap_err(), "is JSON, but not an object", "{body}");
    }
    for (body, problem) in [
        ("", "is not JSON (0 bytes, content type application/json)"),
        (r#"{"a": "#, "is not JSON (6 bytes, content type application/json)"),
        ("\n<!doctype html>", "is a web page (16 bytes), not JSON"),
    ] {
        assert_eq!(printed(Operation::CreateToken, body).unwrap_err(), problem);
    }
}

fn token_problem(body: &str) -> String {
    problem(Operation::CreateToken, &TokenResponse::read(&response(body)).unwrap_err())
}

#[test]
fn a_token_is_taken_only_whole_and_usable() {
    let good = r#"{"accessToken": "a", "tokenType": "bearer", "expiresIn": 28800, "refreshToken": ""}"#;
    let token = TokenResponse::read(&response(good)).unwrap();
    assert_eq!(token.expires_at(Timestamp::MAX), Timestamp::MAX);
    assert_eq!((token.access_token.expose(), token.expires_in, token.refresh_token), ("a", 28800, None));
    for (body, problem) in [
        (r"{}", "has no accessToken"),
        (r#"{"accessToken": "", "expiresIn": 1}"#, "has no accessToken"),
        (r#"{"accessToken": null, "expiresIn": 1}"#, "has no accessToken"),
        (r#"{"accessToken": 1, "expiresIn": 1}"#, "has a value of the wrong type for accessToken"),
        (r#"{"accessToken": "a"}"#, "has no expiresIn"),
        (r#"{"accessToken": "a", "expiresIn": "1"}"#, "has a value of the wrong type for expiresIn"),
        (r#"{"accessToken": "a", "expiresIn": 0}"#, "has an unusable expiresIn"),
        (r#"{"accessToken": "a", "expiresIn": -1}"#, "has an unusable expiresIn"),
        (r#"{"accessToken": "a", "expiresIn": 1.5}"#, "has a value of the wrong type for expiresIn"),
        (r#"{"accessToken": "a", "expiresIn": 7776001}"#, "has an unusable expiresIn"),
        (r#"{"accessToken": "a", "expiresIn": 1e400}"#, "has a value of the wrong type for expiresIn"),
        (r#"{"accessToken": "a", "expiresIn": 1, "tokenType": "mac"}"#, "has a tokenType that is not Bearer"),
        (
            r#"{"accessToken": "a", "expiresIn": 1, "refreshToken": 5}"#,
            "has a value of the wrong type for refreshToken",
        ),
    ] {
        assert_eq!(token_problem(body), problem, "{body}");
    }
}

#[test]
fn tokens_and_clients_are_printable_ascii() {
    let problem_of =
        |read: fn(&Response) -> Result<(), Failure>, body: &Value| read(&response(&body.to_string())).err();
    let token = json!({"accessToken": " a~", "expiresIn": 1, "refreshToken": "b"});
    let client = json!({"clientId": "c", "clientSecret": "s", "clientSecretExpiresAt": 0});
    let device = json!({"deviceCode": "d", "userCode": "u", "verificationUri": "https://v", "expiresIn": 1});
    for (good, members, read) in [
        (token, ["accessToken", "refreshToken"], (|it| TokenResponse::read(it).map(drop)) as fn(&Response) -> _),
        (client, ["clientId", "clientSecret"], |it| RegisterClientResponse::read(it).map(drop)),
        (device, ["deviceCode", "deviceCode"], |it| DeviceAuthorization::read(it).map(drop)),
    ] {
        assert!(problem_of(read, &good).is_none());
        for member in members {
            for text in ["a\nb", "a\r", "\0", "\u{1b}[31m", "\t", "\u{7f}", "\u{85}", "é", "\u{202e}a"] {
                let mut body = good.clone();
                body[member] = text.into();
                let error = problem_of(read, &body).unwrap().to_string();
                assert!(
                    error.ends_with(&format!("has characters in {member} that are not printable ASCII")),
                    "{error}"
                );
            }
        }
    }
}

#[test]
fn a_registration_needs_its_three_members() {
    let good = r#"{"clientId": "c", "clientSecret": "s", "clientSecretExpiresAt": 0}"#;
    let registration = RegisterClientResponse::read(&response(good)).unwrap();
    assert_eq!((registration.client_id.as_str(), registration.client_secret_expires_at), ("c", 0));
    for member in ["clientId", "clientSecret", "clientSecretExpiresAt"] {
        let mut body: serde_json::Map<_, _> = serde_json::from_str(good).unwrap();
        body.remove(member);
        let error = RegisterClientResponse::read(&response(&Value::Object(body).to_string())).unwrap_err();
        assert_eq!(problem(Operation::RegisterClient, &error), format!("has no {member}"));
    }
}

#[test]
fn a_device_authorization_may_lack_the_complete_url_and_the_interval() {
    let good = r#"{"deviceCode": "d", "userCode": "u", "verificationUri": "https://v", "expiresIn": 600}"#;
    let authorization = DeviceAuthorization::read(&response(good)).unwrap();
    assert!(authorization.verification_uri_complete.is_none() && authorization.interval.is_none());
    for member in ["deviceCode", "userCode", "verificationUri", "expiresIn"] {
        let mut body: serde_json::Map<_, _> = serde_json::from_str(good).unwrap();
        body.remove(member);
        let error = DeviceAuthorization::read(&response(&Value::Object(body).to_string())).unwrap_err();
        assert_eq!(problem(Operation::StartDeviceAuthorization, &error), format!("has no {member}"));
    }
    assert!(!format!("{authorization:?}").contains("\"d\""));
}
