//! Which failed attempts are repeated, after which wait, and the headers that number them.
//!
//! The AWS CLI's standard mode (botocore `retries/standard.py`) for the four operations run by hand; classes of our own for
//! the calls inside login and token, where a repeated request may spend a single-use code or token (RFC 6749 section
//! 4.1.2). The waits between polls are in `login`.

use std::time::Duration;

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::{HttpError, HttpErrorKind, HttpOptions, Request, Response};
use crate::context::Timestamp;
use crate::secret::Secret;

/// The class of a call.
#[derive(Clone, Copy)]
pub enum Retry<'a> {
    /// As the AWS CLI's standard mode, whatever the call does.
    Aws,
    /// Safe to repeat: registration, device authorization, logout, role credentials.
    Repeatable,
    /// As `Repeatable`, for one of many requests: while the service throttles them, it is repeated four times as often.
    List,
    /// Exactly one attempt: a poll of the device flow, a refresh of a token that is still valid.
    Once,
    /// The exchange of an authorization code, which is spent once the service has received it.
    Exchange,
    /// A refresh, whose token may be spent once the service has received it. Before each further attempt the function
    /// checks whether the token is still the one on disk; `false` ends the call with the last outcome.
    Refresh(&'a dyn Fn() -> bool),
}

/// The longest `Retry-After` that is waited for; a longer one ends the call.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// How much more often a list is requested while the service throttles requests.
const THROTTLED_LISTS: u32 = 4;

/// Status codes that AWS repeats.
const TRANSIENT: [u16; 4] = [500, 502, 503, 504];

/// Error codes that AWS repeats whatever the status.
const REPEATED_CODES: [&str; 16] = [
    "RequestTimeout",
    "RequestTimeoutException",
    "PriorRequestNotComplete",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "SlowDown",
    "EC2ThrottledException",
];

/// The attempts of one call.
pub(super) struct Attempts<'a> {
    retry: Retry<'a>,
    max: u32,
    /// The number of attempts made.
    pub(super) made: u32,
    invocation: Option<String>,
    ttl: Option<String>,
    error_code: fn(&Response) -> Option<String>,
}

impl<'a> Attempts<'a> {
    pub(super) fn new(retry: Retry<'a>, max: u32, request: &Request) -> Self {
        let max = if matches!(retry, Retry::Once) { 1 } else { max.max(1) };
        let invocation = request.sdk_headers.then(uuid);
        Self { retry, max, made: 0, invocation, ttl: None, error_code: request.error_code }
    }

    /// The headers of the next attempt.
    pub(super) fn headers(&self) -> Vec<(&'static str, Secret)> {
        let Some(invocation) = &self.invocation else { return Vec::new() };
        let ttl = self.ttl.as_ref().map(|ttl| format!("ttl={ttl}; ")).unwrap_or_default();
        let max = if self.made == 0 { String::new() } else { format!("; max={}", self.max) };
        vec![
            ("amz-sdk-invocation-id", Secret::new(invocation.as_str())),
            ("amz-sdk-request", Secret::new(format!("{ttl}attempt={}{max}", self.made + 1))),
        ]
    }

    /// The wait before the next attempt; `None` when the outcome is final.
    pub(super) fn after(&mut self, outcome: &Result<Response, HttpError>, options: &HttpOptions) -> Option<Duration> {
        self.made += 1;
        let now = (options.now)();
        if let Ok(response) = outcome
            && let Some(ttl) = ttl(response, now, options.read_timeout)
        {
            self.ttl = Some(ttl);
        }
        if self.made >= self.max_after(outcome) || !self.repeats(outcome) {
            return None;
        }
        let backoff = backoff(self.made, random());
        let asked = match (self.retry, outcome) {
            (Retry::Aws, _) | (_, Err(_)) => None,
            (_, Ok(response)) => response.retry_after(now),
        };
        match asked {
            Some(asked) if asked > LONGEST_WAIT => None,
            Some(asked) => Some(asked.max(backoff)),
            None => Some(backoff),
        }
    }

    /// How many attempts are made after this one. One means that no attempt is to be repeated.
    fn max_after(&self, outcome: &Result<Response, HttpError>) -> u32 {
        let is_throttled = outcome.as_ref().is_ok_and(|response| response.status == 429);
        let is_patient = matches!(self.retry, Retry::List) && is_throttled && self.max > 1;
        if is_patient { self.max.saturating_mul(THROTTLED_LISTS) } else { self.max }
    }

    /// Whether the attempt that was decided on is still wanted after the wait.
    pub(super) fn still_wanted(&self) -> bool {
        match self.retry {
            Retry::Refresh(unchanged) => unchanged(),
            _ => true,
        }
    }

    /// Writes the number of attempts into the outcome.
    pub(super) fn finish(&self, outcome: Result<Response, HttpError>) -> Result<Response, HttpError> {
        match outcome {
            Ok(response) => Ok(Response {
                attempts: self.made,
                // One attempt by design, not the last of several.
                retries_reached: (self.made >= self.max && !matches!(self.retry, Retry::Once)).then_some(self.made - 1),
                ..response
            }),
            Err(error) => Err(HttpError { attempts: self.made, ..error }),
        }
    }

    #[expect(clippy::match_same_arms, reason = "rows of the table of faults by class, in its order")]
    fn repeats(&self, outcome: &Result<Response, HttpError>) -> bool {
        let error = match outcome {
            Ok(response) => return self.repeats_answer(response),
            Err(error) => error,
        };
        let first = self.made == 1;
        match (&error.kind, self.retry) {
            (kind, _) if kind.is_permanent() => false,
            (_, Retry::Once) => false,
            (_, Retry::Aws) => true,
            // Nothing has reached the service, and the second attempt learns the proxy's status.
            _ if error.is_refused_tunnel() => first,
            (HttpErrorKind::Tls(_) | HttpErrorKind::Proxy(..) | HttpErrorKind::NotHttp, _) => false,
            (_, Retry::Repeatable | Retry::List) => true,
            // Nothing has reached the service.
            (HttpErrorKind::Dns | HttpErrorKind::Connect | HttpErrorKind::ConnectTimeout(_), _) => true,
            // It may have: a code is not sent again once a response has begun, a token is sent at most twice.
            (kind, Retry::Exchange) => first && *kind == HttpErrorKind::Closed,
            (_, Retry::Refresh(_)) => first,
        }
    }

    fn repeats_answer(&self, response: &Response) -> bool {
        let Some(code) = (self.error_code)(response) else { return false };
        let throttled = response.status == 429 && !matches!(self.retry, Retry::Aws);
        throttled || TRANSIENT.contains(&response.status) || REPEATED_CODES.contains(&code.as_str())
    }
}

/// The wait before retry `n`: a random part of 2^(n-1) seconds, at most of 20.
fn backoff(retry: u32, random: f64) -> Duration {
    Duration::from_secs(20.min(1 << (retry - 1).min(5))).mul_f64(random)
}

/// A number in [0, 1) from the operating system; without randomness, the middle.
fn random() -> f64 {
    let mut bytes = [0; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / 4_294_967_296.0,
        Err(_) => 0.5,
    }
}

/// A random UUID (RFC 9562 section 5.4).
fn uuid() -> String {
    let mut bytes = [0; 16];
    // It only identifies a call in the service's log, so missing randomness is ignored.
    let _ = getrandom::fill(&mut bytes);
    let number = u128::from_be_bytes(bytes) & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{number:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// When the client stops waiting, by the server's clock: now plus the read time-out plus the clock skew.
fn ttl(response: &Response, now: Timestamp, read_timeout: Option<Duration>) -> Option<String> {
    const FORM: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day]T[hour][minute][second]Z");
    // Limit and server's clock may exceed the calendar.
    let limit = time::Duration::try_from(read_timeout?).ok()?;
    let end = now.checked_add(limit)?.checked_add(response.date()? - now)?;
    end.format(FORM).ok()
}

#[cfg(test)]
mod tests;
