//! The one place where futures are run: a runtime on this thread, built only when there is something to wait for, and the
//! signals that end a command.
//!
//! Ctrl-C, SIGTERM and SIGHUP drop the command's future, so that locks, temporary files and the terminal are in order
//! before the program ends. Which exit code that is, is in `error`; how the process dies of a signal is in `main`.

use anyhow::Context as _;

use crate::context::Context;
use crate::error::{Error, Kind};

/// What every request needs first: descriptors, as far as it can fail.
const ATTEMPT: &str = "cannot start the event loop";

/// Runs a command's future to its end, or to that of a signal. After Ctrl-C the cursor is put on a new line, as the AWS
/// CLI does, on standard output.
pub(super) fn block_on<T>(context: &Context, future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
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
    // A name being resolved is on a thread of its own and not worth waiting for.
    runtime.shutdown_background();
    if let Err(error) = &outcome
        && error.downcast_ref::<Error>().is_some_and(|error| error.kind() == Kind::Interrupt)
    {
        // Whether anybody reads that or not, it is what ended us.
        let _ = context.print(b"\n");
    }
    outcome
}

#[cfg(unix)]
async fn signals() -> std::io::Result<Kind> {
    use tokio::signal::unix::{SignalKind, signal};
    // A file over the process's limit is an error of its writer then, as in Python; the signal would end us in the middle.
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
