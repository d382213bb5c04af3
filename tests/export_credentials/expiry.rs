//! Role credentials whose expiry is past or not a time at all.

use serde_json::{Value, json};

use super::{export, in_seconds, role_file, role_path, signed_in};
use crate::support::{Endpoint, Reply};

fn role_credentials(expiration: &Value) -> Reply {
    let keys =
        json!({"accessKeyId": "ASIA1", "secretAccessKey": "canary", "sessionToken": "t", "expiration": expiration});
    Reply::json(200, &json!({"roleCredentials": keys}))
}

#[test]
fn expired_credentials_from_the_portal_are_refused() {
    let (center, env) = signed_in();
    for expiration in [1_000_000_000_000_u64, 0] {
        center.next(Endpoint::GetRoleCredentials, role_credentials(&json!(expiration)));
        let run = export(&env, &[]).expect(253);
        assert!(run.stderr.contains("the refreshed credentials are still expired"), "{}", run.snapshot());
        assert!(run.stdout.is_empty() && !run.stderr.contains("canary"), "{}", run.snapshot());
        assert!(!env.home().join(role_path("Developer")).exists());
    }
    env.write(&role_path("Developer"), role_file("S", &in_seconds(&env, 600)));
    center.next(Endpoint::GetRoleCredentials, role_credentials(&json!(1_000_000_000_000_u64)));
    let run = export(&env, &[]).ok();
    assert_eq!(run.json()["AccessKeyId"], "ASIACACHED", "those in the cache are valid");
    assert!(env.read(role_path("Developer")).contains("ASIACACHED"));
}

#[test]
fn an_expiry_beyond_the_calendar_is_an_error_of_the_reply() {
    let (center, env) = signed_in();
    for expiration in [253_402_300_800_000, i64::MAX, i64::MIN, -1] {
        center.next(Endpoint::GetRoleCredentials, role_credentials(&json!(expiration)));
        let run = export(&env, &[]).expect(255);
        let message = "The response to the GetRoleCredentials operation has an unusable expiration";
        assert!(run.stderr.contains(message), "{expiration}: {}", run.snapshot());
        assert!(!env.home().join(role_path("Developer")).exists());
    }
    center.next(Endpoint::GetRoleCredentials, role_credentials(&json!(253_402_300_799_999_u64)));
    assert_eq!(export(&env, &[]).ok().json()["Expiration"], "9999-12-31T23:59:59+00:00");
}

#[test]
fn a_date_beyond_the_calendar_is_ignored() {
    let (center, mut env) = signed_in();
    env.set("AWS_MAX_ATTEMPTS", "1");
    // In UTC it is in the year 10000.
    let date = "Fri, 31 Dec 9999 23:59:59 -0100";
    center.next(Endpoint::GetRoleCredentials, Reply::json(503, &json!({})).header("Retry-After", date));
    let run = export(&env, &[]).expect(254);
    assert!(run.stderr.contains("try again later"), "{}", run.snapshot());
    center.next(Endpoint::GetRoleCredentials, Reply::genuine().header("Date", date));
    export(&env, &[]).ok();
}

#[test]
fn min_ttl_is_the_least_that_credentials_last() {
    let (center, mut env) = signed_in();
    let cached = |env: &crate::support::TestEnv| {
        env.write(&role_path("Developer"), role_file("S", &in_seconds(env, 1_000)));
    };
    cached(&env);
    assert_eq!(export(&env, &["--min-ttl", "15m"]).ok().json()["AccessKeyId"], "ASIACACHED");
    assert_eq!(center.calls(), []);
    assert!(export(&env, &["--min-ttl", "30m"]).ok().json()["AccessKeyId"] != "ASIACACHED");
    assert_eq!(center.calls(), [Endpoint::GetRoleCredentials]);
    let run = export(&env, &["--min-ttl", "2h"]).expect(255);
    assert!(run.stdout.is_empty() && run.stderr.contains(", but --min-ttl requires 2 h"), "{}", run.snapshot());
    export(&env, &["--min-ttl", "2h", "--", "/bin/sh", "-c", "echo ran"]).expect(255);
    // Credentials that are too short do not stand in for new ones.
    cached(&env);
    env.set("AWS_MAX_ATTEMPTS", "1");
    center.next(Endpoint::GetRoleCredentials, Reply::json(503, &json!({})));
    export(&env, &["--min-ttl", "30m"]).expect(254);
    export(&env, &["--min-ttl", "soon"]).expect(252);
    env.config("[profile dev]\naws_access_key_id = AKIDFILE\naws_secret_access_key = s\n");
    assert_eq!(export(&env, &["--min-ttl", "10d"]).ok().json()["AccessKeyId"], "AKIDFILE");
}
