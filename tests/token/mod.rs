//! `token`: what it prints, when it refreshes first, and that nothing is lost when a refresh fails.

mod protocol;
mod refresh;
mod storing;

use serde_json::{Value, json};

use crate::support::environment::SESSION;
use crate::support::{Endpoint, IdentityCenter, Issued, Reply, TestEnv};

const TOKEN: [&str; 3] = ["token", "--sso-session", SESSION];

/// A session whose token expires in so many seconds.
fn signed_in(seconds: i64) -> (IdentityCenter, TestEnv, Issued) {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let issued = env.sign_in(&center, SESSION);
    env.let_expire_in(SESSION, seconds);
    (center, env, issued)
}

fn words<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&TOKEN, more].concat()
}

#[test]
fn a_valid_token_is_printed_without_a_request() {
    let (center, env, issued) = signed_in(3600);
    let token = &issued.access_token;
    let run = env.run(TOKEN).ok();
    assert_eq!((run.stdout, run.stderr), (format!("{token}\n"), String::new()));
    let run = env.run(["token", "--profile", "dev"]).ok();
    assert_eq!(run.stdout, format!("{token}\n"));
    let run = env.run(words(&["--header"])).ok();
    assert_eq!(run.stdout, format!("x-amz-sso_bearer_token: {token}\n"));
    let run = env.run(words(&["--output", "json"])).ok();
    assert_eq!(
        run.json(),
        json!({
            "accessToken": token,
            "expiresAt": env.token(SESSION)["expiresAt"],
            "session": SESSION,
            "startUrl": center.start_url(),
            "region": center.region(),
        })
    );
    let run = env.run(words(&["--output", "text", "--query", "expiresAt"])).ok();
    assert_eq!(json!(run.stdout.trim_end()), env.token(SESSION)["expiresAt"]);
    assert_eq!(center.connections(), 0);
    assert_eq!(env.files(".aws/sso"), [TestEnv::token_path(SESSION)]);
}

#[test]
fn a_token_below_15_minutes_is_refreshed() {
    let (center, env, issued) = signed_in(890);
    let mut document = env.token(SESSION);
    document["of another tool"] = json!({"kept": [1, null]});
    env.write_token(SESSION, &document);
    let run = env.run(TOKEN).ok();
    let new = env.token(SESSION);
    assert_eq!(json!(run.stdout.trim_end()), new["accessToken"]);
    assert_ne!(new["accessToken"], json!(issued.access_token));
    assert_ne!(new["refreshToken"], json!(issued.refresh_token));
    assert_eq!(new["of another tool"], document["of another tool"]);
    assert_eq!(center.calls(), [Endpoint::CreateToken]);
    let request = &center.requests()[0];
    assert_eq!(request.text("refreshToken"), Some(issued.refresh_token.as_str()));
    #[cfg(unix)]
    assert_eq!(env.mode(TestEnv::token_path(SESSION)), 0o600);
}

#[test]
fn refresh_keeps_the_refresh_token() {
    let (center, env, issued) = signed_in(-10);
    center.keep_refresh_tokens();
    center.next(Endpoint::CreateToken, Reply::genuine().without("refreshToken"));
    env.run(TOKEN).ok();
    assert_eq!(env.token(SESSION)["refreshToken"], json!(issued.refresh_token));
    env.let_expire_in(SESSION, -10);
    env.run(TOKEN).ok();
    assert_eq!(center.calls(), [Endpoint::CreateToken; 2]);
}

#[test]
fn a_valid_token_is_used_when_the_refresh_fails() {
    let (center, env, issued) = signed_in(600);
    center.next(Endpoint::CreateToken, Reply::fault("InvalidGrantException"));
    let before = env.read(TestEnv::token_path(SESSION));
    let run = env.run(TOKEN).ok();
    assert_eq!(run.stdout, format!("{}\n", issued.access_token));
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.snapshot());
    assert!(run.stderr.contains("WARNING") && run.stderr.contains("InvalidGrantException"), "{}", run.snapshot());
    assert_eq!(env.read(TestEnv::token_path(SESSION)), before);
    // Below `--min-ttl` a failed refresh is an error, and a request that was just refused is not repeated.
    let run = env.run(words(&["--min-ttl", "11m"])).expect(4);
    assert_eq!(run.stdout, "");
    assert_eq!(center.calls(), [Endpoint::CreateToken]);
}

/// The stored expiry is in this machine's time, because other tools compare it with this clock.
#[test]
fn clock_skew_is_reported() {
    for (year, direction) in [(2030, " behind the service's"), (2019, " ahead of the service's")] {
        let (center, env, _) = signed_in(-10);
        let date = format!("Tue, 01 Jan {year} 00:00:00 GMT");
        center.next(Endpoint::CreateToken, Reply::genuine().header("Date", &date));
        let run = env.run(TOKEN).ok();
        assert!(run.stderr.starts_with("WARNING: this machine's clock is "), "{}", run.snapshot());
        assert!(run.stderr.contains(direction) && run.stderr.lines().count() == 1, "{}", run.snapshot());
        env.run(words(&["--min-ttl", "7h"])).ok();
        assert_eq!(center.calls(), [Endpoint::CreateToken]);
    }
}

#[test]
fn min_ttl_above_the_refreshed_lifetime_needs_a_login() {
    let (center, env, _) = signed_in(3600);
    center.access_token_lives(7200);
    env.run(words(&["--min-ttl", "90m"])).ok();
    assert_eq!(center.calls(), [Endpoint::CreateToken]);
    let run = env.run(words(&["--min-ttl", "4h"])).expect(4);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("even a refreshed token expires too soon"), "{}", run.snapshot());
    // The new token is stored nevertheless, because its refresh token replaces the old one.
    env.run(TOKEN).ok();
    env.run(words(&["--min-ttl", "soon"])).expect(252);
}

/// A failed refresh changes no file, and an expired token is never printed.
#[test]
fn service_faults_leave_the_cache_unchanged() {
    let deep = "[".repeat(100_000);
    let faults: Vec<(&str, Reply, i32)> = vec![
        ("invalid_grant", Reply::fault("InvalidGrantException"), 4),
        ("invalid_client", Reply::fault("InvalidClientException"), 4),
        ("unauthorized_client", Reply::fault("UnauthorizedClientException"), 4),
        ("access_denied", Reply::fault("AccessDeniedException"), 4),
        ("expired_token", Reply::fault("ExpiredTokenException"), 4),
        ("invalid_request", Reply::fault("InvalidRequestException"), 4),
        ("server error", Reply::fault("InternalServerException"), 254),
        ("unavailable", Reply::json(503, &json!({})), 254),
        ("throttled", Reply::json(429, &json!({})), 254),
        ("redirect", Reply::html(302, "").header("location", "http://127.0.0.1:9/"), 255),
        ("web page", Reply::html(200, "<html>sign in to the network"), 255),
        ("no body", Reply::body(200, ""), 255),
        ("half JSON", Reply::body(200, "{\"accessToken\": \"half"), 255),
        ("too deep", Reply::body(200, deep), 255),
        ("a list", Reply::json(200, &json!([])), 255),
        ("no token", Reply::genuine().without("accessToken"), 255),
        ("null token", Reply::genuine().with("accessToken", Value::Null), 255),
        ("a line break in the token", Reply::genuine().with("accessToken", json!("a\nb")), 255),
        ("an escape in the refresh token", Reply::genuine().with("refreshToken", json!("\u{1b}[31m")), 255),
        ("no life", Reply::genuine().without("expiresIn"), 255),
        ("cut off", Reply::genuine().cut(Some(20)), 255),
        ("hung up", Reply::hang_up(), 255),
        ("reset", Reply::reset_connection(), 255),
        ("endless", Reply::body(200, vec![b' '; 3 << 20]), 255),
    ];
    for (name, reply, code) in faults {
        let (center, mut env, issued) = signed_in(-10);
        env.set("AWS_MAX_ATTEMPTS", "1");
        center.next(Endpoint::CreateToken, reply);
        let before = env.read(TestEnv::token_path(SESSION));
        let run = env.run(TOKEN);
        assert_eq!(run.status, code, "{name}: {}", run.snapshot());
        assert_eq!(run.stdout, "", "{name}");
        assert_eq!(env.read(TestEnv::token_path(SESSION)), before, "{name}");
        for secret in center.secrets().iter().chain([&issued.access_token, &issued.refresh_token]) {
            assert!(!run.stderr.contains(secret), "{name}: {}", run.stderr);
        }
        assert!(code != 4 || run.stderr.contains("run: sso-oidc login --sso-session corp"), "{name}: {}", run.stderr);
    }
}

#[test]
fn requests_with_tokens_bypass_the_proxy_to_this_machine() {
    let (center, mut env, _) = signed_in(-10);
    env.unset("NO_PROXY").set("HTTP_PROXY", "http://127.0.0.1:9");
    env.run(TOKEN).ok();
    env.run(["login", "--sso-session", SESSION]).ok();
    env.run(["export-credentials", "--profile", "dev"]).ok();
    std::fs::remove_dir_all(env.home().join(".aws/cli")).unwrap();
    // As in the AWS CLI, the operation itself is sent to the proxy; the access token for its credentials is not.
    let words = ["create-token-with-iam", "--client-id", "c", "--grant-type", "g", "--profile", "dev"];
    let run = env.run(words).expect(255);
    assert!(run.stderr.contains("Failed to connect to proxy URL"), "{}", run.snapshot());
    let calls = center.calls().iter().filter(|call| **call == Endpoint::GetRoleCredentials).count();
    assert_eq!(calls, 2);
    let run = env.run(["logout"]).ok();
    assert!(
        !run.stderr.contains("could not be revoked") && center.calls().contains(&Endpoint::Logout),
        "{}",
        run.stderr
    );
}

#[test]
fn damaged_cache_files_are_reported_and_kept() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let run = env.run(TOKEN).expect(4);
    assert!(run.stderr.contains("no cached token"), "{}", run.snapshot());
    assert!(run.stderr.contains("hint: run: sso-oidc login --sso-session corp"), "{}", run.snapshot());
    assert_eq!(env.files(".aws/sso"), [""; 0]);
    let path = TestEnv::token_path(SESSION);
    let lasts = "2100-01-01T00:00:00Z";
    let foreign = json!({"startUrl": "https://other.awsapps.com/start", "accessToken": "canary", "expiresAt": lasts});
    let elsewhere = json!({"region": "eu-west-1", "accessToken": "canary", "expiresAt": lasts});
    for (text, words) in [
        ("", "damaged: it is not JSON"),
        ("{\"accessToken\": \"canary\"}\"}", "damaged: it is not JSON"),
        ("[1]", "damaged: it is not a JSON object"),
        ("{\"accessToken\": \"canary\"}", "damaged: it has no expiresAt"),
        ("{\"accessToken\": \"canary\", \"expiresAt\": \"soon\"}", "damaged: its expiresAt is not a valid timestamp"),
        ("{\"accessToken\": \"canary\", \"expiresAt\": \"2020-01-01T00:00:00Z\"}", " ago and cannot be refreshed"),
        (
            "{\"accessToken\": \"canary\\r\\nx: y\", \"expiresAt\": \"2100-01-01T00:00:00Z\"}",
            "damaged: its accessToken has characters that are not printable ASCII",
        ),
        (&foreign.to_string(), "`https://other.awsapps.com/start`, but `https://d-1234567890.awsapps.com/start`"),
        (&elsewhere.to_string(), "sso_region `eu-west-1`, but `us-east-1`"),
    ] {
        env.write(&path, text);
        let run = env.run(TOKEN).expect(4);
        assert!(run.stderr.contains(words), "{text}: {}", run.snapshot());
        assert!(!run.stderr.contains("canary"), "{text}: {}", run.snapshot());
        assert_eq!((env.read(&path).as_str(), run.stdout.as_str()), (text, ""));
    }
    assert_eq!(center.connections(), 0);
}

#[cfg(unix)]
#[test]
fn files_that_others_may_write_are_made_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let (center, env, issued) = signed_in(3600);
    let path = env.home().join(TestEnv::token_path(SESSION));
    let mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o666);
    let run = env.run(TOKEN).ok();
    assert!(run.stderr.contains("was world-writable (mode 666); its mode is now 600"), "{}", run.snapshot());
    assert_eq!(env.run(TOKEN).ok().stderr, "");
    mode(0o644);
    let run = env.run(TOKEN).ok();
    assert_eq!(run.stdout, format!("{}\n", issued.access_token));
    assert!(run.stderr.contains("is readable by other users"), "{}", run.snapshot());
    assert_eq!(center.connections(), 0);
}

#[test]
fn legacy_profiles_and_unconfigured_sessions() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let issued = env.sign_in(&center, &center.start_url());
    let run = env.run(["token", "--profile", "legacy"]).ok();
    assert_eq!(run.stdout, format!("{}\n", issued.access_token));
    let (url, region) = (center.start_url(), center.region());
    let run = env.run(["token", "--start-url", &url, "--sso-region", &region]).ok();
    assert_eq!(run.stdout, format!("{}\n", issued.access_token));
    let other = env.sign_in(&center, "by hand");
    let named = ["token", "--sso-session", "by hand", "--start-url", &url, "--sso-region", &region];
    assert_eq!(env.run(named).ok().stdout, format!("{}\n", other.access_token));
    let run =
        env.run(["token", "--sso-session", "by hand too", "--start-url", &url, "--sso-region", &region]).expect(4);
    let command = format!("sso-oidc login --sso-session 'by hand too' --start-url {url} --sso-region {region}");
    assert!(run.stderr.contains(&command), "{}", run.snapshot());
}

#[test]
fn conflicting_options_are_usage_errors() {
    let (center, env, _) = signed_in(3600);
    env.run(words(&["--header", "--output", "json"])).expect(252);
    env.run(words(&["--header", "--query", "x"])).expect(252);
    env.run(words(&["now"])).expect(252);
    env.run(["token", "--sso-session", "none"]).expect(253);
    assert_eq!(center.connections(), 0);
}

#[test]
fn config_files_cannot_send_tokens_over_plain_http() {
    let (center, mut env, _) = signed_in(3600);
    env.unset("AWS_ENDPOINT_URL_SSO_OIDC").unset("AWS_ENDPOINT_URL_SSO");
    let config = env.read(".aws/config");
    env.config(&config.replace("[profile dev]\n", "[profile dev]\nendpoint_url = http://proxy.example\n"));
    let dev = ["token", "--profile", "dev"];
    env.run(dev).ok();
    env.let_expire_in(SESSION, -10);
    let run = env.run(dev).expect(255);
    assert!(
        run.stderr.contains("Refusing to send tokens over plain http to http://proxy.example"),
        "{}",
        run.snapshot()
    );
    assert_eq!(center.connections(), 0);
}

#[test]
fn a_missing_services_section_is_reported_when_a_service_is_called() {
    let (center, mut env, _) = signed_in(3600);
    env.unset("AWS_ENDPOINT_URL_SSO_OIDC").unset("AWS_ENDPOINT_URL_SSO");
    let config = env.read(".aws/config");
    env.config(&config.replace("[profile dev]\n", "[profile dev]\nservices = none\n"));
    let dev = ["token", "--profile", "dev"];
    env.run(dev).ok();
    env.let_expire_in(SESSION, -10);
    let run = env.run(dev).expect(255);
    assert!(run.stderr.contains("the \"none\" services configuration does not exist"), "{}", run.snapshot());
    assert_eq!(center.connections(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_a_warning() {
    let (_center, env, issued) = signed_in(3600);
    let terminal = env.on_terminal(&TOKEN);
    let (status, text, _) = terminal.finish();
    assert_eq!(status, 0, "{text}");
    let warning = "\u{1b}[33mWARNING:\u{1b}[0m anyone who sees this token can access all your accounts";
    assert!(text.contains(warning), "{text}");
    assert!(text.contains(&issued.access_token), "{text}");
}

#[test]
fn the_command_to_run_keeps_the_named_profile() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    for (profile, words, command) in [
        (None, "token --profile dev", "login --profile dev"),
        (None, "export-credentials --profile dev", "login --profile dev"),
        (None, "login --profile dev --interactive never", "login --profile dev"),
        (None, "token --sso-session corp --profile dev", "login --profile dev"),
        (None, "token --sso-session corp --profile legacy", "login --sso-session corp"),
        (None, "token --sso-session corp", "login --sso-session corp"),
        (None, "token --profile legacy", "login --profile legacy"),
        (Some("dev"), "token", "login --profile dev"),
    ] {
        let mut invocation = env.command(words.split(' '));
        if let Some(profile) = profile {
            invocation = invocation.env("AWS_PROFILE", profile);
        }
        let run = invocation.run().expect(4);
        assert!(run.stderr.ends_with(&format!("hint: run: sso-oidc {command}\n")), "{}", run.snapshot());
    }
    let run = env.run(["status", "--profile", "dev"]).expect(4);
    assert_eq!(run.json()["sessions"][0]["command"], json!("sso-oidc login --profile dev"));
    let run = env.run(["status"]).expect(4);
    assert_eq!(run.json()["sessions"][0]["command"], json!("sso-oidc login --sso-session corp"));
}
