//! The steps of a refresh that need no request: whether another process has replaced the token, how long to wait for it,
//! what is kept of the old token, and what is stored.

use std::time::Duration;

use serde_json::json;

use super::super::tests::{Fixture, NOW, token};
use super::{LoginNeeded, NoToken, PATIENCE, SHORT_PATIENCE, TokenRequest};
use crate::cache::{CachedToken, Loaded, Outcome, Purpose};
use crate::oidc::TokenResponse;
use crate::secret::Secret;

fn store(fixture: &Fixture, token: &CachedToken) {
    fixture.cache.store_token(&fixture.session.token_key(), token).unwrap();
}

const HOUR: Duration = Duration::from_hours(1);

#[test]
fn a_token_that_was_replaced_meanwhile_is_used() {
    let fixture = Fixture::new();
    let refresh = fixture.request();
    let found = token("A", NOW + HOUR);
    let newer = |present: &CachedToken| {
        store(&fixture, present);
        refresh.newer(&found)
    };
    for (present, is_newer) in [
        (found.clone(), false),
        (token("B", NOW + HOUR), true),
        (token("A", NOW + 2 * HOUR), true),
        (token("B", NOW), false),
        (CachedToken { region: Some("other".to_owned()), ..token("B", NOW + HOUR) }, false),
    ] {
        let usable = newer(&present);
        assert_eq!(usable.as_ref().map(|usable| usable.refreshed), is_newer.then_some(true), "{present:?}");
        assert!(usable.is_none_or(|usable| usable.token.is_same_grant(&present)));
    }
    let rejected = Secret::new("B");
    let refresh = TokenRequest { rejected: Some(&rejected), ..refresh };
    store(&fixture, &token("B", NOW + HOUR));
    assert!(refresh.newer(&found).is_none());
}

#[test]
fn a_process_that_may_be_suspended_is_waited_for_less() {
    let fixture = Fixture::new();
    let refresh = fixture.request();
    let lock = fixture.cache.lock(&fixture.session.token_key(), Purpose::Refresh);
    let (expired, valid) = (token("A", NOW), token("A", NOW + HOUR));
    assert_eq!(refresh.patience(&expired, &lock), PATIENCE, "no record");
    for (age, patience) in
        [(PATIENCE, PATIENCE), (PATIENCE + Duration::from_secs(1), SHORT_PATIENCE), (Duration::ZERO, PATIENCE)]
    {
        lock.attempt().unwrap().unwrap().begin(NOW - age);
        assert_eq!(refresh.patience(&expired, &lock), patience, "{age:?}");
        assert_eq!(refresh.patience(&valid, &lock), Duration::ZERO);
    }
    lock.attempt().unwrap().unwrap().end(NOW - HOUR, None, Outcome::Done);
    assert_eq!(refresh.patience(&expired, &lock), PATIENCE, "no process holds the lock");
}

/// A file of another tool may lack them.
#[test]
fn a_refreshed_token_has_its_start_url_and_region() {
    let fixture = Fixture::new();
    let refresh = fixture.request();
    let reply = |refresh_token| TokenResponse { access_token: Secret::new("B"), expires_in: 60, refresh_token };
    let refreshed = refresh.refreshed(&token("A", NOW), reply(Some(Secret::new("next"))), NOW);
    let expected = json!({
        "startUrl": fixture.session.start_url.value,
        "region": fixture.session.region.value,
        "accessToken": "B",
        "expiresAt": "2026-01-01T12:01:00Z",
        "clientId": "client",
        "clientSecret": "secret",
        "registrationExpiresAt": "2100-01-01T00:00:00Z",
        "refreshToken": "next",
        "other": 1,
    });
    assert_eq!(serde_json::to_value(&refreshed).unwrap(), expected);
    let refreshed = refresh.refreshed(&token("A", NOW), reply(None), NOW);
    assert_eq!(refreshed.refresh_token, Some(Secret::new("refresh")));
}

/// What the file has when the response arrives, which token is used, and which one is in the file then.
#[tokio::test]
async fn only_the_token_that_was_refreshed_is_replaced() {
    let found = token("A", NOW);
    let new = token("B", NOW + HOUR);
    for (present, used, stored) in [
        (found.clone(), Some("B"), "B"),
        (token("later", NOW + HOUR), Some("later"), "later"),
        (token("later", NOW + Duration::from_mins(1)), Some("later"), "later"),
        (token("later", NOW), None, "later"),
        (CachedToken { refresh_token: Some(Secret::new("later")), ..found.clone() }, None, "A"),
    ] {
        let fixture = Fixture::new();
        store(&fixture, &present);
        let result = fixture.request().store(&found, new.clone(), Vec::new()).await;
        let expired = matches!(result, Err(NoToken::LoginNeeded(LoginNeeded::Expired(_))));
        assert_eq!(expired, used.is_none(), "{present:?}");
        assert_eq!(result.ok().map(|usable| usable.token.access_token), used.map(Secret::new), "{present:?}");
        let on_disk = fixture.cache.token(&fixture.session.token_key()).unwrap();
        let Loaded::Present(on_disk, _) = on_disk else { panic!("{on_disk:?}") };
        assert_eq!(on_disk.access_token, Secret::new(stored));
    }
}
