//! Puts a new version of a configuration file in place of the old one, whole or not at all.
//!
//! A temporary file beside it, forced to disk, renamed over it. The mode (and, for root, the owner) stays; new files are
//! 0600 and new folders 0700. Behind a symbolic link the file it leads to is replaced. Where a rename cannot work,
//! as on a file that is mounted on its own, the file is written in place. Imports nothing of ours.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Replaces, or creates, the file.
pub(super) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = &destination(path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    create_folder(folder)?;
    let present = fs::metadata(path).ok();
    match replace_by_rename(path, folder, present.as_ref(), content) {
        Err(error) if present.is_some() && is_rename_impossible(&error) => fs::write(path, content),
        outcome => outcome,
    }
}

fn replace_by_rename(path: &Path, folder: &Path, present: Option<&fs::Metadata>, content: &[u8]) -> io::Result<()> {
    // tempfile makes it 0600.
    let mut file = tempfile::Builder::new().prefix(".sso-oidc-").tempfile_in(folder)?;
    file.write_all(content)?;
    if let Some(present) = present {
        file.as_file().set_permissions(present.permissions())?;
        keep_owner(file.as_file(), present)?;
    }
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// Where the links end. The last file need not exist.
fn destination(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..40 {
        match fs::read_link(&path) {
            Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

fn is_rename_impossible(error: &io::Error) -> bool {
    use io::ErrorKind::{CrossesDevices, PermissionDenied, ReadOnlyFilesystem, ResourceBusy};
    matches!(error.kind(), ResourceBusy | CrossesDevices | PermissionDenied | ReadOnlyFilesystem)
}

#[cfg(unix)]
fn create_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn create_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Root may edit the file of the user whose home it works in; the file stays that user's.
#[cfg(unix)]
fn keep_owner(file: &fs::File, present: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let own = file.metadata()?;
    if (own.uid(), own.gid()) == (present.uid(), present.gid()) {
        return Ok(());
    }
    fchown(file, Some(present.uid()), Some(present.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_file: &fs::File, _present: &fs::Metadata) -> io::Result<()> {
    Ok(())
}
