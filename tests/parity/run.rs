//! Runs the program as the AWS CLI was run: arguments, environment, streams or a terminal, signals, callbacks.

use std::fs::File;
use std::io::{Read, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::OpenptFlags;
use rustix::termios::Winsize;
use time::UtcDateTime;

use super::home::Home;
use super::recording::{Run, Step, Terminal};
use super::server::{Arrival, Server};

/// The results of a run.
pub(super) struct Outcome {
    /// Exit code, or minus the signal; `None` after the time-out.
    pub exit: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub arrivals: Vec<Arrival>,
    /// The URL that opened in the browser or was printed.
    pub url: Option<String>,
    /// When it ran.
    pub window: (UtcDateTime, UtcDateTime),
}

type Buffer = Arc<Mutex<Vec<u8>>>;

/// Runs the program until it exits, at most as long as the patience.
pub(super) fn run(run: &Run, home: &Home, server: &Server, patience: Duration) -> Outcome {
    let start = UtcDateTime::now();
    let mut command = command(run, home);
    let (stdout, stderr) = (Buffer::default(), Buffer::default());
    let (mut child, pumps) = match &run.terminal {
        Some(size) => spawn_on_terminal(&mut command, size, &stdout, &stderr),
        None => spawn(&mut command, run.stdin.as_deref(), &stdout, &stderr),
    };
    drop(command);
    let pid = Pid::from_child(&child);
    let (exit, url) = thread::scope(|scope| {
        let driver = scope.spawn(|| drive(run, home, server, pid, &stdout));
        let exit = wait(&mut child, patience);
        (exit, driver.join().unwrap())
    });
    for pump in pumps {
        pump.join().unwrap();
    }
    let exit = exit.map(|status| status.code().unwrap_or_else(|| -status.signal().unwrap_or(0)));
    let take = |buffer: &Buffer| std::mem::take(&mut *buffer.lock().unwrap());
    let window = (start, UtcDateTime::now());
    Outcome { exit, stdout: take(&stdout), stderr: take(&stderr), arrivals: server.arrivals(), url, window }
}

fn command(run: &Run, home: &Home) -> Command {
    let program = env!("CARGO_BIN_EXE_sso-oidc");
    let mut command = if run.terminal.is_some() && cfg!(target_os = "linux") {
        let mut setsid = Command::new("setsid");
        setsid.args(["--ctty", program]);
        setsid
    } else {
        Command::new(program)
    };
    command.env_clear().current_dir(home.path().join("w"));
    command.env("HOME", home.path()).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.envs([("LC_ALL", "C.UTF-8"), ("TERM", "xterm"), ("AWS_EC2_METADATA_DISABLED", "true")]);
    for (name, value) in &run.env {
        match value {
            Some(value) => command.env(name, home.fill(value)),
            None => command.env_remove(name),
        };
    }
    command.args(run.argv.iter().map(|word| home.fill(word)));
    if let Some(flow) = &run.flow {
        command.env("SSO_OIDC_FLOW", flow);
        // It would register a new client, which `aws` never does while the cached one is valid; no token is cached here.
        if run.id != "pkce-reg-cached" {
            command.arg("--force");
        }
    }
    command
}

fn spawn(
    command: &mut Command,
    stdin: Option<&str>,
    stdout: &Buffer,
    stderr: &Buffer,
) -> (Child, Vec<thread::JoinHandle<()>>) {
    command.stdin(if stdin.is_some() { Stdio::piped() } else { Stdio::null() });
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    if let Some(text) = stdin {
        // The program may end without reading it.
        drop(child.stdin.take().unwrap().write_all(text.as_bytes()));
    }
    let pumps = vec![pump(child.stdout.take().unwrap(), stdout), pump(child.stderr.take().unwrap(), stderr)];
    (child, pumps)
}

/// Starts the program on a new controlling pseudo-terminal.
fn spawn_on_terminal(
    command: &mut Command,
    size: &Terminal,
    stdout: &Buffer,
    stderr: &Buffer,
) -> (Child, Vec<thread::JoinHandle<()>>) {
    let ours = rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    rustix::pty::grantpt(&ours).unwrap();
    rustix::pty::unlockpt(&ours).unwrap();
    let name = rustix::pty::ptsname(&ours, Vec::new()).unwrap();
    let theirs = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    let size = Winsize { ws_row: size.rows, ws_col: size.cols, ws_xpixel: 0, ws_ypixel: 0 };
    rustix::termios::tcsetwinsize(&theirs, size).unwrap();
    command.stdin(theirs.try_clone().unwrap()).stdout(theirs).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let pumps = vec![pump(File::from(ours), stdout), pump(child.stderr.take().unwrap(), stderr)];
    // The command's copies of the file descriptors would keep the terminal open.
    command.stdin(Stdio::null()).stdout(Stdio::null());
    (child, pumps)
}

/// Reads to the end, which on a terminal is an error.
fn pump(mut from: impl Read + Send + 'static, into: &Buffer) -> thread::JoinHandle<()> {
    let into = Arc::clone(into);
    thread::spawn(move || {
        let mut some = [0; 8192];
        while let Ok(n @ 1..) = from.read(&mut some) {
            into.lock().unwrap().extend_from_slice(&some[..n]);
        }
    })
}

fn wait(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let end = Instant::now() + patience;
    while Instant::now() < end {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(4));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    None
}

/// Sends the program the signal or the callbacks of the run. Returns the URL that was opened or printed.
fn drive(run: &Run, home: &Home, server: &Server, pid: Pid, stdout: &Buffer) -> Option<String> {
    let driver = run.driver.as_ref()?;
    if let Some(signal) = &driver.signal {
        until(|| (server.arrivals().len() >= driver.after_requests).then_some(()));
        send(pid, signal);
        return None;
    }
    let url = until(|| {
        if driver.from.is_some() {
            let text = String::from_utf8_lossy(&stdout.lock().unwrap()).into_owned();
            text.split_whitespace().find(|word| word.contains("/authorize?")).map(str::to_owned)
        } else {
            std::fs::read_to_string(home.path().join("browser.url")).ok()
        }
    })?;
    let state = parameter(&url, "state").unwrap_or_default();
    if let Some(port) = callback_port(&url) {
        for step in &driver.callback {
            take(step, pid, port, &state);
        }
    }
    Some(url)
}

fn take(step: &Step, pid: Pid, port: u16, state: &str) {
    thread::sleep(Duration::from_secs_f64(step.sleep.unwrap_or(0.0)));
    if let Some(signal) = &step.signal {
        return send(pid, signal);
    }
    let mut headers = step.headers.clone();
    headers.entry("Host".to_owned()).or_insert_with(|| format!("127.0.0.1:{port}"));
    let headers = headers.iter().fold(String::new(), |all, (name, value)| all + name + ": " + value + "\r\n");
    let (method, body) = (step.method.as_deref().unwrap_or("GET"), step.body.as_deref().unwrap_or_default());
    let path = step.path.replace("{state}", state);
    let request = format!("{method} {path} HTTP/1.1\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len());
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return };
    stream.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
    drop(stream.write_all(request.as_bytes()));
    drop(stream.read_to_end(&mut Vec::new()));
}

fn send(pid: Pid, signal: &str) {
    let signal = match signal {
        "SIGINT" => Signal::INT,
        "SIGTERM" => Signal::TERM,
        other => panic!("signal {other}"),
    };
    // It may have ended already.
    let _ = kill_process(pid, signal);
}

/// Repeats until there is a result, for at most ten seconds.
fn until<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    for _ in 0..1000 {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        thread::sleep(Duration::from_millis(10));
    }
    None
}

/// The port of the loopback server in an authorization URL.
pub(super) fn callback_port(url: &str) -> Option<u16> {
    url::Url::parse(&parameter(url, "redirect_uri")?).ok()?.port()
}

/// A parameter of the query, decoded.
pub(super) fn parameter(url: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    url.query_pairs().find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
}
