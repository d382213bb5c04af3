//! `Error`: a message for the user, and a kind that determines the exit code.
//!
//! An error is created where the failure is detected, with its final message. One table maps each kind to an exit code
//! and the AWS CLI's name. Enums of errors exist only where code branches on them (retry, poll, refresh). `report`
//! prints errors.

use std::borrow::Borrow;
use std::fmt;
use std::io;

use serde_json::{Map, Value};

/// The kind of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Standard output was closed by its reader; nothing is printed.
    ClosedPipe,
    /// A login is needed and was not started.
    LoginNeeded,
    /// A command to run exists but cannot be executed.
    NotExecutable,
    /// A command to run does not exist.
    NotFound,
    /// A signal, by its number.
    Signal(u8),
    /// A command line that does not parse; the usage follows the message.
    Usage,
    /// A value that is not valid.
    Validation,
    /// Missing or contradictory configuration.
    Configuration,
    /// No region.
    NoRegion,
    /// No credentials to sign with.
    NoCredentials,
    /// No home directory to keep the cache in.
    HomeUnusable,
    /// The pager cannot be started.
    Pager,
    /// The service returned an error.
    Service,
    /// The login was not completed in time.
    Unanswered,
    /// The response is not the service's, but for example a web page of the network.
    BadResponse,
    /// The user or the service denied the login at the callback.
    Denied,
    /// Everything else: transport, files, the system.
    Other,
}

/// Kind, its name in lock files, its exit code, and the AWS CLI's name of it, if it has one.
///
/// Codes from 252 on are the AWS CLI's; 126, 127 and 128 + signal are those of shells; 4 is ours.
const KINDS: [(Kind, &str, u8, Option<&str>); 16] = [
    (Kind::ClosedPipe, "closed-pipe", 0, None),
    (Kind::LoginNeeded, "login-needed", 4, None),
    (Kind::NotExecutable, "not-executable", 126, None),
    (Kind::NotFound, "not-found", 127, None),
    (Kind::Usage, "usage", 252, Some("ParamValidation")),
    (Kind::Validation, "validation", 252, Some("ParamValidation")),
    (Kind::Configuration, "configuration", 253, Some("Configuration")),
    (Kind::NoRegion, "no-region", 253, Some("NoRegion")),
    (Kind::NoCredentials, "no-credentials", 253, Some("NoCredentials")),
    (Kind::HomeUnusable, "home-unusable", 253, None),
    (Kind::Pager, "pager", 253, Some("Pager")),
    (Kind::Service, "service", 254, None),
    (Kind::Unanswered, "unanswered", 255, None),
    (Kind::BadResponse, "bad-response", 255, None),
    (Kind::Denied, "denied", 255, None),
    (Kind::Other, "other", 255, None),
];

/// The exit code of a signal is this and its number.
pub const SIGNALLED: u8 = 128;

impl Kind {
    fn row(self) -> (&'static str, u8, Option<&'static str>) {
        let row = KINDS.iter().find(|(kind, ..)| *kind == self);
        row.map_or(("other", 255, None), |(_, name, code, aws)| (name, *code, *aws))
    }

    /// The exit code of the process.
    pub fn exit_code(self) -> u8 {
        if let Self::Signal(number) = self { SIGNALLED + number } else { self.row().1 }
    }

    /// The name that the AWS CLI prints, also in structured errors; `None` if it has none.
    pub fn aws_name(self) -> Option<&'static str> {
        self.row().2
    }

    /// The name in lock files, from which other processes learn how a login ended.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        KINDS.iter().find(|(_, known, ..)| *known == name).map(|(kind, ..)| *kind)
    }

    /// Whether a setting is missing or wrong.
    pub fn is_about_settings(self) -> bool {
        matches!(self, Self::Configuration | Self::NoRegion | Self::NoCredentials)
    }

    /// True when nothing is printed: stdout was closed, or a signal ended the run.
    pub fn is_silent(self) -> bool {
        matches!(self, Self::ClosedPipe | Self::Signal(_))
    }
}

/// The members of a service's error, for `--cli-error-format` and the block of details.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    /// AWS's exception name, or the HTTP status as text.
    pub code: String,
    /// The service's message.
    pub message: String,
    /// The modelled members of the error, in the model's order.
    pub details: Map<String, Value>,
}

/// What failed: a message, a kind, and optionally a hint and the service's error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: Kind,
    message: String,
    hint: Option<String>,
    service: Option<Box<ServiceError>>,
}

impl Error {
    /// Creates an error. The message says what was attempted, what went wrong and which value was wrong.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, service: None }
    }

    /// An error of no particular kind: exit code 255.
    pub fn other(message: impl Into<String>) -> Self {
        Self::new(Kind::Other, message)
    }

    /// A value that is not valid: exit code 252.
    pub fn validation(message: impl Into<String>) -> Self {
        Self::new(Kind::Validation, message)
    }

    /// An invalid value of an option, a variable or a key: exit code 252.
    pub fn invalid_value(name: &str, value: &str, expected: &str) -> Self {
        Self::validation(format!("Invalid value `{value}` for {name}; {expected}"))
    }

    /// Configuration that cannot be used: exit code 253.
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::new(Kind::Configuration, message)
    }

    /// No region, with the AWS CLI's message.
    pub fn no_region() -> Self {
        let message = "You must specify a region. You can also configure your region by running \"aws configure\".";
        Self::new(Kind::NoRegion, message)
    }

    /// Adds a hint: what to do, or where a value came from; lower case, no final period.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        self.hint_if(Some(hint.into()))
    }

    /// The same, or removes the hint.
    pub fn hint_if(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }

    /// Adds a hint that names the origin of the value.
    pub fn value_from(self, origin: &impl fmt::Display) -> Self {
        self.hint(format!("the value comes from {origin}"))
    }

    /// Adds the members of the service's error.
    pub fn service(self, service: ServiceError) -> Self {
        Self { service: Some(Box::new(service)), ..self }
    }

    /// Changes the kind.
    pub fn as_kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// Changes the message.
    pub fn message(self, message: impl Into<String>) -> Self {
        Self { message: message.into(), ..self }
    }

    /// The kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The hint.
    pub fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The message, and the hint in parentheses.
    pub fn with_advice(&self) -> String {
        let advice = self.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        format!("{self}{advice}")
    }

    /// The service's error, if there is one.
    pub fn answer(&self) -> Option<&ServiceError> {
        self.service.as_deref()
    }
}

/// "expected a, b or c".
pub fn expected<T: Borrow<str> + fmt::Display>(choices: &[T]) -> String {
    match choices {
        [others @ .., last] if !others.is_empty() => format!("expected {} or {last}", others.join(", ")),
        _ => format!("expected {}", choices.concat()),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    /// A closed pipe has its own kind, because it is not a failure.
    fn from(error: io::Error) -> Self {
        let kind = if error.kind() == io::ErrorKind::BrokenPipe { Kind::ClosedPipe } else { Kind::Other };
        Self::new(kind, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, KINDS, Kind};

    #[test]
    fn every_kind_has_one_row_and_comes_back_by_its_name() {
        for (kind, name, code, _) in KINDS {
            assert_eq!((Kind::named(name), kind.name(), kind.exit_code()), (Some(kind), name, code));
            assert_eq!(KINDS.iter().filter(|(other, ..)| *other == kind).count(), 1, "{name}");
        }
        assert_eq!(Kind::named("unknown"), None);
    }

    #[test]
    fn a_closed_pipe_is_not_a_failure() {
        let error = Error::from(std::io::Error::from(std::io::ErrorKind::BrokenPipe));
        assert_eq!((error.kind().exit_code(), error.kind().is_silent()), (0, true));
        let error = Error::from(std::io::Error::from(std::io::ErrorKind::StorageFull));
        assert_eq!((error.kind().exit_code(), error.kind().is_silent()), (255, false));
    }
}
