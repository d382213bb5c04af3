//! `Secret`: a string that must not be shown.
//!
//! It has no `Display`, its `Debug` prints `[redacted]`, and its bytes are overwritten when it is dropped. The text is
//! only accessible through [`Secret::expose`], so every use of a secret can be found by that name. Copies inside
//! reqwest, rustls and `serde_json` are not overwritten.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A token, client secret, code, verifier or key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(#[serde(with = "transparent")] Zeroizing<String>);

mod transparent {
    use serde::{Deserialize, Deserializer, Serializer};
    use zeroize::Zeroizing;

    pub(super) fn serialize<S: Serializer>(secret: &Zeroizing<String>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Zeroizing<String>, D::Error> {
        String::deserialize(from).map(Zeroizing::new)
    }
}

impl Secret {
    /// Takes ownership of the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text: for a request, a cache file, or output that the user requested.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Recognises the secret without containing it: the first 128 bits of its SHA-256 digest in hexadecimal.
    pub fn fingerprint(&self) -> String {
        use sha2::{Digest as _, Sha256};
        Sha256::digest(self.0.as_bytes()).iter().take(16).fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Drop for Secret {
    /// `Zeroizing` overwrites the whole buffer: used bytes one by one, unused capacity at once.
    fn drop(&mut self) {
        self.0.clear();
    }
}

/// Replaces the secrets in a text.
pub fn redacted(text: &str, secrets: &[&str]) -> String {
    let mut secrets: Vec<&str> = secrets.iter().copied().filter(|secret| !secret.is_empty()).collect();
    // One secret may be part of another.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "[redacted]"))
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::{Secret, redacted};

    #[test]
    fn a_secret_that_is_a_part_of_another_leaves_nothing_of_it() {
        assert_eq!(redacted("a canary-1, a canary", &["canary", "", "canary-1"]), "a [redacted], a [redacted]");
    }

    #[test]
    fn debug_shows_nothing_of_the_text() {
        assert_eq!(format!("{:?}", Secret::new("canary")), "[redacted]");
    }

    #[test]
    fn serde_sees_a_plain_string() {
        let secret: Secret = serde_json::from_str("\"canary\"").unwrap();
        assert_eq!(secret.expose(), "canary");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"canary\"");
    }
}
