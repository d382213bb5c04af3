//! The program on a pseudo-terminal, which is its controlling terminal; the test reads its output and types into it.
//!
//! `setsid --ctty` makes it the controlling terminal; doing that between fork and exec ourselves would need unsafe
//! code. Linux only.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::pty::OpenptFlags;
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use super::environment::TestEnv;
use super::process::{code, send_signal};
use super::wait::DEADLINE;

/// How wide it is.
pub(crate) const COLUMNS: u16 = 110;

/// A terminal with the program on it.
pub(crate) struct Terminal {
    child: Child,
    keyboard: File,
    theirs: File,
    screen: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl TestEnv {
    /// Starts the program with all three streams on a terminal of [`COLUMNS`] and 50 rows.
    pub(crate) fn on_terminal(&self, args: &[&str]) -> Terminal {
        self.program_on_terminal(Path::new(env!("CARGO_BIN_EXE_sso-oidc")), args)
    }

    /// The same on a terminal of another size.
    pub(crate) fn on_terminal_of(&self, columns: u16, rows: u16, args: &[&str]) -> Terminal {
        self.start_on_terminal(columns, rows, Path::new(env!("CARGO_BIN_EXE_sso-oidc")), args)
    }

    /// The same with another program.
    pub(crate) fn program_on_terminal(&self, program: &Path, args: &[&str]) -> Terminal {
        self.start_on_terminal(COLUMNS, 50, program, args)
    }

    fn start_on_terminal(&self, columns: u16, rows: u16, program: &Path, args: &[&str]) -> Terminal {
        let ours = rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        rustix::pty::grantpt(&ours).unwrap();
        rustix::pty::unlockpt(&ours).unwrap();
        let name = rustix::pty::ptsname(&ours, Vec::new()).unwrap();
        let theirs = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        resize(&theirs, columns, rows);
        let mut command = Command::new("/usr/bin/setsid");
        command.args(["--ctty", "--wait"]).arg(program).args(args);
        self.apply_to(&mut command);
        let stream = || theirs.try_clone().unwrap();
        let child = command.stdin(stream()).stdout(stream()).stderr(stream()).spawn().unwrap();
        drop(command);
        let screen = Arc::new(Mutex::new(Vec::new()));
        let (mut output, shown) = (File::from(ours.try_clone().unwrap()), Arc::clone(&screen));
        let reader = thread::spawn(move || {
            let mut some = [0; 8192];
            while let Ok(n @ 1..) = output.read(&mut some) {
                shown.lock().unwrap().extend_from_slice(&some[..n]);
            }
        });
        Terminal { child, keyboard: File::from(ours), theirs, screen, reader: Some(reader) }
    }
}

impl Terminal {
    /// All that was written to it.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.screen.lock().unwrap()).into_owned()
    }

    /// Waits until `find` finds something in the output.
    pub(crate) fn wait_for<T>(&mut self, find: impl Fn(&str) -> Option<T>) -> T {
        let end = Instant::now() + DEADLINE;
        loop {
            if let Some(found) = find(&self.text()) {
                return found;
            }
            if Instant::now() > end {
                let _ = self.child.kill();
                panic!("not on the screen: {}", self.text());
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits for a word that contains this and is followed by something.
    pub(crate) fn word(&mut self, part: &str) -> String {
        self.wait_for(|text| {
            let at = text.find(part)?;
            let start = text[..at].rfind(char::is_whitespace).map_or(0, |blank| blank + 1);
            let end = start + text[start..].find(char::is_whitespace)?;
            Some(text[start..end].to_owned())
        })
    }

    /// Presses keys.
    pub(crate) fn type_in(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
    }

    /// Changes its size.
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        resize(&self.theirs, columns, rows);
    }

    /// Sends the program a signal by its name for `kill`.
    pub(crate) fn signal(&self, name: &str) {
        send_signal(self.child.id(), name);
    }

    /// Whether typed characters are shown and lines are edited, as a shell leaves it.
    pub(crate) fn echoes(&self) -> bool {
        let modes = tcgetattr(&self.theirs).unwrap().local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON)
    }

    /// Waits for the end; the exit code (of a signal its number, negative) and all that was written.
    pub(crate) fn finish(mut self) -> (i32, String, bool) {
        let end = Instant::now() + DEADLINE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > end {
                let _ = self.child.kill();
                panic!("it did not end: {}", self.text());
            }
            thread::sleep(Duration::from_millis(10));
        };
        let echoes = self.echoes();
        // The reader ends with the last holder of the other side.
        let Self { theirs, screen, reader, .. } = self;
        drop(theirs);
        drop(reader.map(JoinHandle::join));
        let text = String::from_utf8_lossy(&screen.lock().unwrap()).into_owned();
        (code(status), text, echoes)
    }
}

fn resize(terminal: &File, columns: u16, rows: u16) {
    tcsetwinsize(terminal, Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
}
