//! Polling in the device code flow on a simulated clock, with arbitrary sequences of responses, failures and delays.
//!
//! No poll starts before the current interval or a requested delay has passed since the last response, or after the code
//! has expired. Polling ends only with a response that ends it, or when the code expires, plus at most one request.

use std::cell::RefCell;
use std::time::Duration;

use time::macros::utc_datetime;
use tokio::time::Instant;

use super::{Ended, Failure, Pace, TokenResponse, poll, verdict};
use crate::fuzzing::{Case, Rng, Verdict, hold};
use crate::http::{HttpError, HttpErrorKind, Response};
use crate::oidc::Fault;
use crate::secret::Secret;

/// The longest duration of a request.
const REQUEST: u64 = 30;

/// `.` pending, `s` `slow_down`, `5` and `9` a service failure, `r` and `R` the same with `Retry-After`, `t` time-out,
/// `n` a web page, `c` an untrusted certificate, `x` expired, `d` denied, `T` the token.
const ANSWERS: &str = ".s59rRtncxdT";

fn refused(status: u16, error: &str, headers: &[(&str, &str)]) -> Failure {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let body = format!("{{\"error\": \"{error}\"}}").into_bytes();
    let response = Response { status, headers, body, attempts: 1, retries_reached: None };
    Fault::read_oauth("CreateToken", &response, utc_datetime!(2026-01-01 00:00)).into()
}

fn failed(kind: HttpErrorKind) -> Failure {
    HttpError { kind, url: String::new(), detail: String::new(), attempts: 1 }.into()
}

fn answer(letter: char) -> Result<TokenResponse, Failure> {
    Err(match letter {
        's' => refused(400, "slow_down", &[]),
        '5' => refused(500, "server_error", &[]),
        '9' => refused(429, "", &[]),
        'r' => refused(503, "", &[("retry-after", "9")]),
        'R' => refused(429, "", &[("retry-after", "70")]),
        't' => failed(HttpErrorKind::ReadTimeout(Some(Duration::from_secs(REQUEST)))),
        'c' => failed(HttpErrorKind::Tls(String::new())),
        'n' => Failure::NotJson(crate::error::Error::other("is a web page")),
        'x' => refused(400, "expired_token", &[]),
        'd' => refused(400, "access_denied", &[]),
        'T' => return Ok(TokenResponse { access_token: Secret::new("A"), expires_in: 60, refresh_token: None }),
        _ => refused(400, "authorization_pending", &[]),
    })
}

/// A poll: its start, end and response; times in milliseconds.
type Polled = (u64, u64, char);

fn run(interval: Option<i64>, life: u64, answers: &str) -> (Vec<Polled>, u64, &'static str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let start = Instant::now();
        let now = || u64::try_from(start.elapsed().as_millis()).unwrap();
        let polled = RefCell::new(Vec::new());
        let mut answers = answers.chars();
        let outcome = poll::poll(Pace::new(interval, life, start), async || {
            let (begin, letter) = (now(), answers.next().unwrap_or('.'));
            let delay = if letter == 't' { REQUEST * 1_000 } else { begin * 7 % 4 * 350 };
            tokio::time::sleep(Duration::from_millis(delay)).await;
            polled.borrow_mut().push((begin, now(), letter));
            verdict(answer(letter))
        })
        .await;
        let outcome = match outcome {
            Ok(_) => "token",
            Err(Ended::Failed(_)) => "failed",
            Err(Ended::Expired(_)) => "expired",
        };
        (polled.into_inner(), now(), outcome)
    })
}

/// A description of what is wrong with a run, if anything.
fn fault(interval: Option<i64>, life: u64, polled: &[Polled], end: u64, outcome: &str) -> Option<String> {
    let mut in_force = u64::try_from(interval.unwrap_or(5)).unwrap_or(1).max(1) * 1_000;
    let (mut last, mut asked, mut pages) = (0, 0, 0);
    let life = life * 1_000;
    let mut expected = "expired";
    for (at, (begin, finish, letter)) in polled.iter().enumerate() {
        let gap = begin - last;
        if expected != "expired" || gap < in_force.max(asked) || *begin > life {
            return Some(format!("poll {at} at {begin} ms, {gap} ms after the last; the interval is {in_force} ms"));
        }
        if gap > in_force.max(60_000).max(asked) + 1 {
            return Some(format!("poll {at} only after {gap} ms"));
        }
        in_force += if *letter == 's' { 5_000 } else { 0 };
        asked = [('r', 9_000), ('R', 70_000)].into_iter().find(|(it, _)| it == letter).map_or(0, |it| it.1);
        pages = if *letter == 'n' { pages + 1 } else { 0 };
        expected = match letter {
            'T' => "token",
            'x' | 'd' | 'c' => "failed",
            'n' if pages == 2 => "failed",
            _ => "expired",
        };
        last = *finish;
    }
    let early = expected == "expired" && (end < life || life > last + in_force.max(60_000).max(asked) + 1);
    (expected != outcome || early || end > life + REQUEST * 1_000)
        .then(|| format!("{outcome} at {end} ms, expected {expected}"))
}

#[test]
fn polls_never_come_before_the_interval() {
    let author = |rng: &mut Rng| {
        let interval = rng.pick(&["1", "5", "5", "", "0", "-3", "30", "90"]);
        let life = rng.pick(&["600", "600", "60", "5", "1800", "0"]);
        let letters: Vec<char> = ANSWERS.chars().collect();
        // Mostly responses after which polling continues.
        let answers = (0..rng.below(30)).map(|_| {
            let among = if rng.below(12) == 0 { 12 } else { 8 };
            letters[rng.below(among)]
        });
        vec![interval.to_owned(), life.to_owned(), answers.collect()]
    };
    let check = |case: &Case| -> Verdict {
        let (interval, life) = (case[0].parse().ok(), case[1].parse().unwrap_or(0));
        let (polled, end, outcome) = run(interval, life, &case[2]);
        match fault(interval, life, &polled, end, outcome) {
            None => Ok(outcome != "expired"),
            Some(why) => Err(format!("{why}: {polled:?}")),
        }
    };
    hold("polls", 1_000, author, check).is_mixed();
}
