//! The names of cache files: lower-case hexadecimal SHA-1 digests, as botocore computes them.
//!
//! A token is found by its sso-session's name, or for a legacy profile by the start URL exactly as configured. A
//! registration is found by the JSON text of everything it was made for.

use serde_json::json;
use sha1::{Digest, Sha1};

use crate::python;

/// Names the file of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenKey(String);

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

    /// The digest, without `.json`.
    pub fn digest(&self) -> &str {
        &self.0
    }
}

/// Names the file of a client registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationKey(String);

impl RegistrationKey {
    /// The key botocore computes, so that registrations are shared with the AWS CLI. `scopes` are the configured ones
    /// in their order, `None` when the key `sso_registration_scopes` is absent; `session_name` is `None` for a legacy
    /// profile; `start_url` is as configured; `region` is as resolved.
    pub fn new(region: &str, scopes: Option<&[String]>, session_name: Option<&str>, start_url: &str) -> Self {
        let description = json!({
            "region": region,
            "scopes": scopes,
            "session_name": session_name,
            "startUrl": start_url,
            "tool": "botocore",
        });
        Self(hex_sha1(&python::dumps(&description, python::LINE)))
    }

    /// The digest, without `.json`.
    pub fn digest(&self) -> &str {
        &self.0
    }
}

pub(super) fn hex_sha1(text: &str) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let mut hex = String::with_capacity(40);
    for byte in Sha1::digest(text.as_bytes()) {
        hex.push(DIGITS[usize::from(byte >> 4)]);
        hex.push(DIGITS[usize::from(byte & 15)]);
    }
    hex
}

#[cfg(test)]
#[path = "../../tests/fuzz/keys.rs"]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::{RegistrationKey, TokenKey};

    const URL: &str = "https://d-1234567890.awsapps.com/start";

    #[test]
    fn token_keys_are_those_the_aws_cli_was_seen_to_use() {
        assert_eq!(TokenKey::of_session("s1").digest(), "640d87e741e6aa4c669a82a4cd304787960513ab");
        assert_eq!(TokenKey::of_start_url(URL).digest(), "7487b5b67d5fa1132cf33fa93ae51ef38cc37752");
        assert_eq!(TokenKey::of_session("sé").digest(), "9bd61a0d49b4ad8b832156aae690f11fc4e89c7a");
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
}
