//! The redirect by hand: where the browser cannot reach this machine, a person pastes the URL it was redirected to, or the
//! code.
//!
//! The terminal's echo and its line editing are off meanwhile, because the URL is a secret and may be longer than a
//! terminal's line. A URL must carry our state; a bare code is bound to this login by PKCE (RFC 7636). What a redirect
//! means is decided in `callback`.

use super::callback::{AuthorizationResponse, Verdict, judge_query};
use super::notice::Notices;
use super::pkce::State;
use crate::context::Context;
use crate::secret::Secret;

/// Waits for a usable line on the terminal; forever without a terminal. `gap`: the text before does not end with an empty
/// line.
pub(super) async fn answer(
    context: &Context,
    state: &State,
    notices: &Notices<'_>,
    gap: bool,
) -> AuthorizationResponse {
    let Some(mut terminal) = terminal::Terminal::open(context) else { return std::future::pending().await };
    notices.paste_prompt(gap);
    loop {
        let Some(line) = terminal.line().await else { return std::future::pending().await };
        match read(line.expose(), state) {
            Ok(response) => return response,
            Err(Some(problem)) => notices.not_pasted(problem),
            Err(None) => {}
        }
    }
}

/// What a pasted line means; an empty one is ignored.
fn read(line: &str, state: &State) -> Result<AuthorizationResponse, Option<&'static str>> {
    let line = line.trim();
    if line.is_empty() {
        return Err(None);
    }
    let Some((_, query)) = line.split_once('?') else {
        let is_code = line.bytes().all(|byte| byte.is_ascii_graphic()) && !line.contains("://");
        return if is_code {
            Ok(AuthorizationResponse::Code(Secret::new(line)))
        } else {
            Err(Some("that is not a redirect URL or a code"))
        };
    };
    match judge_query(query.split('#').next().unwrap_or_default(), state) {
        Verdict::Answer(response) => Ok(response),
        Verdict::UnboundError(_) => Err(Some("that URL has an error and no matching state")),
        Verdict::Refuse(_) => Err(Some("that URL is not the redirect of this login")),
    }
}

#[cfg(unix)]
mod terminal {
    use std::fs::{File, OpenOptions};
    use std::io::ErrorKind;
    use std::io::Read as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    use std::time::Duration;

    use rustix::fs::OFlags;
    use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp, tcsetattr};

    use crate::context::Context;
    use crate::secret::Secret;

    /// How often the terminal is read: tokio has no safe way to be woken by a terminal.
    const POLL_INTERVAL: Duration = Duration::from_millis(50);
    /// The longest line.
    const LONGEST: usize = 16 * 1024;

    /// The controlling terminal, without echo and line editing until dropped, but for the time in the background: to read
    /// it there, or to change its modes, would stop us (POSIX job control).
    pub(super) struct Terminal {
        tty: File,
        before: Termios,
    }

    impl Terminal {
        /// `None` without a terminal, and in the background, where a terminal must be left alone.
        pub(super) fn open(context: &Context) -> Option<Self> {
            if !context.stdin_is_terminal || !context.stderr_is_terminal {
                return None;
            }
            let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
            let tty = OpenOptions::new().read(true).write(true).custom_flags(flags).open("/dev/tty").ok()?;
            let before = tcgetattr(&tty).ok()?;
            let terminal = Self { tty, before };
            (terminal.in_foreground() && terminal.disable_echo().is_ok()).then_some(terminal)
        }

        /// Whether this process may use the terminal now.
        fn in_foreground(&self) -> bool {
            tcgetpgrp(&self.tty).is_ok_and(|group| group == rustix::process::getpgrp())
        }

        fn disable_echo(&self) -> rustix::io::Result<()> {
            let mut modes = self.before.clone();
            modes.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
            modes.special_codes[SpecialCodeIndex::VMIN] = 1;
            tcsetattr(&self.tty, OptionalActions::Now, &modes)
        }

        /// The next line; none when the terminal is gone.
        pub(super) async fn line(&mut self) -> Option<Secret> {
            let mut line = Vec::new();
            let mut was_in_background = false;
            loop {
                if !self.in_foreground() {
                    was_in_background = true;
                    tokio::time::sleep(POLL_INTERVAL).await;
                    continue;
                }
                if std::mem::take(&mut was_in_background) {
                    // The shell has reset the terminal meanwhile.
                    self.disable_echo().ok()?;
                }
                let mut bytes = [0; 1024];
                let read = match self.tty.read(&mut bytes) {
                    Ok(0) => return None,
                    Ok(read) => read,
                    Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                        tokio::time::sleep(POLL_INTERVAL).await;
                        continue;
                    }
                    Err(_) => return None,
                };
                for byte in bytes.iter().take(read) {
                    match byte {
                        b'\r' | b'\n' => return Some(Secret::new(String::from_utf8_lossy(&line))),
                        8 | 127 => drop(line.pop()),
                        // Ctrl-U, as with line editing.
                        21 => line.clear(),
                        byte if line.len() < LONGEST => line.push(*byte),
                        _ => {}
                    }
                }
            }
        }
    }

    impl Drop for Terminal {
        fn drop(&mut self) {
            if self.in_foreground() {
                let _ = tcsetattr(&self.tty, OptionalActions::Now, &self.before);
            }
        }
    }
}

#[cfg(not(unix))]
mod terminal {
    use crate::context::Context;
    use crate::secret::Secret;

    /// Other consoles have no such modes for safe code; the browser is on the same machine there.
    pub(super) struct Terminal;

    impl Terminal {
        pub(super) fn open(_: &Context) -> Option<Self> {
            None
        }

        pub(super) async fn line(&mut self) -> Option<Secret> {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::login::callback::AuthorizationResponse;
    use crate::login::pkce::State;

    #[test]
    fn an_address_needs_our_state_and_a_code_needs_nothing() {
        let state = State::random().unwrap();
        let code = |line: &str| match read(line, &state) {
            Ok(AuthorizationResponse::Code(code)) => Some(code.expose().to_owned()),
            _ => None,
        };
        let address = format!(" http://127.0.0.1:4321/oauth/callback?code=abc&state={}#x \r", state.as_str());
        assert_eq!(code(&address).as_deref(), Some("abc"));
        assert_eq!(code("abc.DEF-1").as_deref(), Some("abc.DEF-1"));
        for line in [
            "",
            "  ",
            "two words",
            "http://127.0.0.1/",
            "http://x/?code=a&state=other",
            "http://x/?code=a",
            "http://x/?error=y",
        ] {
            assert_eq!(code(line), None, "{line}");
        }
    }
}
