//! Environment, credentials file, config file, credential process and Identity Center, and their precedence.

use super::{Fixture, KEYS, NONE, signed, token};
use crate::support::scripted_server::json;
use sha2::{Digest as _, Sha256};

const PLAIN: &str = "content-type;host;x-amz-date";
const SESSION: &str = "content-type;host;x-amz-date;x-amz-security-token";

#[test]
fn environment_session_token_precedence() {
    let fixture = Fixture::new(vec![token()])
        .var("AWS_ACCESS_KEY_ID", "AKIDENV")
        .var("AWS_SECRET_ACCESS_KEY", "env-secret")
        .var("AWS_SESSION_TOKEN", "new")
        .var("AWS_SECURITY_TOKEN", "old");
    let requests = fixture.requests(&[]);
    assert_eq!(signed(&requests[0], "env-secret"), format!("AKIDENV eu-west-1/sso-oauth {SESSION}"));
    assert_eq!(requests[0].header("x-amz-security-token"), Some("old"));
}

#[test]
fn blanks_around_a_session_token_are_not_signed() {
    // HTTP removes them from the header, and so does the service before it computes the signature.
    let fixture = Fixture::new(vec![token()])
        .var("AWS_ACCESS_KEY_ID", "AKIDENV")
        .var("AWS_SECRET_ACCESS_KEY", "env-secret")
        .var("AWS_SESSION_TOKEN", " \tnew\t ");
    let requests = fixture.requests(&[]);
    assert_eq!(requests[0].header("x-amz-security-token").map(str::trim), Some("new"));
    assert_eq!(signed(&requests[0], "env-secret"), format!("AKIDENV eu-west-1/sso-oauth {SESSION}"));
}

#[test]
fn partial_credentials_in_the_environment_are_an_error() {
    for secret in [None, Some("")] {
        let mut fixture =
            Fixture::new(vec![]).var("AWS_ACCESS_KEY_ID", "AKIDENV").credentials(&format!("[default]\n{KEYS}"));
        if let Some(secret) = secret {
            fixture = fixture.var("AWS_SECRET_ACCESS_KEY", secret);
        }
        fixture.refuses(&[], 255, "Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY");
    }
}

#[test]
fn environment_keys_may_expire() {
    for (ends, refusal) in [
        ("2120-01-01T00:00:00Z", None),
        ("2020-01-01T00:00:00Z", Some("Credentials were refreshed, but the refreshed credentials are still expired.")),
        ("soon", Some("Unknown string format: soon")),
    ] {
        let fixture = Fixture::new(vec![token()])
            .var("AWS_ACCESS_KEY_ID", "AKIDENV")
            .var("AWS_SECRET_ACCESS_KEY", "env-secret")
            .var("AWS_CREDENTIAL_EXPIRATION", ends);
        match refusal {
            None => assert_eq!(fixture.requests(&[]).len(), 1),
            Some(refusal) => fixture.refuses(&[], 255, refusal),
        }
    }
}

#[test]
fn no_credentials_anywhere() {
    Fixture::new(vec![]).refuses(&[], 253, NONE);
    Fixture::new(vec![]).config("[default]\nregion = x\n").refuses(&[], 253, NONE);
    Fixture::new(vec![]).credentials("[default]\naws_secret_access_key = x\n").refuses(&[], 253, NONE);
}

#[test]
fn no_sign_request_skips_credentials() {
    let fixture = Fixture::new(vec![token()]).var("AWS_ACCESS_KEY_ID", "AKIDENV");
    let requests = fixture.requests(&["--no-sign-request"]);
    assert_eq!(requests[0].header("authorization"), None);
    assert_eq!(requests[0].header("x-amz-date"), None);
}

#[test]
fn profile_option_precedes_environment_keys() {
    let config = "[profile p]\naws_access_key_id = AKIDP\naws_secret_access_key = p-secret\n";
    let fixture = || {
        Fixture::new(vec![token()])
            .config(config)
            .var("AWS_ACCESS_KEY_ID", "AKIDENV")
            .var("AWS_SECRET_ACCESS_KEY", "env-secret")
    };
    assert!(signed(&fixture().requests(&["--profile", "p"])[0], "p-secret").starts_with("AKIDP "));
    assert!(signed(&fixture().var("AWS_PROFILE", "p").requests(&[])[0], "env-secret").starts_with("AKIDENV "));
    let bare = Fixture::new(vec![])
        .config("[profile p]\nregion = x\n")
        .var("AWS_ACCESS_KEY_ID", "AKIDENV")
        .var("AWS_SECRET_ACCESS_KEY", "env-secret");
    bare.refuses(&["--profile", "p"], 253, NONE);
}

#[test]
fn credentials_file_precedes_config_file() {
    let config = "[default]\naws_access_key_id = AKIDCONFIG\naws_secret_access_key = config-secret\n";
    let both = Fixture::new(vec![token()]).config(config).credentials(&format!("[default]\n{KEYS}"));
    assert_eq!(signed(&both.requests(&[])[0], "source-secret"), format!("AKIDSRC eu-west-1/sso-oauth {PLAIN}"));
    let one = Fixture::new(vec![token()]).config(config);
    assert!(signed(&one.requests(&[])[0], "config-secret").starts_with("AKIDCONFIG "));
    let tokens = format!("[default]\n{KEYS}aws_session_token = new\naws_security_token = old\n");
    let fixture = Fixture::new(vec![token()]).credentials(&tokens);
    assert_eq!(fixture.requests(&[])[0].header("x-amz-security-token"), Some("old"));
}

#[test]
fn partial_credentials_in_a_file_are_an_error() {
    let half = "[default]\naws_access_key_id = x\n";
    let text = "Partial credentials found in shared-credentials-file, missing: aws_secret_access_key";
    Fixture::new(vec![]).credentials(half).refuses(&[], 255, text);
    let text = "Partial credentials found in config-file, missing: aws_secret_access_key";
    Fixture::new(vec![]).config(half).refuses(&[], 255, text);
}

/// A session of `aws login` that ends at this time, in the file that the AWS CLI would write.
fn login_session(fixture: Fixture, folder: &str, expires_at: &str) -> Fixture {
    let session = "arn:aws:iam::111122223333:user/me";
    let name = Sha256::digest(session).iter().fold(String::new(), |name, byte| format!("{name}{byte:02x}"));
    let text = serde_json::json!({
        "accessToken": {"accessKeyId": "ASIALOGIN", "secretAccessKey": "login-secret", "sessionToken": "t",
            "accountId": "111122223333", "expiresAt": expires_at},
        "tokenType": "aws_sigv4", "refreshToken": "canary", "clientId": "c", "dpopKey": "canary",
    });
    fixture
        .config(&format!("[profile p]\nlogin_session = {session}\n"))
        .file(&format!("{folder}/{name}.json"), &text.to_string())
}

#[test]
fn an_aws_login_session_signs_while_it_lasts() {
    let export = ["export-credentials", "--profile", "p"];
    for folder in [".aws/login/cache", "other"] {
        let fixture = login_session(Fixture::new(vec![token()]), folder, "2100-01-01T00:00:00Z");
        let folder = if folder == "other" { "~/other" } else { "$HOME/.aws/login/cache" };
        let fixture = fixture.var("AWS_LOGIN_CACHE_DIRECTORY", folder);
        assert!(signed(&fixture.requests(&["--profile", "p"])[0], "login-secret").starts_with("ASIALOGIN "));
        assert_eq!(fixture.env.run(export).ok().json()["AccessKeyId"], "ASIALOGIN");
    }
    let of = "for session arn:aws:iam::111122223333:user/me";
    for (fixture, why) in [
        (
            login_session(Fixture::new(vec![]), ".aws/login/cache", "2020-01-01T00:00:00Z"),
            "the credentials have expired",
        ),
        (login_session(Fixture::new(vec![]), "other", "2100-01-01T00:00:00Z"), "there are no credentials"),
        (login_session(Fixture::new(vec![]), ".aws/login/cache", "soon"), "there are no usable credentials"),
    ] {
        let text = format!("Error loading login session token: {why} {of}");
        fixture.refuses(&["--profile", "p"], 255, &text);
        let run = fixture.env.run(export).expect(4);
        assert!(
            run.stderr.contains(&text) && run.stderr.contains("hint: run: aws login --profile p;"),
            "{}",
            run.snapshot()
        );
        assert!(run.stdout.is_empty() && !run.stderr.contains("canary"), "{}", run.snapshot());
    }
    let keys = login_session(Fixture::new(vec![token()]), "other", "soon").credentials(&format!("[p]\n{KEYS}"));
    assert_eq!(keys.requests(&["--profile", "p"]).len(), 1);
}

#[test]
#[cfg(unix)]
fn credential_process_runs_without_a_shell() {
    let fixture = Fixture::new(vec![token()]);
    let script = fixture.env.script(
        "keys",
        r#"[ "$1" = 'two words' ] && [ "$2" = '$HOME' ] || exit 9
echo '{"Version": 1, "AccessKeyId": "AKIDPROC", "SecretAccessKey": "process-secret", "SessionToken": "t",'
echo '"Expiration": "2100-01-01T00:00:00Z"}'"#,
    );
    let config = format!("[default]\ncredential_process = {} 'two words' \"$HO\"ME\n{KEYS}", script.display());
    fixture.env.config(&config);
    assert_eq!(signed(&fixture.requests(&[])[0], "process-secret"), format!("AKIDPROC eu-west-1/sso-oauth {SESSION}"));
}

#[test]
#[cfg(unix)]
fn credential_process_errors() {
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
        ("echo canary", format!("{from} its output is not a JSON object (7 bytes)")),
        (
            "echo '{\"Version\":1,\"AccessKeyId\":\"x\",\"SecretAccessKey\":\"y\",\"Expiration\":\"2020-01-01T00:00:00Z\"}'",
            "Credentials were refreshed, but the refreshed credentials are still expired.".to_owned(),
        ),
    ] {
        let fixture = Fixture::new(vec![]);
        let path = fixture.env.script("keys", script);
        fixture.env.config(&format!("[default]\ncredential_process = {}\n", path.display()));
        fixture.refuses(&[], 255, &text);
    }
    let fixture = Fixture::new(vec![]);
    let silent = fixture.env.script("keys", "exit 3");
    fixture.env.config(&format!("[default]\ncredential_process = {}\n", silent.display()));
    fixture.refuses(&[], 255, &format!("{from} {} failed (exit status: 3)", silent.display()));
    let fixture = Fixture::new(vec![]).config("[default]\ncredential_process = no-such-program a\n");
    fixture.refuses(&[], 255, &format!("{from} no-such-program: No such file or directory (os error 2)"));
    let fixture = Fixture::new(vec![]).config("[default]\ncredential_process = 'open\n");
    fixture.refuses(&[], 255, "credential_process has an unclosed quote");
}

/// PowerShell prints a byte order mark, or UTF-16.
#[cfg(unix)]
#[test]
fn a_credential_process_with_a_byte_order_mark() {
    let keys = r#"{"Version": 1, "AccessKeyId": "AKIDSRC", "SecretAccessKey": "source-secret"}"#;
    let config = "[default]\ncredential_process = /bin/cat $HOME/keys\n";
    let fixture = Fixture::new(vec![token()]).config(config).file("keys", &format!("\u{feff}{keys}"));
    assert_eq!(fixture.requests(&[]).len(), 1);
    let fixture = Fixture::new(vec![]).config(config);
    fixture.env.write("keys", keys.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    let text = "Error when retrieving credentials from custom-process: its output is UTF-16; it must be UTF-8";
    fixture.refuses(&[], 255, text);
}

/// In each key that names where the credentials are.
#[cfg(unix)]
#[test]
fn quotes_around_the_source_of_credentials_are_named() {
    let role = "role_arn = arn:aws:iam::1:role/x";
    for (key, value) in [
        ("credential_process", "\"/bin/cat x\""),
        ("credential_source", "'Environment'"),
        ("web_identity_token_file", "\"$HOME/web\""),
        ("login_session", "\"arn:aws:iam::1:user/me\""),
        ("source_profile", "\"src\""),
    ] {
        let fixture = Fixture::new(vec![]).config(&format!("[profile p]\n{role}\n{key} = {value}\n"));
        let fixture = if matches!(key, "credential_process" | "login_session") {
            fixture.config(&format!("[profile p]\nregion = x\n{key} = {value}\n"))
        } else {
            fixture
        };
        let fixture = fixture.var("AWS_REGION", "eu-west-1");
        for run in [fixture.run(&["--profile", "p"]), fixture.env.run(["export-credentials", "--profile", "p"])] {
            let place = format!("`{key}` in [profile p] of {}/.aws/config, line 3", fixture.home());
            let note = "; the quotes are part of the value: remove them";
            assert!(run.stderr.contains(&format!("{place}{note}")), "{}", run.snapshot());
        }
    }
}

#[cfg(unix)]
#[test]
fn a_credential_process_that_prints_without_end_is_killed() {
    for command in ["/bin/cat /dev/zero", "/bin/sh -c 'exec /bin/cat /dev/zero >&2'"] {
        let program = command.split(' ').next().unwrap();
        let fixture = Fixture::new(vec![]).config(&format!("[default]\ncredential_process = {command}\n"));
        let line =
            format!("Error when retrieving credentials from custom-process: {program}: it printed more than 1 MiB");
        fixture.refuses(&[], 255, &line);
    }
}

#[test]
fn files_of_boto2_and_the_ec2_tools_are_not_read() {
    let fixture = Fixture::new(vec![])
        .file(".boto", &format!("[Credentials]\n{KEYS}"))
        .file("ec2", "AWSAccessKeyId=AKIDEC2\nAWSSecretKey = ec2-secret\n")
        .var("AWS_CREDENTIAL_FILE", "$HOME/ec2");
    fixture.refuses(&[], 253, NONE);
}

const SSO: &str = "[profile p]\nsso_account_id = 111122223333\nsso_role_name = Role\nsso_session = s1\n\
                   [sso-session s1]\nsso_start_url = https://d-1.awsapps.com/start\nsso_region = us-east-1\n";

#[test]
fn sso_role_credentials_sign_and_are_cached() {
    let role = r#"{"roleCredentials": {"accessKeyId": "AKIDROLE", "secretAccessKey": "role-secret", "sessionToken": "t", "expiration": 4102444800000}}"#;
    let fixture = Fixture::new(vec![json(200, &[], role), token(), token()]).config(SSO);
    let fixture = fixture.var("AWS_ENDPOINT_URL_SSO", "$SERVER").var("AWS_ENDPOINT_URL_SSO_OIDC", "http://127.0.0.1:9");
    fixture.env.write_token(
        "s1",
        &serde_json::json!({"startUrl": "https://d-1.awsapps.com/start", "region": "us-east-1",
            "accessToken": "TOKEN", "expiresAt": "2100-01-01T00:00:00Z"}),
    );
    let requests = fixture.requests(&["--profile", "p"]);
    assert_eq!(requests[0].line, "GET /federation/credentials?role_name=Role&account_id=111122223333 HTTP/1.1");
    assert_eq!(requests[0].header("x-amz-sso_bearer_token"), Some("TOKEN"));
    assert_eq!(signed(&requests[1], "role-secret"), format!("AKIDROLE eu-west-1/sso-oauth {SESSION}"));
    let kept = fixture.env.files(".aws/cli/cache").into_iter().find(|name| !name.contains(".lock")).unwrap();
    assert!(
        fixture.env.read(&kept).starts_with(r#"{"ProviderType": "sso", "Credentials": {"AccessKeyId": "AKIDROLE""#)
    );
    assert_eq!(fixture.requests(&["--profile", "p"]).len(), 3, "the second run needs the service only");
}

#[test]
fn sso_profile_errors_match_the_aws_cli() {
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
        Fixture::new(vec![]).config(config).refuses(&["--profile", "p"], 255, text);
    }
}

#[test]
fn a_refusal_without_a_reason_gets_a_hint() {
    let refused = |body: &str| {
        let fixture = Fixture::new(vec![json(400, &[], body)]).credentials(&format!("[default]\n{KEYS}"));
        fixture.run(&["--region", "eu-west-1"]).expect(254)
    };
    let hint =
        "\nhint: check that the user of the token exists in this Identity Center and is assigned to the application";
    for code in ["AccessDeniedException", "InvalidClientException"] {
        let run = refused(&format!("{{\"__type\": \"{code}\"}}"));
        let line = format!("An error occurred ({code}) when calling the CreateTokenWithIAM operation:");
        assert!(run.stderr.contains(&line) && run.stderr.contains(hint), "{}", run.snapshot());
        for reason in ["\"error_description\": \"why\"", "\"message\": \"why\""] {
            let run = refused(&format!("{{\"__type\": \"{code}\", {reason}}}"));
            assert!(!run.stderr.contains("hint:"), "{}", run.snapshot());
        }
    }
    let run = refused("{\"__type\": \"InvalidGrantException\"}");
    assert!(!run.stderr.contains("hint:"), "{}", run.snapshot());
}
