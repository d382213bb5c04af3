//! Environment, credentials file, config file, credential process, Identity Center, and who goes before whom.

use super::{KEYS, NONE, World, signed, token};
use crate::support::scripted_server::json;

const PLAIN: &str = "content-type;host;x-amz-date";
const SESSION: &str = "content-type;host;x-amz-date;x-amz-security-token";

#[test]
fn the_environment_signs_with_the_older_token_first() {
    let world = World::new(vec![token()])
        .var("AWS_ACCESS_KEY_ID", "AKIDENV")
        .var("AWS_SECRET_ACCESS_KEY", "env-secret")
        .var("AWS_SESSION_TOKEN", "new")
        .var("AWS_SECURITY_TOKEN", "old");
    let requests = world.requests(&[]);
    assert_eq!(signed(&requests[0], "env-secret"), format!("AKIDENV eu-west-1/sso-oauth {SESSION}"));
    assert_eq!(requests[0].header("x-amz-security-token"), Some("old"));
}

#[test]
fn half_a_pair_in_the_environment_is_an_error() {
    for secret in [None, Some("")] {
        let mut world =
            World::new(vec![]).var("AWS_ACCESS_KEY_ID", "AKIDENV").credentials(&format!("[default]\n{KEYS}"));
        if let Some(secret) = secret {
            world = world.var("AWS_SECRET_ACCESS_KEY", secret);
        }
        world.refuses(&[], 255, "Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY");
    }
}

#[test]
fn keys_in_the_environment_may_say_when_they_end() {
    for (ends, refusal) in [
        ("2120-01-01T00:00:00Z", None),
        ("2020-01-01T00:00:00Z", Some("Credentials were refreshed, but the refreshed credentials are still expired.")),
        ("soon", Some("Unknown string format: soon")),
    ] {
        let world = World::new(vec![token()])
            .var("AWS_ACCESS_KEY_ID", "AKIDENV")
            .var("AWS_SECRET_ACCESS_KEY", "env-secret")
            .var("AWS_CREDENTIAL_EXPIRATION", ends);
        match refusal {
            None => assert_eq!(world.requests(&[]).len(), 1),
            Some(refusal) => world.refuses(&[], 255, refusal),
        }
    }
}

#[test]
fn nothing_anywhere() {
    World::new(vec![]).refuses(&[], 253, NONE);
    World::new(vec![]).config("[default]\nregion = x\n").refuses(&[], 253, NONE);
    World::new(vec![]).credentials("[default]\naws_secret_access_key = x\n").refuses(&[], 253, NONE);
}

#[test]
fn without_a_signature_nobody_looks_for_credentials() {
    let world = World::new(vec![token()]).var("AWS_ACCESS_KEY_ID", "AKIDENV");
    let requests = world.requests(&["--no-sign-request"]);
    assert_eq!(requests[0].header("authorization"), None);
    assert_eq!(requests[0].header("x-amz-date"), None);
}

#[test]
fn a_profile_by_option_goes_before_the_environment_and_one_by_variable_after_it() {
    let config = "[profile p]\naws_access_key_id = AKIDP\naws_secret_access_key = p-secret\n";
    let world = || {
        World::new(vec![token()])
            .config(config)
            .var("AWS_ACCESS_KEY_ID", "AKIDENV")
            .var("AWS_SECRET_ACCESS_KEY", "env-secret")
    };
    assert!(signed(&world().requests(&["--profile", "p"])[0], "p-secret").starts_with("AKIDP "));
    assert!(signed(&world().var("AWS_PROFILE", "p").requests(&[])[0], "env-secret").starts_with("AKIDENV "));
    let bare = World::new(vec![])
        .config("[profile p]\nregion = x\n")
        .var("AWS_ACCESS_KEY_ID", "AKIDENV")
        .var("AWS_SECRET_ACCESS_KEY", "env-secret");
    bare.refuses(&["--profile", "p"], 253, NONE);
}

#[test]
fn the_credentials_file_goes_before_the_config_file() {
    let config = "[default]\naws_access_key_id = AKIDCONFIG\naws_secret_access_key = config-secret\n";
    let both = World::new(vec![token()]).config(config).credentials(&format!("[default]\n{KEYS}"));
    assert_eq!(signed(&both.requests(&[])[0], "source-secret"), format!("AKIDSRC eu-west-1/sso-oauth {PLAIN}"));
    let one = World::new(vec![token()]).config(config);
    assert!(signed(&one.requests(&[])[0], "config-secret").starts_with("AKIDCONFIG "));
    let tokens = format!("[default]\n{KEYS}aws_session_token = new\naws_security_token = old\n");
    let world = World::new(vec![token()]).credentials(&tokens);
    assert_eq!(world.requests(&[])[0].header("x-amz-security-token"), Some("old"));
}

#[test]
fn half_a_pair_in_a_file_is_an_error_that_names_the_file() {
    let half = "[default]\naws_access_key_id = x\n";
    let text = "Partial credentials found in shared-credentials-file, missing: aws_secret_access_key";
    World::new(vec![]).credentials(half).refuses(&[], 255, text);
    let text = "Partial credentials found in config-file, missing: aws_secret_access_key";
    World::new(vec![]).config(half).refuses(&[], 255, text);
}

#[test]
fn a_session_of_aws_login_is_refused_by_name_unless_there_are_keys() {
    let config = "[default]\nlogin_session = arn:x\n";
    let text = "The profile \"default\" has login_session = arn:x: sessions of aws login cannot be used here";
    World::new(vec![]).config(config).refuses(&[], 255, text);
    let world = World::new(vec![token()]).config(config).credentials(&format!("[default]\n{KEYS}"));
    assert_eq!(world.requests(&[]).len(), 1);
}

#[test]
#[cfg(unix)]
fn a_credential_process_is_run_without_a_shell() {
    let world = World::new(vec![token()]);
    let script = world.env.script(
        "keys",
        r#"[ "$1" = 'two words' ] && [ "$2" = '$HOME' ] || exit 9
echo '{"Version": 1, "AccessKeyId": "AKIDPROC", "SecretAccessKey": "process-secret", "SessionToken": "t",'
echo '"Expiration": "2100-01-01T00:00:00Z"}'"#,
    );
    let config = format!("[default]\ncredential_process = {} 'two words' \"$HO\"ME\n{KEYS}", script.display());
    world.env.config(&config);
    assert_eq!(signed(&world.requests(&[])[0], "process-secret"), format!("AKIDPROC eu-west-1/sso-oauth {SESSION}"));
}

#[test]
#[cfg(unix)]
fn what_a_credential_process_does_wrong_is_told() {
    let from = "Error when retrieving credentials from custom-process:";
    let version = |version: &str| {
        format!("{from} Unsupported version '{version}' for credential process provider, supported versions: 1")
    };
    for (script, text) in [
        ("echo words >&2; exit 3", format!("{from} words")),
        ("echo '{\"Version\": 2}'", version("2")),
        ("echo '{}'", version("<Version key not provided>")),
        ("echo '{\"Version\": 1}'", format!("{from} Missing required key in response: 'AccessKeyId'")),
        (
            "echo '{\"Version\": 1, \"AccessKeyId\": \"x\"}'",
            format!("{from} Missing required key in response: 'SecretAccessKey'"),
        ),
        ("echo canary", format!("{from} what it printed is not a JSON object (7 bytes)")),
        (
            "echo '{\"Version\":1,\"AccessKeyId\":\"x\",\"SecretAccessKey\":\"y\",\"Expiration\":\"2020-01-01T00:00:00Z\"}'",
            "Credentials were refreshed, but the refreshed credentials are still expired.".to_owned(),
        ),
    ] {
        let world = World::new(vec![]);
        let path = world.env.script("keys", script);
        world.env.config(&format!("[default]\ncredential_process = {}\n", path.display()));
        world.refuses(&[], 255, &text);
    }
    let world = World::new(vec![]).config("[default]\ncredential_process = no-such-program a\n");
    world.refuses(&[], 255, &format!("{from} no-such-program: No such file or directory (os error 2)"));
    let world = World::new(vec![]).config("[default]\ncredential_process = 'open\n");
    world.refuses(&[], 255, "credential_process has a quotation that does not end");
}

#[test]
fn files_of_older_tools_are_read_still() {
    let world = World::new(vec![token()]).file(".boto", &format!("[Credentials]\n{KEYS}"));
    assert!(signed(&world.requests(&[])[0], "source-secret").starts_with("AKIDSRC "));
    let world = World::new(vec![token()])
        .file("ec2", "AWSAccessKeyId=AKIDEC2\nAWSSecretKey = ec2-secret\n")
        .var("AWS_CREDENTIAL_FILE", "$HOME/ec2");
    assert!(signed(&world.requests(&[])[0], "ec2-secret").starts_with("AKIDEC2 "));
}

const SSO: &str = "[profile p]\nsso_account_id = 111122223333\nsso_role_name = Role\nsso_session = s1\n\
                   [sso-session s1]\nsso_start_url = https://d-1.awsapps.com/start\nsso_region = us-east-1\n";

#[test]
fn an_identity_center_role_signs_and_is_kept() {
    let role = r#"{"roleCredentials": {"accessKeyId": "AKIDROLE", "secretAccessKey": "role-secret", "sessionToken": "t", "expiration": 4102444800000}}"#;
    let world = World::new(vec![json(200, &[], role), token(), token()]).config(SSO);
    let world = world.var("AWS_ENDPOINT_URL_SSO", "$SERVER").var("AWS_ENDPOINT_URL_SSO_OIDC", "http://127.0.0.1:9");
    world.env.write_token(
        "s1",
        &serde_json::json!({"startUrl": "https://d-1.awsapps.com/start", "region": "us-east-1",
            "accessToken": "TOKEN", "expiresAt": "2100-01-01T00:00:00Z"}),
    );
    let requests = world.requests(&["--profile", "p"]);
    assert_eq!(requests[0].line, "GET /federation/credentials?role_name=Role&account_id=111122223333 HTTP/1.1");
    assert_eq!(requests[0].header("x-amz-sso_bearer_token"), Some("TOKEN"));
    assert_eq!(signed(&requests[1], "role-secret"), format!("AKIDROLE eu-west-1/sso-oauth {SESSION}"));
    let kept = world.env.files(".aws/cli/cache").into_iter().find(|name| !name.contains(".lock")).unwrap();
    assert!(world.env.read(&kept).starts_with(r#"{"ProviderType": "sso", "Credentials": {"AccessKeyId": "AKIDROLE""#));
    assert_eq!(world.requests(&["--profile", "p"]).len(), 3, "the second run needs the service only");
}

#[test]
fn what_is_wrong_with_an_identity_center_profile_is_told_as_by_aws() {
    for (config, text) in [
        (
            "[profile p]\nsso_account_id = 1\nsso_start_url = https://x.awsapps.com/start\n",
            "The profile \"p\" is configured to use SSO but is missing required configuration: sso_role_name, sso_region",
        ),
        (
            "[profile p]\nsso_account_id = 1\nsso_role_name = R\nsso_session = zz\n",
            "The specified sso-session does not exist: \"zz\"",
        ),
        (
            &format!(
                "{}sso_region = us-east-2\n",
                SSO.replace("[sso-session", "sso_region = us-east-9\n[sso-session")
                    .replace("sso_region = us-east-1\n", "")
            ),
            "The value for sso_region is inconsistent between profile (us-east-9) and sso-session (us-east-2).",
        ),
        (SSO, "Error loading SSO Token: Token for s1 does not exist"),
    ] {
        World::new(vec![]).config(config).refuses(&["--profile", "p"], 255, text);
    }
}
