//! Signals: a refresh that is out is stored first, and the process then ends by the signal.
//!
//! `SSO_OIDC_TEST_SIGNALS` sets how often each signal is sent; `.ci/long` has the full number.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::support::environment::SESSION;
use crate::support::process::{code, send_signal};
#[cfg(target_os = "linux")]
use crate::support::programs;
use crate::support::{Endpoint, Gate, IdentityCenter, Reply, TestEnv, count, wait_for, wait_until};

/// A signal and the status of a process that it ends.
const SIGNALS: [(&str, i32); 3] = [("INT", 130), ("TERM", -15), ("HUP", -1)];

/// A session whose token has expired, and whose refresh is answered when the gate opens.
fn expired(gate: &Gate) -> (IdentityCenter, TestEnv) {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    env.let_expire_in(SESSION, -10);
    center.next(Endpoint::CreateToken, Reply::genuine().hold(gate));
    (center, env)
}

/// A further attempt could be cut off, and its response lost.
#[test]
fn a_refresh_is_not_repeated_after_a_signal() {
    let (center, env) = expired(&Gate::default());
    center.clear_script();
    center.next(Endpoint::CreateToken, Reply::json(503, &json!({})).header("Retry-After", "2"));
    let running = env.spawn(["token", "--sso-session", SESSION]);
    wait_until("the request", || !center.requests().is_empty());
    running.signal("TERM");
    running.finish().expect(-15);
    assert_eq!(center.calls(), [Endpoint::CreateToken]);
    assert!(center.accepts_refresh(env.token(SESSION)["refreshToken"].as_str().unwrap()));
}

#[test]
fn a_signal_during_a_refresh_does_not_lose_the_session() {
    let commands: [&[&str]; 4] = [
        &["token", "--sso-session", SESSION],
        &["export-credentials", "--profile", "dev"],
        &["login", "--sso-session", SESSION],
        &["login", "--all"],
    ];
    let rounds = count("SSO_OIDC_TEST_SIGNALS", 1);
    for (name, status) in SIGNALS {
        for words in std::iter::repeat_n(commands, rounds).flatten() {
            let gate = Gate::default();
            let (center, env) = expired(&gate);
            let old = env.token(SESSION);
            let running = env.spawn(words.iter().copied());
            wait_until("the request", || !center.requests_to(Endpoint::CreateToken).is_empty());
            running.signal(name);
            gate.open();
            let run = running.finish().expect(status);
            assert_eq!(center.calls(), [Endpoint::CreateToken], "{}", run.snapshot());
            let new = env.token(SESSION);
            assert!(new["accessToken"] != old["accessToken"], "{name}: not stored\n{}", run.snapshot());
            assert!(new["refreshToken"] != old["refreshToken"], "{name}: not rotated\n{}", run.snapshot());
            let next = env.run(["token", "--sso-session", SESSION]).ok();
            assert_eq!(json!(next.stdout.trim_end()), new["accessToken"]);
        }
    }
}

/// Signals that end a program without a handler.
const ENDING: [(&str, i32); 7] =
    [("INT", -2), ("TERM", -15), ("HUP", -1), ("QUIT", -3), ("USR1", -10), ("USR2", -12), ("ALRM", -14)];

/// `nohup`, and `&` in a script: a shell starts the program with signals ignored.
#[test]
fn a_signal_that_is_ignored_at_the_start_stays_ignored() {
    let ignoring = "trap '' HUP INT QUIT TERM; exec \"$0\" \"$@\"";
    let started = |env: &TestEnv, words: &[&str]| {
        let shell = ["-c", ignoring, env!("CARGO_BIN_EXE_sso-oidc")];
        env.program("/bin/sh".as_ref(), shell.iter().chain(words).copied())
    };
    let gate = Gate::default();
    let (center, env) = expired(&gate);
    let running = started(&env, &["token", "--sso-session", SESSION]).spawn();
    wait_until("the request", || !center.requests_to(Endpoint::CreateToken).is_empty());
    for name in ["HUP", "INT", "QUIT", "TERM"] {
        running.signal(name);
    }
    gate.open();
    let run = running.finish().ok();
    assert_eq!(json!(run.stdout.trim_end()), env.token(SESSION)["accessToken"]);

    let command = "for name in HUP INT QUIT TERM; do kill -$name $$; done; echo alive";
    let export = ["export-credentials", "--profile", "dev", "--", "/bin/sh", "-c", command];
    for calls in [1, 1] {
        let run = started(&env, &export).run().ok();
        assert_eq!(run.stdout, "alive\n", "{}", run.snapshot());
        assert_eq!(center.requests_to(Endpoint::GetRoleCredentials).len(), calls);
    }
    for (name, status) in ENDING {
        center.entitle("111122223333", name);
        let command = format!("kill -{name} $$; echo alive");
        let run =
            env.run(["export-credentials", "--profile", "dev", "--role-name", name, "--", "/bin/sh", "-c", &command]);
        assert_eq!((run.status, run.stdout.as_str()), (status, ""), "{name}");
    }
}

/// Some supervisors ignore SIGCHLD, and the status of a child is then lost.
#[test]
fn programs_are_waited_for_when_their_end_is_ignored() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let keys = r#"{"Version": 1, "AccessKeyId": "AKID", "SecretAccessKey": "S"}"#;
    env.write("process", format!("echo '{keys}'\n"));
    let process = env.home().join("process");
    env.config(&format!("[profile process]\ncredential_process = /bin/sh {}\n", process.display()));
    let words =
        ["-c", "trap '' CHLD; exec \"$0\" export-credentials --profile process", env!("CARGO_BIN_EXE_sso-oidc")];
    let run = env.program("/bin/bash".as_ref(), words).run().ok();
    assert!(run.stdout.contains("AKID"), "{}", run.snapshot());
}

/// A response of this size does not fit into a pipe.
const LARGE: usize = 300_000;

fn status(child: &mut Child) -> i32 {
    code(wait_for("the end", || child.try_wait().unwrap()))
}

#[test]
fn output_that_nobody_reads_can_be_interrupted() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    for (name, expected) in ENDING {
        center.next(Endpoint::RegisterClient, Reply::genuine().with("clientSecret", json!("x".repeat(LARGE))));
        let mut command = Command::new(env!("CARGO_BIN_EXE_sso-oidc"));
        env.apply_to(&mut command);
        command
            .args(["register-client", "--client-name", "n", "--client-type", "public"])
            .env("AWS_REGION", center.region());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0]).unwrap();
        send_signal(child.id(), name);
        assert_eq!(status(&mut child), expected, "{name}");
    }
}

/// Messages and events that are written while a request is out or the browser is waited for.
#[test]
fn messages_that_nobody_reads_can_be_interrupted() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    for (name, expected) in SIGNALS {
        for to_stderr in [true, false] {
            center.clear_requests();
            let (_reader, mut writer) = std::io::pipe().unwrap();
            writer.write_all(&vec![b'x'; 65_536]).unwrap();
            let mut command = Command::new(env!("CARGO_BIN_EXE_sso-oidc"));
            env.apply_to(&mut command);
            command.args(["login", "--sso-session", SESSION, "--use-device-code", "--no-browser"]);
            if to_stderr {
                command.arg("--interactive").arg("always").stdout(Stdio::null()).stderr(writer);
            } else {
                command.stdout(writer).stderr(Stdio::null());
            }
            let mut child = command.spawn().unwrap();
            wait_until("the request", || !center.requests_to(Endpoint::StartDeviceAuthorization).is_empty());
            // The message follows at once, and nothing tells when it blocks.
            std::thread::sleep(Duration::from_millis(100));
            send_signal(child.id(), name);
            assert_eq!(status(&mut child), expected, "{name}");
        }
    }
}

/// As `git` does, because the pager still has the terminal.
#[cfg(target_os = "linux")]
#[test]
fn the_pager_gets_ctrl_c() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    // Ctrl-C ends a `read` that has begun.
    let pager =
        "trap 'echo interrupted' INT; echo shown; until [ $line ]; do read line </dev/tty; done; echo the end of $line";
    env.set("AWS_PAGER", format!("/bin/sh -c \"{pager}\"")).set("AWS_REGION", center.region());
    for more in [&["--generate-cli-skeleton", "output"][..], &[]] {
        let words = ["register-client", "--client-name", "n", "--client-type", "public"];
        let mut terminal = env.on_terminal(&[&words, more].concat());
        terminal.wait_for(|text| text.contains("shown").then_some(()));
        terminal.type_in("\u{3}");
        terminal.wait_for(|text| text.contains("interrupted").then_some(()));
        terminal.type_in("page\n");
        let (code, text, _) = terminal.finish();
        assert!(code == 0 && text.contains("the end of page"), "{code}: {text}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_panic_restores_the_terminal() {
    let env = TestEnv::new();
    let tests = std::env::current_exe().unwrap();
    let mut terminal = env.program_on_terminal(&tests, &["--exact", "signals::panics", "--ignored", "--nocapture"]);
    terminal.wait_for(|text| text.contains("hidden: ").then_some(()));
    assert!(!terminal.echoes());
    terminal.type_in("\n");
    let (code, text, echoes) = terminal.finish();
    assert!(code == 255 && text.contains("internal error at tests/signals.rs:") && echoes, "{code}: {text}");
}

#[test]
#[ignore = "ends the process that runs it; a_panic_restores_the_terminal runs it in another"]
fn panics() {
    sso_oidc::install_panic_hook();
    let hidden = (sso_oidc::Context::real().hidden_input)("hidden: ").unwrap();
    let line = hidden.line()().unwrap();
    assert!(!line.is_empty(), "the test types an empty line");
}

/// The kernel keeps a signal from the first process of a container, unless it has a handler for it.
#[cfg(target_os = "linux")]
#[test]
fn the_first_process_of_a_container_exits_with_the_code_of_the_signal() {
    let test = "the_first_process_of_a_container_exits_with_the_code_of_the_signal";
    let gate = Gate::default();
    let (center, env) = expired(&gate);
    let Some(unshare) = programs::or_skip(programs::find(&["unshare"]), test, "unshare is not installed") else {
        return;
    };
    let user: &[&str] = if rustix::process::geteuid().is_root() { &[] } else { &["--map-root-user"] };
    let container = [user, &["--pid", "--fork"]].concat();
    if env.program(&unshare, [&container[..], &["/bin/true"]].concat()).run().status != 0 {
        center.clear_script();
        return programs::skip(test, "no process namespace can be created");
    }
    let program = [env!("CARGO_BIN_EXE_sso-oidc"), "token", "--sso-session", SESSION];
    let running = env.program(&unshare, [&container[..], &program].concat()).spawn();
    wait_until("the request", || !center.requests().is_empty());
    let children = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", running.id())).unwrap();
    send_signal(children.trim().parse().unwrap(), "TERM");
    gate.open();
    let run = running.finish().expect(143);
    assert_eq!(run.stderr, "", "{}", run.snapshot());
    assert!(center.accepts_refresh(env.token(SESSION)["refreshToken"].as_str().unwrap()));
}
