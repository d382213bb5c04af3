//! When a token is refreshed, to the second: every boundary of its life, of the registration's, of the needed life and of
//! the last refusal, against a model in a few lines. The results of a refresh are in the decision table of `tests`.

use std::time::Duration;

use serde_json::json;
use time::macros::utc_datetime;

use super::{LoginNeeded, NoToken, TokenRequest};
use crate::cache::{CachedToken, Outcome, Purpose, TokenCache, timestamp};
use crate::config::{Config, Overrides, Session, SessionOptions, client_settings};
use crate::context::{Context, Timestamp};
use crate::error::Kind;
use crate::http::HttpOptions;
use crate::secret::Secret;
use crate::services::Services;

pub(super) const NOW: Timestamp = utc_datetime!(2026-01-01 12:00);

/// Seconds from now, and what else the decision is made of.
#[derive(Debug, Clone, Copy)]
struct Point {
    left: i64,
    min_ttl: i64,
    has_refresh_token: bool,
    /// Life of the registration, where the file says.
    registration: Option<i64>,
    /// The last failure: how long ago, and its status; 0 for a transport failure.
    refusal: Option<(i64, u16)>,
    is_throttled: bool,
}

/// What is decided. The region is none, so that every request fails before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Decision {
    UseIt,
    UseItAndWarn { requested: bool },
    RequestFails,
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
    let is_remembered = |(age, status): &(i64, u16)| (0..30).contains(age) && (*status != 0 || lasts);
    let refusal = point.refusal.filter(is_remembered).filter(|_| point.is_throttled);
    match refusal {
        _ if lasts => Decision::UseItAndWarn { requested: refusal.is_none() },
        None => Decision::RequestFails,
        Some((_, 429 | 500..)) => Decision::ReportRefusal,
        Some(_) => Decision::LogIn,
    }
}

fn points() -> Vec<Point> {
    let ages = [-1, 0, 29, 30, 31];
    let refusals = [(400, true), (429, true), (500, true), (0, true), (400, false)];
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

/// Writes token and lock as the point has them.
fn set_up(cache: &TokenCache, session: &Session, point: Point) {
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
    let lock = cache.lock(&session.token_key(), Purpose::Refresh);
    // A program that another test starts inherits it until it is executed.
    let mut held = (0..1000).find_map(|_| {
        std::thread::sleep(Duration::from_millis(1));
        lock.attempt().unwrap()
    });
    let held = held.as_mut().expect("a free lock");
    match point.refusal {
        Some((age, status)) => {
            let kind = match status {
                0 => Kind::Other,
                429 | 500.. => Kind::Service,
                _ => Kind::LoginNeeded,
            };
            let message = format!("Refused (status {status})");
            let outcome = Outcome::Failed { kind, message };
            held.end(NOW - time::Duration::seconds(age), Some(&Secret::new("refresh")), outcome);
        }
        None => held.end(NOW, None, Outcome::Done),
    }
    let path = cache.token_path(&session.token_key());
    std::fs::write(&path, token.to_string()).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

const NO_REGION: &str = "no region";

/// What the program decides.
async fn decided(request: TokenRequest<'_>, point: Point) -> Decision {
    set_up(request.cache, request.session, point);
    let min_ttl = Duration::from_secs(point.min_ttl.unsigned_abs());
    let was_requested = |error: &str| error.contains(NO_REGION);
    match (TokenRequest { min_ttl, throttled: point.is_throttled, ..request }).obtain().await {
        Ok(usable) if usable.refreshed => panic!("{point:?}: refreshed without a server"),
        Ok(usable) => match &usable.warnings[..] {
            [] => Decision::UseIt,
            [warning] => Decision::UseItAndWarn { requested: was_requested(warning) },
            warnings => panic!("{point:?}: {warnings:?}"),
        },
        Err(NoToken::Failed(error)) if was_requested(&error.to_string()) => Decision::RequestFails,
        Err(NoToken::Unavailable(_)) => Decision::ReportRefusal,
        Err(NoToken::LoginNeeded(why)) => {
            assert!(matches!(why, LoginNeeded::Expired(_) | LoginNeeded::Reported(_)), "{point:?}: {why}");
            Decision::LogIn
        }
        other => panic!("{point:?}: {other:?}"),
    }
}

/// A token with all that a refresh needs.
pub(super) fn token(access_token: &str, expires_at: Timestamp) -> CachedToken {
    CachedToken {
        start_url: None,
        region: None,
        access_token: Secret::new(access_token),
        expires_at,
        client_id: Some("client".to_owned()),
        client_secret: Some(Secret::new("secret")),
        registration_expires_at: Some("2100-01-01T00:00:00Z".to_owned()),
        refresh_token: Some(Secret::new("refresh")),
        others: serde_json::Map::from_iter([("other".to_owned(), json!(1))]),
    }
}

/// The session `corp` in an empty home, at [`NOW`].
pub(super) struct Fixture {
    _home: tempfile::TempDir,
    pub(super) cache: TokenCache,
    pub(super) context: Context,
    pub(super) session: Session,
    pub(super) services: Services,
}

impl Fixture {
    pub(super) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let cache = TokenCache::in_home(home.path());
        let path = Some(home.path().to_owned());
        let context = Context { now: || NOW, home: path, env: Box::new(|_| None), ..Context::real() };
        let config = Config::load(&context, None).unwrap();
        let url = Some("https://d-1234567890.awsapps.com/start");
        let options = SessionOptions::new(Some("corp"), url, Some(NO_REGION));
        let session = Session::resolve(&config, &options).unwrap();
        let settings = client_settings(&context, &config, &Overrides::default()).unwrap();
        let services = Services::new(HttpOptions::new(&context), settings);
        Self { _home: home, cache, context, session, services }
    }

    pub(super) fn request(&self) -> TokenRequest<'_> {
        let Self { cache, context, session, services, .. } = self;
        TokenRequest { session, services, cache, context, min_ttl: Duration::ZERO, throttled: true, rejected: None }
    }
}

#[test]
fn obtain_matches_the_model_at_every_boundary() {
    let fixture = Fixture::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let points = points();
    assert!(points.len() > 500, "{} points", points.len());
    for point in points {
        assert_eq!(runtime.block_on(decided(fixture.request(), point)), model(point), "{point:?}");
    }
}
