//! Every call to the kernel that is about the cache fails with every error there is, or is the last thing the process does.
//!
//! `SSO_OIDC_TEST_CALLS` says how many of these cases are tried in each scene; `.ci/long` tries them all.

use super::fixture::{Left, Scene, Stage};
use crate::support::count;
use crate::support::environment::SESSION;
use crate::support::strace::{Call, Fate, Tracer};

const ERRORS: [&str; 12] =
    ["ENOSPC", "EIO", "EROFS", "EACCES", "EDQUOT", "EINTR", "EFBIG", "ENOMEM", "ESTALE", "EMFILE", "EPERM", "ENOLCK"];

/// What only some calls fail with.
fn own_errors(call: &Call) -> &'static [&'static str] {
    match call.name.as_str() {
        name if name.starts_with("rename") => &["EBUSY", "EXDEV"],
        "flock" => &["EAGAIN", "EOPNOTSUPP"],
        "openat" if call.text.contains("O_CREAT") => &["EEXIST"],
        _ => &[],
    }
}

/// As many of these, spread over all of them.
fn some<T>(all: Vec<T>, wanted: usize) -> Vec<T> {
    let step = all.len().div_ceil(wanted.max(1)).max(1);
    all.into_iter().step_by(step).collect()
}

/// The calls of an undisturbed run.
fn dry(tracer: &Tracer, scene: Scene) -> Vec<Call> {
    let stage = Stage::set(scene);
    let (run, calls) = tracer.run(&stage.env, scene.words(), None);
    stage.check(&run.ok(), Left::Nothing, "undisturbed");
    let calls: Vec<Call> = calls.into_iter().filter(Call::is_about_the_cache).collect();
    let has = |name: &str| calls.iter().any(|call| call.name.starts_with(name));
    let saves = scene != Scene::Logout;
    assert!(has("openat") && (!saves || has("fsync") && has("rename") && has("flock")), "{scene:?}: {calls:#?}");
    for call in &calls {
        let creates = call.name == "openat" && call.text.contains("O_CREAT");
        assert!(!creates || call.text.contains(", 0600)"), "a file that is not private from the start: {}", call.text);
        let makes = call.name.starts_with("mkdir");
        assert!(!makes || call.text.contains(", 0700)"), "a folder that is not private from the start: {}", call.text);
    }
    calls
}

fn fails_everywhere(scene: Scene) {
    let Some(tracer) = Tracer::find("every_call_fails") else { return };
    let calls = dry(&tracer, scene);
    let errors = |call: &Call| ERRORS.iter().chain(own_errors(call)).map(|error| (call.clone(), *error)).collect();
    let cases = some(calls.iter().flat_map::<Vec<_>, _>(errors).collect(), count("SSO_OIDC_TEST_CALLS", 16));
    let (total, mut met) = (cases.len(), 0);
    for (call, error) in cases {
        let stage = Stage::set(scene);
        let (run, made) = tracer.run(&stage.env, scene.words(), Some((&call, Fate::Fails(error))));
        let hit = made.iter().find(|call| call.failed());
        let what = format!("{error} at {}", hit.map_or("no call", |hit| hit.text.as_str()));
        met += usize::from(hit.is_some_and(Call::is_about_the_cache));
        let left = if call.name.starts_with("unlink") { Left::Temporary } else { Left::Nothing };
        stage.check(&run, left, &what);
        stage.recovers(&what);
    }
    super::figure(&format!("{scene:?}: {met} of {total} calls were made to fail"));
    assert!(met * 10 >= total * 9, "{scene:?}: only {met} of {total} faults met a call that is about the cache");
}

#[test]
fn every_call_of_a_refresh_fails() {
    fails_everywhere(Scene::Refresh);
}

#[test]
fn every_call_of_a_login_fails() {
    fails_everywhere(Scene::Login);
}

#[test]
fn every_call_of_role_credentials_fails() {
    fails_everywhere(Scene::Role);
}

#[test]
fn every_call_of_a_logout_fails() {
    fails_everywhere(Scene::Logout);
}

#[test]
fn every_call_is_the_last() {
    let Some(tracer) = Tracer::find("every_call_is_the_last") else { return };
    for scene in Scene::ALL {
        let calls = some(dry(&tracer, scene), count("SSO_OIDC_TEST_CALLS", 16) / 2);
        let total = calls.len();
        for call in calls {
            let stage = Stage::set(scene);
            let (run, _) = tracer.run(&stage.env, scene.words(), Some((&call, Fate::Kills)));
            let what = format!("killed at {}", call.text);
            assert_eq!(run.status, -9, "{scene:?}, {what}: {}", run.snapshot());
            stage.check(&run, Left::Temporary, &what);
            stage.recovers(&what);
        }
        super::figure(&format!("{scene:?}: killed at {total} calls"));
    }
}

/// A network file system (ESTALE on NFS) or a disk that fails once: what is opened anew is there, and nobody hears of it.
#[test]
fn what_fails_once_is_tried_once_more() {
    let Some(tracer) = Tracer::find("what_fails_once") else { return };
    let calls = dry(&tracer, Scene::Refresh);
    let is_tried = |call: &Call| call.text.contains(".json") || call.text.contains("/.sso-oidc-");
    let calls: Vec<Call> = calls.into_iter().filter(is_tried).collect();
    for needed in ["openat", "read", "write", "fsync", "rename"] {
        assert!(calls.iter().any(|call| call.name.starts_with(needed)), "{needed}: {calls:#?}");
    }
    for (at, call) in calls.iter().enumerate() {
        // That a new file cannot be made is no fault of a disk that passes.
        let error = if call.text.contains("O_CREAT") { "ESTALE" } else { ["EIO", "ESTALE"][at % 2] };
        let stage = Stage::set(Scene::Refresh);
        let (run, _) = tracer.run(&stage.env, Scene::Refresh.words(), Some((call, Fate::Fails(error))));
        let what = format!("{error} at {}", call.text);
        stage.check(&run, Left::Temporary, &what);
        assert!(run.status == 0 && run.stderr.is_empty(), "{what}: {}", run.snapshot());
        assert_eq!(stage.env.token(SESSION)["accessToken"], run.stdout.trim_end(), "{what}");
    }
}

/// A disk that is full, or a home that cannot be written.
#[test]
fn what_cannot_be_stored_is_told_and_no_browser_opens_for_nothing() {
    let Some(tracer) = Tracer::find("what_cannot_be_stored") else { return };
    for error in ["ENOSPC", "EROFS", "EACCES", "EDQUOT"] {
        for scene in [Scene::Refresh, Scene::Login, Scene::Role] {
            let calls = dry(&tracer, scene);
            let is_temporary = |call: &&Call| call.text.contains("/.sso-oidc-");
            let write = calls.iter().filter(is_temporary).find(|call| call.name == "write").unwrap();
            let create = calls.iter().filter(is_temporary).find(|call| call.name == "openat").unwrap();
            let call = if matches!(error, "ENOSPC" | "EDQUOT") { write } else { create };
            let stage = Stage::set(scene);
            let (run, _) = tracer.run(&stage.env, scene.words(), Some((call, Fate::Fails(error))));
            stage.check(&run, Left::Nothing, error);
            if scene == Scene::Login {
                assert_eq!((run.status, stage.center.calls().len()), (255, 0), "{error}: {}", run.snapshot());
                assert!(run.stderr.contains("cannot write"), "{error}: {}", run.snapshot());
                assert_eq!(run.stdout, "", "{error}");
            } else {
                assert!(run.status == 0 && run.stderr.contains("WARNING"), "{error}: {}", run.snapshot());
                assert!(run.stderr.contains("could not be stored: cannot write"), "{error}: {}", run.snapshot());
            }
        }
    }
}
