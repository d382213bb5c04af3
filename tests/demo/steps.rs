//! The steps of the demo: both flows, a reused and a refreshed token, role credentials, and logout.
//!
//! Each step runs the program, then prints its requests to the Identity Center and the files it wrote.

use std::error::Error;

use crate::display::{self, Files};
use crate::environment::{Environment, NAME, StepOutcome};
use crate::identity_center::{Endpoint, IdentityCenter};

/// Lifetime in seconds of a token that the next login refreshes: less than 15 minutes.
const SHORT: u64 = 600;
/// Lifetime in seconds of a token from AWS.
const LONG: u64 = 8 * 3600;

/// Runs all steps; with `approves`, the demo approves in place of a user.
pub(crate) fn run(approves: bool) -> Result<(), Box<dyn Error>> {
    let environment = Environment::new(IdentityCenter::start(), approves)?;
    println!("A login with sso-oidc, without an AWS account\n");
    display::fact("Service", &[format!("{}  a local Identity Center", environment.center.url())]);
    display::fact("Home", &[format!("{}  removed at the end", environment.home().display())]);
    let who = if approves { "the demo approves automatically" } else { "you approve in the browser" };
    display::fact("Approval", &[who.into()]);
    let config: Vec<String> = environment.config().lines().map(Into::into).collect();
    display::fact("Config", &config);

    let mut demo = Demo { files: display::files(&environment.aws())?, environment, token: None, step: 0 };
    demo.sign_in()?;
    demo.reuse()?;
    demo.device_code()?;
    demo.refresh()?;
    demo.status()?;
    demo.token()?;
    demo.credentials()?;
    demo.logout()?;
    println!("\nDone. To try it by hand: cargo run --release --example demo -- --serve");
    Ok(())
}

struct Demo {
    environment: Environment,
    files: Files,
    /// The access token, kept before its file is removed.
    token: Option<String>,
    step: usize,
}

impl Demo {
    fn sign_in(&mut self) -> Result<(), Box<dyn Error>> {
        let title =
            "Sign in with the authorization code flow and PKCE; the browser is redirected to a port on this machine";
        self.step(title, &["login", "--sso-session", NAME, "--flow", "authorization-code"]).map(drop)
    }

    fn reuse(&mut self) -> Result<(), Box<dyn Error>> {
        let step =
            self.step("Sign in again: the token is still valid, so it is reused", &["login", "--sso-session", NAME])?;
        // The portal is asked whether it accepts the token.
        let is_reused = step.requests.iter().all(|request| request.endpoint == Some(Endpoint::ListAccounts));
        if is_reused { Ok(()) } else { Err("the valid token was not reused".into()) }
    }

    fn device_code(&mut self) -> Result<(), Box<dyn Error>> {
        // The next step needs a token that is about to expire.
        self.environment.center.access_token_lives(SHORT);
        let title = "Sign in with the device code flow, for machines that the browser cannot reach";
        self.step(title, &["login", "--sso-session", NAME, "--flow", "device-code", "--force"]).map(drop)
    }

    fn refresh(&mut self) -> Result<(), Box<dyn Error>> {
        self.environment.center.access_token_lives(LONG);
        let title = "Sign in once more: the token has 10 minutes left, so it is refreshed without a browser";
        let step = self.step(title, &["login", "--sso-session", NAME])?;
        let endpoints: Vec<_> = step.requests.iter().filter_map(|request| request.endpoint).collect();
        if endpoints == [Endpoint::CreateToken] { Ok(()) } else { Err("the token was not refreshed".into()) }
    }

    fn status(&mut self) -> Result<(), Box<dyn Error>> {
        self.step("Show the sessions", &["status"]).map(drop)
    }

    fn token(&mut self) -> Result<(), Box<dyn Error>> {
        let title = "Print the token for a script (the demo hides part of it, sso-oidc does not)";
        self.step(title, &["token", "--sso-session", NAME])?;
        self.portal(true)
    }

    fn credentials(&mut self) -> Result<(), Box<dyn Error>> {
        let title = "Exchange the token for role credentials";
        self.step(title, &["export-credentials", "--profile", NAME]).map(drop)
    }

    fn logout(&mut self) -> Result<(), Box<dyn Error>> {
        self.token = display::access_token(&self.files);
        self.step("Sign out on this machine and at the service", &["logout"])?;
        self.portal(false)
    }

    /// Checks whether the portal accepts the token.
    fn portal(&mut self, accepts: bool) -> Result<(), Box<dyn Error>> {
        let token = display::access_token(&self.files).or(self.token.take()).ok_or("no token was found")?;
        let words = if accepts { "accepts the token" } else { "no longer accepts the token" };
        display::fact("Portal", &[words.into()]);
        if self.environment.center.accepts(&token) == accepts {
            Ok(())
        } else {
            Err("the portal did not answer as expected".into())
        }
    }

    /// Runs the program and prints the results.
    fn step(&mut self, title: &str, words: &[&str]) -> Result<StepOutcome, Box<dyn Error>> {
        self.step += 1;
        display::heading(self.step, title);
        display::command(words);
        let step = self.environment.run(words)?;
        println!();
        if let Some(landed) = &step.landed {
            display::browser(landed);
        }
        display::requests(&step.requests);
        let files = display::files(&self.environment.aws())?;
        display::changes(&self.files, &files, &self.environment.home(), &self.environment.center);
        self.files = files;
        Ok(step)
    }
}
