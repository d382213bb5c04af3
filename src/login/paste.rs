//! The pasted redirect: where the browser cannot reach this machine, the user pastes the URL it was redirected to, or
//! the code.
//!
//! The terminal's echo and its line editing are off meanwhile, because the URL is a secret and may be longer than a
//! terminal's line. A URL must have this login's state; a bare code is bound to this login by PKCE (RFC 7636).
//! `callback` parses the redirect.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use rustix::fs::OFlags;
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex};

use super::Attempt;
use super::callback::{AuthorizationResponse, Refusal, judge_query};
use super::pkce::State;
use crate::context::{Context, change_modes, in_foreground, restore_modes};
use crate::secret::Secret;

/// How often the terminal is read: tokio has no safe way to be woken by a terminal.
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// The length of the shortest code; real ones are longer. Shorter words are commands or passwords typed ahead.
const SHORTEST_CODE: usize = 20;
/// The longest line.
const LONGEST: usize = 16 * 1024;

/// Waits for a usable line on the terminal; forever without a terminal.
pub(super) async fn pasted(attempt: &Attempt<'_>, state: &State) -> AuthorizationResponse {
    let Some(mut terminal) = Terminal::open(attempt.context()) else { return std::future::pending().await };
    attempt.notices().paste_prompt(attempt.request.choices.no_browser);
    loop {
        let Some(line) = terminal.line().await else { return std::future::pending().await };
        match read(line.expose(), state) {
            Ok(response) => return response,
            Err(Some(problem)) => attempt.notices().message(problem),
            Err(None) => {}
        }
    }
}

/// What a pasted line means; an empty one is ignored.
fn read(line: &str, state: &State) -> Result<AuthorizationResponse, Option<&'static str>> {
    // Copied out of a mail or a command.
    let line = line.trim_matches(|c: char| c.is_whitespace() || "\"'`<>".contains(c));
    if line.is_empty() {
        return Err(None);
    }
    let Some((_, query)) = line.split_once('?') else {
        // Copied out of a URL it may be escaped.
        let code = percent_decode_str(line).decode_utf8_lossy();
        return if is_code(&code) {
            Ok(AuthorizationResponse::Code(Secret::new(code)))
        } else {
            Err(Some("that is not a redirect URL or a code"))
        };
    };
    let query: Secret = Secret::new(query.split('#').next().unwrap_or_default().split_whitespace().collect::<String>());
    judge_query(query.expose(), state).map_err(|refusal| {
        Some(match refusal {
            Refusal::ErrorWithoutState => "that URL has an error and no matching state",
            _ => "that URL is not the redirect of this login",
        })
    })
}

/// Whether this may be an authorization code: one word of base64, base64url or of a token such as a JWT.
fn is_code(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    text.len() >= SHORTEST_CODE && text.trim_end_matches('=').bytes().all(is_part)
}

/// The controlling terminal, without echo and line editing until dropped, except in the background, where reading it or
/// changing its modes would stop the process (POSIX job control).
struct Terminal {
    tty: File,
    /// What was read after the end of the last line.
    unread: VecDeque<u8>,
}

impl Terminal {
    /// `None` without a terminal, and in the background, where the terminal must not be changed.
    fn open(context: &Context) -> Option<Self> {
        if !context.stdin_is_terminal || !context.stderr_is_terminal {
            return None;
        }
        let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
        let tty = OpenOptions::new().read(true).write(true).custom_flags(flags).open("/dev/tty").ok()?;
        let terminal = Self { tty, unread: VecDeque::new() };
        (in_foreground(&terminal.tty) && terminal.disable_echo().is_ok()).then_some(terminal)
    }

    fn disable_echo(&self) -> std::io::Result<()> {
        change_modes(&self.tty, OptionalActions::Now, "", |modes| {
            modes.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
            modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        })
    }

    /// The next line; `None` if the terminal is gone. A URL that was copied in several lines is one line.
    async fn line(&mut self) -> Option<Secret> {
        let mut line = Vec::new();
        loop {
            while let Some(byte) = self.unread.pop_front() {
                match byte {
                    b'\r' | b'\n' if is_url(&line) && self.continues().await => {}
                    b'\r' | b'\n' => return Some(Secret::new(String::from_utf8_lossy(&line))),
                    8 | 127 => drop(line.pop()),
                    // Ctrl-U, as with line editing.
                    21 => line.clear(),
                    byte if line.len() < LONGEST => line.push(byte),
                    _ => {}
                }
            }
            if !self.read().await? {
                tokio::time::sleep(POLL_INTERVAL).await;
            }
        }
    }

    /// Whether more of a paste follows; a person types no line that fast.
    async fn continues(&mut self) -> bool {
        if self.unread.is_empty() {
            tokio::time::sleep(POLL_INTERVAL).await;
            self.read().await;
        }
        !self.unread.is_empty()
    }

    /// Reads what is there, in the foreground, and returns whether there was anything; `None` if the terminal is gone.
    async fn read(&mut self) -> Option<bool> {
        if !in_foreground(&self.tty) {
            while !in_foreground(&self.tty) {
                tokio::time::sleep(POLL_INTERVAL).await;
            }
            // The shell has reset the terminal meanwhile.
            self.disable_echo().ok()?;
        }
        let mut bytes = [0; 1024];
        match self.tty.read(&mut bytes) {
            Ok(0) => None,
            Ok(read) => {
                self.unread.extend(bytes.iter().take(read));
                Some(true)
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Some(false),
            Err(_) => None,
        }
    }
}

/// Whether a line starts a URL. Other lines may be commands or passwords and are not joined, because they could become a
/// code.
fn is_url(line: &[u8]) -> bool {
    line.contains(&b'?') || line.windows(3).any(|part| part == b"://")
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore_modes();
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::login::callback::AuthorizationResponse;
    use crate::login::pkce::State;

    #[test]
    fn a_pasted_url_must_carry_the_state() {
        let state = State::random().unwrap();
        let code = |line: &str| match read(line, &state) {
            Ok(AuthorizationResponse::Code(code)) => Some(code.expose().to_owned()),
            _ => None,
        };
        let address = format!(" http://127.0.0.1:4321/oauth/callback?code=abc&state={}#x \r", state.as_str());
        assert_eq!(code(&address).as_deref(), Some("abc"));
        let address = address.trim();
        let broken = address.replace("state=", "sta te=").replace("code=abc", "code=a\tbc");
        for line in [format!("'{address}'"), format!(" \"{address}\" "), format!("<{address}>"), format!("`{broken}`")]
        {
            assert_eq!(code(&line).as_deref(), Some("abc"), "{line}");
        }
        for (line, expected) in [
            ("'0123456789abcdef0123'", "0123456789abcdef0123"),
            ("eyJraWQiOiJhIn0.eyJz_dWIi-OiI~xIn0", "eyJraWQiOiJhIn0.eyJz_dWIi-OiI~xIn0"),
            ("0123456789+/456789==", "0123456789+/456789=="),
            ("0123456789%2B%2f456789%3D%3D", "0123456789+/456789=="),
        ] {
            assert_eq!(code(line).as_deref(), Some(expected));
        }
        for line in [
            "",
            "  ",
            "ls",
            "exit",
            "correct-horse-42",
            "two words that are long enough",
            "$(reboot)0123456789abcdef",
            "code=0123456789abcdef0123456789",
            "0123456789%0A0123456789",
            "http://127.0.0.1/",
            "http://127.0.0.1:12345/oauth/callback",
            "http://x/?code=a&state=other",
            "http://x/?code=a",
            "http://x/?error=y",
        ] {
            assert_eq!(code(line), None, "{line}");
        }
    }
}
