//! The container endpoint and EC2 instance metadata.

use std::time::Duration;

use super::{Fixture, NONE, signed, token};
use crate::support::scripted_flow::Identities;
use crate::support::scripted_server::{Recorded, ScriptedServer, Step, bytes, json};

const KEYS: &str = r#"{"AccessKeyId": "ASIAMETA", "SecretAccessKey": "meta-secret", "Token": "t", "Expiration": "2100-01-01T00:00:00Z"}"#;
const CREDENTIALS: &str = "GET /latest/meta-data/iam/security-credentials/";

fn plain(text: &str) -> Step {
    json(200, &[], text)
}

fn lines(requests: &[Recorded]) -> Vec<&str> {
    requests.iter().map(|request| request.line.trim_end_matches(" HTTP/1.1")).collect()
}

#[test]
fn container_requests_carry_the_authorization_token() {
    let fixture = Fixture::new(vec![plain(KEYS), token()])
        .var("AWS_CONTAINER_CREDENTIALS_FULL_URI", "$SERVER/creds?x=1")
        .var("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic tok");
    let requests = fixture.requests(&[]);
    assert_eq!(requests[0].line, "GET /creds?x=1 HTTP/1.1");
    assert_eq!(requests[0].header("authorization"), Some("Basic tok"));
    assert_eq!(requests[0].header("accept"), Some("application/json"));
    assert!(signed(&requests[1], "meta-secret").starts_with("ASIAMETA eu-west-1/sso-oauth "));
    let fixture = Fixture::new(vec![plain(KEYS), token()])
        .file("token", "from a file")
        .var("AWS_CONTAINER_CREDENTIALS_FULL_URI", "$SERVER/creds")
        .var("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic tok")
        .var("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "$HOME/token");
    assert_eq!(fixture.requests(&[])[0].header("authorization"), Some("from a file"));
}

#[test]
fn container_requests_bypass_proxies() {
    let fixture = Fixture::new(vec![plain(KEYS), token()])
        .var("AWS_CONTAINER_CREDENTIALS_FULL_URI", "$SERVER/creds")
        .var("HTTP_PROXY", "http://127.0.0.1:9")
        .var("NO_PROXY", "example.com");
    let run = fixture.run(&["--region", "eu-west-1"]).expect(255);
    assert!(run.stderr.contains("Failed to connect to proxy URL"), "{}", run.stderr);
    assert_eq!(lines(&fixture.server.requests()), ["GET /creds"]);
}

#[test]
fn container_errors() {
    let from = "Error when retrieving credentials from container-role:";
    let uri = |steps, uri: &str| Fixture::new(steps).var("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri);
    let thrice = |step: fn() -> Step| vec![step(), step(), step()];
    let fixture = uri(thrice(|| json(404, &[], "gone, container%2Ftoken")), "$SERVER/bad")
        .var("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Bearer container/token");
    let text = "Error retrieving metadata: Received non 200 response 404 from container metadata: gone, [redacted]";
    fixture.refuses(&[], 255, &format!("{from} {text}"));
    assert_eq!(fixture.server.requests().len(), 3);
    let fixture = uri(thrice(|| plain("canary")), "$SERVER/creds");
    let text = "Error retrieving metadata: Unable to parse JSON returned from container metadata services";
    fixture.refuses(&[], 255, &format!("{from} {text}"));
    uri(vec![plain(r#"{"AccessKeyId": "x"}"#)], "$SERVER/creds").refuses(
        &[],
        255,
        &format!("{from} the response has no SecretAccessKey"),
    );
    let text = "Unsupported host 'example.com'.  Can only retrieve metadata from a loopback address or one of these hosts: \
                169.254.170.2, 169.254.170.23, fd00:ec2::23, localhost";
    uri(vec![], "http://example.com/creds").refuses(&[], 255, text);
    uri(vec![], "$SERVER/creds").var("AWS_CONTAINER_AUTHORIZATION_TOKEN", "two\nlines").refuses(
        &[],
        255,
        "Auth token value is not a legal header value",
    );
}

#[test]
fn untrusted_container_certificates_are_not_retried() {
    let identity = Identities::new().own;
    let server = ScriptedServer::tls(vec![plain(KEYS); 3], &identity);
    let fixture = Fixture::new(vec![]).var("AWS_CONTAINER_CREDENTIALS_FULL_URI", &format!("{}/creds", server.url()));
    let run = fixture.run(&["--region", "eu-west-1"]).expect(255);
    assert!(run.stderr.contains("certificate verify failed: unable to get local issuer certificate"), "{}", run.stderr);
    assert_eq!(server.connections(), 1);
}

/// A fixture on an EC2 instance, with more patience than the second that is the rule: test machines are busy.
fn instance(steps: Vec<Step>) -> Fixture {
    Fixture::new(steps)
        .without("AWS_EC2_METADATA_DISABLED")
        .var("AWS_EC2_METADATA_SERVICE_ENDPOINT", "$SERVER")
        .var("AWS_METADATA_SERVICE_TIMEOUT", "20")
}

#[test]
fn imds_v2_uses_a_session_token() {
    let fixture = instance(vec![plain("imds-token"), plain("role1"), plain(KEYS), token()]);
    let requests = fixture.requests(&[]);
    let expected = [
        "PUT /latest/api/token",
        CREDENTIALS,
        "GET /latest/meta-data/iam/security-credentials/role1",
        "POST /token?aws_iam=t",
    ];
    assert_eq!(lines(&requests), expected);
    assert_eq!(requests[0].header("x-aws-ec2-metadata-token-ttl-seconds"), Some("21600"));
    assert_eq!(requests[0].header("content-length"), Some("0"));
    assert_eq!(requests[2].header("x-aws-ec2-metadata-token"), Some("imds-token"));
    assert_eq!(requests[2].header("amz-sdk-invocation-id"), None);
    assert!(signed(&requests[3], "meta-secret").starts_with("ASIAMETA eu-west-1/sso-oauth "));
}

#[test]
fn imds_v1_fallback() {
    for status in [403, 404, 405] {
        let fixture = instance(vec![json(status, &[], ""), plain("role1"), plain(KEYS), token()]);
        assert_eq!(fixture.requests(&[])[1].header("x-aws-ec2-metadata-token"), None);
    }
    let fixture = instance(vec![json(404, &[], "")]).var("AWS_EC2_METADATA_V1_DISABLED", "True");
    let text =
        "Error retrieving metadata: Unable to retrieve token for use in IMDSv2 call and IMDSv1 has been disabled";
    fixture.refuses(&[], 255, text);
}

#[test]
fn imds_token_timeout_is_not_repeated() {
    let lost = Step::Stall(Vec::new(), Duration::from_secs(4));
    let fixture = instance(vec![lost, plain("role1"), plain(KEYS), token()]).var("AWS_METADATA_SERVICE_TIMEOUT", "3");
    let requests = fixture.requests(&[]);
    assert_eq!(requests.len(), 4);
    assert_eq!(requests[1].header("x-aws-ec2-metadata-token"), None);
}

#[test]
fn metadata_without_a_role_gives_no_credentials() {
    let token_then = |step| vec![plain("imds-token"), step];
    for (steps, made) in [
        (vec![json(400, &[], "")], 1),
        (token_then(json(404, &[], "")), 2),
        (token_then(plain("")), 2),
        (vec![plain("imds-token"), plain("role1"), plain("not json")], 3),
        (
            vec![
                plain("imds-token"),
                plain("role1"),
                plain(r#"{"Code": "AssumeRoleUnauthorizedAccess", "Message": "m"}"#),
            ],
            3,
        ),
    ] {
        let fixture = instance(steps);
        fixture.refuses(&[], 253, NONE);
        assert_eq!(fixture.server.requests().len(), made);
    }
    instance(vec![]).var("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9").refuses(&[], 253, NONE);
    let fixture = instance(vec![]).var("AWS_EC2_METADATA_DISABLED", "TRUE");
    fixture.refuses(&[], 253, NONE);
    assert_eq!(fixture.server.connections(), 0);
}

#[test]
fn metadata_attempts_are_configurable() {
    let steps = vec![plain("imds-token"), json(500, &[], ""), json(500, &[], ""), plain("role1"), plain(KEYS), token()];
    let fixture = instance(steps).config("[default]\nmetadata_service_num_attempts = 3\n");
    assert_eq!(fixture.requests(&[]).len(), 6);
}

#[test]
fn expired_metadata_credentials_are_still_used() {
    let ended = KEYS.replace("2100", "2020");
    let fixture = instance(vec![plain("imds-token"), plain("role1"), plain(&ended), token()]);
    assert!(signed(&fixture.requests(&[])[3], "meta-secret").starts_with("ASIAMETA "));
}

#[test]
fn invalid_metadata_settings_are_reported() {
    let text = "Invalid endpoint EC2 Instance Metadata endpoint: nonsense";
    instance(vec![]).var("AWS_EC2_METADATA_SERVICE_ENDPOINT", "nonsense").refuses(&[], 255, text);
    let text =
        "Invalid EC2 Instance Metadata endpoint mode: ipv5 Valid endpoint modes (case-insensitive): ('ipv4', 'ipv6').";
    instance(vec![]).var("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ipv5").refuses(&[], 255, text);
    let text = "invalid literal for int() with base 10: 'x'";
    instance(vec![]).var("AWS_METADATA_SERVICE_TIMEOUT", "x").refuses(&[], 255, text);
}

#[test]
fn unusable_metadata_settings_are_reported_with_their_place() {
    let endpoint = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
    for (name, value) in [
        (endpoint, "ftp://169.254.169.254/"),
        (endpoint, "http://fd00:ec2::254/"),
        (endpoint, "nonsense"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ipv5"),
        ("AWS_METADATA_SERVICE_TIMEOUT", "x"),
        ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "x"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "nonsense"),
    ] {
        let fixture = instance(vec![]).var(name, value);
        let run = fixture.run(&["--region", "eu-west-1"]).expect(255);
        let place = format!("hint: the value comes from the environment variable {name}\n");
        let is_repeated = run.stderr.contains(value) || run.stderr.contains("Unsupported host 'None'");
        assert!(is_repeated && run.stderr.ends_with(&place), "{}", run.snapshot());
        assert_eq!(fixture.server.connections(), 0);
    }
    let fixture = instance(vec![]).without(endpoint).config("[default]\nec2_metadata_service_endpoint = ftp://host/\n");
    for words in [&["--region", "eu-west-1"][..], &[]] {
        let run = fixture.run(words).expect(255);
        let text = "Invalid endpoint EC2 Instance Metadata endpoint: ftp://host/\nhint: the value comes from \
                    `ec2_metadata_service_endpoint` in [default] of ";
        assert!(run.stderr.contains(text), "{}", run.snapshot());
    }
}

#[test]
fn region_falls_back_to_the_instance() {
    let steps =
        vec![plain("imds-token"), plain("eu-west-3a"), plain("imds-token"), plain("role1"), plain(KEYS), token()];
    let fixture = instance(steps);
    fixture.run(&[]).ok();
    let requests = fixture.server.requests();
    assert_eq!(requests[1].line, "GET /latest/meta-data/placement/availability-zone/ HTTP/1.1");
    assert!(signed(&requests[5], "meta-secret").contains(" eu-west-3/sso-oauth "));
    let fixture = instance(vec![bytes("HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n"), json(404, &[], "")]);
    let run = fixture.run(&[]).expect(253);
    assert!(run.stderr.contains("You must specify a region."), "{}", run.stderr);
}

#[test]
fn credential_source_ec2_instance_metadata() {
    let role = |source: &str| format!("[profile r]\nrole_arn = arn:aws:iam::1:role/x\ncredential_source = {source}\n");
    let denied = || json(403, &[], "<Error><Code>AccessDenied</Code><Message>m</Message></Error>");
    let text = "An error occurred (AccessDenied) when calling the AssumeRole operation: m";
    let fixture =
        instance(vec![plain("imds-token"), plain("role1"), plain(KEYS), denied()]).config(&role("Ec2InstanceMetadata"));
    fixture.refuses(&["--profile", "r"], 254, text);
    assert!(signed(&fixture.server.requests()[3], "meta-secret").starts_with("ASIAMETA eu-west-1/sts "));
    let fixture = Fixture::new(vec![plain(KEYS), denied()])
        .config(&role("EcsContainer"))
        .var("AWS_CONTAINER_CREDENTIALS_FULL_URI", "$SERVER/creds");
    fixture.refuses(&["--profile", "r"], 254, text);
    assert!(signed(&fixture.server.requests()[1], "meta-secret").starts_with("ASIAMETA eu-west-1/sts "));
}
