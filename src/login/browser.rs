//! Which program opens the URL, and how: `--browser-command`, `BROWSER`, else the system's default.
//!
//! The program gets the URL as one argument without a shell and is not waited for. Its output is discarded, and Ctrl-C
//! in our terminal does not reach it. Whether a URL may be opened at all is decided in `text`.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use super::Attempt;
use crate::context::Context;
use crate::{endpoint, text};

/// The placeholders for the URL in a command: ours and that of Python's webbrowser module, which the AWS CLI uses.
const PLACEHOLDERS: [&str; 2] = ["{url}", "%s"];

/// Opens the browser, if enabled, possible and the URL is valid, and returns whether it started. A failure is only reported,
/// because the URL is also printed.
pub(super) fn show(attempt: &Attempt<'_>, url: &str) -> bool {
    let (choices, context) = (attempt.request.choices, attempt.context());
    let command = choices.browser_command.as_deref().or(attempt.session.browser_command.as_deref());
    let has_browser = || command.is_some() || context.var_not_empty("BROWSER").is_some();
    // AWS's text announces the attempt, so that its failure must be reported.
    let is_hopeless = || attempt.notices().for_a_person && !has_browser() && no_display(context).is_some();
    if choices.no_browser || is_hopeless() {
        return false;
    }
    let opened = match text::browser_url(url, endpoint::is_loopback(&attempt.oidc.endpoint)) {
        Ok(url) => {
            open(context, command, url.as_str()).map_err(|error| format!("the browser could not be opened: {error}"))
        }
        Err(why) => Err(format!("the URL was not opened in a browser: {why}")),
    };
    opened.inspect_err(|failure| attempt.notices().message(failure)).is_ok()
}

/// Why no browser can be opened on this machine, if so.
pub(super) fn no_display(context: &Context) -> Option<&'static str> {
    let set = |name: &str| context.var_not_empty(name).is_some();
    if set("DISPLAY") || set("WAYLAND_DISPLAY") || variable_names_a_program(context) {
        return None;
    }
    let ssh = set("SSH_CONNECTION") || set("SSH_CLIENT") || set("SSH_TTY");
    let wsl = set("WSL_DISTRO_NAME") || set("WSL_INTEROP");
    [
        (ssh, "this is an SSH session without a display"),
        ((context.in_container)(), "this is a container without a display"),
        (cfg!(target_os = "linux") && !wsl, "this machine has no display"),
    ]
    .into_iter()
    .find_map(|(holds, reason)| holds.then_some(reason))
}

/// Opens the URL with the first program that starts: `command`, the entries of `BROWSER`, the system's opener.
fn open(context: &Context, command: Option<&str>, url: &str) -> io::Result<()> {
    if let Some(command) = command {
        return start(context, command, url);
    }
    let Some(browsers) = context.var_not_empty("BROWSER") else {
        // Its message is technical and repeats the URL.
        let advice = "no browser found; set BROWSER or use --browser-command";
        return (context.open_browser)(url).map_err(|_| io::Error::other(advice));
    };
    let mut outcome = Err(io::Error::from(io::ErrorKind::NotFound));
    for browser in entries(&browsers) {
        outcome = start(context, browser, url);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

/// `BROWSER` is a list like `PATH`.
const LIST_SEPARATOR: char = if cfg!(windows) { ';' } else { ':' };

fn entries(browsers: &str) -> impl Iterator<Item = &str> {
    browsers.split(LIST_SEPARATOR).filter(|browser| !browser.trim().is_empty())
}

/// Whether `BROWSER` names a program that exists.
fn variable_names_a_program(context: &Context) -> bool {
    let exists = |program: &String| context.find_program(program.as_ref()).is_some();
    let browsers = context.var_not_empty("BROWSER").unwrap_or_default();
    entries(&browsers).any(|entry| program_and_arguments(entry).first().is_some_and(exists))
}

/// A command without a placeholder that is a file as a whole is the program, as in Python: its path may have blanks.
fn program_and_arguments(command: &str) -> Vec<String> {
    let is_program = placeholder(command).is_none() && Path::new(command.trim()).is_file();
    if is_program { vec![command.trim().to_owned()] } else { words(command) }
}

fn placeholder(command: &str) -> Option<&'static str> {
    PLACEHOLDERS.into_iter().find(|placeholder| command.contains(placeholder))
}

fn start(context: &Context, command: &str, url: &str) -> io::Result<()> {
    let placeholder = placeholder(command);
    let mut words = program_and_arguments(command).into_iter();
    let program = words.next().ok_or(io::ErrorKind::NotFound)?;
    let arguments = words.filter(|word| word != "&").map(|word| match placeholder {
        Some(placeholder) => word.replace(placeholder, url),
        None => word,
    });
    let at_end = placeholder.is_none().then(|| url.to_owned());
    let mut command = context.command(program.as_ref());
    command.args(arguments.chain(at_end)).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    detach(&mut command);
    command.spawn().map(drop).map_err(|error| io::Error::new(error.kind(), format!("{program}: {error}")))
}

#[cfg(unix)]
fn detach(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    // A separate process group: Ctrl-C reaches only the foreground group.
    command.process_group(0);
}

#[cfg(windows)]
fn detach(command: &mut Command) {
    use std::os::windows::process::CommandExt as _;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
    command.creation_flags(CREATE_NEW_PROCESS_GROUP);
}

/// Splits a command at blanks outside single and double quotes. A backslash is an ordinary character, because Windows
/// paths have them.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in command.chars() {
        match quote {
            Some(end) if c == end => quote = None,
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn commands_are_split_at_blanks_outside_quotes() {
        for (command, expected) in [
            ("firefox", vec!["firefox"]),
            (" firefox  -P 'my profile'  ", vec!["firefox", "-P", "my profile"]),
            (r#""C:\Program Files\x.exe" --url={url}"#, vec![r"C:\Program Files\x.exe", "--url={url}"]),
            ("a '' b", vec!["a", "", "b"]),
            ("", vec![]),
        ] {
            assert_eq!(words(command), expected, "{command}");
        }
    }
}
