//! A wait that informs: a spinner with the time left, on a terminal only.
//!
//! It is drawn by the waiting future itself, so there is no thread, and it is gone when the future is dropped. The words
//! before it are in `notice`. Imports `context`.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::time::Instant;

use super::{Attempt, LoginError};

/// How often the spinner turns.
const TURN: Duration = Duration::from_millis(120);

/// Clears the line whatever ends the wait.
struct Spinner(ProgressBar);

impl Drop for Spinner {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

impl Attempt<'_> {
    /// Awaits `future` while telling a person, and a program, that it waits until the deadline.
    pub(super) async fn waiting<T>(&self, deadline: Instant, future: impl Future<Output = T>) -> Result<T, LoginError> {
        let left = deadline.saturating_duration_since(Instant::now());
        self.notices().waiting(self.context.now().checked_add(left.try_into().unwrap_or(time::Duration::MAX)))?;
        if !self.context.stderr_is_terminal {
            return Ok(future.await);
        }
        let spinner = Spinner(ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()));
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            spinner.0.set_style(style);
        }
        let mut turn = tokio::time::interval(TURN);
        tokio::pin!(future);
        loop {
            tokio::select! {
                outcome = &mut future => return Ok(outcome),
                _ = turn.tick() => {
                    let left = deadline.saturating_duration_since(Instant::now()).as_secs();
                    spinner.0.set_message(format!("waiting for the approval in the browser, {}:{:02} left", left / 60, left % 60));
                    spinner.0.tick();
                }
            }
        }
    }
}
