//! Which session a command uses: by options, environment variables or profiles, the only one, a choice or an error.

use serde_json::json;

use crate::support::environment::SESSION;
use crate::support::identity_center::Approval;
use crate::support::{Endpoint, IdentityCenter, TestEnv};

/// An environment with all settings in variables and no config file.
fn by_variables(center: &IdentityCenter) -> TestEnv {
    let mut env = TestEnv::of(center);
    std::fs::remove_file(env.home().join(".aws/config")).unwrap();
    env.set("SSO_OIDC_START_URL", center.start_url()).set("SSO_OIDC_REGION", center.region());
    env.set("SSO_OIDC_ACCOUNT_ID", "111122223333").set("SSO_OIDC_ROLE_NAME", "Developer");
    env
}

#[test]
fn variables_replace_the_config_file() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let env = by_variables(&center);
    let url = center.start_url();
    let run = env.run(["token"]).expect(4);
    assert!(run.stderr.contains(&format!("run: sso-oidc login --start-url {url} --sso-region")), "{}", run.snapshot());
    env.run(["login"]).ok();
    let token = env.token(&url)["accessToken"].clone();
    assert_eq!(env.run(["token"]).ok().stdout, format!("{}\n", token.as_str().unwrap()));
    let status = env.run(["status"]).ok().json();
    let session = &status["sessions"][0];
    assert_eq!(status["sessions"].as_array().unwrap().len(), 1, "{status}");
    assert_eq!((&session["startUrl"], &session["profiles"]), (&json!(url), &json!([])));
    env.run(["export-credentials"]).ok();
    let request = &center.requests_to(Endpoint::GetRoleCredentials)[0];
    assert_eq!(request.target, "/federation/credentials?role_name=Developer&account_id=111122223333");
    env.run(["logout"]).ok();
    env.run(["status"]).expect(4);
    assert!(!env.home().join(".aws/config").exists());
}

#[test]
fn variables_are_between_the_options_and_the_files() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    let url = center.start_url();
    env.sign_in(&center, SESSION);
    let used = |env: &TestEnv, words: &[&str]| {
        let run = env.run([&["token", "--output", "json"], words].concat());
        if run.status == 0 { run.json()["session"].to_string() } else { run.stderr }
    };
    env.set("SSO_OIDC_START_URL", "https://other.awsapps.com/start").set("SSO_OIDC_REGION", "eu-west-1");
    let other = "not signed in to https://other.awsapps.com/start";
    assert!(used(&env, &[]).contains(other));
    env.set("AWS_PROFILE", "dev");
    assert!(used(&env, &[]).contains(other), "a profile of the environment is below the variables");
    assert_eq!(used(&env, &["--profile", "dev"]), "\"corp\"");
    assert_eq!(used(&env, &["--sso-session", SESSION]), "\"corp\"");
    let by_option = used(&env, &["--start-url", &url]);
    assert!(by_option.contains(&format!("--start-url {url} --sso-region eu-west-1")), "{by_option}");
    env.set("SSO_OIDC_START_URL", "");
    assert!(used(&env, &[]).contains("eu-west-1"), "the region alone replaces the profile's");
    env.set("SSO_OIDC_REGION", "");
    assert_eq!(used(&env, &[]), "\"corp\"", "empty is unset");
}

#[test]
fn errors_name_the_variable() {
    let center = IdentityCenter::start();
    let mut env = by_variables(&center);
    let fails = |env: &TestEnv, words: &str, code: i32, part: &str| {
        let run = env.run(words.split(' ')).expect(code);
        assert!(run.stderr.contains(part), "{part} in {}", run.snapshot());
    };
    env.set("SSO_OIDC_START_URL", "http://my-company.awsapps.com/start");
    fails(&env, "login", 253, "from the environment variable SSO_OIDC_START_URL");
    env.set("SSO_OIDC_START_URL", center.start_url()).set("SSO_OIDC_REGION", "us east");
    fails(&env, "login", 255, "the environment variable SSO_OIDC_REGION");
    env.unset("SSO_OIDC_REGION");
    fails(&env, "login", 253, "hint: SSO_OIDC_START_URL requires SSO_OIDC_REGION");
    env.set("SSO_OIDC_REGION", center.region()).unset("SSO_OIDC_ROLE_NAME");
    fails(&env, "export-credentials", 253, "SSO_OIDC_ACCOUNT_ID requires SSO_OIDC_ROLE_NAME");
    fails(&env, "export-credentials --account-id 1", 253, "--account-id requires --role-name");
    env.unset("SSO_OIDC_ACCOUNT_ID").set("SSO_OIDC_ROLE_NAME", "Developer");
    fails(&env, "export-credentials", 253, "SSO_OIDC_ROLE_NAME requires SSO_OIDC_ACCOUNT_ID");
    env.set("SSO_OIDC_ACCOUNT_ID", "111122223333");
    env.sign_in(&center, &center.start_url());
    env.set("SSO_OIDC_ROLE_NAME", "Admin");
    center.expect_fault(Endpoint::GetRoleCredentials, "ForbiddenException");
    fails(&env, "export-credentials", 254, "(from the environment variable SSO_OIDC_ROLE_NAME)");
}

#[test]
fn variables_of_the_session_do_not_replace_other_credentials() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.set("SSO_OIDC_START_URL", center.start_url()).set("SSO_OIDC_REGION", center.region());
    env.config("[profile keys]\naws_access_key_id = AKIDKEYS\naws_secret_access_key = secret\n");
    env.set("AWS_PROFILE", "keys");
    assert_eq!(env.run(["export-credentials"]).ok().json()["AccessKeyId"], "AKIDKEYS");
    env.unset("AWS_PROFILE").set("AWS_ACCESS_KEY_ID", "AKIDENV").set("AWS_SECRET_ACCESS_KEY", "secret");
    assert_eq!(env.run(["export-credentials"]).ok().json()["AccessKeyId"], "AKIDENV");
    env.set("SSO_OIDC_ACCOUNT_ID", "111122223333").set("SSO_OIDC_ROLE_NAME", "Developer");
    env.run(["export-credentials"]).expect(4);
    env.unset("AWS_ACCESS_KEY_ID").unset("AWS_SECRET_ACCESS_KEY");
    let run = env.run(["create-token-with-iam", "--client-id", "c", "--grant-type", "g", "--region", "us-east-1"]);
    assert!(run.expect(253).stderr.contains("Unable to locate credentials"), "an operation has AWS's chain");
    assert_eq!(center.connections(), 0);
}

/// A config file with these sessions and no profile.
fn with_sessions(center: &IdentityCenter, names: &[&str]) -> TestEnv {
    let env = TestEnv::of(center);
    let (url, region) = (center.start_url(), center.region());
    let section = |name: &&str| format!("[sso-session \"{name}\"]\nsso_start_url = {url}\nsso_region = {region}\n");
    env.config(&names.iter().map(section).collect::<String>());
    env
}

#[test]
fn the_only_session_is_used() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let env = with_sessions(&center, &["my-company"]);
    let run = env.run(["token"]).expect(4);
    assert!(run.stderr.contains("run: sso-oidc login --sso-session my-company"), "{}", run.snapshot());
    env.run(["login", "--use-device-code"]).ok();
    assert_eq!(env.run(["token", "--query", "session"]).ok().json(), json!("my-company"));
    let run = env.run(["export-credentials", "--account-id", "111122223333", "--role-name", "Developer"]).ok();
    assert_eq!(run.stderr, "", "nothing is said where nobody reads it");
    // A default profile without settings changes nothing, one with settings is AWS's rule.
    let sections = env.read(".aws/config");
    env.config(&format!("[default]\nregion = eu-west-1\n{sections}"));
    assert_eq!(env.run(["token", "--query", "session"]).ok().json(), json!("my-company"));
    env.config(&format!("[default]\nsso_session = gone\n{sections}"));
    let run = env.run(["token"]).expect(253);
    assert!(run.stderr.contains("does not exist: \"gone\""), "{}", run.snapshot());
}

#[test]
fn the_only_legacy_profile_is_used() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let keys = format!("sso_start_url = {}\nsso_region = us-east-1\n", center.start_url());
    env.config(&format!("[profile old]\n{keys}[profile older]\n{keys}"));
    let run = env.run(["token"]).expect(4);
    assert!(run.stderr.contains("run: sso-oidc login --profile old"), "{}", run.snapshot());
    let run = env.run(["login", "--interactive", "never"]).expect(4);
    assert!(!run.stderr.contains("source profile"), "{}", run.snapshot());
}

#[test]
fn several_sessions_are_listed_in_the_error() {
    let center = IdentityCenter::start();
    let env = with_sessions(&center, &["a", "b c"]);
    for words in [&["token"][..], &["login"], &["export-credentials", "--account-id", "1", "--role-name", "r"]] {
        let run = env.run(words).expect(253);
        assert!(run.stderr.contains("Several sessions are configured"), "{}", run.snapshot());
        assert!(run.stderr.contains("hint: use --sso-session a, or --sso-session 'b c'"), "{}", run.snapshot());
    }
    assert_eq!(center.connections(), 0);
}

#[test]
fn a_named_profile_without_settings_is_an_error() {
    let center = IdentityCenter::start();
    let mut env = with_sessions(&center, &["corp"]);
    let config = env.read(".aws/config");
    env.config(&format!("[profile plain]\nregion = us-east-1\n{config}"));
    let by_variable = |env: &mut TestEnv| env.set("AWS_PROFILE", "plain").run(["token"]);
    for run in
        [env.run(["token", "--profile", "plain"]), env.run(["login", "--profile", "plain"]), by_variable(&mut env)]
    {
        let run = run.expect(253);
        assert!(run.stderr.contains("The profile \"plain\" has no IAM Identity Center settings"), "{}", run.snapshot());
        assert!(run.stderr.contains("hint: use --sso-session corp"), "{}", run.snapshot());
    }
}

#[test]
fn nothing_configured_names_the_command_that_helps() {
    let env = TestEnv::new();
    for words in [&["login"][..], &["token"], &["export-credentials", "--account-id", "1", "--role-name", "r"]] {
        let run = env.run(words).expect(253);
        let command = "run: sso-oidc login --sso-session NAME --start-url URL --sso-region REGION --save";
        assert!(run.stderr.contains(command) && !run.stderr.contains("aws configure"), "{}", run.snapshot());
    }
    let run = env.run(["aws", "sso", "login"]).expect(253);
    assert!(run.stderr.contains("please run: aws configure sso"), "{}", run.snapshot());
}

#[test]
fn under_the_name_aws_the_rule_is_that_of_aws() {
    let center = IdentityCenter::start();
    let env = with_sessions(&center, &["corp"]);
    let run = env.run(["aws", "sso", "login"]).expect(253);
    assert!(run.stderr.contains("please run: aws configure sso"), "{}", run.snapshot());
}

#[test]
fn headers_without_the_word_are_explained() {
    let center = IdentityCenter::start();
    let env = with_sessions(&center, &["corp"]);
    let config = env.read(".aws/config");
    for header in ["[corp]", "[sso_session corp]", "[session corp]", "[sso corp]"] {
        env.config(&config.replace("[sso-session \"corp\"]", header));
        for words in [&["login"][..], &["token"], &["token", "--sso-session", "corp"]] {
            let run = env.run(words).expect(253);
            let hint = format!("{header}, is not a valid section; it must be [sso-session corp]");
            assert!(run.stderr.contains(&hint), "{}", run.snapshot());
        }
    }
    // The others are listed, too.
    let more = ["a", "b"].map(|name| format!("[sso-session {name}]\n{}\n", config.split_once('\n').unwrap().1));
    env.config(&(more.concat() + "[corp]\nsso_start_url = https://x.awsapps.com/start\n"));
    let run = env.run(["token"]).expect(253);
    assert!(run.stderr.contains("use --sso-session a, or --sso-session b; line "), "{}", run.snapshot());
    // A section of another program.
    env.config("[session x]\nkey = value\n");
    let run = env.run(["token"]).expect(253);
    assert!(!run.stderr.contains("[session x]"), "{}", run.snapshot());
}

#[test]
fn the_only_profile_with_a_role_is_used() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    let config = env.read(".aws/config").replace("[profile legacy]", "[other]");
    env.config(&config);
    let run = env.run(["export-credentials"]).ok();
    assert_eq!(run.stderr, "");
    env.set("AWS_ACCESS_KEY_ID", "AKIDENV").set("AWS_SECRET_ACCESS_KEY", "secret");
    assert_eq!(env.run(["export-credentials"]).ok().json()["AccessKeyId"], "AKIDENV");
    env.unset("AWS_ACCESS_KEY_ID").unset("AWS_SECRET_ACCESS_KEY");
    let second = "[profile prod]\nsso_session = corp\nsso_account_id = 2\nsso_role_name = r\n";
    env.config(&format!("{config}{second}"));
    let run = env.run(["export-credentials"]).expect(253);
    assert!(run.stderr.contains("hint: use --profile dev, or --profile prod"), "{}", run.snapshot());
}

#[test]
fn a_mistyped_name_is_corrected() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let run = env.run(["login", "--profile", "dvv"]).expect(255);
    assert!(run.stderr.contains("hint: did you mean dev?"), "{}", run.snapshot());
    let run = env.run(["token", "--sso-session", "cor"]).expect(253);
    assert!(run.stderr.contains("sso-sessions in") && run.stderr.contains(": corp"), "{}", run.snapshot());
}
