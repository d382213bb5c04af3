//! Two locks beside a token: one around read, refresh and write, one held by the process that runs a login in the
//! browser.
//!
//! They are separate files, `<sha1>.lock` and `<sha1>.login.lock`: never the data file (a rename would leave the lock
//! on the old file), never named `.json`, never deleted (`crate::files` creates them). Only the kernel's lock counts. A line in the file tells
//! waiting processes which process holds the lock, and later its outcome. It contains no secret, and is not JSON,
//! because the AWS CLI's logout reads every file of the folder as JSON.

use std::fmt;
use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use tokio::time::Instant;

use super::file::io_error;
use super::timestamp;
use crate::context::Timestamp;
use crate::error::{Error, Kind};
use crate::files;
use crate::secret::Secret;

/// The longest line in a lock file, in bytes; a longer one is cut.
const LONGEST: usize = 1024;
/// How often a waiting process tries to take the lock.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// How long a process waits for one that makes a request.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A lock file, not yet taken.
pub struct Lock {
    /// Its file.
    pub path: PathBuf,
}

/// A lock that this process holds until it is dropped.
pub struct Held {
    /// Absent if the folder is read-only or the file system has no locks; the process then continues without one.
    file: Option<File>,
    /// Whether this process waited for it.
    has_waited: bool,
    /// The line that was in the file before the wait.
    before: Option<LockRecord>,
}

/// How a wait for a lock ended.
pub enum Acquired<T> {
    /// This process holds the lock.
    Lock(Held),
    /// The result, which another process has produced meanwhile.
    Result(T),
    /// Another process has held it for too long: which one, if it wrote that.
    TimedOut(Option<u32>),
}

/// How a process that held a lock ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It finished its work.
    Done,
    /// It failed.
    Failed {
        /// The kind of its error.
        kind: Kind,
        /// The message of its error.
        message: String,
    },
    /// It was cancelled.
    Cancelled,
    /// The login was not completed in time, so many times in a row.
    Unanswered(u32),
}

/// The line in a lock file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockRecord {
    /// The process that wrote the line.
    pub pid: u32,
    /// When it took the lock, or when it wrote the outcome.
    pub at: Timestamp,
    /// The fingerprint of the token or settings that the outcome is about, if it is about any.
    pub about: Option<String>,
    /// Absent while the lock is held.
    pub outcome: Option<Outcome>,
}

impl Lock {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Takes the lock without waiting; `None` when another process holds it. An error if only this process cannot take it.
    pub fn attempt(&self) -> Result<Option<Held>, Error> {
        let file = match files::try_lock(&self.path) {
            Ok(None) => return Ok(None),
            Ok(file) => file,
            Err(error) if files::cannot_exist(&error) => {
                log::debug!("no lock at {}: {error}", self.path.display());
                None
            }
            Err(error) => return Err(io_error(&self.path, "lock", &error)),
        };
        Ok(Some(Held { file, has_waited: false, before: None }))
    }

    /// Takes the lock. While another process holds it, `glance` looks for the result that this process wants.
    pub async fn wait<T>(&self, most: Duration, mut glance: impl FnMut() -> Option<T>) -> Result<Acquired<T>, Error> {
        let deadline = Instant::now() + most;
        let before = self.record();
        let mut has_waited = false;
        loop {
            if let Some(mut held) = self.attempt()? {
                (held.has_waited, held.before) = (has_waited, before);
                return Ok(Acquired::Lock(held));
            }
            has_waited = true;
            if let Some(found) = glance() {
                return Ok(Acquired::Result(found));
            }
            if Instant::now() >= deadline {
                return Ok(Acquired::TimedOut(self.holder()));
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    /// The process that holds the lock, if it wrote that.
    pub fn holder(&self) -> Option<u32> {
        self.record().filter(|record| record.outcome.is_none()).map(|record| record.pid)
    }

    /// The line in the file, whichever process wrote it.
    pub fn record(&self) -> Option<LockRecord> {
        LockRecord::read(&files::open_lock(&self.path)?)
    }
}

impl Held {
    /// The line left by the last holder.
    pub fn last(&mut self) -> Option<LockRecord> {
        let file = self.file.as_mut()?;
        file.rewind().ok()?;
        LockRecord::read(file)
    }

    /// The same, if it was written while this process was waiting. The times of two processes do not tell, because the
    /// clock may have been set.
    pub fn waited_for(&mut self) -> Option<LockRecord> {
        let last = self.last().filter(|_| self.has_waited)?;
        (self.before.as_ref() != Some(&last)).then_some(last)
    }

    /// Records that this process holds the lock.
    pub fn begin(&mut self, now: Timestamp) {
        self.write(&LockRecord { pid: std::process::id(), at: now, about: None, outcome: None });
    }

    /// Records the outcome for waiting processes. It must contain no secret, and counts only as long as the token, or the
    /// settings, that it is about are in use.
    pub fn end(&mut self, now: Timestamp, about: Option<&Secret>, outcome: Outcome) {
        let about = about.map(Secret::fingerprint);
        self.write(&LockRecord { pid: std::process::id(), at: now, about, outcome: Some(outcome) });
    }

    /// Replaces the line. Failures are ignored: waiting processes then only lack an explanation.
    pub(super) fn write(&mut self, record: &LockRecord) {
        let Some(file) = &mut self.file else { return };
        let mut text = record.to_string();
        if text.len() > LONGEST {
            text.truncate(text.floor_char_boundary(LONGEST - 1));
            text.push('\n');
        }
        let _ = file.rewind().and_then(|()| file.set_len(0)).and_then(|()| file.write_all(text.as_bytes()));
    }
}

impl Drop for Held {
    /// Closing the file alone would leave the lock to a child process that has not executed its program yet.
    fn drop(&mut self) {
        let _ = self.file.as_ref().map(File::unlock);
    }
}

impl LockRecord {
    fn read(file: &File) -> Option<Self> {
        let mut text = String::new();
        file.take(LONGEST as u64).read_to_string(&mut text).ok()?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.strip_suffix('\n')?.strip_prefix("process ")?.splitn(3, ' ');
        let pid = words.next()?.parse().ok()?;
        let at = timestamp::parse(words.next()?)?;
        let rest = words.next()?;
        let (about, outcome) = match rest.strip_prefix(ABOUT).and_then(|rest| rest.split_once(' ')) {
            Some((about, outcome)) => (Some(about.to_owned()), outcome),
            None => (None, rest),
        };
        Some(Self { pid, at, about, outcome: (outcome != HOLDS).then(|| Outcome::parse(outcome)) })
    }

    /// Whether the line was written less than this time ago; not if the clock has been set back since.
    pub fn is_within(&self, limit: Duration, now: Timestamp) -> bool {
        let age = now - self.at;
        age >= Duration::ZERO && age < limit
    }

    /// Whether the outcome is about this token, or these settings.
    pub fn is_about(&self, subject: &Secret) -> bool {
        self.about.as_ref().is_some_and(|about| *about == subject.fingerprint())
    }
}

/// Precedes a fingerprint.
const ABOUT: &str = "about ";
const HOLDS: &str = "holds";
const DONE: &str = "done";
const CANCELLED: &str = "cancelled";
const UNANSWERED: &str = "unanswered";
const FAILED: &str = "failed";

impl Outcome {
    /// Words of an earlier version that are not known here mean success, except that any failure has a message.
    fn parse(text: &str) -> Self {
        match text.split_once(' ') {
            Some((FAILED, rest)) => {
                // Of a failure that is never recorded, one has exit code 0.
                let kind = |name| Kind::named(name).filter(|kind| !kind.is_silent());
                let named = rest.split_once(' ').and_then(|(name, message)| Some((kind(name)?, message)));
                let (kind, message) = named.unwrap_or((Kind::Other, rest));
                Self::Failed { kind, message: message.to_owned() }
            }
            Some((UNANSWERED, times)) => Self::Unanswered(times.parse().unwrap_or(1)),
            Some((_, message)) => Self::Failed { kind: Kind::Other, message: message.to_owned() },
            None if text == CANCELLED => Self::Cancelled,
            None if text == UNANSWERED => Self::Unanswered(1),
            None => Self::Done,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str(DONE),
            Self::Failed { kind, message } => {
                write!(f, "{FAILED} {} {}", kind.name(), message.replace(['\n', '\r'], " "))
            }
            Self::Cancelled => f.write_str(CANCELLED),
            Self::Unanswered(times) => write!(f, "{UNANSWERED} {times}"),
        }
    }
}

impl fmt::Display for LockRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {} {} ", self.pid, timestamp::format(self.at))?;
        if let Some(about) = &self.about {
            write!(f, "{ABOUT}{about} ")?;
        }
        match &self.outcome {
            Some(outcome) => outcome.fmt(f)?,
            None => f.write_str(HOLDS)?,
        }
        f.write_str("\n")
    }
}

#[cfg(test)]
mod tests;
