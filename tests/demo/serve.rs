//! `--serve`: keeps the Identity Center running, to try things against it by hand.
//!
//! The printed lines set a separate home, so that a logout does not end the user's own sessions.

use std::error::Error;
use std::fs;
use std::time::Duration;

use crate::display;
use crate::environment::{Environment, NAME};
use crate::identity_center::{Approval, IdentityCenter};

/// Serves until Ctrl-C and prints each request.
pub(crate) fn serve(port: u16, approves: bool) -> Result<(), Box<dyn Error>> {
    let center = IdentityCenter::start_on(port);
    center.tolerate_everything().tolerate_fast_polls().accept_key("AKIAIOSFODNN7EXAMPLE", "example-secret-key", None);
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
    instructions(&environment, approves);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut printed = 0;
        loop {
            tokio::select! {
                end = tokio::signal::ctrl_c() => return end,
                () = tokio::time::sleep(Duration::from_millis(100)) => printed = print_requests(&environment, printed),
            }
        }
    })?;
    println!("\nThe Identity Center has stopped; the temporary home was removed.");
    Ok(())
}

fn instructions(environment: &Environment, approves: bool) {
    println!("Identity Center listening on {}; press Ctrl-C to stop\n", environment.center.url());
    println!("In another shell:\n");
    println!("  export HOME={}", environment.home().display());
    println!("  export AWS_CONFIG_FILE={}", environment.aws().join("config").display());
    for (name, value) in environment.endpoints() {
        println!("  export {name}={value}");
    }
    println!("  export AWS_EC2_METADATA_DISABLED=true NO_PROXY=127.0.0.1\n");
    println!("Then, for example:\n");
    for (command, meaning) in [
        (format!("sso-oidc login --sso-session {NAME}"), "authorization code flow, or device code without a display"),
        ("sso-oidc login --profile legacy".into(), "device code flow"),
        (format!("aws sso login --sso-session {NAME}"), "the same with AWS CLI v2"),
        (format!("aws configure export-credentials --profile {NAME}"), "role credentials with the AWS CLI"),
        ("sso-oidc register-client --client-name me --client-type public --region us-east-1".into(), ""),
        (
            format!("python3 -c \"import boto3; print(boto3.Session(profile_name='{NAME}').get_credentials())\""),
            "role credentials with boto3",
        ),
    ] {
        println!("  {command}");
        if !meaning.is_empty() {
            println!("      {meaning}");
        }
    }
    let arn = environment.center.application_arn();
    println!("\nFor create-token-with-iam: --profile iam --client-id {arn}");
    if approves {
        println!("Logins are approved automatically.");
    }
    println!("\nRequests:\n");
}

/// Prints the requests after the first `printed`, and returns the number of all.
fn print_requests(environment: &Environment, printed: usize) -> usize {
    let requests = environment.center.requests();
    for request in &requests[printed..] {
        println!("  {}", display::request(request));
    }
    requests.len()
}
