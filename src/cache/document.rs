//! What stands in a token file and in a registration file: members, their order, what makes a file damaged.
//!
//! The members and their order are botocore's. Members we do not know survive when a token is refreshed. Where the
//! files are and how they are replaced is not here.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::timestamp;
use crate::context::Timestamp;
use crate::python;
use crate::secret::Secret;

/// A token file: the access token, and what is needed to refresh it.
#[derive(Debug, Clone)]
pub struct CachedToken {
    /// The start URL as configured when the token was made; absent in files of some tools.
    pub start_url: Option<String>,
    /// The region of the Identity Center instance.
    pub region: Option<String>,
    /// The bearer token.
    pub access_token: Secret,
    /// When the access token ends.
    pub expires_at: Timestamp,
    /// The registered client the token was issued to.
    pub client_id: Option<String>,
    /// Its secret.
    pub client_secret: Option<Secret>,
    /// When the client's registration ends, as text because botocore copies it unread.
    pub registration_expires_at: Option<String>,
    /// Absent when the session cannot be refreshed.
    pub refresh_token: Option<Secret>,
    /// Members of other tools, in their order.
    pub others: Map<String, Value>,
}

/// What a refresh needs (RFC 6749 section 6), borrowed from a token that has all of it.
#[derive(Debug, Clone, Copy)]
pub struct Refreshable<'a> {
    /// The client the refresh token is bound to.
    pub client_id: &'a str,
    /// Its secret.
    pub client_secret: &'a Secret,
    /// The refresh token.
    pub refresh_token: &'a Secret,
}

impl CachedToken {
    /// Reads a file's text; the error says what is wrong with it and quotes nothing of it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut members = Members::parse(text)?;
        let access_token = members.secret("accessToken").filter(|token| !token.is_empty());
        let expires_at = members.string("expiresAt");
        Ok(Self {
            access_token: access_token.ok_or("it has no accessToken")?,
            expires_at: instant(expires_at.as_deref(), "expiresAt")?,
            start_url: members.string("startUrl"),
            region: members.string("region"),
            client_id: members.string("clientId"),
            client_secret: members.secret("clientSecret"),
            registration_expires_at: members.string("registrationExpiresAt"),
            refresh_token: members.secret("refreshToken").filter(|token| !token.is_empty()),
            others: members.rest()?,
        })
    }

    /// The file's text: one line in Python's spelling, no final newline.
    pub(super) fn to_json(&self) -> Zeroizing<String> {
        let texts = [
            ("startUrl", self.start_url.as_deref()),
            ("region", self.region.as_deref()),
            ("accessToken", Some(self.access_token.expose())),
            ("expiresAt", Some(&*timestamp::format(self.expires_at))),
            ("clientId", self.client_id.as_deref()),
            ("clientSecret", self.client_secret.as_ref().map(Secret::expose)),
            ("registrationExpiresAt", self.registration_expires_at.as_deref()),
            ("refreshToken", self.refresh_token.as_ref().map(Secret::expose)),
        ];
        Document { texts: &texts, others: &self.others }.to_json()
    }

    /// Whether it has life left, and at least this much.
    pub fn lasts(&self, min_ttl: Duration, now: Timestamp) -> bool {
        self.expires_at > now && self.expires_at - now >= min_ttl
    }

    /// Whole seconds until the token ends; negative when it has.
    pub fn seconds_left(&self, now: Timestamp) -> i64 {
        (self.expires_at - now).whole_seconds()
    }

    /// What a refresh needs, if everything is there and the registration lasts (botocore's rule: no margin).
    pub fn refreshable(&self, now: Timestamp) -> Option<Refreshable<'_>> {
        let ends = timestamp::parse(self.registration_expires_at.as_deref()?)?;
        (ends > now).then_some(())?;
        Some(Refreshable {
            client_id: self.client_id.as_deref()?,
            client_secret: self.client_secret.as_ref()?,
            refresh_token: self.refresh_token.as_ref()?,
        })
    }
}

/// A registration file: a client known to the service (RFC 7591), shared with the AWS CLI.
#[derive(Debug, Clone)]
pub struct CachedRegistration {
    /// The client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// When the secret ends, as text because it is copied into the token file unread.
    pub expires_at: String,
    /// The scopes it was registered with; absent when none were asked for.
    pub scopes: Option<Vec<String>>,
    /// The grant types it was registered with; present in the authorization code flow only.
    pub grant_types: Option<Vec<String>>,
}

impl CachedRegistration {
    /// Reads a file's text; the error says what is wrong with it and quotes nothing of it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut members = Members::parse(text)?;
        if members.take("accessToken").is_some() {
            return Err("it is a token, not a registration".to_owned());
        }
        let expires_at = members.string("expiresAt").ok_or("it has no expiresAt")?;
        instant(Some(&expires_at), "expiresAt")?;
        Ok(Self {
            client_id: members.string("clientId").filter(|id| !id.is_empty()).ok_or("it has no clientId")?,
            client_secret: members.secret("clientSecret").ok_or("it has no clientSecret")?,
            expires_at,
            scopes: members.strings("scopes"),
            grant_types: members.strings("grantTypes"),
        })
    }

    /// The file's text: one line in Python's spelling, no final newline.
    pub(super) fn to_json(&self) -> Zeroizing<String> {
        let texts = [
            ("clientId", Some(self.client_id.as_str())),
            ("clientSecret", Some(self.client_secret.expose())),
            ("expiresAt", Some(self.expires_at.as_str())),
        ];
        let lists = [("scopes", &self.scopes), ("grantTypes", &self.grant_types)];
        let given = lists.into_iter().filter_map(|(name, list)| Some((name.to_owned(), list.clone()?.into())));
        Document { texts: &texts, others: &given.collect() }.to_json()
    }

    /// Whole seconds until the registration ends; negative when it has.
    pub fn seconds_left(&self, now: Timestamp) -> i64 {
        timestamp::parse(&self.expires_at).map_or(i64::MIN, |ends| (ends - now).whole_seconds())
    }

    /// Whether the client may use the authorization code grant.
    pub fn allows_authorization_code(&self) -> bool {
        self.grant_types.iter().flatten().any(|grant| grant == "authorization_code")
    }
}

fn instant(text: Option<&str>, member: &str) -> Result<Timestamp, String> {
    let text = text.ok_or_else(|| format!("it has no {member}"))?;
    timestamp::parse(text).ok_or_else(|| format!("its {member} is not a valid timestamp"))
}

/// The members of a file in its order, each read when it is taken, so that no copy of a secret stays behind.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

/// A member's name, where it stands in the file unless it has an escape.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Visitor<'a> for Members<'a> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut members: A) -> Result<Self, A::Error> {
        while let Some((Name(name), value)) = members.next_entry()? {
            self.0.push((name, value));
        }
        Ok(self)
    }
}

impl<'a> Members<'a> {
    fn parse(text: &'a str) -> Result<Self, String> {
        let mut json = serde_json::Deserializer::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
        let members = json.deserialize_map(Self(Vec::with_capacity(8)));
        members.and_then(|members| json.end().map(|()| members)).map_err(|error| {
            if error.is_data() {
                return "it is not a JSON object".to_owned();
            }
            format!("it is not JSON (line {}, column {})", error.line(), error.column())
        })
    }

    /// By its name, else by its name in other letter case, as the AWS SDK for Rust has it. Of two the last counts.
    fn take(&mut self, name: &str) -> Option<&'a RawValue> {
        let exact = self.0.iter().rposition(|(known, _)| known == name);
        let place = exact.or_else(|| self.0.iter().rposition(|(known, _)| known.eq_ignore_ascii_case(name)))?;
        let (name, value) = self.0.remove(place);
        self.0.retain(|(known, _)| *known != name);
        Some(value)
    }

    fn string(&mut self, name: &str) -> Option<String> {
        let text = self.take(name)?.get();
        let plain = text.strip_prefix('"')?.strip_suffix('"')?;
        // Without an escape the text stands for itself.
        let has_escape = memchr::memchr(b'\\', plain.as_bytes()).is_some();
        if has_escape { serde_json::from_str(text).ok() } else { Some(plain.to_owned()) }
    }

    fn secret(&mut self, name: &str) -> Option<Secret> {
        self.string(name).map(Secret::new)
    }

    fn strings(&mut self, name: &str) -> Option<Vec<String>> {
        let items: Vec<Value> = serde_json::from_str(self.take(name)?.get()).ok()?;
        Some(items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
    }

    /// What is left, in the order of the file. Of two with one name only the last is looked at.
    fn rest(self) -> Result<Map<String, Value>, String> {
        let mut names = BTreeSet::new();
        let last: Vec<_> = self.0.iter().rev().filter(|(name, _)| names.insert(name)).collect();
        let read =
            |(name, value): &(Cow<'_, str>, &RawValue)| Ok((name.to_string(), serde_json::from_str(value.get())?));
        let read: Result<_, serde_json::Error> = last.into_iter().rev().map(read).collect();
        read.map_err(|error| format!("it has a member that cannot be read: {error}"))
    }
}

/// A file's members in their order; those without a value are left out.
struct Document<'a> {
    texts: &'a [(&'a str, Option<&'a str>)],
    others: &'a Map<String, Value>,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        for (name, text) in self.texts {
            if let Some(text) = text {
                members.serialize_entry(name, text)?;
            }
        }
        for (name, value) in self.others {
            members.serialize_entry(name, value)?;
        }
        members.end()
    }
}

impl Document<'_> {
    /// The file's text, in a buffer that is overwritten when dropped.
    fn to_json(&self) -> Zeroizing<String> {
        Zeroizing::new(python::dumps(self, python::LINE))
    }
}

#[cfg(test)]
#[path = "../../tests/fuzz/documents.rs"]
mod fuzz;

#[cfg(test)]
mod tests {
    use time::macros::utc_datetime;

    use super::{CachedRegistration, CachedToken};

    const TOKEN: &str = r#"{"startUrl": "https://d-1234567890.awsapps.com/start", "region": "us-east-1", "accessToken": "ACCESS-1", "expiresAt": "2026-01-01T08:00:00Z", "clientId": "CLIENT-1", "clientSecret": "SECRET-1", "registrationExpiresAt": "2100-01-01T00:00:00Z", "refreshToken": "REFRESH-1"}"#;

    #[test]
    fn a_file_of_the_aws_cli_comes_back_byte_for_byte() {
        assert_eq!(*CachedToken::parse(TOKEN).unwrap().to_json(), TOKEN);
        for text in [
            r#"{"clientId": "C", "clientSecret": "S", "expiresAt": "2100-01-01T00:00:00Z", "scopes": ["sso:account:access"], "grantTypes": ["authorization_code", "refresh_token"]}"#,
            r#"{"clientId": "C", "clientSecret": "S", "expiresAt": "2100-01-01T00:00:00Z"}"#,
        ] {
            assert_eq!(*CachedRegistration::parse(text).unwrap().to_json(), text);
        }
    }

    #[test]
    fn unknown_members_survive_in_their_order() {
        let text = TOKEN.replace('}', r#", "x": {"deep": [1, null]}, "a": 12345678901234567890}"#);
        assert_eq!(*CachedToken::parse(&text).unwrap().to_json(), text);
    }

    #[test]
    fn names_in_other_letter_case_are_read_and_written_in_ours() {
        let token = CachedToken::parse(r#"{"accesstoken": "A", "ExpiresAt": "2026-01-01T08:00:00UTC"}"#).unwrap();
        assert_eq!(*token.to_json(), r#"{"accessToken": "A", "expiresAt": "2026-01-01T08:00:00Z"}"#);
    }

    #[test]
    fn of_two_members_with_one_name_the_last_counts_and_nothing_stays_of_the_first() {
        let first = r#"{"accessToken": "FIRST", "x": "\ud800", "y": 1, "\u0078": 2, "#;
        let written = CachedToken::parse(&TOKEN.replace('{', first)).unwrap().to_json();
        assert_eq!(*written, TOKEN.replace('}', r#", "y": 1, "x": 2}"#));
        let text = r#"{"AccessToken": "FIRST", "AccessToken": "A", "expiresAt": "2026-01-01T08:00:00Z"}"#;
        let written = CachedToken::parse(text).unwrap().to_json();
        assert_eq!(*written, r#"{"accessToken": "A", "expiresAt": "2026-01-01T08:00:00Z"}"#);
    }

    #[test]
    fn a_damaged_file_says_why_and_quotes_nothing() {
        for (text, why) in [
            ("", "it is not JSON (line 1, column 0)"),
            ("[]", "it is not a JSON object"),
            ("5", "it is not a JSON object"),
            (r#"{"accessToken": "canary"}"#, "it has no expiresAt"),
            (r#"{"accessToken": 1, "expiresAt": "2026-01-01T08:00:00Z"}"#, "it has no accessToken"),
            (r#"{"accessToken": "", "expiresAt": "2026-01-01T08:00:00Z"}"#, "it has no accessToken"),
            (r#"{"accessToken": "canary", "expiresAt": "canary"}"#, "its expiresAt is not a valid timestamp"),
            (r#"{"accessToken": "canary", "expiresAt": 5}"#, "it has no expiresAt"),
            (r#"{"accessToken": "canary"}"}"#, "it is not JSON (line 1, column 26)"),
        ] {
            assert_eq!(CachedToken::parse(text).unwrap_err(), why, "{text}");
        }
    }

    #[test]
    fn refreshable_needs_every_part_and_a_living_registration() {
        let now = utc_datetime!(2026-01-01 09:00);
        assert!(CachedToken::parse(TOKEN).unwrap().refreshable(now).is_some());
        for part in ["clientId", "clientSecret", "registrationExpiresAt", "refreshToken"] {
            let text = TOKEN.replace(part, "other");
            assert!(CachedToken::parse(&text).unwrap().refreshable(now).is_none(), "{part}");
        }
        let at_its_end = utc_datetime!(2100-01-01 00:00);
        assert!(CachedToken::parse(TOKEN).unwrap().refreshable(at_its_end).is_none());
    }
}
