//! The environment of the demo: the Identity Center, a temporary home, the program, and the user at the browser.

use std::cell::RefCell;
use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::mpsc::{self, Receiver};

use sso_oidc::Context;

use crate::display::Indented;
use crate::identity_center::{IdentityCenter, Request};
use crate::user_agent::{Page, UserAgent};

/// The name of the sso-session and of the profile that uses it.
pub(crate) const NAME: &str = "demo";

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
    /// Creates it; with `approves`, the demo approves in place of a user.
    pub(crate) fn new(center: IdentityCenter, approves: bool) -> io::Result<Self> {
        let home = tempfile::Builder::new().prefix("sso-oidc-demo-").tempdir()?;
        let environment = Self { center: Rc::new(center), home, approves };
        fs::create_dir(environment.aws())?;
        fs::write(environment.aws().join("config"), environment.config())?;
        Ok(environment)
    }

    /// The home directory.
    pub(crate) fn home(&self) -> PathBuf {
        self.home.path().to_owned()
    }

    /// The `.aws` folder in the home.
    pub(crate) fn aws(&self) -> PathBuf {
        self.home.path().join(".aws")
    }

    /// The text of `~/.aws/config`.
    pub(crate) fn config(&self) -> String {
        format!(
            "[profile {NAME}]\nsso_session = {NAME}\nsso_account_id = 111122223333\nsso_role_name = Developer\n\
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

    /// Runs the program with these arguments and prints its output indented.
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
        context.stdout = RefCell::new(Box::new(Indented::new(Rc::clone(&self.center))));
        context.stderr = RefCell::new(Box::new(Indented::new(Rc::clone(&self.center))));
        context.stdin_is_terminal = false;
        // As on a terminal, but without a spinner and a pager.
        context.stdout_is_terminal = true;
        context.stderr_is_terminal = false;
        context.env = Box::new(move |name| match name {
            // The user's AWS configuration and proxies are not used.
            "AWS_PAGER" => Some("".into()),
            "AWS_EC2_METADATA_DISABLED" => Some("true".into()),
            "BROWSER" if approves => None,
            "DISPLAY" | "WAYLAND_DISPLAY" | "BROWSER" | "PATH" => real.var_os(name),
            _ => endpoints.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()),
        });
        if self.approves {
            context.open_browser = Box::new(move |url| {
                let (url, sender) = (url.to_owned(), sender.clone());
                std::thread::spawn(move || sender.send(UserAgent::new().approve(&url)));
                Ok(())
            });
        }
        (context, landed)
    }
}
