//! `--serve`: keeps the Identity Center running, to try things against it by hand.
//!
//! The printed function runs a command in a separate home, so that a logout does not end the user's own sessions.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::display;
use crate::environment::{Environment, NAME, PROFILE};
use crate::identity_center::{Approval, IdentityCenter};

/// A start URL that has the region, so that a first login does not look for it on a page of AWS.
const START_URL: &str = "https://ssoins-1234567890abcdef.us-east-1.portal.amazonaws.com";

/// Serves until Ctrl-C and prints each request.
pub(crate) fn serve(port: u16, approves: bool) -> Result<(), Box<dyn Error>> {
    let center = IdentityCenter::start_on(port);
    center.serve(START_URL).tolerate_everything().tolerate_fast_polls().accept_key(
        "AKIAIOSFODNN7EXAMPLE",
        "example-secret-key",
        None,
    );
    if approves {
        center.approval(Approval::AtOnce);
    }
    let environment = Environment::new(center, approves)?;
    let config = format!(
        "{}\n[profile legacy]\nsso_start_url = {}\nsso_region = {region}\nsso_account_id = 111122223333\n\
         sso_role_name = Developer\nregion = {region}\n\n\
         [profile iam]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = example-secret-key\n\
         region = {region}\n",
        environment.config(),
        environment.center.start_url(),
        region = environment.center.region(),
    );
    fs::write(environment.aws().join("config"), config)?;
    display::print_line(&instructions(&environment, approves));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut printed = 0;
        loop {
            tokio::select! {
                end = tokio::signal::ctrl_c() => return end,
                () = tokio::time::sleep(Duration::from_millis(100)) => printed = print_requests(&environment, printed),
            }
            if display::is_closed() {
                return Ok(());
            }
        }
    })?;
    display::print_line("\nThe Identity Center has stopped; the temporary home was removed.");
    Ok(())
}

/// The path of the program, which `cargo run --example` does not build.
fn program() -> PathBuf {
    let examples = std::env::current_exe().unwrap_or_default();
    let built = examples.ancestors().nth(2).unwrap_or(Path::new("")).join("sso-oidc");
    built.with_extension(std::env::consts::EXE_EXTENSION)
}

fn instructions(environment: &Environment, approves: bool) -> String {
    let program = program();
    let mut text = format!("Identity Center listening on {}; press Ctrl-C to stop\n\n", environment.center.url());
    if !program.exists() {
        text += "Build the program first:\n\n  cargo build --release\n\n";
    }
    // The shell keeps its own home, in which cargo and others find their files.
    text += "In another shell, a function that runs a command in the demo's home:\n\n";
    let mut variables = vec![
        ("HOME", environment.home().display().to_string()),
        ("AWS_CONFIG_FILE", environment.aws().join("config").display().to_string()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ("NO_PROXY", "127.0.0.1".to_owned()),
    ];
    variables.extend(environment.endpoints());
    text += "  demo() {\n    env";
    for (name, value) in variables {
        let _ = write!(text, " \\\n      {name}='{value}'");
    }
    text += " \"$@\"\n  }\n\nThen, for example:\n\n";
    let program = program.display();
    for (command, meaning) in [
        (
            format!("demo '{program}' login --sso-session {NAME}"),
            "authorization code flow, or device code without a display",
        ),
        (format!("demo '{program}' login --profile legacy"), "device code flow"),
        (format!("demo '{program}' configure"), "a profile for a role that you choose"),
        (
            format!("demo env -u AWS_CONFIG_FILE HOME=\"$(mktemp -d)\" '{program}' login"),
            &format!("a first login, in an empty home; the start URL is {}", environment.center.start_url()),
        ),
        (format!("demo '{program}' export-credentials --profile {PROFILE}"), "role credentials"),
        (format!("demo aws sso login --sso-session {NAME}"), "the same with AWS CLI v2"),
        (format!("demo aws configure export-credentials --profile {PROFILE}"), "role credentials with the AWS CLI"),
        (
            format!(
                "demo python3 -c \"import boto3; print(boto3.Session(profile_name='{PROFILE}').get_credentials())\""
            ),
            "role credentials with boto3",
        ),
    ] {
        let _ = write!(text, "  {command}\n      {meaning}\n");
    }
    let arn = environment.center.application_arn();
    let _ = writeln!(text, "\nFor create-token-with-iam: --profile iam --client-id {arn}");
    if approves {
        text += "Logins are approved automatically.\n";
    }
    text + "\nRequests:\n"
}

/// Prints the requests after the first `printed`, and returns the number of all.
fn print_requests(environment: &Environment, printed: usize) -> usize {
    let requests = environment.center.requests();
    for request in &requests[printed..] {
        display::print_line(&format!("  {}", display::request(request)));
    }
    requests.len()
}

#[cfg(unix)]
#[test]
fn only_the_function_has_the_home_of_the_demo() {
    let environment = Environment::new(IdentityCenter::start(), true).expect("a temporary home");
    let text = instructions(&environment, true);
    let function =
        text.split_once("  demo() {").and_then(|(_, rest)| rest.split_once("\n  }\n")).expect("the function").0;
    let script = format!("demo() {{{function}\n}}\necho $HOME; demo sh -c 'echo $HOME'");
    let output = std::process::Command::new("sh").args(["-c", &script]).env("HOME", "/own").output().expect("sh runs");
    let homes = format!("/own\n{}\n", environment.home().display());
    assert_eq!(String::from_utf8_lossy(&output.stdout), homes, "{script}");
    for command in ["login", "configure"] {
        assert!(text.contains(&format!("demo '{}' {command}", program().display())), "{text}");
    }
    let region = sso_oidc::internal::region_of_start_url(START_URL);
    assert_eq!(region, Some(environment.center.region()), "a first login requests no page");
}
