//! Bodies of successes against recorded runs of AWS CLI 2.36.7, and against what the flows refuse.

use serde_json::Value;

use super::super::{Decode, DeviceAuthorization, Problem, RegisterClientResponse, TokenResponse};
use super::read;
use crate::http::Response;
use crate::model::Operation;
use crate::python::{LINE, dumps};

fn response(body: &str) -> Response {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Response { status: 200, headers, body: body.as_bytes().to_vec(), attempts: 1, retries_reached: None }
}

fn printed(operation: Operation, body: &str) -> Result<String, Problem> {
    read(operation, &response(body)).map(|data| dumps(&data, LINE)).map_err(|error| error.problem)
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
        assert_eq!(printed(operation, body).as_deref(), Ok(expected), "{body}");
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
        assert_eq!(printed(operation, body), Err(Problem::IllTyped(member)), "{body}");
    }
    for body in ["[1]", "null", "\"x\"", "5"] {
        assert_eq!(printed(Operation::CreateToken, body), Err(Problem::NotAnObject), "{body}");
    }
    let json = Some("application/json".to_owned());
    assert_eq!(printed(Operation::CreateToken, ""), Err(Problem::NotJson(0, json.clone())));
    assert_eq!(printed(Operation::CreateToken, r#"{"a": "#), Err(Problem::NotJson(6, json)));
    assert_eq!(printed(Operation::CreateToken, "\n<!doctype html>"), Err(Problem::WebPage(16)));
}

fn token_problem(body: &str) -> Problem {
    TokenResponse::read(&response(body)).unwrap_err().problem
}

#[test]
fn a_token_is_taken_only_whole_and_usable() {
    let good = r#"{"accessToken": "a", "tokenType": "bearer", "expiresIn": 28800, "refreshToken": ""}"#;
    let token = TokenResponse::read(&response(good)).unwrap();
    assert_eq!((token.access_token.expose(), token.expires_in, token.refresh_token), ("a", 28800, None));
    for (body, problem) in [
        (r"{}", Problem::Missing("accessToken")),
        (r#"{"accessToken": "", "expiresIn": 1}"#, Problem::Missing("accessToken")),
        (r#"{"accessToken": null, "expiresIn": 1}"#, Problem::Missing("accessToken")),
        (r#"{"accessToken": 1, "expiresIn": 1}"#, Problem::IllTyped("accessToken")),
        (r#"{"accessToken": "a"}"#, Problem::Missing("expiresIn")),
        (r#"{"accessToken": "a", "expiresIn": "1"}"#, Problem::IllTyped("expiresIn")),
        (r#"{"accessToken": "a", "expiresIn": 0}"#, Problem::Lifetime("expiresIn")),
        (r#"{"accessToken": "a", "expiresIn": -1}"#, Problem::Lifetime("expiresIn")),
        (r#"{"accessToken": "a", "expiresIn": 1.5}"#, Problem::Lifetime("expiresIn")),
        (r#"{"accessToken": "a", "expiresIn": 7776001}"#, Problem::Lifetime("expiresIn")),
        (r#"{"accessToken": "a", "expiresIn": 1e400}"#, Problem::Lifetime("expiresIn")),
        (r#"{"accessToken": "a", "expiresIn": 1, "tokenType": "mac"}"#, Problem::NotBearer),
        (r#"{"accessToken": "a", "expiresIn": 1, "refreshToken": 5}"#, Problem::IllTyped("refreshToken")),
    ] {
        assert_eq!(token_problem(body), problem, "{body}");
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
        assert_eq!(error, Decode { operation: "RegisterClient", problem: Problem::Missing(member) });
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
        assert_eq!(error.problem, Problem::Missing(member));
    }
    assert!(!format!("{authorization:?}").contains("\"d\""));
}
