//! What differs between systems for a cache file: how it is opened, whose it is, who may read it, what an error means.
//!
//! Unix has owners and modes. Elsewhere the folders of a person are private already, and nothing is checked or changed. The
//! rules that rest on it are in `file`. Imports nothing of ours.

pub(super) use system::*;

#[cfg(unix)]
mod system {
    use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
    use std::path::Path;

    use rustix::fs::OFlags;
    use rustix::io::Errno;

    const GROUP_MAY_WRITE: u32 = 0o020;
    const ALL_MAY_WRITE: u32 = 0o002;
    const OTHERS_MAY_READ: u32 = 0o044;
    const STICKY: u32 = 0o1000;

    /// Opens what stands at a path, but no link; never waits, as a FIFO would for a writer.
    pub(in crate::cache) fn open_itself(path: &Path) -> io::Result<File> {
        open(path, OFlags::NOFOLLOW)
    }

    /// Opens what stands at a path or where a link leads from there.
    pub(in crate::cache) fn open_followed(path: &Path) -> io::Result<File> {
        open(path, OFlags::empty())
    }

    fn open(path: &Path, flags: OFlags) -> io::Result<File> {
        let flags = flags | OFlags::NONBLOCK | OFlags::NOCTTY;
        OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
    }

    pub(in crate::cache) fn create_private_folders(folder: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)
    }

    /// Decision on owners: ours, or when we are root the owner of the folder (a mounted home).
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
            .then(|| format!("everybody may write it (mode {:03o})", metadata.mode() & 0o777))
    }

    pub(in crate::cache) fn mode_warning(metadata: &Metadata, path: &Path) -> Option<String> {
        let mode = metadata.mode();
        let who = if mode & GROUP_MAY_WRITE != 0 {
            "its group may write it"
        } else if mode & OTHERS_MAY_READ != 0 {
            "others may read it"
        } else {
            return None;
        };
        Some(format!(
            "{} holds secrets and {who} (mode {:03o}); the next write makes it 600",
            path.display(),
            mode & 0o777
        ))
    }

    pub(in crate::cache) fn give_to_owner_of(path: &Path, folder: &Path, temporary: &File) -> io::Result<()> {
        if !rustix::process::geteuid().is_root() {
            return Ok(());
        }
        let model =
            fs::symlink_metadata(path).ok().filter(Metadata::is_file).map_or_else(|| fs::metadata(folder), Ok)?;
        if model.uid() == 0 {
            return Ok(());
        }
        std::os::unix::fs::fchown(temporary, Some(model.uid()), Some(model.gid()))
    }

    pub(in crate::cache) fn make_private(file: &File) -> io::Result<()> {
        file.set_permissions(fs::Permissions::from_mode(0o600))
    }

    /// A link where none is followed, or too many of them.
    pub(in crate::cache) fn is_link(error: &io::Error) -> bool {
        Errno::from_io_error(error) == Some(Errno::LOOP)
    }

    /// A socket or a device without a driver.
    pub(in crate::cache) fn is_not_openable(error: &io::Error) -> bool {
        Errno::from_io_error(error) == Some(Errno::NXIO)
    }

    pub(in crate::cache) fn is_mount_point(error: &io::Error) -> bool {
        matches!(Errno::from_io_error(error), Some(Errno::BUSY | Errno::XDEV))
    }

    pub(in crate::cache) fn may_pass(error: &io::Error) -> bool {
        error.kind() == io::ErrorKind::StaleNetworkFileHandle || Errno::from_io_error(error) == Some(Errno::IO)
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::{File, Metadata};
    use std::io;
    use std::path::Path;

    pub(in crate::cache) fn open_itself(path: &Path) -> io::Result<File> {
        File::open(path)
    }

    pub(in crate::cache) fn open_followed(path: &Path) -> io::Result<File> {
        File::open(path)
    }

    /// On Windows a profile's folders inherit an access list that admits the user, SYSTEM and administrators only.
    pub(in crate::cache) fn create_private_folders(folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)
    }

    pub(in crate::cache) fn owner_problem(_: &Metadata, _: &Path) -> Option<String> {
        None
    }

    pub(in crate::cache) fn mode_warning(_: &Metadata, _: &Path) -> Option<String> {
        None
    }

    pub(in crate::cache) fn give_to_owner_of(_: &Path, _: &Path, _: &File) -> io::Result<()> {
        Ok(())
    }

    pub(in crate::cache) fn make_private(_: &File) -> io::Result<()> {
        Ok(())
    }

    pub(in crate::cache) fn is_link(_: &io::Error) -> bool {
        false
    }

    pub(in crate::cache) fn is_not_openable(_: &io::Error) -> bool {
        false
    }

    pub(in crate::cache) fn is_mount_point(_: &io::Error) -> bool {
        false
    }

    pub(in crate::cache) fn may_pass(_: &io::Error) -> bool {
        false
    }
}
