//! The steps of the demo: a first sign-in in an empty home, a profile, role credentials, and the day after.
//!
//! Each step runs the program; with `--details` its requests to the Identity Center and the files it wrote are shown.

use std::error::Error;

use crate::Options;
use crate::display::{self, Files};
use crate::environment::{ACCOUNT, Environment, NAME, PROFILE, ROLE, StepOutcome};
use crate::identity_center::{Endpoint, IdentityCenter};

/// Lifetime in seconds of a token that the next login refreshes: less than 15 minutes.
const SHORT: u64 = 600;
/// Lifetime in seconds of a token from AWS.
const LONG: u64 = 8 * 3600;

/// Runs all steps.
pub(crate) fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let environment = Environment::new(IdentityCenter::start(), options.approve)?;
    display::print_line("The first minute with sso-oidc: a local Identity Center, and no AWS account.");
    let who = if options.approve { "The demo approves each login." } else { "You approve each login in your browser." };
    display::print_line(who);
    if options.details {
        display::fact("Service", &[environment.center.url()]);
        display::fact("Home", &[format!("{}  removed at the end", environment.home().display())]);
    }
    let files = display::files(&environment.aws())?;
    let mut demo = Demo {
        files,
        environment,
        step: 0,
        details: options.details,
        pauses: !options.all && display::is_on_terminal(),
    };
    demo.sign_in()?;
    demo.configure()?;
    demo.credentials()?;
    demo.refresh()?;
    demo.reuse()?;
    demo.status()?;
    demo.browser()?;
    demo.logout()?;
    display::print_line("\nTo try it by hand: cargo run --release --example demo -- --serve");
    Ok(())
}

struct Demo {
    environment: Environment,
    files: Files,
    step: usize,
    details: bool,
    pauses: bool,
}

impl Demo {
    fn sign_in(&mut self) -> Result<(), Box<dyn Error>> {
        // The refresh needs a token that is about to expire.
        self.environment.center.access_token_lives(SHORT);
        let (url, region) = (self.environment.center.start_url(), self.environment.center.region());
        let words = ["login", "--sso-session", NAME, "--start-url", &url, "--sso-region", &region, "--save"];
        let words = [&words[..], &["--flow", "device-code"]].concat();
        self.step("Sign in for the first time, with a code that you confirm in any browser", &words)?;
        self.portal_accepts(&self.token()?, true)
    }

    fn configure(&mut self) -> Result<(), Box<dyn Error>> {
        let words = ["configure", "--account-id", ACCOUNT, "--role-name", ROLE, "--profile", PROFILE];
        self.step("Write a profile for a role; on a terminal, configure lets you choose", &words).map(drop)
    }

    fn credentials(&mut self) -> Result<(), Box<dyn Error>> {
        let title = "Get credentials for that role; the AWS CLI and every SDK do this automatically";
        self.step(title, &["export-credentials", "--profile", PROFILE]).map(drop)
    }

    fn refresh(&mut self) -> Result<(), Box<dyn Error>> {
        self.environment.center.access_token_lives(LONG);
        let step = self.step("Later: the token is about to expire, and is refreshed without a browser", &["login"])?;
        let endpoints: Vec<_> = step.requests.iter().filter_map(|request| request.endpoint).collect();
        if endpoints == [Endpoint::CreateToken] { Ok(()) } else { Err("the token was not refreshed".into()) }
    }

    fn reuse(&mut self) -> Result<(), Box<dyn Error>> {
        let step = self.step("Again: the token is still valid, so there is nothing to do", &["login"])?;
        // The portal is asked whether it accepts the token.
        let is_reused = step.requests.iter().all(|request| request.endpoint == Some(Endpoint::ListAccounts));
        if is_reused { Ok(()) } else { Err("the valid token was not reused".into()) }
    }

    fn status(&mut self) -> Result<(), Box<dyn Error>> {
        self.step("List the sessions", &["status"]).map(drop)
    }

    fn browser(&mut self) -> Result<(), Box<dyn Error>> {
        let title = "Sign in where a browser can reach this machine: no code to compare (PKCE)";
        self.step(title, &["login", "--flow", "authorization-code", "--force"]).map(drop)
    }

    fn logout(&mut self) -> Result<(), Box<dyn Error>> {
        let token = self.token()?;
        self.step("Sign out on this machine and at the service", &["logout"])?;
        self.portal_accepts(&token, false)
    }

    fn token(&self) -> Result<String, Box<dyn Error>> {
        display::access_token(&self.files).ok_or_else(|| "no token was found".into())
    }

    /// Checks whether the portal accepts the token.
    fn portal_accepts(&self, token: &str, expected: bool) -> Result<(), Box<dyn Error>> {
        if self.environment.center.accepts(token) == expected {
            Ok(())
        } else {
            Err("the portal did not answer as expected".into())
        }
    }

    /// Runs the program and prints the results.
    fn step(&mut self, title: &str, words: &[&str]) -> Result<StepOutcome, Box<dyn Error>> {
        if display::is_closed() {
            return Err("standard output is closed".into());
        }
        if self.pauses && self.step > 0 {
            display::pause();
        }
        self.step += 1;
        display::heading(self.step, title, words);
        let step = self.environment.run(words)?;
        let files = display::files(&self.environment.aws())?;
        if self.details {
            display::print_line("");
            if let Some(landed) = &step.landed {
                display::browser(landed);
            }
            display::requests(&step.requests);
            display::changes(&self.files, &files, &self.environment.home(), &self.environment.center);
        }
        self.files = files;
        Ok(step)
    }
}
