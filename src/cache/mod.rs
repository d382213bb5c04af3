//! The cache on disk that the AWS CLI and every AWS SDK read: tokens, client registrations, role credentials.
//!
//! `names` has every file name, `document` the contents of tokens and registrations, `credentials` those of role
//! credentials, `login_session` those of `aws login`, `timestamp` how times are spelled; `file` reads and replaces files
//! safely, `lock` lets one process at a time refresh or sign in, `scan` lists a folder. Whether a token is still valid is decided in `session`.

mod credentials;
mod document;
mod file;
mod lock;
mod login_session;
mod names;
mod scan;
pub mod timestamp;

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::error::Error;
pub use crate::files::process_name;
pub use credentials::{CredentialCache, expires_at};
pub use document::{CachedRegistration, CachedToken, Refreshable};
pub use file::{Loaded, remove};
pub use lock::{Acquired, Held, Lock, LockRecord, Outcome, PATIENCE};
pub use login_session::load_login_session;
pub use names::{CredentialKey, Purpose, RegistrationKey, TokenKey};
pub use scan::{CacheEntry, FoundToken, Kind};

/// The folder `~/.aws/sso/cache`.
pub struct TokenCache {
    /// The folder itself.
    pub dir: PathBuf,
    scopes_of_clients: OnceCell<HashMap<String, Vec<String>>>,
    /// Files known to be registrations, which are skipped when tokens are listed.
    registrations: RefCell<Vec<PathBuf>>,
}

impl TokenCache {
    /// Creates botocore's cache in this home directory.
    pub fn in_home(home: &Path) -> Self {
        Self {
            dir: home.join(".aws").join("sso").join("cache"),
            scopes_of_clients: OnceCell::new(),
            registrations: RefCell::default(),
        }
    }

    /// The path of a token's file.
    pub fn token_path(&self, key: &TokenKey) -> PathBuf {
        names::document(&self.dir, &key.0)
    }

    /// The path of a registration's file.
    pub fn registration_path(&self, key: &RegistrationKey) -> PathBuf {
        names::document(&self.dir, &key.0)
    }

    /// Reads a token. A damaged file is a miss with a reason, never an error; a folder of another account is an error.
    pub fn token(&self, key: &TokenKey) -> Result<Loaded<CachedToken>, Error> {
        // A refreshed token that cannot be stored would be lost, so the folder is checked first.
        let is_world_writable = file::check_folder(&self.dir, "read")?;
        let loaded = file::load(&self.token_path(key), CachedToken::parse)?;
        let Loaded::Present(token, warning) = loaded else { return Ok(loaded) };
        if !is_world_writable {
            return Ok(Loaded::Present(token, warning));
        }
        let of_folder = file::narrow_folder(&self.dir)?;
        let both = warning.map_or_else(|| of_folder.clone(), |of_file| format!("{of_folder}; {of_file}"));
        Ok(Loaded::Present(token, Some(both)))
    }

    /// True if there is a token for this start URL, or one whose file does not name any. Faster than reading it: the text
    /// is searched before it is parsed.
    pub fn has_token(&self, key: &TokenKey, start_url: &str) -> bool {
        let member = format!("\"{start_url}\"");
        let is_for = |token: CachedToken| token.start_url.is_none_or(|found| found == start_url);
        let parse = |text: &str| if text.contains(&member) { Ok(true) } else { CachedToken::parse(text).map(is_for) };
        matches!(file::load(&self.token_path(key), parse), Ok(Loaded::Present(true, _)))
    }

    /// Reads a registration. A damaged file is a miss with a reason, never an error.
    pub fn registration(&self, key: &RegistrationKey) -> Result<Loaded<CachedRegistration>, Error> {
        file::load(&self.registration_path(key), CachedRegistration::parse)
    }

    /// True if a registration is of this client. No other registration contains its identifier, so the text is searched
    /// without being parsed.
    pub fn is_registration_of(&self, key: &RegistrationKey, client_id: &str) -> bool {
        let path = self.registration_path(key);
        let loaded = file::load(&path, |text| Ok((text.contains(client_id), scan::is_token(text))));
        let Ok(Loaded::Present((is_of_client, is_token), _)) = loaded else { return false };
        if !is_token {
            self.registrations.borrow_mut().push(path);
        }
        is_of_client
    }

    /// The scopes that a client was registered with; `None` without a registration. Searches the whole folder once,
    /// because the name of the registration is unknown.
    pub fn scopes_of_client(&self, client_id: &str) -> Option<&[String]> {
        let scopes = self.scopes_of_clients.get_or_init(|| {
            // Tokens have a clientId as well; searching the text is faster than parsing it.
            let parse = |text: &str| Ok(if scan::is_token(text) { None } else { CachedRegistration::parse(text).ok() });
            let registrations =
                scan::with_extension(&self.dir, "json").filter_map(|path| match file::load(&path, parse) {
                    Ok(Loaded::Present(registration, _)) => registration,
                    _ => None,
                });
            registrations
                .map(|registration| (registration.client_id, registration.scopes.unwrap_or_default()))
                .collect()
        });
        scopes.get(client_id).map(Vec::as_slice)
    }

    /// Replaces a token's file as a whole.
    pub fn store_token(&self, key: &TokenKey, token: &CachedToken) -> Result<(), Error> {
        file::store(&self.token_path(key), token).map(drop)
    }

    /// The same, but only over this token; false if the file has another one, or none, at the last moment.
    pub fn replace_token(&self, key: &TokenKey, old: &CachedToken, new: &CachedToken) -> Result<bool, Error> {
        let path = self.token_path(key);
        // A file that cannot be read at this moment has not been replaced by the user.
        let is_current = || match file::load(&path, CachedToken::parse) {
            Ok(Loaded::Present(present, _)) => present.is_same_grant(old),
            Ok(Loaded::Absent | Loaded::Damaged(_)) => false,
            Err(_) => true,
        };
        file::store_if(&path, new, is_current).map(|(is_stored, _)| is_stored)
    }

    /// Replaces a registration's file as a whole.
    pub fn store_registration(&self, key: &RegistrationKey, registration: &CachedRegistration) -> Result<(), Error> {
        file::store(&self.registration_path(key), registration).map(drop)
    }

    /// Removes a token's file; a missing file counts as removed.
    pub fn remove_token(&self, key: &TokenKey) -> Result<(), Error> {
        file::remove(&self.token_path(key))
    }

    /// Removes a registration that the service no longer knows.
    pub fn remove_registration(&self, key: &RegistrationKey) -> Result<(), Error> {
        file::remove(&self.registration_path(key))
    }

    /// The tokens in the folder, except in these files.
    pub fn tokens_besides(&self, except: &[&Path]) -> Vec<(PathBuf, Loaded<CachedToken>)> {
        let registrations = self.registrations.borrow();
        let known = except.iter().copied().chain(registrations.iter().map(PathBuf::as_path));
        scan::tokens(&self.dir, &known.filter_map(|path| path.file_name()).collect())
    }

    /// All files in the folder, and an error for each file that could not be read.
    pub fn everything(&self) -> (Vec<CacheEntry>, Vec<Error>) {
        scan::everything(&self.dir)
    }

    /// Checks that a token can be stored under this key, before anything is spent on one. Returns a warning about the
    /// folder.
    pub fn probe(&self, key: &TokenKey) -> Result<Option<String>, Error> {
        file::probe(&self.token_path(key))
    }

    /// The lock that lets one process at a time refresh the token in this file.
    pub fn refresh_lock_of(&self, path: &Path) -> Lock {
        Lock::new(names::lock_beside(path, Purpose::Refresh))
    }

    /// The lock that lets one process at a time refresh this token, or sign in for it.
    pub fn lock(&self, key: &TokenKey, purpose: Purpose) -> Lock {
        Lock::new(names::lock_beside(&self.token_path(key), purpose))
    }
}

#[cfg(test)]
mod tests {
    use super::{CachedRegistration, CachedToken, Loaded, RegistrationKey, TokenCache, TokenKey};

    const URL: &str = "https://d-1234567890.awsapps.com/start";

    #[test]
    fn what_is_removed_is_gone_and_may_be_missing() {
        let home = tempfile::tempdir().unwrap();
        let cache = TokenCache::in_home(home.path());
        let (token_key, registration_key) =
            (TokenKey::of_session("s"), RegistrationKey::new("us-east-1", None, None, URL));
        let token = CachedToken::parse(r#"{"accessToken": "A", "expiresAt": "2100-01-01T00:00:00Z"}"#).unwrap();
        let registration = r#"{"clientId": "C", "clientSecret": "S", "expiresAt": "2100-01-01T00:00:00Z"}"#;
        cache.store_token(&token_key, &token).unwrap();
        cache.store_registration(&registration_key, &CachedRegistration::parse(registration).unwrap()).unwrap();
        assert!(cache.has_token(&token_key, URL), "without a start URL it may be for any");
        assert!(cache.is_registration_of(&registration_key, "C"));
        assert!(!cache.is_registration_of(&registration_key, "D"));
        for _ in 0..2 {
            cache.remove_token(&token_key).unwrap();
            cache.remove_registration(&registration_key).unwrap();
            assert!(matches!(cache.token(&token_key), Ok(Loaded::Absent)));
            assert!(matches!(cache.registration(&registration_key), Ok(Loaded::Absent)));
        }
        assert!(!cache.is_registration_of(&registration_key, "C"));
        std::fs::create_dir(cache.token_path(&token_key)).unwrap();
        let error = cache.remove_token(&token_key).unwrap_err();
        assert!(error.to_string().starts_with("cannot remove"), "{error}");
    }

    #[test]
    fn a_token_replaces_only_the_one_it_was_refreshed_from() {
        let home = tempfile::tempdir().unwrap();
        let cache = TokenCache::in_home(home.path());
        let key = TokenKey::of_session("s");
        let token = |name: &str| {
            CachedToken::parse(&format!(r#"{{"accessToken": "{name}", "expiresAt": "2100-01-01T00:00:00Z"}}"#)).unwrap()
        };
        let on_disk = || match cache.token(&key).unwrap() {
            Loaded::Present(token, _) => token.access_token.expose().to_owned(),
            other => panic!("{other:?}"),
        };
        assert!(!cache.replace_token(&key, &token("A"), &token("B")).unwrap());
        assert!(matches!(cache.token(&key), Ok(Loaded::Absent)));
        cache.store_token(&key, &token("A")).unwrap();
        assert!(cache.replace_token(&key, &token("A"), &token("B")).unwrap());
        assert_eq!(on_disk(), "B");
        assert!(!cache.replace_token(&key, &token("A"), &token("C")).unwrap());
        assert_eq!(on_disk(), "B");
        std::fs::write(cache.token_path(&key), "damaged").unwrap();
        assert!(!cache.replace_token(&key, &token("B"), &token("C")).unwrap());
        assert_eq!(std::fs::read_to_string(cache.token_path(&key)).unwrap(), "damaged");
    }
}
