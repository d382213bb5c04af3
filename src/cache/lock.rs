//! Two locks beside a token: one around read, refresh and write, one held by the process that asks a person.
//!
//! They are files of their own, `<sha1>.lock` and `<sha1>.login.lock`, never the data file (a rename would leave the lock
//! on the old one), never named `.json`, never deleted. Only the kernel's lock counts; the one line inside tells waiters
//! who holds it and how it ended. It is not JSON, because the AWS CLI's logout reads every file of the folder as JSON,
//! and it holds no secret. Imports `context`.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use super::timestamp;
use crate::context::Timestamp;
use crate::replace::create_private_folders;

/// The longest line in a lock file, in bytes; what was longer is cut.
const LONGEST: usize = 1024;

/// A lock file, not yet taken.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
}

/// What came of trying to take a lock.
#[derive(Debug)]
pub enum Attempt {
    /// It is ours until dropped.
    Held(Held),
    /// Another process has it.
    Busy,
    /// This file system or folder gives no locks; the caller goes on without.
    Unsupported,
}

/// A lock that is ours until dropped.
#[derive(Debug)]
pub struct Held {
    file: File,
}

/// The line in a lock file: who holds or held it, since when, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockRecord {
    /// The process that wrote the line.
    pub pid: u32,
    /// When it took the lock, or when it wrote the outcome.
    pub at: Timestamp,
    /// One word and what belongs to it, absent while the lock is held.
    pub outcome: Option<String>,
}

impl Lock {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The lock's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the lock if it is free, without waiting.
    pub fn attempt(&self) -> Attempt {
        let Ok(file) = self.open() else { return Attempt::Unsupported };
        match file.try_lock() {
            Ok(()) => Attempt::Held(Held { file }),
            Err(TryLockError::WouldBlock) => Attempt::Busy,
            Err(TryLockError::Error(_)) => Attempt::Unsupported,
        }
    }

    fn open(&self) -> io::Result<File> {
        if let Some(folder) = self.path.parent() {
            create_private_folders(folder)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        private_and_unlinked(&mut options);
        options.open(&self.path)
    }

    /// The line in the file, whoever wrote it.
    pub fn record(&self) -> Option<LockRecord> {
        let mut text = String::new();
        let mut options = OpenOptions::new();
        options.read(true);
        // A pipe in its place would wait for a writer, and no signal would end that.
        private_and_unlinked(&mut options);
        options.open(&self.path).ok()?.take(LONGEST as u64).read_to_string(&mut text).ok()?;
        LockRecord::parse(&text)
    }
}

impl Held {
    /// The line left by the last holder.
    pub fn last(&mut self) -> Option<LockRecord> {
        let mut text = String::new();
        self.file.rewind().ok()?;
        (&self.file).take(LONGEST as u64).read_to_string(&mut text).ok()?;
        LockRecord::parse(&text)
    }

    /// Replaces the line. A record that cannot be written only costs the waiters an explanation.
    pub fn write(&mut self, record: &LockRecord) {
        let mut text = record.to_string();
        if text.len() > LONGEST {
            text.truncate(text.floor_char_boundary(LONGEST - 1));
            text.push('\n');
        }
        let _ =
            self.file.rewind().and_then(|()| self.file.set_len(0)).and_then(|()| self.file.write_all(text.as_bytes()));
    }
}

impl LockRecord {
    /// The line of a holder at work.
    pub fn held(pid: u32, at: Timestamp) -> Self {
        Self { pid, at, outcome: None }
    }

    /// The line of a holder that has ended.
    pub fn ended(pid: u32, at: Timestamp, outcome: impl Into<String>) -> Self {
        Self { pid, at, outcome: Some(outcome.into()) }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.strip_suffix('\n')?.strip_prefix("process ")?.splitn(3, ' ');
        let pid = words.next()?.parse().ok()?;
        let at = timestamp::parse(words.next()?)?;
        let outcome = words.next()?;
        Some(Self { pid, at, outcome: (outcome != "holds").then(|| outcome.to_owned()) })
    }
}

impl std::fmt::Display for LockRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let outcome = self.outcome.as_deref().unwrap_or("holds");
        writeln!(f, "process {} {} {outcome}", self.pid, timestamp::format(self.at))
    }
}

#[cfg(unix)]
fn private_and_unlinked(options: &mut OpenOptions) {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600).custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
}

#[cfg(not(unix))]
fn private_and_unlinked(_: &mut OpenOptions) {}

#[cfg(test)]
mod tests {
    use time::macros::utc_datetime;

    use super::{Attempt, Lock, LockRecord};

    #[test]
    fn one_holder_at_a_time_and_the_next_reads_the_outcome() {
        let folder = tempfile::tempdir().unwrap();
        let lock = Lock::new(folder.path().join("new").join("x.lock"));
        let Attempt::Held(mut held) = lock.attempt() else { panic!("a free lock") };
        assert!(matches!(lock.attempt(), Attempt::Busy));
        let record = LockRecord::ended(7, utc_datetime!(2026-01-01 00:00), "refused invalid_grant");
        held.write(&record);
        assert_eq!(lock.record(), Some(record.clone()));
        drop(held);
        let Attempt::Held(mut held) = lock.attempt() else { panic!("a free lock") };
        assert_eq!(held.last(), Some(record));
    }

    #[test]
    fn a_long_outcome_is_cut_and_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let lock = Lock::new(folder.path().join("x.lock"));
        let Attempt::Held(mut held) = lock.attempt() else { panic!("a free lock") };
        let words = format!("failed 255 {}", "\u{fc}".repeat(2000));
        held.write(&LockRecord::ended(7, utc_datetime!(2026-01-01 00:00), words.clone()));
        let outcome = lock.record().unwrap().outcome.unwrap();
        assert!(outcome.len() > 900 && words.starts_with(&outcome), "{outcome}");
        assert_eq!(held.last(), lock.record());
    }

    #[test]
    fn the_line_is_not_json_and_comes_back() {
        let record = LockRecord::held(4711, utc_datetime!(2026-01-01 00:00));
        let text = record.to_string();
        assert_eq!(text, "process 4711 2026-01-01T00:00:00Z holds\n");
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_err());
        assert_eq!(LockRecord::parse(&text), Some(record));
        for odd in ["", "5\n", "process x\n", "process 1 soon holds\n", "process 1 2026-01-01T00:00:00Z\n"] {
            assert_eq!(LockRecord::parse(odd), None, "{odd:?}");
        }
    }
}
