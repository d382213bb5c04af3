//! Configuration errors of `login`: file, section and key are named, nothing is sent, nothing is written.

use super::success;
use crate::support::environment::{CONFIG, SESSION};
use crate::support::identity_center::Approval;
use crate::support::{IdentityCenter, TestEnv};

#[test]
fn configuration_errors_send_nothing() {
    let center = IdentityCenter::start();
    let (url, login) = (center.start_url(), "login --profile p");
    let session = |lines: &str| format!("[profile p]\nsso_session = s\n[sso-session s]\n{lines}");
    for (config, words, code, said) in [
        (
            String::new(),
            "login",
            253,
            vec!["No sso-session is configured in", "--sso-session NAME --start-url URL --sso-region REGION --save"],
        ),
        (String::new(), "login --profile nope", 255, vec!["The config profile (nope) could not be found"]),
        (String::new(), "login --sso-session zz", 253, vec!["does not exist: \"zz\"", "--sso-session", CONFIG]),
        (session(""), login, 253, vec!["sso_start_url, sso_region", "[sso-session s]", CONFIG]),
        (session(&format!("sso_start_url = {url}\n")), login, 253, vec!["values: sso_region.", "[sso-session s]"]),
        (session("sso_region = us-east-1\n"), login, 253, vec!["values: sso_start_url.", "[sso-session s]"]),
        (
            session(&format!("sso_start_url = {}\nsso_region = us-east-1\n", url.replace("https", "http"))),
            login,
            253,
            vec!["must use the https scheme", "start URL `http:", "[sso-session s]"],
        ),
        (session(&format!("sso_start_url = {url}\nsso_region = us east\n")), login, 255, vec!["'us east'"]),
        (
            session(&format!("sso_start_url = {url}\nsso_region = us-east-1\nsso_redirect_port = x\n")),
            login,
            253,
            vec!["sso_redirect_port", "line 6"],
        ),
        (
            session(&format!("sso_start_url = {url}\nsso_region = us-east-1\nsso_login_flow = magic\n")),
            login,
            253,
            vec!["magic", "sso_login_flow", "line 6"],
        ),
        ("[profile p\nx".to_owned(), login, 255, vec!["Unable to parse config file", "line 1"]),
        ("[profile p]\na = 1\n[profile p]\n".to_owned(), login, 255, vec!["Unable to parse config file", "line 3"]),
    ] {
        let env = TestEnv::of(&center);
        env.config(&config);
        let run = env.run(words.split(' ')).expect(code);
        for part in said {
            assert!(run.stderr.contains(part), "{part:?} in {}", run.snapshot());
        }
        assert!(run.stdout.is_empty(), "{}", run.snapshot());
        assert_eq!(env.files(".aws"), [".aws/config"]);
    }
    assert_eq!(center.connections(), 0);
}

#[test]
fn quotes_around_a_value_are_named_with_their_place() {
    let center = IdentityCenter::start();
    let note = "; the quotes are part of the value: remove them";
    let configured = |url: &str, region: &str, more: &str| {
        format!(
            "[profile p]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n{more}\n[sso-session s]\n\
             sso_start_url = {url}\nsso_region = {region}\n"
        )
    };
    let url = center.start_url();
    let quoted = |value: &str| format!("\"{value}\"");
    for (config, words, key, line) in [
        (configured(&quoted(&url), "us-east-1", ""), &["login"][..], "sso_start_url", 7),
        (configured(&url, "'us-east-1'", ""), &["login"], "sso_region", 8),
        (
            configured(&url, "us-east-1", "sso_session = \"s\"").replacen("sso_session = s\n", "\n", 1),
            &["token"],
            "sso_session",
            5,
        ),
        (configured(&url, "us-east-1", "endpoint_url = \"http://x\""), &["login"], "endpoint_url", 5),
        (configured(&url, "us-east-1", "ca_bundle = \"x.pem\""), &["login --no-browser"], "ca_bundle", 5),
        (configured(&url, "us-east-1", "max_attempts = \"3\""), &["login"], "max_attempts", 5),
        (configured(&url, "us-east-1", "services = \"x\""), &["login"], "services", 5),
        (configured(&url, "us-east-1", "output = \"json\""), &["status"], "output", 5),
        (configured(&url, "us-east-1", "") + "sso_login_flow = 'auto'\n", &["login"], "sso_login_flow", 9),
    ] {
        let mut env = TestEnv::new();
        env.set("HTTPS_PROXY", "http://127.0.0.1:9").config(&config);
        for command in words {
            let run = env.run(format!("{command} --profile p").split(' '));
            let path = env.path(".aws/config");
            let place = format!("line {line}{note}");
            let is_named = run.stderr.contains(&place) && run.stderr.contains(&format!("`{key}` in ["));
            assert!(is_named && run.stderr.contains(&path.display().to_string()), "{}", run.snapshot());
        }
    }
    let mut env = TestEnv::new();
    env.set("AWS_REGION", "\"us-east-1\"");
    let run = env.run(["register-client", "--client-name", "n", "--client-type", "public"]).expect(255);
    assert!(run.stderr.contains(&format!("from the environment variable AWS_REGION{note}")), "{}", run.snapshot());
}

#[test]
fn quotes_and_white_space_in_a_variable_are_named() {
    let quotes = "; the quotes are part of the value: remove them";
    let line_end = "; the value ends with a carriage return: remove it";
    let blank = "; white space around the value is part of it: remove it";
    let register = "register-client --client-name n --client-type public";
    for (variable, value, command, note) in [
        ("AWS_PROFILE", "\"p\"", "login", quotes),
        ("AWS_PROFILE", "p\r", "token", line_end),
        ("AWS_PROFILE", " p", "export-credentials", blank),
        ("AWS_REGION", "us-east-1\r", register, line_end),
        ("AWS_REGION", "us-east-1 ", register, blank),
        ("AWS_DEFAULT_OUTPUT", "json\r", "status", line_end),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "'http://127.0.0.1:9'", "export-credentials", quotes),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ipv4\r", "export-credentials", line_end),
    ] {
        let mut env = TestEnv::new();
        env.set("AWS_EC2_METADATA_DISABLED", "false").set(variable, value);
        env.config("[profile p]\nsso_start_url = https://d-1.awsapps.com/start\nsso_region = us-east-1\n");
        let run = env.run(command.split(' '));
        let place = format!("the environment variable {variable}{note}");
        assert!(run.status != 0 && run.stderr.contains(&place), "{place}: {}", run.snapshot());
    }
}

#[test]
fn start_url_without_configuration() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let mut env = TestEnv::of(&center);
    env.config("");
    env.set("SSO_OIDC_FLOW", "device-code");
    let url = center.start_url();
    env.run(["login", "--start-url", &url, "--sso-region", "us-east-1"]).ok();
    assert!(center.accepts(env.token(&url)["accessToken"].as_str().unwrap()), "as a legacy profile, under the URL");
    env.run(["login", "--start-url", &url, "--sso-region", "us-east-1", "--sso-session", "new"]).ok();
    assert!(center.accepts(env.token("new")["accessToken"].as_str().unwrap()));
    assert!(env.token("new")["refreshToken"].is_string(), "a session has the default scope");
    let run = env.run(["login", "--start-url", &url]).expect(253);
    assert!(run.stderr.contains("--sso-region"), "{}", run.snapshot());
    let portal = "https://ssoins-1.portal.us-east-1.app.aws";
    center.serve(portal);
    env.run(["login", "--start-url", portal]).ok();
}

#[test]
fn save_changes_nothing_else() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let mut env = TestEnv::of(&center);
    env.set("SSO_OIDC_FLOW", "device-code");
    let before = "# mine\r\n[profile x]\r\nregion=eu-west-1   \r\n\r\n; the end\r\n";
    env.config(before);
    let url = center.start_url();
    env.run(["login", "--start-url", &url, "--sso-region", "us-east-1", "--sso-session", "new", "--save"]).ok();
    let after = env.read(".aws/config");
    assert!(after.starts_with(before), "{after:?}");
    assert!(
        after.contains("[sso-session new]\r\n") && after.contains(&format!("sso_start_url = {url}\r\n")),
        "{after:?}"
    );
    // The saved session is the one that was signed in to.
    env.run(["token", "--sso-session", "new"]).ok();
    let run = env.run(["login", "--sso-session", "new"]).ok();
    assert_eq!(run.stdout, success(&url));
    assert!(run.stderr.starts_with("already signed in to new"), "{}", run.snapshot());
    let run = env.run([
        "login",
        "--start-url",
        "https://other.awsapps.com/start",
        "--sso-region",
        "us-east-1",
        "--sso-session",
        "new",
    ]);
    assert!(run.expect(252).stderr.contains("--start-url"), "one name, one URL");
}

#[test]
fn a_wrong_region_gets_a_hint() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let fault = crate::support::identity_center::Reply::fault("InvalidRequestRegionException")
        .with("region", serde_json::json!("eu-north-1"));
    center.next(crate::support::identity_center::Endpoint::RegisterClient, fault);
    let run = env.run(["login", "--sso-session", SESSION, "--flow", "device-code"]).expect(254);
    let line = format!("{CONFIG}, line");
    for part in ["change sso_region to eu-north-1", "region `us-east-1` from `sso_region` in", &line] {
        assert!(run.stderr.contains(part), "{part}: {}", run.snapshot());
    }
}
