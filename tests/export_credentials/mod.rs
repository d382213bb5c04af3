//! `export-credentials`: every format, the cache shared with the AWS CLI, and a command run with the credentials.

mod connection;
mod expiry;
#[cfg(unix)]
mod shells;
mod signed_out;

use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use crate::support::environment::{CONFIG, SESSION, instant};
use crate::support::{Endpoint, IdentityCenter, Reply, Run, TestEnv};

const EXPORT: [&str; 3] = ["export-credentials", "--profile", "dev"];

fn signed_in() -> (IdentityCenter, TestEnv) {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    (center, env)
}

fn export(env: &TestEnv, more: &[&str]) -> Run {
    env.run(EXPORT.iter().chain(more).copied())
}

/// Where the AWS CLI has the credentials of a role.
fn role_path(role: &str) -> String {
    let key = format!("{{\"accountId\":\"111122223333\",\"roleName\":\"{role}\",\"sessionName\":\"{SESSION}\"}}");
    let name = Sha1::digest(key).iter().fold(String::new(), |name, byte| format!("{name}{byte:02x}"));
    format!(".aws/cli/cache/{name}.json")
}

/// A file as AWS CLI 2.36.7 writes it.
fn role_file(secret: &str, expiration: &str) -> String {
    format!(
        "{{\"ProviderType\": \"sso\", \"Credentials\": {{\"AccessKeyId\": \"ASIACACHED\", \"SecretAccessKey\": \
         \"{secret}\", \"SessionToken\": \"T+/=\", \"Expiration\": \"{expiration}\", \"AccountId\": \"111122223333\"}}}}"
    )
}

/// The time in so many seconds, as in a cache file; now is when the home directory was made.
fn in_seconds(env: &TestEnv, seconds: i64) -> String {
    let now = time::UtcDateTime::from(std::fs::metadata(env.home()).unwrap().modified().unwrap());
    instant(u64::try_from(now.unix_timestamp() + seconds).unwrap())
}

/// Puts credentials that last into the cache.
fn cached(env: &TestEnv) {
    env.write(&role_path("Developer"), role_file("S/a+b=", "2100-01-01T00:00:00Z"));
}

#[test]
fn formats_match_the_aws_cli() {
    let (center, env) = signed_in();
    cached(&env);
    let process = "{\n  \"Version\": 1,\n  \"AccessKeyId\": \"ASIACACHED\",\n  \"SecretAccessKey\": \"S/a+b=\",\n  \
                   \"SessionToken\": \"T+/=\",\n  \"Expiration\": \"2100-01-01T00:00:00+00:00\"\n}\n";
    let lines = |form: &dyn Fn(&str, &str) -> String| {
        [
            ("AWS_ACCESS_KEY_ID", "ASIACACHED"),
            ("AWS_SECRET_ACCESS_KEY", "S/a+b="),
            ("AWS_SESSION_TOKEN", "T+/="),
            ("AWS_CREDENTIAL_EXPIRATION", "2100-01-01T00:00:00+00:00"),
        ]
        .map(|(name, value)| form(name, value) + "\n")
        .concat()
    };
    for (words, expected) in [
        (&[][..], process.to_owned()),
        (&["--format", "process"], process.to_owned()),
        (&["--format", "env"], lines(&|name, value| format!("export {name}={value}"))),
        (&["--format", "env-no-export"], lines(&|name, value| format!("{name}={value}"))),
        (&["--format", "powershell"], lines(&|name, value| format!("$Env:{name}=\"{value}\""))),
        (&["--format", "windows-cmd"], lines(&|name, value| format!("set {name}={value}"))),
        (&["--format", "fish"], lines(&|name, value| format!("set -gx {name} \"{value}\""))),
    ] {
        let run = export(&env, words).ok();
        assert_eq!((run.stdout, run.stderr), (expected, String::new()), "{words:?}");
    }
    export(&env, &["--format", "csh"]).expect(252);
    assert_eq!(center.connections(), 0);
}

#[test]
fn output_and_query_apply_to_the_process_format() {
    let (center, mut env) = signed_in();
    cached(&env);
    env.set("AWS_DEFAULT_OUTPUT", "text");
    assert_eq!(export(&env, &["--query", "AccessKeyId", "--output", "json"]).ok().stdout, "\"ASIACACHED\"\n");
    assert_eq!(export(&env, &["--query", "AccessKeyId"]).ok().stdout, "ASIACACHED\n");
    let run = export(&env, &["--format", "process", "--output", "json"]).ok();
    assert_eq!(run.json(), export(&env, &[]).ok().json());
    for words in [&["--format", "env", "--query", "AccessKeyId"][..], &["--output", "text", "--", "true"]] {
        let run = export(&env, words).expect(252);
        assert!(run.stderr.contains("--output and --query apply to --format process only"), "{}", run.snapshot());
    }
    export(&env, &["--query", "["]).expect(252);
    assert_eq!(center.connections(), 0);
}

#[test]
fn portal_credentials_are_cached_like_the_aws_cli() {
    let (center, env) = signed_in();
    let printed = export(&env, &[]).ok().json();
    let request = &center.requests()[0];
    assert_eq!(request.target, "/federation/credentials?role_name=Developer&account_id=111122223333");
    assert_eq!(json!(request.header("x-amz-sso_bearer_token")), env.token(SESSION)["accessToken"]);
    let path = role_path("Developer");
    let text = env.read(&path);
    let kept: Value = serde_json::from_str(&text).unwrap();
    let member = |name: &str| kept["Credentials"][name].as_str().unwrap_or_default().to_owned();
    let expected = format!(
        "{{\"ProviderType\": \"sso\", \"Credentials\": {{\"AccessKeyId\": \"{}\", \"SecretAccessKey\": \"{}\", \
         \"SessionToken\": \"{}\", \"Expiration\": \"{}\", \"AccountId\": \"111122223333\"}}}}",
        member("AccessKeyId"),
        member("SecretAccessKey"),
        member("SessionToken"),
        member("Expiration"),
    );
    assert_eq!(text, expected);
    for name in ["AccessKeyId", "SecretAccessKey", "SessionToken"] {
        assert_eq!(printed[name], json!(member(name)));
    }
    assert_eq!(printed["Expiration"], json!(member("Expiration").replace('Z', "+00:00")));
    #[cfg(unix)]
    assert_eq!([env.mode(&path), env.mode(".aws/cli/cache"), env.mode(".aws/cli")], [0o600, 0o700, 0o700]);
    assert_eq!(export(&env, &[]).ok().json(), printed);
    assert_eq!(center.calls(), [Endpoint::GetRoleCredentials]);
}

#[test]
fn credentials_are_renewed_15_minutes_before_they_expire() {
    let (center, env) = signed_in();
    env.write(&role_path("Developer"), role_file("S", &in_seconds(&env, 1_000)));
    export(&env, &[]).ok();
    assert_eq!(center.calls(), []);
    for (left, spoiled) in [(890, false), (-10, false), (1_000, true)] {
        let file = role_file("S", &in_seconds(&env, left));
        env.write(&role_path("Developer"), if spoiled { "{".to_owned() + &file } else { file });
        center.clear_requests();
        assert!(export(&env, &[]).ok().json()["AccessKeyId"] != "ASIACACHED", "{left}");
        assert_eq!(center.calls(), [Endpoint::GetRoleCredentials], "{left}");
    }
}

#[test]
fn cached_credentials_are_used_when_the_portal_fails() {
    let (center, mut env) = signed_in();
    env.set("AWS_MAX_ATTEMPTS", "1");
    env.write(&role_path("Developer"), role_file("S", &in_seconds(&env, 600)));
    center.next(Endpoint::GetRoleCredentials, Reply::json(503, &json!({})));
    let run = export(&env, &[]).ok();
    assert_eq!(run.json()["AccessKeyId"], "ASIACACHED");
    assert!(run.stderr.starts_with("WARNING: the role credentials could not be renewed"), "{}", run.snapshot());
    let forbidden = Reply::json(403, &json!({"message": "No access"})).header("x-amzn-ErrorType", "ForbiddenException");
    center.next(Endpoint::GetRoleCredentials, forbidden);
    let run = export(&env, &[]).expect(254);
    assert_eq!(run.stdout, "");
}

#[test]
fn account_role_and_session_options() {
    let (center, env) = signed_in();
    export(&env, &["--role-name", "ReadOnly"]).ok();
    assert_eq!(center.requests()[0].parameter("role_name"), Some("ReadOnly"));
    assert!(env.home().join(role_path("ReadOnly")).exists());
    let by_options = ["export-credentials", "--sso-session", SESSION, "--account-id", "111122223333"];
    env.run(by_options.iter().chain(&["--role-name", "Developer"]).copied()).ok();
    assert!(env.home().join(role_path("Developer")).exists());
    let run = env.run(by_options).expect(253);
    assert!(run.stderr.contains("--account-id requires --role-name"), "{}", run.snapshot());
    env.run(["export-credentials", "--sso-session", SESSION]).expect(253);
}

#[test]
fn missing_keys_are_reported_for_the_session_of_the_option() {
    let (_center, env) = signed_in();
    env.write(".aws/config", "[sso-session half]\nsso_region = us-east-1\n");
    let role = ["export-credentials", "--account-id", "111122223333", "--role-name", "Developer"];
    let run = env.run(role.iter().chain(&["--sso-session", "half"]).copied()).expect(253);
    assert!(run.stderr.contains("hint: add sso_start_url to [sso-session half]"), "{}", run.snapshot());
    let run = env.run(role.iter().chain(&["--start-url", "https://x.awsapps.com/start"]).copied()).expect(253);
    assert!(run.stderr.contains("hint: --start-url requires --sso-region"), "{}", run.snapshot());
}

#[test]
fn errors_have_a_message_and_an_exit_code() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.set("AWS_MAX_ATTEMPTS", "1");
    let run = export(&env, &[]).expect(4);
    assert!(run.stderr.contains("not signed in to corp: no cached token"), "{}", run.snapshot());
    assert_eq!(env.files(".aws/cli"), [""; 0]);
    env.sign_in(&center, SESSION);
    center.expect_fault(Endpoint::GetRoleCredentials, "ForbiddenException");
    let run = export(&env, &["--role-name", "Admin"]).expect(254);
    assert!(run.stderr.contains("(ForbiddenException)") && run.stderr.contains("hint: check account 111122223333"));
    center.end_sessions();
    center.expect_fault(Endpoint::GetRoleCredentials, "UnauthorizedException");
    center.expect_fault(Endpoint::CreateToken, "InvalidGrantException");
    let before = env.read(TestEnv::token_path(SESSION));
    let run = export(&env, &[]).expect(4);
    assert!(run.stderr.contains("hint: run: sso-oidc login --profile dev"), "{}", run.snapshot());
    assert_eq!(env.read(TestEnv::token_path(SESSION)), before);
    for reply in [Reply::body(200, "<html>"), Reply::genuine().without("roleCredentials"), Reply::hang_up()] {
        env.sign_in(&center, SESSION);
        center.next(Endpoint::GetRoleCredentials, reply);
        let run = export(&env, &[]).expect(255);
        assert_eq!(run.stdout, "");
    }
    assert!(!env.home().join(role_path("Developer")).exists());
}

#[test]
fn values_unsafe_in_a_shell_are_refused() {
    let (center, env) = signed_in();
    env.write(&role_path("Developer"), role_file("$(touch pwned)", "2100-01-01T00:00:00Z"));
    for format in ["env", "env-no-export", "powershell", "windows-cmd", "fish"] {
        let run = export(&env, &["--format", format]).expect(255);
        assert_eq!(run.stdout, "", "{format}");
        assert!(
            run.stderr.contains("SecretAccessKey contains a character") && !run.stderr.contains("pwned"),
            "{format}"
        );
    }
    assert_eq!(export(&env, &[]).ok().json()["SecretAccessKey"], "$(touch pwned)");
    assert_eq!(center.connections(), 0);
}

#[test]
fn profile_and_session_must_agree() {
    let (_center, env) = signed_in();
    let config = env.read(".aws/config");
    env.config(&config.replace("[profile dev]\n", "[profile dev]\nsso_region = eu-west-1\n"));
    let run = export(&env, &[]).expect(253);
    let words = "Unable to retrieve credentials: The value for sso_region is inconsistent between profile (eu-west-1) \
                 and sso-session (us-east-1).";
    assert!(run.stderr.contains(words), "{}", run.snapshot());
}

#[test]
fn profiles_without_a_role_use_the_credential_chain() {
    let (center, mut env) = signed_in();
    env.config("[profile keys]\naws_access_key_id = AKIDFILE\naws_secret_access_key = s\n[profile none]\nregion = x\n");
    let run = env.run(["export-credentials", "--profile", "keys"]).ok();
    assert_eq!(run.json(), json!({"Version": 1, "AccessKeyId": "AKIDFILE", "SecretAccessKey": "s"}));
    let run = env.run(["export-credentials", "--profile", "none"]).expect(253);
    assert!(run.stderr.contains("Unable to retrieve credentials: no credentials found"), "{}", run.snapshot());
    assert!(run.stderr.contains("hint: the profile `none` has no role; pass --profile"), "{}", run.snapshot());
    let run = env.run(["export-credentials"]).expect(253);
    assert!(
        run.stderr.ends_with("hint: no profile has a role; to write one, run: sso-oidc configure\n"),
        "{}",
        run.snapshot()
    );
    env.set("AWS_ACCESS_KEY_ID", "AKIDENV").set("AWS_SECRET_ACCESS_KEY", "s");
    assert_eq!(env.run(["export-credentials"]).ok().json()["AccessKeyId"], "AKIDENV");
    assert_eq!(env.run(["export-credentials", "--profile", "keys"]).ok().json()["AccessKeyId"], "AKIDFILE");
    assert_eq!(center.connections(), 0);
}

#[test]
fn config_files_cannot_send_the_credential_chain_over_plain_http() {
    let (center, mut env) = signed_in();
    env.unset("AWS_ENDPOINT_URL_SSO_OIDC").unset("AWS_ENDPOINT_URL_SSO");
    let config = env.read(".aws/config");
    let keys = "[profile keys]\naws_access_key_id = AKIDFILE\naws_secret_access_key = s\n";
    let chain = "[profile chain]\nrole_arn = arn:aws:iam::111122223333:role/Role\nregion = us-east-1\n\
                 endpoint_url = http://proxy.example\n";
    // The call of STS, then that of the access portal.
    for (source, code) in [("keys", 253), ("dev", 255)] {
        env.config(&format!("{config}\n{keys}{chain}source_profile = {source}\n"));
        let run = env.run(["export-credentials", "--profile", "chain"]).expect(code);
        let refusal = "Refusing to send tokens over plain http to http://proxy.example";
        assert!(run.stderr.contains(refusal) && run.stderr.contains(CONFIG), "{}", run.snapshot());
    }
    assert_eq!(center.connections(), 0);
}

#[test]
fn role_precedes_environment_keys() {
    let (_center, mut env) = signed_in();
    cached(&env);
    env.set("AWS_ACCESS_KEY_ID", "AKIDSTALE").set("AWS_SECRET_ACCESS_KEY", "s").set("AWS_PROFILE", "dev");
    assert_eq!(env.run(["export-credentials"]).ok().json()["AccessKeyId"], "ASIACACHED");
}

#[test]
fn credential_process_recursion_is_detected() {
    let env = TestEnv::new();
    let program = env!("CARGO_BIN_EXE_sso-oidc");
    env.config(&format!(
        "[profile a]\ncredential_process = \"{program}\" export-credentials --profile b\n\
         [profile b]\ncredential_process = \"{program}\" export-credentials --profile a\n\
         [profile c]\ncredential_process = \"{program}\" export-credentials --profile d\n\
         [profile d]\naws_access_key_id = AKID\naws_secret_access_key = s\n"
    ));
    let run = env.run(["export-credentials", "--profile", "a"]).expect(253);
    assert!(run.stderr.contains("infinite loop, profile cycle: a -> b -> a"), "{}", run.snapshot());
    assert_eq!(env.run(["export-credentials", "--profile", "c"]).ok().json()["AccessKeyId"], "AKID");
}

#[test]
#[cfg(unix)]
fn a_credential_process_passes_on_that_a_login_is_needed() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let program = env!("CARGO_BIN_EXE_sso-oidc");
    let other = env.script("other", "echo out of order >&2; exit 4");
    let config = env.read(".aws/config");
    for (command, code, words) in [
        (format!("\"{program}\" export-credentials --profile dev"), 4, "hint: run: sso-oidc login"),
        (format!("/bin/sh -c '\"{program}\" export-credentials --profile dev'"), 4, "hint: run: sso-oidc login"),
        (format!("\"{program}\" export-credentials --profile none"), 253, "(none) could not be found"),
        (other.display().to_string(), 253, "out of order"),
    ] {
        env.config(&format!("{config}\n[profile p]\ncredential_process = {command}\n"));
        let run = env.run(["export-credentials", "--profile", "p"]).expect(code);
        assert!(run.stderr.contains(words) && run.stdout.is_empty(), "{}", run.snapshot());
    }
}

#[cfg(unix)]
mod running {
    use super::{EXPORT, cached, export, signed_in};
    use crate::support::Endpoint;

    #[test]
    fn command_environment_has_only_these_credentials() {
        let (_center, mut env) = signed_in();
        cached(&env);
        env.set("AWS_PROFILE", "legacy").set("AWS_SESSION_TOKEN", "stale").set("KEPT", "kept");
        let run = export(&env, &["--", "/usr/bin/env"]).ok();
        for line in [
            "AWS_ACCESS_KEY_ID=ASIACACHED",
            "AWS_SECRET_ACCESS_KEY=S/a+b=",
            "AWS_SESSION_TOKEN=T+/=",
            "AWS_CREDENTIAL_EXPIRATION=2100-01-01T00:00:00+00:00",
            "AWS_REGION=us-east-1",
            "AWS_DEFAULT_REGION=us-east-1",
            "KEPT=kept",
        ] {
            assert!(run.stdout.lines().any(|known| known == line), "{line}: {}", run.stdout);
        }
        assert!(!run.stdout.contains("AWS_PROFILE=") && !run.stdout.contains("stale"), "{}", run.stdout);
        env.set("AWS_REGION", "eu-west-1");
        let run = export(&env, &["--", "/usr/bin/env"]).ok();
        assert!(run.stdout.contains("AWS_REGION=eu-west-1") && !run.stdout.contains("us-east-1"), "{}", run.stdout);
        for region in ["", "eu-west-2"] {
            env.set("AWS_DEFAULT_REGION", region);
            let run = export(&env, &["--region", "ap-south-1", "--", "/usr/bin/env"]).ok();
            for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
                assert!(run.stdout.contains(&format!("\n{name}=ap-south-1\n")), "{}", run.stdout);
            }
        }
    }

    #[test]
    fn command_arguments_streams_exit_code_and_signals() {
        let (center, env) = signed_in();
        let program = "read line; echo \"$line\"; echo \"$@\"; echo words >&2; exit 37";
        let run = env
            .command(EXPORT.iter().chain(&["--", "/bin/sh", "-c", program, "sh", "--profile", "x y", "--"]).copied())
            .stdin("typed\n")
            .run()
            .expect(37);
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("typed\n--profile x y --\n", "words\n"));
        assert_eq!(center.calls(), [Endpoint::GetRoleCredentials]);
        export(&env, &["--", "/bin/sh", "-c", "kill -TERM $$"]).expect(-15);
        // A closed pipe ends the command, as it would without sso-oidc.
        export(&env, &["--", "/bin/sh", "-c", "kill -PIPE $$; exit 9"]).expect(-13);
        let mut running = env.spawn(EXPORT.iter().chain(&["--", "/bin/sh", "-c", "echo up; read x; exit 9"]).copied());
        running.wait_for_stdout(|text| text.contains("up").then_some(()));
        running.signal("TERM");
        running.finish().expect(-15);
    }

    #[test]
    fn command_not_found_is_127_and_not_executable_126() {
        let (_center, env) = signed_in();
        cached(&env);
        let run = export(&env, &["--", "no-such-command"]).expect(127);
        assert!(run.stderr.contains("cannot run `no-such-command`"), "{}", run.snapshot());
        std::fs::write(env.bin().join("plain"), "text").unwrap();
        export(&env, &["--", "plain"]).expect(126);
        export(&env, &["--", "/"]).expect(126);
        export(&env, &["--format", "env", "--", "true"]).expect(252);
        export(&env, &["true"]).expect(252);
    }

    #[test]
    fn command_does_not_run_without_credentials() {
        let center = crate::support::IdentityCenter::start();
        let env = crate::support::TestEnv::of(&center);
        let run = export(&env, &["--", "/bin/sh", "-c", "echo ran"]).expect(4);
        assert_eq!(run.stdout, "");
    }
}
