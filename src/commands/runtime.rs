//! The tokio runtime, on this thread and created only for a command that waits, and signal handling.
//!
//! Ctrl-C, SIGTERM and SIGHUP drop the command's future, which releases locks, temporary files and the terminal before
//! the program ends. Exit codes are in `error`; `main` then ends the process with the signal.

use anyhow::Context as _;

use crate::context::Context;
use crate::error::{Error, Kind};

/// The context of an error, such as too few file descriptors.
const ATTEMPT: &str = "cannot start the event loop";

/// Runs a command's future until it ends or a signal arrives. After Ctrl-C a newline goes to standard output, as in the
/// AWS CLI.
pub(super) fn block_on<T>(context: &Context, future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    check_descriptors().context(ATTEMPT)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context(ATTEMPT)?;
    let outcome = runtime.block_on(async {
        tokio::select! {
            biased;
            signal = signals() => Err(match signal {
                Ok(kind) => Error::new(kind, kind.name()).into(),
                Err(error) => anyhow::Error::new(error).context(ATTEMPT),
            }),
            outcome = future => outcome,
        }
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

#[cfg(unix)]
async fn signals() -> std::io::Result<Kind> {
    use tokio::signal::unix::{SignalKind, signal};
    // Exceeding the file size limit is then a write error, as in Python, instead of a fatal signal.
    let _too_large = signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()))?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    Ok(tokio::select! {
        _ = interrupt.recv() => Kind::Interrupt,
        _ = terminate.recv() => Kind::Terminate,
        _ = hang_up.recv() => Kind::HangUp,
    })
}

#[cfg(not(unix))]
async fn signals() -> std::io::Result<Kind> {
    tokio::signal::ctrl_c().await?;
    Ok(Kind::Interrupt)
}
