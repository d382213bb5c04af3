//! Reads a file that must be a regular one. Nothing waits: a FIFO without a writer would, and no signal ends that.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use super::cause::Cause;

/// The longest file that is read, in bytes.
pub const LONGEST: u64 = 64 << 20;
/// Why a FIFO, a device, a socket or a folder is not read.
const NOT_REGULAR: &str = "it is not a regular file";

/// Reads a regular file, following links.
pub fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let file = open(path, true).map_err(|error| {
        if Cause::of(&error) == Some(Cause::NotOpenable) { io::Error::other(NOT_REGULAR) } else { error }
    })?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other(NOT_REGULAR));
    }
    if metadata.len() > LONGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    file.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a regular file of text.
pub fn read_text(path: &Path) -> io::Result<String> {
    let not_text = |_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8");
    String::from_utf8(read_bytes(path)?).map_err(not_text)
}

/// Opens a file for reading, whatever it is. Never blocks, and makes no terminal the controlling one.
#[cfg(unix)]
pub fn open(path: &Path, follows_links: bool) -> io::Result<File> {
    use rustix::fs::OFlags;
    use std::fs::OpenOptions;
    use std::os::unix::fs::OpenOptionsExt as _;
    let nofollow = if follows_links { OFlags::empty() } else { OFlags::NOFOLLOW };
    let flags = nofollow | OFlags::NONBLOCK | OFlags::NOCTTY;
    OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

/// Opens a file for reading, whatever it is, after another program has finished with it.
#[cfg(windows)]
pub fn open(path: &Path, _: bool) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt as _;
    // Otherwise a folder is an access that is denied.
    const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;
    let mut options = std::fs::OpenOptions::new();
    options.read(true).custom_flags(FILE_FLAG_BACKUP_SEMANTICS);
    super::busy::retry_while_open(path, || options.open(path))
}
