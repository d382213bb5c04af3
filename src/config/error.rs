//! `ConfigError`: what can be wrong with configuration, in AWS's words plus a sentence of ours.
//!
//! The message is the AWS CLI's, byte for byte, because scripts match it. The detail is for people: which file, line,
//! section, variable or option the value came from, and what to do. Exit codes are given in `error`, from the kind.
//! No value of a key that may be secret is ever part of either. Imports nothing of ours.

use std::fmt;

/// Which family of failure a [`ConfigError`] belongs to; decides exit code and AWS's error kind word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigErrorKind {
    /// Configuration is missing or contradicts itself (AWS kind `Configuration`, exit code 253).
    Configuration,
    /// No region anywhere (AWS kind `NoRegion`, 253).
    NoRegion,
    /// An option's value cannot be right (AWS kind `ParamValidation`, 252).
    ParamValidation,
    /// The named profile is in neither file (255).
    ProfileNotFound,
    /// A file breaks the rules of its format (255).
    Unparsable,
    /// A configured endpoint is no URL with a host (255).
    InvalidEndpoint,
    /// A value of another setting is not allowed (255).
    InvalidValue,
    /// A file could not be written (255).
    Write,
}

/// Configuration that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    kind: ConfigErrorKind,
    message: String,
    detail: Option<String>,
}

impl ConfigError {
    /// An error with AWS's message and nothing more to say.
    pub fn new(kind: ConfigErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), detail: None }
    }

    /// AWS's sentence for a missing region.
    pub fn no_region() -> Self {
        Self::new(
            ConfigErrorKind::NoRegion,
            "You must specify a region. You can also configure your region by running \"aws configure\".",
        )
    }

    /// The same error with a sentence about where the value came from or what to do.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The family.
    pub fn kind(&self) -> ConfigErrorKind {
        self.kind
    }

    /// AWS's sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Our own sentence for a person, lower case and without a final period.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConfigError {}
