//! Polling with a device code (RFC 8628 section 3.5): its interval, `slow_down`, failures, and its end.
//!
//! Polls are never closer than the current interval. `slow_down` adds five seconds to it permanently. A failure of the
//! network or the service doubles the wait, up to a minute or the interval, whichever is longer. Polling ends when the
//! device code expires. Responses are interpreted in `device`.

use std::time::Duration;

use tokio::time::Instant;

/// The interval if the service sends none (RFC 8628 section 3.2).
const DEFAULT_INTERVAL: i64 = 5;
/// The increase of the interval for each `slow_down` (RFC 8628 section 3.5).
const SLOW_DOWN: Duration = Duration::from_secs(5);
/// The longest wait after a failure.
const MAX_BACKOFF: Duration = Duration::from_mins(1);

/// The result of a poll.
pub(super) enum Poll<T, E> {
    /// The token.
    Token(T),
    /// `authorization_pending`.
    Pending,
    /// `slow_down`: as pending, but with a longer interval.
    SlowDown,
    /// A network failure, a 5xx or a 429: the next poll waits longer, and at least for the service's `Retry-After`.
    Transient(Option<Duration>, E),
    /// A 2xx without a token; the first is tolerated, because it may come from a captive portal.
    Malformed(E),
    /// Anything else: polling ends.
    Final(E),
}

/// Why polling ended without a token.
pub(super) enum Ended<E> {
    /// The device code has expired; contains the failure of the last poll, if it failed.
    Expired(Option<E>),
    /// The error of the last response.
    Failed(E),
}

/// The interval and the deadline of polling.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    interval: Duration,
    /// When the last response arrived.
    pub(super) last: Instant,
    /// When polling ends: when the device code expires, or earlier with `--timeout`.
    pub(super) deadline: Instant,
}

impl Pace {
    /// Creates the pace from the service's response: `interval` in seconds (absent: 5; 0 or less: 1) and the lifetime
    /// of the code in seconds, both counted from `start`.
    pub(super) fn new(interval: Option<i64>, expires_in: u64, start: Instant) -> Self {
        let seconds = u64::try_from(interval.unwrap_or(DEFAULT_INTERVAL)).unwrap_or(1).max(1);
        // A century cannot overflow an Instant.
        let life = Duration::from_secs(expires_in.min(100 * 365 * 86400));
        Self { interval: Duration::from_secs(seconds), last: start, deadline: start + life }
    }

    /// Increases the interval after a `slow_down`.
    pub(super) fn slow_down(&mut self) {
        self.interval = self.interval.saturating_add(SLOW_DOWN);
    }
}

/// Polls until there is a token, a final error, or no time left.
pub(super) async fn poll<T, E>(mut pace: Pace, mut attempt: impl AsyncFnMut() -> Poll<T, E>) -> Result<T, Ended<E>> {
    let mut wait = pace.interval;
    let mut failure = None;
    let mut malformed = 0;
    loop {
        let next = pace.last.checked_add(wait).filter(|next| *next <= pace.deadline);
        let Some(next) = next else {
            tokio::time::sleep_until(pace.deadline).await;
            return Err(Ended::Expired(failure));
        };
        tokio::time::sleep_until(next).await;
        let answer = attempt().await;
        // The wait is counted from the response: a slow service is not polled again immediately.
        pace.last = Instant::now();
        match answer {
            Poll::Token(token) => return Ok(token),
            Poll::Pending => (wait, failure, malformed) = (pace.interval, None, 0),
            Poll::SlowDown => {
                pace.slow_down();
                (wait, failure, malformed) = (pace.interval, None, 0);
            }
            Poll::Transient(retry_after, error) => {
                wait = wait.saturating_mul(2).min(MAX_BACKOFF.max(pace.interval)).max(retry_after.unwrap_or_default());
                (failure, malformed) = (Some(error), 0);
            }
            Poll::Malformed(error) if malformed == 1 => return Err(Ended::Failed(error)),
            Poll::Malformed(error) => {
                wait = pace.interval;
                (failure, malformed) = (Some(error), 1);
            }
            Poll::Final(error) => return Err(Ended::Failed(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{Ended, Pace, Poll, poll};
    use tokio::time::Instant;

    /// The seconds of the polls and how polling ended, for these responses: `.` pending, `s` `slow_down`, `t` failure,
    /// `r` the same with Retry-After 9, `n` malformed, `f` final, `T` token.
    fn run(interval: Option<i64>, expires_in: u64, answers: &str) -> (Vec<u64>, String) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let start = Instant::now();
            let times = RefCell::new(Vec::new());
            let mut answers = answers.chars();
            let outcome = poll(Pace::new(interval, expires_in, start), async || {
                times.borrow_mut().push(start.elapsed().as_secs());
                match answers.next().unwrap_or('.') {
                    's' => Poll::SlowDown,
                    't' => Poll::Transient(None, 't'),
                    'r' => Poll::Transient(Some(Duration::from_secs(9)), 'r'),
                    'n' => Poll::Malformed('n'),
                    'f' => Poll::Final('f'),
                    'T' => Poll::Token(()),
                    _ => Poll::Pending,
                }
            })
            .await;
            let outcome = match outcome {
                Ok(()) => "token".to_owned(),
                Err(Ended::Expired(failure)) => {
                    format!("expired at {} {}", start.elapsed().as_secs(), failure.map_or(String::new(), String::from))
                }
                Err(Ended::Failed(error)) => format!("failed {error}"),
            };
            (times.into_inner(), outcome)
        })
    }

    #[test]
    fn the_table_of_rfc_8628_section_3_5() {
        for (interval, life, answers, times, outcome) in [
            (Some(1), 600, "..T", vec![1, 2, 3], "token"),
            (None, 600, ".T", vec![5, 10], "token"),
            (Some(0), 600, ".T", vec![1, 2], "token"),
            (Some(-7), 600, ".T", vec![1, 2], "token"),
            (Some(200), 600, "..T", vec![200, 400, 600], "token"),
            (Some(1), 600, "s.sT", vec![1, 7, 13, 24], "token"),
            (Some(1), 600, "ttt.T", vec![1, 3, 7, 15, 16], "token"),
            (Some(20), 600, "tttt.T", vec![20, 60, 120, 180, 240, 260], "token"),
            (Some(90), 600, "ttT", vec![90, 180, 270], "token"),
            (Some(1), 600, "r.T", vec![1, 10, 11], "token"),
            (Some(20), 600, "r.T", vec![20, 60, 80], "token"),
            (Some(1), 6, "r", vec![1], "expired at 6 r"),
            (Some(1), 5, "", vec![1, 2, 3, 4, 5], "expired at 5 "),
            (Some(1), 4, "tt", vec![1, 3], "expired at 4 t"),
            (Some(10), 5, "", vec![], "expired at 5 "),
            (Some(1), 0, "", vec![], "expired at 0 "),
            (Some(1), 600, "nn", vec![1, 2], "failed n"),
            (Some(1), 600, "n.nT", vec![1, 2, 3, 4], "token"),
            (Some(1), 600, ".f", vec![1, 2], "failed f"),
        ] {
            assert_eq!(run(interval, life, answers), (times, outcome.to_owned()), "{interval:?} {life} {answers}");
        }
    }

    #[test]
    fn absurd_numbers_neither_overflow_nor_poll_early() {
        assert_eq!(run(Some(i64::MAX), u64::MAX, "T").0, Vec::<u64>::new());
    }

    proptest! {
        #[test]
        fn never_sooner_than_the_interval_never_later_than_the_deadline(
            interval in 1..30i64, life in 0..2000u64, answers in "[.strn]{0,40}",
        ) {
            let (times, _) = run(Some(interval), life, &answers);
            let mut in_force = interval.unsigned_abs();
            let mut last = 0;
            for (time, answer) in times.iter().zip(answers.chars().chain(std::iter::repeat('.'))) {
                prop_assert!(time - last >= in_force, "{times:?}");
                prop_assert!(*time <= life);
                in_force += if answer == 's' { 5 } else { 0 };
                last = *time;
            }
        }
    }
}
