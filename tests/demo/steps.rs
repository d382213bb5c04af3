//! The steps of the demo: both flows, a reused and a refreshed token, what it opens, and logout.
//!
//! Each step runs the program, then shows its requests to the Identity Center and the files it wrote.

use std::error::Error;

use crate::display::{self, Files};
use crate::environment::{Environment, NAME, StepOutcome};
use crate::identity_center::{Endpoint, IdentityCenter};

/// Seconds that a token lives which is to be refreshed: less than the 15 minutes from which on it is.
const SHORT: u64 = 600;
/// Seconds that a token lives at AWS.
const LONG: u64 = 8 * 3600;

/// Runs all steps; with `approves` the demo approves in place of a user.
pub(crate) fn tell(approves: bool) -> Result<(), Box<dyn Error>> {
    let environment = Environment::new(IdentityCenter::start(), approves)?;
    println!("A sign-in with sso-oidc, without an AWS organization\n");
    display::fact("Service", &[format!("{}  an Identity Center in this process", environment.center.url())]);
    display::fact("Home", &[format!("{}  removed at the end", environment.home().display())]);
    let who = if approves { "the demo itself presses Approve" } else { "you: approve in the browser" };
    display::fact("Person", &[who.into()]);
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
    println!("\nThat was all of it. Try it by hand: cargo run --release --example demo -- --serve");
    Ok(())
}

struct Demo {
    environment: Environment,
    files: Files,
    /// The access token, when its file is about to go.
    token: Option<String>,
    step: usize,
}

impl Demo {
    fn sign_in(&mut self) -> Result<(), Box<dyn Error>> {
        let title = "Sign in: the authorization code flow with PKCE, back to a port on this machine";
        self.step(title, &["login", "--sso-session", NAME, "--flow", "authorization-code"]).map(drop)
    }

    fn reuse(&mut self) -> Result<(), Box<dyn Error>> {
        let step = self.step("Sign in again: the token is still good", &["login", "--sso-session", NAME])?;
        if step.requests.is_empty() { Ok(()) } else { Err("a token that is good was not reused".into()) }
    }

    fn device_code(&mut self) -> Result<(), Box<dyn Error>> {
        // The next step needs a token that is about to expire.
        self.environment.center.access_token_lives(SHORT);
        let title = "Sign in with a code: the device code flow, for machines that no browser can come back to";
        self.step(title, &["login", "--sso-session", NAME, "--flow", "device-code", "--force"]).map(drop)
    }

    fn refresh(&mut self) -> Result<(), Box<dyn Error>> {
        self.environment.center.access_token_lives(LONG);
        let title = "Sign in once more: that token has 10 minutes left, so it is refreshed, without a browser";
        let step = self.step(title, &["login", "--sso-session", NAME])?;
        let endpoints: Vec<_> = step.requests.iter().filter_map(|request| request.endpoint).collect();
        if endpoints == [Endpoint::CreateToken] { Ok(()) } else { Err("the token was not refreshed".into()) }
    }

    fn status(&mut self) -> Result<(), Box<dyn Error>> {
        self.step("Which sessions are there", &["status"]).map(drop)
    }

    fn token(&mut self) -> Result<(), Box<dyn Error>> {
        let title = "Hand the token to a script (the demo cuts it short, your terminal would not)";
        self.step(title, &["token", "--sso-session", NAME])?;
        self.portal(true)
    }

    fn credentials(&mut self) -> Result<(), Box<dyn Error>> {
        let title = "Exchange it for the credentials of a role";
        self.step(title, &["export-credentials", "--profile", NAME]).map(drop)
    }

    fn logout(&mut self) -> Result<(), Box<dyn Error>> {
        self.token = display::access_token(&self.files);
        self.step("Sign out: here and at the service", &["logout"])?;
        self.portal(false)
    }

    /// What the portal makes of the token, which must be this.
    fn portal(&mut self, accepts: bool) -> Result<(), Box<dyn Error>> {
        let token = display::access_token(&self.files).or(self.token.take()).ok_or("there is no token")?;
        let words = if accepts { "accepts the token" } else { "no longer accepts the token" };
        display::fact("Portal", &[words.into()]);
        if self.environment.center.accepts(&token) == accepts { Ok(()) } else { Err("that is not true".into()) }
    }

    /// One run and all there is to see of it.
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
