//! Whether a cached token is the one the configuration asks for now.
//!
//! botocore compares nothing; a token of another start URL, region or set of scopes would then be used silently. Members
//! that a file does not have are not compared. Imports `cache`.

use std::fmt;

use super::Wanted;
use crate::cache::{CachedToken, TokenCache};
use crate::config::DEFAULT_SCOPE;

/// What differs between a cached token and the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The configuration key.
    pub key: &'static str,
    /// What the token was made for.
    pub cached: String,
    /// What is configured now.
    pub configured: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, cached, configured } = self;
        match (cached.as_str(), configured.as_str()) {
            ("", _) => write!(f, "the cached token was made without {key}, and now `{configured}` is configured"),
            (_, "") => write!(f, "the cached token was made for {key} `{cached}`, and now none is configured"),
            _ => write!(f, "the cached token was made for {key} `{cached}`, and now `{configured}` is configured"),
        }
    }
}

/// The first difference, if any.
pub(super) fn misfit(token: &CachedToken, wanted: &Wanted, cache: &TokenCache) -> Option<Misfit> {
    let differs = |key, cached: &Option<String>, configured: &str| {
        let cached = cached.as_deref().filter(|cached| *cached != configured)?;
        Some(Misfit { key, cached: cached.to_owned(), configured: configured.to_owned() })
    };
    differs("sso_start_url", &token.start_url, &wanted.start_url)
        .or_else(|| differs("sso_region", &token.region, &wanted.region))
        .or_else(|| scopes(token, wanted, cache))
}

/// The configured scopes are part of the registration's file name, so if the token's client stands under the name of the
/// present configuration, they are the same. Otherwise its registration is looked for among the others.
fn scopes(token: &CachedToken, wanted: &Wanted, cache: &TokenCache) -> Option<Misfit> {
    let client_id = token.client_id.as_deref().filter(|id| !id.is_empty())?;
    if cache.is_registration_of(&wanted.registration_key(), client_id) {
        return None;
    }
    let cached = cache.scopes_of_client(client_id)?;
    let configured = wanted.scopes.as_deref().unwrap_or_default();
    // Without configured scopes the authorization code flow registers AWS's default one.
    let default = configured.is_empty() && cached == [DEFAULT_SCOPE];
    (cached != configured && !default).then(|| Misfit {
        key: "sso_registration_scopes",
        cached: cached.join(","),
        configured: configured.join(","),
    })
}
