//! The contents of token and registration files: their members, and what makes a file damaged.
//!
//! The members and their order are botocore's. Unknown members are kept when a token is refreshed. File names are in
//! `names`; files are replaced in `file`.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::timestamp;
use crate::context::Timestamp;
use crate::python;
use crate::secret::Secret;

/// A token file: the access token, and what is needed to refresh it. The order of the members is botocore's.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CachedToken {
    /// The start URL as configured when the token was made; absent in files of some tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_url: Option<String>,
    /// The region of the Identity Center instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The bearer token.
    pub access_token: Secret,
    /// When the access token expires.
    #[serde(serialize_with = "timestamp::serialize")]
    pub expires_at: Timestamp,
    /// The registered client the token was issued to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Its secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
    /// When the client's registration expires, as text because botocore copies it without parsing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_expires_at: Option<String>,
    /// Absent if the session cannot be refreshed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// Members of other tools, in their order.
    #[serde(flatten)]
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
    /// Parses a file's text; the error names the problem without quoting the text.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut members = Members::parse(text)?;
        let access_token = members.secret("accessToken").filter(|token| !token.is_empty());
        // It is printed, and sent in a header.
        if access_token.as_ref().is_some_and(|token| !token.is_vschar()) {
            return Err("its accessToken has characters that are not printable ASCII".to_owned());
        }
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
            others: members.0.into_iter().collect(),
        })
    }

    /// Whether it is valid for at least this time.
    pub fn lasts(&self, min_ttl: Duration, now: Timestamp) -> bool {
        self.expires_at > now && self.expires_at - now >= min_ttl
    }

    /// Whole seconds until the token expires; negative if it has expired.
    pub fn seconds_left(&self, now: Timestamp) -> i64 {
        (self.expires_at - now).whole_seconds()
    }

    /// Whether both have the same access token and refresh token, so that neither is from a later grant.
    pub fn is_same_grant(&self, other: &Self) -> bool {
        self.access_token == other.access_token && self.refresh_token == other.refresh_token
    }

    /// What a refresh needs, if complete and the registration has not expired (without a margin, as in botocore).
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
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CachedRegistration {
    /// The client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// When the secret expires, as text because it is copied into the token file without parsing.
    pub expires_at: String,
    /// The scopes it was registered with; absent if none were requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// The grant types it was registered with; present in the authorization code flow only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<String>>,
}

impl CachedRegistration {
    /// Parses a file's text; the error names the problem without quoting the text.
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

    /// Whole seconds until the registration expires; negative if it has expired.
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

/// The members of a file in its order. Not a map, whose hashing costs more than the rest of reading a file.
struct Members(Vec<(String, Value)>);

impl<'a> Visitor<'a> for Members {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut members: A) -> Result<Self, A::Error> {
        while let Some(member) = members.next_entry()? {
            self.0.push(member);
        }
        Ok(self)
    }
}

impl Members {
    fn parse(text: &str) -> Result<Self, String> {
        let mut json = serde_json::Deserializer::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
        let members = json.deserialize_map(Self(Vec::with_capacity(8)));
        members.and_then(|members| json.end().map(|()| members)).map_err(|error| {
            if error.is_data() {
                return "it is not a JSON object".to_owned();
            }
            format!("it is not JSON (line {}, column {})", error.line(), error.column())
        })
    }

    /// Removes a member by its name, or else ignoring case, because the AWS SDK for Rust writes other letter case. Of
    /// two the last counts.
    fn take(&mut self, name: &str) -> Option<Value> {
        let exact = self.0.iter().rposition(|(known, _)| known == name);
        let place = exact.or_else(|| self.0.iter().rposition(|(known, _)| known.eq_ignore_ascii_case(name)))?;
        let (name, value) = self.0.remove(place);
        self.0.retain(|(known, _)| *known != name);
        Some(value)
    }

    fn string(&mut self, name: &str) -> Option<String> {
        if let Value::String(text) = self.take(name)? { Some(text) } else { None }
    }

    fn secret(&mut self, name: &str) -> Option<Secret> {
        self.string(name).map(Secret::new)
    }

    fn strings(&mut self, name: &str) -> Option<Vec<String>> {
        let items = self.take(name)?;
        Some(items.as_array()?.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
    }
}

/// The text of a file: one line of JSON as Python writes it, without a final newline, in a buffer that is overwritten
/// on drop.
pub(super) fn to_json(document: &impl Serialize) -> Zeroizing<String> {
    Zeroizing::new(python::dumps(document, python::LINE))
}

#[cfg(test)]
#[path = "../../tests/fuzz/documents.rs"]
mod fuzz;

#[cfg(test)]
mod tests;
