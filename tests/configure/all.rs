//! `configure --all`: a profile for every role of every account, at once.

use std::time::Duration;

use serde_json::json;

use super::{configure, section, session_section, signed_in};
use crate::support::identity_center::{Endpoint, Reply};
use crate::support::{IdentityCenter, TestEnv};

const ROLES: [&str; 3] = ["Admin", "Developer", "ReadOnly"];

fn account(number: usize) -> String {
    format!("{:012}", 100 + number)
}

/// An organization of so many accounts with three roles each, and their sections.
fn organization(center: &IdentityCenter, accounts: usize) -> String {
    center.disentitle();
    let mut sections = String::new();
    for number in 0..accounts {
        let (id, name) = (account(number), format!("Team {number:03} (prod)"));
        center.entitle_only(&id, &name, &ROLES);
        for role in ROLES {
            let header = format!("profile Team-{number:03}-prod.{role}");
            sections += &section(&header, &id, role, "region = us-east-1\n");
        }
    }
    sections
}

#[test]
fn a_large_organization_behind_a_service_that_throttles() {
    let center = IdentityCenter::start();
    center.page_size(7).throttle_lists(80);
    let sections = organization(&center, 120);
    let env = signed_in(&center);
    let own = "# comment\n\n[profile mine]\n  region: x\n; end";
    env.config(&(session_section(&center) + own));
    let throttled = Reply::json(429, &json!({"message": "HTTP 429 Unknown Code"}));
    center.next_n(Endpoint::ListAccountRoles, 40, &Reply::genuine().delay(Duration::from_millis(20)));
    center.next_n(Endpoint::ListAccountRoles, 20, &throttled);
    let run = configure(&env, &["--all"]).ok();
    let path = env.path(".aws/config");
    assert!(run.stderr.starts_with(&format!("added 360 profiles in {}\n", path.display())), "{}", run.snapshot());
    let written = env.read(".aws/config");
    assert_eq!(written, session_section(&center) + own + "\n" + &sections);
    let throttled = center.requests().iter().filter(|request| request.status == 429).count();
    assert!(throttled >= 20, "{throttled} requests were throttled");
    assert!((2..=16).contains(&center.most_at_once()), "{} requests at once", center.most_at_once());
    // A connection is free only a moment after its response.
    assert!(center.connections() <= 24, "{} connections", center.connections());

    let unchanged = std::fs::metadata(&path).unwrap().modified().unwrap();
    let again = configure(&env, &["--all"]).ok();
    assert!(again.stderr.contains("added 0 profiles, 360 unchanged in "), "{}", again.snapshot());
    assert_eq!(env.read(".aws/config"), written);
    assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), unchanged);
}

#[test]
fn profiles_with_other_settings_are_kept_and_named() {
    let center = IdentityCenter::start();
    let env = signed_in(&center);
    let own = "\n[profile Development.Developer]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = Developer\n";
    env.config(&(session_section(&center) + own));
    let run = configure(&env, &["--all"]).ok();
    assert!(run.stderr.contains("added 1 profile in "), "{}", run.snapshot());
    let kept = "kept 1 profile with different settings: Development.Developer; pass --overwrite to replace them\n";
    assert!(run.stderr.contains(kept), "{}", run.snapshot());
    let added = section("profile Development.ReadOnly", "111122223333", "ReadOnly", "region = us-east-1\n");
    assert_eq!(env.read(".aws/config"), session_section(&center) + own + &added);
    let run = configure(&env, &["--all", "--overwrite"]).ok();
    assert!(run.stderr.contains("added 0 profiles, replaced 1, 1 unchanged in "), "{}", run.snapshot());
    let replaced = own.replace("account_id = 1", "account_id = 111122223333");
    assert_eq!(env.read(".aws/config"), session_section(&center) + &replaced + &added);
}

#[test]
fn a_region_of_ones_own_is_not_another_setting() {
    let center = IdentityCenter::start();
    let env = signed_in(&center);
    configure(&env, &["--all"]).ok();
    let own = env.read(".aws/config").replacen("\nregion = us-east-1", "\nregion = eu-west-1", 1);
    env.config(&own);
    assert!(configure(&env, &["--all"]).ok().stderr.contains("2 unchanged"));
    assert_eq!(env.read(".aws/config"), own);
    assert!(configure(&env, &["--all", "--region", "us-east-1"]).ok().stderr.contains("kept 1 profile with"));
}

#[test]
fn names_come_from_the_template() {
    let center = IdentityCenter::start();
    let account = "444455556666";
    center.entitle_only(account, "Ünï  会社 [x]", &["Admin"]).entitle_only("777788889999", "", &["Admin"]);
    let env = signed_in(&center);
    configure(&env, &["--all", "--name", "my {session}/{account_name}:{account_id} {role_name}"]).ok();
    let written = env.read(".aws/config");
    for header in [
        "[profile \"my corp/Development:111122223333 ReadOnly\"]",
        "[profile \"my corp/n-x:444455556666 Admin\"]",
        "[profile \"my corp/777788889999:777788889999 Admin\"]",
    ] {
        assert!(written.contains(header), "{written}");
    }
    env.run(["export-credentials", "--profile", "my corp/n-x:444455556666 Admin"]).ok();
}

#[test]
fn two_roles_of_one_name_are_an_error_before_anything_is_written() {
    let center = IdentityCenter::start();
    center.entitle_only("444455556666", "Development", &["Developer"]);
    let env = signed_in(&center);
    let before = env.read(".aws/config");
    for (name, words) in [
        (
            "{account_name}.{role_name}",
            "Two roles would get the profile `Development.Developer`: Developer in Development \
          (111122223333) and Developer in Development (444455556666)",
        ),
        ("x", "Two roles would get the profile `x`: Developer in Development (111122223333) and ReadOnly in"),
    ] {
        let run = configure(&env, &["--all", "--name", name]).expect(252);
        assert!(run.stderr.contains(words), "{}", run.snapshot());
        assert!(run.stderr.contains("--name '{account_id}.{role_name}'"), "{}", run.snapshot());
        assert_eq!(env.read(".aws/config"), before);
    }
    let run = configure(&env, &["--all", "--name", "a\n{account_id}{role_name}"]).expect(255);
    assert!(run.stderr.contains("Unable to write config file: "), "{}", run.snapshot());
    assert_eq!(env.read(".aws/config"), before);
}

#[test]
fn roles_of_one_name_are_selected() {
    let center = IdentityCenter::start();
    center.entitle_only("444455556666", "Other", &["Admin", "ReadOnly"]);
    let env = signed_in(&center);
    let run = configure(&env, &["--all", "--role-name", "ReadOnly", "--dry-run"]).ok();
    let of = |name: &str, id| section(&format!("profile {name}.ReadOnly"), id, "ReadOnly", "region = us-east-1\n");
    let expected = of("Development", "111122223333") + &of("Other", "444455556666");
    assert_eq!(run.stdout, expected[1..]);
    let path = env.path(".aws/config");
    assert_eq!(run.stderr, format!("would add 2 profiles in {}\n", path.display()));
    assert_eq!(env.read(".aws/config"), session_section(&center));
    let one = configure(&env, &["--all", "--role-name", "ReadOnly", "--account-id", "444455556666", "--dry-run"]).ok();
    assert_eq!(one.stdout, of("Other", "444455556666")[1..]);
}

#[test]
fn a_dry_run_prints_the_new_session_too() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.config("");
    env.set("SSO_OIDC_FLOW", "device-code");
    center.approval(crate::support::Approval::AtOnce);
    let url = center.start_url();
    let words =
        ["configure", "--all", "--sso-session", "new", "--start-url", &url, "--dry-run", "--sso-region", "us-east-1"];
    let run = env.run(words).ok();
    assert!(run.stdout.starts_with(&format!("[sso-session new]\nsso_start_url = {url}\n")), "{}", run.snapshot());
    assert_eq!(run.stdout.matches("\n\n[profile Development.").count(), 2, "{}", run.snapshot());
    assert_eq!(env.read(".aws/config"), "");
}
