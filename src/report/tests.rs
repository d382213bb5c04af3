//! Exit codes and forms of errors, held to recorded runs of AWS CLI 2.36.7.

use serde_json::json;

use super::{ErrorFormat, exit_code, render};
use crate::error::{Error, Kind};
use crate::oidc::{Fault, FaultCode};
use crate::output::Style;

fn fault(details: &serde_json::Value) -> anyhow::Error {
    Error::from(Fault {
        code: "InvalidGrantException".into(),
        kind: FaultCode::InvalidGrant,
        operation: "CreateToken",
        message: String::new(),
        details: details.as_object().unwrap().clone(),
        status: 400,
        request_id: None,
        retries_reached: None,
        date: None,
        retry_after: None,
    })
    .into()
}

fn shown(error: &anyhow::Error, format: ErrorFormat) -> String {
    render(error, format, &Style::PLAIN, false)
}

#[test]
fn codes_are_those_of_the_aws_cli() {
    let config = |kind| anyhow::Error::from(Error::new(kind, "x"));
    for (error, code) in [
        (Error::validation("x").into(), 252),
        (config(Kind::Validation), 252),
        (config(Kind::Configuration), 253),
        (Error::no_region().into(), 253),
        (Error::new(Kind::Pager, "x").into(), 253),
        (fault(&json!({})), 254),
        (config(Kind::Other), 255),
        (Error::other("x").into(), 255),
        (anyhow::anyhow!("anything"), 255),
        (Error::new(Kind::Interrupt, "interrupted").into(), 130),
        (Error::new(Kind::Terminate, "terminated").into(), 143),
        (std::io::Error::from(std::io::ErrorKind::BrokenPipe).into(), 0),
        (std::io::Error::from(std::io::ErrorKind::StorageFull).into(), 255),
    ] {
        assert_eq!(exit_code(&error), code, "{error}");
    }
}

#[test]
fn a_service_error_in_every_form() {
    let error = fault(&json!({"error": "invalid_grant", "error_description": "words"}));
    let line =
        "\nsso-oidc: [ERROR]: An error occurred (InvalidGrantException) when calling the CreateToken operation:\n";
    assert_eq!(shown(&error, ErrorFormat::Legacy), line);
    assert_eq!(
        shown(&error, ErrorFormat::Enhanced),
        format!("{line}\nAdditional error details:\nerror: invalid_grant\nerror_description: words\n")
    );
    let json: serde_json::Value = serde_json::from_str(&shown(&error, ErrorFormat::Json)).unwrap();
    assert_eq!(
        json.to_string(),
        r#"{"Message":"","Code":"InvalidGrantException","error":"invalid_grant","error_description":"words"}"#
    );
    assert_eq!(shown(&error, ErrorFormat::Text), "InvalidGrantException\t\tinvalid_grant\twords\n");
}

#[test]
fn details_that_are_no_text() {
    let details = json!({"error": ["a", {"b": 1}], "error_description": ["x", 2, null, 1e-7], "more": {"k": true}});
    let text = shown(&fault(&details), ErrorFormat::Enhanced);
    let block = "error: <complex value>\nerror_description: [x, 2, None, 1e-07]\nmore: {k: True}\nUse \"--cli-error-format json\"";
    assert!(text.contains(block), "{text}");
    let five = shown(&fault(&json!({"error": [1, 2, 3, 4, 5]})), ErrorFormat::Enhanced);
    assert!(five.contains("error: <complex value>"), "{five}");
}

#[test]
fn the_service_cannot_write_to_the_terminal() {
    let text = shown(&fault(&json!({"error": "a\u{1b}[31m\nb\u{202e}"})), ErrorFormat::Enhanced);
    assert!(text.ends_with("\nerror: a[31m b\n"), "{text:?}");
}

#[test]
fn a_kind_without_service() {
    let error = anyhow::Error::from(Error::no_region().hint("say --region".to_owned()));
    let line = "You must specify a region. You can also configure your region by running \"aws configure\".";
    assert_eq!(
        shown(&error, ErrorFormat::Enhanced),
        format!("\nsso-oidc: [ERROR]: An error occurred (NoRegion): {line}\nhint: say --region\n")
    );
    assert_eq!(shown(&error, ErrorFormat::Legacy), format!("\nsso-oidc: [ERROR]: {line}\n"));
    assert_eq!(shown(&error, ErrorFormat::Text), format!("NoRegion\t{line}\n"));
}

#[test]
fn an_error_without_a_kind_is_the_same_in_all_forms() {
    let error = anyhow::anyhow!("could not").context("tried");
    for format in [ErrorFormat::Enhanced, ErrorFormat::Legacy, ErrorFormat::Json, ErrorFormat::Table] {
        assert_eq!(shown(&error, format), "\nsso-oidc: [ERROR]: tried: could not\n");
    }
}
