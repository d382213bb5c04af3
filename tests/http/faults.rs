//! Every fault at every step: attempts, exit code, message; no cached byte changed, no secret printed.
//!
//! `expected` says what a class of faults means for a call. Exit codes are the AWS CLI's, and 4 for "log in first".

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::fault_table::{Class, Row, rows};
use crate::support::count;
use crate::support::scripted_flow::{
    CANARY, Connection, FaultCase, Identities, Outcome, Point, device_authorization, reply, token_body,
};
use crate::support::scripted_server::Step;

/// The expected results of a fault.
struct Expected {
    attempts: usize,
    /// `None`: the result of the valid response that follows.
    code: i32,
}

#[expect(clippy::match_same_arms, reason = "rows of the table of faults by class, in its order")]
fn expected(class: Class, point: Point) -> Expected {
    let three = Expected { attempts: 3, code: 255 };
    let once = Expected { attempts: 1, code: 255 };
    // A fault, then the valid response.
    let goes_on = Expected { attempts: 2, code: 0 };
    let expected = match (class, point) {
        (Class::Unsent | Class::Lost | Class::Cut | Class::Busy | Class::BusyFor | Class::BusyForLong, Point::Poll) => {
            goes_on
        }
        (Class::Nonsense, Point::Poll) => Expected { attempts: 2, ..once },
        (_, Point::EarlyRefresh) => once,
        (Class::Unsent, _) => three,
        (Class::RefusedTunnel, Point::Poll) => once,
        (Class::RefusedTunnel, _) => Expected { attempts: 2, ..once },
        (Class::Lost, Point::Exchange | Point::Refresh) | (Class::Cut, Point::Refresh) => {
            Expected { attempts: 2, ..once }
        }
        (Class::Cut, Point::Exchange) => once,
        (Class::Lost | Class::Cut, _) => three,
        (Class::Busy | Class::BusyFor, _) => Expected { code: 254, ..three },
        (Class::BusyForLong, _) => Expected { code: 254, ..once },
        (Class::Refused, Point::Refresh) => Expected { code: 4, ..once },
        (Class::Refused, _) => Expected { code: 254, ..once },
        (Class::Accepted, Point::Registration) => Expected { attempts: 3, code: 0 },
        (Class::Accepted, Point::DeviceAuthorization) => goes_on,
        (Class::Accepted, _) => Expected { code: 0, ..once },
        (Class::Stop | Class::Nonsense | Class::Unfit, _) => once,
    };
    match point {
        // Local files are removed even if the service fails; a token that is still valid is used.
        Point::Logout | Point::EarlyRefresh => Expected { code: 0, ..expected },
        _ => expected,
    }
}

/// Runs a row at a point and returns what is wrong.
fn complaints(row: &Row, point: Point, identities: &Identities) -> Vec<String> {
    let expected = expected(row.class, point);
    let fault = || (row.step)(point);
    let good = || reply(200, &["Content-Type: application/json"], &token_body().to_string());
    let steps = match (row.class, point) {
        _ if row.connection.closes() => Vec::new(),
        (Class::Accepted, Point::Registration) => vec![fault(), device_authorization(), good()],
        (Class::Accepted, Point::DeviceAuthorization) => vec![fault(), good()],
        (Class::Unsent | Class::Lost | Class::Cut | Class::Busy | Class::BusyFor, Point::Poll) => {
            vec![fault(), good()]
        }
        _ => vec![fault(), fault(), fault()],
    };
    let words = row.words.iter().copied().chain(["--debug"]).collect();
    let outcome = FaultCase { point, connection: row.connection, steps, words, identities }.run();
    let mut wrong = Vec::new();
    let mut check = |holds: bool, what: String| {
        if !holds {
            wrong.push(what);
        }
    };
    let unreachable = row.connection.closes() || row.connection == Connection::Nowhere;
    let asked_in_vain =
        point == Point::Poll && (row.connection == Connection::Closing || row.class == Class::BusyForLong);
    let attempts = if unreachable { tried(&outcome, point) } else { outcome.attempts };
    let code = if asked_in_vain { 255 } else { expected.code };
    if asked_in_vain {
        check((1..4).contains(&attempts), format!("{attempts} attempts until the code ended"));
    } else {
        check(attempts == expected.attempts, format!("{attempts} attempts instead of {}", expected.attempts));
    }
    check(outcome.run.status == code, format!("exit code {} instead of {code}", outcome.run.status));
    words_of(row, point, code, &outcome, &mut check);
    secrets_of(point, code, row.class, &outcome, &mut check);
    cache_of(row, point, code, &outcome, &mut check);
    if !wrong.is_empty() {
        wrong.push(outcome.run.snapshot());
    }
    wrong
}

/// The number of attempts in the debug log, for faults without a server that counts them.
fn tried(outcome: &Outcome, point: Point) -> usize {
    let path = match point {
        Point::Registration => "/client/register",
        Point::DeviceAuthorization => "/device_authorization",
        Point::Role => "/federation/credentials",
        Point::Logout => "/logout",
        _ => "/token",
    };
    let lines = outcome.run.stderr.lines().filter(|line| {
        line.contains(path) && (line.contains(" -> Could not connect") || line.contains(" -> Failed to connect"))
    });
    lines.count()
}

/// Checks the message: what was attempted, where, why it failed, and what to do.
fn words_of(row: &Row, point: Point, code: i32, outcome: &Outcome, check: &mut dyn FnMut(bool, String)) {
    let lines = outcome.run.stderr.lines().filter(|line| !line.starts_with("debug "));
    let said = lines.collect::<Vec<_>>().join("\n");
    if row.class == Class::Accepted || (point == Point::Poll && code == 0) {
        return;
    }
    if point == Point::Poll && row.class == Class::BusyForLong {
        check(said.contains("has expired"), "the end of the code is not told".to_owned());
        return;
    }
    let is_warning = matches!(point, Point::Logout | Point::EarlyRefresh);
    check(!is_warning || said.contains("WARNING: "), "no warning".to_owned());
    // Hints and details belong to errors; a warning has one line.
    let known = row.says.iter().any(|words| said.contains(words));
    check(known || is_warning, format!("none of {:?} is said", row.says));
    let named = said.contains(&outcome.host)
        || said.contains("127.0.0.1:")
        || said.contains(point.operation())
        || said.contains("refresh the token");
    check(named, "neither the URL nor the operation is named".to_owned());
    check(is_warning || said.contains("\nhint: "), "nothing is said about what to do".to_owned());
    let foreign = |c: char| c.is_control() && c != '\n';
    check(!said.contains(foreign), "a control character reached standard error".to_owned());
}

/// Checks that secrets are only where they were requested.
fn secrets_of(point: Point, code: i32, class: Class, outcome: &Outcome, check: &mut dyn FnMut(bool, String)) {
    check(!outcome.run.stderr.contains(CANARY), "a secret on standard error".to_owned());
    let wanted = match point {
        Point::Refresh | Point::EarlyRefresh | Point::Role => code == 0,
        _ => false,
    };
    check(outcome.run.stdout.contains(CANARY) == wanted, format!("a secret on standard output: {}", !wanted));
    if point == Point::EarlyRefresh && class != Class::Accepted {
        check(outcome.run.stdout == format!("{CANARY}-access-token\n"), "not the old token".to_owned());
    }
    check(!outcome.page.as_deref().unwrap_or_default().contains(CANARY), "a secret in the browser".to_owned());
}

/// Checks that files are unchanged, unless a complete valid response arrived.
fn cache_of(
    Row { name, class, connection, .. }: &Row,
    point: Point,
    code: i32,
    outcome: &Outcome,
    check: &mut dyn FnMut(bool, String),
) {
    let mut after = outcome.after.clone();
    if *connection != Connection::Nowhere && matches!(point, Point::DeviceAuthorization | Point::Poll | Point::Exchange)
    {
        // The registration succeeded.
        let is_new = |path: &String, text: &String| !outcome.before.contains_key(path) && text.contains("clientSecret");
        let kept = after.len();
        after.retain(|path, text| !is_new(path, text));
        // A registration that the service no longer knows is useless.
        let is_dead =
            point == Point::Exchange && matches!(*name, "InvalidClientException" | "UnauthorizedClientException");
        let wanted = after.len() + usize::from(!is_dead);
        check(kept == wanted, "the registration is not there, or something beside it".to_owned());
    }
    let same = after == outcome.before;
    match point {
        Point::Logout => check(!after.values().any(|text| text.contains("accessToken")), "a token is left".to_owned()),
        _ if *class == Class::Accepted || (point == Point::Poll && code == 0) => {
            check(point == Point::DeviceAuthorization || !same, "nothing was stored".to_owned());
        }
        _ => check(same, "the cache is not what it was".to_owned()),
    }
}

/// By default every point and every row is tried at least once; `.ci/long` tries all pairs.
fn chosen(rows: &[Row]) -> Vec<(&Row, Point)> {
    let pairs = rows.iter().flat_map(|row| Point::ALL.iter().map(move |point| (row, *point)));
    let all: Vec<_> = pairs.filter(|(row, point)| (row.at)(*point)).collect();
    let wanted = count("SSO_OIDC_TEST_FAULTS", 200).min(all.len());
    let is_chosen = |at: usize| (at + 1) * wanted / all.len() > at * wanted / all.len();
    all.iter().enumerate().filter(|(at, _)| is_chosen(*at)).map(|(_, case)| *case).collect()
}

#[test]
fn every_fault_at_every_step() {
    let identities = Identities::new();
    let rows = rows(&identities);
    let scenes = chosen(&rows);
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        // A case is idle most of the time.
        for _ in 0..24 {
            scope.spawn(|| {
                while let Some((row, point)) = scenes.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let wrong = complaints(row, *point, &identities);
                    if !wrong.is_empty() {
                        failures.lock().unwrap().push(format!("## {} at {point:?}: {}", row.name, wrong.join("\n  ")));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    println!("{} rows, {} scenes", rows.len(), scenes.len());
    assert!(failures.is_empty(), "{} of {} scenes:\n{}", failures.len(), scenes.len(), failures.join("\n"));
}

#[test]
fn total_timeout_ends_a_slow_response() {
    if count("SSO_OIDC_TEST_FAULTS", 200) <= 1000 {
        println!("not run: it takes the 30 seconds that a whole request has; .ci/long runs it");
        return;
    }
    let identities = Identities::new();
    let drip = Step::Drip(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n".repeat(200), Duration::from_millis(10));
    for more in [&[][..], &["--cli-read-timeout", "1"]] {
        let case = FaultCase {
            point: Point::Exchange,
            connection: Connection::Plain,
            steps: vec![drip.clone()],
            words: more.to_vec(),
            identities: &identities,
        };
        let run = case.run().run;
        assert!(run.stderr.contains("no complete answer from 127.0.0.1 in 30 s"), "{}", run.snapshot());
    }
}
