//! Why a system call failed, where `io::ErrorKind` has no name for it.

use std::io;

/// The cause of a failed system call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A link that is not followed, or too many links.
    Link,
    /// A socket, or a device without a driver, cannot be opened.
    NotOpenable,
    /// This process, or the system, has too many open files.
    TooManyFiles,
    /// More than a mode forbids it.
    NotPermitted,
    /// The file system has no locks.
    NoLocks,
    /// The device failed.
    InputOutput,
}

impl Cause {
    /// The cause of an error.
    #[cfg(unix)]
    pub fn of(error: &io::Error) -> Option<Self> {
        use rustix::io::Errno;
        Some(match Errno::from_io_error(error)? {
            Errno::LOOP => Self::Link,
            Errno::NXIO => Self::NotOpenable,
            Errno::MFILE | Errno::NFILE => Self::TooManyFiles,
            Errno::PERM => Self::NotPermitted,
            Errno::NOLCK => Self::NoLocks,
            Errno::IO => Self::InputOutput,
            _ => return None,
        })
    }

    /// The cause of an error.
    #[cfg(not(unix))]
    pub fn of(_: &io::Error) -> Option<Self> {
        None
    }
}
