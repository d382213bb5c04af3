//! The tokio runtime, on this thread and created only for a command that waits, and signal handling.
//!
//! A signal drops the command's future, which releases locks, temporary files and the terminal before the program ends. A
//! refresh whose request is out is finished and stored first. Which signals, and what they do outside of the runtime, is
//! in `context::signals`; `main` ends the process with the signal.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use anyhow::Context as _;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::Instant;

use crate::context::Context;
use crate::error::{Error, Kind};
use crate::http::CONCURRENT_REQUESTS;

/// The context of an error, such as too few file descriptors.
const ATTEMPT: &str = "cannot start the event loop";
/// How long a signal waits for a response that must not be lost.
const DEFERRED_AT_MOST: Duration = Duration::from_secs(3);
/// SIGINT, and Ctrl-C on Windows.
pub(super) const INTERRUPT: u8 = 2;
/// A signal within this time is the same request to end: `timeout` and many wrappers signal the process and its group.
const REPEATED_WITHIN: Duration = Duration::from_millis(100);

/// Runs a command's future until it ends or a signal arrives. After Ctrl-C a newline goes to standard output, as in the
/// AWS CLI.
pub(super) fn block_on<T>(context: &Context, future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    check_descriptors().context(ATTEMPT)?;
    // A future of a command is large, and would be copied as a whole at each level.
    let future = Box::pin(future);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context(ATTEMPT)?;
    let outcome = runtime.block_on(async {
        let mut received = Received::listen(context).context(ATTEMPT)?;
        let recording = context.signals.record();
        let outcome = until_signal(context, async || received.next().await, future).await;
        drop(recording);
        // A signal may also have arrived while the future did something else than waiting.
        match (context.signals.arrived(), outcome) {
            (None, Some(outcome)) => outcome,
            (number, _) => {
                let signal = number.unwrap_or_default();
                Err(Error::new(Kind::Signal(signal), format!("terminated by signal {signal}")).into())
            }
        }
    });
    // Does not wait for threads that are still resolving a name.
    runtime.shutdown_background();
    if let Err(error) = &outcome
        && error.downcast_ref::<Error>().is_some_and(|error| error.kind() == Kind::Signal(INTERRUPT))
    {
        // The interrupt is reported even if standard output is closed.
        let _ = context.print(b"\n");
    }
    outcome
}

/// The future's outcome; `None` if a signal ended it. `next` waits for the next signal.
async fn until_signal<T>(context: &Context, mut next: impl AsyncFnMut(), future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    tokio::select! {
        biased;
        () = next() => {}
        outcome = &mut future => return Some(outcome),
    }
    let arrived = Instant::now();
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
    None
}

/// Fails if there are too few file descriptors. The runtime opens six, and tokio panics if it cannot create the socket
/// pair of its signal handler. A command opens up to six more: two locks, two connections, and two files to store a
/// response, which would be lost.
#[cfg(unix)]
fn check_descriptors() -> std::io::Result<()> {
    let pairs: std::io::Result<Vec<_>> = (0..6).map(|_| std::os::unix::net::UnixStream::pair()).collect();
    pairs.map(drop)
}

#[cfg(not(unix))]
fn check_descriptors() -> std::io::Result<()> {
    Ok(())
}

/// How many requests a command has under way at once. Each needs up to four file descriptors: a lock, a connection, and
/// two files to store the response.
pub(super) fn concurrent_requests() -> usize {
    (descriptors() / 4).clamp(1, CONCURRENT_REQUESTS)
}

/// How many file descriptors a command may use beside the standard streams and those of the runtime.
#[cfg(unix)]
pub(super) fn descriptors() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    limit.and_then(|limit| usize::try_from(limit).ok()).map_or(usize::MAX, |limit| limit.saturating_sub(12))
}

#[cfg(not(unix))]
pub(super) fn descriptors() -> usize {
    usize::MAX
}

/// The signals that end the program, as they arrive.
#[cfg(unix)]
struct Received(Vec<Signal>);

#[cfg(unix)]
impl Received {
    fn listen(context: &Context) -> std::io::Result<Self> {
        let handled = context.signals.handled()?.iter();
        Ok(Self(handled.map(|number| signal(SignalKind::from_raw(*number))).collect::<Result<_, _>>()?))
    }

    async fn next(&mut self) {
        std::future::poll_fn(|task| {
            let has_arrived = self.0.iter_mut().any(|signal| signal.poll_recv(task).is_ready());
            if has_arrived { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

#[cfg(not(unix))]
struct Received<'a>(tokio::signal::windows::CtrlC, &'a Context);

#[cfg(not(unix))]
impl<'a> Received<'a> {
    fn listen(context: &'a Context) -> std::io::Result<Self> {
        Ok(Self(tokio::signal::windows::ctrl_c()?, context))
    }

    async fn next(&mut self) {
        self.0.recv().await;
        self.1.signals.arrive(INTERRUPT);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use tokio::time::{Instant, sleep, sleep_until};

    use super::until_signal;
    use crate::context::Context;

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
                context.signals.arrive(15);
            };
            let finished = Cell::new(0);
            let work = async {
                for _ in 0..2 {
                    let _deferral = context.signals.defer().await;
                    sleep(Duration::from_millis(each)).await;
                    finished.set(finished.get() + 1);
                }
                sleep(Duration::from_mins(1)).await;
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
        assert_eq!(ended(&[100, 101, 150, 190], 1_000), (1_000, 1));
        assert_eq!(ended(&[100, 101, 700], 60_000), (700, 0));
    }
}
