//! `login` as a process, with a home directory, a test as the browser and a strict Identity Center.
//!
//! `parity` repeats recorded runs of the AWS CLI; these tests cover what goes beyond them.

#[cfg(target_os = "linux")]
mod appearance;
mod authorization_code;
mod browser_urls;
mod cache_files;
mod callback;
#[cfg(target_os = "linux")]
mod callback_page;
mod concurrent;
mod config;
mod device_code;
mod environment;
#[cfg(target_os = "linux")]
mod first_run;
mod multiple_sessions;
mod non_interactive;
#[cfg(target_os = "linux")]
mod other_account;
mod registration;
mod rejected;
mod reuse;
mod start_url;
#[cfg(target_os = "linux")]
mod terminal;

use crate::support::environment::SESSION;
use crate::support::process::{Run, Running};
use crate::support::{TestEnv, UserAgent};

/// The arguments of a login to the session.
pub(crate) const LOGIN: [&str; 3] = ["login", "--sso-session", SESSION];

/// Signs in with the authorization code flow; the test acts as the browser.
pub(crate) fn sign_in(env: &TestEnv, more: &[&str]) -> Run {
    let mut running = start(env, more);
    UserAgent::new().approve(&running.authorization_url()).expect("the browser gets an answer");
    running.finish()
}

/// Starts a login by the authorization code flow.
pub(crate) fn start(env: &TestEnv, more: &[&str]) -> Running {
    let mut words = LOGIN.to_vec();
    words.extend(["--flow", "authorization-code", "--no-browser"]);
    words.extend(more);
    env.spawn(words)
}

/// The end of the success message for a user.
pub(crate) fn success(start_url: &str) -> String {
    format!("Successfully logged into Start URL: {start_url}\n")
}

/// Whether a file has this extension.
pub(crate) fn is(name: &str, extension: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|found| found == extension)
}
