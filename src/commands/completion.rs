//! `completion`: prints a shell's completion script, and the completions that the script requests.
//!
//! The scripts in `completions/` contain no commands or options: they pass the words of the command line and read the
//! completions of the last word, one per line, each followed by a tab and its description. The shell quotes the values.
//! Nothing is printed on standard error, whatever the config files contain.

use super::{candidates, shell_of_user};
use crate::cli::{COMPLETION_SHELLS, CompletionArgs, help_hint};
use crate::context::Context;
use crate::error::{Error, Kind, expected};
use crate::text;

/// Prints the script of a shell, or the completions of the last word.
pub(super) fn run(args: &CompletionArgs, context: &Context) -> anyhow::Result<()> {
    let shell = args.shell.clone().or_else(|| shell_of_user(context)).unwrap_or_default();
    if args.words.is_empty() {
        let script = script(&shell).ok_or_else(|| no_script(&shell))?;
        context.print(script.as_bytes())?;
        return Ok(());
    }
    let words = args.words.iter().map(|word| unescape_word(&word.to_string_lossy(), &shell));
    let mut lines = String::new();
    for (value, description) in candidates::of(&words.collect::<Vec<_>>(), context) {
        // A value with characters that a terminal does not show cannot be completed.
        if text::for_terminal(&value) == value {
            lines.extend([value.as_str(), "\t", &text::for_terminal(&description), "\n"]);
        }
    }
    context.print(lines.as_bytes())?;
    Ok(())
}

/// The error about a shell that only the variable SHELL can name.
fn no_script(shell: &str) -> Error {
    let what = match text::for_terminal(shell) {
        name if name.is_empty() => "Missing SHELL".to_owned(),
        name => format!("No completion script for `{name}` (from the environment variable SHELL)"),
    };
    let message = format!("{what}; {}", expected(&COMPLETION_SHELLS));
    Error::new(Kind::Usage, message).hint(help_hint(Some("completion"), false))
}

fn script(shell: &str) -> Option<&'static str> {
    Some(match shell {
        "bash" => include_str!("../../completions/sso-oidc.bash"),
        "zsh" => include_str!("../../completions/_sso-oidc"),
        "fish" => include_str!("../../completions/sso-oidc.fish"),
        "powershell" => include_str!("../../completions/_sso-oidc.ps1"),
        "elvish" => include_str!("../../completions/sso-oidc.elv"),
        _ => return None,
    })
}

/// Removes the shell's quoting. Bash passes words as typed; PowerShell drops empty words, so its script appends a dot
/// to each.
fn unescape_word(word: &str, shell: &str) -> String {
    match shell {
        "bash" => unquoted(word),
        "powershell" => word.strip_suffix('.').unwrap_or(word).to_owned(),
        _ => word.to_owned(),
    }
}

/// Removes the quoting of a POSIX shell; a quote may still be open.
fn unquoted(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    let mut quote = None;
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if letter == open => quote = None,
            (None, '\\') => plain.extend(letters.next()),
            (Some('"'), '\\') => {
                plain.push(letters.next_if(|next| matches!(next, '"' | '\\' | '$' | '`')).unwrap_or(letter));
            }
            _ => plain.push(letter),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn quoting_of_bash_is_removed_even_if_it_is_open() {
        for (word, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("my\\ d", "my d"),
            ("my\\", "my"),
            ("'my d", "my d"),
            ("'a\\b'c", "a\\bc"),
            ("\"my \\\"d\\x", "my \"d\\x"),
            ("--profile=\"a b\"'c d", "--profile=a bc d"),
        ] {
            assert_eq!(unquoted(word), expected, "{word}");
        }
    }
}
