//! The cache files that a login writes, and what it does about those it finds.

use std::path::Path;

use serde_json::json;

use super::{LOGIN, is, sign_in};
use crate::support::environment::{SESSION, token_document};
use crate::support::identity_center::{Endpoint, Reply};
use crate::support::{IdentityCenter, TestEnv};

#[test]
fn a_registration_with_an_expiry_beyond_the_calendar_is_stored() {
    for (expires_at, stored) in [
        (i64::MAX, "9999-12-31T23:59:59Z"),
        (253_402_300_800, "9999-12-31T23:59:59Z"),
        // The year -249 in the calendar, which no timestamp in a file can have.
        (-70_000_000_000, "1970-01-01T00:00:00Z"),
        (i64::MIN, "1970-01-01T00:00:00Z"),
    ] {
        let center = IdentityCenter::start();
        let env = TestEnv::of(&center);
        center.next(Endpoint::RegisterClient, Reply::genuine().with("clientSecretExpiresAt", json!(expires_at)));
        sign_in(&env, &[]).ok();
        assert_eq!(env.token(SESSION)["registrationExpiresAt"], json!(stored), "{expires_at}");
    }
}

/// Makes something in the place of a file.
#[cfg(unix)]
type Make = dyn Fn(&TestEnv, &Path);

#[cfg(unix)]
fn elsewhere(env: &TestEnv) -> std::path::PathBuf {
    env.home().join("elsewhere")
}

#[test]
fn login_writes_token_registration_and_locks() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    sign_in(&env, &[]).ok();
    let files = env.files(".aws/sso");
    let (documents, others): (Vec<_>, Vec<_>) = files.iter().partition(|name| is(name, "json"));
    assert_eq!(documents.len(), 2, "{files:?}");
    assert!(others.iter().all(|name| is(name, "lock")), "{files:?}");
    for name in &files {
        #[cfg(unix)]
        assert_eq!(env.mode(name), 0o600, "{name}");
        assert!(!env.read(name).ends_with('\n') || is(name, "lock"), "{name}");
    }
    #[cfg(unix)]
    assert_eq!([env.mode(".aws/sso/cache"), env.mode(".aws/sso")], [0o700, 0o700]);
    for secret in center.secrets() {
        assert!(others.iter().all(|name| !env.read(name).contains(&secret)), "a lock holds a secret");
    }
}

#[test]
fn damaged_files_are_reported_and_replaced() {
    let center = IdentityCenter::start();
    for damage in [
        "",
        "[]",
        "5",
        "null",
        "{\"accessToken\": \"x\"}",
        "{\"accessToken\": \"x\", \"expiresAt\": \"then\"}",
        "\u{0}\u{1}",
        "{\"a\":",
    ] {
        let env = TestEnv::of(&center);
        env.write(&TestEnv::token_path(SESSION), damage);
        let run = sign_in(&env, &[]).ok();
        assert!(run.stderr.contains("the cached token is damaged: it"), "{damage:?}: {}", run.snapshot());
        assert!(center.accepts(env.token(SESSION)["accessToken"].as_str().unwrap()));
    }
}

#[test]
#[cfg(unix)]
fn links_and_pipes_are_replaced_not_followed() {
    let center = IdentityCenter::start();
    let make: [(&str, &Make); 3] = [
        ("a link to a file", &|env, path| {
            std::fs::write(elsewhere(env), "kept").unwrap();
            std::os::unix::fs::symlink(elsewhere(env), path).unwrap();
        }),
        ("a link to nothing", &|env, path| std::os::unix::fs::symlink(elsewhere(env), path).unwrap()),
        ("a pipe", &|_, path| assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success())),
    ];
    for (what, make) in make {
        let env = TestEnv::of(&center);
        env.write(".aws/sso/cache/placeholder", "");
        let path = env.home().join(TestEnv::token_path(SESSION));
        make(&env, &path);
        sign_in(&env, &[]).ok();
        assert!(std::fs::symlink_metadata(&path).unwrap().is_file(), "{what}");
        let kept = std::fs::read_to_string(elsewhere(&env)).unwrap_or_default();
        assert!(kept.is_empty() || kept == "kept", "{what}");
    }
}

#[test]
fn unwritable_home_is_reported_before_the_browser_opens() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    // A directory in place of the file stops root as well.
    std::fs::create_dir_all(env.home().join(TestEnv::token_path(SESSION))).unwrap();
    let run = env.run(LOGIN).expect(255);
    assert!(run.stderr.contains("a directory, not a file"), "{}", run.snapshot());
    assert_eq!(center.calls(), []);
    assert!(run.stdout.is_empty(), "{}", run.snapshot());
}

#[test]
fn files_of_the_aws_cli_are_reused() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let issued = center.issue_for_authorization_code();
    let token = format!(
        "{{\"startUrl\": \"{}\", \"region\": \"{}\", \"accessToken\": \"{}\", \"expiresAt\": \"2020-01-01T00:00:00UTC\", \
         \"clientId\": \"{}\", \"clientSecret\": \"{}\", \"registrationExpiresAt\": \"2100-01-01T00:00:00Z\", \"refreshToken\": \"{}\"}}",
        center.start_url(),
        center.region(),
        issued.access_token,
        issued.client_id,
        issued.client_secret,
        issued.refresh_token
    );
    env.write(&TestEnv::token_path(SESSION), token);
    env.run(LOGIN).ok();
    assert_eq!(center.calls(), [Endpoint::CreateToken]);
    // The next login uses the same registration.
    let registration = format!(
        "{{\"clientId\": \"{}\", \"clientSecret\": \"{}\", \"expiresAt\": \"2100-01-01T00:00:00Z\", \"scopes\": \
         [\"sso:account:access\"], \"grantTypes\": [\"authorization_code\", \"refresh_token\"]}}",
        issued.client_id, issued.client_secret
    );
    env.write(".aws/sso/cache/7c2d8c8f6ba4ba5a9b0b4b7d2f4b0a7a8f1c9f60.json", &registration);
    let mut document = token_document(&center, &issued);
    document["expiresAt"] = json!("2020-01-01T00:00:00Z");
    drop(document);
    sign_in(&env, &["--force"]).ok();
    let written = env.files(".aws/sso").into_iter().filter(|name| is(name, "json")).map(|name| env.read(name));
    assert!(written.filter(|text| text.contains("grantTypes")).count() >= 1);
}
