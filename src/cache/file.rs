//! Reading and replacing one cache file so that nothing is lost, leaked or let in.
//!
//! A file is read through one open descriptor that never blocks, after looking at what was really opened: a regular
//! file, ours, not writable by everybody, at most 1 MiB. It is replaced by a temporary file in the same folder, 0600 from
//! its first byte, synced and renamed over the name, so a reader sees the old or the new document and a link is
//! replaced, never followed. What stands in the files is in `document`, what differs between systems in `platform`. Imports
//! nothing of ours.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{CacheError, Cause, platform};

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
        let (mut file, metadata, warning) = match open_trusted(path)? {
            Opened::File(file, metadata, warning) => (file, metadata, warning),
            Opened::Absent => return Ok(Loaded::Absent),
            Opened::Unusable(why) => return Ok(Loaded::Damaged(Damage(why))),
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
            Ok(document) => return Ok(Loaded::Present(document, warning)),
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
    /// A regular file that nobody else could have written, and what a person should know about it.
    File(File, Metadata, Option<String>),
    /// Nothing.
    Absent,
    /// Something that counts as damaged, and what it is.
    Unusable(String),
}

/// Opens a file and looks at what was really opened.
fn open_trusted(path: &Path) -> Result<Opened, CacheError> {
    let unusable = |why: &str| Ok(Opened::Unusable(why.to_owned()));
    let (opened, is_link) = open_for_reading(path);
    let file = match opened {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return if is_link { unusable("it is a link to nothing") } else { Ok(Opened::Absent) };
        }
        Err(error) if platform::is_link(&error) => return unusable("it is a link that leads nowhere"),
        Err(error) if platform::is_not_openable(&error) => return unusable("it is not a regular file"),
        Err(error) => return Err(CacheError::io(path, READ, error)),
    };
    let metadata = file.metadata().map_err(|error| CacheError::io(path, READ, error))?;
    if metadata.is_dir() {
        return Err(CacheError::not_a_file(path, READ, "a folder"));
    }
    if !metadata.is_file() {
        return unusable("it is not a regular file");
    }
    match platform::owner_problem(&metadata, path) {
        Some(problem) if is_link => return unusable(&format!("it is a link to a file that is not trusted: {problem}")),
        Some(problem) => return Err(CacheError::untrusted(path, READ, problem)),
        None if metadata.len() > LARGEST => return unusable("it is larger than 1 MiB"),
        None => {}
    }
    let replaced = || format!("{} is a link; the next write puts a file in its place", path.display());
    let warning = platform::mode_warning(&metadata, path).or_else(|| is_link.then(replaced));
    Ok(Opened::File(file, metadata, warning))
}

/// The file, wherever a link leads, and whether one led there.
fn open_for_reading(path: &Path) -> (io::Result<File>, bool) {
    match platform::open_itself(path) {
        Err(error) if platform::is_link(&error) => (platform::open_followed(path), true),
        opened => (opened, false),
    }
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
