//! Every word that a login says, and on which stream.
//!
//! By default standard output carries exactly what `aws sso login` writes there, so that wrappers keep working, and all
//! that we add goes to standard error. With `--output json` standard output carries one JSON object a line and all words
//! go to standard error. Text from the service is cleaned before it is shown. Imports `context`, `text`.

use std::io;

use serde_json::{Value, json};

use super::How;
use crate::cache::timestamp;
use crate::context::{Context, Timestamp};
use crate::text;

/// Says what happens.
pub struct Notices<'a> {
    context: &'a Context,
    events: bool,
}

/// The device authorization as shown to a person.
#[derive(Debug)]
pub(super) struct DeviceNotice<'a> {
    pub(super) user_code: &'a str,
    pub(super) verification_uri: &'a str,
    pub(super) verification_uri_complete: Option<&'a str>,
}

impl<'a> Notices<'a> {
    /// `events`: an explicit `--output json`.
    pub fn new(context: &'a Context, events: bool) -> Self {
        Self { context, events }
    }

    /// A line of ours.
    pub(super) fn say(&self, line: &str) {
        self.context.say(line);
    }

    /// AWS's words, or ours in their place when standard output carries events.
    fn words(&self, words: &str) -> io::Result<()> {
        if self.events {
            self.context.say(words.trim_end_matches('\n'));
            return Ok(());
        }
        self.context.print_text(words)
    }

    fn event(&self, event: &Value) -> io::Result<()> {
        if !self.events {
            return Ok(());
        }
        self.context.print_text(&format!("{event}\n"))
    }

    /// The URL of the authorization code flow.
    pub(super) fn authorization(&self, url: &str, browser: bool) -> io::Result<()> {
        self.event(&json!({"event": "authorization", "flow": "authorization_code", "url": url}))?;
        self.words(&if browser {
            format!(
                "Attempting to open your default browser. If the browser does not open, open the following URL.\n\
                 If you are unable to open the URL on this device, run this command again with the '--use-device-code' \
                 option.\n\n{url}\n\n"
            )
        } else {
            format!("Browser will not be automatically opened.\nPlease visit the following URL:\n\n{url}\n")
        })
    }

    /// The URL and the code of the device flow; the code always stands on its own.
    pub(super) fn device(&self, device: &DeviceNotice<'_>, browser: bool) -> io::Result<()> {
        let clean = |foreign: &str| text::for_terminal(foreign);
        let (uri, code) = (clean(device.verification_uri), clean(device.user_code));
        let complete = device.verification_uri_complete.map(clean);
        self.event(&json!({
            "event": "authorization",
            "flow": "device_code",
            "url": complete.as_ref().unwrap_or(&uri),
            "verificationUri": uri,
            "code": code,
        }))?;
        if browser {
            return self.words(&format!(
                "Attempting to open your default browser.\nIf the browser does not open or you wish to use a different \
                 device to authorize this request, open the following URL:\n\n{uri}\n\nThen enter the code:\n\n{code}\n"
            ));
        }
        let alternative = complete.map_or(String::new(), |complete| {
            format!(
                "\nAlternatively, you may visit the following URL which will autofill the code upon loading:\n{complete}\n"
            )
        });
        self.words(&format!(
            "Browser will not be automatically opened.\nPlease visit the following URL:\n\n{uri}\n\nThen enter the \
             code:\n\n{code}\n{alternative}"
        ))
    }

    /// Somebody is being waited for, until then.
    pub(super) fn waiting(&self, until: Option<Timestamp>) -> io::Result<()> {
        self.event(&json!({"event": "waiting", "until": until.map(timestamp::format)}))
    }

    /// The config file now has the region that the start URL led to.
    pub fn region_updated(&self, region: &str) -> io::Result<()> {
        self.words(&format!("SSO region updated to {region}\n"))
    }

    /// The last line of every success.
    pub fn logged_in(&self, login: &LoggedIn<'_>) -> io::Result<()> {
        self.event(&json!({
            "event": "logged_in",
            "startUrl": login.start_url,
            "session": login.session,
            "region": login.region,
            "expiresAt": timestamp::format(login.expires_at),
            "how": login.how.as_str(),
        }))?;
        self.words(&format!("Successfully logged into Start URL: {}\n", login.start_url))
    }

    /// The end of a login that failed, for programs; the words are on standard error.
    pub fn failed(&self, session: Option<&str>, code: u8, message: &str) -> io::Result<()> {
        self.event(&json!({"event": "error", "session": session, "code": code, "message": message}))
    }
}

/// What a success tells.
#[derive(Debug)]
pub struct LoggedIn<'a> {
    /// As configured.
    pub start_url: &'a str,
    /// The sso-session's name; absent for a legacy profile.
    pub session: Option<&'a str>,
    /// The region of the instance.
    pub region: &'a str,
    /// When the access token ends.
    pub expires_at: Timestamp,
    /// How it was come by.
    pub how: How,
}
