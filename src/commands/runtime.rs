//! The tokio runtime, on this thread and created only for a command that waits, and signal handling.
//!
//! Ctrl-C, SIGTERM and SIGHUP drop the command's future, which releases locks, temporary files and the terminal before
//! the program ends. A refresh whose request is out is finished and stored first. Exit codes are in `error`; `main` then
//! ends the process with the signal.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use anyhow::Context as _;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::Instant;

use crate::context::Context;
use crate::error::{Error, Kind};

/// The context of an error, such as too few file descriptors.
const ATTEMPT: &str = "cannot start the event loop";
/// How long a signal waits for a response that must not be lost.
const DEFERRED_AT_MOST: Duration = Duration::from_secs(3);
/// A signal within this time is the same request to end: `timeout` and many wrappers signal the process and its group.
const REPEATED_WITHIN: Duration = Duration::from_millis(500);

/// Runs a command's future until it ends or a signal arrives. After Ctrl-C a newline goes to standard output, as in the
/// AWS CLI.
pub(super) fn block_on<T>(context: &Context, future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    check_descriptors().context(ATTEMPT)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context(ATTEMPT)?;
    let outcome = runtime.block_on(async {
        let mut signals = Received::listen().context(ATTEMPT)?;
        until_signal(context, async || signals.next().await, future).await
    });
    // Does not wait for threads that are still resolving a name.
    runtime.shutdown_background();
    if let Err(error) = &outcome
        && error.downcast_ref::<Error>().is_some_and(|error| error.kind() == Kind::Interrupt)
    {
        // The interrupt is reported even if standard output is closed.
        let _ = context.print(b"\n");
    }
    outcome
}

/// The future's outcome, or the error of the signal that ends it.
async fn until_signal<T>(
    context: &Context,
    mut next: impl AsyncFnMut() -> Kind,
    future: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let mut future = pin!(future);
    let kind = tokio::select! {
        biased;
        kind = next() => kind,
        outcome = &mut future => return outcome,
    };
    let arrived = Instant::now();
    context.signals.arrive();
    let undeferred = std::future::poll_fn(|task| {
        let is_deferred = || context.signals.are_deferred();
        let has_ended = !is_deferred() || future.as_mut().poll(task).is_ready() || !is_deferred();
        if has_ended { Poll::Ready(()) } else { Poll::Pending }
    });
    let second = async {
        while arrived.elapsed() < REPEATED_WITHIN {
            next().await;
        }
    };
    tokio::select! {
        biased;
        () = second => {}
        () = tokio::time::sleep(DEFERRED_AT_MOST) => {}
        () = undeferred => {}
    }
    Err(Error::new(kind, kind.name()).into())
}

/// Fails if the runtime would run out of file descriptors: it opens six, and tokio panics if it cannot create the
/// socket pair of its signal handler.
#[cfg(unix)]
fn check_descriptors() -> std::io::Result<()> {
    let pairs: std::io::Result<Vec<_>> = (0..3).map(|_| std::os::unix::net::UnixStream::pair()).collect();
    pairs.map(drop)
}

#[cfg(not(unix))]
fn check_descriptors() -> std::io::Result<()> {
    Ok(())
}

/// The signals that end the program.
#[cfg(unix)]
struct Received {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
    /// Exceeding the file size limit is then a write error, as in Python, instead of a fatal signal.
    _too_large: Signal,
}

#[cfg(unix)]
impl Received {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            _too_large: signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()))?,
        })
    }

    async fn next(&mut self) -> Kind {
        tokio::select! {
            _ = self.interrupt.recv() => Kind::Interrupt,
            _ = self.terminate.recv() => Kind::Terminate,
            _ = self.hang_up.recv() => Kind::HangUp,
        }
    }
}

#[cfg(not(unix))]
struct Received(tokio::signal::windows::CtrlC);

#[cfg(not(unix))]
impl Received {
    fn listen() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) -> Kind {
        self.0.recv().await;
        Kind::Interrupt
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use tokio::time::{Instant, sleep, sleep_until};

    use super::until_signal;
    use crate::context::Context;
    use crate::error::Kind;

    /// Two pieces of deferred work, and then a minute of other work: when it ends, and how many pieces were finished.
    /// All times are in milliseconds.
    fn ended(signals: &[u64], each: u64) -> (u64, u32) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let context = Context::real();
            let started = Instant::now();
            let mut times = signals.iter();
            let next = async || {
                let Some(time) = times.next() else { return std::future::pending().await };
                sleep_until(started + Duration::from_millis(*time)).await;
                Kind::Terminate
            };
            let finished = Cell::new(0);
            let work = async {
                for _ in 0..2 {
                    let _deferral = context.signals.defer().await;
                    sleep(Duration::from_millis(each)).await;
                    finished.set(finished.get() + 1);
                }
                sleep(Duration::from_mins(1)).await;
                Ok(())
            };
            let _ = until_signal(&context, next, work).await;
            (u64::try_from(started.elapsed().as_millis()).unwrap(), finished.get())
        })
    }

    #[test]
    fn a_signal_waits_for_the_deferred_work_that_has_begun() {
        assert_eq!(ended(&[], 1_000), (62_000, 2));
        assert_eq!(ended(&[100], 1_000), (1_000, 1));
        assert_eq!(ended(&[1_500], 1_000), (2_000, 2));
        assert_eq!(ended(&[2_500], 1_000), (2_500, 2));
        assert_eq!(ended(&[100], 60_000), (3_100, 0));
    }

    #[test]
    fn a_second_signal_ends_the_command_unless_it_follows_at_once() {
        assert_eq!(ended(&[100, 700], 60_000), (700, 0));
        assert_eq!(ended(&[100, 101, 150, 590], 1_000), (1_000, 1));
        assert_eq!(ended(&[100, 101, 700], 60_000), (700, 0));
    }
}
