//! What a refresh may store: only the answer for the token that is still in the file, and only where it can be written.
//!
//! The service retires a refresh token at its first use, so a wrong decision here loses a session or brings back one that
//! was signed out.

use serde_json::{Value, json};

use super::{TOKEN, signed_in, words};
#[cfg(target_os = "linux")]
use crate::support::Run;
use crate::support::environment::{SESSION, token_document};
use crate::support::process::Running;
#[cfg(target_os = "linux")]
use crate::support::strace::Tracer;
use crate::support::{Endpoint, Gate, IdentityCenter, Reply, TestEnv, wait_until};

/// A process whose refresh is answered once the gate is open.
fn refreshing(center: &IdentityCenter, env: &TestEnv, words: &[&str]) -> (Running, Gate) {
    let gate = Gate::default();
    center.next(Endpoint::CreateToken, Reply::genuine().hold(&gate));
    let running = env.spawn(words.iter().copied());
    wait_until("the refresh", || !center.requests().is_empty());
    (running, gate)
}

#[test]
fn a_later_sign_in_stays_whatever_its_expiry() {
    for seconds in [100_000, 28_800, 60] {
        let (center, env, _) = signed_in(-10);
        let (running, gate) = refreshing(&center, &env, &TOKEN);
        let other = env.sign_in(&center, SESSION);
        let document = env.let_expire_in(SESSION, seconds);
        gate.open();
        let run = running.finish().ok();
        assert_eq!(run.stdout.trim_end(), other.access_token, "{seconds}");
        assert_eq!(env.token(SESSION), document, "{seconds}");
        assert!(center.accepts(&other.access_token), "{seconds}: the later session was revoked");
    }
}

/// The refresh token alone may have changed, too.
#[test]
fn a_token_with_another_refresh_token_stays() {
    let (center, env, _) = signed_in(-10);
    let (running, gate) = refreshing(&center, &env, &TOKEN);
    let mut document = env.token(SESSION);
    document["refreshToken"] = json!("of another tool");
    env.write_token(SESSION, &document);
    gate.open();
    running.finish().expect(4);
    assert_eq!(env.token(SESSION), document);
}

#[test]
fn a_session_that_was_signed_out_stays_signed_out() {
    let export = ["export-credentials", "--profile", "dev"];
    for (command, seconds) in [(&TOKEN[..], -10), (&TOKEN[..], 600), (&export, -10), (&export, 600)] {
        let (center, env, _) = signed_in(seconds);
        let (running, gate) = refreshing(&center, &env, command);
        // Windows does not remove the folder, as its lock is open.
        if cfg!(windows) {
            std::fs::remove_file(env.path(&TestEnv::token_path(SESSION))).unwrap();
        } else {
            std::fs::remove_dir_all(env.home().join(".aws/sso")).unwrap();
        }
        gate.open();
        let run = running.finish().expect(4);
        assert_eq!(run.stdout, "", "{}", run.snapshot());
        assert!(run.stderr.contains("signed out"), "{}", run.snapshot());
        assert!(!env.files(".aws/sso").contains(&TestEnv::token_path(SESSION)));
        // The refreshed token, which only this process has seen, is revoked.
        assert_eq!(center.calls(), [Endpoint::CreateToken, Endpoint::Logout]);
    }
}

/// The old token is used after a failed refresh, but not after a logout.
#[test]
fn a_token_with_life_left_is_not_used_after_a_logout() {
    for (reply, is_answered) in [(Reply::fault("InvalidGrantException"), true), (Reply::hang_up(), false)] {
        let (center, env, _) = signed_in(600);
        let gate = Gate::default();
        center.next(Endpoint::CreateToken, reply.hold(&gate));
        let running = env.spawn(TOKEN);
        wait_until("the refresh", || !center.requests().is_empty());
        std::fs::remove_file(env.home().join(TestEnv::token_path(SESSION))).unwrap();
        gate.open();
        let run = running.finish().expect(4);
        assert_eq!(run.stdout, "", "{is_answered}: {}", run.snapshot());
        assert!(run.stderr.contains("signed out"), "{is_answered}: {}", run.snapshot());
    }
}

#[test]
fn logout_during_a_refresh_signs_out() {
    let (center, env, issued) = signed_in(-10);
    // Both end the session, and the second one is told that it has ended.
    center.tolerate_everything();
    let (running, gate) = refreshing(&center, &env, &TOKEN);
    let logout = env.spawn(["logout"]);
    wait_until("the removal", || !env.files(".aws/sso").contains(&TestEnv::token_path(SESSION)));
    gate.open();
    let warning = format!(
        "WARNING: corp: process {} is still refreshing the token, and will discard the new one\n",
        running.id()
    );
    assert_eq!(logout.finish().ok().stderr, warning);
    running.finish().expect(4);
    assert!(!env.files(".aws/sso").contains(&TestEnv::token_path(SESSION)));
    assert!(!center.accepts(&issued.access_token));
}

/// Two configurations use one session name for different start URLs.
fn of_another_start_url(center: &IdentityCenter) -> Value {
    let mut document = token_document(center, &center.issue());
    document["startUrl"] = json!("https://other.awsapps.com/start");
    document
}

#[test]
fn a_refreshing_process_does_not_use_its_token_after_a_login_to_another_start_url() {
    let (center, env, _) = signed_in(600);
    let (running, gate) = refreshing(&center, &env, &TOKEN);
    let document = of_another_start_url(&center);
    env.write_token(SESSION, &document);
    gate.open();
    let run = running.finish().expect(4);
    assert_eq!(run.stdout, "", "{}", run.snapshot());
    assert_eq!(env.token(SESSION), document);
}

#[test]
fn a_waiting_process_does_not_take_a_token_of_another_start_url() {
    let (center, env, _) = signed_in(-10);
    let (running, gate) = refreshing(&center, &env, &TOKEN);
    let waiting = env.spawn(TOKEN);
    let document = of_another_start_url(&center);
    env.write_token(SESSION, &document);
    gate.open();
    for run in [running.finish(), waiting.finish()] {
        let run = run.expect(4);
        assert_eq!(run.stdout, "", "{}", run.snapshot());
        assert!(
            run.stderr.contains("issued for sso_start_url `https://other.awsapps.com/start`"),
            "{}",
            run.snapshot()
        );
    }
    assert_eq!(env.token(SESSION), document);
    assert_eq!(center.calls(), [Endpoint::CreateToken]);
}

/// A tool without locks has refreshed the token, and its file is written a moment after our refusal.
#[test]
fn a_refusal_counts_only_if_no_other_tool_stores_a_token() {
    let (center, env, _) = signed_in(-10);
    let gate = Gate::default();
    center.next(Endpoint::CreateToken, Reply::fault("InvalidGrantException").hold(&gate));
    let running = env.spawn(TOKEN);
    wait_until("the refresh", || !center.requests().is_empty());
    let issued = center.issue();
    gate.open();
    std::thread::sleep(std::time::Duration::from_millis(300));
    env.write_token(SESSION, &token_document(&center, &issued));
    assert_eq!(running.finish().ok().stdout.trim_end(), issued.access_token);
}

/// The script of a process that cannot write files, as under a service manager with a limit of their size.
#[cfg(unix)]
const WITHOUT_FILES: &str = "ulimit -f 0 && exec \"$0\" token --sso-session corp";

#[cfg(unix)]
fn without_files(env: &TestEnv) -> crate::support::process::Run {
    env.program("/bin/sh".as_ref(), ["-c", WITHOUT_FILES, env!("CARGO_BIN_EXE_sso-oidc")]).run()
}

#[cfg(unix)]
#[test]
fn no_refresh_token_is_spent_that_cannot_be_replaced() {
    let (center, env, issued) = signed_in(600);
    let path = env.home().join(TestEnv::token_path(SESSION));
    let run = without_files(&env).ok();
    assert_eq!(run.stdout.trim_end(), issued.access_token);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.snapshot());
    assert!(run.stderr.contains(path.to_str().unwrap()) && run.stderr.contains("too large"), "{}", run.snapshot());
    env.let_expire_in(SESSION, -10);
    let run = without_files(&env).expect(255);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains(path.to_str().unwrap()) && run.stderr.contains("too large"), "{}", run.snapshot());
    assert_eq!(center.connections(), 0);
    env.run(TOKEN).ok();
}

/// The time in which the process could not read the response does not count.
#[cfg(unix)]
#[test]
fn a_response_to_a_process_that_was_stopped_is_stored() {
    let (center, env, _) = signed_in(600);
    let (running, gate) = refreshing(&center, &env, &TOKEN);
    running.signal("STOP");
    gate.open();
    // Longer than the one attempt of a token with life left may take.
    std::thread::sleep(std::time::Duration::from_secs(6));
    running.signal("CONT");
    let run = running.finish().ok();
    let stored = env.token(SESSION);
    assert!(center.accepts_refresh(stored["refreshToken"].as_str().unwrap()), "{}", run.snapshot());
}

/// Each limit leaves enough to store the new token, or no request is sent.
#[cfg(target_os = "linux")]
#[test]
fn no_refresh_token_is_spent_with_too_few_file_descriptors() {
    for limit in 8..20 {
        let (center, env, _) = signed_in(-10);
        // As after an earlier refresh.
        env.write(&TestEnv::token_path(SESSION).replace(".json", ".lock"), "");
        let run = env.run_with_descriptors(limit, &TOKEN.join(" "));
        assert_eq!(run.status == 0, center.calls().len() == 1, "{limit}: {}", run.snapshot());
        let stored = env.token(SESSION);
        assert!(center.accepts_refresh(stored["refreshToken"].as_str().unwrap()), "{limit}: {}", run.snapshot());
    }
}

/// What was received is printed, although the disk has become full in the meantime.
#[cfg(target_os = "linux")]
#[test]
fn a_token_is_printed_when_it_cannot_be_stored() {
    let (center, env, _) = signed_in(-10);
    let (running, gate) = refreshing(&center, &env, &TOKEN);
    let pid = running.id().to_string();
    let limited = std::process::Command::new("prlimit").args(["--pid", &pid, "--fsize=0"]).status().unwrap();
    assert!(limited.success());
    gate.open();
    let run = running.finish().ok();
    assert!(center.accepts(run.stdout.trim_end()), "{}", run.snapshot());
    assert!(run.stderr.contains("could not be stored") && run.stderr.contains("too large"), "{}", run.snapshot());
}

/// A login whose token is not in the cache is not a login.
#[test]
fn a_login_that_cannot_store_the_refreshed_token_fails() {
    let (center, env, _) = signed_in(-10);
    let (running, gate) = refreshing(&center, &env, &["login", "--sso-session", SESSION]);
    env.write(&TestEnv::token_path(SESSION), "{");
    gate.open();
    let run = running.finish().expect(255);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("could not be stored") && run.stderr.contains(".json"), "{}", run.snapshot());
    assert_eq!(env.read(TestEnv::token_path(SESSION)), "{");
}

#[test]
fn with_life_left_one_attempt_is_made_and_its_failure_remembered() {
    for reply in [Reply::hang_up(), Reply::fault("InternalServerException"), Reply::html(200, "<html>"), Reply::never()]
    {
        let (center, env, issued) = signed_in(600);
        center.next(Endpoint::CreateToken, reply);
        for _ in 0..2 {
            let run = env.run(TOKEN).ok();
            assert_eq!(run.stdout.trim_end(), issued.access_token);
            assert_eq!(run.stderr.lines().count(), 1, "{}", run.snapshot());
        }
        assert_eq!(center.calls(), [Endpoint::CreateToken]);
        // An expired token is tried again at once, unless something has answered.
        env.let_expire_in(SESSION, -10);
        let run = env.run(TOKEN);
        let is_remembered = ["InternalServerException", "web page"].iter().any(|word| run.stderr.contains(word));
        assert!(run.status == 0 || is_remembered, "{}", run.snapshot());
    }
}

/// The refusal was about the refresh token of the session before.
#[test]
fn a_refusal_is_not_remembered_over_a_new_login() {
    let (center, env, _) = signed_in(-10);
    center.next(Endpoint::CreateToken, Reply::fault("InvalidGrantException"));
    env.run(TOKEN).expect(4);
    env.sign_in(&center, SESSION);
    env.let_expire_in(SESSION, 600);
    let run = env.run(words(&["--min-ttl", "20m"])).ok();
    assert_eq!(run.stderr, "");
    assert_eq!(center.calls(), [Endpoint::CreateToken; 2]);
}

/// A process was stopped (SIGSTOP) while it held the lock.
#[cfg(unix)]
#[test]
fn a_stopped_refresh_does_not_delay_a_token_with_life_left() {
    let (center, env, issued) = signed_in(600);
    let (running, gate) = refreshing(&center, &env, &TOKEN);
    running.signal("STOP");
    let started = std::time::Instant::now();
    assert_eq!(env.run(TOKEN).ok().stdout.trim_end(), issued.access_token);
    let waited = started.elapsed();
    running.signal("CONT");
    gate.open();
    running.finish().ok();
    assert!(waited < std::time::Duration::from_secs(20), "{waited:?}");
    assert_eq!(center.calls(), [Endpoint::CreateToken]);
}

/// What the user does while the process is stopped after its last look at the file, before it replaces the file.
#[cfg(target_os = "linux")]
fn acts_while_it_stores(strace: &Tracer, command: &[&str], act: impl Fn(&IdentityCenter, &TestEnv)) -> (TestEnv, Run) {
    let (center, env, _) = signed_in(-10);
    center.tolerate_everything();
    // The first fsync is that of the check before the request.
    let mut running = strace.spawn(&env, command, "fsync:signal=STOP:when=2");
    let path = TestEnv::token_path(SESSION);
    let (folder, _) = path.rsplit_once('/').unwrap();
    let is_storing = || env.files(folder).iter().any(|file| file.contains(".sso-oidc-"));
    wait_until("the new file", || !center.requests().is_empty() && is_storing());
    act(&center, &env);
    wait_until("the end", || {
        running.signal("CONT");
        !running.is_running()
    });
    (env, running.finish())
}

#[cfg(target_os = "linux")]
#[test]
fn a_login_at_the_last_moment_stays() {
    let Some(strace) = Tracer::find("a_login_at_the_last_moment_stays") else { return };
    let later = std::cell::RefCell::default();
    let (env, run) = acts_while_it_stores(&strace, &TOKEN, |center, env| {
        env.sign_in(center, SESSION);
        later.replace(env.token(SESSION));
    });
    assert_eq!(env.token(SESSION), *later.borrow());
    assert_eq!(run.ok().stdout.trim_end(), later.borrow()["accessToken"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_logout_at_the_last_moment_stays() {
    let Some(strace) = Tracer::find("a_logout_at_the_last_moment_stays") else { return };
    let path = TestEnv::token_path(SESSION);
    let remove = |env: &TestEnv| std::fs::remove_file(env.home().join(&path));
    let remove_all = |env: &TestEnv| std::fs::remove_dir_all(env.home().join(".aws/sso"));
    for remove in [&remove as &dyn Fn(&TestEnv) -> std::io::Result<()>, &remove_all] {
        let (env, run) = acts_while_it_stores(&strace, &TOKEN, |_, env| remove(env).unwrap());
        let run = run.expect(4);
        assert_eq!(run.stdout, "", "{}", run.snapshot());
        assert!(!env.files(".aws/sso").contains(&path));
    }
}

/// The old refresh token is used up, so that giving up would end the session.
#[cfg(target_os = "linux")]
#[test]
fn a_token_that_could_not_be_stored_is_stored_again() {
    let Some(strace) = Tracer::find("a_token_that_could_not_be_stored_is_stored_again") else { return };
    let (_center, env, _) = signed_in(-10);
    // The first fsync is that of the check before the request.
    let run = strace.spawn(&env, &TOKEN, "fsync:error=ENOSPC:when=2").finish().ok();
    assert_eq!(run.stderr, "", "{}", run.snapshot());
    assert_eq!(env.token(SESSION)["accessToken"], run.stdout.trim_end());
}
