//! What only Windows has: `USERPROFILE`, `PATHEXT`, `%NAME%`, exit codes of 32 bits, files that cannot be shared.

use std::fs::{self, OpenOptions};
use std::os::windows::fs::OpenOptionsExt as _;
use std::thread;
use std::time::Duration;

use crate::support::environment::SESSION;
use crate::support::{IdentityCenter, TestEnv};

const TOKEN: [&str; 3] = ["token", "--sso-session", SESSION];
const EXPORT: [&str; 4] = ["export-credentials", "--profile", "dev", "--"];

fn signed_in() -> (IdentityCenter, TestEnv) {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    (center, env)
}

#[test]
fn userprofile_is_the_home_directory() {
    let (_center, env) = signed_in();
    env.command(TOKEN).env("HOME", env.work()).run().ok();
    let config = env.home().join(".aws/config");
    let run = env.command(TOKEN).env("USERPROFILE", "relative").env("AWS_CONFIG_FILE", config).run().expect(253);
    assert!(run.stderr.contains("USERPROFILE is `relative`, which is not an existing directory"), "{}", run.snapshot());
}

#[test]
fn scripts_run_and_their_exit_codes_are_kept() {
    let (_center, env) = signed_in();
    let credentials = env.bin().join("credentials.log");
    let script = format!("@echo off\r\necho %AWS_ACCESS_KEY_ID% %1> \"{}\"\r\nexit 70000\r\n", credentials.display());
    fs::write(env.bin().join("tool.cmd"), script).unwrap();
    for name in ["tool", "tool.cmd", "TOOL.CMD"] {
        env.command(EXPORT.iter().chain(&[name, "word"])).env("PATHEXT", ".EXE;.CMD").run().expect(70000);
        let seen = fs::read_to_string(&credentials).unwrap();
        assert!(seen.starts_with("ASIA") && seen.contains("word"), "{name}: {seen}");
        fs::remove_file(&credentials).unwrap();
    }
    env.command(EXPORT.iter().chain(&["tool"])).env("PATHEXT", ".EXE").run().expect(127);
}

#[test]
fn variables_in_percent_signs_are_expanded() {
    let (_center, env) = signed_in();
    fs::rename(env.home().join(".aws/config"), env.home().join("settings")).unwrap();
    env.command(TOKEN).env("AWS_CONFIG_FILE", r"%USERPROFILE%\settings").run().ok();
}

/// A program that shares the file with nobody, for longer than a scanner and shorter than the program waits.
#[test]
fn a_file_that_is_not_shared_is_waited_for() {
    let (center, env) = signed_in();
    let path = env.home().join(TestEnv::token_path(SESSION));
    for words in [&TOKEN[..], &["logout"]] {
        let file = OpenOptions::new().read(true).share_mode(0).open(&path).unwrap();
        thread::scope(|scope| {
            scope.spawn(move || {
                thread::sleep(Duration::from_millis(700));
                drop(file);
            });
            env.run(words.iter().copied()).ok();
        });
    }
    assert!(!path.exists() && center.connections() > 0);
}
