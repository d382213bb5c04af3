//! Every system call that touches the cache fails with each of its errors, or is the last one of the process.
//!
//! `SSO_OIDC_TEST_CALLS` sets how many cases of each operation are tried; `.ci/long` tries all.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::fixture::{Fixture, Left, Operation, is};
use crate::support::environment::SESSION;
use crate::support::strace::{Call, Fate, Tracer};
use crate::support::{TestEnv, count};

const ERRORS: [&str; 12] =
    ["ENOSPC", "EIO", "EROFS", "EACCES", "EDQUOT", "EINTR", "EFBIG", "ENOMEM", "ESTALE", "EMFILE", "EPERM", "ENOLCK"];

/// Errors that only some calls return.
fn own_errors(operation: Operation, call: &Call) -> &'static [&'static str] {
    match call.name.as_str() {
        name if name.starts_with("rename") => &["EBUSY", "EXDEV"],
        // While another process refreshes the token, role credentials are not stored.
        "flock" if operation == Operation::Role => &["EOPNOTSUPP"],
        "flock" => &["EAGAIN", "EOPNOTSUPP"],
        "openat" if call.text.contains("O_CREAT") => &["EEXIST"],
        _ => &[],
    }
}

/// A number of items, spread evenly over all of them.
fn some<T>(all: Vec<T>, wanted: usize) -> Vec<T> {
    let step = all.len().div_ceil(wanted.max(1)).max(1);
    all.into_iter().step_by(step).collect()
}

/// The calls of an undisturbed run.
fn dry(tracer: &Tracer, operation: Operation) -> Vec<Call> {
    let fixture = Fixture::new(operation);
    let (run, calls) = tracer.run(&fixture.env, operation.words(), None);
    fixture.check(&run.ok(), Left::Nothing, "undisturbed");
    let calls: Vec<Call> = calls.into_iter().filter(Call::is_about_the_cache).collect();
    let has = |name: &str| calls.iter().any(|call| call.name.starts_with(name));
    let saves = operation != Operation::Logout;
    assert!(has("openat") && (!saves || has("fsync") && has("rename") && has("flock")), "{operation:?}: {calls:#?}");
    for call in &calls {
        let creates = call.name == "openat" && call.text.contains("O_CREAT");
        assert!(!creates || call.text.contains(", 0600)"), "a file that is not private from the start: {}", call.text);
        let makes = call.name.starts_with("mkdir");
        assert!(!makes || call.text.contains(", 0700)"), "a folder that is not private from the start: {}", call.text);
    }
    calls
}

fn fails_everywhere(operation: Operation) {
    let Some(tracer) = Tracer::find("every_call_fails") else { return };
    let calls = dry(&tracer, operation);
    let errors =
        |call: &Call| ERRORS.iter().chain(own_errors(operation, call)).map(|error| (call.clone(), *error)).collect();
    let cases = some(calls.iter().flat_map::<Vec<_>, _>(errors).collect(), count("SSO_OIDC_TEST_CALLS", 16));
    let (total, mut met, mut lost) = (cases.len(), 0, 0);
    for (call, error) in cases {
        let fixture = Fixture::new(operation);
        let (run, made) = tracer.run(&fixture.env, operation.words(), Some((&call, Fate::Fails(error))));
        let hit = made.iter().find(|call| call.failed());
        let what = format!("{error} at {}", hit.map_or("no call", |hit| hit.text.as_str()));
        met += usize::from(hit.is_some_and(Call::is_about_the_cache));
        let left = if call.name.starts_with("unlink") { Left::Temporary } else { Left::Nothing };
        fixture.check(&run, left, &what);
        // The new token could not be stored, and `check` has found the warning about that.
        lost += usize::from(fixture.recovers(&what));
    }
    super::print_count(&format!("{operation:?}: {met} of {total} calls were made to fail, {lost} sessions were lost"));
    assert!(met * 10 >= total * 9, "{operation:?}: only {met} of {total} faults met a call that is about the cache");
}

#[test]
fn refresh_with_every_system_call_failing() {
    fails_everywhere(Operation::Refresh);
}

#[test]
fn login_with_every_system_call_failing() {
    fails_everywhere(Operation::Login);
}

#[test]
fn role_credentials_with_every_system_call_failing() {
    fails_everywhere(Operation::Role);
}

#[test]
fn logout_with_every_system_call_failing() {
    fails_everywhere(Operation::Logout);
}

#[test]
fn killed_at_every_system_call() {
    let Some(tracer) = Tracer::find("killed_at_every_system_call") else { return };
    for operation in Operation::ALL {
        let calls = some(dry(&tracer, operation), count("SSO_OIDC_TEST_CALLS", 16) / 2);
        let (total, mut lost) = (calls.len(), 0);
        for call in calls {
            let fixture = Fixture::new(operation);
            let (run, made) = tracer.run(&fixture.env, operation.words(), Some((&call, Fate::Kills)));
            let what = format!("killed at {}", call.text);
            assert_eq!(run.status, -9, "{operation:?}, {what}: {}", run.snapshot());
            fixture.check(&run, Left::Temporary, &what);
            let is_lost = fixture.recovers(&what);
            assert_eq!(is_lost, operation == Operation::Refresh && is_in_window(&made), "{what}: {made:#?}");
            lost += usize::from(is_lost);
        }
        assert_eq!(lost > 0, operation == Operation::Refresh, "{operation:?}: {lost} sessions were lost");
        super::print_count(&format!("{operation:?}: killed at {total} calls, {lost} sessions were lost"));
    }
}

/// Whether the last of these calls comes after the request and not after the rename of the token file.
fn is_in_window(made: &[Call]) -> bool {
    let before = &made[..made.len() - 1];
    let is_rename = |call: &Call| call.name.starts_with("rename") && call.text.contains(".json");
    before.iter().any(Call::sends) && !before.iter().any(is_rename)
}

/// A signal that can be handled neither loses a session nor leaves anything, wherever it arrives: before the request, while
/// the response is read, or while the token is stored.
#[test]
fn a_signal_at_every_system_call_loses_nothing() {
    let Some(tracer) = Tracer::find("a_signal_at_every_system_call_loses_nothing") else { return };
    let fixture = Fixture::new(Operation::Refresh);
    let (run, calls) = tracer.run(&fixture.env, Operation::Refresh.words(), None);
    fixture.check(&run.ok(), Left::Nothing, "undisturbed");
    let rename = calls.iter().find(|call| call.name.starts_with("rename")).unwrap().clone();
    let mut calls = some(calls, count("SSO_OIDC_TEST_CALLS", 16));
    calls.push(rename);
    for (call, signal) in calls.iter().zip(["INT", "TERM", "HUP"].into_iter().cycle()) {
        let fixture = Fixture::new(Operation::Refresh);
        let (run, _) = tracer.run(&fixture.env, Operation::Refresh.words(), Some((call, Fate::Signals(signal))));
        let what = format!("{signal} at {}: {}", call.text, run.snapshot());
        assert!([0, 130, -1, -2, -15].contains(&run.status) && run.stderr.is_empty(), "{what}");
        assert!(fixture.env.files(".aws").iter().all(|name| !is(name, "tmp")), "{what}");
        assert!(!fixture.recovers(&what), "{what}");
    }
}

/// A network file system (ESTALE on NFS) or a disk that fails once: the second try succeeds, and nothing is reported.
#[test]
fn transient_io_errors_are_retried() {
    let Some(tracer) = Tracer::find("transient_io_errors_are_retried") else { return };
    let calls = dry(&tracer, Operation::Refresh);
    let is_tried = |call: &Call| call.text.contains(".json") || call.text.contains("/.sso-oidc-");
    let calls: Vec<Call> = calls.into_iter().filter(is_tried).collect();
    for needed in ["openat", "read", "write", "fsync", "rename"] {
        assert!(calls.iter().any(|call| call.name.starts_with(needed)), "{needed}: {calls:#?}");
    }
    for (at, call) in calls.iter().enumerate() {
        // EIO when creating a file is not treated as transient.
        let error = if call.text.contains("O_CREAT") { "ESTALE" } else { ["EIO", "ESTALE"][at % 2] };
        let fixture = Fixture::new(Operation::Refresh);
        let (run, _) = tracer.run(&fixture.env, Operation::Refresh.words(), Some((call, Fate::Fails(error))));
        let what = format!("{error} at {}", call.text);
        fixture.check(&run, Left::Temporary, &what);
        assert!(run.status == 0 && run.stderr.is_empty(), "{what}: {}", run.snapshot());
        assert_eq!(fixture.env.token(SESSION)["accessToken"], run.stdout.trim_end(), "{what}");
    }
}

/// A disk that is full, or a home that cannot be written: no refresh token is spent, and no browser opens.
#[test]
fn an_unwritable_cache_is_reported_before_any_request() {
    let Some(tracer) = Tracer::find("an_unwritable_cache_is_reported_before_any_request") else { return };
    for error in ["ENOSPC", "EROFS", "EACCES", "EDQUOT"] {
        for operation in [Operation::Refresh, Operation::Login, Operation::Role] {
            let calls = dry(&tracer, operation);
            let is_temporary = |call: &&Call| call.text.contains("/.sso-oidc-");
            let write = calls.iter().filter(is_temporary).find(|call| call.name == "write").unwrap();
            // A lock is created in the same way, but not written.
            let created = calls.iter().filter(is_temporary).take_while(|call| call.name != "write");
            let create = created.filter(|call| call.name == "openat").last().unwrap();
            let call = if matches!(error, "ENOSPC" | "EDQUOT") { write } else { create };
            let fixture = Fixture::new(operation);
            let (run, _) = tracer.run(&fixture.env, operation.words(), Some((call, Fate::Fails(error))));
            fixture.check(&run, Left::Nothing, error);
            if operation == Operation::Role {
                assert!(run.status == 0 && run.stderr.contains("WARNING"), "{error}: {}", run.snapshot());
                assert!(run.stderr.contains("could not be stored: cannot write"), "{error}: {}", run.snapshot());
            } else {
                assert_eq!((run.status, fixture.center.calls().len()), (255, 0), "{error}: {}", run.snapshot());
                assert!(run.stderr.contains("cannot write"), "{error}: {}", run.snapshot());
                assert_eq!(run.stdout, "", "{error}");
            }
        }
    }
}

/// Without its lock a process would send the refresh token that another one is using.
#[test]
fn a_process_that_cannot_open_the_lock_sends_no_request() {
    let Some(tracer) = Tracer::find("a_process_that_cannot_open_the_lock_sends_no_request") else { return };
    let run = |fate: Option<(&Call, Fate<'_>)>| {
        let fixture = Fixture::new(Operation::Refresh);
        fixture.env.write(&TestEnv::token_path(SESSION).replace(".json", ".lock"), "");
        let (run, calls) = tracer.run(&fixture.env, Operation::Refresh.words(), fate);
        (fixture, run, calls)
    };
    let opens_lock = |call: &&Call| call.name == "openat" && call.text.contains(".lock\", O_RDWR");
    let (_, _, calls) = run(None);
    let call = calls.iter().find(opens_lock).unwrap();
    for error in ["EMFILE", "ENFILE"] {
        let (fixture, run, _) = run(Some((call, Fate::FailsTwice(error))));
        fixture.check(&run, Left::Nothing, error);
        assert_eq!((run.status, fixture.center.calls().len()), (255, 0), "{error}: {}", run.snapshot());
        assert!(run.stderr.contains("cannot lock") && run.stderr.contains("ulimit -n"), "{}", run.snapshot());
    }
}

/// A file system without modes shows every file as world-writable.
#[test]
fn a_file_that_cannot_be_made_private_is_a_warning() {
    let Some(tracer) = Tracer::find("a_file_that_cannot_be_made_private_is_a_warning") else { return };
    let fixture = Fixture::new(Operation::Role);
    let token = ["token", "--sso-session", SESSION];
    let change = |nth| Call { name: "fchmod".to_owned(), nth, text: String::new() };
    for (nth, place) in [(1, "json"), (2, "cache")] {
        for name in [".aws/sso/cache", &TestEnv::token_path(SESSION)] {
            let path = fixture.env.home().join(name);
            fs::set_permissions(path, fs::Permissions::from_mode(0o777)).unwrap();
        }
        let (run, _) = tracer.run(&fixture.env, &token, Some((&change(nth), Fate::Fails("EPERM"))));
        let run = run.ok();
        assert!(run.stderr.contains(&format!("{place} is world-writable (mode 777) and cannot")), "{}", run.snapshot());
    }
}
