//! `configure`: profiles for the roles of a session, from options.

mod all;
mod config_file;
mod lists;
#[cfg(target_os = "linux")]
mod terminal;

use crate::support::environment::SESSION;
use crate::support::identity_center::{Approval, Endpoint};
use crate::support::{IdentityCenter, Run, TestEnv};

/// A config file with the session only.
fn session_section(center: &IdentityCenter) -> String {
    format!("[sso-session {SESSION}]\nsso_start_url = {}\nsso_region = us-east-1\n", center.start_url())
}

/// An environment with the session only, signed in.
fn signed_in(center: &IdentityCenter) -> TestEnv {
    let env = TestEnv::of(center);
    env.config(&session_section(center));
    env.sign_in(center, SESSION);
    env
}

/// Runs `configure` for the session.
fn configure(env: &TestEnv, options: &[&str]) -> Run {
    env.run(["configure", "--sso-session", SESSION].iter().chain(options).copied())
}

fn section(header: &str, account: &str, role: &str, more: &str) -> String {
    format!("\n[{header}]\nsso_session = corp\nsso_account_id = {account}\nsso_role_name = {role}\n{more}")
}

const DEVELOPER: [&str; 4] = ["--account-id", "111122223333", "--role-name", "Developer"];

#[test]
fn a_profile_is_written_in_the_form_of_aws() {
    let center = IdentityCenter::start();
    let env = signed_in(&center);
    let before = env.read(".aws/config");
    let run = configure(&env, &[&DEVELOPER[..], &["--profile", "dev", "--region", "eu-west-1"]].concat()).ok();
    assert_eq!(run.stdout, "");
    let path = env.path(".aws/config");
    let words = format!("saved [profile dev] in {}\ntry: aws s3 ls --profile dev\n", path.display());
    assert_eq!(run.stderr, words);
    let dev = section("profile dev", "111122223333", "Developer", "region = eu-west-1\n");
    assert_eq!(env.read(".aws/config"), before.clone() + &dev);
    assert_eq!(center.calls(), [Endpoint::ListAccounts, Endpoint::ListAccountRoles]);
    let again = configure(&env, &[&DEVELOPER[..], &["--profile", "dev"]].concat()).ok();
    assert!(again.stderr.starts_with("[profile dev] in "), "{}", again.snapshot());
    configure(&env, &[&DEVELOPER[..], &["--output-format", "yaml"]].concat()).ok();
    let named =
        section("profile Development.Developer", "111122223333", "Developer", "region = us-east-1\noutput = yaml\n");
    assert_eq!(env.read(".aws/config"), before + &dev + &named);
    env.run(["export-credentials", "--profile", "dev"]).ok();
}

#[test]
fn a_profile_with_other_settings_is_kept_unless_told() {
    let center = IdentityCenter::start();
    let env = signed_in(&center);
    let own = "# mine\n[profile dev]\nregion = eu-central-1\nsso_role_name = Other ; x\n# end\n";
    env.config(&(session_section(&center) + own));
    let before = env.read(".aws/config");
    let to_dev = [&DEVELOPER[..], &["--profile", "dev"]].concat();
    for more in [&[][..], &["--dry-run"]] {
        let run = configure(&env, &[&to_dev[..], more].concat()).expect(252);
        assert!(
            run.stderr.contains("the profile dev already exists with different settings: [profile dev] ("),
            "{}",
            run.snapshot()
        );
        assert!(run.stderr.contains("pass --overwrite"), "{}", run.snapshot());
        assert_eq!(center.calls(), [], "before a login in vain");
        assert_eq!(env.read(".aws/config"), before);
    }
    configure(&env, &[&to_dev[..], &["--overwrite"]].concat()).ok();
    let replaced = "# mine\n[profile dev]\nregion = eu-central-1\nsso_role_name = Developer\n\
                    sso_session = corp\nsso_account_id = 111122223333\n# end\n";
    assert_eq!(env.read(".aws/config"), session_section(&center) + replaced);
}

#[test]
fn a_profile_of_the_credentials_file_is_kept_too() {
    let center = IdentityCenter::start();
    let env = signed_in(&center);
    env.credentials("[dev]\naws_access_key_id = x\naws_secret_access_key = y\n");
    let before = env.read(".aws/config");
    let run = configure(&env, &[&DEVELOPER[..], &["--profile", "dev"]].concat()).expect(252);
    assert!(
        run.stderr.contains("the profile dev already exists with different settings: [dev] ("),
        "{}",
        run.snapshot()
    );
    assert_eq!(env.read(".aws/config"), before);
}

#[test]
fn keys_that_take_precedence_are_named() {
    let center = IdentityCenter::start();
    let env = signed_in(&center);
    let role = "[profile dev]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = y\n";
    env.config(&(session_section(&center) + role));
    let overwrite = [&DEVELOPER[..], &["--profile", "dev", "--overwrite"]].concat();
    let run = configure(&env, &overwrite).expect(252);
    assert!(run.stderr.contains("its role_arn would take precedence"), "{}", run.snapshot());
    assert!(env.read(".aws/config").ends_with(role));
    // The start URL of a legacy profile must not differ from that of the session.
    let legacy = "[profile dev]\nsso_start_url = https://other.awsapps.com/start\nsso_region = eu-west-1\n";
    env.config(&(session_section(&center) + legacy));
    configure(&env, &overwrite).ok();
    let expected =
        format!("[profile dev]\nsso_start_url = {}\nsso_region = us-east-1\nsso_session", center.start_url());
    assert!(env.read(".aws/config").contains(&expected), "{}", env.read(".aws/config"));
    env.run(["export-credentials", "--profile", "dev"]).ok();
}

#[test]
fn an_account_or_role_that_is_not_there_is_an_error_with_those_that_are() {
    let center = IdentityCenter::start();
    center.entitle_only("444455556666", "Ünï\u{202e} & Co", &["Admin"]).entitle_only("777788889999", "", &[]);
    let env = signed_in(&center);
    let before = env.read(".aws/config");
    let accounts = ":\n  Development (111122223333)\n  Ünï & Co (444455556666)\n  777788889999\n";
    let roles = ":\n  Developer\n  ReadOnly\n";
    for (options, words) in [
        (&["--account-id", "999"][..], format!("the session corp has no account `999`; it has{accounts}")),
        (&["--account-id", "999", "--all"], format!("the session corp has no account `999`; it has{accounts}")),
        (&["--account-id", "999", "--output", "json"], format!("has no account `999`; it has{accounts}")),
        (&["--account-id", "111122223333", "--role-name", "x"], {
            format!("the account Development (111122223333) has no role `x`; it has{roles}")
        }),
        (&["--all", "--role-name", "x"], "the session corp has no role `x`; it has:\n  Admin\n  Developer\n".into()),
        (&["--role-name", "x"], format!("Missing --account-id: the session corp has 3 accounts{accounts}")),
        (&["--account-id", "111122223333"], {
            format!("Missing --role-name: the account Development (111122223333) has 2 roles{roles}")
        }),
    ] {
        let run = configure(&env, options).expect(252);
        assert!(run.stderr.contains(&words), "{words}\n{}", run.snapshot());
        assert_eq!((run.stdout.as_str(), env.read(".aws/config")), ("", before.clone()));
    }
    let run = configure(&env, &["--account-id", "777788889999"]).expect(255);
    assert!(run.stderr.contains("the account 777788889999 has no roles"), "{}", run.snapshot());
    // The only role of an account needs no name.
    configure(&env, &["--account-id", "444455556666", "--profile", "admin"]).ok();
    center.disentitle();
    for options in [&[][..], &["--all"]] {
        let run = configure(&env, options).expect(255);
        assert!(run.stderr.contains("the session corp has no accounts"), "{}", run.snapshot());
    }
}

#[test]
fn options_that_contradict_each_other_are_refused_without_a_request() {
    let center = IdentityCenter::start();
    let env = signed_in(&center);
    for (options, words) in [
        (&["--output", "json", "--all"][..], "--output and --query print the accounts and roles and write no profile"),
        (&["--query", "accounts", "--dry-run"], "--output and --query print"),
        (&["--name", "x", "--profile", "y"], "--name cannot be used with --profile"),
        (
            &["--all", "--name", "{account}"],
            "Invalid value `{account}` for --name; the placeholders are {account_name}, ",
        ),
        (&["--interactive", "x"], "Invalid value `x` for --interactive; expected auto, always or never"),
        (&["--output-format", "x"], "Invalid value `x` for --output-format"),
    ] {
        let run = configure(&env, options).expect(252);
        assert!(run.stderr.contains(words), "{}", run.snapshot());
    }
    configure(&env, &["--region", "a/b"]).expect(255);
    assert_eq!(center.connections(), 0);
}

#[test]
fn it_signs_in_first_and_saves_the_session() {
    let center = IdentityCenter::start();
    center.approval(Approval::AfterPolls(1));
    let mut env = TestEnv::of(&center);
    env.config("");
    env.set("AWS_PROFILE", "not-there-yet");
    let url = center.start_url();
    let login = ["configure", "--sso-session", "new", "--start-url", &url, "--sso-region", "us-east-1"];
    let run = env.run(login.iter().chain(&DEVELOPER).chain(&["--use-device-code", "--no-browser"]).copied()).ok();
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("Please visit the following URL:"), "{}", run.snapshot());
    let saved = format!(
        "[sso-session new]\nsso_start_url = {url}\nsso_region = us-east-1\nsso_registration_scopes = sso:account:access\n"
    );
    let profile = section("profile Development.Developer", "111122223333", "Developer", "region = us-east-1\n");
    assert_eq!(env.read(".aws/config"), saved + &profile.replace("corp", "new"));
    env.unset("AWS_PROFILE");
    env.run(["login", "--sso-session", "new"]).ok();
    let refused = env.run(["configure", "--sso-session", "new", "--start-url", "https://x.awsapps.com/start"]);
    assert!(refused.expect(252).stderr.contains("is configured with"));
}

#[test]
fn a_legacy_profile_has_the_session_in_itself() {
    let center = IdentityCenter::start();
    let env = signed_in(&center);
    let url = center.start_url();
    env.sign_in(&center, &url);
    let run =
        env.run(["configure", "--start-url", &url, "--sso-region", "us-east-1"].iter().chain(&DEVELOPER).copied());
    assert!(run.ok().stderr.contains("[profile Development.Developer]"));
    let expected = format!(
        "\n[profile Development.Developer]\nsso_start_url = {url}\nsso_region = us-east-1\nsso_account_id = 111122223333\n\
         sso_role_name = Developer\nregion = us-east-1\n"
    );
    assert!(env.read(".aws/config").ends_with(&expected));
    env.run(["export-credentials", "--profile", "Development.Developer"]).ok();
}

#[test]
fn the_profile_to_write_selects_its_own_session() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    let run = env.run(["configure", "--profile", "dev", "--role-name", "ReadOnly", "--overwrite"]).ok();
    assert!(run.stderr.contains("saved [profile dev]"), "{}", run.snapshot());
    assert!(env.read(".aws/config").starts_with(
        "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\nregion = us-east-1\n\n"
    ));
}

#[test]
fn the_variable_may_name_the_profile_to_write() {
    let center = IdentityCenter::start();
    let mut env = signed_in(&center);
    env.set("AWS_PROFILE", "dev");
    env.run(["configure", "--profile", "dev"].iter().chain(&DEVELOPER).copied()).ok();
    let dev = section("profile dev", "111122223333", "Developer", "region = us-east-1\n");
    assert_eq!(env.read(".aws/config"), session_section(&center) + &dev);
    // It selects the session, not the profile to write.
    let run = env.run(["configure"].iter().chain(&DEVELOPER).copied()).ok();
    assert!(run.stderr.contains("saved [profile Development.Developer]"), "{}", run.snapshot());
}

#[test]
fn nothing_is_opened_where_nobody_can_sign_in() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let before = env.read(".aws/config");
    let run = configure(&env, &["--all", "--interactive", "never"]).expect(4);
    assert!(run.stderr.contains("not signed in to corp: no cached token"), "{}", run.snapshot());
    assert_eq!((center.connections(), env.read(".aws/config")), (0, before));
}
