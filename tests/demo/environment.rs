//! The environment of the demo: the Identity Center, a temporary home, the program, and the user at the browser.

use std::cell::RefCell;
use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use sso_oidc::Context;

use crate::display::{self, Indented};
use crate::identity_center::{IdentityCenter, Request};
use crate::user_agent::{Page, UserAgent};

/// The name of the sso-session.
pub(crate) const NAME: &str = "demo";
/// The profile that uses it.
pub(crate) const PROFILE: &str = "dev";
/// The account and the role of the profile.
pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const ROLE: &str = "Developer";
/// How long the demo takes to approve a login on a terminal, so that the reader sees what waits.
const LOOKS: Duration = Duration::from_secs(4);

/// The Identity Center and the home.
pub(crate) struct Environment {
    /// The Identity Center.
    pub(crate) center: Rc<IdentityCenter>,
    home: tempfile::TempDir,
    approves: bool,
}

/// The results of a run of the program.
pub(crate) struct StepOutcome {
    /// The requests that the Identity Center received.
    pub(crate) requests: Vec<Request>,
    /// The last page of the demo's own browser, if it was opened.
    pub(crate) landed: Option<io::Result<Page>>,
}

impl Environment {
    /// Creates it with an empty home; with `approves`, the demo approves in place of a user.
    pub(crate) fn new(center: IdentityCenter, approves: bool) -> io::Result<Self> {
        let home = tempfile::Builder::new().prefix("sso-oidc-demo-").tempdir()?;
        fs::create_dir(home.path().join(".aws"))?;
        Ok(Self { center: Rc::new(center), home, approves })
    }

    /// The home directory.
    pub(crate) fn home(&self) -> PathBuf {
        self.home.path().to_owned()
    }

    /// The `.aws` folder in the home.
    pub(crate) fn aws(&self) -> PathBuf {
        self.home.path().join(".aws")
    }

    /// The text of a `~/.aws/config` with the session and the profile.
    pub(crate) fn config(&self) -> String {
        format!(
            "[profile {PROFILE}]\nsso_session = {NAME}\nsso_account_id = {ACCOUNT}\nsso_role_name = {ROLE}\n\
             region = {region}\n\n[sso-session {NAME}]\nsso_start_url = {url}\nsso_region = {region}\n\
             sso_registration_scopes = sso:account:access\n",
            url = self.center.start_url(),
            region = self.center.region(),
        )
    }

    /// Environment variables that point both services to the Identity Center.
    pub(crate) fn endpoints(&self) -> [(&'static str, String); 2] {
        [("AWS_ENDPOINT_URL_SSO_OIDC", self.center.url()), ("AWS_ENDPOINT_URL_SSO", self.center.url())]
    }

    /// Runs the program with these arguments; on a terminal its output is what a person sees.
    pub(crate) fn run(&self, words: &[&str]) -> Result<StepOutcome, Box<dyn Error>> {
        let before = self.center.requests().len();
        let (context, landed) = self.context();
        let args = std::iter::once("sso-oidc").chain(words.iter().copied()).map(OsString::from);
        let code = sso_oidc::run(args, &context);
        // The browser may receive its last page after the program has ended. Without a browser, dropping the context closes
        // the channel.
        drop(context);
        let landed = landed.recv().ok();
        let requests = self.center.requests().split_off(before);
        if code != 0 {
            return Err(format!("sso-oidc exited with code {code}").into());
        }
        Ok(StepOutcome { requests, landed })
    }

    /// A context for the program, and a receiver of the last page of the demo's browser.
    fn context(&self) -> (Context, Receiver<io::Result<Page>>) {
        let (sender, landed) = mpsc::channel();
        let endpoints = self.endpoints();
        let mut context = Context::real();
        let (real, approves) = (Context::real(), self.approves);
        context.home = Some(self.home());
        let on_terminal = display::is_on_terminal();
        if !on_terminal {
            context.stdout = RefCell::new(Box::new(Indented::new(Rc::clone(&self.center))));
            context.stderr = RefCell::new(Box::new(Indented::new(Rc::clone(&self.center))));
            context.stderr_is_terminal = false;
            // As on a terminal: a table instead of JSON.
            context.stdout_is_terminal = true;
        }
        // Nothing is asked.
        context.stdin_is_terminal = false;
        context.env = Box::new(move |name| match name {
            // The user's AWS configuration and proxies are not used.
            "AWS_PAGER" => Some("".into()),
            "AWS_EC2_METADATA_DISABLED" => Some("true".into()),
            // The demo's browser can reach this machine.
            "DISPLAY" if approves => Some("demo".into()),
            "BROWSER" if approves => None,
            "NO_COLOR" if !on_terminal => Some("1".into()),
            "DISPLAY" | "WAYLAND_DISPLAY" | "BROWSER" | "PATH" | "TERM" | "NO_COLOR" => real.var_os(name),
            _ => endpoints.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()),
        });
        if self.approves {
            context.open_browser = Box::new(move |url| {
                let (url, sender) = (url.to_owned(), sender.clone());
                std::thread::spawn(move || {
                    if on_terminal {
                        std::thread::sleep(LOOKS);
                    }
                    sender.send(UserAgent::new().approve(&url))
                });
                Ok(())
            });
        }
        (context, landed)
    }
}
