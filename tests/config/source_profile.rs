//! `source_profile`: every command finds the session of the profile whose credentials assume a role.

use crate::support::environment::SESSION;
use crate::support::identity_center::Approval;
use crate::support::{IdentityCenter, TestEnv};

const ROLE: &str = "role_arn = arn:aws:iam::111122223333:role/x\n";

/// `chained` assumes a role with the credentials of `middle`, and that with those of `dev`, which has the session.
fn chained(center: &IdentityCenter) -> TestEnv {
    let env = TestEnv::of(center);
    let config = env.read(".aws/config");
    env.config(&format!(
        "{config}\n[profile chained]\n{ROLE}source_profile = middle\n[profile middle]\n{ROLE}source_profile = dev\n\
         [profile old]\n{ROLE}source_profile = legacy\n"
    ));
    env
}

#[test]
fn commands_use_the_session_of_the_source() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let env = chained(&center);
    let named = "profile chained: using the session corp of its source profile dev\n";
    let run = env.run(["login", "--profile", "chained", "--use-device-code"]).ok();
    assert_eq!(run.stderr.matches(named).count(), 1, "{}", run.snapshot());
    let token = env.token(SESSION)["accessToken"].as_str().unwrap().to_owned();
    let run = env.run(["token", "--profile", "chained"]).ok();
    assert_eq!((run.stdout, run.stderr.as_str()), (token + "\n", named));
    let run = env.run(["status", "--profile", "chained"]).ok();
    assert_eq!((&run.json()["sessions"][0]["session"], run.stderr.as_str()), (&SESSION.into(), named));
    let run = env.run(["export-credentials", "--profile", "chained", "--role-name", "ReadOnly"]).ok();
    assert_eq!(run.stderr, named);
    assert_eq!(center.requests().last().unwrap().parameter("role_name"), Some("ReadOnly"));
    let run = env.run(["logout", "--profile", "chained"]).ok();
    assert_eq!(run.stderr.matches(named).count(), 1, "{}", run.snapshot());
    assert!(!env.home().join(TestEnv::token_path(SESSION)).exists());
    let run = env.run(["token", "--profile", "old"]).expect(4);
    let url = center.start_url();
    let named = format!("profile old: using the session {url} of its source profile legacy\n");
    assert!(run.stderr.starts_with(&named) && run.stderr.contains("login --profile legacy"), "{}", run.snapshot());
}

#[test]
fn a_session_of_the_profile_itself_comes_first() {
    let center = IdentityCenter::start();
    let env = chained(&center);
    env.sign_in(&center, SESSION);
    let config = env.read(".aws/config").replace("[profile chained]\n", "[profile chained]\nsso_session = corp\n");
    env.config(&config.replace("source_profile = middle", "source_profile = none"));
    let run = env.run(["token", "--profile", "chained"]).ok();
    assert_eq!(run.stderr, "");
}

#[test]
fn sources_without_a_session_are_errors_that_name_the_profile() {
    let center = IdentityCenter::start();
    let keys = "aws_access_key_id = A\naws_secret_access_key = s\n";
    let missing = "The profile \"p\" has no IAM Identity Center settings";
    for (config, text) in [
        (format!("[profile p]\n{ROLE}source_profile = p\n"), "Infinite loop in credential configuration detected."),
        (
            format!("[profile p]\n{ROLE}source_profile = q\n[profile q]\n{ROLE}source_profile = p\n"),
            "already been visited. Visited profiles: ['p', 'q']",
        ),
        (
            format!("[profile p]\n{ROLE}source_profile = none\n"),
            "The source_profile \"none\" referenced in the profile \"p\" does not exist.",
        ),
        (
            format!("[profile p]\n{ROLE}source_profile = q\n[profile q]\nsso_session = none\n"),
            "The specified sso-session does not exist: \"none\"",
        ),
        // As in the credential chain: without a role nothing is followed, and the keys of a source are its credentials.
        ("[profile p]\nsource_profile = dev\n".to_owned(), missing),
        (format!("[profile p]\n{ROLE}source_profile = q\n[profile q]\n{keys}{ROLE}source_profile = dev\n"), missing),
        (format!("[profile p]\n{ROLE}web_identity_token_file = f\nsource_profile = dev\n"), missing),
    ] {
        let env = chained(&center);
        env.config(&(env.read(".aws/config") + &config));
        for command in ["login", "token", "status", "logout"] {
            let run = env.run([command, "--profile", "p"]).expect(253);
            assert!(run.stderr.contains(text), "{}", run.snapshot());
            assert_eq!(run.stdout, "", "{command}");
        }
    }
    assert_eq!(center.connections(), 0);
}
