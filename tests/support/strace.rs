//! The program under strace: its system calls, and one of them failing or being the last.
//!
//! A call is identified by its name and its number among those of that name in its thread, which is how strace counts.
//! The call that makes the program's memory private is faked, because otherwise only a root tracer could read the
//! paths.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::support::process::Running;
use crate::support::programs::{find, or_skip};
use crate::support::{Run, TestEnv};

/// What happens when a system call is made.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fate<'a> {
    /// It is not made, and fails with this error.
    Fails(&'a str),
    /// The same for this call and the next one of that name.
    FailsTwice(&'a str),
    /// The process is killed.
    Kills,
    /// It is made, and the process gets this signal.
    Signals(&'a str),
}

/// A call that the program made.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// As the kernel calls it: `openat`.
    pub(crate) name: String,
    /// Its number among those of that name in its thread, from 1.
    pub(crate) nth: usize,
    /// The line that strace wrote about it.
    pub(crate) text: String,
}

/// Calls that are no business of the file system, and those whose failure the standard library of a debug build takes for
/// a fault of the program (a file descriptor closed twice).
const OTHERS: [&str; 12] =
    ["close", "fcntl", "execve", "mmap", "poll", "ppoll", "ioctl", "epoll_wait", "epoll_ctl", "getcwd", "dup", "prctl"];

/// strace, where it is installed and may trace.
pub(crate) struct Tracer(PathBuf);

impl Tracer {
    /// Without strace the test is skipped; in CI that is a failure.
    pub(crate) fn find(test: &str) -> Option<Self> {
        let program = or_skip(find(&["strace"]), test, "strace is not installed")?;
        let mut attempt = Command::new(&program);
        attempt.args(["-qq", "-o", "/dev/null", "/bin/true"]).stdout(Stdio::null()).stderr(Stdio::null());
        let may_trace = attempt.status().is_ok_and(|status| status.success());
        or_skip(may_trace.then_some(Self(program)), test, "strace may not trace here")
    }

    /// Starts the program with one call tampered with, as strace spells it: "fsync:signal=STOP:when=2".
    pub(crate) fn spawn(&self, env: &TestEnv, words: &[&str], tampering: &str) -> Running {
        let inject = format!("inject={tampering}");
        let (program, log) = (env!("CARGO_BIN_EXE_sso-oidc"), env.work().join("calls").display().to_string());
        // With -D the process that is started is the program, not strace.
        let args = ["-D", "-f", "-qq", "-e", &inject, "-e", "signal=none", "-o", &log, program];
        env.program(&self.0, args.iter().chain(words).copied()).spawn()
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, env: &TestEnv, words: &[&str], fate: Option<(&Call, Fate<'_>)>) -> (Run, Vec<Call>) {
        let log = env.work().join("calls");
        let mut args: Vec<String> =
            ["-f", "-qq", "-y", "-s", "0", "-e", "signal=none", "-e", "trace=%file,%desc,%network"]
                .iter()
                .chain(&["-e", "inject=prctl:retval=0", "-o"])
                .map(|word| (*word).to_owned())
                .collect();
        args.push(log.display().to_string());
        if let Some((call, fate)) = fate {
            let Call { name, nth, .. } = call;
            let what = match fate {
                Fate::Fails(error) => format!("error={error}:when={nth}"),
                Fate::FailsTwice(error) => format!("error={error}:when={nth}..{}", nth + 1),
                Fate::Kills => format!("signal=KILL:when={nth}"),
                Fate::Signals(signal) => format!("signal={signal}:when={nth}"),
            };
            args.extend(["-e".to_owned(), format!("inject={name}:{what}")]);
        }
        args.push(env!("CARGO_BIN_EXE_sso-oidc").to_owned());
        args.extend(words.iter().map(|word| (*word).to_owned()));
        let run = env.program(&self.0, args).run();
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        (run, calls(&text))
    }
}

impl Call {
    /// Whether it is about a file of the AWS folder and may fail.
    pub(crate) fn is_about_the_cache(&self) -> bool {
        self.text.contains("/home/.aws") && !OTHERS.contains(&self.name.as_str())
    }

    /// Whether it sends something to another process.
    pub(crate) fn sends(&self) -> bool {
        let is_on_socket = self.text.contains("<socket:") || self.text.contains("<TCP:");
        is_on_socket && (self.name.starts_with("send") || self.name.starts_with("write"))
    }

    /// Whether strace made it fail.
    pub(crate) fn failed(&self) -> bool {
        self.text.contains("(INJECTED)") && self.name != "prctl"
    }
}

/// The calls of a log: `123 openat(AT_FDCWD</work>, "/home/…", O_RDONLY) = 3</home/…>`.
fn calls(log: &str) -> Vec<Call> {
    let mut counts = BTreeMap::new();
    let begins = log.lines().filter_map(|line| {
        let (thread, text) = line.split_once(' ')?;
        let text = text.trim_start();
        let (name, _) = text.split_once('(')?;
        let is_name = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        is_name.then_some((thread, name, text))
    });
    begins
        .map(|(thread, name, text)| {
            let nth = counts.entry((thread.to_owned(), name.to_owned())).and_modify(|count| *count += 1).or_insert(1);
            Call { name: name.to_owned(), nth: *nth, text: text.to_owned() }
        })
        .collect()
}
