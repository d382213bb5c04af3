//! Service errors against recorded runs of AWS CLI 2.36.7, and the OAuth reading of the flows.

use time::macros::utc_datetime;

use super::{Fault, FaultCode};
use crate::http::Response;
use crate::oidc::Failure;

fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    Response {
        status,
        headers: headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
        body: body.as_bytes().to_vec(),
        attempts: 1,
        retries_reached: None,
    }
}

fn read(status: u16, headers: &[(&str, &str)], body: &str) -> Result<Fault, Failure> {
    let now = utc_datetime!(2026-01-01 00:00:00);
    Fault::read("CreateToken", &response(status, headers, body), now)
}

fn read_oauth(status: u16, headers: &[(&str, &str)], body: &str) -> Fault {
    Fault::read_oauth("CreateToken", &response(status, headers, body), utc_datetime!(2026-01-01 00:00:00))
}

const GRANT: [(&str, &str); 1] = [("x-amzn-errortype", "InvalidGrantException:http://x/")];

#[test]
fn code_message_and_details_are_botocores() {
    let words = r#"{"error": "invalid_grant", "error_description": "d", "secret": "not modelled"}"#;
    for (status, headers, body, line, details) in [
        (400, &GRANT[..], words, "(InvalidGrantException):", "error error_description"),
        (400, &[], words, "(400):", ""),
        (400, &GRANT, r#"{"error": "e", "error_description": null}"#, "(InvalidGrantException):", "error"),
        (400, &GRANT, r#"{"message": "m", "error": "e"}"#, "(InvalidGrantException): m", "error"),
        (400, &[], r#"{"Message": "M", "__type": "com.x#InvalidGrantException:y"}"#, "(InvalidGrantException): M", ""),
        (
            418,
            &[("x-amzn-errortype", "TeapotException")],
            r#"{"error": "e", "message": "tea"}"#,
            "(TeapotException): tea",
            "",
        ),
        (400, &[], r#"{"message": true}"#, "(400): True", ""),
        (400, &[], r#"{"message": {"a": [1e-7, "it's"]}}"#, r#"(400): {'a': [1e-07, "it's"]}"#, ""),
        (400, &[], r#"{"message": null}"#, "(400): None", ""),
        (403, &[], "plain text body", "(403): plain text body", ""),
        (502, &[], r#"{"code": null, "Code": "C"}"#, "(502):", ""),
        (502, &[], " \u{b}\r\n", "(502): Bad Gateway", ""),
        (502, &[], "\u{b}<html>x", "(502): Bad Gateway", ""),
        (400, &[], r#"{"code": null, "__type": "T"}"#, "(T):", ""),
        (400, &[], "", "(400):", ""),
        (500, &[], "", "(500): Internal Server Error", ""),
        (503, &[], "<html><body>no</body></html>", "(503): Service Unavailable", ""),
        (300, &[], r#"{"accessToken": "a"}"#, "(Unknown): Unknown", ""),
        (302, &[], "", "(302):", ""),
        (
            400,
            &[("x-amzn-errortype", "AccessDeniedException")],
            r#"{"error_description": "d", "error": "e", "reason": "KMS_AccessDeniedException"}"#,
            "(AccessDeniedException):",
            "error reason error_description",
        ),
    ] {
        let fault = read(status, headers, body).unwrap();
        let line = line.replace("):", ") when calling the CreateToken operation:");
        assert_eq!(fault.to_string(), format!("An error occurred {line}"), "{body}");
        assert_eq!(fault.details.keys().cloned().collect::<Vec<_>>().join(" "), details, "{body}");
    }
    let error = read(400, &[], "[1]").unwrap_err().to_string();
    assert_eq!(error, "The response to the CreateToken operation is JSON, but not an object");
}

#[test]
fn a_secret_of_the_request_is_taken_out_wherever_it_is_repeated() {
    let body = r#"{"message": "no REFRESH-TOKEN-1!", "error": {"REFRESH-TOKEN-1": ["REFRESH-TOKEN-1"]}}"#;
    let response = response(400, &GRANT, body).without(&["REFRESH-TOKEN-1", "no"]);
    let fault = Fault::read("CreateToken", &response, utc_datetime!(2026-01-01 00:00:00)).unwrap();
    assert_eq!(fault.message, "no [redacted]!");
    assert_eq!(fault.details["error"].to_string(), r#"{"[redacted]":["[redacted]"]}"#);
}

#[test]
fn the_last_allowed_attempt_is_told() {
    let mut fault = read(400, &GRANT, "{}").unwrap();
    fault.retries_reached = Some(2);
    assert_eq!(
        fault.to_string(),
        "An error occurred (InvalidGrantException) when calling the CreateToken operation (reached max retries: 2):"
    );
}

#[test]
fn the_kind_is_that_of_awss_code_and_without_one_that_of_oauth() {
    for (status, headers, body, kind) in [
        (400, &GRANT[..], r#"{"error": "slow_down"}"#, FaultCode::InvalidGrant),
        (400, &[], r#"{"error": "slow_down"}"#, FaultCode::SlowDown),
        (400, &[], r#"{"error": "authorization_pending"}"#, FaultCode::AuthorizationPending),
        (401, &[], r#"{"error": "invalid_client"}"#, FaultCode::InvalidClient),
        (400, &[], r#"{"error": "expired_token"}"#, FaultCode::ExpiredToken),
        (400, &[], r#"{"error": "access_denied"}"#, FaultCode::AccessDenied),
        (400, &[], r#"{"error": ""}"#, FaultCode::Other),
        (400, &[], r#"{"error": 5}"#, FaultCode::Other),
        (429, &[], "", FaultCode::Throttled),
        (400, &[("x-amzn-errortype", "ThrottlingException")], "{}", FaultCode::Throttled),
        (502, &[], "<html>", FaultCode::InternalServer),
        (500, &[("x-amzn-errortype", "InternalServerException")], "{}", FaultCode::InternalServer),
    ] {
        assert_eq!(read_oauth(status, headers, body).kind, kind, "{status} {body}");
    }
    let pending = read_oauth(400, &[], r#"{"error": "authorization_pending", "error_description": "d"}"#);
    assert_eq!(
        (pending.code.as_str(), &pending.details["error_description"]),
        ("AuthorizationPendingException", &serde_json::json!("d"))
    );
    assert_eq!(read(400, &[], r#"{"error": "slow_down"}"#).unwrap().kind, FaultCode::Other);
}

#[test]
fn a_web_page_is_no_message() {
    let fault = read_oauth(403, &[], "<!doctype html><p>Sign in to this network");
    assert_eq!(fault.message, "Forbidden");
}

#[test]
fn the_servers_clock_and_its_wish_to_wait_are_kept() {
    let headers = [("date", "Thu, 01 Jan 2026 00:10:00 GMT"), ("retry-after", "30"), ("x-amzn-requestid", "id-1")];
    let fault = read(503, &headers, "{}").unwrap();
    assert_eq!(fault.date, Some(utc_datetime!(2026-01-01 00:10:00)));
    assert_eq!(fault.retry_after, Some(std::time::Duration::from_secs(30)));
    assert_eq!(fault.request_id.as_deref(), Some("id-1"));
    assert!(fault.is_transient());
    let hint = "the service is failing; retry in 30 s; AWS Support can look up request id id-1";
    assert_eq!(fault.hint().as_deref(), Some(hint));
}

#[test]
fn a_flow_reads_no_message_from_a_body_that_is_not_an_object() {
    let fault = read_oauth(503, &[], "[1]");
    assert_eq!((fault.message.as_str(), fault.kind), ("", FaultCode::InternalServer));
}
