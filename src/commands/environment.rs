//! Credentials as environment variables: lines for a shell, and the environment of a command.
//!
//! The lines equal those of `aws configure export-credentials`, which neither quotes nor escapes, so a value with a
//! character that is special to a shell is refused.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io;
use std::process::Command;

use aws_credential_types::Credentials;
use zeroize::Zeroizing;

use crate::cache::timestamp;
use crate::context::Context;
#[cfg(windows)]
use crate::context::exit;
use crate::error::{Error, Kind};
use crate::python;

/// A shell's syntax to set a variable: the text before the name, between name and value, and after the value.
type Syntax = (&'static str, &'static str, &'static str);

/// JSON member, variable and value, in the order of `aws configure export-credentials`.
type Variables<'a> = Vec<(&'static str, &'static str, Zeroizing<String>)>;

/// Variables of other credentials, which a program might prefer or combine with these.
const OTHERS: [&str; 5] =
    ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION"];

/// The credentials in the given `--format`.
pub(super) fn render(credentials: &Credentials, format: &str) -> Result<Zeroizing<String>, Error> {
    let variables = variables(credentials);
    match format {
        "env" => lines(&variables, ("export ", "=", "")),
        "env-no-export" => lines(&variables, ("", "=", "")),
        "powershell" => lines(&variables, ("$Env:", "=\"", "\"")),
        "windows-cmd" => lines(&variables, ("set ", "=", "")),
        "fish" => lines(&variables, ("set -gx ", " \"", "\"")),
        _ => Ok(document(&variables)),
    }
}

fn variables(credentials: &Credentials) -> Variables<'_> {
    let secret = |text: &str| Zeroizing::new(text.to_owned());
    let mut variables = vec![
        ("AccessKeyId", "AWS_ACCESS_KEY_ID", secret(credentials.access_key_id())),
        ("SecretAccessKey", "AWS_SECRET_ACCESS_KEY", secret(credentials.secret_access_key())),
    ];
    if let Some(token) = credentials.session_token() {
        variables.push(("SessionToken", "AWS_SESSION_TOKEN", secret(token)));
    }
    if let Some(ends) = credentials.expiry() {
        // Python's isoformat.
        let ends = timestamp::format(ends.into()).replace('Z', "+00:00");
        variables.push(("Expiration", "AWS_CREDENTIAL_EXPIRATION", secret(&ends)));
    }
    variables
}

fn lines(variables: &Variables<'_>, (begin, middle, end): Syntax) -> Result<Zeroizing<String>, Error> {
    let mut text = Zeroizing::new(String::with_capacity(8 * 1024));
    for (member, name, value) in variables {
        if !is_plain(value) {
            let message = format!("{member} contains a character that is unsafe in a shell; nothing was printed");
            let hint =
                "use --format process, or run a command with the credentials: sso-oidc export-credentials -- COMMAND";
            return Err(Error::other(message).hint(hint));
        }
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{begin}{name}{middle}{}{end}", value.as_str());
    }
    Ok(text)
}

fn is_plain(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_.:@-".contains(&byte))
}

/// The output of a `credential_process`, version 1.
fn document(variables: &Variables<'_>) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(8 * 1024));
    text.push_str("{\n  \"Version\": 1");
    for (member, _, value) in variables {
        let _ = write!(text, ",\n  \"{member}\": ");
        text.push_str(&Zeroizing::new(python::dumps(value.as_str(), python::LINE)));
    }
    text.push_str("\n}\n");
    text
}

/// Runs a command with the credentials in its environment. The region is the chosen one, else that of the environment, else
/// the profile's. The command takes the place of this process, so this returns only on error.
pub(super) fn run(
    command: &[OsString],
    credentials: &Credentials,
    (chosen, of_profile): (Option<&str>, Option<&str>),
    context: &Context,
) -> Result<u8, Error> {
    let Some((program, arguments)) = command.split_first() else { return Ok(0) };
    let mut command = context.command(program);
    command.args(arguments);
    for name in OTHERS {
        command.env_remove(name);
    }
    command.envs(variables(credentials).iter().map(|(_, name, value)| (name, value.as_str())));
    // The profile itself is not passed on.
    let has_region = ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().any(|name| context.var_not_empty(name).is_some());
    if let Some(region) = chosen.or(of_profile.filter(|_| !has_region)) {
        command.env("AWS_REGION", region).env("AWS_DEFAULT_REGION", region);
    }
    let error = exec(command, context);
    let kind = if error.kind() == io::ErrorKind::NotFound { Kind::NotFound } else { Kind::NotExecutable };
    Err(Error::new(kind, format!("cannot run `{}`: {error}", program.to_string_lossy())))
}

#[cfg(unix)]
fn exec(mut command: Command, _: &Context) -> io::Error {
    use std::os::unix::process::CommandExt as _;
    command.exec()
}

/// Windows cannot replace a process. This one leaves Ctrl-C to the command, waits for it and ends with its exit code, which
/// may have 32 bits.
#[cfg(windows)]
fn exec(mut command: Command, context: &Context) -> io::Error {
    let interrupts = context.signals.leave_interrupts();
    match interrupts.and_then(|_interrupts| command.status()) {
        Ok(status) => exit(status.code().unwrap_or(1)),
        Err(error) => error,
    }
}

#[cfg(test)]
mod tests {
    use aws_credential_types::Credentials;

    use super::render;

    #[test]
    fn shell_metacharacters_are_refused() {
        let credentials =
            |key: &str, secret: &str, token: &str| Credentials::new(key, secret, Some(token.to_owned()), None, "test");
        for good in ["AKID", "a+/=_.:@-9"] {
            assert!(render(&credentials("AKID", good, "T"), "env").is_ok(), "{good}");
        }
        for bad in
            ["", "a b", "$(id)", "`id`", "a;b", "a\nb", "a'b", "a\"b", "a\\b", "a%b", "a&b", "é", "a|b", "a>b", "~"]
        {
            for format in ["env", "env-no-export", "powershell", "windows-cmd", "fish"] {
                let error = render(&credentials("AKID", "S", bad), format).unwrap_err().to_string();
                assert!(error.starts_with("SessionToken contains a character"), "{bad}: {error}");
            }
            assert!(render(&credentials("AKID", bad, "T"), "env").is_err(), "{bad}");
            assert!(render(&credentials("AKID", bad, "T"), "process").is_ok(), "{bad}");
        }
    }
}
