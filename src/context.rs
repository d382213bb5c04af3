//! `Context`: the process environment as values: variables, home directory, clock, browser, streams and terminals.
//!
//! Only this file and those in `context` access the process; a lint enforces it. All other modules use a `Context`, so that a test
//! can run the whole program in process.

mod programs;
mod progress;
mod signals;
mod stream;
mod style;
mod terminal;

use std::cell::{Cell, RefCell};
use std::ffi::OsString;
use std::fmt;
use std::io::{self, IsTerminal, Read as _, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use indicatif::WeakProgressBar;
pub use signals::Signals;
use stream::interruptible;
pub use style::{Color, Style};
pub use terminal::{HiddenInput, KeyInput, stdin_line};
#[cfg(unix)]
pub use terminal::{change_modes, in_foreground, restore_modes};
use time::{OffsetDateTime, UtcDateTime, UtcOffset};

use crate::error::{Error, Kind};
use crate::text::{self, NO_BREAK};

/// The variable that names the home directory.
const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };

/// An instant in UTC, as the time crate has it.
pub type Timestamp = UtcDateTime;

/// Looks up an environment variable.
type Environment = Box<dyn Fn(&str) -> Option<OsString>>;

/// Starts a browser on a URL.
type OpenBrowser = Box<dyn Fn(&str) -> io::Result<()>>;

/// The environment of one run of the program.
pub struct Context {
    /// Looks up an environment variable; `None` when unset.
    pub env: Environment,
    /// The home directory: `HOME` (Unix) or `USERPROFILE` (Windows), else the account's; `None` when there is none.
    pub home: Option<PathBuf>,
    /// The wall clock.
    pub now: fn() -> Timestamp,
    /// Starts the default browser on a URL without waiting for it (RFC 8252 section 6).
    pub open_browser: OpenBrowser,
    /// Prompts on the terminal for a line without echo; an error without a terminal.
    pub hidden_input: fn(&str) -> io::Result<HiddenInput>,
    /// Whether the program runs in a container, as Docker and Podman mark it.
    pub in_container: fn() -> bool,
    /// Columns and rows of standard error's terminal.
    pub terminal_size: fn() -> Option<(usize, usize)>,
    /// Standard output, for data.
    pub stdout: RefCell<Box<dyn Write>>,
    /// Standard error, for messages.
    pub stderr: RefCell<Box<dyn Write>>,
    /// Whether standard input is a terminal.
    pub stdin_is_terminal: bool,
    /// Whether standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// Whether standard error is a terminal.
    pub stderr_is_terminal: bool,
    /// Columns of standard output's terminal, 80 if unknown.
    pub columns: fn() -> usize,
    /// What a signal does, and when it may end the program.
    pub signals: Signals,
    /// Whether text for people has styles.
    pub color: Cell<Color>,
    /// The spinner, while it is on the screen.
    pub spinner: RefCell<WeakProgressBar>,
}

impl Context {
    /// The context of this process.
    pub fn real() -> Self {
        let signals = Signals::default();
        Self {
            env: Box::new(real_env),
            home: real_home(),
            now: real_now,
            open_browser: Box::new(|url| open::that_detached(url)),
            hidden_input: HiddenInput::ask,
            in_container: real_in_container,
            terminal_size: real_terminal_size,
            stdout: RefCell::new(interruptible(io::stdout(), &signals)),
            stderr: RefCell::new(interruptible(io::stderr(), &signals)),
            stdin_is_terminal: io::stdin().is_terminal(),
            stdout_is_terminal: io::stdout().is_terminal(),
            stderr_is_terminal: io::stderr().is_terminal(),
            columns: real_columns,
            signals,
            color: Cell::default(),
            spinner: RefCell::default(),
        }
    }

    /// An environment variable; `None` when unset. Empty is a value. Bytes that are not UTF-8 are replaced.
    pub fn var(&self, name: &str) -> Option<String> {
        self.var_os(name).map(|value| value.into_string().unwrap_or_else(|value| value.to_string_lossy().into_owned()))
    }

    /// An environment variable as it is, for a path.
    pub fn var_os(&self, name: &str) -> Option<OsString> {
        (self.env)(name)
    }

    /// An environment variable; `None` when unset or empty.
    pub fn var_not_empty(&self, name: &str) -> Option<String> {
        self.var(name).filter(|value| !value.is_empty())
    }

    /// Whether this is continuous integration, by the variable `CI`.
    pub fn is_ci(&self) -> bool {
        self.var("CI").is_some_and(|ci| ci.eq_ignore_ascii_case("true") || ci == "1")
    }

    /// The home directory, which holds the cache: an existing directory below the root.
    pub fn require_home(&self) -> Result<&Path, Error> {
        let error = |message| Error::new(Kind::HomeUnusable, message);
        let home =
            self.home.as_deref().ok_or_else(|| error(format!("{HOME} is not set; set it to an absolute path")))?;
        let usable = home.is_absolute() && home.parent().is_some() && home.is_dir();
        let problem = || {
            format!(
                "{HOME} is `{}`, which is not an existing directory; set it to the absolute path of one",
                home.display()
            )
        };
        if usable { Ok(home) } else { Err(error(problem())) }
    }

    /// The wall clock's reading.
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// The columns of the terminal that standard output is.
    pub fn columns(&self) -> usize {
        Some((self.columns)()).filter(|columns| *columns > 0).unwrap_or(80)
    }

    /// Columns and rows of the terminal that standard error is; `None` if it is not a terminal or the size is unknown.
    pub fn terminal_size(&self) -> Option<(usize, usize)> {
        if self.stderr_is_terminal { (self.terminal_size)() } else { None }
    }

    /// All of standard input.
    pub fn read_stdin(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Writes data to standard output and flushes it. The error names the stream and keeps its kind.
    pub fn print(&self, data: &[u8]) -> io::Result<()> {
        let mut stdout = self.stdout.borrow_mut();
        let written = self.above_spinner(|| stdout.write_all(data).and_then(|()| stdout.flush()));
        written.map_err(|error| io::Error::new(error.kind(), format!("cannot write to standard output: {error}")))
    }

    /// Writes text to standard error as it is; a failure is ignored.
    pub fn write_stderr(&self, text: &str) {
        let mut stderr = self.stderr.borrow_mut();
        let _ = self.above_spinner(|| stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush()));
    }

    /// Writes untrusted data to standard output: as it is to a pipe, and without control characters to a terminal.
    pub fn print_text(&self, text: &str) -> io::Result<()> {
        if self.stdout_is_terminal {
            return self.print(text::data_for_terminal(text).as_bytes());
        }
        self.print(text.as_bytes())
    }

    /// Writes one line to standard error, without control characters; a failure is ignored.
    pub fn message(&self, line: &str) {
        self.styled_message(&text::data_for_terminal(line));
    }

    /// Writes a warning in the same way.
    pub fn warn(&self, warning: impl fmt::Display) {
        let warning = text::data_for_terminal(&warning.to_string());
        self.styled_message(&format!("{} {warning}", self.paint(Style::Caution, "WARNING:")));
    }

    /// Writes one line to standard error, of pieces that are clean and painted; on a terminal it is wrapped at blanks.
    pub fn styled_message(&self, line: &str) {
        match self.terminal_size() {
            Some((columns, _)) => self.write_stderr(&(text::wrapped(line, columns) + "\n")),
            None => self.write_stderr(&format!("{line}\n")),
        }
    }

    /// The local time, with the date if that is not today; UTC if the time zone is unknown.
    pub fn local_time(&self, time: Timestamp) -> String {
        let local = |time: Timestamp| {
            let time = OffsetDateTime::from(time);
            UtcOffset::local_offset_at(time).map_or(time, |offset| time.to_offset(offset))
        };
        let (time, today) = (local(time), local(self.now()).date());
        let date = if time.date() == today { String::new() } else { format!("{}{NO_BREAK}", time.date()) };
        format!("{date}{:02}:{:02}", time.hour(), time.minute())
    }
}

/// Makes a panic restore the terminal, print its location and exit with code 255. The panic message is not printed, because
/// it may contain a secret, and the process does not abort, because a core file would contain its memory.
pub fn install_panic_hook() {
    std::panic::set_hook(Box::new(|panic| {
        #[cfg(unix)]
        restore_modes();
        let place = panic.location().map(|place| format!(" at {}:{}", source_file(place.file()), place.line()));
        let place = place.unwrap_or_default();
        let _ = writeln!(io::stderr(), "\nsso-oidc: [ERROR]: internal error{place}\nhint: please report this bug");
        exit(255);
    }));
}

/// The path of a source file, for one of a dependency from the name of the package on: what precedes it is the home directory
/// of the person who built the program.
fn source_file(path: &str) -> String {
    if Path::new(path).is_relative() {
        return path.to_owned();
    }
    let parts: Vec<_> = Path::new(path).iter().map(|part| part.to_string_lossy()).collect();
    let package = parts.iter().rposition(|part| part == "src").unwrap_or(parts.len()).saturating_sub(1);
    parts[package..].join("/")
}

/// Ends the process: after a panic, and with the exit code of a program that took its place.
#[expect(clippy::disallowed_methods, reason = "the one place that ends the process")]
pub fn exit(code: i32) -> ! {
    std::process::exit(code)
}

#[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
fn real_env(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// `SSL_CERT_FILE` of the process, which `rustls-native-certs` reads itself.
pub fn ssl_cert_file() -> Option<OsString> {
    real_env("SSL_CERT_FILE")
}

#[expect(clippy::disallowed_methods, reason = "the one place where the home directory is read")]
fn real_home() -> Option<PathBuf> {
    // On Windows `dirs` ignores the variable, which Python and the SDKs prefer.
    let variable = if cfg!(windows) { std::env::var_os(HOME).filter(|home| !home.is_empty()) } else { None };
    variable.map(PathBuf::from).or_else(dirs::home_dir)
}

#[cfg(unix)]
fn real_columns() -> usize {
    rustix::termios::tcgetwinsize(io::stdout()).map_or(80, |size| size.ws_col.into())
}

/// Like the AWS CLI, which does not query the Windows console.
#[cfg(not(unix))]
fn real_columns() -> usize {
    80
}

#[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
fn real_now() -> Timestamp {
    timestamp(SystemTime::now())
}

/// The clock's time; a time outside the calendar, which has the years to 9999, is the nearest one in it.
fn timestamp(clock: SystemTime) -> Timestamp {
    let since_1970 = clock.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::UNIX_EPOCH.saturating_add(since_1970.try_into().unwrap_or(time::Duration::MAX))
}

fn real_in_container() -> bool {
    ["/.dockerenv", "/run/.containerenv"].iter().any(|mark| std::path::Path::new(mark).exists())
}

#[cfg(unix)]
fn real_terminal_size() -> Option<(usize, usize)> {
    let size = rustix::termios::tcgetwinsize(io::stderr()).ok()?;
    Some((usize::from(size.ws_col), usize::from(size.ws_row))).filter(|(columns, rows)| *columns > 0 && *rows > 0)
}

#[cfg(not(unix))]
fn real_terminal_size() -> Option<(usize, usize)> {
    None
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    #[cfg(unix)]
    use super::source_file;
    use super::{Timestamp, timestamp};

    #[test]
    fn a_clock_outside_the_calendar_is_at_its_end() {
        let at = |seconds| timestamp(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(253_402_300_799).unix_timestamp(), 253_402_300_799);
        assert_eq!(at(253_402_300_800), Timestamp::MAX);
        // Windows has no time after 30828.
        assert_eq!(at(900_000_000_000), Timestamp::MAX);
        assert_eq!(timestamp(SystemTime::UNIX_EPOCH - Duration::from_secs(1)), Timestamp::UNIX_EPOCH);
    }

    #[cfg(unix)]
    #[test]
    fn source_files_are_named_without_the_home_of_the_builder() {
        for (path, shown) in [
            ("src/http/mod.rs", "src/http/mod.rs"),
            (
                "/home/me/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/time-0.3.1/src/date.rs",
                "time-0.3.1/src/date.rs",
            ),
            ("/rustc/4a4ef493e3a1488c6e321570238084b38948f6db/library/core/src/option.rs", "core/src/option.rs"),
            ("/home/me/build.rs", "build.rs"),
            ("/", "/"),
        ] {
            assert_eq!(source_file(path), shown);
        }
    }
}
