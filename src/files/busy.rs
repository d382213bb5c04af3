//! Files that another program has open, such as a virus scanner: Windows refuses to replace, remove or open them
//! meanwhile. On other systems that is no obstacle, and nothing is tried again.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// Tries again for 2 seconds while another program has the file open.
pub(super) fn retry_while_open<T>(path: &Path, mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let mut patience = Patience::default();
    loop {
        match attempt() {
            Err(error) if patience.wait(&error, path) => {}
            outcome => return outcome,
        }
    }
}

/// Whether another program has the file open and does not share it. Only Windows has that.
pub(super) fn is_not_shared(error: &io::Error) -> bool {
    const SHARING_VIOLATION: i32 = 32;
    cfg!(windows) && error.raw_os_error() == Some(SHARING_VIOLATION)
}

/// How long it takes until another program closes a file.
#[derive(Default)]
pub(super) struct Patience {
    #[cfg_attr(not(windows), expect(dead_code, reason = "there is nothing to wait for"))]
    until: Option<Instant>,
}

impl Patience {
    /// Longer for a file that is replaced, because its new content would be lost. Many waiting processes of ours read it.
    pub(super) fn to_replace() -> Self {
        Self { until: Some(Instant::now() + Duration::from_secs(10)) }
    }

    /// Whether to try again, after a pause.
    #[cfg(not(windows))]
    #[expect(clippy::unused_self, reason = "there is nothing to wait for")]
    pub(super) fn wait(&mut self, _: &io::Error, _: &Path) -> bool {
        false
    }

    /// Whether to try again, after a pause.
    #[cfg(windows)]
    pub(super) fn wait(&mut self, error: &io::Error, path: &Path) -> bool {
        const AT_MOST: Duration = Duration::from_secs(2);
        const PAUSE: Duration = Duration::from_millis(4);
        const ACCESS_DENIED: i32 = 5;
        const LOCK_VIOLATION: i32 = 33;
        // The code for a file that is being removed, but also for folders and read-only files.
        let is_busy = match error.raw_os_error() {
            Some(ACCESS_DENIED) => {
                path.metadata().map_or(true, |found| found.is_file() && !found.permissions().readonly())
            }
            Some(code) => code == LOCK_VIOLATION || is_not_shared(error),
            None => false,
        };
        let until = *self.until.get_or_insert_with(|| Instant::now() + AT_MOST);
        let waits = is_busy && Instant::now() < until;
        if waits {
            std::thread::sleep(PAUSE);
        }
        waits
    }
}
