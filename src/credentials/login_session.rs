//! `login_session`: the credentials of `aws login`, while they last.
//!
//! The file is read in `cache`. The AWS CLI renews the credentials every 15 minutes; here they are only used.

use aws_credential_types::Credentials;

use crate::cache::{self, Loaded};
use crate::config::{self, Located};
use crate::context::Context;
use crate::error::{Error, Kind};

/// The credentials of a profile's session.
pub(super) fn keys(profile: &str, session: &Located<String>, context: &Context) -> Result<Credentials, Error> {
    let folder = match context.var_os("AWS_LOGIN_CACHE_DIRECTORY") {
        Some(path) => config::expand_path(&path, context),
        None => context.require_home()?.join(".aws/login/cache"),
    };
    let over = |why: &str| {
        let message = format!("Error loading login session token: {why} for session {}", session.value);
        let hint = format!(
            "run: aws login --profile {profile}; while the session lasts, any AWS CLI command with that profile renews \
             it; the session name comes from {}",
            session.source()
        );
        Err(Error::new(Kind::LoginNeeded, message).hint(hint))
    };
    match cache::load_login_session(&folder, &session.value)? {
        Loaded::Present(found, _) if cache::expires_at(&found) > context.now() => Ok(found),
        Loaded::Present(..) => over("the credentials have expired"),
        Loaded::Absent => over("there are no credentials"),
        Loaded::Damaged(_) => over("there are no usable credentials"),
    }
}
