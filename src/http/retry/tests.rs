//! The rules of repetition, without a network.

use std::time::Duration;

use time::macros::utc_datetime;

use super::{Attempts, Retry, backoff, uuid};
use crate::context::Timestamp;
use crate::http::{HttpError, HttpErrorKind, HttpOptions, Method, Proxies, Request, Response, error_code};

fn now() -> Timestamp {
    utc_datetime!(2026-01-01 00:00:00)
}

fn options() -> HttpOptions {
    HttpOptions {
        ca_bundle: None,
        system_roots: Vec::new,
        verify: true,
        connect_timeout: None,
        read_timeout: Some(Duration::from_mins(1)),
        total_timeout: None,
        max_attempts: 3,
        reuses_connections: false,
        proxies: Proxies::default(),
        user_agent: String::new(),
        now,
    }
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    Response {
        status,
        headers: headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
        body: body.as_bytes().to_vec(),
        attempts: 1,
        retries_reached: None,
    }
}

fn call() -> Request {
    Request::aws(Method::POST, "http://h/")
}

fn failure(kind: HttpErrorKind) -> Result<Response, HttpError> {
    Err(HttpError::new(kind, &call().url))
}

/// How many attempts a class makes when every one ends like this.
fn attempts(retry: Retry<'_>, outcome: &dyn Fn() -> Result<Response, HttpError>) -> u32 {
    let mut attempts = Attempts::new(retry, 3, &call());
    while attempts.after(&outcome(), &options()).is_some() && attempts.still_wanted() {}
    attempts.finish(outcome()).map_or_else(|error| error.attempts, |response| response.attempts)
}

#[test]
fn transport_failures_by_class() {
    let on_disk = || true;
    let limit = Duration::from_secs(30);
    // Columns: as AWS, repeatable, once, exchange, refresh.
    for (kind, expected) in [
        (HttpErrorKind::Dns, [3, 3, 1, 3, 3]),
        (HttpErrorKind::Connect, [3, 3, 1, 3, 3]),
        (HttpErrorKind::ConnectTimeout(None), [3, 3, 1, 3, 3]),
        (HttpErrorKind::Tls(String::new()), [3, 1, 1, 1, 1]),
        (HttpErrorKind::Proxy(String::new(), String::new()), [3, 1, 1, 1, 1]),
        (HttpErrorKind::Closed, [3, 3, 1, 2, 2]),
        (HttpErrorKind::CutOff(5), [3, 3, 1, 1, 2]),
        (HttpErrorKind::ReadTimeout(None), [3, 3, 1, 1, 2]),
        (HttpErrorKind::TotalTimeout(limit), [3, 3, 1, 1, 2]),
        (HttpErrorKind::TooLarge("1 MiB"), [1, 1, 1, 1, 1]),
        (HttpErrorKind::BadUrl, [1, 1, 1, 1, 1]),
    ] {
        let classes = [Retry::Aws, Retry::Repeatable, Retry::Once, Retry::Exchange, Retry::Refresh(&on_disk)];
        let made = classes.map(|class| attempts(class, &|| failure(kind.clone())));
        assert_eq!(made, expected, "{kind:?}");
    }
}

#[test]
fn answers_by_class() {
    let on_disk = || true;
    for (status, headers, expected) in [
        (500, vec![], [3, 3, 1, 3, 3]),
        (503, vec![], [3, 3, 1, 3, 3]),
        (501, vec![], [1, 1, 1, 1, 1]),
        (429, vec![], [1, 3, 1, 3, 3]),
        (400, vec![("x-amzn-errortype", "ThrottlingException")], [3, 3, 1, 3, 3]),
        (400, vec![("x-amzn-errortype", "SlowDownException")], [1, 1, 1, 1, 1]),
        (400, vec![("x-amzn-errortype", "InvalidGrantException")], [1, 1, 1, 1, 1]),
        (302, vec![], [1, 1, 1, 1, 1]),
        (200, vec![], [1, 1, 1, 1, 1]),
    ] {
        let classes = [Retry::Aws, Retry::Repeatable, Retry::Once, Retry::Exchange, Retry::Refresh(&on_disk)];
        let made = classes.map(|class| attempts(class, &|| Ok(answer(status, &headers, "{}"))));
        assert_eq!(made, expected, "{status} {headers:?}");
    }
}

#[test]
fn a_throttled_list_is_repeated_more_often() {
    let made = |status| attempts(Retry::List, &|| Ok(answer(status, &[], "{}")));
    assert_eq!([429, 503, 400, 200].map(made), [12, 3, 1, 1]);
    assert_eq!(attempts(Retry::List, &|| failure(HttpErrorKind::Closed)), 3);
    let mut only = Attempts::new(Retry::List, 1, &call());
    assert_eq!(only.after(&Ok(answer(429, &[], "{}")), &options()), None);
}

#[test]
fn a_refresh_is_not_repeated_with_a_token_that_was_replaced_meanwhile() {
    assert_eq!(attempts(Retry::Refresh(&|| false), &|| Ok(answer(500, &[], ""))), 1);
}

#[test]
fn a_wait_that_the_service_asks_for_is_kept_up_to_20_seconds() {
    let next = |retry: Retry<'_>, headers: &[(&str, &str)]| {
        Attempts::new(retry, 3, &call()).after(&Ok(answer(503, headers, "")), &options())
    };
    assert_eq!(next(Retry::Repeatable, &[("retry-after", "7")]), Some(Duration::from_secs(7)));
    assert_eq!(next(Retry::Repeatable, &[("x-amz-retry-after", "1500")]), Some(Duration::from_millis(1500)));
    let date = [("retry-after", "Thu, 01 Jan 2026 00:00:09 GMT")];
    assert_eq!(next(Retry::Exchange, &date), Some(Duration::from_secs(9)));
    assert_eq!(next(Retry::Repeatable, &[("retry-after", "21")]), None);
    assert_eq!(next(Retry::Once, &[]), None);
    assert!(matches!(next(Retry::Aws, &[("retry-after", "21")]), Some(wait) if wait < Duration::from_secs(1)));
}

#[test]
fn the_backoff_doubles_to_20_seconds() {
    let full: Vec<_> = (1..=7).map(|retry| backoff(retry, 1.0).as_secs()).collect();
    assert_eq!(full, [1, 2, 4, 8, 16, 20, 20]);
    assert_eq!(backoff(3, 0.0), Duration::ZERO);
}

#[test]
fn attempts_say_their_number_and_a_ttl_by_the_servers_clock() {
    let mut attempts = Attempts::new(Retry::Aws, 3, &call());
    let header = |attempts: &Attempts<'_>| attempts.headers()[1].1.expose().to_owned();
    assert_eq!(header(&attempts), "attempt=1");
    attempts.after(&failure(HttpErrorKind::ReadTimeout(None)), &options());
    assert_eq!(header(&attempts), "attempt=2; max=3");
    attempts.after(&Ok(answer(500, &[("date", "Thu, 01 Jan 2026 00:10:00 GMT")], "")), &options());
    assert_eq!(header(&attempts), "ttl=20260101T001100Z; attempt=3; max=3");
    assert!(Attempts::new(Retry::Aws, 3, &Request::plain(Method::GET, "")).headers().is_empty());
}

#[test]
fn an_answer_to_the_last_allowed_attempt_says_how_many_retries_there_were() {
    let mut one = Attempts::new(Retry::Aws, 1, &call());
    one.after(&Ok(answer(400, &[], "")), &options());
    assert_eq!(one.finish(Ok(answer(400, &[], ""))).unwrap().retries_reached, Some(0));
    let mut three = Attempts::new(Retry::Aws, 3, &call());
    three.after(&Ok(answer(400, &[], "")), &options());
    assert_eq!(three.finish(Ok(answer(400, &[], ""))).unwrap().retries_reached, None);
}

#[test]
fn the_error_code_is_found_where_botocore_finds_it() {
    let code = |status, headers: &[(&str, &str)], body| error_code(&answer(status, headers, body)).unwrap();
    let header = [("x-amzn-errortype", "com.x#InvalidGrantException:http://x/")];
    assert_eq!(code(400, &header, r#"{"__type": "Other"}"#), "InvalidGrantException");
    assert_eq!(code(400, &[], r#"{"code": "a#B:c"}"#), "B");
    assert_eq!(code(400, &[], r#"{"__type": "com.x#InvalidGrantException:y"}"#), "InvalidGrantException");
    assert_eq!(code(400, &[], r#"{"__type": ""}"#), "");
    assert_eq!(code(400, &[("x-amzn-query-error", "QCode;Sender")], r#"{"error": "e"}"#), "QCode");
    assert_eq!(code(400, &[("x-amzn-query-error", "QCode")], "{}"), "400");
    assert_eq!(code(400, &[], r#"{"error": "invalid_grant"}"#), "400");
    assert_eq!(code(503, &header, " <html>"), "503");
    assert_eq!(error_code(&answer(299, &header, "")), None);
}

#[test]
fn invocation_ids_are_random_uuids() {
    let id = uuid();
    assert_ne!(id, uuid());
    let shape: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(shape, [8, 4, 4, 4, 12]);
    assert_eq!(&id[14..15], "4");
    assert!("89ab".contains(&id[19..20]), "{id}");
}
