//! Temporary credentials in `~/.aws/cli/cache`, shared with the AWS CLI: those of assumed roles and of Identity Center.
//!
//! A file is named by the SHA-1 of what was asked for: the parameters of `AssumeRole` as sorted JSON, or account, role and
//! session as compact JSON. Members and order are botocore's (`credentials.py`). Who asks and for how long a set of keys
//! is good enough is in `credentials`. Imports `secret`, `json`, `context`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use aws_credential_types::Credentials;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::{CacheError, Loaded, Lock, Remains, file, key, sweep, timestamp};
use crate::context::Timestamp;
use crate::python;

/// The folder `~/.aws/cli/cache`.
#[derive(Debug, Clone)]
pub struct CredentialCache {
    dir: PathBuf,
}

/// Names a file of credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialKey(String);

impl CredentialKey {
    /// The key of an assumed role: the parameters of the call, without a session name that was made up.
    pub fn of_role(parameters: &BTreeMap<&str, Value>) -> Self {
        let sorted: Map<String, Value> =
            parameters.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Self(key::hex_sha1(&python::dumps(&sorted, python::LINE)))
    }

    /// The key of a role in an account, through an sso-session or, without its name, a start URL.
    pub fn of_sso(account: &str, role: &str, session_name: Option<&str>, start_url: &str) -> Self {
        let quoted = |text: &str| python::dumps(text, python::LINE);
        let (member, value) = session_name.map_or(("startUrl", start_url), |name| ("sessionName", name));
        let text = format!(
            "{{\"accountId\":{},\"roleName\":{},\"{member}\":{}}}",
            quoted(account),
            quoted(role),
            quoted(value)
        );
        Self(key::hex_sha1(&text))
    }

    /// The digest, without `.json`.
    pub fn digest(&self) -> &str {
        &self.0
    }
}

/// Credentials with the instant they end.
#[derive(Debug, Clone)]
pub struct CachedCredentials {
    /// The keys; their expiry is set as well.
    pub credentials: Credentials,
    /// When they end.
    pub expires_at: Timestamp,
}

impl CredentialCache {
    /// The cache of the account whose home directory this is.
    pub fn in_home(home: &Path) -> Self {
        Self { dir: home.join(".aws").join("cli").join("cache") }
    }

    /// The folder itself.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Reads credentials. A damaged file is a miss with a reason, never an error.
    pub fn load(&self, key: &CredentialKey) -> Result<Loaded<CachedCredentials>, CacheError> {
        file::load(&self.path(key), parse)
    }

    /// Replaces the file of a role in an account, as botocore writes it.
    pub fn store_sso(&self, key: &CredentialKey, cached: &CachedCredentials) -> Result<(), CacheError> {
        let keys = members(cached, &timestamp::format(cached.expires_at));
        self.store(key, &json!({"ProviderType": "sso", "Credentials": keys}))
    }

    /// Replaces the file of an assumed role; `user` is the answer's `AssumedRoleUser`.
    pub fn store_role(&self, key: &CredentialKey, cached: &CachedCredentials, user: &Value) -> Result<(), CacheError> {
        let ends = timestamp::format(cached.expires_at).replace('Z', "+00:00");
        self.store(key, &json!({"Credentials": members(cached, &ends), "AssumedRoleUser": user}))
    }

    /// Everything in the folder, and what could not be looked into.
    pub fn everything(&self) -> (Vec<Remains>, Vec<CacheError>) {
        sweep::look(&self.dir)
    }

    /// The lock that lets one process at a time ask for these credentials.
    pub fn lock(&self, key: &CredentialKey) -> Lock {
        Lock::new(self.dir.join(format!("{}.lock", key.digest())))
    }

    fn store(&self, key: &CredentialKey, document: &Value) -> Result<(), CacheError> {
        let text = Zeroizing::new(python::dumps(document, python::LINE));
        file::replace(&self.path(key), text.as_bytes())
    }

    fn path(&self, key: &CredentialKey) -> PathBuf {
        self.dir.join(format!("{}.json", key.digest()))
    }
}

fn members(cached: &CachedCredentials, ends: &str) -> Value {
    let keys = &cached.credentials;
    let mut members = json!({
        "AccessKeyId": keys.access_key_id(),
        "SecretAccessKey": keys.secret_access_key(),
        "SessionToken": keys.session_token(),
        "Expiration": ends,
    });
    if let (Some(account), Value::Object(members)) = (keys.account_id(), &mut members) {
        members.insert("AccountId".to_owned(), Value::from(account.as_str()));
    }
    members
}

fn parse(text: &str) -> Result<CachedCredentials, String> {
    let document: Value = serde_json::from_str(text).map_err(|_| "it is not JSON".to_owned())?;
    let keys = document.get("Credentials").ok_or("it has no Credentials")?;
    let member = |name: &str| keys.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let required = |name: &str| member(name).ok_or_else(|| format!("it has no {name}"));
    let expires_at = timestamp::parse(required("Expiration")?).ok_or("its Expiration is not an instant")?;
    let mut builder = Credentials::builder()
        .access_key_id(required("AccessKeyId")?)
        .secret_access_key(required("SecretAccessKey")?)
        .session_token(required("SessionToken")?)
        .expiry(expires_at.into())
        .provider_name("cache");
    if let Some(account) = member("AccountId") {
        builder = builder.account_id(account);
    }
    Ok(CachedCredentials { credentials: builder.build(), expires_at })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::{CredentialCache, CredentialKey, Loaded};

    #[test]
    fn keys_are_botocores() {
        // Names of files that AWS CLI 2.36.7 wrote.
        let parameters = BTreeMap::from([
            ("RoleArn", json!("arn:aws:iam::1:role/x")),
            ("RoleSessionName", json!("sess")),
            ("ExternalId", json!("ext é&")),
            ("DurationSeconds", json!(900)),
        ]);
        assert_eq!(CredentialKey::of_role(&parameters).digest(), "a6cd359ee922e7b97dee0f9e9f2844733cc8ba18");
        let only_role = BTreeMap::from([("RoleArn", json!("arn:aws:iam::1:role/x"))]);
        assert_eq!(CredentialKey::of_role(&only_role).digest(), "4822f6991251fc6fb078b9e88b03e52c9e3ff12d");
        let url = "https://d-1234567890.awsapps.com/start";
        let of_sso = |session| CredentialKey::of_sso("111122223333", "Role", session, url);
        assert_eq!(of_sso(Some("s1")).digest(), "d6034f25ead45a1e7db0839066e3572abe0e964d");
        assert_eq!(of_sso(None).digest(), "b4e52af176b86b5eef1e65fd459737d8c92158e6");
    }

    #[test]
    fn files_of_the_aws_cli_are_read_and_written_alike() {
        let home = tempfile::tempdir().unwrap();
        let cache = CredentialCache::in_home(home.path());
        let key = CredentialKey::of_sso("1", "R", Some("s"), "");
        let path = cache.dir().join(format!("{}.json", key.digest()));
        let user = json!({"AssumedRoleId": "AROA:s", "Arn": "arn:aws:sts::111122223333:assumed-role/x/s"});
        std::fs::create_dir_all(cache.dir()).unwrap();
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
            let Ok(Loaded::Present(cached, _)) = cache.load(&key) else { panic!("{text}") };
            assert_eq!(cached.credentials.access_key_id(), "A");
            std::fs::remove_file(&path).unwrap();
            let stored = if sso { cache.store_sso(&key, &cached) } else { cache.store_role(&key, &cached, &user) };
            stored.unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn a_damaged_file_is_a_miss() {
        let home = tempfile::tempdir().unwrap();
        let cache = CredentialCache::in_home(home.path());
        let key = CredentialKey::of_sso("1", "R", Some("s"), "");
        assert!(matches!(cache.load(&key), Ok(Loaded::Absent)));
        std::fs::create_dir_all(cache.dir()).unwrap();
        for text in ["", "5", "{}", r#"{"Credentials": {"AccessKeyId": "A"}}"#] {
            std::fs::write(cache.dir().join(format!("{}.json", key.digest())), text).unwrap();
            assert!(matches!(cache.load(&key), Ok(Loaded::Damaged(_))), "{text}");
        }
    }
}
