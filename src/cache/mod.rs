//! The cache on disk that the AWS CLI and every AWS SDK read: which files there are and what they are called.
//!
//! `key` names the files, `document` is what stands in them, `credentials` does both for temporary keys, `timestamp` how
//! instants are spelled, `file` reads and replaces them safely, `lock` lets one process at a time refresh or ask, `sweep`
//! sees everything that is there. What a token is good for is decided in `session`, not here. Imports `secret`, `json`, `context`.

mod credentials;
mod document;
mod file;
mod key;
mod lock;
mod platform;
mod sweep;
pub mod timestamp;

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use credentials::{CachedCredentials, CredentialCache, CredentialKey};
pub use document::{CachedRegistration, CachedToken};
pub use file::{Damage, Loaded};
pub use key::{RegistrationKey, TokenKey};
pub use lock::{Attempt, Held, Lock, LockRecord, Purpose};
pub use sweep::{Kind, Remains};

/// The folder `~/.aws/sso/cache`.
#[derive(Debug, Clone)]
pub struct TokenCache {
    dir: PathBuf,
    scopes_of_clients: OnceCell<HashMap<String, Vec<String>>>,
    /// Files that have turned out to be registrations, and need not be read again to know that they are no tokens.
    registrations: RefCell<Vec<PathBuf>>,
}

impl TokenCache {
    /// The cache of the account whose home directory this is, as botocore has it.
    pub fn in_home(home: &Path) -> Self {
        let dir = home.join(".aws").join("sso").join("cache");
        Self { dir, scopes_of_clients: OnceCell::new(), registrations: RefCell::default() }
    }

    /// The folder itself.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The path of a token's file.
    pub fn token_path(&self, key: &TokenKey) -> PathBuf {
        self.path_of(key.digest())
    }

    /// The path of a registration's file.
    pub fn registration_path(&self, key: &RegistrationKey) -> PathBuf {
        self.path_of(key.digest())
    }

    fn path_of(&self, digest: &str) -> PathBuf {
        let mut path = self.dir.clone().into_os_string();
        path.reserve_exact(digest.len() + 6);
        path.push(std::path::MAIN_SEPARATOR_STR);
        path.push(digest);
        path.push(".json");
        path.into()
    }

    /// Reads a token. A damaged file is a miss with a reason, never an error; a folder that others may write is one.
    pub fn token(&self, key: &TokenKey) -> Result<Loaded<CachedToken>, CacheError> {
        // Refreshing a token that cannot be stored would lose it, so this is told first.
        file::check_folder(&self.dir)?;
        file::load(&self.token_path(key), CachedToken::parse)
    }

    /// Reads a registration. A damaged file is a miss with a reason, never an error.
    pub fn registration(&self, key: &RegistrationKey) -> Result<Loaded<CachedRegistration>, CacheError> {
        file::load(&self.registration_path(key), CachedRegistration::parse)
    }

    /// Whether a registration is of this client. Its identifier stands in no other registration, so that the text tells
    /// without being parsed.
    pub fn is_registration_of(&self, key: &RegistrationKey, client_id: &str) -> bool {
        let path = self.registration_path(key);
        let loaded = file::load(&path, |text| Ok((text.contains(client_id), sweep::is_token(text))));
        let Ok(Loaded::Present((is_of_client, is_token), _)) = loaded else { return false };
        if !is_token {
            self.registrations.borrow_mut().push(path);
        }
        is_of_client
    }

    /// The scopes that a client was registered with, under whatever name its registration stands; `None` if there is none.
    /// The whole folder is looked through, once.
    pub fn scopes_of_client(&self, client_id: &str) -> Option<&[String]> {
        let scopes = self.scopes_of_clients.get_or_init(|| {
            let entries = fs::read_dir(&self.dir).into_iter().flatten().flatten().map(|entry| entry.path());
            let documents = entries.filter(|path| path.extension() == Some("json".as_ref()));
            // Tokens have a clientId as well; the text tells them apart sooner than its parsing.
            let parse =
                |text: &str| Ok(if sweep::is_token(text) { None } else { CachedRegistration::parse(text).ok() });
            let registrations = documents.filter_map(|path| match file::load(&path, parse) {
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
    pub fn store_token(&self, key: &TokenKey, token: &CachedToken) -> Result<(), CacheError> {
        file::replace(&self.token_path(key), token.to_json().as_bytes())
    }

    /// Replaces a registration's file as a whole.
    pub fn store_registration(
        &self,
        key: &RegistrationKey,
        registration: &CachedRegistration,
    ) -> Result<(), CacheError> {
        file::replace(&self.registration_path(key), registration.to_json().as_bytes())
    }

    /// Removes a token's file; one that is not there is removed already.
    pub fn remove_token(&self, key: &TokenKey) -> Result<(), CacheError> {
        file::remove(&self.token_path(key))
    }

    /// Removes a registration that the service no longer knows.
    pub fn remove_registration(&self, key: &RegistrationKey) -> Result<(), CacheError> {
        file::remove(&self.registration_path(key))
    }

    /// The tokens in the folder, except in these files.
    pub fn tokens_besides(&self, except: &[&Path]) -> Vec<(PathBuf, Loaded<CachedToken>)> {
        let registrations = self.registrations.borrow();
        let known = except.iter().copied().chain(registrations.iter().map(PathBuf::as_path));
        sweep::tokens(&self.dir, &known.filter_map(|path| path.file_name()).collect())
    }

    /// Everything in the folder, and what could not be looked into.
    pub fn everything(&self) -> (Vec<Remains>, Vec<CacheError>) {
        sweep::look(&self.dir)
    }

    /// Finds out whether a token could be stored under this key, before a person is asked to approve anything.
    pub fn probe(&self, key: &TokenKey) -> Result<(), CacheError> {
        file::probe(&self.token_path(key))
    }

    /// The lock that lets one process at a time read, refresh and write this token, or ask a person for it.
    pub fn lock(&self, key: &TokenKey, purpose: Purpose) -> Lock {
        Lock::new(self.dir.join(format!("{}.{}", key.digest(), purpose.extension())))
    }
}

/// Removes a file of a cache; one that is not there is removed already.
pub fn remove(path: &Path) -> Result<(), CacheError> {
    file::remove(path)
}

/// The cache cannot be used: which file or folder, what was attempted, and why not.
#[derive(Debug)]
pub struct CacheError {
    path: PathBuf,
    attempt: &'static str,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    Io(io::Error),
    /// Somebody else could have written it, or may.
    Untrusted(String),
    /// Something other than a file stands there.
    NotAFile(&'static str),
}

impl CacheError {
    fn io(path: &Path, attempt: &'static str, error: io::Error) -> Self {
        Self { path: path.to_owned(), attempt, cause: Cause::Io(error) }
    }

    fn untrusted(path: &Path, attempt: &'static str, why: String) -> Self {
        Self { path: path.to_owned(), attempt, cause: Cause::Untrusted(why) }
    }

    fn not_a_file(path: &Path, attempt: &'static str, what: &'static str) -> Self {
        Self { path: path.to_owned(), attempt, cause: Cause::NotAFile(what) }
    }

    /// The file or folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What to do about it, as a sentence.
    pub fn hint(&self) -> String {
        let path = self.path.display();
        match &self.cause {
            Cause::Io(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                format!("make {path} readable and writable for your account")
            }
            Cause::Io(error) if error.kind() == io::ErrorKind::StorageFull => {
                "free some space on that file system".to_owned()
            }
            Cause::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                "allow this process to write files (ulimit -f)".to_owned()
            }
            Cause::Io(_) => format!("check the file system that holds {path}"),
            Cause::Untrusted(_) => {
                format!("look at {path}, then remove it, or: chown \"$(id -u)\" {path} && chmod go-w {path}")
            }
            Cause::NotAFile(_) => format!("move {path} away"),
        }
    }
}

impl fmt::Display for CacheError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} `{}`: ", self.attempt, self.path.display())?;
        match &self.cause {
            Cause::Io(error) => write!(f, "{error}"),
            Cause::Untrusted(why) => f.write_str(why),
            Cause::NotAFile(what) => write!(f, "it is {what}, not a file"),
        }
    }
}

impl std::error::Error for CacheError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Io(error) => Some(error),
            Cause::Untrusted(_) | Cause::NotAFile(_) => None,
        }
    }
}
