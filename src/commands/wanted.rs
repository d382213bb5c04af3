//! What the token of a session must be for.

use std::time::Duration;

use crate::cache::TokenKey;
use crate::config::Session;
use crate::session::Wanted;

/// What the token of this session must be for, with the command that signs in to it.
pub(super) fn of(session: &Session) -> Wanted {
    Wanted {
        session_name: session.name.clone(),
        start_url: session.start_url.value.clone(),
        region: session.region.value.clone(),
        scopes: session.scopes.clone(),
        min_ttl: Duration::ZERO,
        remedy: session.login_command(),
        token_key: TokenKey::new(session.name.as_deref(), &session.start_url.value),
    }
}
