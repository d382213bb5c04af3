//! Exit codes and forms of errors, compared with recorded runs of AWS CLI 2.36.7.

use serde_json::json;

use super::{ErrorFormat, kind};
use crate::error::{Error, Kind, ServiceError};
use crate::output::{Format, Style};

fn service_error(details: &serde_json::Value) -> anyhow::Error {
    let code = "InvalidGrantException".to_owned();
    let message = format!("An error occurred ({code}) when calling the CreateToken operation:");
    let details = details.as_object().unwrap().clone();
    Error::new(Kind::Service, message).service(ServiceError { code, message: String::new(), details }).into()
}

fn render(error: &anyhow::Error, format: ErrorFormat) -> String {
    super::render(error, "sso-oidc", format, &Style::PLAIN, false)
}

#[test]
fn exit_codes_equal_the_aws_clis() {
    for (error, code) in [
        (Error::validation("x").into(), 252),
        (Error::configuration("x").into(), 253),
        (Error::no_region().into(), 253),
        (Error::new(Kind::Pager, "x").into(), 253),
        (service_error(&json!({})), 254),
        (Error::other("x").into(), 255),
        (anyhow::anyhow!("anything"), 255),
        (Error::new(Kind::Signal(2), "interrupted").into(), 130),
        (Error::new(Kind::Signal(15), "terminated").into(), 143),
        (std::io::Error::from(std::io::ErrorKind::BrokenPipe).into(), 0),
        (std::io::Error::from(std::io::ErrorKind::StorageFull).into(), 255),
    ] {
        assert_eq!(kind(&error).exit_code(), code, "{error}");
    }
}

#[test]
fn a_service_error_in_every_form() {
    let error = service_error(&json!({"error": "invalid_grant", "error_description": "words"}));
    let line =
        "\nsso-oidc: [ERROR]: An error occurred (InvalidGrantException) when calling the CreateToken operation:\n";
    assert_eq!(render(&error, ErrorFormat::Legacy), line);
    assert_eq!(
        render(&error, ErrorFormat::Enhanced),
        format!("{line}\nAdditional error details:\nerror: invalid_grant\nerror_description: words\n")
    );
    let json: serde_json::Value = serde_json::from_str(&render(&error, ErrorFormat::Structured(Format::Json))).unwrap();
    assert_eq!(
        json.to_string(),
        r#"{"Message":"","Code":"InvalidGrantException","error":"invalid_grant","error_description":"words"}"#
    );
    assert_eq!(
        render(&error, ErrorFormat::Structured(Format::Text)),
        "InvalidGrantException\t\tinvalid_grant\twords\n"
    );
}

#[test]
fn details_that_are_not_text() {
    let details = json!({"error": ["a", {"b": 1}], "error_description": ["x", 2, null, 1e-7], "more": {"k": true}});
    let text = render(&service_error(&details), ErrorFormat::Enhanced);
    let block = "error: <complex value>\nerror_description: [x, 2, None, 1e-07]\nmore: {k: True}\nUse \"--cli-error-format json\"";
    assert!(text.contains(block), "{text}");
    let five = render(&service_error(&json!({"error": [1, 2, 3, 4, 5]})), ErrorFormat::Enhanced);
    assert!(five.contains("error: <complex value>"), "{five}");
}

#[test]
fn control_characters_of_the_service_are_dropped() {
    let text = render(&service_error(&json!({"error": "a\u{1b}[31m\nb\u{202e}"})), ErrorFormat::Enhanced);
    assert!(text.ends_with("\nerror: a[31m b\n"), "{text:?}");
}

#[test]
fn a_kind_without_a_service_error() {
    let error = anyhow::Error::from(Error::no_region().hint("use --region"));
    let line = "You must specify a region. You can also configure your region by running \"aws configure\".";
    assert_eq!(
        render(&error, ErrorFormat::Enhanced),
        format!("\nsso-oidc: [ERROR]: An error occurred (NoRegion): {line}\nhint: use --region\n")
    );
    assert_eq!(render(&error, ErrorFormat::Legacy), format!("\nsso-oidc: [ERROR]: {line}\n"));
    assert_eq!(render(&error, ErrorFormat::Structured(Format::Text)), format!("NoRegion\t{line}\n"));
}

#[test]
fn an_error_without_a_kind_is_the_same_in_all_forms() {
    let error = anyhow::anyhow!("could not").context("tried");
    for format in [
        ErrorFormat::Enhanced,
        ErrorFormat::Legacy,
        ErrorFormat::Structured(Format::Json),
        ErrorFormat::Structured(Format::Table),
    ] {
        assert_eq!(render(&error, format), "\nsso-oidc: [ERROR]: tried: could not\n");
    }
}
