//! Temporary credentials in `~/.aws/cli/cache`, shared with the AWS CLI: those of assumed roles and of Identity Center.
//!
//! Members and their order are botocore's (`credentials.py`). `session` and `credentials` decide which credentials to
//! request, and how much remaining lifetime they need.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use aws_credential_types::Credentials;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{CredentialKey, Kind, Loaded, Lock, Purpose, file, names, scan, timestamp};
use crate::context::Timestamp;
use crate::error::Error;

/// The folder `~/.aws/cli/cache`.
pub struct CredentialCache {
    dir: PathBuf,
}

/// A file's text.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    credentials: Keys<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assumed_role_user: Option<Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys<'a> {
    #[serde(borrow)]
    access_key_id: Cow<'a, str>,
    #[serde(borrow)]
    secret_access_key: Cow<'a, str>,
    #[serde(borrow)]
    session_token: Cow<'a, str>,
    expiration: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<Cow<'a, str>>,
}

impl CredentialCache {
    /// Creates the cache in this home directory.
    pub fn in_home(home: &Path) -> Self {
        Self { dir: home.join(".aws").join("cli").join("cache") }
    }

    /// Reads credentials. A file that is damaged, unreadable or not ours is a miss with a reason: new credentials cost a
    /// request and no login.
    pub fn load(&self, key: &CredentialKey) -> Loaded<Credentials> {
        file::load(&self.path(key), parse).unwrap_or_else(|error| Loaded::Damaged(error.to_string()))
    }

    /// Replaces the file of a role in an account, as botocore writes it, if `is_current` holds at the last moment. Returns a
    /// warning about the folder.
    pub fn store_sso(
        &self,
        key: &CredentialKey,
        credentials: &Credentials,
        is_current: impl Fn() -> bool,
    ) -> Result<Option<String>, Error> {
        let credentials = Keys::of(credentials, timestamp::format(expires_at(credentials)));
        let document = Document { provider_type: Some("sso".into()), credentials, assumed_role_user: None };
        file::store_if(&self.path(key), &document, is_current).map(|(_, warning)| warning)
    }

    /// Replaces the file of an assumed role; `user` is the `AssumedRoleUser` of the response.
    pub fn store_role(&self, key: &CredentialKey, credentials: &Credentials, user: Value) -> Result<(), Error> {
        let credentials = Keys::of(credentials, timestamp::format(expires_at(credentials)).replace('Z', "+00:00"));
        let document = Document { provider_type: None, credentials, assumed_role_user: Some(user) };
        file::store(&self.path(key), &document).map(drop)
    }

    /// The files that came from Identity Center, and an error for each file that could not be read.
    pub fn all_sso(&self) -> (Vec<PathBuf>, Vec<Error>) {
        let (found, failed) = scan::everything(&self.dir);
        let of_sso = found.into_iter().filter(|entry| matches!(entry.kind, Kind::RoleCredentials));
        (of_sso.map(|entry| entry.path).collect(), failed)
    }

    /// The locks of all credentials that were ever requested.
    pub fn locks(&self) -> Vec<Lock> {
        scan::with_extension(&self.dir, "lock").map(Lock::new).collect()
    }

    /// The lock that lets one process at a time request these credentials.
    pub fn lock(&self, key: &CredentialKey) -> Lock {
        Lock::new(names::lock_beside(&self.path(key), Purpose::Refresh))
    }

    /// The path of the file.
    pub fn path(&self, key: &CredentialKey) -> PathBuf {
        names::document(&self.dir, &key.0)
    }
}

impl<'a> Keys<'a> {
    fn of(keys: &'a Credentials, expiration: String) -> Self {
        Self {
            access_key_id: keys.access_key_id().into(),
            secret_access_key: keys.secret_access_key().into(),
            session_token: keys.session_token().unwrap_or_default().into(),
            expiration,
            account_id: keys.account_id().map(|account| account.as_str().into()),
        }
    }
}

/// When credentials in a cache expire.
pub fn expires_at(credentials: &Credentials) -> Timestamp {
    credentials.expiry().map_or(Timestamp::UNIX_EPOCH, Timestamp::from)
}

fn parse(text: &str) -> Result<Credentials, String> {
    // The reason is not shown, for serde quotes values.
    let document: Document = serde_json::from_str(text).map_err(|_| "it does not hold credentials".to_owned())?;
    let keys = document.credentials;
    if [&keys.access_key_id, &keys.secret_access_key, &keys.session_token].iter().any(|text| text.is_empty()) {
        return Err("it has an empty key".to_owned());
    }
    let expires_at = timestamp::parse(&keys.expiration).ok_or("its Expiration is not a valid timestamp")?;
    let mut builder = Credentials::builder()
        .access_key_id(keys.access_key_id)
        .secret_access_key(keys.secret_access_key)
        .session_token(keys.session_token)
        .expiry(expires_at.into())
        .provider_name("cache");
    let account = keys.account_id.filter(|account| !account.is_empty());
    builder.set_account_id(account.map(|account| account.into_owned().into()));
    Ok(builder.build())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{CredentialCache, CredentialKey, Loaded};

    #[test]
    fn files_of_the_aws_cli_are_read_and_written_alike() {
        let home = tempfile::tempdir().unwrap();
        let cache = CredentialCache::in_home(home.path());
        let key = CredentialKey::of_sso("1", "R", Some("s"), "");
        let path = cache.dir.join(format!("{}.json", key.0));
        let user = json!({"AssumedRoleId": "AROA:s", "Arn": "arn:aws:sts::111122223333:assumed-role/x/s"});
        std::fs::create_dir_all(&cache.dir).unwrap();
        for (text, sso) in [
            (
                r#"{"ProviderType": "sso", "Credentials": {"AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T", "Expiration": "2100-01-01T00:00:00Z", "AccountId": "111122223333"}}"#,
                true,
            ),
            (
                r#"{"Credentials": {"AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T", "Expiration": "2100-01-01T00:00:00+00:00"}, "AssumedRoleUser": {"AssumedRoleId": "AROA:s", "Arn": "arn:aws:sts::111122223333:assumed-role/x/s"}}"#,
                false,
            ),
        ] {
            std::fs::write(&path, text).unwrap();
            let Loaded::Present(cached, _) = cache.load(&key) else { panic!("{text}") };
            assert_eq!(cached.access_key_id(), "A");
            std::fs::remove_file(&path).unwrap();
            if sso {
                cache.store_sso(&key, &cached, || true).unwrap();
            } else {
                cache.store_role(&key, &cached, user.clone()).unwrap();
            }
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn a_damaged_file_is_a_miss() {
        let home = tempfile::tempdir().unwrap();
        let cache = CredentialCache::in_home(home.path());
        let key = CredentialKey::of_sso("1", "R", Some("s"), "");
        assert!(matches!(cache.load(&key), Loaded::Absent));
        std::fs::create_dir_all(&cache.dir).unwrap();
        for text in ["", "5", "{}", r#"{"Credentials": {"AccessKeyId": "A"}}"#] {
            std::fs::write(cache.dir.join(format!("{}.json", key.0)), text).unwrap();
            assert!(matches!(cache.load(&key), Loaded::Damaged(_)), "{text}");
        }
    }
}
