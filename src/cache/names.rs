//! The name of everything in the caches: folders, documents, locks.
//!
//! Documents are named by SHA-1 digests in lower-case hexadecimal, as botocore computes them: a token by its sso-session's
//! name or for a legacy profile by the start URL exactly as configured, a registration and role credentials by the JSON text
//! of everything they were made for. Beside a document `<sha1>.json` are the locks `<sha1>.lock` and `<sha1>.login.lock`.
//! Sessions of `aws login` are named by SHA-256 digests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use sha2::Sha256;

use crate::python;

/// The purpose of a lock.
pub enum Purpose {
    /// Reading, refreshing and writing a token.
    Refresh,
    /// Signing in with a browser; always taken before the other.
    Login,
}

impl Purpose {
    fn extension(self) -> &'static str {
        match self {
            Self::Refresh => "lock",
            Self::Login => "login.lock",
        }
    }
}

/// The path of a document.
pub(super) fn document(folder: &Path, digest: &str) -> PathBuf {
    let mut path = folder.join(digest).into_os_string();
    path.push(".json");
    path.into()
}

/// The path of the lock beside a document.
pub(super) fn lock_beside(document: &Path, purpose: Purpose) -> PathBuf {
    document.with_extension(purpose.extension())
}

/// True for a name that only files of these caches have: a digest, and one of these endings.
pub(super) fn has_digest(path: &Path, endings: &[&str]) -> bool {
    let is_digest = |stem: &str| stem.len() == 40 && stem.bytes().all(|byte| byte.is_ascii_hexdigit());
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    endings.iter().any(|ending| name.strip_suffix(ending).is_some_and(is_digest))
}

/// Names the file of a token: the digest before `.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenKey(pub String);

impl TokenKey {
    /// The key of a session: of its name, or for a legacy profile of the start URL.
    pub fn new(session_name: Option<&str>, start_url: &str) -> Self {
        session_name.map_or_else(|| Self::of_start_url(start_url), Self::of_session)
    }

    /// The key of an sso-session: SHA-1 of its name in UTF-8.
    pub fn of_session(name: &str) -> Self {
        Self(hex_sha1(name))
    }

    /// The key of a legacy profile: SHA-1 of the start URL as configured.
    pub fn of_start_url(start_url: &str) -> Self {
        Self(hex_sha1(start_url))
    }
}

/// Names the file of a client registration: the digest before `.json`.
pub struct RegistrationKey(pub String);

impl RegistrationKey {
    /// The key botocore computes, so that registrations are shared with the AWS CLI. `scopes` are the configured ones
    /// in their order, `None` when the key `sso_registration_scopes` is absent; `session_name` is `None` for a legacy
    /// profile; `start_url` is as configured; `region` is as resolved.
    pub fn new(region: &str, scopes: Option<&[String]>, session_name: Option<&str>, start_url: &str) -> Self {
        let description = BTreeMap::from([
            ("region", json!(region)),
            ("scopes", json!(scopes)),
            ("session_name", json!(session_name)),
            ("startUrl", json!(start_url)),
            ("tool", json!("botocore")),
        ]);
        Self(hex_sha1(&python::dumps(&description, python::LINE)))
    }
}

/// Names the file of role credentials: the digest before `.json`.
pub struct CredentialKey(pub String);

impl CredentialKey {
    /// The key of an assumed role: the parameters of the call, without a generated session name.
    pub fn of_role(parameters: &BTreeMap<&str, Value>) -> Self {
        Self(hex_sha1(&python::dumps(parameters, python::LINE)))
    }

    /// The key of a role in an account, through an sso-session or, without its name, a start URL.
    pub fn of_sso(account: &str, role: &str, session_name: Option<&str>, start_url: &str) -> Self {
        let (member, value) = session_name.map_or(("startUrl", start_url), |name| ("sessionName", name));
        let description = json!({"accountId": account, "roleName": role, member: value});
        Self(hex_sha1(&python::dumps(&description, python::COMPACT)))
    }
}

/// The name of the file of an `aws login` session, without `.json`.
pub(super) fn of_login_session(session: &str) -> String {
    hex(&Sha256::digest(session))
}

fn hex_sha1(text: &str) -> String {
    hex(&Sha1::digest(text))
}

fn hex(digest: &[u8]) -> String {
    let mut hex = String::with_capacity(2 * digest.len());
    for byte in digest {
        hex.extend([byte >> 4, byte & 15].map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])));
    }
    hex
}

#[cfg(test)]
#[path = "../../tests/fuzz/keys.rs"]
mod fuzz;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use serde_json::json;

    use super::{CredentialKey, RegistrationKey, TokenKey, has_digest};

    const URL: &str = "https://d-1234567890.awsapps.com/start";

    #[test]
    fn only_digests_name_documents_and_locks() {
        let digest = "640d87e741e6aa4c669a82a4cd304787960513ab";
        for (name, of_document, of_lock) in [
            (format!("{digest}.json"), true, false),
            (format!("{digest}.lock"), false, true),
            (format!("{digest}.login.lock"), false, true),
            (digest.to_owned(), false, false),
            (format!("{digest}0.json"), false, false),
            (format!("{}.json", &digest[1..]), false, false),
            (format!("g{}.json", &digest[1..]), false, false),
            ("botocore-client-id-us-east-1.json".to_owned(), false, false),
        ] {
            let path = Path::new("folder").join(&name);
            assert_eq!(
                (has_digest(&path, &[".json"]), has_digest(&path, &[".lock", ".login.lock"])),
                (of_document, of_lock),
                "{name}"
            );
        }
    }

    #[test]
    fn token_keys_are_those_the_aws_cli_was_seen_to_use() {
        assert_eq!(TokenKey::of_session("s1").0, "640d87e741e6aa4c669a82a4cd304787960513ab");
        assert_eq!(TokenKey::of_start_url(URL).0, "7487b5b67d5fa1132cf33fa93ae51ef38cc37752");
        assert_eq!(TokenKey::of_session("sé").0, "9bd61a0d49b4ad8b832156aae690f11fc4e89c7a");
    }

    #[test]
    fn registration_keys_are_those_the_aws_cli_was_seen_to_use() {
        let scopes = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let key = |scopes: Option<&[String]>, session| RegistrationKey::new("us-east-1", scopes, session, URL).0;
        assert_eq!(key(Some(&scopes(&["sso:account:access"])), Some("s1")), "5a50437199927fabc74b9eb96d8639ecf2d19065");
        assert_eq!(key(None, Some("s1")), "3c130c3ba3af219cf7d897d5ef270dc78f761c5c");
        assert_eq!(key(Some(&[]), Some("s1")), "d6b470594326be7bf8bb2a5cfe9d65e7f25c3a88");
        assert_eq!(key(None, None), "365414a68be7c9bfc776c660981dbdbd942acea4");
        assert_eq!(key(None, Some("sé")), "5f0ee9b54be22398b3d00ba8a92899a29a407d93");
        assert_eq!(key(Some(&scopes(&["a", "b b", "c:d"])), Some("s1")), "d12c800bf9de3176a7c8006a4ac6d6245aba4347");
    }

    #[test]
    fn credential_keys_are_those_the_aws_cli_was_seen_to_use() {
        let parameters = BTreeMap::from([
            ("RoleArn", json!("arn:aws:iam::1:role/x")),
            ("RoleSessionName", json!("sess")),
            ("ExternalId", json!("ext é&")),
            ("DurationSeconds", json!(900)),
        ]);
        assert_eq!(CredentialKey::of_role(&parameters).0, "a6cd359ee922e7b97dee0f9e9f2844733cc8ba18");
        let only_role = BTreeMap::from([("RoleArn", json!("arn:aws:iam::1:role/x"))]);
        assert_eq!(CredentialKey::of_role(&only_role).0, "4822f6991251fc6fb078b9e88b03e52c9e3ff12d");
        let url = "https://d-1234567890.awsapps.com/start";
        let of_sso = |session| CredentialKey::of_sso("111122223333", "Role", session, url);
        assert_eq!(of_sso(Some("s1")).0, "d6034f25ead45a1e7db0839066e3572abe0e964d");
        assert_eq!(of_sso(None).0, "b4e52af176b86b5eef1e65fd459737d8c92158e6");
    }
}
