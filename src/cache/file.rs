//! Reading and replacing one cache file so that nothing is lost, leaked or let in.
//!
//! A file is read through one open descriptor that never blocks, after looking at what was really opened: a regular
//! file, ours, not writable by everybody, at most 1 MiB. It is replaced by a temporary file in the same folder, 0600 from
//! its first byte, synced and renamed over the name, so a reader sees the old or the new document and a link is
//! replaced, never followed. What stands in the files is in `document`. Imports `secret`'s neighbours only.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{CacheError, Cause};

/// No document of any AWS tool comes near this many bytes.
const LARGEST: u64 = 1024 * 1024;
/// How our temporary files begin; never ends in `.json`, so nobody takes one for a document.
const TEMPORARY: &str = ".sso-oidc-";
/// What reading is called in errors.
const READ: &str = "read";
/// How often a file that makes no sense is read before it counts as damaged: an old one, and one that may be being written.
const LOOKS: u32 = 4;
const LOOKS_AT_NEW: u32 = 12;
/// What was changed this recently is new.
const NEW: Duration = Duration::from_secs(2);
/// How long lies between the first two looks; each later pause is longer by as much.
const A_MOMENT: Duration = Duration::from_millis(3);
/// A temporary file this old was left by a process that is gone.
const ABANDONED: Duration = Duration::from_mins(10);

/// What reading a cache file gave.
#[derive(Debug)]
pub enum Loaded<T> {
    /// There is none.
    Absent,
    /// There is one, but it cannot be used; it counts as absent.
    Damaged(Damage),
    /// A document, and what a person should know about its file.
    Present(T, Option<String>),
}

/// Why a cache file counts as absent, as a clause: "it is not JSON".
#[derive(Debug, Clone)]
pub struct Damage(pub String);

/// Reads and parses a file. Foreign or world-writable files are an error; damage is a miss.
///
/// The AWS CLI truncates its files before it writes them, so one that makes no sense is read again a moment later.
pub(super) fn load<T>(path: &Path, parse: impl Fn(&str) -> Result<T, String>) -> Result<Loaded<T>, CacheError> {
    or_once_more(|| load_now(path, &parse))
}

/// A network file system may fail once, and the file be there when it is opened anew.
fn or_once_more<T>(attempt: impl Fn() -> Result<T, CacheError>) -> Result<T, CacheError> {
    match attempt() {
        Err(CacheError { cause: Cause::Io(error), .. }) if platform::may_pass(&error) => attempt(),
        outcome => outcome,
    }
}

fn load_now<T>(path: &Path, parse: &impl Fn(&str) -> Result<T, String>) -> Result<Loaded<T>, CacheError> {
    let mut looks = 1;
    loop {
        let (mut file, metadata) = match open_trusted(path)? {
            Opened::File(file, metadata) => (file, metadata),
            Opened::Absent => return Ok(Loaded::Absent),
            Opened::Unusable(why) => return Ok(Loaded::Damaged(Damage(why.to_owned()))),
        };
        let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1));
        (&mut file).take(LARGEST).read_to_end(&mut bytes).map_err(|error| CacheError::io(path, READ, error))?;
        let parsed = match std::str::from_utf8(&bytes) {
            Ok(text) => parse(text),
            Err(_) => Err("it is not UTF-8".to_owned()),
        };
        // What is not in use is overwritten at once, what is in use byte by byte.
        bytes.clear();
        match parsed {
            Ok(document) => return Ok(Loaded::Present(document, platform::mode_warning(&metadata, path))),
            Err(why) if looks >= enough_looks(&metadata) => return Ok(Loaded::Damaged(Damage(why))),
            Err(_) => std::thread::sleep(A_MOMENT * looks),
        }
        looks += 1;
    }
}

/// A writer may be stopped in the middle for longer than it writes.
fn enough_looks(metadata: &Metadata) -> u32 {
    let age = metadata.modified().ok().and_then(|changed| changed.elapsed().ok());
    if age.is_some_and(|age| age > NEW) { LOOKS } else { LOOKS_AT_NEW }
}

/// Makes sure that nobody else decides what stands in a folder; one that is not there is nobody's.
pub(super) fn check_folder(folder: &Path) -> Result<(), CacheError> {
    let problem = fs::metadata(folder).ok().and_then(|metadata| platform::owner_problem(&metadata, folder));
    problem.map_or(Ok(()), |problem| Err(CacheError::untrusted(folder, READ, problem)))
}

/// What stands at a path.
enum Opened {
    /// A regular file that nobody else could have written.
    File(File, Metadata),
    /// Nothing.
    Absent,
    /// Something that counts as damaged, and what it is.
    Unusable(&'static str),
}

/// Opens a file and looks at what was really opened.
fn open_trusted(path: &Path) -> Result<Opened, CacheError> {
    let file = match open_for_reading(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let dangling = fs::symlink_metadata(path).is_ok();
            return Ok(if dangling { Opened::Unusable("it is a link to nothing") } else { Opened::Absent });
        }
        Err(error) if platform::is_link_loop(&error) => {
            return Ok(Opened::Unusable("it is a link that leads nowhere"));
        }
        Err(error) if platform::is_not_openable(&error) => return Ok(Opened::Unusable("it is not a regular file")),
        Err(error) => return Err(CacheError::io(path, READ, error)),
    };
    let metadata = file.metadata().map_err(|error| CacheError::io(path, READ, error))?;
    if metadata.is_dir() {
        return Err(CacheError::not_a_file(path, READ, "a folder"));
    }
    if !metadata.is_file() {
        return Ok(Opened::Unusable("it is not a regular file"));
    }
    if let Some(problem) = platform::owner_problem(&metadata, path) {
        let linked = fs::symlink_metadata(path).is_ok_and(|named| named.is_symlink());
        return if linked {
            Ok(Opened::Unusable("it is a link to a file of somebody else"))
        } else {
            Err(CacheError::untrusted(path, READ, problem))
        };
    }
    if metadata.len() > LARGEST {
        return Ok(Opened::Unusable("it is larger than 1 MiB"));
    }
    Ok(Opened::File(file, metadata))
}

fn open_for_reading(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    platform::never_block(&mut options);
    options.open(path)
}

/// Replaces the file at `path` by one with these bytes, making its folder if need be.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), CacheError> {
    or_once_more(|| replace_now(path, bytes))
}

fn replace_now(path: &Path, bytes: &[u8]) -> Result<(), CacheError> {
    const WRITE: &str = "write";
    let folder = folder_of(path);
    prepare(path, WRITE)?;
    remove_abandoned(folder);
    let io = |error| CacheError::io(path, WRITE, error);
    let mut temporary = tempfile::Builder::new().prefix(TEMPORARY).suffix(".tmp").tempfile_in(folder).map_err(io)?;
    temporary.write_all(bytes).map_err(io)?;
    platform::give_to_owner_of(path, folder, temporary.as_file()).map_err(io)?;
    temporary.as_file().sync_all().map_err(io)?;
    match temporary.persist(path) {
        Ok(_) => Ok(()),
        Err(failed) if platform::is_mount_point(&failed.error) => write_in_place(path, bytes).map_err(io),
        Err(failed) => Err(io(failed.error)),
    }
}

/// Everything `replace` needs, tried without changing the file.
pub(super) fn probe(path: &Path) -> Result<(), CacheError> {
    or_once_more(|| probe_now(path))
}

fn probe_now(path: &Path) -> Result<(), CacheError> {
    const WRITE: &str = "write";
    prepare(path, WRITE)?;
    let mut temporary = tempfile::Builder::new()
        .prefix(TEMPORARY)
        .suffix(".tmp")
        .tempfile_in(folder_of(path))
        .map_err(|error| CacheError::io(path, WRITE, error))?;
    // As many bytes as a document has, so that a full disk is noticed now.
    temporary
        .write_all(&[b' '; 4096])
        .and_then(|()| temporary.as_file().sync_all())
        .map_err(|error| CacheError::io(path, WRITE, error))
}

/// Removes a file; one that is not there is removed already.
pub(super) fn remove(path: &Path) -> Result<(), CacheError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(CacheError::io(path, "remove", error)),
        _ => Ok(()),
    }
}

/// Makes the folder and makes sure that nobody else could interfere with what stands at `path`.
fn prepare(path: &Path, attempt: &'static str) -> Result<(), CacheError> {
    let folder = folder_of(path);
    platform::create_private_folders(folder).map_err(|error| CacheError::io(folder, "create", error))?;
    let metadata = fs::metadata(folder).map_err(|error| CacheError::io(folder, attempt, error))?;
    if let Some(problem) = platform::owner_problem(&metadata, folder) {
        return Err(CacheError::untrusted(folder, attempt, problem));
    }
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err(CacheError::not_a_file(path, attempt, "a folder")),
        Ok(metadata) if metadata.is_file() => match platform::owner_problem(&metadata, path) {
            Some(problem) => Err(CacheError::untrusted(path, attempt, problem)),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

/// A file that is a mount of its own (containers) cannot be renamed over: its bytes are replaced, then it is cut.
fn write_in_place(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    // A file system without modes is no reason to lose a token.
    let _ = platform::make_private(&file);
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)?;
    file.sync_all()
}

/// Temporary files of processes that were killed while writing; failing to remove one is no reason to stop.
pub(super) fn remove_abandoned(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(TEMPORARY));
        let age = entry.metadata().ok().and_then(|metadata| metadata.modified().ok()?.elapsed().ok());
        if ours && age.is_some_and(|age| age > ABANDONED) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(unix)]
mod platform {
    use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
    use std::path::Path;

    use rustix::io::Errno;

    const GROUP_MAY_WRITE: u32 = 0o020;
    const ALL_MAY_WRITE: u32 = 0o002;
    const OTHERS_MAY_READ: u32 = 0o044;
    const STICKY: u32 = 0o1000;

    pub(super) fn never_block(options: &mut OpenOptions) {
        // A FIFO would wait for a writer.
        options.custom_flags((rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY).bits().cast_signed());
    }

    pub(super) fn create_private_folders(folder: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)
    }

    /// Decision on owners: ours, or when we are root the owner of the folder (a mounted home).
    pub(super) fn owner_problem(metadata: &Metadata, path: &Path) -> Option<String> {
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

    pub(super) fn mode_warning(metadata: &Metadata, path: &Path) -> Option<String> {
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

    pub(super) fn give_to_owner_of(path: &Path, folder: &Path, temporary: &File) -> io::Result<()> {
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

    pub(super) fn make_private(file: &File) -> io::Result<()> {
        file.set_permissions(fs::Permissions::from_mode(0o600))
    }

    pub(super) fn is_link_loop(error: &io::Error) -> bool {
        Errno::from_io_error(error) == Some(Errno::LOOP)
    }

    /// A socket or a device without a driver.
    pub(super) fn is_not_openable(error: &io::Error) -> bool {
        Errno::from_io_error(error) == Some(Errno::NXIO)
    }

    pub(super) fn is_mount_point(error: &io::Error) -> bool {
        matches!(Errno::from_io_error(error), Some(Errno::BUSY | Errno::XDEV))
    }

    pub(super) fn may_pass(error: &io::Error) -> bool {
        error.kind() == io::ErrorKind::StaleNetworkFileHandle || Errno::from_io_error(error) == Some(Errno::IO)
    }
}

#[cfg(not(unix))]
mod platform {
    use std::fs::{File, Metadata, OpenOptions};
    use std::io;
    use std::path::Path;

    pub(super) fn never_block(_: &mut OpenOptions) {}

    /// On Windows a profile's folders inherit an access list that admits the user, SYSTEM and administrators only.
    pub(super) fn create_private_folders(folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)
    }

    pub(super) fn owner_problem(_: &Metadata, _: &Path) -> Option<String> {
        None
    }

    pub(super) fn mode_warning(_: &Metadata, _: &Path) -> Option<String> {
        None
    }

    pub(super) fn give_to_owner_of(_: &Path, _: &Path, _: &File) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn make_private(_: &File) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn is_link_loop(_: &io::Error) -> bool {
        false
    }

    pub(super) fn is_not_openable(_: &io::Error) -> bool {
        false
    }

    pub(super) fn is_mount_point(_: &io::Error) -> bool {
        false
    }

    pub(super) fn may_pass(_: &io::Error) -> bool {
        false
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn what_is_written_in_place_is_whole_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mounted.json");
        fs::write(&path, "a long text that was there before").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        for text in ["short", "and one that is longer again"] {
            super::write_in_place(&path, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
