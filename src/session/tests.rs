//! When a token is refreshed, to the second: every boundary of its life, of the registration's, of what is needed and of
//! the last refusal, against a model in a few lines. What comes of a refresh is in the decision table of `tests`.

use std::cell::Cell;
use std::time::Duration;

use serde_json::json;
use time::macros::utc_datetime;

use super::{LoginNeeded, SessionError, Wanted, obtain};
use crate::cache::{Attempt, LockRecord, Purpose, TokenCache, TokenKey, timestamp};
use crate::context::{Context, Timestamp};
use crate::error::Error;

const NOW: Timestamp = utc_datetime!(2026-01-01 12:00);

/// Seconds from now, and what else the decision is made of.
#[derive(Debug, Clone, Copy)]
struct Point {
    left: i64,
    min_ttl: i64,
    has_refresh_token: bool,
    /// Life of the registration, where the file says.
    registration: Option<i64>,
    /// The last refusal: how long ago, and its status.
    refusal: Option<(i64, u16)>,
    is_throttled: bool,
}

/// What is decided. Nobody answers here: who asks, asks in vain.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Decision {
    UseIt,
    UseItAndWarn { asked: bool },
    AskInVain,
    LogIn,
    ReportRefusal,
}

fn model(point: Point) -> Decision {
    let lasts = point.left > 0 && point.left >= point.min_ttl;
    let is_refreshable = point.has_refresh_token && point.registration.is_some_and(|left| left > 0);
    if lasts && (point.left > 15 * 60 || !is_refreshable) {
        return Decision::UseIt;
    }
    if !is_refreshable {
        return Decision::LogIn;
    }
    let refusal = point.refusal.filter(|(age, _)| point.is_throttled && (0..30).contains(age));
    match refusal {
        _ if lasts => Decision::UseItAndWarn { asked: refusal.is_none() },
        None => Decision::AskInVain,
        Some((_, 429 | 500..)) => Decision::ReportRefusal,
        Some(_) => Decision::LogIn,
    }
}

fn points() -> Vec<Point> {
    let ages = [-1, 0, 29, 30, 31];
    let refusals = [(400, true), (429, true), (500, true), (400, false)];
    let last = ages.iter().flat_map(|age| refusals.map(|(status, throttled)| (Some((*age, status)), throttled)));
    let last: Vec<_> = last.chain([(None, true)]).collect();
    let mut points = Vec::new();
    for min_ttl in [0, 1, 900, 3600] {
        let mut lives: Vec<i64> = [0, 900, min_ttl].iter().flat_map(|edge| [edge - 1, *edge, edge + 1]).collect();
        lives.sort_unstable();
        lives.dedup();
        for left in lives {
            let bare = Point {
                left,
                min_ttl,
                has_refresh_token: false,
                registration: Some(1),
                refusal: None,
                is_throttled: true,
            };
            points.push(bare);
            let full = Point { has_refresh_token: true, ..bare };
            points.extend([None, Some(-1), Some(0)].map(|registration| Point { registration, ..full }));
            points.extend(last.iter().map(|(refusal, throttled)| Point {
                refusal: *refusal,
                is_throttled: *throttled,
                ..full
            }));
        }
    }
    points
}

fn wanted(min_ttl: i64) -> Wanted {
    Wanted {
        session_name: Some("corp".to_owned()),
        start_url: "https://d-1234567890.awsapps.com/start".to_owned(),
        region: "us-east-1".to_owned(),
        scopes: None,
        min_ttl: Duration::from_secs(min_ttl.unsigned_abs()),
        remedy: "sign in".to_owned(),
        token_key: TokenKey::of_session("corp"),
    }
}

/// Writes token and lock as the point has them.
fn furnish(cache: &TokenCache, wanted: &Wanted, point: Point) {
    let at = |seconds: i64| timestamp::format(NOW + time::Duration::seconds(seconds));
    let mut token = json!({
        "accessToken": "token", "expiresAt": at(point.left), "clientId": "client", "clientSecret": "secret",
    });
    if point.has_refresh_token {
        token["refreshToken"] = json!("refresh");
    }
    if let Some(left) = point.registration {
        token["registrationExpiresAt"] = json!(at(left));
    }
    let lock = cache.lock(&wanted.token_key, Purpose::Refresh);
    // A program that another test starts has it, too, until it is executed.
    let mut held = (0..1000).find_map(|_| match lock.attempt() {
        Attempt::Held(held) => Some(held),
        Attempt::Busy | Attempt::Unsupported => {
            std::thread::sleep(Duration::from_millis(1));
            None
        }
    });
    let held = held.as_mut().expect("a lock that nobody holds");
    let record = match point.refusal {
        Some((age, status)) => {
            LockRecord::ended(1, NOW - time::Duration::seconds(age), format!("answered {status} Refused"))
        }
        None => LockRecord::ended(1, NOW, "refreshed"),
    };
    held.write(&record);
    let path = cache.token_path(&wanted.token_key);
    std::fs::write(&path, token.to_string()).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

/// What the program decides.
async fn decided(cache: &TokenCache, context: &Context, point: Point) -> Decision {
    let wanted = wanted(point.min_ttl);
    furnish(cache, &wanted, point);
    let asked = Cell::new(false);
    let client = || {
        asked.set(true);
        Err(Error::other("nowhere"))
    };
    let outcome = obtain(&wanted, cache, context, point.is_throttled, &client).await;
    match outcome {
        Ok(usable) if usable.refreshed => panic!("{point:?}: refreshed by nobody"),
        Ok(usable) if usable.warnings.is_empty() && !asked.get() => Decision::UseIt,
        Ok(usable) if usable.warnings.len() == 1 => Decision::UseItAndWarn { asked: asked.get() },
        Err(SessionError::Endpoint(_)) if asked.get() => Decision::AskInVain,
        Err(SessionError::Answered(_)) if !asked.get() => Decision::ReportRefusal,
        Err(SessionError::LoginNeeded { why, .. }) if !asked.get() => {
            assert!(matches!(*why, LoginNeeded::Ended { .. } | LoginNeeded::Refused(_)), "{point:?}: {why}");
            Decision::LogIn
        }
        other => panic!("{point:?}: {other:?}"),
    }
}

#[test]
fn every_boundary_is_decided_as_the_model_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let cache = TokenCache::in_home(folder.path());
    let context = Context { now: || NOW, ..Context::real() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let points = points();
    assert!(points.len() > 500, "{} points", points.len());
    for point in points {
        assert_eq!(runtime.block_on(decided(&cache, &context, point)), model(point), "{point:?}");
    }
}
