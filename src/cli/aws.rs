//! Command lines of `aws`: which of them this program handles, and the same line without the service's name.
//!
//! The AWS CLI takes its global options anywhere, then the service, then the operation. This program handles `sso login`,
//! `sso logout`, `configure sso` and `sso-oidc` with its four operations, when it is called `aws` or when `aws` is its first
//! word.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::Command;

use super::words::{plain, wants_version};
use crate::error::{Error, Kind};
use crate::model::Operation;

/// True when the program is called as `aws`; removes the word `aws` unless it is the program's name.
pub fn is_called(args: &mut Vec<OsString>) -> bool {
    let name = args.first().map(Path::new).and_then(Path::file_name);
    let by_name = name.is_some_and(|name| name == "aws" || name.eq_ignore_ascii_case("aws.exe"));
    let by_word = !by_name && args.get(1).is_some_and(|word| word == "aws");
    if by_word {
        args.remove(1);
    }
    by_name || by_word
}

/// True when this program handles a command line of `aws`, its name first, be it right or wrong.
pub fn handles(args: &[OsString]) -> bool {
    // A word that is not UTF-8 does not name a service, and is refused later.
    let words =
        args.iter().skip(1).take_while(|word| *word != "--").map(|word| OsStr::to_string_lossy(word).into_owned());
    !wants_version(args) && service(&super::globals(), &words.collect::<Vec<_>>()).is_some()
}

/// The service of `aws` that has this command.
pub(super) fn service_of(command: &str) -> &'static str {
    let is_operation = |operation: Operation| operation.command() == command;
    if command == "help" || Operation::ALL.into_iter().any(is_operation) { "sso-oidc" } else { "sso" }
}

/// Removes the service's name from the words of a command line and returns it.
pub(super) fn remove_service(globals: &Command, words: &mut Vec<String>) -> Result<String, Error> {
    let Some(at) = service(globals, words) else {
        let message = "This `aws` is sso-oidc and supports only `aws sso login`, `aws sso logout`, `aws configure sso` and \
                       `aws sso-oidc`; install the AWS CLI for other commands";
        return Err(Error::new(Kind::Usage, message));
    };
    Ok(words.remove(at))
}

/// The place of the service's name, if this program handles the line. In `configure sso` it comes second.
fn service(globals: &Command, words: &[String]) -> Option<usize> {
    let mut plain = plain(globals, words);
    let (first, second) = (plain.next()?, plain.next());
    match (words[first].as_str(), second.map(|at| words[at].as_str())) {
        ("sso-oidc", _) | ("sso", Some("login" | "logout")) => Some(first),
        ("configure", Some("sso")) => second,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::{handles, is_called, remove_service};
    use crate::cli::globals;

    fn args(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn three_commands_of_sso_and_all_of_sso_oidc_are_handled() {
        for (line, expected) in [
            ("aws sso login", Some("login")),
            ("aws sso logout --profile x", Some("logout --profile x")),
            ("aws --profile sso sso login", Some("--profile sso login")),
            ("aws --region=us-east-1 --debug sso-oidc register-client --client-name sso-oidc", {
                Some("--region=us-east-1 --debug register-client --client-name sso-oidc")
            }),
            ("aws sso --profile x login --sso-session sso", Some("--profile x login --sso-session sso")),
            ("aws sso-oidc help", Some("help")),
            ("aws sso-oidc create-token help", Some("create-token help")),
            ("aws sso-oidc", Some("")),
            ("aws sso-oidc login", Some("login")),
            ("aws sso", None),
            ("aws sso list-accounts", None),
            ("aws s3 ls", None),
            ("aws s3 cp sso login", None),
            ("aws configure sso --no-browser", Some("configure --no-browser")),
            ("aws --profile sso configure --debug sso", Some("--profile sso configure --debug")),
            ("aws configure sso-session", None),
            ("aws configure", None),
            ("aws configure set sso x", None),
            ("aws sso configure", None),
            ("aws --profile sso login", None),
            ("aws -- sso login", None),
            ("aws", None),
        ] {
            assert_eq!(handles(&args(line)), expected.is_some(), "{line}");
            if let Some(expected) = expected {
                let mut words: Vec<String> = line.split(' ').skip(1).map(str::to_owned).collect();
                remove_service(&globals(), &mut words).unwrap();
                assert_eq!(words.join(" "), expected, "{line}");
            }
        }
        assert!(!handles(&args("aws --version sso login")));
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
