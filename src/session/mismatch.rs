//! Whether a cached token was issued for the current configuration.
//!
//! botocore does not compare them, so that it silently uses a token for another start URL, region or set of scopes.
//! Members that a file does not have are not compared.

use std::fmt;

use crate::cache::{CachedToken, TokenCache};
use crate::config::{DEFAULT_SCOPE, Session};

/// What differs between a cached token and the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The configuration key.
    pub key: &'static str,
    /// What the token was issued for.
    pub cached: String,
    /// What is configured now.
    pub configured: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, cached, configured } = self;
        match (cached.as_str(), configured.as_str()) {
            ("", _) => write!(f, "the cached token was issued without {key}, but `{configured}` is configured"),
            (_, "") => write!(f, "the cached token was issued for {key} `{cached}`, but none is configured"),
            _ => write!(f, "the cached token was issued for {key} `{cached}`, but `{configured}` is configured"),
        }
    }
}

/// The first difference, if any.
pub(super) fn find(token: &CachedToken, session: &Session, cache: &TokenCache) -> Option<Mismatch> {
    let differs = |key, cached: &Option<String>, configured: &str| {
        let cached = cached.as_deref().filter(|cached| *cached != configured)?;
        Some(Mismatch { key, cached: cached.to_owned(), configured: configured.to_owned() })
    };
    differs("sso_start_url", &token.start_url, &session.start_url.value)
        .or_else(|| differs("sso_region", &token.region, &session.region.value))
        .or_else(|| scopes(token, session, cache))
}

/// The configured scopes are part of the registration's file name, so if that file has the token's client, they are the
/// same. Otherwise all registrations are searched for the client. A legacy profile has no scopes to compare.
fn scopes(token: &CachedToken, session: &Session, cache: &TokenCache) -> Option<Mismatch> {
    session.name.as_ref()?;
    let client_id = token.client_id.as_deref().filter(|id| !id.is_empty())?;
    if cache.is_registration_of(&session.registration_key(), client_id) {
        return None;
    }
    let cached = cache.scopes_of_client(client_id)?;
    let configured = session.scopes.as_deref().unwrap_or_default();
    // Without configured scopes the authorization code flow registers AWS's default one.
    let default = configured.is_empty() && cached == [DEFAULT_SCOPE];
    (cached != configured && !default).then(|| Mismatch {
        key: "sso_registration_scopes",
        cached: cached.join(","),
        configured: configured.join(","),
    })
}

#[cfg(test)]
mod tests {
    use super::{Mismatch, find};
    use crate::cache::{CachedRegistration, RegistrationKey};
    use crate::config::Session;
    use crate::secret::Secret;
    use crate::session::tests::{Fixture, NOW, token};

    #[test]
    fn a_value_that_is_missing_on_one_side_is_named() {
        let message = |cached: &str, configured: &str| {
            let (cached, configured) = (cached.to_owned(), configured.to_owned());
            Mismatch { key: "sso_registration_scopes", cached, configured }.to_string()
        };
        for (cached, configured, expected) in [
            ("a", "b", "was issued for sso_registration_scopes `a`, but `b` is configured"),
            ("", "b", "was issued without sso_registration_scopes, but `b` is configured"),
            ("a", "", "was issued for sso_registration_scopes `a`, but none is configured"),
        ] {
            assert_eq!(message(cached, configured), format!("the cached token {expected}"));
        }
    }

    /// The scopes of the client that a token was issued to, and the configured ones.
    #[test]
    fn scopes_are_compared_and_the_default_scope_is_none() {
        let scopes = |list: &[&str]| Some(list.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>());
        for (registered, configured, differs) in [
            (scopes(&["a"]), scopes(&["a"]), false),
            (scopes(&["a"]), scopes(&["b"]), true),
            (scopes(&["a", "b"]), scopes(&["a"]), true),
            (scopes(&["a"]), None, true),
            (None, scopes(&["a"]), true),
            (None, None, false),
            (scopes(&["sso:account:access"]), None, false),
            (scopes(&["sso:account:access"]), Some(Vec::new()), false),
            (scopes(&["sso:account:access"]), scopes(&["a"]), true),
        ] {
            let fixture = Fixture::new();
            let registration = CachedRegistration {
                client_id: "client".to_owned(),
                client_secret: Secret::new("secret"),
                expires_at: "2100-01-01T00:00:00Z".to_owned(),
                scopes: registered.clone(),
                grant_types: None,
            };
            let elsewhere = RegistrationKey::new("eu-west-1", None, Some("other"), "https://other.example");
            fixture.cache.store_registration(&elsewhere, &registration).unwrap();
            let mut session = fixture.session.clone();
            session.scopes.clone_from(&configured);
            let found = find(&token("A", NOW), &session, &fixture.cache);
            assert_eq!(found.is_some(), differs, "{registered:?} {configured:?}: {found:?}");
            let legacy = Session { name: None, scopes: None, ..session };
            assert_eq!(find(&token("A", NOW), &legacy, &fixture.cache), None, "{registered:?}");
        }
    }
}
