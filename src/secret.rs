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
pub struct Secret(Zeroizing<String>);

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

    /// Whether it has only the characters of a token or of a client's ID or secret (`VSCHAR` of RFC 6749 appendix A).
    pub fn is_vschar(&self) -> bool {
        self.0.bytes().all(|byte| matches!(byte, b' '..=b'~'))
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

/// The length of the shortest secret of a service; a shorter value may be a word of a message.
const SHORTEST: usize = 8;

/// Replaces the secrets in a text, also where their characters are escaped: percent-encoded, as in JSON, or as HTML
/// character references.
pub fn redacted(text: &str, secrets: &[&str]) -> String {
    String::from_utf8_lossy(&redacted_bytes(text.as_bytes(), secrets)).into_owned()
}

/// As [`redacted`], for bytes that need not be UTF-8.
pub fn redacted_bytes(text: &[u8], secrets: &[&str]) -> Vec<u8> {
    let mut secrets: Vec<&[u8]> = secrets.iter().map(|it| it.as_bytes()).filter(|it| it.len() >= SHORTEST).collect();
    // One secret may be part of another.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    let mut redacted = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        let found = secrets.iter().find_map(|secret| without_escaped(rest, secret).or(rest.strip_prefix(*secret)));
        match found {
            Some(_) => redacted.extend_from_slice(b"[redacted]"),
            None => redacted.push(*first),
        }
        rest = found.unwrap_or(after);
    }
    redacted
}

/// The text after the secret that it begins with, any of whose characters may be escaped.
fn without_escaped<'a>(mut text: &'a [u8], mut secret: &[u8]) -> Option<&'a [u8]> {
    while !secret.is_empty() {
        // JSON inside JSON has several backslashes for one.
        let backslashes = |bytes: &[u8]| bytes.iter().take_while(|byte| **byte == b'\\').count();
        let found = backslashes(text);
        let wanted = backslashes(secret).min(found);
        (text, secret) = (&text[found..], &secret[wanted..]);
        let Some(first) = secret.first() else { break };
        let escape = escape(text, found > wanted).filter(|(character, _)| secret.starts_with(character));
        let (character, length) = escape.map_or((1, 1), |(character, length)| (character.len(), length));
        (length > 1 || text.first() == Some(first)).then_some(())?;
        (text, secret) = (&text[length..], &secret[character..]);
    }
    Some(text)
}

/// The bytes that an escape at the start of the text stands for, and its length.
fn escape(text: &[u8], after_backslash: bool) -> Option<(Vec<u8>, usize)> {
    let number = |digits: &[u8], radix| u32::from_str_radix(str::from_utf8(digits).ok()?, radix).ok();
    let character = |code| Some(char::from_u32(code)?.to_string().into_bytes());
    match text {
        [b'%', high, low, ..] => Some((vec![u8::try_from(number(&[*high, *low], 16)?).ok()?], 3)),
        [b'u', code @ ..] if after_backslash => Some((character(number(code.get(..4)?, 16)?)?, 5)),
        [b'&', b'#', reference @ ..] => {
            let end = reference.iter().take(8).position(|byte| *byte == b';')?;
            let code = match &reference[..end] {
                [b'x' | b'X', hex @ ..] => number(hex, 16)?,
                decimal => number(decimal, 10)?,
            };
            Some((character(code)?, end + 3))
        }
        _ => None,
    }
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
        assert_eq!(
            redacted("a canary-1-1, a canary-1", &["canary-1", "", "a", "canary-1-1"]),
            "a [redacted], a [redacted]"
        );
    }

    #[test]
    fn escaped_secrets_are_redacted_too() {
        let secret = r#"a/b+c=d%e\f"gé"#;
        for text in [
            secret,
            "a%2Fb%2Bc%3Dd%25e%5Cf%22g%C3%A9",
            "a/b%2bc%3dd%25e%5cf%22g%c3%a9",
            r#"a\/b+c=d%e\\f\"gé"#,
            r#"a\u002fb\u002Bc=d%e\\f\"g\u00e9"#,
            r#"a\\\/b\\u002bc=d%e\\\\f\\\"g\\u00e9"#,
            r#"a&#x2F;b&#43;c&#x3d;d%e\f"g&#xE9;"#,
        ] {
            assert_eq!(
                redacted(&format!("x {text}, {text}{text} y"), &[secret]),
                "x [redacted], [redacted][redacted] y"
            );
        }
        for text in ["a%2Fb%2Bc%3Dd%25e%5Cf%22g%C3%A", "a%", "\\", "%zz&#;&#x;&#99999999;\\u12", "a/b+c=d"] {
            assert_eq!(redacted(text, &[secret]), text);
        }
        assert_eq!(redacted(r"\\server\share", &[r"\server\"]), "[redacted]share");
        assert_eq!(redacted("100%25canary", &["0%25canary"]), "10[redacted]");
        assert_eq!(super::redacted_bytes(b"\xffcanary%2d1\xff", &["canary-1"]), b"\xff[redacted]\xff");
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
