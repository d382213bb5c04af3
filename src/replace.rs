//! Replaces a file as a whole: a reader sees the old or the new content, and a crash leaves one of them.
//!
//! A temporary file in the same folder, 0600 from its first byte, synced and renamed over the name. A file that root
//! writes belongs to the owner of the old file or of the folder. A file that cannot be replaced by a rename, such as a
//! mount point (containers), is written in place. The callers decide which files may be replaced.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

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

/// Replaces the file, or creates it and its folder.
pub fn replace(path: &Path, content: &[u8], keep: Keep) -> io::Result<()> {
    let path = &if keep == Keep::ModeAndLink { link_target(path)? } else { path.to_path_buf() };
    let present = fs::symlink_metadata(path).ok().filter(Metadata::is_file);
    match replace_by_rename(path, content, present.as_ref(), keep) {
        Err(error) if present.is_some() && is_rename_impossible(&error, keep) => write_in_place(path, content, keep),
        outcome => outcome,
    }
}

/// A temporary file beside the file at `path`, removed when dropped.
pub fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(TEMPORARY).suffix(".tmp").tempfile_in(folder_of(path))
}

/// The folder of a file.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Creates a folder and those above it, 0700.
#[cfg(unix)]
pub fn create_private_folders(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Creates a folder and those above it. In a profile on Windows they inherit an access list that admits the user,
/// SYSTEM and administrators only.
#[cfg(not(unix))]
pub fn create_private_folders(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

fn replace_by_rename(path: &Path, content: &[u8], present: Option<&Metadata>, keep: Keep) -> io::Result<()> {
    create_private_folders(folder_of(path))?;
    let mut temporary = temporary_beside(path)?;
    // Not through the temporary file itself, whose errors lack the code of the system.
    temporary.as_file_mut().write_all(content)?;
    if let (Some(present), Keep::ModeAndLink) = (present, keep) {
        temporary.as_file().set_permissions(present.permissions())?;
    }
    set_owner(temporary.as_file(), path, present, keep)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path).map(drop).map_err(|error| error.error)
}

/// The file at the end of a chain of links; it need not exist.
fn link_target(path: &Path) -> io::Result<PathBuf> {
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

/// Overwrites the bytes, then cuts the file.
fn write_in_place(path: &Path, content: &[u8], keep: Keep) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    if keep == Keep::Nothing {
        // A file system without modes does not stop the write.
        let _ = make_private(&file);
    }
    file.write_all(content)?;
    file.set_len(content.len() as u64)?;
    file.sync_all()
}

#[cfg(unix)]
fn make_private(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn make_private(_: &File) -> io::Result<()> {
    Ok(())
}

/// Gives what root writes to the owner of the old file, else of the folder; an account's own file keeps its group.
#[cfg(unix)]
fn set_owner(file: &File, path: &Path, present: Option<&Metadata>, keep: Keep) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let is_root = rustix::process::geteuid().is_root();
    let model = match present {
        Some(present) if is_root || keep == Keep::ModeAndLink => present.clone(),
        None if is_root => fs::metadata(folder_of(path))?,
        _ => return Ok(()),
    };
    let own = file.metadata()?;
    if (own.uid(), own.gid()) == (model.uid(), model.gid()) {
        return Ok(());
    }
    fchown(file, Some(model.uid()), Some(model.gid()))
}

#[cfg(not(unix))]
fn set_owner(_: &File, _: &Path, _: Option<&Metadata>, _: Keep) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::{Keep, write_in_place};

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
}
