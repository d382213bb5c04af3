//! Waiting for a condition, with one deadline for all tests.

use std::thread;
use std::time::{Duration, Instant};

/// The longest wait for anything. A test that reaches it fails; no test asserts a shorter time.
pub(crate) const DEADLINE: Duration = Duration::from_mins(1);

/// Polls `found` until it returns something, and fails the test after [`DEADLINE`].
#[track_caller]
pub(crate) fn wait_for<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < end, "timed out waiting for {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Polls `condition` until it holds, and fails the test after [`DEADLINE`].
#[track_caller]
pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    wait_for(what, || condition().then_some(()));
}
