//! The last words of a login on standard error: what was done and until when, and what else a person should know.
//!
//! Standard output has AWS's line, see `notice`. Imports `cache`, `context`.

use time::ext::NumericalDuration as _;

use super::{How, Login};
use crate::cache::{CachedToken, timestamp};
use crate::context::Timestamp;
use crate::session::{Wanted, duration};

/// One line: how it was come by, and how long it lasts. `is_spared`: refreshing it has just failed.
pub(super) fn line(login: &Login, wanted: &Wanted, now: Timestamp, is_spared: bool) -> String {
    let what = match login.how {
        How::Cached => "already signed in to",
        How::Refreshed => "refreshed without asking: signed in to",
        How::AuthorizationCode | How::DeviceCode => "signed in to",
    };
    let until = timestamp::format(login.token.expires_at);
    let left = duration(login.token.seconds_left(now));
    let refreshable = if !is_spared && login.token.refreshable(now).is_some() { ", refreshable" } else { "" };
    format!("{what} {} until {until} ({left} left{refreshable})", wanted.label())
}

/// What a person should know about a token that does not last as long as was hoped.
pub(super) fn advice(login: &Login, known: Option<&CachedToken>, wanted: &Wanted, now: Timestamp) -> Option<String> {
    if wanted.session_name.is_none() && login.token.refresh_token.is_none() {
        let advice =
            "a profile's own token cannot be refreshed; that of an [sso-session] with sso_registration_scopes can";
        return Some(advice.to_owned());
    }
    let expires_at = login.token.expires_at;
    let inherited =
        known.is_some_and(|known| known.expires_at > now && (expires_at - known.expires_at).abs() < 60.seconds());
    let short = expires_at - now < wanted.min_ttl;
    (inherited || short).then(|| {
        let why =
            if inherited { "the browser's session went on, with its old end" } else { "it ends sooner than asked for" };
        format!("{why}; --new-session ends that session and begins a new one")
    })
}
