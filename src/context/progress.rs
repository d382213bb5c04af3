//! A wait: what it is for is on the screen soon after it begins, and gone when it ends.
//!
//! Only on a terminal: a spinner, or a line if the terminal has no escape sequences. There is no thread: the future that is
//! waited for draws the spinner. Text that is written meanwhile goes above it.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use tokio::time::{Instant, interval_at};

use super::Context;
use crate::text;

/// How long a wait lasts before it is shown: a short one would only flicker.
const DELAY: Duration = Duration::from_millis(200);
/// How often the spinner turns.
const INTERVAL: Duration = Duration::from_millis(120);

/// A spinner, which dropping it removes from the screen.
fn spinner() -> ProgressBar {
    let style =
        ProgressStyle::with_template("{spinner} {wide_msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::new_spinner().with_finish(ProgressFinish::AndClear).with_style(style)
}

impl Context {
    /// Awaits `future`; `words` is what for. Of several waits one is shown.
    pub async fn wait_for<T>(&self, words: impl Fn() -> String, future: impl Future<Output = T>) -> T {
        if !self.stderr_is_terminal {
            return future.await;
        }
        tokio::pin!(future);
        let mut shown = None;
        let mut interval = interval_at(Instant::now() + DELAY, INTERVAL);
        loop {
            tokio::select! {
                outcome = &mut future => return outcome,
                _ = interval.tick() => {}
            }
            if !self.moves_cursor() {
                self.message(&words());
                return future.await;
            }
            if shown.is_none() && self.spinner.borrow().upgrade().is_none() {
                self.spinner.replace(shown.insert(spinner()).downgrade());
            }
            if let Some(spinner) = &shown {
                spinner.set_message(text::for_terminal(&words()));
                spinner.tick();
            }
        }
    }

    /// Writes text above the spinner.
    pub(super) fn above_spinner<T>(&self, write: impl FnOnce() -> T) -> T {
        match self.spinner.borrow().upgrade() {
            Some(spinner) => spinner.suspend(write),
            None => write(),
        }
    }
}
