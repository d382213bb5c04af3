//! `Signals`: when a signal may end the program.
//!
//! The runtime of `commands` receives the signals. It ends the program at once, unless a request is out whose response
//! must not be lost.

use std::cell::Cell;

/// Whether a signal has arrived, and whether it must wait.
#[derive(Debug, Default)]
pub struct Signals {
    has_arrived: Cell<bool>,
    deferrals: Cell<usize>,
}

/// Signals do not end the program until this is dropped.
#[derive(Debug)]
pub struct Deferral<'a>(&'a Signals);

impl Signals {
    /// Defers the end by a signal until the result is dropped. Once a signal has arrived, this waits for the end instead,
    /// so that no further request is sent.
    pub async fn defer(&self) -> Deferral<'_> {
        if self.has_arrived.get() {
            std::future::pending::<()>().await;
        }
        self.deferrals.set(self.deferrals.get() + 1);
        Deferral(self)
    }

    /// Records that a signal has arrived.
    pub fn arrive(&self) {
        self.has_arrived.set(true);
    }

    /// Whether the signal must wait.
    pub fn are_deferred(&self) -> bool {
        self.deferrals.get() > 0
    }
}

impl Drop for Deferral<'_> {
    fn drop(&mut self) {
        self.0.deferrals.set(self.0.deferrals.get() - 1);
    }
}
