//! Command lines of `aws`: which of them this program answers, and which words of its own they are.
//!
//! The AWS CLI takes its global options anywhere, then the service, then the operation. Ours are `sso login`, `sso logout`
//! and `sso-oidc` with its four operations; the word of the service is taken out and the rest stays as it is. The program
//! answers so when it is called `aws`, or when `aws` is its first word.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::Command;

use super::pass::{self, Table};
use super::{Problem, UsageError, similar};

/// The operations of the service `sso-oidc`, and its help.
const OPERATIONS: [&str; 5] =
    ["create-token", "create-token-with-iam", "help", "register-client", "start-device-authorization"];

/// Whether the program is called as `aws`; the word that said so is then taken out, unless it is the program's name.
pub fn is_called(args: &mut Vec<OsString>) -> bool {
    let name = args.first().map(Path::new).and_then(Path::file_name);
    let by_name = name.is_some_and(|name| name == "aws" || name.eq_ignore_ascii_case("aws.exe"));
    let by_word = !by_name && args.get(1).is_some_and(|word| word == "aws");
    if by_word {
        args.remove(1);
    }
    by_name || by_word
}

/// Whether a command line of `aws`, its name first, is ours to answer, be it right or wrong.
pub fn is_ours(globals: &Command, args: &[OsString]) -> bool {
    !super::asks_version(args) && read(globals, args).is_ok_and(|found| found.is_some())
}

/// The words as our own, the program's name first.
pub fn own(globals: &Command, mut args: Vec<OsString>) -> Result<Vec<OsString>, UsageError> {
    let Some(Found { service, operation }) = read(globals, &args)? else { return Err(Problem::NotOurs.into()) };
    if operation.is_none() {
        return Err(Problem::CommandMissing.into());
    }
    if let Some(name) = operation.filter(|name| args[service] == *"sso-oidc" && !OPERATIONS.contains(&name.as_str())) {
        let maybe = similar::to(&name, OPERATIONS);
        return Err(Problem::UnknownCommand { maybe, name }.into());
    }
    args.remove(service);
    Ok(args)
}

/// A line that is ours.
struct Found {
    /// Where the word of the service stands.
    service: usize,
    operation: Option<String>,
}

/// The first pass of the AWS CLI: options that it knows, wherever they stand, then the service and the operation.
fn read(globals: &Command, args: &[OsString]) -> Result<Option<Found>, UsageError> {
    let before = args.iter().take_while(|word| *word != "--");
    // What is not text is no word of a service, and refused later if it is ours.
    let words: Vec<String> = before.skip(1).map(|word| OsStr::to_string_lossy(word).into_owned()).collect();
    let pass = pass::read(&Table::of(globals), &words)?;
    let mut plain = pass.rest.iter().filter(|left| left.is_plain);
    let Some(service) = plain.next() else { return Ok(None) };
    let operation = plain.next().map(|left| left.text.clone());
    let is_ours = match service.text.as_str() {
        "sso-oidc" => true,
        "sso" => matches!(operation.as_deref(), Some("login" | "logout")),
        _ => false,
    };
    Ok(is_ours.then_some(Found { service: service.at + 1, operation }))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::{is_called, is_ours, own};
    use crate::cli;

    fn args(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn ours_are_the_two_of_sso_and_all_of_sso_oidc() {
        for (line, expected) in [
            ("aws sso login", Ok("aws login")),
            ("aws sso logout --profile x", Ok("aws logout --profile x")),
            ("aws --profile sso sso login", Ok("aws --profile sso login")),
            ("aws --region=us-east-1 --debug sso-oidc register-client --client-name sso-oidc", {
                Ok("aws --region=us-east-1 --debug register-client --client-name sso-oidc")
            }),
            ("aws sso --profile x login --sso-session sso", Ok("aws --profile x login --sso-session sso")),
            ("aws sso-oidc help", Ok("aws help")),
            ("aws sso-oidc create-token help", Ok("aws create-token help")),
            ("aws sso-oidc create-token -- --profile", Ok("aws create-token -- --profile")),
            ("aws sso-oidc", Err(true)),
            ("aws sso-oidc login", Err(true)),
            ("aws sso", Err(false)),
            ("aws sso list-accounts", Err(false)),
            ("aws s3 ls", Err(false)),
            ("aws s3 cp sso login", Err(false)),
            ("aws configure sso", Err(false)),
            ("aws --profile sso login", Err(false)),
            ("aws -- sso login", Err(false)),
            ("aws --no sso login", Err(false)),
            ("aws", Err(false)),
        ] {
            let globals = cli::globals();
            let found = own(&globals, args(line)).map_err(|_| is_ours(&globals, &args(line)));
            assert_eq!(found, expected.map(args), "{line}");
        }
        assert!(!is_ours(&cli::globals(), &args("aws --version sso login")));
    }

    #[test]
    fn the_name_is_that_of_the_file_or_the_first_word() {
        for (line, called, rest) in [
            ("aws sso login", true, "aws sso login"),
            ("/usr/local/bin/aws x", true, "/usr/local/bin/aws x"),
            ("aws aws", true, "aws aws"),
            ("sso-oidc aws sso login", true, "sso-oidc sso login"),
            ("sso-oidc login aws", false, "sso-oidc login aws"),
            ("aws-vault x", false, "aws-vault x"),
        ] {
            let mut words = args(line);
            assert_eq!((is_called(&mut words), words), (called, args(rest)), "{line}");
        }
    }
}
