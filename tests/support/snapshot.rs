//! Compares a text with the one stored in `tests/snapshots`, which `UPDATE_SNAPSHOTS=1` rewrites.
//!
//! For output that users read: a whole text is easier to review than assertions about its parts.

use std::path::PathBuf;

use super::process::Run;

/// Fails the test unless command line, exit code and both streams are those of `tests/snapshots/NAME.txt`.
#[track_caller]
pub(crate) fn assert_snapshot(name: &str, run: &Run) {
    assert_text_snapshot(&format!("{name}.txt"), &run.snapshot());
}

/// Fails the test unless the text, already normalised, is that of this file in `tests/snapshots`.
#[track_caller]
pub(crate) fn assert_text_snapshot(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/snapshots/{name}"));
    if update_is_wanted() {
        std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder can be made");
        std::fs::write(&path, text).expect("the snapshot can be written");
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        kept == text,
        "not as in {} (UPDATE_SNAPSHOTS=1 rewrites it)\n=== kept\n{kept}\n=== now\n{text}",
        path.display()
    );
}

/// Whether kept texts are to be rewritten.
#[expect(clippy::disallowed_methods, reason = "a switch for the person who runs the tests")]
pub(crate) fn update_is_wanted() -> bool {
    std::env::var_os("UPDATE_SNAPSHOTS").is_some_and(|value| value == "1")
}
