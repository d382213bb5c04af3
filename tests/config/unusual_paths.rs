//! Files that variables and options name: pipes and devices in their place, and paths that are not UTF-8.
//!
//! Nothing waits for a pipe except where the AWS CLI reads one on purpose: standard input and the shell's `<(command)`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use crate::cache::bad_files::{LOGIN, TOKEN, mkfifo};
use crate::support::environment::SESSION;
use crate::support::programs::{find, or_skip};
use crate::support::{Approval, IdentityCenter, TestEnv};

/// An operation that is signed with the credentials of the chain.
const SIGNED: [&str; 9] = [
    "create-token-with-iam",
    "--client-id",
    "x",
    "--grant-type",
    "authorization_code",
    "--code",
    "x",
    "--region",
    "us-east-1",
];
const REGISTER: [&str; 3] = ["register-client", "--client-type", "public"];
/// Where nothing listens.
const NOWHERE: &str = "http://127.0.0.1:9";

fn expired(center: &IdentityCenter) -> TestEnv {
    center.approval(Approval::AtOnce);
    let mut env = TestEnv::of(center);
    env.set("AWS_MAX_ATTEMPTS", "1").set("AWS_ENDPOINT_URL_STS", NOWHERE);
    env.sign_in(center, SESSION);
    env.let_expire_in(SESSION, -10);
    env
}

/// A pipe that nobody writes to.
fn pipe(env: &TestEnv) -> PathBuf {
    let pipe = env.work().join("pipe");
    mkfifo(&pipe);
    pipe
}

#[test]
fn a_pipe_in_place_of_a_file_is_an_error() {
    let center = IdentityCenter::start_tls();
    let env = expired(&center);
    let pipe = pipe(&env);
    let file = format!("file://{}", pipe.display());
    let rows: [(&[&str], &str, i32); 7] = [
        (&TOKEN, "AWS_CA_BUNDLE", 255),
        (&[&TOKEN[..], &["--ca-bundle", pipe.to_str().unwrap()]].concat(), "", 255),
        (&SIGNED, "AWS_WEB_IDENTITY_TOKEN_FILE", 255),
        (&SIGNED, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", 255),
        (&[&REGISTER[..], &["--client-name", &file]].concat(), "", 252),
        (&["register-client", "--cli-input-json", &file], "", 252),
        (
            &["login", "--start-url", &center.start_url(), "--sso-region", "us-east-1", "--sso-session", "x", "--save"],
            "AWS_CONFIG_FILE",
            255,
        ),
    ];
    for (words, variable, code) in rows {
        let mut command = env.command(words.iter().copied());
        command = command.env("AWS_ROLE_ARN", "arn:aws:iam::1:role/x").env("SSO_OIDC_FLOW", "device-code");
        if variable == "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" {
            command = command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", NOWHERE).env_remove("AWS_ROLE_ARN");
        }
        let command = if variable.is_empty() { command } else { command.env(variable, &pipe) };
        let run = command.run();
        assert!(
            run.status == code && run.stderr.contains("it is not a regular file") && run.stderr.contains("pipe"),
            "{words:?} {variable}: {}",
            run.snapshot()
        );
        assert_eq!(run.stdout.lines().filter(|line| line.contains("Successfully")).count(), 0, "{}", run.snapshot());
    }
}

#[test]
fn a_pipe_among_root_certificates_is_skipped() {
    let center = IdentityCenter::start_tls();
    let env = expired(&center);
    let folder = env.work().join("roots");
    fs::create_dir(&folder).unwrap();
    mkfifo(&folder.join("a.pem"));
    let run = env.command(TOKEN).env_remove("AWS_CA_BUNDLE").env("SSL_CERT_FILE", folder.join("a.pem")).run();
    assert!(run.status == 255 && run.stderr.contains("SSL validation failed"), "{}", run.snapshot());
    fs::copy(center.ca_bundle(), folder.join("b.pem")).unwrap();
    env.command(TOKEN).env("AWS_CA_BUNDLE", folder).run().ok();
}

#[test]
fn standard_input_and_pipes_of_the_shell_are_read() {
    let center = IdentityCenter::start();
    let env = expired(&center);
    for path in ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"] {
        let name = format!("file://{path}");
        let words = [&REGISTER[..], &["--region", "us-east-1", "--client-name", &name]].concat();
        env.command(words).stdin("from a pipe").run().ok();
    }
    let Some(bash) = or_skip(find(&["bash"]), "standard_input_and_pipes_of_the_shell_are_read", "bash") else { return };
    let script =
        "\"$0\" register-client --client-type public --region us-east-1 --client-name \"file://\"<(printf name)";
    env.program(&bash, ["-c", script, env!("CARGO_BIN_EXE_sso-oidc")]).run().ok();
    let names = center.requests().iter().filter_map(|request| request.text("clientName")).collect::<Vec<_>>().len();
    assert_eq!(names, 4);
}

#[test]
fn a_signal_ends_the_wait_for_standard_input() {
    let center = IdentityCenter::start();
    let env = expired(&center);
    for region in [&["--region", "us-east-1"][..], &[]] {
        for name in ["-", "file:///dev/stdin"] {
            let document = ["register-client", "--cli-input-json", name];
            let mut running = env.command([&document[..], region].concat()).spawn();
            crate::support::wait_until("standard input is read", || is_reading(running.id()));
            assert!(running.is_running());
            running.signal("TERM");
            assert_eq!(running.finish().status, -15, "{name} {region:?}");
        }
    }
}

/// Whether the process waits for a pipe.
fn is_reading(process: u32) -> bool {
    fs::read_to_string(format!("/proc/{process}/wchan")).is_ok_and(|place| place.contains("pipe_read"))
}

/// Bytes of Latin-1, as file names of old disks have them.
fn latin_1(folder: &Path, name: &str) -> PathBuf {
    let name: Vec<u8> = name.bytes().chain(*b"-\xe9\xff").collect();
    folder.join(OsString::from_vec(name))
}

fn moved(from: &Path, to: PathBuf) -> PathBuf {
    fs::rename(from, &to).unwrap();
    to
}

#[test]
fn paths_need_not_be_utf_8() {
    let center = IdentityCenter::start_tls();
    let mut env = expired(&center);
    let work = env.work();
    let folder = latin_1(&work, "folder");
    fs::create_dir(&folder).unwrap();
    let bundle = latin_1(&folder, "roots");
    fs::copy(center.ca_bundle(), &bundle).unwrap();
    let config = moved(&env.home().join(".aws/config"), latin_1(&folder, "config"));
    env.set("AWS_CA_BUNDLE", &bundle).set("AWS_CONFIG_FILE", &config);
    env.run(TOKEN).ok();
    // Variables and the home in a path are expanded.
    env.set("FOLDER", folder.file_name().unwrap());
    let last = config.file_name().unwrap().as_bytes();
    for start in ["$FOLDER/../$FOLDER/", "${FOLDER}/"] {
        let path = OsString::from_vec([start.as_bytes(), last].concat());
        env.command(TOKEN).env("AWS_CONFIG_FILE", path).run().ok();
    }
    let home = moved(&env.home(), latin_1(&work, "home"));
    for path in [b"~/" as &[u8], b"$HOME/"] {
        fs::copy(&config, home.join(OsStr::from_bytes(last))).unwrap();
        let path = OsString::from_vec([path, last].concat());
        env.command(TOKEN).env("HOME", &home).env("AWS_CONFIG_FILE", path).run().ok();
    }
    env.command(LOGIN).env("HOME", &home).run().ok();
    // The keys of the credentials file sign; nothing listens where the request goes.
    let credentials = latin_1(&folder, "credentials");
    fs::write(&credentials, "[default]\naws_access_key_id = AKID\naws_secret_access_key = S\n").unwrap();
    let signed = [&SIGNED[..], &["--endpoint-url", NOWHERE]].concat();
    let run = env.command(signed.clone()).env("HOME", &home).env("AWS_SHARED_CREDENTIALS_FILE", &credentials).run();
    assert!(run.stderr.contains(NOWHERE), "{}", run.snapshot());
    let token = latin_1(&folder, "token");
    fs::write(&token, "token").unwrap();
    let web = env.command(signed.clone()).env("AWS_ROLE_ARN", "arn:aws:iam::1:role/x");
    let run = web.env("HOME", &home).env("AWS_WEB_IDENTITY_TOKEN_FILE", &token).run();
    assert!(run.stderr.contains(NOWHERE), "{}", run.snapshot());
    let container = env.command(signed).env("AWS_CONTAINER_CREDENTIALS_FULL_URI", NOWHERE);
    let run = container.env("HOME", &home).env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &token).run();
    assert!(run.stderr.contains(NOWHERE), "{}", run.snapshot());
}
