//! The sessions of `aws login` in `~/.aws/login/cache`: read, never written.
//!
//! A file is named by the SHA-256 of the profile's `login_session`. Only the AWS CLI can renew a session, because that needs
//! a signature with its private key; `credentials` decides what follows when it is over.

use std::path::Path;

use aws_credential_types::Credentials;
use serde::Deserialize;

use super::{Loaded, file, names, timestamp};
use crate::error::Error;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    access_token: Keys,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Keys {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    expires_at: String,
}

/// Reads the credentials of a session, which may have expired.
pub fn load_login_session(folder: &Path, session: &str) -> Result<Loaded<Credentials>, Error> {
    file::load(&names::document(folder, &names::of_login_session(session)), parse)
}

fn parse(text: &str) -> Result<Credentials, String> {
    // The reason is not shown, for serde quotes values.
    let document: Document = serde_json::from_str(text).map_err(|_| "it does not hold credentials".to_owned())?;
    let Keys { access_key_id, secret_access_key, session_token, expires_at } = document.access_token;
    let expires_at = timestamp::parse(&expires_at).ok_or("its expiresAt is not a valid timestamp")?;
    let token = Some(session_token);
    Ok(Credentials::new(access_key_id, secret_access_key, token, Some(expires_at.into()), "login"))
}
