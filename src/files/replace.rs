//! Replaces a file as a whole: a reader sees the old or the new content, and a crash leaves one of them.
//!
//! A temporary file in the same folder, 0600 from its first byte, synced and renamed over the name. A file that root
//! writes belongs to the owner of the folder, or keeps its owner. A file that cannot be replaced by a rename, such as a
//! mount point (containers), is written in place. The callers decide which files may be replaced.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::busy::{Patience, retry_while_open};
use super::cause::Cause;
use super::owner::{create_private_folders, folder_of, make_private, set_owner};

/// How much longer than the file the content is that `check_replaceable` writes, in bytes.
const PROBE_EXCESS: u64 = 4096;

/// How the names of temporary files begin. They never end in `.json`, so no tool takes one for a document.
pub const TEMPORARY: &str = ".sso-oidc-";

/// What to keep of the file that is replaced.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Nothing: the new file is 0600, and a symbolic link is replaced by it. For secrets.
    Nothing,
    /// Its mode and owner; a symbolic link stays, and the file it leads to is replaced.
    ModeAndLink,
}

/// Replaces the file, or creates it and its folder, if `is_current` holds when everything else is done; false if it did
/// not.
pub fn replace_if(path: &Path, content: &[u8], keep: Keep, is_current: impl Fn() -> bool) -> io::Result<bool> {
    let path = &if keep == Keep::ModeAndLink { link_target(path)? } else { path.to_path_buf() };
    let present = fs::symlink_metadata(path).ok().filter(Metadata::is_file);
    let by_rename = || replace_by_rename(path, content, present.as_ref(), keep, &is_current);
    // Once more if somebody removes the folder at this moment.
    let outcome = by_rename().or_else(|error| if is_not_found(&error) { by_rename() } else { Err(error) });
    match outcome {
        Err(error) if present.is_some() && is_rename_impossible(&error, keep) => {
            let is_current = is_current();
            if is_current {
                write_in_place(path, content, keep)?;
            }
            Ok(is_current)
        }
        outcome => outcome,
    }
}

/// A temporary file beside the file at `path`, 0600 whatever the umask is, removed when dropped.
pub fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    let temporary = tempfile::Builder::new().prefix(TEMPORARY).suffix(".tmp").tempfile_in(folder_of(path))?;
    make_private(temporary.as_file());
    Ok(temporary)
}

/// Does everything that replacing a secret's file does, except for changing it: the disk has room, and the file can be
/// replaced. `largest` limits how much is written.
pub fn check_replaceable(path: &Path, largest: u64) -> io::Result<()> {
    let present = fs::symlink_metadata(path).ok().filter(Metadata::is_file);
    // New content can be longer than the old.
    let length = (present.as_ref().map_or(0, Metadata::len) + PROBE_EXCESS).min(largest);
    let mut temporary = temporary_beside(path)?;
    temporary.as_file_mut().write_all(&vec![b' '; usize::try_from(length).unwrap_or_default()])?;
    temporary.as_file().sync_all()?;
    // Fails in an append-only folder, where a rename would fail as well.
    remove(temporary.path())?;
    match present {
        Some(_) if is_mount_point(path) => reserve_in_place(path, length).map(drop),
        // Opening changes nothing. A missing permission does not stop a rename, an immutable file does.
        Some(_) => match OpenOptions::new().write(true).open(path) {
            Err(error) if Cause::of(&error) == Some(Cause::NotPermitted) => Err(error),
            _ => Ok(()),
        },
        None => Ok(()),
    }
}

fn replace_by_rename(
    path: &Path,
    content: &[u8],
    present: Option<&Metadata>,
    keep: Keep,
    is_current: impl Fn() -> bool,
) -> io::Result<bool> {
    create_private_folders(folder_of(path))?;
    let mut temporary = temporary_beside(path)?;
    // Not through the temporary file itself, whose errors lack the code of the system.
    temporary.as_file_mut().write_all(content)?;
    let kept = present.filter(|_| keep == Keep::ModeAndLink);
    if let Some(kept) = kept {
        temporary.as_file().set_permissions(kept.permissions())?;
    }
    set_owner(temporary.as_file(), path, kept)?;
    temporary.as_file().sync_all()?;
    let mut patience = Patience::to_replace();
    while is_current() {
        match temporary.persist(path) {
            Ok(_) => return Ok(true),
            Err(failed) if patience.wait(&failed.error, path) => temporary = failed.file,
            Err(failed) => return Err(failed.error),
        }
    }
    Ok(false)
}

/// Removes a file.
pub fn remove(path: &Path) -> io::Result<()> {
    retry_while_open(path, || fs::remove_file(path))
}

fn is_not_found(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

/// The file at the end of a chain of links; it need not exist.
pub fn link_target(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..40 {
        match fs::read_link(&path) {
            Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

fn is_rename_impossible(error: &io::Error, keep: Keep) -> bool {
    use io::ErrorKind::{CrossesDevices, PermissionDenied, ReadOnlyFilesystem, ResourceBusy};
    match error.kind() {
        ResourceBusy | CrossesDevices => true,
        PermissionDenied | ReadOnlyFilesystem => keep == Keep::ModeAndLink,
        _ => false,
    }
}

/// Overwrites the file, then truncates it. Changes nothing if there is too little space.
fn write_in_place(path: &Path, content: &[u8], keep: Keep) -> io::Result<()> {
    let length = content.len() as u64;
    let mut file = reserve_in_place(path, length)?;
    if keep == Keep::Nothing {
        make_private(&file);
    }
    file.write_all(content)?;
    file.set_len(length)?;
    file.sync_all()
}

/// Opens a file to overwrite its bytes, with room on the disk for this many. Its content and its length stay.
fn reserve_in_place(path: &Path, length: u64) -> io::Result<File> {
    let file = OpenOptions::new().write(true).open(path)?;
    reserve(&file, length)?;
    Ok(file)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn reserve(file: &File, length: u64) -> io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    match fallocate(file, FallocateFlags::KEEP_SIZE, 0, length) {
        // Not every file system can reserve room.
        Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => Ok(()),
        outcome => outcome.map_err(Into::into),
    }
}

/// Whether another file is mounted on this path, as containers do.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn is_mount_point(path: &Path) -> bool {
    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
    let found = statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::empty());
    found.is_ok_and(|found| found.stx_attributes.contains(StatxAttributes::MOUNT_ROOT))
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn is_mount_point(_: &Path) -> bool {
    false
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn reserve(_: &File, _: u64) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::{Keep, replace_if, write_in_place};

    #[test]
    fn a_secret_written_in_place_is_whole_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mounted.json");
        fs::write(&path, "a long text that was there before").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        for text in ["short", "and one that is longer again"] {
            write_in_place(&path, text.as_bytes(), Keep::Nothing).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
    #[test]
    fn nothing_is_replaced_when_the_file_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "old").unwrap();
        for keep in [Keep::Nothing, Keep::ModeAndLink] {
            assert!(!replace_if(&path, b"new", keep, || false).unwrap());
            assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        }
        assert!(replace_if(&path, b"new", Keep::Nothing, || true).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
