//! The credentials of a profile are the same for `create-token-with-iam` and `export-credentials`.
//!
//! `matrix` has a table of kinds of profiles; these tests are about options, other variables and messages.

use serde_json::json;

use super::roles::assumed;
use super::{Fixture, KEYS, NONE, signed, token};
use crate::support::scripted_server;

/// A profile of a session, and the session.
const SSO: &str = "sso_session = s1\nsso_account_id = 111122223333\nsso_role_name = Role\n";
const SESSION: &str = "[sso-session s1]\nsso_start_url = https://d-1.awsapps.com/start\nsso_region = us-east-1\n[profile src]\n\
     aws_access_key_id = AKIDSRC\naws_secret_access_key = source-secret\n";
const ROLE: &str = "role_arn = arn:aws:iam::1:role/x\nrole_session_name = ss\n";

fn environment(fixture: Fixture) -> Fixture {
    fixture.var("AWS_ACCESS_KEY_ID", "AKIDENV").var("AWS_SECRET_ACCESS_KEY", "env-secret")
}

/// The access key that `export-credentials` prints.
#[track_caller]
fn exported(fixture: &Fixture, words: &[&str]) -> String {
    let run = fixture.env.run([&["export-credentials", "--region", "eu-west-1"], words].concat()).ok();
    run.json()["AccessKeyId"].as_str().unwrap().to_owned()
}

/// Signs in to the session of the profiles, with a role in the cache.
fn signed_in(fixture: Fixture) -> Fixture {
    let token = json!({"startUrl": "https://d-1.awsapps.com/start", "region": "us-east-1", "accessToken": "TOKEN",
        "expiresAt": "2100-01-01T00:00:00Z"});
    fixture.env.write_token("s1", &token);
    // The name is the AWS CLI's: the SHA-1 of account, role and session.
    fixture.file(
        ".aws/cli/cache/d6034f25ead45a1e7db0839066e3572abe0e964d.json",
        r#"{"ProviderType": "sso", "Credentials": {"AccessKeyId": "ASIASSO", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2100-01-01T00:00:00Z", "AccountId": "111122223333"}}"#,
    )
}

#[test]
fn a_role_to_assume_comes_before_an_account_and_a_role() {
    let with_source = format!("[profile p]\n{SSO}{ROLE}source_profile = src\n{SESSION}");
    let with_identity = format!("[profile p]\n{SSO}{ROLE}web_identity_token_file = $HOME/web\n{SESSION}");
    for config in [with_source, with_identity] {
        let fixture = || signed_in(Fixture::new(vec![assumed(1), token()]).file("web", "web token").config(&config));
        assert!(signed(&fixture().requests(&["--profile", "p"])[1], "role&secret1").starts_with("ASIA1 "));
        assert_eq!(exported(&fixture(), &["--profile", "p"]), "ASIA1");
        assert_eq!(exported(&fixture().var("AWS_PROFILE", "p"), &[]), "ASIA1");
        assert_eq!(exported(&fixture(), &["--profile", "p", "--role-name", "Role"]), "ASIASSO");
        assert_eq!(exported(&fixture(), &["--profile", "p", "--account-id", "111122223333"]), "ASIASSO");
    }
}

#[test]
fn the_environment_comes_before_a_default_profile_that_nobody_named() {
    let keys = || signed_in(environment(Fixture::new(vec![]).config(&format!("[default]\n{SSO}{SESSION}"))));
    assert_eq!(exported(&keys(), &[]), "AKIDENV");
    for named in [keys().var("AWS_PROFILE", "default"), keys().var("AWS_DEFAULT_PROFILE", "default")] {
        assert_eq!(exported(&named, &[]), "ASIASSO");
    }
    assert_eq!(exported(&keys(), &["--profile", "default"]), "ASIASSO");
    assert_eq!(exported(&keys(), &["--role-name", "Role"]), "ASIASSO");
    let identity = signed_in(Fixture::new(vec![assumed(1)]).config(&format!("[default]\n{SSO}{SESSION}")))
        .file("web", "web token")
        .var("AWS_WEB_IDENTITY_TOKEN_FILE", "$HOME/web")
        .var("AWS_ROLE_ARN", "arn:aws:iam::1:role/w");
    assert_eq!(exported(&identity, &[]), "ASIA1");
    assert_eq!(exported(&identity.var("AWS_PROFILE", "default"), &[]), "ASIASSO");
}

#[test]
fn a_session_that_is_wrong_does_not_lead_to_the_credentials_of_the_machine() {
    let oops = "The specified sso-session does not exist: \"oops\"";
    let half = "Missing the following required SSO configuration values: sso_start_url.";
    let machine =
        r#"{"AccessKeyId": "ASIAMETA", "SecretAccessKey": "s", "Token": "t", "Expiration": "2100-01-01T00:00:00Z"}"#;
    for (name, text) in [("oops", oops), ("half", half)] {
        let fixture = || {
            Fixture::new(vec![scripted_server::json(200, &[], machine)])
                .config(&format!(
                    "[profile p]\nsso_session = {name}\nregion = us-east-1\n[sso-session half]\nsso_region = us-east-1\n\
                     [profile chained]\n{ROLE}source_profile = p\n"
                ))
                .var("AWS_CONTAINER_CREDENTIALS_FULL_URI", "$SERVER/creds")
        };
        for (fixture, words) in [
            (fixture(), &["--profile", "p"][..]),
            (fixture(), &["--profile", "chained"]),
            (fixture().var("AWS_PROFILE", "p"), &[]),
            (environment(fixture()), &["--profile", "p"]),
        ] {
            fixture.refuses(words, 255, text);
            let run = fixture.env.run([&["export-credentials"], words].concat()).expect(253);
            assert!(run.stderr.contains(&format!("Unable to retrieve credentials: {text}")), "{}", run.snapshot());
            assert!(run.stderr.contains(name) && run.stdout.is_empty(), "{}", run.snapshot());
            assert_eq!(fixture.server.connections(), 0);
        }
        // Keys of the same profile are not another identity.
        let keys = fixture().config(&format!("[profile p]\nsso_session = {name}\n{KEYS}"));
        assert_eq!(exported(&keys, &["--profile", "p"]), "AKIDSRC");
        let default = fixture().config(&format!("[default]\nsso_session = {name}\n"));
        assert_eq!(exported(&environment(default), &[]), "AKIDENV");
    }
    Fixture::new(vec![])
        .config("[profile p]\nsso_session = s1\n[sso-session s1]\nsso_start_url = https://x/\nsso_region = us-east-1\n")
        .refuses(&["--profile", "p"], 253, NONE);
}

#[test]
fn sts_without_a_region_is_the_global_endpoint() {
    let source = format!("[profile p]\n{ROLE}source_profile = src\n{SESSION}");
    let fixture = Fixture::new(vec![assumed(1)]).config(&source);
    fixture.env.run(["export-credentials", "--profile", "p"]).ok();
    assert!(signed(&fixture.server.requests()[0], "source-secret").starts_with("AKIDSRC us-east-1/sts "));
    let identity = Fixture::new(vec![assumed(1)])
        .file("web", "web token")
        .config(&format!("[profile p]\n{ROLE}web_identity_token_file = $HOME/web\n"));
    identity.env.run(["export-credentials", "--profile", "p"]).ok();
    // The proxy of the test does not exist.
    let real = Fixture::new(vec![]).without("AWS_ENDPOINT_URL_STS").config(&source).var("AWS_MAX_ATTEMPTS", "1");
    let run = real.env.run(["export-credentials", "--profile", "p", "--debug"]).expect(255);
    assert!(run.stderr.contains("https://sts.amazonaws.com"), "{}", run.snapshot());
}

#[test]
fn min_ttl_applies_to_assumed_roles() {
    let fixture = Fixture::new(vec![assumed(1), assumed(2)])
        .config(&format!("[profile p]\n{ROLE}source_profile = src\n{SESSION}"));
    assert_eq!(exported(&fixture, &["--profile", "p"]), "ASIA1");
    assert_eq!(exported(&fixture, &["--profile", "p", "--min-ttl", "9d"]), "ASIA1");
    let file = fixture.env.files(".aws/cli/cache").into_iter().find(|name| !name.contains(".lock")).unwrap();
    let text = fixture.env.read(&file).replace("2100-01-01", "2020-01-01");
    fixture.env.write(&file, text);
    assert_eq!(exported(&fixture, &["--profile", "p", "--min-ttl", "9d"]), "ASIA2");
    let environment = environment(Fixture::new(vec![])).var("AWS_CREDENTIAL_EXPIRATION", "2100-01-01T00:00:00Z");
    let run = environment.env.run(["export-credentials", "--min-ttl", "3650d"]).ok();
    assert_eq!(run.json()["AccessKeyId"], "AKIDENV");
}
