//! `HiddenInput`: a line typed on the terminal without echo.
//!
//! It uses the controlling terminal, not the standard streams. Echo is off until the value is dropped, even if no line was
//! read. On Windows the line is shown, because std cannot turn echo off.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};

/// A prompt on the terminal; dropping it turns echo on again.
pub struct HiddenInput {
    terminal: File,
    #[cfg(unix)]
    before: rustix::termios::Termios,
}

#[cfg(unix)]
const INPUT: &str = "/dev/tty";
#[cfg(unix)]
const OUTPUT: &str = "/dev/tty";
#[cfg(not(unix))]
const INPUT: &str = "CONIN$";
#[cfg(not(unix))]
const OUTPUT: &str = "CONOUT$";

impl HiddenInput {
    /// Turns echo off and shows the prompt; an error when there is no terminal.
    pub fn ask(prompt: &str) -> io::Result<Self> {
        let terminal = OpenOptions::new().read(true).write(true).open(INPUT)?;
        let hidden = Self::without_echo(terminal)?;
        show(prompt)?;
        Ok(hidden)
    }

    #[cfg(unix)]
    fn without_echo(terminal: File) -> io::Result<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

        let before = tcgetattr(&terminal)?;
        let mut modes = before.clone();
        modes.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&terminal, OptionalActions::Flush, &modes)?;
        Ok(Self { terminal, before })
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "on Unix it can fail")]
    fn without_echo(terminal: File) -> io::Result<Self> {
        Ok(Self { terminal })
    }

    /// A function that reads the line without its ending, to be called on a thread that may block.
    pub fn line(&self) -> impl FnOnce() -> io::Result<String> + Send + 'static {
        let terminal = self.terminal.try_clone();
        move || {
            let mut line = String::new();
            if BufReader::new(terminal?).read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Ok(line.trim_end_matches(['\r', '\n']).to_owned())
        }
    }
}

impl Drop for HiddenInput {
    fn drop(&mut self) {
        #[cfg(unix)]
        {
            use rustix::termios::{OptionalActions, tcsetattr};
            // An error cannot be reported here; most shells restore the terminal themselves.
            let _ = tcsetattr(&self.terminal, OptionalActions::Flush, &self.before);
            // The newline that ended the input was not shown.
            let _ = show("\n");
        }
    }
}

fn show(text: &str) -> io::Result<()> {
    let mut screen = OpenOptions::new().write(true).open(OUTPUT)?;
    screen.write_all(text.as_bytes())?;
    screen.flush()
}
