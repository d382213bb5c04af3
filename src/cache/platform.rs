//! The platform-specific parts of cache files: warnings about modes, error codes.
//!
//! On systems without modes a user's folders are already private, and nothing is checked. The rules for reading and
//! replacing files are in `file`, owners in `crate::files`.

pub(super) use system::*;

#[cfg(unix)]
mod system {
    use std::fs::Metadata;
    use std::io;
    use std::os::unix::fs::MetadataExt as _;
    use std::path::Path;

    use rustix::io::Errno;

    const GROUP_MAY_WRITE: u32 = 0o020;
    const OTHERS_MAY_READ: u32 = 0o044;

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

    /// True if this process, or the system, has too many open files.
    pub(in crate::cache) fn is_too_many_files(error: &io::Error) -> bool {
        matches!(Errno::from_io_error(error), Some(Errno::MFILE | Errno::NFILE))
    }

    /// True if more than a mode forbids it.
    pub(in crate::cache) fn is_not_permitted(error: &io::Error) -> bool {
        Errno::from_io_error(error) == Some(Errno::PERM)
    }

    /// True if opening the file again may succeed (network file systems).
    pub(in crate::cache) fn is_transient(error: &io::Error) -> bool {
        error.kind() == io::ErrorKind::StaleNetworkFileHandle || Errno::from_io_error(error) == Some(Errno::IO)
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::Metadata;
    use std::io;
    use std::path::Path;

    pub(in crate::cache) fn mode_warning(_: &Metadata, _: &Path) -> Option<String> {
        None
    }

    pub(in crate::cache) fn is_link(_: &io::Error) -> bool {
        false
    }

    pub(in crate::cache) fn is_not_openable(_: &io::Error) -> bool {
        false
    }

    pub(in crate::cache) fn is_too_many_files(_: &io::Error) -> bool {
        false
    }

    pub(in crate::cache) fn is_not_permitted(_: &io::Error) -> bool {
        false
    }

    pub(in crate::cache) fn is_transient(_: &io::Error) -> bool {
        false
    }
}
