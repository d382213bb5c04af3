//! The platform-specific parts of cache files: opening, ownership, permissions, error codes.
//!
//! Unix has owners and modes. On other systems a user's folders are already private, and nothing is checked. The rules
//! for reading and replacing files are in `file`.

pub(super) use system::*;

#[cfg(unix)]
mod system {
    use std::fs::{self, File, Metadata, OpenOptions};
    use std::io;
    use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
    use std::path::Path;

    use rustix::fs::OFlags;
    use rustix::io::Errno;

    const GROUP_MAY_WRITE: u32 = 0o020;
    const ALL_MAY_WRITE: u32 = 0o002;
    const OTHERS_MAY_READ: u32 = 0o044;
    const STICKY: u32 = 0o1000;

    /// Opens a file, following links. Never blocks, not even for a FIFO without a writer.
    pub(in crate::cache) fn open(path: &Path, follows_links: bool) -> io::Result<File> {
        let nofollow = if follows_links { OFlags::empty() } else { OFlags::NOFOLLOW };
        let flags = nofollow | OFlags::NONBLOCK | OFlags::NOCTTY;
        OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
    }

    /// Why another account could have written this file. The owner must be the current user or, for root, the owner of
    /// the folder (a mounted home).
    pub(in crate::cache) fn owner_problem(metadata: &Metadata, path: &Path) -> Option<String> {
        let us = rustix::process::geteuid().as_raw();
        let owner = metadata.uid();
        let of_folder = || {
            let folder = if metadata.is_dir() { Some(path) } else { path.parent() };
            folder.and_then(|folder| fs::metadata(folder).ok()).map(|folder| folder.uid())
        };
        if owner != us && !(us == 0 && of_folder() == Some(owner)) {
            return Some(format!("it belongs to user {owner}, and you are user {us}"));
        }
        let sticky_folder = metadata.is_dir() && metadata.mode() & STICKY != 0;
        (metadata.mode() & ALL_MAY_WRITE != 0 && !sticky_folder)
            .then(|| format!("it is world-writable (mode {:03o})", metadata.mode() & 0o777))
    }

    pub(in crate::cache) fn mode_warning(metadata: &Metadata, path: &Path) -> Option<String> {
        let mode = metadata.mode();
        let access = if mode & GROUP_MAY_WRITE != 0 {
            "writable"
        } else if mode & OTHERS_MAY_READ != 0 {
            "readable"
        } else {
            return None;
        };
        Some(format!(
            "{} contains secrets but is {access} by other users (mode {:03o}); the next write sets 600",
            path.display(),
            mode & 0o777
        ))
    }

    /// True for a link that is not followed, and for too many links.
    pub(in crate::cache) fn is_link(error: &io::Error) -> bool {
        Errno::from_io_error(error) == Some(Errno::LOOP)
    }

    /// True for a socket, or a device without a driver.
    pub(in crate::cache) fn is_not_openable(error: &io::Error) -> bool {
        Errno::from_io_error(error) == Some(Errno::NXIO)
    }

    /// True if opening the file again may succeed (network file systems).
    pub(in crate::cache) fn is_transient(error: &io::Error) -> bool {
        error.kind() == io::ErrorKind::StaleNetworkFileHandle || Errno::from_io_error(error) == Some(Errno::IO)
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::{File, Metadata};
    use std::io;
    use std::path::Path;

    pub(in crate::cache) fn open(path: &Path, _: bool) -> io::Result<File> {
        File::open(path)
    }

    pub(in crate::cache) fn owner_problem(_: &Metadata, _: &Path) -> Option<String> {
        None
    }

    pub(in crate::cache) fn mode_warning(_: &Metadata, _: &Path) -> Option<String> {
        None
    }

    pub(in crate::cache) fn is_link(_: &io::Error) -> bool {
        false
    }

    pub(in crate::cache) fn is_not_openable(_: &io::Error) -> bool {
        false
    }

    pub(in crate::cache) fn is_transient(_: &io::Error) -> bool {
        false
    }
}
