//! Reading again while another process may be writing, sizes, and what is removed.

use std::cell::Cell;
use std::fs::File;
#[cfg(target_os = "linux")]
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

#[cfg(target_os = "linux")]
use super::{Failure, READ};
use super::{Loaded, MAX_READS, MAX_READS_RECENT, REREAD_DELAY, load, store};

const MIB: usize = 1024 * 1024;

/// How often a file is read that never parses.
fn reads(path: &Path) -> u32 {
    let reads = Cell::new(0);
    let parse = |_: &str| -> Result<(), String> {
        reads.set(reads.get() + 1);
        Err("it is damaged".to_owned())
    };
    let loaded = load(path, parse).unwrap();
    assert!(matches!(&loaded, Loaded::Damaged(why) if why == "it is damaged"), "{loaded:?}");
    reads.get()
}

#[test]
fn a_file_that_another_process_may_be_writing_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.json");
    std::fs::write(&path, "{").unwrap();
    let started = Instant::now();
    assert_eq!(reads(&path), MAX_READS_RECENT);
    assert!(started.elapsed() >= REREAD_DELAY * (1..MAX_READS_RECENT).sum());
    let file = File::options().write(true).open(&path).unwrap();
    let written = file.metadata().unwrap().modified().unwrap();
    file.set_modified(written + Duration::from_mins(1)).unwrap();
    assert_eq!(reads(&path), MAX_READS_RECENT, "in the future, by another clock");
    file.set_modified(written - Duration::from_mins(1)).unwrap();
    assert_eq!(reads(&path), MAX_READS);
    let reads = Cell::new(0);
    let parse = |_: &str| {
        reads.set(reads.get() + 1);
        if reads.get() < 3 { Err(String::new()) } else { Ok(reads.get()) }
    };
    assert!(matches!(load(&path, parse), Ok(Loaded::Present(3, _))));
}

#[test]
fn a_folder_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let error = store(folder.path(), &json!({})).unwrap_err();
    assert!(error.to_string().ends_with("it is a directory, not a file"), "{error}");
    let error = load(folder.path(), |_| Ok(())).unwrap_err();
    assert!(error.to_string().ends_with("it is a directory, not a file"), "{error}");
}

#[test]
fn a_missing_file_is_told_from_one_that_cannot_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.json");
    let parse = |_: &str| Ok(());
    assert!(matches!(load(&path, parse), Ok(Loaded::Absent)));
    std::fs::write(&path, "{}").unwrap();
    #[cfg(unix)]
    assert!(load(&path.join("y.json"), parse).is_err_and(|error| error.to_string().starts_with("cannot read")));
}

#[cfg(target_os = "linux")]
#[test]
fn a_failed_system_call_has_advice_and_some_are_repeated() {
    use rustix::io::Errno;
    for (errno, advice, is_transient) in [
        (Errno::PERM, "neither x/y.json nor its directory may be immutable", false),
        (Errno::ACCESS, "make x/y.json readable and writable for your user", false),
        (Errno::NOSPC, "free some space on that file system", false),
        (Errno::FBIG, "raise the limit on file size (ulimit -f)", false),
        (Errno::IO, "check the file system that holds x/y.json", true),
        (Errno::STALE, "check the file system that holds x/y.json", true),
        (Errno::NOENT, "check the file system that holds x/y.json", true),
        (Errno::NOSYS, "check the file system that holds x/y.json", false),
    ] {
        let error = io::Error::from(errno);
        let failure = Failure::io(Path::new("x/y.json"), READ, &error);
        assert_eq!(failure.error.to_string(), format!("cannot read `x/y.json`: {error}"));
        assert!(failure.error.advice().is_some_and(|hint| hint.starts_with(advice)), "{:?}", failure.error);
        assert_eq!(failure.is_transient, is_transient, "{error}");
    }
}

#[test]
fn a_document_that_could_not_be_read_again_is_not_stored() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.json");
    let text = |length: usize| json!({ "accessToken": "A".repeat(length) });
    let members = text(0).to_string().len() + 1;
    let largest = MIB - members;
    store(&path, &text(largest)).unwrap();
    let length = |loaded| match loaded {
        Loaded::Present(length, None) => length,
        other => panic!("{other:?}"),
    };
    assert_eq!(length(load(&path, |text| Ok(text.len())).unwrap()), largest + members);
    let error = store(&path, &text(largest + 1)).unwrap_err();
    assert!(error.to_string().ends_with("it is larger than 1 MiB"), "{error}");
    assert_eq!(length(load(&path, |text| Ok(text.len())).unwrap()), largest + members);
    std::fs::write(&path, text(largest + 1).to_string() + " ").unwrap();
    let loaded = load(&path, |text| Ok(text.len())).unwrap();
    assert!(matches!(&loaded, Loaded::Damaged(why) if why == "it is larger than 1 MiB"), "{loaded:?}");
}
