//! Taking turns at a lock: one process works, the others wait for what it finds or hear how it failed.
//!
//! A waiting process looks for the result it wants while it waits, so it may never need the lock. Where a file system
//! has no locks everybody works. What is done in one's turn is in `refresh`, and in `credentials` for roles. Imports
//! `cache`, `context`.

use std::time::Duration;

use tokio::time::Instant;

use crate::cache::{Attempt, Held, Lock, LockRecord};
use crate::context::{Context, Timestamp};

/// How long one process waits for another.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a waiting process looks.
const GLANCE: Duration = Duration::from_millis(20);

/// Our turn; it ends when this is dropped.
pub struct Turn<'a> {
    held: Option<Held>,
    waiting_since: Option<Timestamp>,
    context: &'a Context,
}

/// How waiting ended.
pub enum Waited<'a, T> {
    /// What was looked for is there.
    Found(T),
    /// It is our turn to work for it.
    Turn(Turn<'a>),
}

/// Another process holds the lock for too long: which one, if it said so.
#[derive(Debug)]
pub struct Busy(pub Option<u32>);

/// Waits until `find` finds something or it is our turn, at most 30 s.
pub async fn turn<'a, T>(
    lock: &Lock,
    context: &'a Context,
    find: impl Fn() -> Option<T>,
) -> Result<Waited<'a, T>, Busy> {
    let mut waiting_since = None;
    let patience = Instant::now() + PATIENCE;
    let held = loop {
        match lock.attempt() {
            Attempt::Held(held) => break Some(held),
            Attempt::Unsupported => break None,
            Attempt::Busy if Instant::now() >= patience => {
                return Err(Busy(lock.record().filter(|record| record.outcome.is_none()).map(|record| record.pid)));
            }
            Attempt::Busy => {
                waiting_since.get_or_insert_with(|| context.now());
                tokio::time::sleep(GLANCE).await;
            }
        }
        if let Some(found) = find() {
            return Ok(Waited::Found(found));
        }
    };
    // Somebody may have finished between our look and our lock.
    Ok(find().map_or(Waited::Turn(Turn { held, waiting_since, context }), Waited::Found))
}

impl Turn<'_> {
    /// What the last one to have a turn left behind.
    pub fn last(&mut self) -> Option<LockRecord> {
        self.held.as_mut()?.last()
    }

    /// Whether that happened while we were waiting already; records have whole seconds.
    pub fn waited_for(&self, last: &LockRecord) -> bool {
        self.waiting_since.is_some_and(|since| last.at >= since.truncate_to_second())
    }

    /// Tells those who wait that we are at work.
    pub fn begin(&mut self) {
        self.write(None);
    }

    /// Leaves behind how it ended: one line, no secret.
    pub fn end(&mut self, outcome: &str) {
        self.write(Some(outcome.replace(['\n', '\r'], " ")));
    }

    fn write(&mut self, outcome: Option<String>) {
        if let Some(held) = &mut self.held {
            held.write(&LockRecord { pid: std::process::id(), at: self.context.now(), outcome });
        }
    }
}
