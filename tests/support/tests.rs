//! Tests of the fixtures: normalization, the environment of the program, results of runs.

use serde_json::json;

use crate::support::environment::{SESSION, instant};
use crate::support::{IdentityCenter, TestEnv, UserAgent, normalize};

#[test]
fn normalize_replaces_only_changing_values() {
    let center = IdentityCenter::start();
    let issued = center.issue();
    let env = TestEnv::new();
    for (text, normal) in [
        ("http://127.0.0.1:4711/x", "http://127.0.0.1:[PORT]/x"),
        ("redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2Foauth", "redirect_uri=http%3A%2F%2F127.0.0.1%3A[PORT]%2Foauth"),
        ("https://localhost:1/ [::1]:2", "https://localhost:[PORT]/ [::1]:[PORT]"),
        ("http://127.0.0.1/oauth/callback", "http://127.0.0.1/oauth/callback"),
        ("until 2026-01-01T08:00:00Z, 2026-01-01 08:00:00.5+02:00.", "until [TIME], [TIME]."),
        ("20260101T080000Z", "[TIME]"),
        ("2026-01-01", "2026-01-01"),
        ("code: BCDF-GHJK\n", "code: [USER-CODE]\n"),
        ("XBCDF-GHJK BCDF-GHJK-L", "XBCDF-GHJK BCDF-GHJK-L"),
        ("device-code aoa", "device-code aoa"),
        ("sé 127.0.0.1:80", "sé 127.0.0.1:[PORT]"),
    ] {
        assert_eq!(normalize(text), normal);
    }
    assert_eq!(normalize(&format!("<{}>", issued.access_token)), "<[SECRET]>");
    assert_eq!(normalize(&format!("{} {}", issued.client_secret, issued.client_id)), "[SECRET] [ID]");
    assert_eq!(normalize(&env.home().display().to_string()).replace('\\', "/"), "[TEMP]/home");
}

#[test]
fn token_files_match_the_aws_cli() {
    assert_eq!(TestEnv::token_path("s1"), ".aws/sso/cache/640d87e741e6aa4c669a82a4cd304787960513ab.json");
    assert_eq!(instant(1_767_254_400), "2026-01-01T08:00:00Z");
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let issued = env.sign_in(&center, SESSION);
    assert_eq!(env.token(SESSION)["refreshToken"], json!(issued.refresh_token));
    let path = TestEnv::token_path(SESSION);
    assert_eq!(env.files(".aws/sso"), std::slice::from_ref(&path));
    assert!(env.read(&path).starts_with("{\"startUrl\": \"https://d-1234567890.awsapps.com/start\", \"region\": "));
    #[cfg(unix)]
    assert_eq!([env.mode(&path), env.mode(".aws/sso/cache"), env.mode(".aws")], [0o600, 0o700, 0o700]);
}

/// The browser of `TestEnv::record_browser` on Windows; without its variable it has nothing to record.
#[cfg(not(unix))]
#[test]
fn records_a_url() {
    use std::io::Write as _;
    let Some(log) = super::programs::variable(super::environment::BROWSER_LOG) else { return };
    let mut log = std::fs::File::options().create(true).append(true).open(log).unwrap();
    writeln!(log, "{}", std::env::args().next_back().unwrap()).unwrap();
}

#[test]
fn run_has_streams_and_exit_code() {
    let env = TestEnv::new();
    let run = env.run(["--version"]).ok();
    assert_eq!(run.stdout, format!("sso-oidc {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(run.snapshot(), format!("$ sso-oidc --version\nexit 0\n--- stdout\n{}", run.stdout));
    let run = env.run(["no-such-command"]).expect(252);
    assert!(run.stdout.is_empty() && run.stderr.contains("no-such-command"), "{}", run.snapshot());
}

#[test]
fn user_agent_approves_a_login() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut running = env.spawn(["login", "--sso-session", SESSION, "--no-browser", "--flow", "authorization-code"]);
    let landed = UserAgent::new().approve(&running.authorization_url()).unwrap();
    let run = running.finish().ok();
    assert_eq!(landed.status, 200, "{}\n{}", landed.text(), run.snapshot());
    let token = env.token(SESSION);
    assert!(center.accepts(token["accessToken"].as_str().unwrap()), "{token}");

    let mut running = env.spawn(["login", "--profile", "legacy", "--no-browser"]);
    center.approve(&running.user_code());
    running.finish().ok();
    assert!(center.accepts(env.token(&center.start_url())["accessToken"].as_str().unwrap()));
}
