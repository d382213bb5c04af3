//! Lists all files of a cache folder with their contents, for `logout`.
//!
//! As in the AWS CLI, every JSON object with an `accessToken` is a token, whichever tool wrote it. So is a truncated
//! file that still contains that member, and an unreadable file with the name of a document. The caller decides what to
//! remove.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{CachedToken, Loaded, Lock, Purpose, file, names};
use crate::error::Error;
use crate::files;
use crate::secret::Secret;

/// A file in a cache folder.
#[derive(Debug)]
pub struct CacheEntry {
    /// Its path.
    pub path: PathBuf,
    /// Its contents.
    pub kind: Kind,
}

/// The contents of a file in a cache folder.
#[derive(Debug)]
pub enum Kind {
    /// A token.
    Token(FoundToken),
    /// A registered client.
    Registration {
        /// The client.
        client_id: String,
    },
    /// Role credentials that came from Identity Center.
    RoleCredentials,
    /// Something else.
    Other,
}

/// The readable members of a token, whose file can be damaged.
#[derive(Debug, Default, Clone)]
pub struct FoundToken {
    /// The token, if it is text.
    pub access_token: Option<Secret>,
    /// The region that issued it.
    pub region: Option<String>,
    /// The start URL it is for.
    pub start_url: Option<String>,
    /// The client it was issued to.
    pub client_id: Option<String>,
}

impl Kind {
    fn of(text: &str) -> Self {
        // As in `CachedToken`, a byte order mark and the case of a member's letters do not matter.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let Ok(document) = serde_json::from_str::<Value>(text) else {
            // Truncated: the token in it may still be valid.
            return if is_token(text) {
                Self::Token(FoundToken::default())
            } else if text.contains("\"ProviderType\": \"sso\"") {
                Self::RoleCredentials
            } else {
                Self::Other
            };
        };
        let member = |name: &str| {
            let mut members = document.as_object()?.iter().rev();
            document.get(name).or_else(|| Some(members.find(|(known, _)| known.eq_ignore_ascii_case(name))?.1))
        };
        let text = |name: &str| member(name).and_then(Value::as_str).map(str::to_owned);
        if member("accessToken").is_some() {
            return Self::Token(FoundToken {
                access_token: text("accessToken").map(Secret::new).filter(|token| !token.is_empty()),
                region: text("region").filter(|region| !region.is_empty()),
                start_url: text("startUrl"),
                client_id: text("clientId"),
            });
        }
        match (text("ProviderType").as_deref(), text("clientId"), text("clientSecret")) {
            (Some("sso"), ..) => Self::RoleCredentials,
            (_, Some(client_id), Some(_)) => Self::Registration { client_id },
            _ => Self::Other,
        }
    }
}

impl CacheEntry {
    /// The refresh lock of this token; `None` if no process has ever taken it.
    pub fn lock(&self) -> Option<Lock> {
        let path = names::lock_beside(&self.path, Purpose::Refresh);
        path.exists().then(|| Lock::new(path))
    }
}

/// True for the text of a token, complete or truncated: only tokens have this member.
pub(super) fn is_token(text: &str) -> bool {
    text.contains("\"accessToken\"")
}

/// The files of a folder in the order of names, without locks, and an error for each that could not be read. A missing
/// folder is empty.
pub(super) fn everything(folder: &Path) -> (Vec<CacheEntry>, Vec<Error>) {
    file::remove_abandoned(folder);
    let list_error = |error| file::io_error(folder, "list", &error);
    let (mut found, mut failed, mut paths) = (Vec::new(), Vec::new(), Vec::new());
    match fs::read_dir(folder) {
        // A file that is not listed may be a token.
        Ok(entries) => entries.for_each(|entry| match entry {
            Ok(entry) => paths.push(entry.path()),
            Err(error) => failed.push(list_error(error)),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => failed.push(list_error(error)),
    }
    paths.sort();
    for path in paths.into_iter().filter(|path| !path.is_dir() && !names::has_digest(path, &[".lock", ".login.lock"])) {
        let load = || file::load(&path, |text| Ok(Kind::of(text)));
        let loaded = load().or_else(|error| if files::make_readable(&path) { load() } else { Err(error) });
        match loaded {
            Ok(Loaded::Present(kind, _)) => found.push(CacheEntry { path, kind }),
            Ok(Loaded::Damaged(_)) if names::has_digest(&path, &[".json"]) => {
                found.push(CacheEntry { path, kind: Kind::Token(FoundToken::default()) });
            }
            Ok(Loaded::Absent | Loaded::Damaged(_)) => {}
            Err(error) => failed.push(error),
        }
    }
    (found, failed)
}

/// The files of a folder with this extension, in no order.
pub(super) fn with_extension(folder: &Path, extension: &'static str) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(move |path| path.extension() == Some(extension.as_ref()))
}

/// The tokens in a folder, except in the files of these names. Untrusted files are left out.
pub(super) fn tokens(folder: &Path, except: &BTreeSet<&OsStr>) -> Vec<(PathBuf, Loaded<CachedToken>)> {
    let is_other = |path: &PathBuf| path.file_name().is_some_and(|name| !except.contains(name));
    let mut paths: Vec<PathBuf> = with_extension(folder, "json").filter(is_other).collect();
    paths.sort();
    // Most other files are registrations; searching the text is faster than parsing it.
    let parse = |text: &str| is_token(text).then(|| CachedToken::parse(text)).transpose();
    let load = |path: PathBuf| match file::load(&path, parse) {
        Ok(Loaded::Present(token, warning)) => Some((path, Loaded::Present(token?, warning))),
        Ok(Loaded::Damaged(why)) => Some((path, Loaded::Damaged(why))),
        Ok(Loaded::Absent) | Err(_) => None,
    };
    paths.into_iter().filter_map(load).collect()
}

#[cfg(test)]
mod tests {
    use super::{Kind, everything};

    #[test]
    fn a_folder_that_is_missing_is_empty_and_one_that_cannot_be_listed_is_an_error() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("cache");
        let (found, failed) = everything(&folder);
        assert!(found.is_empty() && failed.is_empty(), "{found:?} {failed:?}");
        std::fs::write(&folder, "{}").unwrap();
        let (found, failed) = everything(&folder);
        assert!(found.is_empty(), "{found:?}");
        assert_eq!(failed.len(), 1, "{failed:?}");
        let start = format!("cannot list `{}`: ", folder.display());
        assert!(failed[0].to_string().starts_with(&start), "{failed:?}");
    }

    #[test]
    fn a_damaged_file_may_be_a_token_if_it_has_the_name_of_one() {
        let folder = tempfile::tempdir().unwrap();
        let document = folder.path().join(format!("{}.json", "a1".repeat(20)));
        for path in [&document, &folder.path().join("notes.txt")] {
            std::fs::write(path, [0xff]).unwrap();
        }
        let (found, failed) = everything(folder.path());
        assert!(failed.is_empty(), "{failed:?}");
        assert!(matches!(&found[..], [one] if one.path == document && matches!(one.kind, Kind::Token(_))), "{found:?}");
    }

    #[test]
    fn tokens_are_known_by_their_member_and_nothing_else_is_one() {
        for text in [
            r#"{"accessToken": "A"}"#,
            r#"{"accessToken": 5}"#,
            r#"{"accessToken": "A", "region": "us-east-1"}"}"#,
            r#"{"startUrl": "https://x", "accessToken": "A"#,
        ] {
            assert!(matches!(Kind::of(text), Kind::Token(_)), "{text}");
        }
        for text in ["5", "[\"accessToken\"]", "junk", "", "{}", r#"{"ProviderType": "SSO"}"#, r#"{"clientId": "c"}"#] {
            assert!(matches!(Kind::of(text), Kind::Other), "{text}");
        }
        assert!(matches!(Kind::of(r#"{"ProviderType": "sso"}"#), Kind::RoleCredentials));
        // What `CachedToken` reads as a token is one here, too, and can be revoked.
        for text in ["\u{feff}{\"accessToken\": \"A\", \"region\": \"r\"}", r#"{"AccessToken": "A", "Region": "r"}"#] {
            let Kind::Token(found) = Kind::of(text) else { panic!("{text}") };
            let token = found.access_token.map(|token| token.expose().to_owned());
            assert_eq!((token.as_deref(), found.region.as_deref()), (Some("A"), Some("r")), "{text}");
        }
        let torn = r#"{"ProviderType": "sso", "Credentials": {"AccessKeyId": "A", "SecretAcc"#;
        assert!(matches!(Kind::of(torn), Kind::RoleCredentials));
        let registration = r#"{"clientId": "c", "clientSecret": "s", "expiresAt": "2100-01-01T00:00:00Z"}"#;
        assert!(matches!(Kind::of(registration), Kind::Registration { client_id } if client_id == "c"));
    }
}
