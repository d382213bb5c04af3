//! `completion`: the script that lets a shell complete our words, and what the scripts ask when somebody presses the key.
//!
//! The scripts are the files of `completions/`. They know no command and no option: they hand over the words of the line and
//! are told, one a line, the values that may stand in place of the last one, each with a tab and its description. How a
//! value is quoted is the shell's business. Nothing is ever said on standard error, whatever the files hold.

use super::candidates;
use crate::cli::{CompletionArgs, Shell};
use crate::context::Context;
use crate::text;

/// Prints the script of a shell, or what may stand in place of the last word.
pub(super) fn run(args: &CompletionArgs, context: &Context) -> anyhow::Result<()> {
    if args.words.is_empty() {
        context.print(script(args.shell).as_bytes())?;
        return Ok(());
    }
    let words = args.words.iter().map(|word| meant(&word.to_string_lossy(), args.shell));
    let mut lines = String::new();
    for (value, description) in candidates::of(&words.collect::<Vec<_>>(), context) {
        // A value that would be another one on the terminal cannot be typed by completion.
        if text::for_terminal(&value) == value {
            lines.extend([value.as_str(), "\t", &text::for_terminal(&description), "\n"]);
        }
    }
    context.print(lines.as_bytes())?;
    Ok(())
}

fn script(shell: Shell) -> &'static str {
    match shell {
        Shell::Bash => include_str!("../../completions/sso-oidc.bash"),
        Shell::Zsh => include_str!("../../completions/_sso-oidc"),
        Shell::Fish => include_str!("../../completions/sso-oidc.fish"),
        Shell::Powershell => include_str!("../../completions/_sso-oidc.ps1"),
        Shell::Elvish => include_str!("../../completions/sso-oidc.elv"),
    }
}

/// The word that a shell means. Bash hands words over as they were typed; PowerShell loses an empty one, so its script puts
/// a dot at the end of each.
fn meant(word: &str, shell: Shell) -> String {
    match shell {
        Shell::Bash => unquoted(word),
        Shell::Powershell => word.strip_suffix('.').unwrap_or(word).to_owned(),
        Shell::Zsh | Shell::Fish | Shell::Elvish => word.to_owned(),
    }
}

/// A word without the quoting of a POSIX shell; a quotation may still be open.
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
    fn a_word_of_bash_is_what_bash_means_although_it_is_not_finished() {
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
