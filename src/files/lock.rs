//! Lock files: one process at a time holds the kernel's lock on a private file of ours.
//!
//! What cannot serve as a lock (a file of another account, a second name of some file, a link, a pipe) is replaced, if the
//! folder is ours: a process that went on without a lock would not notice the others.

use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::busy::is_not_shared;
use super::cause::Cause;
use super::owner::{self, belongs_to_us, create_private_folders, folder_of};
use super::read::open;
use super::replace::temporary_beside;

/// How often a lock is looked for again that another process creates or replaces at the same time.
const ATTEMPTS: usize = 50;
const PAUSE: Duration = Duration::from_millis(2);
/// How long a wait lasts before it is announced.
const SILENCE: Duration = Duration::from_millis(300);

/// Takes the lock; `None` while another process holds it. An error if there can be none: the folder is read-only, or the
/// file system has no locks.
pub fn try_lock(path: &Path) -> io::Result<Option<File>> {
    let mut has_failed = false;
    for _ in 0..ATTEMPTS {
        let file = match open_or_create(path) {
            Ok(Some(file)) => file,
            Ok(None) => continue,
            Err(error) if is_not_shared(&error) => return Ok(None),
            // Perhaps about what another process has just replaced.
            Err(_) if !has_failed => {
                has_failed = true;
                continue;
            }
            Err(error) => return Err(error),
        };
        match lock(&file) {
            Ok(()) if is_at(path, &file)? => return Ok(Some(file)),
            // Replaced or removed since it was opened.
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(None)
}

/// Waits for the lock; an error also after this time. A wait that takes longer than usual is announced, with its holder.
pub fn wait_for_lock(path: &Path, patience: Duration, announce: impl Fn(String)) -> io::Result<File> {
    let (start, mut is_announced) = (Instant::now(), false);
    loop {
        match try_lock(path)? {
            Some(mut file) => {
                // For the message of a process that waits.
                let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
                return Ok(file);
            }
            None if start.elapsed() > patience => return Err(io::ErrorKind::TimedOut.into()),
            None if start.elapsed() > SILENCE && !is_announced => {
                let holder = open_lock(path).and_then(|file| io::read_to_string(file).ok()?.trim().parse().ok());
                announce(process_name(holder));
                is_announced = true;
            }
            None => sleep(PAUSE),
        }
    }
}

/// Opens a lock file to read what its holder wrote; `None` if there is none that can be trusted.
pub fn open_lock(path: &Path) -> Option<File> {
    let file = open(path, false).ok()?;
    is_usable(&file.metadata().ok()?, path).then_some(file)
}

/// The process that holds a lock, for a message.
pub fn process_name(holder: Option<u32>) -> String {
    holder.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

/// The file, created or replaced if need be; `None` if it has to be looked for again.
fn open_or_create(path: &Path) -> io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    open_as_lock(&mut options);
    match options.open(path) {
        Ok(file) if is_usable(&file.metadata()?, path) => return Ok(Some(file)),
        Err(error) if error.kind() != io::ErrorKind::NotFound && is_there(path) == Some(true) => return Err(error),
        _ => create(path)?,
    }
    Ok(None)
}

/// Whether there is a file that can serve as the lock; `None` if there is nothing.
fn is_there(path: &Path) -> Option<bool> {
    fs::symlink_metadata(path).ok().map(|metadata| is_usable(&metadata, path))
}

fn is_usable(metadata: &Metadata, path: &Path) -> bool {
    metadata.is_file() && belongs_to_us(metadata, path) && owner::can_be_opened(metadata) && has_one_name(metadata)
}

/// Creates the file, or replaces what cannot serve as one. It appears with its owner and mode, so that no process finds
/// it unusable and replaces it in turn.
fn create(path: &Path) -> io::Result<()> {
    let folder = folder_of(path);
    create_private_folders(folder)?;
    let _creating = hold(folder);
    let there = is_there(path);
    if there == Some(true) {
        return Ok(());
    }
    let temporary = temporary_beside(path)?;
    // Fails where root is mapped to another account; the lock works for this one.
    let _ = owner::set_owner(temporary.as_file(), path, None);
    let persisted = match there {
        None => temporary.persist_noclobber(path),
        Some(_) if !belongs_to_us(&fs::metadata(folder)?, folder) => return Err(io::ErrorKind::PermissionDenied.into()),
        Some(_) => {
            // A rename replaces everything else.
            let _ = fs::remove_dir(path);
            temporary.persist(path)
        }
    };
    match persisted.map_err(|error| error.error) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        // The file system shows another owner or mode than was set.
        Ok(file) if !is_usable(&file.metadata()?, path) => Err(io::ErrorKind::Unsupported.into()),
        _ => Ok(()),
    }
}

/// Lets one process at a time look at a bad lock and replace it: otherwise the second could replace the new lock of the
/// first. Any account that may read the folder can hold this, so the wait is short.
fn hold(folder: &Path) -> Option<File> {
    let folder = File::open(folder).ok()?;
    for _ in 0..ATTEMPTS {
        match folder.try_lock() {
            Ok(()) => return Some(folder),
            Err(TryLockError::WouldBlock) => sleep(PAUSE),
            Err(TryLockError::Error(_)) => break,
        }
    }
    None
}

/// Whether the error means that no process can have this lock: the folder cannot be written, or the file system has no
/// locks. Others, such as too many open files, concern this process alone.
pub fn cannot_exist(error: &io::Error) -> bool {
    use io::ErrorKind::{
        NotADirectory, NotFound, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull, Unsupported,
    };
    let kinds =
        [NotADirectory, NotFound, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull, Unsupported];
    kinds.contains(&error.kind()) || Cause::of(error) == Some(Cause::NoLocks)
}

/// Neither follows a link nor blocks.
#[cfg(unix)]
fn open_as_lock(options: &mut OpenOptions) {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt as _;
    options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
}

/// The open file is the lock: no other process can open it for writing. All can read it, unlike a file that is locked
/// with `LockFileEx`.
#[cfg(windows)]
fn open_as_lock(options: &mut OpenOptions) {
    use std::os::windows::fs::OpenOptionsExt as _;
    const FILE_SHARE_READ: u32 = 1;
    options.create(true).truncate(false).share_mode(FILE_SHARE_READ);
}

#[cfg(unix)]
fn lock(file: &File) -> Result<(), TryLockError> {
    file.try_lock()
}

#[cfg(windows)]
fn lock(_: &File) -> Result<(), TryLockError> {
    Ok(())
}

/// False for a second name of another file, which writing to the lock would overwrite.
#[cfg(unix)]
fn has_one_name(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.nlink() <= 1
}

#[cfg(not(unix))]
fn has_one_name(_: &Metadata) -> bool {
    true
}

/// Whether the path still leads to this file.
#[cfg(unix)]
fn is_at(path: &Path, file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let file = file.metadata()?;
    Ok(fs::symlink_metadata(path).is_ok_and(|found| (found.dev(), found.ino()) == (file.dev(), file.ino())))
}

#[cfg(not(unix))]
fn is_at(path: &Path, _: &File) -> io::Result<bool> {
    fs::exists(path)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::{try_lock, wait_for_lock};

    /// A process that replaces a lock, and one that removes its lock before it ends, never let two others in.
    #[test]
    fn one_thread_at_a_time_holds_a_lock_that_comes_and_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.lock");
        let (inside, turns) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let (path, inside, turns) = (&path, &inside, &turns);
                scope.spawn(move || {
                    for turn in 0..40 {
                        let held = wait_for_lock(path, Duration::from_mins(1), drop).unwrap();
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        std::thread::yield_now();
                        assert_eq!(inside.fetch_sub(1, Ordering::SeqCst), 1);
                        turns.fetch_add(1, Ordering::SeqCst);
                        match (thread + turn) % 4 {
                            // Windows removes no open file.
                            0 | 1 if cfg!(windows) => {}
                            0 => fs::remove_file(path).unwrap(),
                            // Unless another thread has created the lock in between.
                            1 => drop(fs::remove_file(path).and_then(|()| fs::create_dir(path))),
                            _ => {}
                        }
                        drop(held);
                    }
                });
            }
        });
        assert_eq!(turns.into_inner(), 8 * 40);
    }

    #[test]
    fn a_lock_that_is_held_is_waited_for_no_longer_than_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("x.lock");
        let held = try_lock(&path).unwrap().unwrap();
        assert!(try_lock(&path).unwrap().is_none());
        let error = wait_for_lock(&path, Duration::from_millis(5), drop).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
        // A child of another test may have inherited the file.
        let _ = held.unlock();
        drop(held);
        assert!(try_lock(&path).unwrap().is_some());
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
