//! A run of the program: starting it, reading its output meanwhile, and its result.
//!
//! Every wait has a deadline: a program that misses it is killed, and the test fails with all its output.

use std::ffi::OsString;
use std::io::{Read, Write as _};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::normalize::normalize;
use super::wait::DEADLINE;

/// A command line with its environment, not yet run. Made by `TestEnv::command` and `TestEnv::program`.
#[must_use = "nothing runs before run or spawn"]
pub(crate) struct Invocation {
    pub(super) name: String,
    pub(super) command: Command,
    pub(super) args: Vec<OsString>,
    pub(super) stdin: Option<Vec<u8>>,
}

impl Invocation {
    /// Another variable of the environment, for this run only.
    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.command.env(name, value.into());
        self
    }

    /// A variable of the environment less, for this run only.
    pub(crate) fn env_remove(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Sets the standard input of the program, which is empty by default.
    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    /// Another working directory.
    pub(crate) fn current_dir(mut self, path: impl AsRef<std::path::Path>) -> Self {
        self.command.current_dir(path);
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Run {
        self.spawn().finish()
    }

    /// Starts it. Without [`Self::stdin`], what [`Running::type_in`] gives is its standard input.
    pub(crate) fn spawn(mut self) -> Running {
        self.command.args(&self.args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let started = Instant::now();
        let mut child = start(&mut self.command).expect("the program starts");
        let (stdout, stderr) = (Collected::default(), Collected::default());
        let readers = vec![
            stdout.collect(child.stdout.take().expect("stdout is a pipe")),
            stderr.collect(child.stderr.take().expect("stderr is a pipe")),
        ];
        let mut running = Running {
            name: self.name,
            args: self.args,
            stdin: child.stdin.take(),
            child,
            stdout,
            stderr,
            readers,
            started,
        };
        if let Some(bytes) = self.stdin {
            let mut stdin = running.stdin.take().expect("stdin is a pipe");
            // In a thread, because a program that writes before it has read everything would deadlock with us.
            running.readers.push(thread::spawn(move || drop(stdin.write_all(&bytes))));
        }
        running
    }
}

/// Starts a program. Wine fails to do that about once in a thousand times.
fn start(command: &mut Command) -> std::io::Result<Child> {
    const INTERNAL_ERROR: i32 = 1359;
    let is_of_wine = |error: &std::io::Error| cfg!(windows) && error.raw_os_error() == Some(INTERNAL_ERROR);
    command.spawn().or_else(|error| if is_of_wine(&error) { command.spawn() } else { Err(error) })
}

/// A program that runs; killed when dropped.
pub(crate) struct Running {
    name: String,
    args: Vec<OsString>,
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Collected,
    stderr: Collected,
    readers: Vec<JoinHandle<()>>,
    started: Instant,
}

impl Running {
    /// The process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its standard output so far.
    pub(crate) fn stdout(&self) -> String {
        self.stdout.text()
    }

    /// Its standard error so far.
    pub(crate) fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// Waits until `find` finds something in standard output.
    pub(crate) fn wait_for_stdout<T>(&mut self, find: impl Fn(&str) -> Option<T>) -> T {
        let found = self.stdout.wait(find);
        found.unwrap_or_else(|| self.give_up("did not write what was waited for to stdout"))
    }

    /// Waits until `find` finds something in standard error.
    pub(crate) fn wait_for_stderr<T>(&mut self, find: impl Fn(&str) -> Option<T>) -> T {
        let found = self.stderr.wait(find);
        found.unwrap_or_else(|| self.give_up("did not write what was waited for to stderr"))
    }

    /// Waits for the URL of the authorization page (`/authorize?…`) on standard output.
    pub(crate) fn authorization_url(&mut self) -> String {
        self.wait_for_stdout(|text| {
            complete_word(text, |word| word.starts_with("http") && word.contains("/authorize?"))
        })
    }

    /// Waits for the user code of the device flow, alone on its line on standard output.
    pub(crate) fn user_code(&mut self) -> String {
        let is_code = |word: &str| {
            word.len() == 9 && word.char_indices().all(|(i, c)| if i == 4 { c == '-' } else { c.is_ascii_uppercase() })
        };
        self.wait_for_stdout(|text| complete_word(text, is_code))
    }

    /// Writes to its standard input.
    pub(crate) fn type_in(&mut self, text: &str) {
        let stdin = self.stdin.as_mut().expect("standard input is still open");
        stdin.write_all(text.as_bytes()).and_then(|()| stdin.flush()).expect("the program reads its standard input");
    }

    /// Sends a signal by its name for `kill`: `INT`, `TERM`.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        send_signal(self.id(), name);
    }

    /// Ends it at once; see [`KILLED`].
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("the program can be killed");
    }

    /// Whether it has not ended yet.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Closes its standard input and waits until it exits.
    pub(crate) fn finish(mut self) -> Run {
        drop(self.stdin.take());
        let mut pause = Duration::from_millis(1);
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("the program can be waited for") {
                break status;
            }
            if self.started.elapsed() > DEADLINE {
                self.give_up("did not end");
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        };
        let duration = self.started.elapsed();
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
        Run {
            program: std::mem::take(&mut self.name),
            args: self.args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect(),
            stdout: self.stdout.text(),
            stderr: self.stderr.text(),
            stdout_bytes: self.stdout.bytes(),
            status: code(status),
            duration,
        }
    }

    fn give_up(&mut self, what: &str) -> ! {
        let _ = self.child.kill();
        let (stdout, stderr) = (self.stdout.text(), self.stderr.text());
        panic!("{} {:?} {what} in time\n--- stdout\n{stdout}\n--- stderr\n{stderr}", self.name, self.args);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The results of a run.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// The program's name.
    pub(crate) program: String,
    /// The arguments.
    pub(crate) args: Vec<String>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
    /// Standard output as bytes, which may not be UTF-8.
    pub(crate) stdout_bytes: Vec<u8>,
    /// The exit code; a signal that ended it is its number, negative.
    pub(crate) status: i32,
    /// How long it ran. Not for assertions: another machine is slower.
    pub(crate) duration: Duration,
}

impl Run {
    /// Fails the test with all output unless this is the exit code.
    #[track_caller]
    pub(crate) fn expect(self, status: i32) -> Self {
        assert!(self.status == status, "exit code {} instead of {status}\n{}", self.status, self.snapshot());
        self
    }

    /// Fails the test with all output unless the program succeeded.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        self.expect(0)
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{}", self.snapshot()))
    }

    /// Command line, exit code and both streams as one text, normalised.
    pub(crate) fn snapshot(&self) -> String {
        let mut text = format!("$ {} {}\nexit {}\n", self.program, self.args.join(" "), self.status);
        for (name, stream) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !stream.is_empty() {
                let end = if stream.ends_with('\n') { "" } else { "[no newline]\n" };
                text.extend(["--- ", name, "\n", stream.as_str(), end]);
            }
        }
        normalize(&text)
    }
}

/// The exit code of a program after [`Running::kill`].
pub(crate) const KILLED: i32 = if cfg!(unix) { -9 } else { 1 };

/// Sends a signal by its name for `kill`. Windows has no signals, and Ctrl-C there needs unsafe code.
#[cfg(unix)]
pub(crate) fn send_signal(process: u32, name: &str) {
    // The shell's own, as small machines have no other.
    let sent = Command::new("/bin/sh").args(["-c", &format!("kill -{name} {process}")]).status();
    assert!(sent.is_ok_and(|status| status.success()), "the signal {name} was not sent");
}

/// The exit code; a signal that ended it is its number, negative.
#[cfg(unix)]
pub(crate) fn code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status.code().or_else(|| status.signal().map(|signal| -signal)).unwrap_or(i32::MIN)
}

#[cfg(not(unix))]
pub(crate) fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or(i32::MIN)
}

/// A word that is complete because something follows it.
fn complete_word(text: &str, is_wanted: impl Fn(&str) -> bool) -> Option<String> {
    let complete = &text[..text.rfind(char::is_whitespace)?];
    complete.split_whitespace().find(|word| is_wanted(word)).map(Into::into)
}

/// A stream as far as it was written.
#[derive(Clone, Default)]
struct Collected(Arc<(Mutex<Written>, Condvar)>);

#[derive(Default)]
struct Written {
    bytes: Vec<u8>,
    is_at_end: bool,
}

impl Collected {
    fn collect(&self, mut stream: impl Read + Send + 'static) -> JoinHandle<()> {
        let of_reader = self.clone();
        thread::spawn(move || {
            let mut piece = [0; 8192];
            loop {
                let read = stream.read(&mut piece).unwrap_or(0);
                let mut collected = of_reader.0.0.lock().unwrap_or_else(PoisonError::into_inner);
                collected.bytes.extend_from_slice(&piece[..read]);
                collected.is_at_end = read == 0;
                of_reader.0.1.notify_all();
                if read == 0 {
                    return;
                }
            }
        })
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).bytes.clone()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// Waits until `find` succeeds; `None` at the deadline or the end of the stream.
    fn wait<T>(&self, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        let until = Instant::now() + DEADLINE;
        let mut collected = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(found) = find(&String::from_utf8_lossy(&collected.bytes)) {
                return Some(found);
            }
            let left = until.checked_duration_since(Instant::now()).filter(|_| !collected.is_at_end)?;
            collected = self.0.1.wait_timeout(collected, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
