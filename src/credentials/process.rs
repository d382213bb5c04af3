//! `credential_process`: a program that prints credentials as JSON (version 1).
//!
//! The command is split like by a POSIX shell (on Windows like by the C runtime) and runs without a shell. It inherits
//! standard input; its standard error is shown only if it fails. Unlike in the AWS CLI, it is killed after 10 minutes, or
//! after 1 MiB of output.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use aws_credential_types::Credentials;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use zeroize::Zeroizing;

use super::{expiry, retrieval_failed};
use crate::config;
use crate::context::Context;
use crate::error::{Error, Kind};

const PROVIDER: &str = "custom-process";

/// Long enough for a program that prompts the user.
const TIMEOUT: Duration = Duration::from_mins(10);

/// The longest output, in bytes: far more than credentials take.
const MAX_OUTPUT: u64 = 1 << 20;

/// The credentials that the program prints; `variable` is added to its environment.
pub(super) async fn keys(
    context: &Context,
    command: &str,
    variable: Option<&(&'static str, String)>,
) -> Result<Credentials, Error> {
    let words = if cfg!(windows) { windows_words(command) } else { config::shell_words(command) };
    let words = words.ok_or_else(|| Error::configuration("credential_process has an unclosed quote"))?;
    let Some((program, arguments)) = words.split_first() else {
        return Err(Error::configuration("credential_process is empty"));
    };
    let mut child = tokio::process::Command::from(context.command(program.as_ref()));
    child.args(arguments).envs(variable.map(|(name, value)| (name, value)));
    child.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let cannot_run = |error: std::io::Error| retrieval_failed(PROVIDER, format!("{program}: {error}"));
    let output = match tokio::time::timeout(TIMEOUT, output(child)).await {
        Ok(output) => output.map_err(cannot_run)?,
        Err(_) => return Err(retrieval_failed(PROVIDER, format!("{program} did not finish in 10 minutes"))),
    };
    let (status, printed, stderr) = output;
    if !status.success() {
        let stderr = String::from_utf8_lossy(&stderr);
        let is_silent = stderr.trim().is_empty();
        let why = if is_silent { format!("{program} failed ({status})").into() } else { stderr };
        let error = retrieval_failed(PROVIDER, why);
        // A login that this program needs, possibly run by another one, is needed here.
        let is_ours = words.iter().any(|word| word.contains(env!("CARGO_PKG_NAME")));
        let needs_login = is_ours && status.code() == Some(Kind::LoginNeeded.exit_code().into());
        return Err(if needs_login { error.as_kind(Kind::LoginNeeded) } else { error });
    }
    parse(&printed, context)
}

/// Runs the program, and kills it if it prints too much.
async fn output(
    mut command: tokio::process::Command,
) -> io::Result<(ExitStatus, Zeroizing<Vec<u8>>, Zeroizing<Vec<u8>>)> {
    let mut child = command.spawn()?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    tokio::try_join!(child.wait(), limited(stdout), limited(stderr))
}

async fn limited(pipe: Option<impl AsyncRead + Unpin>) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut output = Zeroizing::new(Vec::new());
    if let Some(pipe) = pipe {
        pipe.take(MAX_OUTPUT + 1).read_to_end(&mut output).await?;
    }
    if output.len() as u64 > MAX_OUTPUT {
        return Err(io::Error::other("it printed more than 1 MiB"));
    }
    Ok(output)
}

fn parse(printed: &[u8], context: &Context) -> Result<Credentials, Error> {
    let failed = |why: String| retrieval_failed(PROVIDER, why);
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] = printed {
        return Err(failed("its output is UTF-16; it must be UTF-8".to_owned()));
    }
    // PowerShell begins with a byte order mark.
    let printed = printed.strip_prefix("\u{feff}".as_bytes()).unwrap_or(printed);
    let Ok(Value::Object(document)) = serde_json::from_slice(printed) else {
        return Err(failed(format!("its output is not a JSON object ({} bytes)", printed.len())));
    };
    let version = document.get("Version").cloned().unwrap_or_else(|| Value::from("<Version key not provided>"));
    if version.as_f64() != Some(1.0) {
        let version = version.as_str().map_or_else(|| version.to_string(), str::to_owned);
        let text = format!("Unsupported version '{version}' for credential process provider, supported versions: 1");
        return Err(failed(text));
    }
    let member = |name: &str| document.get(name).and_then(Value::as_str);
    let required =
        |name: &str| member(name).ok_or_else(|| failed(format!("Missing required key in response: '{name}'")));
    let (access_key, secret_key) = (required("AccessKeyId")?, required("SecretAccessKey")?);
    let expires_at = member("Expiration").map(|text| expiry(text, context)).transpose()?;
    let token = member("SessionToken").map(str::to_owned);
    Ok(Credentials::new(access_key, secret_key, token, expires_at.map(Into::into), PROVIDER))
}

/// Splits like the Windows C runtime: blanks separate, double quotes group, a backslash escapes only before a quote.
/// `None` for an unclosed quote.
fn windows_words(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let (mut word, mut quoted) = (None::<String>, false);
    let mut rest = command.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\\' => {
                let mut count = 1;
                while rest.next_if_eq(&'\\').is_some() {
                    count += 1;
                }
                let escapes = rest.peek() == Some(&'"');
                let word = word.get_or_insert_default();
                word.extend(std::iter::repeat_n('\\', if escapes { count / 2 } else { count }));
                if escapes && count % 2 == 1 {
                    word.extend(rest.next());
                }
            }
            '"' => {
                word.get_or_insert_default();
                quoted = !quoted;
            }
            ' ' | '\t' if !quoted => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    (!quoted).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::windows_words;

    #[test]
    fn words_of_windows() {
        // Compared with botocore's `_windows_shell_split`.
        for (command, words) in [
            ("", Some(vec![])),
            (r"spam \", Some(vec!["spam", r"\"])),
            (r#""C:\Program Files\a.exe" x"#, Some(vec![r"C:\Program Files\a.exe", "x"])),
            (r#"a \"b "c\\" d e\\\"f"#, Some(vec!["a", "\"b", r"c\", "d", r#"e\"f"#])),
            (r#""" "a"b"#, Some(vec!["", "ab"])),
            (r#""a\\\"b c" d"#, Some(vec![r#"a\"b c"#, "d"])),
            ("a\t b  c", Some(vec!["a", "b", "c"])),
            (r"\\server\share x", Some(vec![r"\\server\share", "x"])),
            (r#"x "a b\""#, None),
        ] {
            let words = words.map(|words| words.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(windows_words(command), words, "{command}");
        }
    }
}
