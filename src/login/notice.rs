//! The output of a login: which text goes to which stream, and the texts of more than one line.
//!
//! By default standard output carries exactly what `aws sso login` writes there, so that wrappers keep working, and all
//! that we add goes to standard error. With `--output json` standard output carries one JSON object a line and all text
//! goes to standard error. Text from the service is cleaned before it is shown. The texts of errors and single lines
//! are where they are printed.

use std::fmt;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressFinish};
use serde_json::{Value, json};
use time::ext::NumericalDuration as _;
use tokio::time::Instant;

use super::{Choices, How, Login};
use crate::cache::{CachedToken, timestamp};
use crate::config::Session;
use crate::context::Context;
use crate::error::Error;
use crate::oidc::DeviceAuthorization;
use crate::secret::Secret;
use crate::session::duration;
use crate::text;

/// How often the spinner turns.
const SPINNER_INTERVAL: Duration = Duration::from_millis(120);

/// Prints what happens, for people and, as events, for programs.
pub struct Notices<'a> {
    context: &'a Context,
    events: bool,
    /// Whether AWS's text goes to standard error, too.
    on_stderr: bool,
}

impl<'a> Notices<'a> {
    /// `events`: an explicit `--output json`.
    pub fn new(context: &'a Context, events: bool) -> Self {
        Self { context, events, on_stderr: events }
    }

    /// For a command that prints its own data on standard output.
    pub fn on_stderr(context: &'a Context) -> Self {
        Self { context, events: false, on_stderr: true }
    }

    /// Prints a line on standard error.
    pub(super) fn message(&self, line: impl fmt::Display) {
        self.context.message(&text::for_terminal(&line.to_string()));
    }

    /// Prints AWS's text, on standard error when standard output carries something else.
    fn aws_text(&self, text: &str) -> Result<(), Error> {
        if self.on_stderr {
            self.context.message(text.trim_end_matches('\n'));
            return Ok(());
        }
        Ok(self.context.print_text(text)?)
    }

    fn event(&self, event: &Value) -> Result<(), Error> {
        if !self.events {
            return Ok(());
        }
        Ok(self.context.print_text(&format!("{event}\n"))?)
    }

    /// On a machine that was reached by SSH: how a browser elsewhere reaches the redirect port.
    pub(super) fn port_forwarding(&self, port: u16) {
        let Some(connection) = self.context.var_not_empty("SSH_CONNECTION") else { return };
        let [_, _, host, ssh_port] = connection.split_whitespace().collect::<Vec<_>>()[..] else { return };
        // A link-local address is one of many with that name, and belongs to an interface.
        if host.contains('%') || host.to_ascii_lowercase().starts_with("fe80:") || host.starts_with("169.254.") {
            return;
        }
        let option = if ssh_port == "22" { String::new() } else { format!("-p {ssh_port} ") };
        let user = self.context.var_not_empty("USER").map(|user| format!("{user}@")).unwrap_or_default();
        self.message(format_args!(
            "To use a browser on your local machine, first run there: ssh {option}-L {port}:127.0.0.1:{port} {user}{host}"
        ));
    }

    /// Prints the QR code, which contains color escape sequences.
    pub(super) fn qr_code(&self, code: &str) {
        self.context.write_stderr(&format!("{code}\n"));
    }

    /// The URL of the authorization code flow.
    pub(super) fn authorization(&self, url: &str, no_browser: bool) -> Result<(), Error> {
        self.event(&json!({"event": "authorization", "flow": "authorization_code", "url": url}))?;
        self.aws_text(&if no_browser {
            format!("Browser will not be automatically opened.\nPlease visit the following URL:\n\n{url}\n")
        } else {
            format!(
                "Attempting to open your default browser. If the browser does not open, open the following URL.\n\
                 If you are unable to open the URL on this device, run this command again with the '--use-device-code' \
                 option.\n\n{url}\n\n"
            )
        })
    }

    /// The URL and the code of the device flow; the code always has its own line.
    pub(super) fn device(&self, device: &DeviceAuthorization, no_browser: bool) -> Result<(), Error> {
        let uri = text::for_terminal(&device.verification_uri);
        let code = text::for_terminal(device.user_code.expose());
        let complete = device.verification_uri_complete.as_ref().map(Secret::expose).map(text::for_terminal);
        self.event(&json!({
            "event": "authorization",
            "flow": "device_code",
            "url": complete.as_ref().unwrap_or(&uri),
            "verificationUri": uri,
            "code": code,
        }))?;
        if !no_browser {
            return self.aws_text(&format!(
                "Attempting to open your default browser.\nIf the browser does not open or you wish to use a different \
                 device to authorize this request, open the following URL:\n\n{uri}\n\nThen enter the code:\n\n{code}\n"
            ));
        }
        let alternative =
            "\nAlternatively, you may visit the following URL which will autofill the code upon loading:\n";
        let alternative = complete.map(|complete| format!("{alternative}{complete}\n")).unwrap_or_default();
        self.aws_text(&format!(
            "Browser will not be automatically opened.\nPlease visit the following URL:\n\n{uri}\n\nThen enter the \
             code:\n\n{code}\n{alternative}"
        ))
    }

    /// Awaits `future`, with a spinner and the time left on a terminal. There is no thread: the spinner is drawn by the
    /// future, and gone when that is dropped.
    pub(super) async fn wait<T>(&self, deadline: Instant, future: impl Future<Output = T>) -> Result<T, Error> {
        let left = || deadline.saturating_duration_since(Instant::now());
        let until = self.context.now().checked_add(left().try_into().unwrap_or(time::Duration::MAX));
        self.event(&json!({"event": "waiting", "until": until.map(timestamp::format)}))?;
        if !self.context.stderr_is_terminal {
            return Ok(future.await);
        }
        let spinner = ProgressBar::new_spinner().with_finish(ProgressFinish::AndClear);
        let mut interval = tokio::time::interval(SPINNER_INTERVAL);
        tokio::pin!(future);
        loop {
            tokio::select! {
                outcome = &mut future => return Ok(outcome),
                _ = interval.tick() => {
                    let left = left().as_secs();
                    spinner.set_message(format!("waiting for the approval in the browser, {}:{:02} left", left / 60, left % 60));
                    spinner.tick();
                }
            }
        }
    }

    /// The warnings, then one line after the login: where the token comes from, and how long it lasts.
    pub fn summary(&self, login: &Login, session: &Session) {
        login.warnings.iter().for_each(|warning| self.message(warning));
        let refresh_failed = login.how == How::Cached && !login.warnings.is_empty();
        let (token, now) = (&login.token, self.context.now());
        let what = match login.how {
            How::Cached => "already signed in to",
            How::Refreshed => "token refreshed; signed in to",
            How::AuthorizationCode | How::DeviceCode => "signed in to",
        };
        let (until, left) = (timestamp::format(token.expires_at), duration(token.seconds_left(now)));
        let refreshable = if !refresh_failed && token.refreshable(now).is_some() { ", refreshable" } else { "" };
        self.message(format_args!("{what} {} until {until} ({left} left{refreshable})", session.label()));
    }

    /// Explains a token that does not last as long as expected.
    pub(super) fn advice(&self, login: &Login, known: Option<&CachedToken>, session: &Session, choices: &Choices) {
        let (min_ttl, is_new_session) = (choices.min_ttl, choices.new_session);
        if session.name.is_none() && login.token.refresh_token.is_none() {
            return self.message(
                "tokens of legacy profiles cannot be refreshed; use an [sso-session] with sso_registration_scopes",
            );
        }
        let (now, expires_at) = (self.context.now(), login.token.expires_at);
        let inherited =
            known.is_some_and(|known| known.expires_at > now && (expires_at - known.expires_at).abs() < 60.seconds());
        let why = if inherited {
            "the existing browser session was reused, so the old expiry still applies"
        } else if expires_at - now < min_ttl {
            "the token expires sooner than requested"
        } else {
            return;
        };
        if is_new_session {
            return self
                .message(format_args!("{why}; the administrator of the Identity Center sets the session's length"));
        }
        self.message(format_args!("{why}; --new-session revokes that session and starts a new one"));
    }

    /// The config file now has the region that the start URL led to.
    pub fn region_updated(&self, region: &str) -> Result<(), Error> {
        self.aws_text(&format!("SSO region updated to {region}\n"))
    }

    /// The session or the start URL is now in the config file.
    pub fn saved(&self, session: &Session, path: &std::path::Path) {
        let path = path.display();
        match &session.name {
            Some(name) => self.message(format_args!("saved [sso-session {name}] in {path}")),
            None => self.message(format_args!("saved the start URL in the profile {} of {path}", session.profile)),
        }
    }

    /// The last line of every success.
    pub fn logged_in(&self, login: &Login, session: &Session, region: &str) -> Result<(), Error> {
        let start_url = &session.start_url.value;
        self.event(&json!({
            "event": "logged_in",
            "startUrl": start_url,
            "session": session.name,
            "region": region,
            "expiresAt": timestamp::format(login.token.expires_at),
            "how": login.how,
        }))?;
        self.aws_text(&format!("Successfully logged into Start URL: {start_url}\n"))
    }

    /// The event of a failed login; a closed stdout is ignored. The error message goes to standard error elsewhere.
    pub fn failed(&self, session: Option<&str>, code: u8, message: &str) {
        let _ = self.event(&json!({"event": "error", "session": session, "code": code, "message": message}));
    }
}

#[cfg(test)]
mod tests;
