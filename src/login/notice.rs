//! The output of a login: which text goes to which stream, and the texts of more than one line.
//!
//! By default standard output carries exactly what `aws sso login` writes there, so that wrappers keep working, and all
//! that we add goes to standard error. A person at a terminal reads our text instead of AWS's. With `--output json`
//! standard output carries one JSON object a line and all text goes to standard error. Text from the service is cleaned
//! before it is shown. The texts of errors and single lines are where they are printed.

use std::fmt;

use serde_json::{Value, json};
use time::ext::NumericalDuration as _;
use tokio::time::Instant;

use super::{Choices, How, Login};
use crate::cache::{CachedToken, timestamp};
use crate::config::{Config, Section, Session, profile_option};
use crate::context::{Context, Style};
use crate::endpoint;
use crate::error::Error;
use crate::oidc::DeviceAuthorization;
use crate::secret::Secret;
use crate::session::duration;
use crate::text::{self, NO_BREAK};

/// The code of the device code flow.
#[derive(Clone, Copy)]
pub(super) struct Code<'a> {
    pub(super) text: &'a str,
    /// Whether the URL contains the code, so that it need not be entered.
    pub(super) is_in_url: bool,
}

/// Prints what happens, for people and, as events, for programs.
pub struct Notices<'a> {
    context: &'a Context,
    events: bool,
    /// Whether AWS's text goes to standard error, too.
    on_stderr: bool,
    /// Whether a person reads the text, so that ours replaces the AWS CLI's.
    pub(super) for_a_person: bool,
}

impl<'a> Notices<'a> {
    /// `events`: an explicit `--output json`; `as_aws`: called as `aws`, so that the text is the AWS CLI's.
    pub fn new(context: &'a Context, events: bool, as_aws: bool) -> Self {
        let for_a_person = context.stdout_is_terminal && context.stderr_is_terminal && !events && !as_aws;
        Self { context, events, on_stderr: events, for_a_person }
    }

    /// For a command that prints its own data on standard output.
    pub fn on_stderr(context: &'a Context) -> Self {
        Self { context, events: false, on_stderr: true, for_a_person: context.stderr_is_terminal }
    }

    /// Prints a line on standard error.
    pub fn message(&self, line: impl fmt::Display) {
        self.context.message(&text::for_terminal(&line.to_string()));
    }

    /// Prints AWS's text, on standard error when standard output carries something else; not to a person. Returns its rows on the
    /// screen.
    fn aws_text(&self, text: &str) -> Result<usize, Error> {
        let context = self.context;
        if self.for_a_person {
            return Ok(0);
        }
        let is_seen = if self.on_stderr { context.stderr_is_terminal } else { context.stdout_is_terminal };
        if self.on_stderr {
            context.message(text.trim_end_matches('\n'));
        } else {
            context.print_text(text)?;
        }
        Ok(if is_seen { self.rows(text) } else { 0 })
    }

    /// The rows of a text on the terminal.
    fn rows(&self, text: &str) -> usize {
        let columns = self.context.terminal_size().map_or(usize::MAX, |(columns, _)| columns);
        text::wrapped(text, columns).lines().map(|line| text::columns(line).div_ceil(columns).max(1)).sum()
    }

    /// Where to paste the redirect.
    #[cfg(unix)]
    pub(super) fn paste_prompt(&self, no_browser: bool) {
        if no_browser && !self.for_a_person {
            // AWS's text does not end with an empty line.
            self.message("");
        }
        let prompt = "If the browser cannot reach this machine, paste the URL it was redirected to, or just the code:";
        self.context.styled_message(&self.context.paint(Style::Secondary, prompt));
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

    /// The URL of the authorization code flow.
    pub(super) fn authorization(&self, url: &str, no_browser: bool) -> Result<(), Error> {
        self.event(&json!({"event": "authorization", "flow": "authorization_code", "url": url}))?;
        let text = if no_browser {
            format!("Browser will not be automatically opened.\nPlease visit the following URL:\n\n{url}\n")
        } else {
            format!(
                "Attempting to open your default browser. If the browser does not open, open the following URL.\n\
                 If you are unable to open the URL on this device, run this command again with the '--use-device-code' \
                 option.\n\n{url}\n\n"
            )
        };
        self.aws_text(&text).map(drop)
    }

    /// What a person has to do now, unless AWS's text says it: the URL to open, and the code. Returns the rows on the screen.
    pub(super) fn approval(
        &self,
        url: &str,
        code: Option<Code<'_>>,
        opened: bool,
        session: &Session,
        copy: bool,
    ) -> usize {
        let context = self.context;
        let (what, copied) = code.map_or(("URL", url), |code| ("code", code.text));
        if copy && context.copy(&text::for_terminal(copied)) {
            self.message(format_args!("sent the {what} to the terminal's clipboard"));
        }
        if !self.for_a_person {
            return 0;
        }
        let url = text::for_terminal(url);
        let device = if code.is_some() { " on any device" } else { "" };
        let label = context.paint(Style::Strong, session.label());
        let first = if opened {
            format!("Opened your browser to sign in to {label}. If no page appears, open this URL:")
        } else {
            format!("To sign in to {label}, open this URL in a browser{device}:")
        };
        context.styled_message(&first);
        let is_safe = text::browser_url(&url, true).is_ok();
        let link = if is_safe { context.link(&url) } else { url.clone() };
        context.write_stderr(&format!("\n{link}\n\n"));
        let last = code.map(|code| {
            let what = if code.is_in_url { "Check that the page shows this code:" } else { "Enter this code:" };
            format!("{what} {}\n", context.paint(Style::Strong, code.text))
        });
        if let Some(last) = &last {
            context.styled_message(last);
        }
        self.rows(&format!("{first}\n\n{url}\n\n{}", last.unwrap_or_default()))
    }

    /// The URL and the code of the device flow; the code always has its own line. Returns the rows on the screen.
    pub(super) fn device(&self, device: &DeviceAuthorization, no_browser: bool) -> Result<usize, Error> {
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

    /// Awaits the approval, with the time left on a terminal.
    pub(super) async fn wait<T>(&self, deadline: Instant, future: impl Future<Output = T>) -> Result<T, Error> {
        let left = || deadline.saturating_duration_since(Instant::now());
        let until = self.context.now().checked_add(left().try_into().unwrap_or(time::Duration::MAX));
        self.event(&json!({"event": "waiting", "until": until.map(timestamp::format)}))?;
        let words = || {
            let left = left().as_secs();
            format!("waiting for approval, {}:{:02} left", left / 60, left % 60)
        };
        Ok(self.context.wait_for(words, future).await)
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
        let is_refreshable = !refresh_failed && token.refreshable(now).is_some();
        if self.for_a_person {
            return self.success(login, session, is_refreshable);
        }
        let refreshable = if is_refreshable { ", refreshable" } else { "" };
        self.message(format_args!("{what} {} until {until} ({left} left{refreshable})", session.label()));
    }

    /// The same for a person.
    fn success(&self, login: &Login, session: &Session, is_refreshable: bool) {
        let (context, now, ends) = (self.context, self.context.now(), login.token.expires_at);
        let what = if login.how == How::Cached { "Already signed in to" } else { "Signed in to" };
        // A minute that has just begun counts; a number is not separated from its unit.
        let left = duration((ends - now).whole_seconds().saturating_add(59) / 60 * 60).replace(' ', NO_BREAK);
        let renews = if is_refreshable { ", renews automatically" } else { "" };
        context.styled_message(&format!(
            "{} {what} {} until {} ({left}){renews}",
            context.paint(Style::Good, "✓"),
            context.paint(Style::Strong, session.label()),
            context.local_time(ends),
        ));
    }

    /// What to do with the session that was signed in to.
    pub fn next_step(&self, session: &Session, config: &Config) {
        if !self.for_a_person {
            return;
        }
        let is_of_session = |profile: &Section| match &session.name {
            Some(name) => profile.get("sso_session") == Some(name),
            None => profile.get("sso_start_url") == Some(&session.start_url.value),
        };
        let is_usable = |profile: &Section| is_of_session(profile) && profile.get("sso_role_name").is_some();
        let mut usable = config.profiles().filter(|(_, profile)| is_usable(profile)).map(|(name, _)| name).peekable();
        let first = usable.peek().copied();
        let profile = usable.find(|name| *name == config.profile_name()).or(first);
        let step = match profile {
            Some(name) => format!("try: aws s3 ls{}", profile_option(name)),
            None => "no profile uses this session yet; run: sso-oidc configure".to_owned(),
        };
        self.context.styled_message(&self.context.paint(Style::Secondary, &format!("  {step}")));
    }

    /// Warns about a start URL that is not in its usual form; a legacy profile's token is stored under it as it is written.
    pub(super) fn unusual_start_url(&self, session: &Session) {
        let written = &session.start_url.value;
        let usual = endpoint::normalized_start_url(written).filter(|usual| usual != written);
        if let Some(usual) = usual {
            let source = session.start_url.source();
            let warning = format!(
                "the start URL `{written}` is used as written; AWS's form is `{usual}`; the value comes from {source}"
            );
            self.context.warn(text::for_terminal(&warning));
        }
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
            known.is_some_and(|known| known.expires_at > now && (expires_at - known.expires_at).abs() < 5.seconds());
        let why = if inherited {
            "the existing browser session was reused, so the old expiry still applies"
        } else if expires_at - now < min_ttl {
            "the token expires sooner than requested"
        } else {
            return;
        };
        if is_new_session {
            return self.message(format_args!("{why}; your Identity Center administrator sets the session duration"));
        }
        self.message(format_args!("{why}; --new-session revokes that session and starts a new one"));
    }

    /// The config file now has the region that the start URL led to.
    pub fn region_updated(&self, region: &str) -> Result<(), Error> {
        if self.for_a_person {
            self.message(format_args!("SSO region updated to {region}"));
        }
        self.aws_text(&format!("SSO region updated to {region}\n")).map(drop)
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
        self.aws_text(&format!("Successfully logged into Start URL: {start_url}\n")).map(drop)
    }

    /// The event of a failed login; a closed stdout is ignored. The error message goes to standard error elsewhere.
    pub fn failed(&self, session: Option<&str>, code: u8, message: &str) {
        let _ = self.event(&json!({"event": "error", "session": session, "code": code, "message": message}));
    }
}

#[cfg(test)]
mod tests;
