//! Home directories and config files that cannot be used: each is reported with its value before anything else happens.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::cache::bad_files::{LOGIN, TOKEN, fixture, mkfifo};

/// An invalid home is reported with its value before anything else happens.
#[test]
fn invalid_home_directories() {
    let (center, env, _) = fixture();
    let config = env.home().join(".aws/config");
    for home in ["relative/home", "/", "/nonexistent/home", "/dev/null"] {
        for words in [&TOKEN[..], &LOGIN, &["logout"], &["status"]] {
            let run = env.command(words.iter().copied()).env("HOME", home).env("AWS_CONFIG_FILE", &config).run();
            assert_eq!(run.status, 253, "HOME={home}: {}", run.snapshot());
            assert!(
                run.stderr.contains(&format!("HOME is `{home}`, which is not an existing directory")),
                "HOME={home}: {}",
                run.snapshot()
            );
            assert!(run.stdout.is_empty(), "HOME={home}: {}", run.snapshot());
        }
    }
    assert_eq!(center.connections(), 0);
}

/// Creates something at a path.
type MakeConfig = fn(&Path);

/// A config path that is not a file is named in the error about the missing session, and is never waited for.
#[test]
fn invalid_config_paths() {
    let (_center, env, _) = fixture();
    let path = env.work().join("config");
    let rows: [(MakeConfig, &str); 5] = [
        (|path| mkfifo(path), "not a regular file"),
        (|path| fs::create_dir(path).unwrap(), "not a regular file"),
        (|path| symlink("/dev/zero", path).unwrap(), "not a regular file"),
        (|path| fs::write(path, b"[default]\nx = \xff\xfe\n").unwrap(), ""),
        (|path| fs::write(path, vec![b'a'; 64 << 20]).unwrap(), ""),
    ];
    for (make, words) in rows {
        make(&path);
        let run = env.command(TOKEN).env("AWS_CONFIG_FILE", &path).run();
        assert!([253, 255].contains(&run.status), "{}", run.snapshot());
        assert!(run.stderr.contains(words) && run.stderr.contains("config"), "{words}: {}", run.snapshot());
        assert!(!run.stderr.contains("internal error") && run.stdout.is_empty(), "{}", run.snapshot());
        let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir(&path));
    }
}
