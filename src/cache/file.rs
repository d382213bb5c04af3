//! Reads and replaces a cache file so that nothing is lost or leaked and no other account can plant a token.
//!
//! A file is opened once without blocking and checked after opening: it must be a regular file of this account and at
//! most 1 MiB; a world-writable one is made private, with a warning. File contents are defined in `document`, platform
//! differences are in `platform`, and `crate::files` writes the file.

use std::fmt;
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use serde::Serialize;
use zeroize::Zeroizing;

use super::document::to_json;
use crate::error::Error;
use crate::files::{self, Cause, Keep, TEMPORARY, create_private_folders, folder_of};

#[cfg(test)]
mod tests;

/// The maximum size of a file; documents of AWS tools are far smaller.
const LARGEST: u64 = 1024 * 1024;
const TOO_LARGE: &str = "it is larger than 1 MiB";
/// The verbs in error messages.
const READ: &str = "read";
const WRITE: &str = "write";
/// How often a file that does not parse is read before it counts as damaged.
const MAX_READS: u32 = 4;
/// The same for a recently changed file, which another process may be writing.
const MAX_READS_RECENT: u32 = 12;
/// A file changed within this time counts as recently changed.
const RECENT: Duration = Duration::from_secs(2);
/// The pause before the second read; each later pause is longer by the same time.
const REREAD_DELAY: Duration = Duration::from_millis(3);
/// The age at which a temporary file is known to be left over from a killed process.
const ABANDONED: Duration = Duration::from_mins(10);

/// The outcome of reading a cache file.
#[derive(Debug)]
pub enum Loaded<T> {
    /// There is no file.
    Absent,
    /// The file cannot be used and counts as absent; the reason is a clause, e.g. "it is not JSON".
    Damaged(String),
    /// The document, and a warning about its file.
    Present(T, Option<String>),
}

/// Why a file cannot be used, and whether a second attempt may succeed.
struct Failure {
    error: Error,
    is_transient: bool,
}

impl Failure {
    fn io(path: &Path, attempt: &str, error: &io::Error) -> Self {
        // A folder that is removed at this moment can be created again.
        let is_transient = Cause::of(error) == Some(Cause::InputOutput)
            || matches!(error.kind(), io::ErrorKind::StaleNetworkFileHandle | io::ErrorKind::NotFound);
        Self { error: io_error(path, attempt, error), is_transient }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, is_transient: false }
    }
}

/// The error for a failed system call.
pub(super) fn io_error(path: &Path, attempt: &str, error: &io::Error) -> Error {
    let (place, cause) = (path.display(), Cause::of(error));
    let hint = match error.kind() {
        io::ErrorKind::PermissionDenied if cause == Some(Cause::NotPermitted) => {
            format!("neither {place} nor its directory may be immutable or append-only (see lsattr)")
        }
        io::ErrorKind::PermissionDenied => match files::command_for_access(path) {
            Some(command) => format!("run: {command}"),
            None => format!("make {place} readable and writable for your user, or set HOME to a directory that is"),
        },
        io::ErrorKind::StorageFull => "free some space on that file system".to_owned(),
        _ if cause == Some(Cause::TooManyFiles) => "close files, or raise the limit (ulimit -n)".to_owned(),
        io::ErrorKind::FileTooLarge => "raise the limit on file size (ulimit -f)".to_owned(),
        _ => format!("check the file system that holds {place}"),
    };
    failed(path, attempt, error).hint(hint)
}

fn untrusted(path: &Path, attempt: &str, problem: &str) -> Error {
    let run = files::command_for_access(path).map(|command| format!(" or run: {command}")).unwrap_or_default();
    failed(path, attempt, problem).hint(format!("check {}, then remove it{run}", path.display()))
}

fn is_a_folder(path: &Path, attempt: &str) -> Error {
    failed(path, attempt, "it is a directory, not a file").hint(format!("move or remove {}", path.display()))
}

fn failed(path: &Path, attempt: &str, why: impl fmt::Display) -> Error {
    Error::other(format!("cannot {attempt} `{}`: {why}", path.display()))
}

/// Reads and parses a file. A foreign or world-writable file is an error, a damaged one is a miss.
///
/// The AWS CLI truncates its files before it writes them, so a file that does not parse is read again after a pause.
pub(super) fn load<T>(path: &Path, parse: impl Fn(&str) -> Result<T, String>) -> Result<Loaded<T>, Error> {
    with_second_attempt(|| load_once(path, &parse))
}

/// Opens the file again once: a network file system may fail the first time.
fn with_second_attempt<T>(attempt: impl Fn() -> Result<T, Failure>) -> Result<T, Error> {
    let outcome = attempt().or_else(|failure| if failure.is_transient { attempt() } else { Err(failure) });
    outcome.map_err(|failure| failure.error)
}

fn load_once<T>(path: &Path, parse: &impl Fn(&str) -> Result<T, String>) -> Result<Loaded<T>, Failure> {
    let mut reads = 1;
    loop {
        let (mut file, metadata, warning) = match open_trusted(path)? {
            Loaded::Present((file, metadata), warning) => (file, metadata, warning),
            Loaded::Absent => return Ok(Loaded::Absent),
            Loaded::Damaged(why) => return Ok(Loaded::Damaged(why)),
        };
        let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1));
        (&mut file).take(LARGEST).read_to_end(&mut bytes).map_err(|error| Failure::io(path, READ, &error))?;
        let parsed = match std::str::from_utf8(&bytes) {
            Ok(text) => parse(text),
            Err(_) => Err("it is not UTF-8".to_owned()),
        };
        // Dropping overwrites unused capacity at once, but used bytes one by one.
        bytes.clear();
        match parsed {
            Ok(document) => return Ok(Loaded::Present(document, warning)),
            Err(why) if reads >= max_reads(&metadata) => return Ok(Loaded::Damaged(why)),
            Err(_) => std::thread::sleep(REREAD_DELAY * reads),
        }
        reads += 1;
    }
}

/// A process that is suspended while writing may need longer than a write takes.
fn max_reads(metadata: &Metadata) -> u32 {
    let age = metadata.modified().ok().and_then(|changed| changed.elapsed().ok());
    if age.is_some_and(|age| age > RECENT) { MAX_READS } else { MAX_READS_RECENT }
}

/// Checks that a folder is ours; a missing folder passes. Returns whether every account can change its files.
pub(super) fn check_folder(folder: &Path, attempt: &str) -> Result<bool, Error> {
    let Ok(metadata) = fs::metadata(folder) else { return Ok(false) };
    match files::foreign_owner(&metadata, folder) {
        Some(problem) => Err(untrusted(folder, attempt, &problem)),
        None => Ok(files::is_world_writable(&metadata)),
    }
}

/// Takes the write permission for a folder away from other accounts. Returns the warning.
pub(super) fn narrow_folder(folder: &Path) -> Result<String, Error> {
    let narrowed = File::open(folder).and_then(|opened| files::narrow(&opened, folder));
    narrowed.map_err(|error| io_error(folder, READ, &error))
}

/// Opens a file and checks it.
fn open_trusted(path: &Path) -> Result<Loaded<(File, Metadata)>, Failure> {
    let unusable = |why: &str| Ok(Loaded::Damaged(why.to_owned()));
    let (opened, is_link) = open_for_reading(path);
    let file = match opened {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return if is_link { unusable("it is a dangling symbolic link") } else { Ok(Loaded::Absent) };
        }
        Err(error) => match Cause::of(&error) {
            Some(Cause::Link) => return unusable("it is a loop of symbolic links"),
            Some(Cause::NotOpenable) => return unusable("it is not a regular file"),
            _ => return Err(Failure::io(path, READ, &error)),
        },
    };
    let metadata = file.metadata().map_err(|error| Failure::io(path, READ, &error))?;
    if metadata.is_dir() {
        return Err(is_a_folder(path, READ).into());
    }
    if !metadata.is_file() {
        return unusable("it is not a regular file");
    }
    let problem = match files::foreign_owner(&metadata, path) {
        None if is_link && files::is_world_writable(&metadata) => Some("it is world-writable".to_owned()),
        problem => problem,
    };
    match problem {
        Some(problem) if is_link => return unusable(&format!("it is a symbolic link to an untrusted file: {problem}")),
        Some(problem) => return Err(untrusted(path, READ, &problem).into()),
        None if metadata.len() > LARGEST => return unusable(TOO_LARGE),
        None => {}
    }
    let replaced = || format!("{} is a symbolic link; the next write replaces it with a file", path.display());
    let warning = if files::is_world_writable(&metadata) {
        Some(files::narrow(&file, path).map_err(|error| Failure::io(path, READ, &error))?)
    } else {
        files::mode_warning(&metadata, path).or_else(|| is_link.then(replaced))
    };
    Ok(Loaded::Present((file, metadata), warning))
}

/// The file, following links, and whether it was behind a link.
fn open_for_reading(path: &Path) -> (io::Result<File>, bool) {
    match files::open(path, false) {
        Err(error) if Cause::of(&error) == Some(Cause::Link) => (files::open(path, true), true),
        opened => (opened, false),
    }
}

/// Replaces the file at `path` by a document, creating its folder if it is missing. Returns a warning about the folder.
pub(super) fn store(path: &Path, document: &impl Serialize) -> Result<Option<String>, Error> {
    store_if(path, document, || true).map(|(_, warning)| warning)
}

/// The same, but only if `is_current` holds at the last moment. Returns also whether it did.
pub(super) fn store_if(
    path: &Path,
    document: &impl Serialize,
    is_current: impl Fn() -> bool,
) -> Result<(bool, Option<String>), Error> {
    let text = to_json(document);
    if text.len() as u64 > LARGEST {
        return Err(failed(path, WRITE, TOO_LARGE).hint("the program could not read it back; nothing was changed"));
    }
    with_second_attempt(|| {
        let warning = prepare(path)?;
        remove_abandoned_once(folder_of(path));
        let replaced = files::replace_if(path, text.as_bytes(), Keep::Nothing, &is_current);
        let is_stored = replaced.map_err(|error| Failure::io(path, WRITE, &error))?;
        Ok((is_stored, warning))
    })
}

/// Does everything that `store` needs without changing the file. Returns a warning about the folder.
pub(super) fn probe(path: &Path) -> Result<Option<String>, Error> {
    with_second_attempt(|| {
        let warning = prepare(path)?;
        files::check_replaceable(path, LARGEST).map_err(|error| Failure::io(path, WRITE, &error))?;
        Ok(warning)
    })
}

/// Removes a file; a missing file counts as removed.
pub fn remove(path: &Path) -> Result<(), Error> {
    match files::remove(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(path, "remove", &error)),
        _ => Ok(()),
    }
}

/// Creates the folder and checks that no other account can interfere with the file at `path`.
fn prepare(path: &Path) -> Result<Option<String>, Failure> {
    let folder = folder_of(path);
    create_private_folders(folder).map_err(|error| Failure::io(folder, "create", &error))?;
    let warning = if check_folder(folder, WRITE)? { Some(narrow_folder(folder)?) } else { None };
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err(is_a_folder(path, WRITE).into()),
        Ok(metadata) if metadata.is_file() => match files::foreign_owner(&metadata, path) {
            Some(problem) => Err(untrusted(path, WRITE, &problem).into()),
            None => Ok(warning),
        },
        _ => Ok(warning),
    }
}

/// Removes temporary files of processes that were killed while writing, where that is possible.
pub(super) fn remove_abandoned(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(TEMPORARY));
        let age = entry.metadata().ok().and_then(|metadata| metadata.modified().ok()?.elapsed().ok());
        if ours && age.is_some_and(|age| age > ABANDONED) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The same once in a process: for each of many sessions the whole folder would be read again.
fn remove_abandoned_once(folder: &Path) {
    static DONE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
    if let Ok(mut done) = DONE.lock()
        && !done.iter().any(|known| known == folder)
    {
        done.push(folder.to_owned());
        remove_abandoned(folder);
    }
}
