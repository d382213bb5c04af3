//! Secrets never appear in output, logs, arguments or the environment of any command.
//!
//! Every secret contains one canary, so that one search finds any. The output of `token`, `export-credentials` and the
//! operations may contain the requested secret. `http::faults` also searches its runs.

mod process_memory;

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::http::fault_table::{Row, rows};
use crate::support::scripted_flow::{CANARY, Connection, Identities, Point, reply};
use crate::support::scripted_server::{ScriptedServer, Step};
use crate::support::{TestEnv, count, wait_for};

/// A command with secrets in its input, its cache or its environment.
struct SecretCommand {
    words: &'static [&'static str],
    /// Its standard input.
    stdin: Option<fn() -> String>,
    /// The call whose responses it uses.
    like: Point,
}

const DEBUG: [&[&str]; 2] = [&[], &["--debug"]];

fn document() -> String {
    json!({
        "clientId": "c", "clientSecret": secret("client-secret"), "grantType": "refresh_token",
        "refreshToken": secret("refresh"), "deviceCode": secret("device"), "code": secret("code"),
        "codeVerifier": secret("verifier"),
    })
    .to_string()
}

fn iam_document() -> String {
    json!({
        "clientId": "c", "grantType": "refresh_token", "assertion": secret("assertion"),
        "refreshToken": secret("refresh"), "subjectToken": secret("subject"), "code": secret("code"),
    })
    .to_string()
}

fn refresh_token() -> String {
    secret("refresh") + "\n"
}

fn secret(name: &str) -> String {
    format!("{CANARY}/{name}+=")
}

const COMMANDS: &[SecretCommand] = &[
    SecretCommand { words: &["create-token", "--cli-input-json", "-"], stdin: Some(document), like: Point::Refresh },
    SecretCommand {
        words: &[
            "create-token",
            "--client-id",
            "c",
            "--grant-type",
            "refresh_token",
            "--client-secret",
            "file://~/secret",
            "--refresh-token",
            "-",
        ],
        stdin: Some(refresh_token),
        like: Point::Refresh,
    },
    SecretCommand {
        words: &["create-token-with-iam", "--cli-input-yaml", "file:///dev/stdin"],
        stdin: Some(iam_document),
        like: Point::Refresh,
    },
    SecretCommand {
        words: &["register-client", "--client-name", "n", "--client-type", "public"],
        stdin: None,
        like: Point::Registration,
    },
    SecretCommand {
        words: &[
            "start-device-authorization",
            "--client-id",
            "c",
            "--client-secret",
            "file://~/secret",
            "--start-url",
            "u",
        ],
        stdin: None,
        like: Point::DeviceAuthorization,
    },
    SecretCommand {
        words: &[
            "login",
            "--sso-session",
            "corp",
            "--output",
            "json",
            "--flow",
            "device-code",
            "--no-browser",
            "--timeout",
            "1s",
        ],
        stdin: None,
        like: Point::Refresh,
    },
    SecretCommand {
        words: &[
            "login",
            "--sso-session",
            "corp",
            "--new-session",
            "--flow",
            "device-code",
            "--no-browser",
            "--timeout",
            "1s",
        ],
        stdin: None,
        like: Point::Logout,
    },
    SecretCommand { words: &["status", "--check", "--sso-session", "long"], stdin: None, like: Point::Logout },
    SecretCommand { words: &["logout", "--output", "json"], stdin: None, like: Point::Logout },
    SecretCommand {
        words: &["export-credentials", "--profile", "dev", "--format", "env"],
        stdin: None,
        like: Point::Role,
    },
];

/// A home with secrets in every file, for this endpoint.
fn fixture(url: &str, bundle: &str) -> TestEnv {
    let mut env = TestEnv::new();
    env.config(
        "[profile dev]\nsso_session = long\nsso_account_id = 111122223333\nsso_role_name = Developer\n\n\
         [sso-session long]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = us-east-1\n\n\
         [sso-session corp]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = us-east-1\n",
    );
    env.write("ca.pem", bundle).write("secret", secret("client-secret"));
    for (name, ends) in [("corp", "2001-01-01T00:00:00Z"), ("long", "2100-01-01T00:00:00Z")] {
        env.write_token(
            name,
            &json!({
                "startUrl": "https://d-1234567890.awsapps.com/start", "region": "us-east-1",
                "accessToken": secret("access-token"), "expiresAt": ends, "clientId": "client-1",
                "clientSecret": secret("client-secret"), "registrationExpiresAt": "2100-01-01T00:00:00Z",
                "refreshToken": secret("refresh-token"), "unknown": secret("unknown"),
            }),
        );
    }
    let bundle = env.home().join("ca.pem");
    env.set("AWS_CA_BUNDLE", bundle)
        .set("AWS_MAX_ATTEMPTS", "1")
        .set("AWS_REGION", "us-east-1")
        .set("SSO_OIDC_INTERACTIVE", "always");
    env.set("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .set("AWS_SECRET_ACCESS_KEY", secret("key"))
        .set("AWS_SESSION_TOKEN", secret("session"));
    env.set("AWS_ENDPOINT_URL_SSO_OIDC", url).set("AWS_ENDPOINT_URL_SSO", url);
    env
}

/// Runs a command against a fault and returns what is wrong.
fn complaint(command: &SecretCommand, debug: &[&str], row: &Row, identities: &Identities) -> Option<String> {
    let step = (row.step)(command.like);
    let steps = if row.connection.closes() { Vec::new() } else { vec![step; 3] };
    let server = ScriptedServer::start(steps, &row.connection.transport(identities), row.connection.closes());
    let url = match row.connection {
        _ if row.connection.is_proxy() => "https://oidc.test.example".to_owned(),
        Connection::Nowhere => "http://no-such-host.invalid".to_owned(),
        _ => server.url(),
    };
    let mut env = fixture(&url, &identities.own.authority);
    if row.connection.is_proxy() {
        env.set("HTTPS_PROXY", format!("http://user:{}@{}", secret("proxy"), server.address));
    }
    let words = command.words.iter().chain(row.words).chain(debug).copied();
    let invocation = env.command(words);
    let run = match command.stdin {
        Some(text) => invocation.stdin(text()).run(),
        None => invocation.run(),
    };
    let printed = run.status == 0 && !matches!(command.words[0], "login" | "status" | "logout");
    let locks: String =
        env.files(".aws").iter().filter(|path| path.contains(".lock")).map(|path| env.read(path)).collect();
    let told = [
        (run.stderr.contains(CANARY), "standard error"),
        (!printed && run.stdout.contains(CANARY), "standard output"),
        (locks.contains(CANARY), "a lock"),
        (run.stderr.contains("panicked") || run.stderr.contains("internal error"), "a panic"),
    ];
    let places: Vec<&str> = told.iter().filter(|(is_told, _)| *is_told).map(|(_, place)| *place).collect();
    (!places.is_empty()).then(|| format!("## {}: {}\n{}", row.name, places.join(", "), run.snapshot()))
}

/// Responses that repeat the request in every part that is shown.
fn echoes() -> Vec<Row> {
    let fault = |name: &'static str, status, code: &'static str| Row {
        name,
        class: crate::http::fault_table::Class::Refused,
        connection: Connection::Plain,
        says: &[],
        words: &[],
        step: Box::new(move |_| Step::Echo(status, code)),
        at: |_| true,
    };
    vec![
        fault("an echo of the request", 400, "InvalidGrantException"),
        fault("an echo in an unknown error", 403, "ForbiddenException"),
        fault("an echo of trouble", 500, "InternalServerException"),
        fault("an echo without a code", 400, ""),
        fault("an echo in a success", 200, ""),
    ]
}

#[test]
fn no_command_prints_secrets() {
    let identities = Identities::new();
    let rows: Vec<Row> = echoes().into_iter().chain(rows(&identities)).collect();
    let mut cases = Vec::new();
    for row in &rows {
        for command in COMMANDS {
            for debug in DEBUG {
                cases.push((row, command, debug));
            }
        }
    }
    let wanted = (count("SSO_OIDC_TEST_FAULTS", 200) / 3).min(cases.len());
    // All echoes, and an even selection of the rest.
    let echoes = echoes().len() * COMMANDS.len() * DEBUG.len();
    let is_chosen = |at: usize| at < echoes || (at + 1) * wanted / cases.len() > at * wanted / cases.len();
    let chosen: Vec<_> = cases.iter().enumerate().filter(|(at, _)| is_chosen(*at)).map(|(_, case)| *case).collect();
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                while let Some((row, command, debug)) = chosen.get(next.fetch_add(1, Ordering::SeqCst)) {
                    failures.lock().unwrap().extend(complaint(command, debug, row, &identities));
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    println!("{} of {} cases", chosen.len(), cases.len());
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), chosen.len(), failures.join("\n"));
}

/// What `/proc` shows of a process to all users of the machine.
fn command_line(pid: u32) -> String {
    std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default()
}

#[test]
fn process_list_shows_no_secrets() {
    for command in COMMANDS {
        let server = ScriptedServer::plain(vec![Step::Mute(Duration::from_millis(150)); 2]);
        let env = fixture(&server.url(), "");
        let invocation = env.command(command.words.iter().copied());
        let mut running = match command.stdin {
            Some(text) => invocation.stdin(text()).spawn(),
            None => invocation.spawn(),
        };
        let mut seen = String::new();
        while running.is_running() && server.connections() == 0 {
            seen.push_str(&command_line(running.id()));
            thread::sleep(Duration::from_millis(2));
        }
        seen.push_str(&command_line(running.id()));
        running.finish();
        assert!(seen.contains(command.words[0]) && !seen.contains(CANARY), "{seen}");
    }
}

/// A program that writes down its arguments, its environment and its command line as others see it.
fn recorder(env: &TestEnv, name: &str, then: &str) -> (std::path::PathBuf, std::path::PathBuf) {
    let log = env.home().join(format!("{name}.log"));
    let text = format!(
        "{{ printf '%s\\n' \"$@\"; /usr/bin/env; /bin/cat /proc/$PPID/cmdline; }} > '{0}.part' 2>&1\n\
         /bin/mv '{0}.part' '{0}'\n{then}",
        log.display()
    );
    (env.script(name, &text), log)
}

fn written(log: &Path) -> String {
    wait_for(&log.display().to_string(), || std::fs::read_to_string(log).ok())
}

#[test]
fn child_processes_get_no_secrets() {
    let good = |body: serde_json::Value| reply(200, &["Content-Type: application/json"], &body.to_string());
    let registration = json!({"clientId": "client-1", "clientSecret": secret("client-secret"), "clientSecretExpiresAt": 4_000_000_000_u64});
    // The browser, in the authorization code flow: the URL has the challenge, not the verifier.
    let server = ScriptedServer::plain(vec![good(registration)]);
    let mut env = fixture(&server.url(), "");
    env.unset("AWS_SECRET_ACCESS_KEY").unset("AWS_SESSION_TOKEN");
    let (browser, log) = recorder(&env, "browser", "");
    env.set("BROWSER", browser);
    let mut running =
        env.spawn(["login", "--sso-session", "corp", "--force", "--flow", "authorization-code", "--timeout", "2s"]);
    let url = running.authorization_url();
    let seen = written(&log);
    assert!(seen.contains(&url) && seen.contains("BROWSER=") && !seen.contains(CANARY), "{seen}");
    running.finish().expect(255);

    // The program of credential_process, during a request with secrets.
    let server = ScriptedServer::plain(vec![good(crate::support::scripted_flow::token_body())]);
    let mut env = fixture(&server.url(), "");
    env.unset("AWS_SECRET_ACCESS_KEY").unset("AWS_SESSION_TOKEN").unset("AWS_ACCESS_KEY_ID");
    let keys = json!({"Version": 1, "AccessKeyId": "AKID", "SecretAccessKey": secret("key")});
    let (process, log) = recorder(&env, "process", &format!("echo '{keys}'"));
    env.config(&format!("[default]\ncredential_process = {}\n", process.display()));
    let words = ["create-token-with-iam", "--client-id", "c", "--grant-type", "g", "--refresh-token", "-"];
    let run = env.command(words).stdin(refresh_token()).run().ok();
    assert!(
        run.stdout.contains(CANARY) && server.requests()[0].body.contains(&secret("refresh")),
        "{}",
        run.snapshot()
    );
    let seen = written(&log);
    assert!(seen.contains("PATH=") && !seen.contains(CANARY), "{seen}");

    // The pager, which gets only the response.
    let server = ScriptedServer::plain(vec![good(crate::support::scripted_flow::token_body())]);
    let mut env = fixture(&server.url(), "");
    env.unset("AWS_SECRET_ACCESS_KEY").unset("AWS_SESSION_TOKEN");
    let (pager, log) = recorder(&env, "pager", "/bin/cat > /dev/null");
    env.set("AWS_PAGER", pager);
    let words = ["create-token", "--client-id", "c", "--grant-type", "g", "--client-secret", "file://~/secret"];
    let (code, screen, _) = env.on_terminal(&words).finish();
    let seen = written(&log);
    assert!(
        code == 0 && seen.contains("LESS=FRX") && !seen.contains(CANARY) && !screen.contains(CANARY),
        "{seen}{screen}"
    );
}

#[test]
fn stdin_is_read_for_one_option() {
    let server = ScriptedServer::plain(vec![reply(200, &[], "{}"); 3]);
    let env = fixture(&server.url(), "");
    let words =
        ["create-token", "--client-id", "-", "--grant-type", "g", "--client-secret", "file://~/secret", "--code", "-"];
    for text in ["s p\n", "s p\r\n", "s p"] {
        env.command(words).stdin(text).run().ok();
    }
    for request in server.requests() {
        let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
        // Only secrets are read from standard input; `-` is a valid client ID.
        assert_eq!((body["code"].as_str(), body["clientId"].as_str()), (Some("s p"), Some("-")));
    }
    let words = words.into_iter().chain(["--refresh-token", "-"]);
    let run = env.command(words).stdin(secret("x")).run().expect(252);
    assert!(
        run.stderr.contains("Unable to read standard input: it is empty, or was read for another option"),
        "{}",
        run.snapshot()
    );
    assert!(!run.stderr.contains(CANARY) && server.connections() == 3);
}

#[test]
fn panic_messages_contain_no_values() {
    let tests = std::env::current_exe().unwrap();
    let mut command = Command::new(tests);
    command.args(["--exact", "secrets::panics", "--ignored", "--nocapture"]).env("RUST_BACKTRACE", "full");
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("internal error at tests/secrets/mod.rs:"), "{said}");
    assert!(!said.contains(CANARY) && !said.contains("stack backtrace") && output.status.code() == Some(255), "{said}");
}

#[test]
#[ignore = "ends the process that runs it; panic_messages_contain_no_values runs it in another"]
fn panics() {
    sso_oidc::install_panic_hook();
    let text = format!("é{CANARY}");
    assert!(text[1..].is_empty(), "a slice inside a character quotes the text");
}
