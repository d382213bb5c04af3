//! Whose a file is, and who may use it.
//!
//! A file is ours if it belongs to this account or, for root, to the owner of its folder: a home that is mounted in a
//! container, or used by sudo. What root creates in such a home belongs to its owner. Unix has owners and modes; on other
//! systems a user's folders are already private, and nothing is checked or changed.

use std::io;
use std::path::Path;

pub use system::*;

/// The folder of a file.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A failure of a file, with the command that gives access to it if permissions are missing.
pub fn explained(error: &io::Error, path: &Path) -> String {
    let command = command_for_access(path).filter(|_| error.kind() == io::ErrorKind::PermissionDenied);
    command.map_or_else(|| error.to_string(), |command| format!("{error}; run: {command}"))
}

#[cfg(unix)]
mod system {
    use std::fs::{self, File, Metadata};
    use std::io;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
    use std::path::Path;

    use rustix::fs::{AtFlags, Mode, OFlags};
    use rustix::io::Errno;

    use super::folder_of;

    const ALL_MAY_WRITE: u32 = 0o002;
    const OTHERS_MAY_WRITE: u32 = 0o022;
    const GROUP_MAY_WRITE: u32 = 0o020;
    const OTHERS_MAY_READ: u32 = 0o044;
    const STICKY: u32 = 0o1000;

    fn is_root() -> bool {
        rustix::process::geteuid().is_root()
    }

    /// Whether the file at `path` is ours.
    pub fn belongs_to_us(metadata: &Metadata, path: &Path) -> bool {
        let of_folder = || {
            let folder = if metadata.is_dir() { path } else { folder_of(path) };
            fs::metadata(folder).ok().map(|folder| folder.uid())
        };
        metadata.uid() == rustix::process::geteuid().as_raw() || is_root() && of_folder() == Some(metadata.uid())
    }

    /// Whose the file is, if it is not ours.
    pub fn foreign_owner(metadata: &Metadata, path: &Path) -> Option<String> {
        let us = rustix::process::geteuid().as_raw();
        (!belongs_to_us(metadata, path))
            .then(|| format!("it belongs to user {}, and you are user {us}", metadata.uid()))
    }

    /// Whether every account can change the file, or replace the files of the folder.
    pub fn is_world_writable(metadata: &Metadata) -> bool {
        let is_sticky_folder = metadata.is_dir() && metadata.mode() & STICKY != 0;
        metadata.mode() & ALL_MAY_WRITE != 0 && !is_sticky_folder
    }

    /// The warning about a file of secrets that other accounts can read, or a group can write.
    pub fn mode_warning(metadata: &Metadata, path: &Path) -> Option<String> {
        let access = match metadata.mode() {
            bits if bits & GROUP_MAY_WRITE != 0 => "writable",
            bits if bits & OTHERS_MAY_READ != 0 => "readable",
            _ => return None,
        };
        let (path, mode) = (path.display(), mode(metadata));
        Some(format!("{path} contains secrets but is {access} by other users (mode {mode}); the next write sets 600"))
    }

    /// The permission bits in octal.
    fn mode(metadata: &Metadata) -> String {
        format!("{:03o}", metadata.mode() & 0o777)
    }

    /// Whether its mode lets us read and write a file of ours.
    pub(in crate::files) fn can_be_opened(metadata: &Metadata) -> bool {
        is_root() || metadata.mode() & 0o600 == 0o600
    }

    /// Takes a world-writable file or folder of ours away from other accounts. Returns the warning for the user.
    pub fn narrow(file: &File, path: &Path) -> io::Result<String> {
        let before = file.metadata()?;
        let private = if before.is_dir() { before.mode() & !OTHERS_MAY_WRITE } else { 0o600 };
        // A file system without modes refuses, or ignores it.
        let _ = file.set_permissions(fs::Permissions::from_mode(private & 0o7777));
        let after = file.metadata()?;
        let (path, mode) = (path.display(), mode(&before));
        Ok(if is_world_writable(&after) {
            format!("{path} is world-writable (mode {mode}) and cannot be made private: anyone can change it")
        } else {
            format!("{path} was world-writable (mode {mode}); its mode is now {}", self::mode(&after))
        })
    }

    /// The command that gives this account what it lacks of a file below `.aws` or, if that does not exist, of the nearest
    /// folder: the owner or the mode. Outside of `.aws` a change could affect more than the AWS tools.
    pub fn command_for_access(path: &Path) -> Option<String> {
        let of_aws = |path: &&Path| path.iter().any(|part| part == ".aws");
        path.ancestors().take_while(of_aws).find_map(|path| {
            let found = fs::metadata(path).ok()?;
            let quoted = format!("'{}'", path.display().to_string().replace('\'', r"'\''"));
            if !belongs_to_us(&found, path) {
                let sudo = if is_root() { "" } else { "sudo " };
                let option = if found.is_dir() { "-R " } else { "" };
                return Some(format!("{sudo}chown {option}\"$(id -u)\" {quoted}"));
            }
            let needed = if found.is_dir() { 0o700 } else { 0o600 };
            (found.mode() & needed != needed).then(|| format!("chmod u+rwX {quoted}"))
        })
    }

    /// Lets us read a file of ours that no one may read; false if that is not what prevents it.
    pub fn make_readable(path: &Path) -> bool {
        let is_locked = |found: Metadata| found.is_file() && belongs_to_us(&found, path) && !can_be_opened(&found);
        let private = fs::Permissions::from_mode(0o600);
        fs::symlink_metadata(path).is_ok_and(is_locked) && fs::set_permissions(path, private).is_ok()
    }

    /// Sets mode 0600 regardless of the umask. Failures are ignored, because some file systems have no modes.
    pub(in crate::files) fn make_private(file: &File) {
        let _ = file.set_permissions(fs::Permissions::from_mode(0o600));
    }

    /// Gives a new file to the owner of the file it replaces or, for root, of its folder.
    pub(in crate::files) fn set_owner(file: &File, path: &Path, replaced: Option<&Metadata>) -> io::Result<()> {
        let model = match replaced {
            Some(replaced) => replaced.clone(),
            None if is_root() => fs::metadata(folder_of(path))?,
            None => return Ok(()),
        };
        let own = file.metadata()?;
        if (own.uid(), own.gid()) == (model.uid(), model.gid()) {
            return Ok(());
        }
        fchown(file, Some(model.uid()), Some(model.gid()))
    }

    /// Creates a folder and those above it, 0700 whatever the umask is.
    pub fn create_private_folders(folder: &Path) -> io::Result<()> {
        match create_folder(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && folder_of(folder) != folder => {
                create_private_folders(folder_of(folder))?;
                create_folder(folder)
            }
            outcome => outcome,
        }
    }

    /// Creates one folder. Names are resolved once: while root works in a user's home, the user can put a link in place of
    /// any folder, and must not get what it leads to.
    fn create_folder(folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        let name = folder.file_name().ok_or(io::ErrorKind::NotFound)?;
        let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
        let above = File::from(rustix::fs::open(folder_of(folder), flags, Mode::empty())?);
        match rustix::fs::mkdirat(&above, name, Mode::RWXU) {
            Ok(()) => {}
            // By another process, just now.
            Err(Errno::EXIST) if folder.is_dir() => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let open = || rustix::fs::openat(&above, name, flags | OFlags::NOFOLLOW, Mode::empty());
        let created = open().or_else(|error| {
            // By the umask, not even its owner may read it.
            if error == Errno::ACCESS {
                rustix::fs::chmodat(&above, name, Mode::RWXU, AtFlags::empty())?;
            }
            open()
        });
        let created = File::from(created?);
        let _ = created.set_permissions(fs::Permissions::from_mode(0o700));
        let (new, model) = (created.metadata()?, above.metadata()?);
        if is_root() && (new.uid(), new.gid()) != (model.uid(), model.gid()) && is_empty(&created)? {
            // Fails where root is mapped to another account; the folder is usable all the same.
            let _ = fchown(&created, Some(model.uid()), Some(model.gid()));
        }
        Ok(())
    }

    /// A folder of root that was renamed into the place of the new one is not empty.
    fn is_empty(folder: &File) -> io::Result<bool> {
        let mut entries = rustix::fs::Dir::read_from(folder)?;
        Ok(entries.all(|entry| entry.is_ok_and(|entry| matches!(entry.file_name().to_bytes(), b"." | b".."))))
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::{self, File, Metadata};
    use std::io;
    use std::path::Path;

    pub fn belongs_to_us(_: &Metadata, _: &Path) -> bool {
        true
    }

    pub fn foreign_owner(_: &Metadata, _: &Path) -> Option<String> {
        None
    }

    pub fn is_world_writable(_: &Metadata) -> bool {
        false
    }

    pub fn mode_warning(_: &Metadata, _: &Path) -> Option<String> {
        None
    }

    pub fn command_for_access(_: &Path) -> Option<String> {
        None
    }

    pub(in crate::files) fn can_be_opened(_: &Metadata) -> bool {
        true
    }

    pub fn narrow(_: &File, _: &Path) -> io::Result<String> {
        Ok(String::new())
    }

    pub fn make_readable(_: &Path) -> bool {
        false
    }

    pub(in crate::files) fn make_private(_: &File) {}

    pub(in crate::files) fn set_owner(_: &File, _: &Path, _: Option<&Metadata>) -> io::Result<()> {
        Ok(())
    }

    /// Creates a folder and those above it. In a profile on Windows they inherit an access list that admits the user,
    /// SYSTEM and administrators only.
    pub fn create_private_folders(folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)
    }
}
