//! The memory of the process: no core dump is written, other users cannot read it, no copies of secrets stay.
//!
//! Commands and browsers that it starts are not restricted. Root can always read everything.

use std::fs::File;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use crate::login::LOGIN;
use crate::support::environment::SESSION;
use crate::support::{IdentityCenter, TestEnv, wait_until};

const PROGRAM: &str = env!("CARGO_BIN_EXE_sso-oidc");

/// The user `nobody`, used if the tests run as root.
const NOBODY: u32 = 65534;

/// A shell that allows cores of any size and then executes a program.
const UNLIMITED: &str = "ulimit -c unlimited && exec \"$@\"";

/// Whether this machine writes cores to a file or a program.
fn cores_are_written(env: &TestEnv) -> bool {
    let mut command = Command::new("/bin/sh");
    env.apply_to(&mut command);
    command.args(["-c", "ulimit -c unlimited && kill -SEGV $$"]).stderr(Stdio::null());
    command.status().unwrap().core_dumped()
}

fn cores(env: &TestEnv) -> Vec<String> {
    let entries = std::fs::read_dir(env.work()).unwrap().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn remove_cores(env: &TestEnv) {
    for name in cores(env) {
        std::fs::remove_file(env.work().join(name)).unwrap();
    }
}

/// The program waits for a person, and dies of this signal.
fn dies(env: &TestEnv, center: &IdentityCenter, signal: &str) -> ExitStatus {
    let mut command = Command::new("/bin/sh");
    env.apply_to(&mut command);
    command.args(["-c", UNLIMITED, "sh", PROGRAM, "login", "--sso-session", SESSION, "--use-device-code"]);
    command.arg("--no-browser").args(["--interactive", "always"]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until("the user code", || {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it showed a user code");
        !center.open_user_codes().is_empty()
    });
    // More than once, because Rust's runtime handles the first SIGSEGV as a possible stack overflow and continues.
    for _ in 0..100 {
        let sent = Command::new("/bin/sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status();
        assert!(sent.unwrap().success());
        thread::sleep(Duration::from_millis(20));
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
    }
    child.kill().unwrap();
    panic!("it survived {signal}");
}

#[test]
fn no_core_dump_is_written() {
    let probe = TestEnv::new();
    if !cores_are_written(&probe) {
        // Many containers never write cores, so nothing can be tested there; CI may be one of them.
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "skipped: no_core_dump_is_written: this machine writes no cores");
        return;
    }
    // Not SIGQUIT, because background processes of a shell ignore it.
    for signal in ["SEGV", "ABRT"] {
        let center = IdentityCenter::start();
        let env = TestEnv::of(&center);
        let status = dies(&env, &center, signal);
        assert!(status.signal().is_some(), "{status}");
        assert!(!status.core_dumped(), "a core of a process that holds a device code was written");
        assert_eq!(cores(&env), [""; 0]);
    }
}

#[test]
fn commands_may_dump_core() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    if !cores_are_written(&env) {
        return;
    }
    remove_cores(&env);
    env.sign_in(&center, SESSION);
    let mut command = Command::new("/bin/sh");
    env.apply_to(&mut command);
    command.args(["-c", UNLIMITED, "sh", PROGRAM, "export-credentials", "--profile", "dev", "--"]);
    command.args(["/bin/sh", "-c", "ulimit -c; kill -SEGV $$"]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "unlimited\n");
    assert!(output.status.core_dumped(), "{}", output.status);
}

/// Runs as a user other than root, even if root runs the tests.
fn as_unprivileged_user(env: &TestEnv, program: &Path) -> Command {
    let mut command = Command::new(program);
    env.apply_to(&mut command);
    command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if rustix::process::geteuid().is_root() {
        command.uid(NOBODY);
    }
    command
}

/// The files below `/proc/PID` belong to root when the process may not be inspected.
#[test]
fn process_memory_is_unreadable_for_other_users() {
    let env = TestEnv::new();
    let is_root = rustix::process::geteuid().is_root();
    // If root runs the tests: another user may not reach the folder that the program was built in.
    let shared = tempfile::Builder::new().permissions(readable()).tempdir().unwrap();
    let program = if is_root { shared.path().join("sso-oidc") } else { PROGRAM.into() };
    if is_root {
        std::fs::copy(PROGRAM, &program).unwrap();
    }
    let words = ["register-client", "--region", "us-east-1", "--cli-input-json", "file:///dev/stdin"];
    // A pipe that the user owns, because its file below /proc now belongs to root.
    let mut shell = as_unprivileged_user(&env, Path::new("/bin/sh"));
    let output = shell.args(["-c", "echo '{}' | exec \"$@\"", "sh"]).arg(&program).args(words).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("Missing required parameter"), "it cannot read its own standard input: {stderr}");
    // It blocks: this test has the pipe open for writing, too.
    let pipe = shared.path().join("pipe");
    let made = Command::new("mkfifo").args(["-m", "666"]).arg(&pipe).status().unwrap();
    assert!(made.success());
    let input = std::fs::OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
    let mut waiting = as_unprivileged_user(&env, &program);
    let mut child = waiting.args(words).stdin(input.try_clone().unwrap()).spawn().unwrap();
    let proc = Path::new("/proc").join(child.id().to_string());
    let owner = |name: &str| proc.join(name).metadata().map(|found| found.uid()).ok();
    wait_until("the memory of the process to become root's", || {
        assert!(child.try_wait().unwrap().is_none(), "it ended");
        ["environ", "mem", "fd", "maps"].map(owner) == [Some(0); 4]
    });
    assert_ne!(proc.metadata().unwrap().uid(), 0, "the process itself is not root's");
    child.kill().unwrap();
    child.wait().unwrap();
}

fn readable() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::Permissions::from_mode(0o755)
}

/// The writable memory of a process.
fn memory(pid: u32) -> Vec<u8> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let memory = File::open(format!("/proc/{pid}/mem")).unwrap();
    let mut all = Vec::new();
    for map in maps.lines().filter(|map| map.contains(" rw")) {
        let (from, to) = map.split_once(' ').unwrap().0.split_once('-').unwrap();
        let [from, to] = [from, to].map(|address| u64::from_str_radix(address, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
        memory.read_exact_at(&mut bytes, from).unwrap();
        all.extend(bytes);
    }
    all
}

/// The number of occurrences of a text in the memory.
fn copies(memory: &[u8], text: &str) -> usize {
    memory.windows(text.len()).filter(|bytes| *bytes == text.as_bytes()).count()
}

/// During the login prompt, the memory contains the old token at most once, for comparison with a new one, and nothing of a
/// damaged file.
#[test]
fn secrets_are_zeroized() {
    if !rustix::process::geteuid().is_root() {
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "skipped: secrets_are_zeroized: only root may look into the memory");
        return;
    }
    for (expires_at, most) in [("2020-01-01T00:00:00Z", 1), ("no instant", 0)] {
        let center = IdentityCenter::start();
        let env = TestEnv::of(&center);
        env.sign_in(&center, SESSION);
        let mut token = env.token(SESSION);
        let secrets = ["accessToken", "refreshToken", "clientSecret"];
        for name in secrets {
            token[name] = (0..100).map(|number| format!("{name}{number}")).collect::<Vec<_>>().join(" ").into();
        }
        token["expiresAt"] = expires_at.into();
        token["registrationExpiresAt"] = "2020-01-01T00:00:00Z".into();
        env.write_token(SESSION, &token);
        let mut running = env.spawn(LOGIN.iter().chain(&["--use-device-code", "--no-browser"]).copied());
        let user_code = running.user_code();
        let memory = memory(running.id());
        assert!(copies(&memory, &user_code) > 0, "this is not the memory");
        for name in secrets {
            // Without its start, which the allocator overwrites.
            let part = &token[name].as_str().unwrap()[60..];
            let copies = copies(&memory, part);
            assert!(copies <= most, "{copies} copies of its {name} in memory, which ends at {expires_at}");
        }
        running.signal("KILL");
        running.finish();
    }
}
