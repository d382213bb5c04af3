//! The whole program, from the first login to the last logout. `.ci/platforms` runs these tests with programs for other
//! systems and processors, so they use nothing but the program, its files and its streams.

use std::fs::File;
use std::thread;
use std::time::Duration;

use crate::login::success;
use crate::support::environment::{SESSION, TestEnv, program};
use crate::support::process::Running;
use crate::support::{Approval, Endpoint, IdentityCenter, Reply, UserAgent, count, wait_until};

const TOKEN: [&str; 3] = ["token", "--sso-session", SESSION];
const EXPORT: [&str; 3] = ["export-credentials", "--profile", "dev"];
const LOGIN: [&str; 6] = ["login", "--sso-session", SESSION, "--flow", "authorization-code", "--no-browser"];
const DEVICE_LOGIN: [&str; 5] = ["login", "--sso-session", SESSION, "--use-device-code", "--no-browser"];

fn signed_in() -> (IdentityCenter, TestEnv) {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    (center, env)
}

fn stored(env: &TestEnv) -> String {
    env.token(SESSION)["accessToken"].as_str().unwrap().to_owned()
}

#[test]
fn help_and_version() {
    let env = TestEnv::new();
    assert!(env.run(["--version"]).ok().stdout.starts_with("sso-oidc "));
    assert!(env.run(["help"]).ok().stdout.contains("export-credentials"));
    for command in ["login", "token", "status", "export-credentials", "logout", "register-client", "create-token"] {
        assert!(env.run([command, "help"]).ok().stdout.contains(command), "{command}");
    }
    assert!(env.run(["no-such-command"]).expect(252).stderr.contains("no-such-command"));
    env.run(TOKEN).expect(253);
}

#[test]
fn operations_and_formats() {
    let center = IdentityCenter::start();
    center.approval(Approval::ByPerson).tolerate_fast_polls();
    let mut env = TestEnv::of(&center);
    env.set("AWS_REGION", center.region());
    let register = ["register-client", "--client-name", "smoke", "--client-type", "public"];
    let client = env.run(register).ok().json();
    for (format, begins) in [("json", "{"), ("yaml", "clientId: "), ("text", ""), ("table", "---")] {
        let run = env.run(register.iter().chain(&["--output", format])).ok();
        assert!(run.stdout.starts_with(begins), "{}", run.snapshot());
    }
    let id = env.run(register.iter().chain(&["--query", "clientId", "--output", "text"])).ok().stdout;
    assert_eq!(id.lines().count(), 1, "{id}");
    let secrets = serde_json::json!({"clientId": client["clientId"], "clientSecret": client["clientSecret"]});
    env.write("secrets.json", secrets.to_string());
    let from_file = |words: &[&str]| {
        env.run(words.iter().copied().chain(["--cli-input-json", "file://~/secrets.json"]).collect::<Vec<_>>())
    };
    let device = from_file(&["start-device-authorization", "--start-url", &center.start_url()]).ok().json();
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let create = ["create-token", "--grant-type", grant, "--device-code", device["deviceCode"].as_str().unwrap()];
    let pending = from_file(&create).expect(254);
    assert!(pending.stderr.contains("AuthorizationPendingException"), "{}", pending.snapshot());
    center.approve(device["userCode"].as_str().unwrap());
    let token = from_file(&create).ok().json();
    assert!(center.accepts(token["accessToken"].as_str().unwrap()));
}

#[test]
fn from_login_to_logout() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    env.run(TOKEN).expect(4);
    let mut login = env.spawn(LOGIN);
    UserAgent::new().approve(&login.authorization_url()).unwrap();
    let run = login.finish().ok();
    assert!(run.stdout.ends_with(&success(&center.start_url())), "{}", run.snapshot());
    assert_eq!(env.run(TOKEN).ok().stdout, format!("{}\n", stored(&env)));
    let header = env.run(TOKEN.iter().chain(&["--header"])).ok().stdout;
    assert_eq!(header, format!("x-amz-sso_bearer_token: {}\n", stored(&env)));
    assert_eq!(env.run(["status", "--output", "json"]).ok().json()["sessions"][0]["session"], SESSION);
    assert!(env.run(EXPORT).ok().json()["SecretAccessKey"].is_string());
    for (format, begins) in
        [("env", "export AWS_ACCESS_KEY_ID="), ("powershell", "$Env:AWS_"), ("windows-cmd", "set AWS_")]
    {
        let run = env.run(EXPORT.iter().chain(&["--format", format])).ok();
        assert!(run.stdout.starts_with(begins), "{}", run.snapshot());
    }
    for (argument, code) in [("--version", 0), ("no-such-command", 252)] {
        let words = EXPORT.map(Into::into).into_iter().chain(["--".into(), program().into(), argument.into()]);
        env.run(words.collect::<Vec<std::ffi::OsString>>()).expect(code);
    }
    env.run(EXPORT.iter().chain(&["--", "no-such-program"])).expect(127);
    env.run(["logout"]).ok();
    env.run(TOKEN).expect(4);
    assert!(env.files(".aws").iter().all(|name| !name.contains("/cli/cache/") || crate::login::is(name, "lock")));
    assert_eq!(center.requests_to(Endpoint::Logout).len(), 1);
}

#[test]
fn device_login_over_tls() {
    let center = IdentityCenter::start_tls();
    let env = TestEnv::of(&center);
    let mut login = env.spawn(DEVICE_LOGIN);
    center.approve(&login.user_code());
    login.finish().ok();
    assert!(center.accepts(&stored(&env)));
    env.command(DEVICE_LOGIN.iter().chain(&["--force"])).env_remove("AWS_CA_BUNDLE").run().expect(255);
}

#[test]
fn a_legacy_profile_signs_in_with_the_device_code() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let env = TestEnv::of(&center);
    env.run(["login", "--profile", "legacy", "--no-browser"]).ok();
    let token = env.token(&center.start_url());
    let run = env.run(["token", "--profile", "legacy"]).ok();
    assert_eq!(run.stdout.trim_end(), token["accessToken"].as_str().unwrap());
}

#[test]
fn a_token_is_refreshed_again_and_again() {
    let (center, env) = signed_in();
    for _ in 0..3 {
        let before = env.let_expire_in(SESSION, -10);
        assert_eq!(env.run(TOKEN).ok().stdout, format!("{}\n", stored(&env)));
        assert_ne!(env.token(SESSION)["refreshToken"], before["refreshToken"]);
    }
    center.end_sessions();
    env.let_expire_in(SESSION, -10);
    center.expect_fault(Endpoint::CreateToken, "InvalidGrantException");
    env.run(TOKEN).expect(4);
}

/// `.ci/platforms` sets the number of storms.
#[test]
fn storms_of_processes_share_one_refresh() {
    for storm in 0..count("SSO_OIDC_TEST_STORMS", 1) {
        let (center, env) = signed_in();
        env.let_expire_in(SESSION, -10);
        center.next(Endpoint::CreateToken, Reply::genuine().delay(Duration::from_millis(500)));
        let all: Vec<_> = (0..20).map(|_| env.spawn(TOKEN)).collect();
        let runs: Vec<_> = all.into_iter().map(Running::finish).collect();
        for run in runs {
            let run = run.ok();
            let printed = (run.stdout.as_str(), run.stderr.as_str());
            assert_eq!(printed, (format!("{}\n", stored(&env)).as_str(), ""), "storm {storm}");
        }
        assert_eq!(center.calls(), [Endpoint::CreateToken], "storm {storm}");
    }
}

/// A virus scanner, a backup or an editor: Windows does not replace or remove a file that is open.
#[test]
fn a_program_that_has_the_file_open_loses_nothing() {
    let (center, env) = signed_in();
    center.approval(Approval::AtOnce);
    let path = env.home().join(TestEnv::token_path(SESSION));
    let held = |run: &dyn Fn()| {
        let file = File::open(&path).unwrap();
        thread::scope(|scope| {
            scope.spawn(move || {
                thread::sleep(Duration::from_millis(1500));
                drop(file);
            });
            run();
        });
    };
    env.let_expire_in(SESSION, -10);
    held(&|| assert!(center.accepts(env.run(TOKEN).ok().stdout.trim_end())));
    assert!(center.accepts(&stored(&env)));
    let refreshed = stored(&env);
    held(&|| drop(env.run(DEVICE_LOGIN.iter().chain(&["--force"])).ok()));
    assert!(stored(&env) != refreshed && center.accepts(&stored(&env)));
    held(&|| drop(env.run(["logout"]).ok()));
    assert!(!path.exists());
}

#[test]
fn a_waiting_login_names_the_process_that_asks() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut first = env.spawn(LOGIN);
    let url = first.authorization_url();
    let mut second = env.spawn(LOGIN);
    second.wait_for_stderr(|text| text.contains("is already signing in to corp; waiting for it").then_some(()));
    UserAgent::new().approve(&url).unwrap();
    first.finish().ok();
    second.finish().ok();
    assert_eq!(center.requests_to(Endpoint::CreateToken).len(), 1);
}

#[test]
fn a_killed_process_leaves_no_lock() {
    let (center, env) = signed_in();
    env.let_expire_in(SESSION, -10);
    center
        .next(Endpoint::CreateToken, Reply::fault("InternalServerException").status(500).delay(Duration::from_secs(5)));
    let mut first = env.spawn(TOKEN);
    wait_until("the request", || !center.requests().is_empty());
    first.kill();
    drop(first);
    env.run(TOKEN).ok();
}
