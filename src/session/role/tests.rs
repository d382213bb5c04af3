//! Which cached role credentials are used: to the second of their remaining lifetime.

use std::time::Duration;

use aws_credential_types::Credentials;

use super::super::tests::{Fixture, NOW, token};
use super::{LoginNeeded, REMEMBERED, Role};
use crate::cache::{LockRecord, Outcome};
use crate::config::{Located, Origin, SsoRole};
use crate::context::Timestamp;
use crate::error::Kind;
use crate::secret::Secret;

/// A session with a token, and a role of it.
struct OfRole {
    fixture: Fixture,
    role: SsoRole,
}

impl OfRole {
    fn new() -> Self {
        let fixture = Fixture::new();
        let given = |name, value: &str| Located::new(value.to_owned(), Origin::Option(name));
        let (account_id, role_name) = (given("--account-id", "111122223333"), given("--role-name", "Developer"));
        let role = SsoRole { session: fixture.session.clone(), account_id, role_name };
        let token = token("A", NOW + Duration::from_hours(1));
        fixture.cache.store_token(&fixture.session.token_key(), &token).unwrap();
        Self { fixture, role }
    }

    fn role(&self, min_ttl: Duration) -> Role<'_> {
        Role::new(&self.role, min_ttl, &self.fixture.context).unwrap()
    }

    fn store(&self, expires_at: Timestamp) {
        let keys = Credentials::new("A", "S", Some("T".to_owned()), Some(expires_at.into()), "test");
        let role = self.role(Duration::ZERO);
        role.credentials.store_sso(&role.key(), &keys, || true).unwrap();
    }
}

/// Seconds left, those that are needed, whether no request is made, and whether they are used when the portal fails.
#[test]
fn credentials_are_used_to_their_last_second() {
    for (left, needed, reused, used_despite) in [
        (901, 0, true, true),
        (900, 0, false, true),
        (1, 0, false, true),
        (0, 0, false, false),
        (-1, 0, false, false),
        (1800, 1800, true, true),
        (1800, 1801, false, false),
        (600, 600, false, true),
        (600, 601, false, false),
    ] {
        let of_role = OfRole::new();
        of_role.store(NOW + time::Duration::seconds(left));
        let role = of_role.role(Duration::from_secs(needed));
        assert_eq!(role.look().is_some(), reused, "{left} s left, {needed} s needed");
        let despite = role.use_despite(LoginNeeded::SignedOut.into());
        assert_eq!(despite.is_ok(), used_despite, "{left} s left, {needed} s needed");
        if let Ok(found) = despite {
            let minutes = (left + 59) / 60;
            assert!(found.warnings[0].contains(&format!("and expire in {minutes} min: ")), "{:?}", found.warnings);
        }
    }
}

/// It is about the token that is in the cache, and counts while there are no credentials.
#[test]
fn a_response_that_is_not_the_portals_is_remembered_briefly() {
    let of_role = OfRole::new();
    let record = |kind, about: &str, age: Duration| LockRecord {
        pid: 1,
        at: NOW - age,
        about: Some(Secret::new(about).fingerprint()),
        outcome: Some(Outcome::Failed { kind, message: "x".to_owned() }),
    };
    let recent = Duration::from_secs(1);
    let role = of_role.role(Duration::ZERO);
    for (record, is_remembered) in [
        (record(Kind::BadResponse, "A", recent), true),
        (record(Kind::BadResponse, "A", REMEMBERED), false),
        (record(Kind::BadResponse, "B", recent), false),
        (record(Kind::Service, "A", recent), false),
        (LockRecord { outcome: Some(Outcome::Done), ..record(Kind::BadResponse, "A", recent) }, false),
    ] {
        assert_eq!(role.is_remembered(&record), is_remembered, "{record:?}");
    }
    of_role.store(NOW + time::Duration::seconds(1));
    assert!(!role.is_remembered(&record(Kind::BadResponse, "A", recent)));
}
