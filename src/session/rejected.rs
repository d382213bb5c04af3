//! Tokens that the access portal rejects although they have not expired, e.g. because the session was ended elsewhere.
//!
//! Such a token is refreshed once. If that does not help, the lock beside the token records it, so that a login does not
//! use the token again. The portal is asked in `role`, in `login` and by `status --check`.

use std::time::Duration;

use super::{LoginNeeded, NoToken, TokenRequest, Usable};
use crate::cache::{CachedToken, Lock, LockRecord, Outcome, Purpose, TokenCache};
use crate::config::Session;
use crate::context::Context;
use crate::error::Kind;
use crate::secret::Secret;

/// How long a rejected token that could not be refreshed is not refreshed again.
const REMEMBERED: Duration = Duration::from_secs(30);

/// Whether the lock records that the portal rejects this token.
pub fn is_rejected(token: &CachedToken, session: &Session, cache: &TokenCache) -> bool {
    rejection(token, session, cache).is_some()
}

/// The record of that.
fn rejection(token: &CachedToken, session: &Session, cache: &TokenCache) -> Option<LockRecord> {
    let record = cache.lock(&session.token_key(), Purpose::Refresh).record()?;
    let is_failure = matches!(record.outcome, Some(Outcome::Failed { .. }));
    (is_failure && record.is_about(&token.access_token)).then_some(record)
}

/// Records that the portal rejects a token, and why there is no other one.
pub fn record_rejected(token: &Secret, lock: &Lock, why: &NoToken, context: &Context) {
    let outcome = Outcome::Failed { kind: why.kind(), message: why.to_string() };
    // Another process that holds the lock is replacing the token.
    if let Ok(Some(mut held)) = lock.attempt() {
        held.end(context.now(), Some(token), outcome);
    }
}

impl TokenRequest<'_> {
    /// Refreshes a token that the portal rejects, or finds the one that has replaced it meanwhile.
    pub async fn replace_rejected(&self, token: &CachedToken) -> Result<Usable, NoToken> {
        let Self { session, cache, min_ttl, context, throttled, .. } = *self;
        let is_recent = |last: LockRecord| {
            let needs_login = matches!(last.outcome, Some(Outcome::Failed { kind: Kind::LoginNeeded, .. }));
            needs_login && last.is_within(REMEMBERED, context.now())
        };
        if throttled && rejection(token, session, cache).is_some_and(is_recent) {
            return Err(LoginNeeded::Unauthorized.into());
        }
        let replaced = if token.refreshable(context.now()).is_none() {
            Err(LoginNeeded::Unauthorized.into())
        } else {
            TokenRequest { rejected: Some(&token.access_token), ..*self }.refresh(token).await
        };
        let error = match replaced {
            Ok(usable) if usable.token.lasts(min_ttl, context.now()) => return Ok(usable),
            Ok(usable) => return Err(LoginNeeded::TooShort(usable.token.seconds_left(context.now())).into()),
            Err(NoToken::LoginNeeded(LoginNeeded::Refused(_) | LoginNeeded::Reported(_))) => {
                LoginNeeded::Unauthorized.into()
            }
            Err(error) => error,
        };
        self.record_rejected(token, &error);
        Err(error)
    }

    /// Records that the portal rejects this token of the session, and why there is no other one.
    pub fn record_rejected(&self, token: &CachedToken, why: &NoToken) {
        let lock = self.cache.lock(&self.session.token_key(), Purpose::Refresh);
        record_rejected(&token.access_token, &lock, why, self.context);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{REMEMBERED, is_rejected};
    use crate::cache::{Outcome, Purpose};
    use crate::error::Kind;
    use crate::secret::Secret;
    use crate::session::tests::{Fixture, NOW, token};
    use crate::session::{LoginNeeded, NoToken, TokenRequest};

    /// Without a region every request fails before it is sent.
    #[tokio::test]
    async fn a_recent_rejection_is_not_followed_by_a_request() {
        let second = Duration::from_secs(1);
        for (kind, age, throttled, is_requested) in [
            (Kind::LoginNeeded, second, true, false),
            (Kind::LoginNeeded, second, false, true),
            (Kind::LoginNeeded, REMEMBERED, true, true),
            (Kind::Other, second, true, true),
        ] {
            let fixture = Fixture::new();
            let token = |access_token| token(access_token, NOW + Duration::from_hours(1));
            let Fixture { cache, session, .. } = &fixture;
            let key = session.token_key();
            cache.store_token(&key, &token("A")).unwrap();
            assert!(!is_rejected(&token("A"), session, cache));
            let outcome = Outcome::Failed { kind, message: "x".to_owned() };
            cache.lock(&key, Purpose::Refresh).attempt().unwrap().unwrap().end(
                NOW - age,
                Some(&Secret::new("A")),
                outcome,
            );
            assert!(is_rejected(&token("A"), session, cache) && !is_rejected(&token("B"), session, cache));
            match (TokenRequest { throttled, ..fixture.request() }).replace_rejected(&token("A")).await {
                Err(NoToken::LoginNeeded(LoginNeeded::Unauthorized)) => assert!(!is_requested, "{kind:?} {age:?}"),
                Err(NoToken::Failed(error)) => assert!(is_requested, "{kind:?} {age:?}: {error}"),
                other => panic!("{other:?}"),
            }
        }
    }
}
