//! The four operations as commands: a device code flow by hand, checks before a request, secrets that are never printed.
//!
//! `parity` compares them with the AWS CLI run by run; these tests cover what a recording cannot show.

#[cfg(target_os = "linux")]
mod auto_prompt;

use std::ffi::OsString;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::support::{Approval, Endpoint, IdentityCenter, Reply, Run, TestEnv};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const CREATE_TOKEN: [&str; 7] = ["create-token", "--client-id", "c", "--client-secret", "s", "--grant-type", "g"];

fn env_of(center: &IdentityCenter) -> TestEnv {
    let mut env = TestEnv::of(center);
    env.set("AWS_REGION", center.region());
    env
}

/// The program with streams of the test's own.
fn program(env: &TestEnv) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sso-oidc"));
    command.env_clear().env("HOME", env.home()).stdin(Stdio::null());
    command
}

/// Runs an operation with more arguments, which must fail with 252 before a request is sent.
#[track_caller]
fn refused(center: &IdentityCenter, env: &TestEnv, words: &[&str]) -> Run {
    let run = env.run(CREATE_TOKEN.iter().chain(words).copied()).expect(252);
    assert!(center.requests().is_empty() && run.stdout.is_empty(), "{}", run.snapshot());
    run
}

#[test]
fn device_flow_by_hand() {
    let center = IdentityCenter::start();
    center.approval(Approval::ByPerson).tolerate_fast_polls();
    let env = env_of(&center);
    let client = env
        .run([
            "register-client",
            "--client-name",
            "by hand",
            "--client-type",
            "public",
            "--scopes",
            "sso:account:access",
        ])
        .ok()
        .json();
    // Secrets are in a document on standard input, so that process listings do not show them.
    let secrets = json!({"clientId": client["clientId"], "clientSecret": client["clientSecret"]});
    let from_stdin = |words: &[&str]| {
        let words = words.iter().copied().chain(["--cli-input-json", "-"]);
        env.command(words).stdin(secrets.to_string()).run()
    };
    let url = center.start_url();
    let device = from_stdin(&["start-device-authorization", "--start-url", &url]).ok().json();
    let code = device["deviceCode"].as_str().unwrap();
    let words = ["create-token", "--grant-type", DEVICE_CODE, "--device-code", code];
    let pending = from_stdin(&words).expect(254);
    assert!(
        pending.stderr.contains("(AuthorizationPendingException) when calling the CreateToken"),
        "{}",
        pending.stderr
    );
    center.approve(device["userCode"].as_str().unwrap());
    let token = from_stdin(&words).ok().json();
    assert!(center.accepts(token["accessToken"].as_str().unwrap()), "{token}");
    assert_eq!(env.files(".aws/sso"), [""; 0], "an operation leaves no token behind");
}

#[test]
fn input_is_validated_before_any_request() {
    let center = IdentityCenter::start();
    let env = env_of(&center);
    refused(&center, &env, &["--query", "a["]);
    refused(&center, &env, &["--cli-auto-prompt", "--no-cli-auto-prompt"]);
    refused(&center, &env, &["--scope", "[1]"]);
    refused(&center, &env, &["--code", "file://nowhere"]);
    let pretty = ["--output", "pretty"];
    assert!(refused(&center, &env, &pretty).stderr.contains("Invalid value `pretty` for --output; expected json"));
    let run = env.command(CREATE_TOKEN).env("AWS_DEFAULT_OUTPUT", "pretty").run().expect(255);
    assert!(run.stderr.contains("Unknown output type: pretty") && center.requests().is_empty(), "{}", run.snapshot());
    assert!(run.stderr.contains("AWS_DEFAULT_OUTPUT"), "{}", run.stderr);
}

#[test]
fn usage_errors_contain_no_secrets() {
    let center = IdentityCenter::start();
    let env = env_of(&center);
    for words in [
        &["--client-secrte", "hunter2"][..],
        &["--client-secrte=hunter2"],
        &["--client=hunter2"],
        &["--code", "--refresh-token=hunter2"],
        &["--refresh-token", "fileb:///dev/null"],
        &["--cli-input-json", "{\"refreshToken\": {\"hunter2\": 1}}"],
        &["--cli-input-json", "{\"deviceCode\": [\"hunter2\"]}"],
        &["--cli-input-json", "{\"deviceCode\": hunter2}"],
        &["--cli-input-yaml", "deviceCode: [hunter2"],
        &["--cli-input-yaml", "deviceCode: [hunter2]"],
        &["--debug", "--cli-input-yaml", "{deviceCode: [hunter2]}"],
    ] {
        for format in ["enhanced", "legacy", "json", "yaml", "text", "table"] {
            let line = CREATE_TOKEN.iter().chain(words).copied().chain(["--cli-error-format", format]);
            let run = env.run(line);
            assert!(!run.stderr.contains("hunter2"), "{}", run.snapshot());
            assert!(run.status == 252 && !run.stderr.is_empty(), "{}", run.snapshot());
        }
    }
    assert!(center.requests().is_empty());
}

#[test]
fn query_errors_contain_no_secrets() {
    let center = IdentityCenter::start();
    let env = env_of(&center);
    for (query, shown) in [
        ("abs(@)", "{'accessToken': '[redacted]', 'tokenType': 'Bearer of [redacted]', "),
        ("keys(accessToken)", "invalid type for value: [redacted], "),
        ("abs(idToken)", "invalid type for value: [redacted], "),
        ("abs(tokenType)", "invalid type for value: Bearer of [redacted], "),
    ] {
        let answer = json!({
            "accessToken": "canary-1", "tokenType": "Bearer of a%2Fcanary", "refreshToken": "canary-2", "idToken": "canary-3",
        });
        center.next(Endpoint::CreateToken, Reply::json(200, &answer));
        let words = ["--refresh-token", "a/canary", "--query", query];
        let run = env.run(CREATE_TOKEN.iter().copied().chain(words)).expect(255);
        assert!(run.stderr.contains(shown) && !run.stderr.contains("canary"), "{}", run.snapshot());
    }
}

#[test]
fn arbitrary_text_is_sent_unchanged() {
    let center = IdentityCenter::start();
    let env = env_of(&center);
    for text in ["a=b", "--x", "- y", "né€\"\\/\u{1}😀\n\t", "'$HOME' `id`", "\u{202e}abc", "file:/x", "[not json"]
    {
        center.next(Endpoint::RegisterClient, Reply::json(200, &json!({})));
        let option = format!("--client-name={text}");
        env.run(["register-client", &option, "--client-type", "public"]).ok();
        assert_eq!(center.requests().last().unwrap().text("clientName"), Some(text));
    }
}

#[cfg(unix)]
#[test]
fn arguments_that_are_not_utf8_are_refused() {
    use std::os::unix::ffi::OsStringExt as _;
    let center = IdentityCenter::start();
    let env = env_of(&center);
    let words = ["register-client", "--client-type", "public", "--client-name"].map(OsString::from);
    let run = env.run(words.into_iter().chain([OsString::from_vec(b"\xffhunter2".to_vec())])).expect(252);
    assert!(run.stderr.contains("The value of --client-name is not valid UTF-8"), "{}", run.stderr);
    assert!(!run.stderr.contains("hunter2") && center.requests().is_empty());
}

#[test]
fn closed_pipe_exits_0() {
    let env = TestEnv::new();
    for words in [&["help"][..], &["--version"], &["register-client", "--generate-cli-skeleton"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = program(&env).args(words).stdout(writer).output().unwrap();
        assert_eq!((output.status.code(), &output.stderr[..]), (Some(0), &b""[..]), "{words:?}");
    }
}

#[test]
fn full_disk_is_reported() {
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else { return };
    let env = TestEnv::new();
    let output = program(&env).arg("help").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(255));
    let words = String::from_utf8(output.stderr).unwrap();
    let full = "\nsso-oidc: [ERROR]: cannot write to standard output: ";
    assert!(words.starts_with(full) && words.contains("(os error "), "{words}");
}

#[test]
fn extreme_timeouts_and_dates() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let words = ["register-client", "--client-name", "a", "--client-type", "public", "--region", "us-east-1"];
    for seconds in ["60", "999999999999", "9223372036854775807", "99999999999999999999999"] {
        let late = Reply::json(500, &json!({})).header("Date", "Fri, 31 Dec 9999 23:59:59 GMT");
        center.next(Endpoint::RegisterClient, late);
        let limits = ["--cli-read-timeout", seconds, "--cli-connect-timeout", seconds];
        env.run(words.iter().chain(&limits)).ok();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn too_few_file_descriptors_are_reported() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let words = "register-client --client-name a --client-type public --region us-east-1";
    let expected = "[ERROR]: cannot start the event loop: Too many open files";
    for limit in 6..15 {
        let run = env.run_with_descriptors(limit, words).expect(255);
        assert!(run.stderr.contains(expected), "{limit}: {}", run.snapshot());
    }
    env.run_with_descriptors(20, words).ok();
}

#[test]
fn skeletons_need_no_configuration() {
    let mut env = TestEnv::new();
    env.config("this is [broken");
    env.set("AWS_PROFILE", "nobody").set("AWS_CA_BUNDLE", "/nowhere");
    let run = env.run(["register-client", "--generate-cli-skeleton", "--output", "table", "--query", "a["]).ok();
    assert_eq!(run.json()["redirectUris"], json!([""]));
    let yaml = env.run(["register-client", "--generate-cli-skeleton=yaml-input"]).ok().stdout;
    assert!(yaml.starts_with("clientName: ''  # [REQUIRED] "), "{yaml}");
}

#[test]
fn a_filled_skeleton_is_accepted() {
    let center = IdentityCenter::start();
    let env = env_of(&center);
    let yaml = env.run(["register-client", "--generate-cli-skeleton", "yaml-input"]).ok().stdout;
    let filled: String = yaml
        .lines()
        .filter(|line| line.starts_with("client"))
        .map(|line| line.replacen("''", "'public'", 1) + "\n")
        .collect();
    std::fs::write(env.work().join("input.yaml"), filled).unwrap();
    env.run(["register-client", "--cli-input-yaml", "file://input.yaml"]).ok();
    assert_eq!(center.requests()[0].text("clientName"), Some("public"));
}
