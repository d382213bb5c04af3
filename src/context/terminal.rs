//! Input from the terminal: `HiddenInput`, a line typed without echo, and `KeyInput`, single keys; and the modes of the
//! terminal, which a panic restores, too.
//!
//! Both use the controlling terminal, not the standard streams. Echo is off until the value is dropped, even if nothing was
//! read. On Windows the line is shown, because std cannot turn echo off.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write as _};
#[cfg(unix)]
use std::sync::Mutex;
#[cfg(unix)]
use std::time::Duration;

use console::{Key, Term};
#[cfg(unix)]
use rustix::event::{PollFd, PollFlags, Timespec, poll};
#[cfg(unix)]
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};

/// The terminal whose modes were changed, its modes before, and how to restore them. Static, because a panic must find it.
#[cfg(unix)]
static CHANGED: Mutex<Option<(File, Termios, OptionalActions, &str)>> = Mutex::new(None);

/// Changes the modes of the terminal until [`restore_modes`], which also writes `end`; `action` says what happens to unread
/// input both times.
#[cfg(unix)]
pub fn change_modes(
    terminal: &File,
    action: OptionalActions,
    end: &'static str,
    change: impl FnOnce(&mut Termios),
) -> io::Result<()> {
    let mut modes = tcgetattr(terminal)?;
    let before = (terminal.try_clone()?, modes.clone(), action, end);
    change(&mut modes);
    tcsetattr(terminal, action, &modes)?;
    if let Ok(mut changed) = CHANGED.lock() {
        changed.get_or_insert(before);
    }
    Ok(())
}

/// Restores the modes of the terminal, except in the background, where that would stop the process (POSIX job control).
#[cfg(unix)]
pub fn restore_modes() {
    // A panic must not wait for a lock.
    let Ok(Some((mut terminal, before, action, end))) = CHANGED.try_lock().map(|mut changed| changed.take()) else {
        return;
    };
    if in_foreground(&terminal) {
        // An error cannot be reported here; most shells restore the terminal themselves.
        let _ = tcsetattr(&terminal, action, &before);
        let _ = terminal.write_all(end.as_bytes());
    }
}

/// Whether this process may use the terminal now.
#[cfg(unix)]
pub fn in_foreground(terminal: &File) -> bool {
    tcgetpgrp(terminal).is_ok_and(|group| group == rustix::process::getpgrp())
}

/// A prompt on the terminal; dropping it turns echo on again.
pub struct HiddenInput {
    terminal: File,
}

const INPUT: &str = if cfg!(unix) { "/dev/tty" } else { "CONIN$" };
const OUTPUT: &str = if cfg!(unix) { "/dev/tty" } else { "CONOUT$" };

/// Clears the screen from the row of the cursor on (ED), ends the marking of pastes and shows the cursor (DECTCEM).
#[cfg(unix)]
const END_LIST: &str = "\r\u{1b}[0J\u{1b}[?2004l\u{1b}[?25h";

impl HiddenInput {
    /// Turns echo off and shows the prompt; an error when there is no terminal.
    pub fn ask(prompt: &str) -> io::Result<Self> {
        let terminal = OpenOptions::new().read(true).write(true).open(INPUT)?;
        // The newline that ends the input is not shown.
        #[cfg(unix)]
        change_modes(&terminal, OptionalActions::Flush, "\n", |modes| modes.local_modes.remove(LocalModes::ECHO))?;
        let hidden = Self { terminal };
        OpenOptions::new().write(true).open(OUTPUT)?.write_all(prompt.as_bytes())?;
        Ok(hidden)
    }

    /// A function that reads the line without its ending, to be called on a thread that may block.
    pub fn line(&self) -> impl FnOnce() -> io::Result<String> + Send + 'static {
        let terminal = self.terminal.try_clone();
        move || line_of(BufReader::new(terminal?))
    }
}

/// Keys are not shown until this is dropped; then the terminal and its cursor are as before and the screen is clear from the
/// row of the cursor on. On Windows the modes of the console are not changed.
pub struct KeyInput(());

/// How often the terminal is looked at: tokio has no safe way to be woken by a terminal.
#[cfg(unix)]
const POLL_INTERVAL: Duration = Duration::from_millis(20);

impl KeyInput {
    /// Turns echo and line editing off. Ctrl-C and Ctrl-Z are keys, too.
    pub fn start() -> io::Result<Self> {
        let keys = Self(());
        #[cfg(unix)]
        {
            let mut terminal = OpenOptions::new().read(true).write(true).open(INPUT)?;
            change_modes(&terminal, OptionalActions::Now, END_LIST, |modes| {
                let output = modes.output_modes;
                modes.make_raw();
                modes.output_modes = output;
            })?;
            // Hides the cursor, has a paste put between escape sequences, and ends the mode in which arrow keys have others
            // than `console` knows (DECCKM), which a program may have left.
            terminal.write_all(b"\x1b[?25l\x1b[?2004h\x1b[?1l")?;
        }
        Ok(keys)
    }

    /// The next key. On Unix no other thread reads it: `console` changes the modes of the terminal meanwhile, and could do so
    /// after they are restored.
    pub async fn next(&self) -> io::Result<Key> {
        #[cfg(unix)]
        {
            // A signal is noticed while keys follow each other, too.
            tokio::task::yield_now().await;
            // Also true when the terminal is gone.
            let has_key = || poll(&mut [PollFd::new(&io::stdin(), PollFlags::IN)], Some(&Timespec::default())) != Ok(0);
            while !has_key() {
                tokio::time::sleep(POLL_INTERVAL).await;
            }
            Term::stderr().read_key()
        }
        #[cfg(not(unix))]
        tokio::task::spawn_blocking(|| Term::stderr().read_key()).await?
    }
}

impl Drop for KeyInput {
    fn drop(&mut self) {
        #[cfg(unix)]
        restore_modes();
        #[cfg(not(unix))]
        let _ = Term::stderr().clear_to_end_of_screen();
    }
}

/// Reads a line of standard input without its ending.
pub fn stdin_line() -> io::Result<String> {
    line_of(io::stdin().lock())
}

fn line_of(mut input: impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if input.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

impl Drop for HiddenInput {
    fn drop(&mut self) {
        #[cfg(unix)]
        restore_modes();
    }
}
