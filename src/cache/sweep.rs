//! Everything that lies in a cache folder, whatever its name, as a sign-out must see it.
//!
//! The AWS CLI takes each JSON object with an `accessToken` for a token, whoever wrote it; so do we, and a torn file that
//! still shows that word is one too, as is one of our names that cannot be read at all. Looking changes nothing. What is removed and in which order is decided by the
//! caller. Imports `secret`.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{CacheError, CachedToken, Loaded, Lock, Purpose, file};
use crate::secret::Secret;

/// What looking into a folder is called in errors.
const LIST: &str = "list";

/// A file and what it holds.
#[derive(Debug)]
pub struct Remains {
    /// Where it is.
    pub path: PathBuf,
    /// What it holds.
    pub kind: Kind,
}

/// What a file in a cache folder holds.
#[derive(Debug)]
pub enum Kind {
    /// A token, as much as is left of it.
    Token {
        /// The token, if it is text.
        access_token: Option<Secret>,
        /// Where it was issued.
        region: Option<String>,
        /// For which start URL.
        start_url: Option<String>,
        /// To which client.
        client_id: Option<String>,
    },
    /// A registered client.
    Registration {
        /// Which one.
        client_id: String,
    },
    /// Role credentials that came from Identity Center.
    RoleCredentials,
    /// Something else.
    Other,
}

impl Kind {
    fn of(text: &str) -> Self {
        let Ok(document) = serde_json::from_str::<Value>(text) else {
            // Torn: what is left of it may still be good.
            return if is_token(text) {
                Self::bare_token()
            } else if text.contains("\"ProviderType\": \"sso\"") {
                Self::RoleCredentials
            } else {
                Self::Other
            };
        };
        let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
        if document.get("accessToken").is_some() {
            return Self::Token {
                access_token: text("accessToken").map(Secret::new).filter(|token| !token.is_empty()),
                region: text("region"),
                start_url: text("startUrl"),
                client_id: text("clientId"),
            };
        }
        if document.get("ProviderType").and_then(Value::as_str) == Some("sso") {
            return Self::RoleCredentials;
        }
        match (text("clientId"), text("clientSecret")) {
            (Some(client_id), Some(_)) => Self::Registration { client_id },
            _ => Self::Other,
        }
    }

    fn bare_token() -> Self {
        Self::Token { access_token: None, region: None, start_url: None, client_id: None }
    }
}

impl Remains {
    /// The lock of the processes that refresh this token; `None` if none ever did.
    pub fn lock(&self) -> Option<Lock> {
        let path = self.path.with_extension(Purpose::Refresh.extension());
        path.exists().then(|| Lock::new(path))
    }
}

/// Whether a document is a token, or what is left of one; only tokens have this member.
pub(super) fn is_token(text: &str) -> bool {
    text.contains("\"accessToken\"")
}

/// Whether only this cache names files so.
fn is_of_cache(path: &Path) -> bool {
    let is_digest = |stem: &str| stem.len() == 40 && stem.bytes().all(|byte| byte.is_ascii_hexdigit());
    path.extension() == Some("json".as_ref()) && path.file_stem().and_then(|stem| stem.to_str()).is_some_and(is_digest)
}

/// What is in a folder, in the order of names, and which files could not be looked into. No folder is an empty one.
pub(super) fn look(folder: &Path) -> (Vec<Remains>, Vec<CacheError>) {
    file::remove_abandoned(folder);
    let (mut found, mut failed) = (Vec::new(), Vec::new());
    let entries = match fs::read_dir(folder) {
        Ok(entries) => Some(entries),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            failed.push(CacheError::io(folder, LIST, error));
            None
        }
    };
    let mut paths = Vec::new();
    for entry in entries.into_iter().flatten() {
        match entry {
            Ok(entry) => paths.push(entry.path()),
            // What was not listed may be a token.
            Err(error) => failed.push(CacheError::io(folder, LIST, error)),
        }
    }
    paths.sort();
    for path in paths.into_iter().filter(|path| !path.is_dir()) {
        match file::load(&path, |text| Ok(Kind::of(text))) {
            Ok(Loaded::Present(kind, _)) => found.push(Remains { path, kind }),
            Ok(Loaded::Damaged(_)) if is_of_cache(&path) => found.push(Remains { path, kind: Kind::bare_token() }),
            Ok(Loaded::Absent | Loaded::Damaged(_)) => {}
            Err(error) => failed.push(error),
        }
    }
    (found, failed)
}

/// The tokens in a folder, except in the files of these names. What cannot be trusted is left out.
pub(super) fn tokens(folder: &Path, except: &BTreeSet<&OsStr>) -> Vec<(PathBuf, Loaded<CachedToken>)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name()).filter(|name| !except.contains(name.as_os_str()));
    let mut names: Vec<OsString> = names.filter(|name| Path::new(name).extension() == Some("json".as_ref())).collect();
    names.sort();
    // Most other files are registrations, which the text tells sooner than its parsing.
    let parse = |text: &str| is_token(text).then(|| CachedToken::parse(text)).transpose();
    let load = |path: PathBuf| match file::load(&path, parse) {
        Ok(Loaded::Present(token, warning)) => Some((path, Loaded::Present(token?, warning))),
        Ok(Loaded::Damaged(damage)) => Some((path, Loaded::Damaged(damage))),
        Ok(Loaded::Absent) | Err(_) => None,
    };
    names.into_iter().filter_map(|name| load(folder.join(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn tokens_are_known_by_their_member_and_nothing_else_is_one() {
        for text in [
            r#"{"accessToken": "A"}"#,
            r#"{"accessToken": 5}"#,
            r#"{"accessToken": "A", "region": "us-east-1"}"}"#,
            r#"{"startUrl": "https://x", "accessToken": "A"#,
        ] {
            assert!(matches!(Kind::of(text), Kind::Token { .. }), "{text}");
        }
        for text in ["5", "[\"accessToken\"]", "junk", "", "{}", r#"{"ProviderType": "SSO"}"#, r#"{"clientId": "c"}"#] {
            assert!(matches!(Kind::of(text), Kind::Other), "{text}");
        }
        assert!(matches!(Kind::of(r#"{"ProviderType": "sso"}"#), Kind::RoleCredentials));
        let torn = r#"{"ProviderType": "sso", "Credentials": {"AccessKeyId": "A", "SecretAcc"#;
        assert!(matches!(Kind::of(torn), Kind::RoleCredentials));
        let registration = r#"{"clientId": "c", "clientSecret": "s", "expiresAt": "2100-01-01T00:00:00Z"}"#;
        assert!(matches!(Kind::of(registration), Kind::Registration { client_id } if client_id == "c"));
    }
}
