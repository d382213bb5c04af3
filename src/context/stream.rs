//! Standard output and standard error on Unix: a signal interrupts a write that blocks because the reader is stuck.
//!
//! While the runtime records signals, a write that blocks would keep it from seeing one. `Stream` then waits until the
//! stream is writable, and gives up when a signal has arrived. Windows has no such wait, and writes directly.

use std::io::Write;

use super::signals::Signals;

/// A standard stream for the context.
#[cfg(unix)]
pub(super) fn interruptible(stream: impl Write + std::os::fd::AsFd + 'static, signals: &Signals) -> Box<dyn Write> {
    Box::new(unix::Stream { stream, signals: signals.state() })
}

/// A standard stream for the context.
#[cfg(not(unix))]
pub(super) fn interruptible(stream: impl Write + 'static, _: &Signals) -> Box<dyn Write> {
    Box::new(stream)
}

#[cfg(unix)]
mod unix {
    use std::io::{self, Write};
    use std::os::fd::AsFd;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    use crate::context::signals::State;

    /// A standard stream.
    pub(super) struct Stream<S> {
        pub(super) stream: S,
        pub(super) signals: State,
    }

    /// A pipe that is writable takes this many bytes without blocking (POSIX: `_POSIX_PIPE_BUF`).
    const CHUNK: usize = 512;

    impl<S: Write + AsFd> Stream<S> {
        /// Waits until a chunk can be written; an error when a signal has arrived and it cannot.
        fn wait_until_writable(&self) -> io::Result<()> {
            loop {
                let has_arrived = self.signals.arrived().is_some();
                // A signal interrupts this, unless it arrives just before.
                let patience = Timespec { tv_sec: 0, tv_nsec: if has_arrived { 0 } else { 100_000_000 } };
                match poll(&mut [PollFd::new(&self.stream, PollFlags::OUT)], Some(&patience)) {
                    Ok(0) if has_arrived => return Err(io::Error::other("interrupted by a signal")),
                    Ok(0) | Err(rustix::io::Errno::INTR) => {}
                    Ok(_) => return Ok(()),
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }

    impl<S: Write + AsFd> Write for Stream<S> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if !self.signals.is_active() {
                return self.stream.write(bytes);
            }
            self.wait_until_writable()?;
            let written = self.stream.write(&bytes[..bytes.len().min(CHUNK)])?;
            self.stream.flush()?;
            Ok(written)
        }

        fn flush(&mut self) -> io::Result<()> {
            self.stream.flush()
        }
    }
}
