//! The `--debug` log: one line an event on standard error, through the `log` crate.
//!
//! Only method, URL, status, request id, sizes and times are logged here, never header values or bodies; modules that log
//! a body redact it first. Lines of other crates are dropped, because they may contain secrets.

use std::io::{self, Write as _};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use log::{LevelFilter, Log, Metadata, Record};

use super::{HttpError, Request, Response, proxy};
use crate::text;

/// Writes the lines of this crate to standard error, each with the milliseconds since the log began.
struct Stderr;

static STARTED: OnceLock<Instant> = OnceLock::new();

impl Log for Stderr {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let target = metadata.target();
        target == "sso_oidc" || target.starts_with("sso_oidc::")
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let elapsed = STARTED.get_or_init(Instant::now).elapsed();
            let line = printable(&record.args().to_string());
            // A closed standard error is ignored.
            let _ = writeln!(io::stderr().lock(), "debug {:>6} ms  {line}", elapsed.as_millis());
        }
    }

    fn flush(&self) {}
}

/// The line without line breaks and characters that a terminal interprets.
fn printable(text: &str) -> String {
    text::data_for_terminal(text).replace(['\n', '\t'], " ")
}

/// Starts the log; a second call changes nothing.
pub fn start_debug_log() {
    STARTED.get_or_init(Instant::now);
    if log::set_logger(&Stderr).is_ok() {
        log::set_max_level(LevelFilter::Debug);
    }
}

/// Logs one attempt and its outcome.
pub(super) fn exchange(request: &Request, outcome: &Result<Response, HttpError>, elapsed: Duration) {
    if !log::log_enabled!(log::Level::Debug) {
        return;
    }
    let method = request.method.as_str();
    let url = proxy::without_user(&request.url);
    let sent = request.body.as_ref().map_or(0, |body| body.expose().len());
    let took = elapsed.as_millis();
    match outcome {
        Ok(response) => log::debug!(
            "{method} {url} ({sent} bytes) -> {} ({} bytes, {}) request id {} in {took} ms",
            response.status,
            response.body.len(),
            response.header("content-type").unwrap_or("no content type"),
            response.request_id().unwrap_or("none"),
        ),
        Err(error) => log::debug!("{method} {url} ({sent} bytes) -> {error} [{}] in {took} ms", error.detail),
    }
}

#[cfg(test)]
mod tests {
    use log::{Level, Log, Metadata};

    use super::{Stderr, printable};

    #[test]
    fn lines_of_other_crates_are_dropped() {
        let of = |target| Stderr.enabled(&Metadata::builder().level(Level::Debug).target(target).build());
        assert!(of("sso_oidc::http"));
        assert!(!of("sso_oidc_other"));
        assert!(!of("reqwest::connect"));
        assert!(!of("hyper_util::client::legacy"));
    }

    #[test]
    fn a_line_stays_one_and_holds_only_what_can_be_seen() {
        assert_eq!(printable("a\u{1b}[31m\nb\u{202e}"), "a[31m b");
    }
}
