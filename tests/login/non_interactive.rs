//! Logins without a user: JSON events, refusals, deadlines, signals.

use std::io::Read as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{LOGIN, start, success};
use crate::support::environment::SESSION;
use crate::support::identity_center::{Approval, Endpoint};
use crate::support::{IdentityCenter, TestEnv, UserAgent};

fn events(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

#[test]
fn stdout_has_only_json_events() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut running = start(&env, &["--output", "json"]);
    let url = running.wait_for_stdout(|text| {
        let event: Value = serde_json::from_str(text.lines().next()?).ok()?;
        Some(event["url"].as_str()?.to_owned())
    });
    UserAgent::new().approve(&url).unwrap();
    let run = running.finish().ok();
    let events = events(&run.stdout);
    let names: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["authorization", "waiting", "logged_in"]);
    let token = env.token(SESSION);
    assert_eq!(
        events[2],
        json!({"event": "logged_in", "startUrl": center.start_url(), "session": SESSION, "region": "us-east-1",
            "expiresAt": token["expiresAt"], "how": "authorization_code"})
    );
    assert!(run.stderr.contains("Successfully logged into"), "the words are on stderr: {}", run.snapshot());
    for secret in center.secrets() {
        assert!(!run.stdout.contains(&secret) && !run.stderr.contains(&secret), "{}", run.snapshot());
    }
    let cached = env.run(["login", "--sso-session", SESSION, "--output", "json"]).ok();
    assert_eq!(self::events(&cached.stdout)[0]["how"], json!("cached"));
}

#[test]
fn errors_are_events() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let run = env.run(["login", "--sso-session", SESSION, "--output", "json", "--interactive", "never"]).expect(4);
    let events = events(&run.stdout);
    assert_eq!((&events[0]["event"], &events[0]["code"]), (&json!("error"), &json!(4)));
}

#[test]
fn a_refused_new_login_says_nothing_about_the_session() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    for option in ["--force", "--new-session"] {
        let run = env.run(["login", "--sso-session", SESSION, "--interactive", "never", option]).expect(4);
        let words = format!(
            "cannot sign in to {SESSION} again: interactive login is off (--interactive never)\n\
             hint: run: sso-oidc login --sso-session {SESSION} {option}\n"
        );
        assert!(run.stderr.ends_with(&words), "{}", run.snapshot());
    }
}

#[test]
fn early_errors_are_events() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    for (words, session, code, part) in [
        (&["--sso-session", "nope"][..], Some("nope"), 253, "does not exist"),
        (&["--profile", "nope"], None, 255, "could not be found"),
        (&["--sso-session", SESSION, "--min-ttl", "soon"], Some(SESSION), 252, "--min-ttl"),
        (&["--all", "--timeout", "x"], None, 252, "--timeout"),
    ] {
        let run = env.run(["login", "--output", "json"].iter().chain(words)).expect(code);
        let events = events(&run.stdout);
        assert_eq!(events.len(), 1, "{}", run.snapshot());
        let expected = (&json!("error"), &json!(code), &json!(session));
        assert_eq!((&events[0]["event"], &events[0]["code"], &events[0]["session"]), expected);
        assert!(events[0]["message"].as_str().unwrap().contains(part), "{}", run.snapshot());
    }
}

#[test]
fn other_output_formats_are_ignored() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    env.set("AWS_DEFAULT_OUTPUT", "json");
    for more in [&[][..], &["--output", "text"], &["--output", "table", "--query", "a"]] {
        let run = env.run(LOGIN.iter().chain(more)).ok();
        assert_eq!(run.stdout, success(&center.start_url()));
    }
}

#[test]
fn non_interactive_login_fails_with_the_command_to_run() {
    let center = IdentityCenter::start();
    for (variable, value, more) in
        [("CI", "true", None), ("SSO_OIDC_INTERACTIVE", "never", None), ("X", "", Some("never"))]
    {
        let mut env = TestEnv::of(&center);
        env.set(variable, value);
        let mut words = LOGIN.to_vec();
        words.extend(more.map(|when| ["--interactive", when]).into_iter().flatten());
        let run = env.run(words).expect(4);
        assert!(run.stderr.contains("run: sso-oidc login --sso-session corp"), "{}", run.snapshot());
        // Not the command that has just failed.
        let is_repeated = more.is_none() && !run.stderr.contains("login --sso-session corp --interactive always");
        assert!(!is_repeated && run.stdout.is_empty(), "{}", run.snapshot());
    }
    assert_eq!(center.connections(), 0);
    // In CI a token is refreshed all the same, and a person can insist.
    let mut env = TestEnv::of(&center);
    env.set("CI", "true");
    center.access_token_lives(60);
    env.sign_in(&center, SESSION);
    env.run(LOGIN).ok();
    center.approval(Approval::AtOnce);
    env.run(LOGIN.iter().chain(&["--force", "--interactive", "always", "--use-device-code"])).ok();
}

#[test]
fn an_unanswered_login_is_not_repeated_without_a_terminal() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let run = start(&env, &["--timeout", "1"]).finish().expect(255);
    assert!(run.stderr.contains("has expired"), "{}", run.snapshot());
    let run = start(&env, &[]).finish().expect(4);
    assert!(run.stderr.contains("the last login timed out"), "{}", run.snapshot());
    // `--interactive always` starts a login.
    let mut running = start(&env, &["--interactive", "always"]);
    UserAgent::new().approve(&running.authorization_url()).unwrap();
    running.finish().ok();
}

/// A record of the last login: so many unanswered ones, so many minutes ago.
fn write_record(env: &TestEnv, record: &str, times: u32, minutes: i64) {
    let mut words: Vec<_> = record.split_whitespace().map(str::to_owned).collect();
    let at = time::UtcDateTime::from_unix_timestamp(now() - minutes * 60).unwrap();
    words[2] = at.format(&time::format_description::well_known::Rfc3339).unwrap();
    *words.last_mut().unwrap() = times.to_string();
    env.write(&lock_path(), format!("{}\n", words.join(" ")));
}

fn lock_path() -> String {
    TestEnv::token_path(SESSION).replace(".json", ".login.lock")
}

#[expect(clippy::disallowed_methods, reason = "the program has the clock of the machine, and so have its records")]
fn now() -> i64 {
    time::UtcDateTime::now().unix_timestamp()
}

#[test]
fn the_pause_after_unanswered_logins_grows() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    start(&env, &["--timeout", "1"]).finish().expect(255);
    let record = env.read(lock_path());
    assert!(record.ends_with(" unanswered 1\n"), "{record}");
    for (times, minutes, left) in [(1, 4, 1), (2, 2, 3), (3, 6, 54), (4, 59, 1)] {
        write_record(&env, &record, times, minutes);
        let run = start(&env, &[]).finish().expect(4);
        let words = format!("timed out {minutes} min ago, so no browser login is started for another {left} min");
        assert!(run.stderr.contains(&words) && run.stderr.contains("--interactive always"), "{}", run.snapshot());
    }
    for (times, minutes) in [(1, 6), (2, 6), (3, 61)] {
        write_record(&env, &record, times, minutes);
        start(&env, &["--timeout", "1"]).finish().expect(255);
        let record = env.read(lock_path());
        assert!(record.ends_with(&format!(" unanswered {}\n", times + 1)), "{record}");
    }
    // A login in between starts the count again.
    super::sign_in(&env, &["--interactive", "always", "--force"]).ok();
    start(&env, &["--timeout", "1", "--force"]).finish().expect(255);
    assert!(env.read(lock_path()).ends_with(" unanswered 1\n"));
    // Another start URL is another login.
    env.config(&env.read(".aws/config").replace("d-1234567890", "d-9876543210"));
    center.serve("https://d-9876543210.awsapps.com/start");
    super::sign_in(&env, &[]).ok();
}

#[test]
fn no_escape_sequences_without_a_terminal() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let run = super::sign_in(&env, &[]).ok();
    assert!(!run.stdout.contains('\u{1b}') && !run.stderr.contains('\u{1b}'), "{run:?}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_no_partial_files() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut running = start(&env, &[]);
    running.authorization_url();
    running.signal("INT");
    let run = running.finish().expect(130);
    assert!(run.stderr.lines().all(|line| !line.contains("ERROR")), "{}", run.snapshot());
    let left: Vec<_> = env.files(".aws/sso").into_iter().filter(|name| name.contains(".tmp")).collect();
    assert_eq!(left, Vec::<String>::new());
    for signal in ["TERM", "HUP"] {
        let mut running = start(&env, &[]);
        running.authorization_url();
        running.signal(signal);
        running.finish().expect(if signal == "TERM" { -15 } else { -1 });
    }
    super::sign_in(&env, &[]).ok();
    assert_eq!(center.requests_to(Endpoint::RegisterClient).len(), 1, "the registration was kept");
}

#[cfg(unix)]
#[test]
fn ctrl_c_exits_130_with_closed_streams() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sso-oidc"));
    env.apply_to(&mut command);
    command.args(LOGIN).args(["--flow", "authorization-code", "--no-browser"]);
    let mut child = command.stdin(Stdio::null()).stdout(writer).stderr(Stdio::null()).spawn().unwrap();
    drop(command);
    let mut read = String::new();
    while !read.contains("code_challenge=") || !read.ends_with('\n') {
        let mut bytes = [0; 4096];
        let count = reader.read(&mut bytes).unwrap();
        assert!(count > 0, "{read}");
        read.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    drop(reader);
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
