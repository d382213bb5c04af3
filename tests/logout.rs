//! `logout`: which files it removes and keeps, which sessions it revokes, and that it removes files even if the service fails.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::environment::SESSION;
#[cfg(target_os = "linux")]
use crate::support::screen::Screen;
use crate::support::{Endpoint, IdentityCenter, Issued, Reply, TestEnv, wait_until};

const ROLE: &str = r#"{"ProviderType": "sso", "Credentials": {"AccessKeyId": "canary"}}"#;
const ASSUMED: &str = r#"{"Credentials": {"AccessKeyId": "kept"}}"#;
const REGISTRATION: &str = r#"{"clientId": "c", "clientSecret": "s", "expiresAt": "2100-01-01T00:00:00Z"}"#;

/// Two sessions, `corp` and `lab`, a legacy profile's token, a registration, and role credentials.
fn signed_in() -> (IdentityCenter, TestEnv, Vec<Issued>) {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let url = center.start_url();
    let lab = format!("\n[sso-session lab]\nsso_start_url = {url}\nsso_region = us-east-1\n");
    env.config(&(env.read(".aws/config") + &lab));
    let issued = [SESSION, "lab", &url].map(|key| env.sign_in(&center, key));
    env.write(".aws/sso/cache/registration.json", REGISTRATION);
    env.write(".aws/cli/cache/role.json", ROLE).write(".aws/cli/cache/assumed.json", ASSUMED);
    (center, env, issued.into())
}

fn events(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

#[test]
fn all_tokens_and_role_credentials_are_removed_and_revoked() {
    let (center, env, issued) = signed_in();
    env.let_expire_in("lab", -60);
    let run = env.run(["logout"]).ok();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    assert_eq!(env.files(".aws/sso"), [".aws/sso/cache/registration.json"]);
    assert_eq!(env.files(".aws/cli"), [".aws/cli/cache/assumed.json"]);
    assert_eq!(center.calls(), [Endpoint::Logout; 3]);
    assert!(issued.iter().all(|issued| !center.accepts(&issued.access_token)));
    env.run(["logout"]).ok();
    assert_eq!(center.calls().len(), 3, "nothing is left to revoke");
    env.run(["token", "--sso-session", SESSION]).expect(4);
}

#[test]
fn options_select_sessions() {
    let (center, env, issued) = signed_in();
    let run = env.run(["logout", "--sso-session", SESSION]).ok();
    assert_eq!(run.stdout, "");
    assert_eq!(run.stderr, "2 other sessions are still signed in; to sign out of all, run: sso-oidc logout\n");
    assert!(!center.accepts(&issued[0].access_token) && center.accepts(&issued[1].access_token));
    assert!(!env.home().join(TestEnv::token_path(SESSION)).exists());
    assert!(env.home().join(TestEnv::token_path("lab")).exists());
    assert_eq!(env.files(".aws/cli"), [".aws/cli/cache/assumed.json"], "role credentials do not name their session");
    let run = env.run(["logout", "--profile", "legacy"]).ok();
    assert_eq!(run.stderr, "1 other session is still signed in; to sign out of all, run: sso-oidc logout\n");
    let run = env.run(["logout", "--sso-session", SESSION, "--sso-session", "lab"]).ok();
    assert_eq!(run.stderr, "corp: was not signed in\n");
    assert_eq!(center.calls(), [Endpoint::Logout; 3]);
    env.run(["logout", "--sso-session", "none"]).expect(253);
    env.run(["logout", "--profile", "none"]).expect(255);
    env.run(["logout", "now"]).expect(252);
}

#[test]
fn a_profile_from_the_environment_selects_nothing() {
    let (_center, mut env, _) = signed_in();
    env.set("AWS_PROFILE", "dev");
    env.run(["logout"]).ok();
    assert_eq!(env.files(".aws/sso"), [".aws/sso/cache/registration.json"]);
}

#[test]
fn forget_clients_removes_registrations() {
    let (_center, env, issued) = signed_in();
    let of_corp = json!({"clientId": issued[0].client_id, "clientSecret": "s", "expiresAt": "2100-01-01T00:00:00Z"});
    env.write(".aws/sso/cache/of-corp.json", of_corp.to_string());
    env.run(["logout", "--sso-session", SESSION, "--forget-clients"]).ok();
    let left = env.files(".aws/sso");
    assert!(left.contains(&".aws/sso/cache/registration.json".to_owned()), "{left:?}");
    assert!(!left.contains(&".aws/sso/cache/of-corp.json".to_owned()), "{left:?}");
    env.run(["logout", "--forget-clients"]).ok();
    assert_eq!(env.files(".aws/sso"), [""; 0]);
}

#[test]
fn files_are_removed_whatever_the_service_answers() {
    for (reply, words) in [
        (Some(Reply::json(500, &json!({}))), "An error occurred (500) when calling the Logout operation"),
        (Some(Reply::html(302, "")), "The response to the Logout operation is a redirect"),
        (Some(Reply::html(200, "<p>Sign in to the WiFi</p>")), "The response to the Logout operation is a web page"),
        (Some(Reply::hang_up()), "Connection was closed"),
        (None, "Could not connect to the endpoint URL"),
    ] {
        let (center, mut env, _) = signed_in();
        env.set("AWS_MAX_ATTEMPTS", "1");
        match reply {
            Some(reply) => drop(center.next_n(Endpoint::Logout, 3, &reply)),
            None => drop(env.set("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:9")),
        }
        let run = env.run(["logout"]).ok();
        assert_eq!(env.files(".aws/sso"), [".aws/sso/cache/registration.json"], "{words}");
        assert_eq!(env.files(".aws/cli"), [".aws/cli/cache/assumed.json"], "{words}");
        assert_eq!(run.stdout, "");
        let warnings = run.stderr.lines().filter(|line| line.starts_with("WARNING: ") && line.contains(words)).count();
        assert_eq!(warnings, 3, "{words}: {}", run.snapshot());
        assert!(
            run.stderr.contains("corp: signed out locally, but the session could not be revoked"),
            "{}",
            run.snapshot()
        );
    }
}

#[test]
fn a_session_that_has_already_ended_causes_no_warning() {
    let (center, env, _) = signed_in();
    center.end_sessions();
    for _ in 0..3 {
        center.expect_fault(Endpoint::Logout, "UnauthorizedException");
    }
    let run = env.run(["logout"]).ok();
    assert_eq!(run.stderr, "");
}

#[test]
fn all_sessions_are_revoked_at_once_and_a_silent_service_is_given_up() {
    let (center, env, issued) = signed_in();
    center.next_n(Endpoint::Logout, 3, &Reply::never());
    let mut running = env.spawn(["logout"]);
    wait_until("three requests while none is answered", || {
        assert!(running.is_running(), "it ended before it sent all requests");
        center.calls().len() == 3
    });
    // The files are removed before the service is called.
    assert!(!env.home().join(TestEnv::token_path(SESSION)).exists());
    let run = running.finish().ok();
    assert!(
        run.stderr.contains("corp: signed out locally, but the session could not be revoked: no response"),
        "{}",
        run.snapshot()
    );
    assert!(issued.iter().all(|issued| !run.stderr.contains(&issued.access_token)));
}

#[test]
fn damaged_and_foreign_files() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let cache = ".aws/sso/cache";
    let token = |region: &str| {
        json!({"accessToken": "canary", "region": region, "expiresAt": "2100-01-01T00:00:00Z"}).to_string()
    };
    for (name, text) in [
        ("torn.json", "{\"accessToken\": \"canary"),
        ("trailing.json", "{\"accessToken\": \"canary\"}\"}"),
        ("no-region.json", "{\"accessToken\": \"canary\"}"),
        ("number.json", "{\"accessToken\": 5}"),
        ("evil-region.txt", token("evil.example/x#").as_str()),
    ] {
        env.write(&format!("{cache}/{name}"), text);
    }
    // Not readable as text, under a name that only this cache uses.
    env.write(&TestEnv::token_path("x"), [0xff, 0xfe, 0x00]);
    let kept = [("junk.txt", "junk"), ("list.json", "[\"accessToken\"]"), ("n.json", "5"), ("other.json", "{}")];
    for (name, text) in kept {
        env.write(&format!("{cache}/{name}"), text);
    }
    let run = env.run(["logout"]).ok();
    assert_eq!(env.files(".aws/sso"), kept.map(|(name, _)| format!("{cache}/{name}")));
    assert_eq!(center.connections(), 0);
    assert!(run.stderr.contains("the cached token has no region"), "{}", run.snapshot());
    assert!(!run.stderr.contains("canary"), "{}", run.snapshot());
}

/// Only root can give files away.
#[cfg(unix)]
#[test]
fn a_file_of_another_user_stays_and_the_rest_is_removed() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let (_center, env, _) = signed_in();
    let path = env.home().join(TestEnv::token_path("lab"));
    std::os::unix::fs::chown(&path, Some(54321), Some(54321)).unwrap();
    let run = env.run(["logout"]).expect(255);
    assert!(run.stderr.contains("cannot remove all files"), "{}", run.snapshot());
    assert!(run.stderr.contains(&path.display().to_string()), "{}", run.snapshot());
    assert_eq!(env.files(".aws/sso").len(), 2);
    assert_eq!(env.files(".aws/cli"), [".aws/cli/cache/assumed.json"]);
}

#[test]
fn output_json_prints_an_event_for_each_session() {
    let (center, env, _) = signed_in();
    let run = env.run(["logout", "--output", "json"]).ok();
    let mut events = events(&run.stdout);
    events.sort_by_key(|event| event["session"].to_string());
    let event = |session: Value| {
        json!({
            "event": "logged_out", "startUrl": center.start_url(), "session": session, "region": "us-east-1",
            "revoked": true, "message": null,
        })
    };
    assert_eq!(events, [event(json!("corp")), event(json!("lab")), event(Value::Null)]);
    assert_eq!(run.stderr, "");
    env.sign_in(&center, SESSION);
    center.next_n(Endpoint::Logout, 3, &Reply::json(500, &json!({})));
    let run = env.run(["logout", "--output", "json"]).ok();
    let failed = &self::events(&run.stdout)[0];
    assert_eq!(failed["revoked"], json!(false));
    assert!(failed["message"].as_str().is_some_and(|words| words.contains("(500)")), "{failed}");
}

#[test]
fn endpoint_url_applies_to_logout() {
    let (center, mut env, _) = signed_in();
    env.unset("AWS_ENDPOINT_URL_SSO").unset("AWS_ENDPOINT_URL_SSO_OIDC");
    env.run(["logout", "--endpoint-url", &center.url()]).ok();
    assert_eq!(center.calls(), [Endpoint::Logout; 3]);
}

#[test]
fn a_token_being_refreshed_is_not_stored_again() {
    let (center, env, _) = signed_in();
    env.let_expire_in(SESSION, -10);
    center.next(Endpoint::CreateToken, Reply::genuine().delay(Duration::from_millis(700)));
    let mut token = env.spawn(["token", "--sso-session", SESSION]);
    wait_until("the refresh", || {
        assert!(token.is_running(), "it ended before it sent the request");
        !center.calls().is_empty()
    });
    env.run(["logout", "--sso-session", SESSION]).ok();
    let printed = token.finish().ok().stdout;
    assert!(!env.home().join(TestEnv::token_path(SESSION)).exists());
    assert!(!center.accepts(printed.trim_end()), "the refreshed token was ended, not the one before it");
}

#[cfg(target_os = "linux")]
#[test]
fn a_person_reads_what_was_removed() {
    let (center, env, _) = signed_in();
    let mut screen = Screen::new(110);
    center.next(Endpoint::Logout, Reply::genuine().delay(Duration::from_millis(700)));
    let (_, text, _) = env.on_terminal(&["logout", "--sso-session", SESSION]).finish();
    assert!(text.contains("ending the sessions"), "{text}");
    screen.write(&text);
    screen.write(&env.on_terminal(&["logout"]).finish().1);
    screen.write(&env.on_terminal(&["logout"]).finish().1);
    let url = center.start_url();
    let lines = screen.lines();
    for line in [
        "✓ Signed out of corp and removed the credentials of 1 role",
        "2 other sessions are still signed in; to sign out of all, run: sso-oidc logout",
        "not signed in to any session",
    ] {
        assert!(lines.contains(&line.to_owned()), "{line}: {lines:?}");
    }
    let both = [format!("✓ Signed out of lab, {url}"), format!("✓ Signed out of {url}, lab")];
    assert!(both.iter().any(|line| lines.contains(line)), "{lines:?}");
}
