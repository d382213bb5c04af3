//! Assumed roles: source profiles, credential sources, web identities, MFA, caching, errors.

use super::{Fixture, KEYS, called, signed, token};
use crate::support::scripted_server::{Step, json};

const SOURCE: &str = "[profile src]\naws_access_key_id = AKIDSRC\naws_secret_access_key = source-secret\n";
const STS: &str = "content-type;host;x-amz-date";

/// A response of STS with numbered keys.
pub(super) fn assumed(number: u32) -> Step {
    let text = format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><AssumedRoleUser>\
         <AssumedRoleId>AROA:s</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/x/s</Arn></AssumedRoleUser>\
         <Credentials><AccessKeyId>ASIA{number}</AccessKeyId><SecretAccessKey>role&amp;secret{number}</SecretAccessKey>\
         <SessionToken>token{number}==</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>\
         </AssumeRoleResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleResponse>"
    );
    json(200, &[], &text)
}

fn role(more: &str) -> String {
    format!("[profile r]\nrole_arn = arn:aws:iam::1:role/x\nrole_session_name = ss\n{more}\n")
}

const AS_R: [&str; 2] = ["--profile", "r"];

#[test]
fn assumed_role_credentials_are_cached() {
    let fixture = Fixture::new(vec![assumed(1), token(), token()]).config(&format!(
        "[profile r]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = src\nrole_session_name = sess\n\
         external_id = ext é&\nduration_seconds = 900\n{SOURCE}"
    ));
    let requests = fixture.requests(&AS_R);
    assert_eq!(
        called(&requests[0]),
        "POST / Action=AssumeRole&Version=2011-06-15&RoleSessionName=sess&ExternalId=ext+%C3%A9%26&DurationSeconds=900\
         &RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx"
    );
    assert_eq!(requests[0].header("content-type"), Some("application/x-www-form-urlencoded; charset=utf-8"));
    assert_eq!(signed(&requests[0], "source-secret"), format!("AKIDSRC eu-west-1/sts {STS}"));
    assert!(signed(&requests[1], "role&secret1").starts_with("ASIA1 eu-west-1/sso-oauth "));
    assert_eq!(requests[1].header("x-amz-security-token"), Some("token1=="));
    // Name and contents are the AWS CLI's, so that both programs share the credentials.
    let kept = fixture.env.read(".aws/cli/cache/a6cd359ee922e7b97dee0f9e9f2844733cc8ba18.json");
    assert_eq!(
        kept,
        "{\"Credentials\": {\"AccessKeyId\": \"ASIA1\", \"SecretAccessKey\": \"role&secret1\", \"SessionToken\": \
         \"token1==\", \"Expiration\": \"2100-01-01T00:00:00+00:00\", \"AccountId\": \"111122223333\"}, \
         \"AssumedRoleUser\": {\"AssumedRoleId\": \"AROA:s\", \"Arn\": \"arn:aws:sts::111122223333:assumed-role/x/s\"}}"
    );
    assert_eq!(fixture.requests(&AS_R).len(), 3, "the second run needs the service only");
}

#[test]
fn cached_role_credentials_about_to_expire_are_replaced() {
    let fixture = Fixture::new(vec![assumed(2), token()]).config(&format!("{}{SOURCE}", role("source_profile = src")));
    let fixture = fixture.file(
        ".aws/cli/cache/f06a164973dbafeadb87d7bf2a2c9e5a0a20cf72.json",
        r#"{"Credentials": {"AccessKeyId": "ASIA1", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2020-01-01T00:00:00+00:00"}}"#,
    );
    assert!(signed(&fixture.requests(&AS_R)[1], "role&secret2").starts_with("ASIA2 "));
}

#[test]
fn role_session_name_is_generated() {
    for more in ["source_profile = src", "source_profile = src\nrole_session_name ="] {
        let config = format!("[profile r]\nrole_arn = arn:aws:iam::1:role/x\n{more}\n{SOURCE}");
        let fixture = Fixture::new(vec![assumed(1), token()]).config(&config);
        let expected = "POST / Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx\
                        &RoleSessionName=botocore-session-N";
        assert_eq!(called(&fixture.requests(&AS_R)[0]), expected);
        let name = ".aws/cli/cache/4822f6991251fc6fb078b9e88b03e52c9e3ff12d.json";
        assert!(fixture.env.home().join(name).exists());
    }
}

#[test]
fn role_chains_and_self_referencing_source_profile() {
    let fixture = Fixture::new(vec![assumed(1), assumed(2), token()]).config(&format!(
        "{}[profile q]\nrole_arn = arn:aws:iam::1:role/y\nsource_profile = src\n{SOURCE}",
        role("source_profile = q")
    ));
    let requests = fixture.requests(&AS_R);
    assert!(called(&requests[0]).contains("role%2Fy"));
    assert!(signed(&requests[0], "source-secret").starts_with("AKIDSRC "));
    assert!(called(&requests[1]).contains("role%2Fx"));
    assert_eq!(signed(&requests[1], "role&secret1"), format!("ASIA1 eu-west-1/sts {STS};x-amz-security-token"));
    assert!(signed(&requests[2], "role&secret2").starts_with("ASIA2 "));
    let fixture = Fixture::new(vec![assumed(1), token()]).config(&role(&format!("source_profile = r\n{KEYS}")));
    assert!(signed(&fixture.requests(&AS_R)[0], "source-secret").starts_with("AKIDSRC "));
}

#[test]
fn credential_source_environment_and_web_identity() {
    let fixture = Fixture::new(vec![assumed(1), token()])
        .config(&role("credential_source = Environment"))
        .var("AWS_ACCESS_KEY_ID", "AKIDENV")
        .var("AWS_SECRET_ACCESS_KEY", "env-secret");
    assert!(signed(&fixture.requests(&AS_R)[0], "env-secret").starts_with("AKIDENV "));
    let fixture = Fixture::new(vec![assumed(1), assumed(2), token()]).file("web", "web token\n").config(&format!(
        "{}[profile src]\nrole_arn = arn:aws:iam::1:role/w\nweb_identity_token_file = $HOME/web\nrole_session_name = ws\n",
        role("source_profile = src")
    ));
    let requests = fixture.requests(&AS_R);
    assert_eq!(
        called(&requests[0]),
        "POST / Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=ws\
         &RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fw&WebIdentityToken=web+token%0A"
    );
    assert_eq!(requests[0].header("authorization"), None);
    assert!(signed(&requests[1], "role&secret1").starts_with("ASIA1 "));
}

#[test]
fn environment_web_identity_yields_to_a_named_profile() {
    let fixture = |steps| {
        Fixture::new(steps)
            .file("web", "token")
            .config("[profile w]\nregion = x\n")
            .var("AWS_WEB_IDENTITY_TOKEN_FILE", "$HOME/web")
            .var("AWS_ROLE_SESSION_NAME", "ss")
    };
    let whole = |steps| fixture(steps).var("AWS_ROLE_ARN", "arn:aws:iam::1:role/w");
    let requests = whole(vec![assumed(1), token()]).requests(&[]);
    assert!(signed(&requests[1], "role&secret1").starts_with("ASIA1 "));
    whole(vec![]).refuses(&["--profile", "w"], 253, super::NONE);
    let text = "The provided profile or the current environment is configured to assume role with web identity but has no \
                role ARN configured. Ensure that the profile has the role_arnconfiguration set or the AWS_ROLE_ARN env \
                var is set.";
    fixture(vec![]).refuses(&[], 255, text);
    let fixture = whole(vec![]).var("AWS_WEB_IDENTITY_TOKEN_FILE", "$HOME/none");
    // The number of the error is the same on Unix and Windows, the text is not.
    let missing = std::io::Error::from_raw_os_error(2);
    fixture.refuses(&[], 255, &format!("cannot read the web identity token file `$HOME/none`: {missing}"));
}

#[test]
fn contradictory_role_settings_match_the_aws_cli() {
    let looped = "Infinite loop in credential configuration detected. Attempting to load from profile r which has already \
                  been visited. Visited profiles: ";
    for (config, text) in [
        (role("source_profile = zz"), "The source_profile \"zz\" referenced in the profile \"r\" does not exist.".to_owned()),
        (
            role("source_profile = r\ncredential_source = Environment"),
            "The profile \"r\" contains both source_profile and credential_source.".to_owned(),
        ),
        (role(""), "Partial credentials found in assume-role, missing: source_profile or credential_source".to_owned()),
        (
            role("credential_source = environment"),
            "The credential source \"environment\" referenced in profile \"r\" is not valid.".to_owned(),
        ),
        (
            role("credential_source = Environment"),
            "Error when retrieving credentials from Environment: No credentials found in credential_source referenced in \
             profile r"
                .to_owned(),
        ),
        (
            format!("{}[profile src]\nregion = x\n", role("source_profile = src")),
            "The source profile \"src\" must have credentials.".to_owned(),
        ),
        (
            format!("{}[profile src]\naws_access_key_id = x\n", role("source_profile = src")),
            "Partial credentials found in config-file, missing: aws_secret_access_key".to_owned(),
        ),
        (role("source_profile = r"), format!("{looped}['r']")),
        (
            format!("{}[profile q]\nrole_arn = a\nsource_profile = r\n", role("source_profile = q")),
            format!("{looped}['r', 'q']"),
        ),
    ] {
        Fixture::new(vec![]).config(&config).refuses(&AS_R, 255, &text);
    }
}

#[test]
fn role_parameters_are_validated_before_any_request() {
    let config = format!(
        "[profile r]\nrole_arn = a\nsource_profile = src\nrole_session_name = s\nexternal_id = e\nduration_seconds = 5\n{SOURCE}"
    );
    let fixture = Fixture::new(vec![]).config(&config);
    fixture.refuses(
        &AS_R,
        252,
        "An error occurred (ParamValidation): Parameter validation failed:\n\
         Invalid length for parameter RoleSessionName, value: 1, valid min length: 2\n\
         Invalid length for parameter ExternalId, value: 1, valid min length: 2\n\
         Invalid value for parameter DurationSeconds, value: 5, valid min value: 900\n\
         Invalid length for parameter RoleArn, value: 1, valid min length: 20",
    );
}

#[test]
fn sts_errors_are_service_errors() {
    let denied = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not &lt;authorized&gt;</Message>\
                  </Error><RequestId>r</RequestId></ErrorResponse>";
    let config = format!("{}{SOURCE}", role("source_profile = src"));
    let fixture = Fixture::new(vec![json(403, &[], denied)]).config(&config);
    let text = "An error occurred (AccessDenied) when calling the AssumeRole operation: not <authorized>";
    fixture.refuses(&AS_R, 254, text);
    let fixture = Fixture::new(vec![json(500, &[], "")]).config(&config).var("AWS_MAX_ATTEMPTS", "1");
    let text = "An error occurred (500) when calling the AssumeRole operation (reached max retries: 0): Internal Server \
                Error";
    fixture.refuses(&AS_R, 254, text);
    let throttled = "<ErrorResponse><Error><Code>Throttling</Code><Message>m</Message></Error></ErrorResponse>";
    let fixture = Fixture::new(vec![json(400, &[], throttled), assumed(1), token()]).config(&config);
    assert_eq!(fixture.requests(&AS_R).len(), 3, "throttling is tried again");
    let fixture = Fixture::new(vec![json(200, &[], "hello")]).config(&config);
    let text = "Error when retrieving credentials from assume-role: the response to AssumeRole has no Credentials";
    fixture.refuses(&AS_R, 255, text);
}

#[test]
fn sts_endpoint_url() {
    let config = format!(
        "{}services = sv\n[services sv]\nsts =\n  endpoint_url = $SERVER/sv\n{SOURCE}",
        role("source_profile = src").trim_end_matches('\n').to_owned() + "\n"
    );
    let fixture = Fixture::new(vec![assumed(1), token()]).without("AWS_ENDPOINT_URL_STS").config(&config);
    assert!(called(&fixture.requests(&AS_R)[0]).starts_with("POST /sv Action=AssumeRole"));
}

/// Runs it without a controlling terminal: a test runner may have one, which the program must not use.
#[cfg(target_os = "linux")]
fn run_without_a_terminal(fixture: &Fixture, stdin: &str) -> crate::support::Run {
    let program = [String::from("--wait"), env!("CARGO_BIN_EXE_sso-oidc").to_owned()];
    let words = fixture.words(&["--region", "eu-west-1", "--profile", "r"]);
    fixture.env.program(std::path::Path::new("/usr/bin/setsid"), program.into_iter().chain(words)).stdin(stdin).run()
}

#[test]
#[cfg(target_os = "linux")]
fn mfa_code_is_read_from_standard_input_without_a_terminal() {
    let config = format!("{}{SOURCE}", role("source_profile = src\nmfa_serial = arn:aws:iam::1:mfa/me"));
    let run = run_without_a_terminal(&Fixture::new(vec![]).config(&config), "").expect(255);
    let text =
        "cannot prompt for the MFA code of arn:aws:iam::1:mfa/me: there is no terminal, and standard input is empty";
    assert!(run.stderr.contains(text), "{}", run.snapshot());
    for line in ["123456\n", "123456", "123456\r\nmore\n"] {
        let fixture = Fixture::new(vec![assumed(1), token()]).config(&config);
        let run = run_without_a_terminal(&fixture, line).ok();
        assert_eq!(run.stderr, "Enter MFA code for arn:aws:iam::1:mfa/me: \n");
        assert!(called(&fixture.server.requests()[0]).ends_with("&TokenCode=123456"), "{line:?}");
    }
}

#[test]
fn an_unusable_web_identity_token_is_reported_with_its_file() {
    let identity = |text: Option<&str>| {
        let fixture = Fixture::new(vec![]).var("AWS_ROLE_ARN", "arn:aws:iam::1:role/w");
        text.into_iter().fold(fixture, |fixture, text| fixture.file("web", text))
    };
    let length = "Invalid length for parameter WebIdentityToken, value: 0, valid min length: 4";
    for (fixture, code, text, hint) in [
        (identity(Some("")), 252, length, "hint: the token is in the file `$HOME/web`, whose path comes from "),
        (identity(None), 255, "cannot read the web identity token file `$HOME/web`", "hint: the value comes from "),
    ] {
        let fixture = fixture.var("AWS_WEB_IDENTITY_TOKEN_FILE", "$HOME/web");
        let run = fixture.run(&["--region", "eu-west-1"]).expect(code);
        let said = run.stderr.replace(&fixture.home(), "$HOME");
        let hint = format!("{hint}the environment variable AWS_WEB_IDENTITY_TOKEN_FILE");
        assert!(said.contains(text) && said.contains(&hint), "{}", run.snapshot());
    }
    let fixture = identity(Some(""))
        .config("[profile r]\nrole_arn = arn:aws:iam::1:role/w\nweb_identity_token_file = $HOME/web\n");
    let run = fixture.run(&["--region", "eu-west-1", "--profile", "r"]).expect(252);
    assert!(
        run.stderr.contains("whose path comes from `web_identity_token_file` in [profile r]"),
        "{}",
        run.snapshot()
    );
}

#[test]
#[cfg(target_os = "linux")]
fn mfa_code_is_prompted_without_echo() {
    let config = format!("{}{SOURCE}", role("source_profile = src\nmfa_serial = arn:aws:iam::1:mfa/me"));
    let fixture = Fixture::new(vec![assumed(1), token()]).config(&config);
    let words = fixture.words(&["--region", "eu-west-1", "--profile", "r"]);
    let mut terminal = fixture.env.on_terminal(&words.iter().map(String::as_str).collect::<Vec<_>>());
    terminal.wait_for(|text| text.contains("Enter MFA code for arn:aws:iam::1:mfa/me: ").then_some(()));
    assert!(!terminal.echoes());
    terminal.type_in("123456\n");
    let (code, text, echoes) = terminal.finish();
    assert_eq!((code, echoes), (0, true), "{text}");
    assert!(!text.contains("123456"), "{text}");
    assert!(called(&fixture.server.requests()[0]).ends_with(
        "&SerialNumber=arn%3Aaws%3Aiam%3A%3A1%3Amfa%2Fme&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx&TokenCode=123456"
    ));
}

#[test]
#[cfg(target_os = "linux")]
fn ctrl_c_at_the_mfa_prompt_restores_the_terminal() {
    let config = format!("{}{SOURCE}", role("source_profile = src\nmfa_serial = arn:aws:iam::1:mfa/me"));
    let fixture = Fixture::new(vec![]).config(&config);
    let words = fixture.words(&["--region", "eu-west-1", "--profile", "r"]);
    let mut terminal = fixture.env.on_terminal(&words.iter().map(String::as_str).collect::<Vec<_>>());
    terminal.wait_for(|text| text.contains("Enter MFA code").then_some(()));
    terminal.type_in("12\u{3}");
    let (code, text, echoes) = terminal.finish();
    assert_eq!((code, echoes), (130, true), "{text}");
    assert!(fixture.server.requests().is_empty());
}
