//! The lines after a login, and the advice on how a browser elsewhere comes back.

use std::cell::RefCell;
use std::ffi::OsString;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Duration;

use time::macros::utc_datetime;

use super::{Choices, How, Login, Notices};
use crate::cache::CachedToken;
use crate::config::{Config, Session, SessionOptions};
use crate::context::{Context, Timestamp};
use crate::secret::Secret;

const NOW: Timestamp = utc_datetime!(2026-01-01 12:00);

#[derive(Clone, Default)]
struct Written(Rc<RefCell<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is written to standard error with these variables.
fn written(variables: &'static [(&str, &str)], write: impl FnOnce(&Notices<'_>, &Session)) -> String {
    let stderr = Written::default();
    let env =
        move |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value));
    let context = Context {
        now: || NOW,
        env: Box::new(env),
        home: None,
        stderr: RefCell::new(Box::new(stderr.clone())),
        stderr_is_terminal: false,
        ..Context::real()
    };
    let config = Config::load(&context, None).unwrap();
    let url = Some("https://d-1234567890.awsapps.com/start");
    let session = Session::resolve(&config, &SessionOptions::new(Some("corp"), url, Some("us-east-1"))).unwrap();
    write(&Notices::new(&context, false, false), &session);
    String::from_utf8(stderr.0.take()).unwrap()
}

fn token(expires_at: Timestamp) -> CachedToken {
    CachedToken {
        start_url: None,
        region: None,
        access_token: Secret::new("A"),
        expires_at,
        client_id: Some("client".to_owned()),
        client_secret: Some(Secret::new("secret")),
        registration_expires_at: Some("2100-01-01T00:00:00Z".to_owned()),
        refresh_token: Some(Secret::new("refresh")),
        others: serde_json::Map::new(),
    }
}

#[test]
fn the_summary_names_the_origin_the_expiry_and_whether_it_can_be_refreshed() {
    let cannot = |token| CachedToken { refresh_token: None, ..token };
    let full = token(NOW + Duration::from_hours(8));
    for (how, token, warnings, expected) in [
        (
            How::Cached,
            full.clone(),
            vec![],
            "already signed in to corp until 2026-01-01T20:00:00Z (8 h left, refreshable)",
        ),
        (How::Cached, cannot(full.clone()), vec![], "already signed in to corp until 2026-01-01T20:00:00Z (8 h left)"),
        (
            How::Cached,
            full.clone(),
            vec!["the refresh failed"],
            "the refresh failed\nalready signed in to corp until 2026-01-01T20:00:00Z (8 h left)",
        ),
        (
            How::Refreshed,
            full.clone(),
            vec!["the clock is wrong"],
            "the clock is wrong\ntoken refreshed; signed in to corp until 2026-01-01T20:00:00Z (8 h left, refreshable)",
        ),
        (How::DeviceCode, full.clone(), vec![], "signed in to corp until 2026-01-01T20:00:00Z (8 h left, refreshable)"),
        (How::AuthorizationCode, cannot(full), vec![], "signed in to corp until 2026-01-01T20:00:00Z (8 h left)"),
    ] {
        let warnings = warnings.into_iter().map(str::to_owned).collect();
        let login = Login { token, how, new_region: None, warnings };
        assert_eq!(written(&[], |notices, session| notices.summary(&login, session)), format!("{expected}\n"));
    }
}

/// Seconds that the new and the old token last, seconds that were requested, `--new-session`, and the advice.
#[test]
fn a_token_that_expires_early_is_explained() {
    let inherited = "the existing browser session was reused, so the old expiry still applies";
    let short = "the token expires sooner than requested";
    for (new, old, requested, is_new_session, expected) in [
        (3600, None, 0, false, None),
        (3600, None, 3600, false, None),
        (3599, None, 3600, false, Some(short)),
        (3599, None, 3600, true, Some(short)),
        (3600, Some(3600), 0, false, Some(inherited)),
        (3600, Some(3596), 0, false, Some(inherited)),
        (3600, Some(3595), 0, false, None),
        (3600, Some(3604), 0, false, Some(inherited)),
        (3600, Some(3605), 0, true, None),
        (30, Some(26), 0, false, Some(inherited)),
        (3, Some(0), 0, false, None),
        (3, Some(-1), 0, false, None),
    ] {
        let at = |left| NOW + time::Duration::seconds(left);
        let login = Login { token: token(at(new)), how: How::DeviceCode, new_region: None, warnings: Vec::new() };
        let known = old.map(|left| token(at(left)));
        let min_ttl = Duration::from_secs(requested);
        let choices = Choices { min_ttl, new_session: is_new_session, ..Choices::default() };
        let text = written(&[], |notices, session| notices.advice(&login, known.as_ref(), session, &choices));
        let next = if is_new_session {
            "your Identity Center administrator sets the session duration"
        } else {
            "--new-session revokes that session and starts a new one"
        };
        let expected = expected.map(|why| format!("{why}; {next}\n")).unwrap_or_default();
        assert_eq!(text, expected, "{new} {old:?} {requested}");
    }
}

#[test]
fn a_machine_reached_by_ssh_gets_the_command_that_forwards_the_port() {
    for (variables, expected) in [
        (&[][..], None),
        (&[("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22")], Some("-L 4321:127.0.0.1:4321 10.0.0.2")),
        (
            &[("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 2222"), ("USER", "me")],
            Some("-p 2222 -L 4321:127.0.0.1:4321 me@10.0.0.2"),
        ),
        (&[("SSH_CONNECTION", "fe80::1%eth0 50000 fe80::2%eth0 22")], None),
        (&[("SSH_CONNECTION", "::1 50000 2001:db8::2%eth0 22")], None),
        (&[("SSH_CONNECTION", "::1 50000 FE80::2 22")], None),
        (&[("SSH_CONNECTION", "169.254.0.1 50000 169.254.0.2 22")], None),
        (&[("SSH_CONNECTION", "10.0.0.1 50000")], None),
    ] {
        let text = written(variables, |notices, _| notices.port_forwarding(4321));
        let expected = expected
            .map(|words| format!("To use a browser on your local machine, first run there: ssh {words}\n"))
            .unwrap_or_default();
        assert_eq!(text, expected, "{variables:?}");
    }
}
