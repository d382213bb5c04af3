//! `Located`: a value and its origin, so that a message can name the option, variable or line.
//!
//! One decision depends on the origin: tokens are sent over plain http only to an endpoint from an option or a variable
//! (`services`).

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::context::Context;
use crate::error::Error;
use crate::python;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A command line option, with its hyphens.
    Option(&'static str),
    /// An answer to a question on the terminal.
    Answer,
    /// An environment variable.
    Variable(&'static str),
    /// A key of a file.
    File(Place),
    /// The metadata of this EC2 instance.
    Instance,
    /// Not set.
    Default,
}

/// The position of a key in a file. For messages: "`sso_region` in [sso-session s1] of /home/x/.aws/config, line 7".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub(super) key: String,
    pub(super) header: String,
    pub(super) path: Arc<Path>,
    pub(super) line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` in [{}] of {}, line {}", self.key, self.header, self.path.display(), self.line)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(name) => write!(f, "the option {name}"),
            Self::Answer => f.write_str("your answer"),
            Self::Variable(name) => write!(f, "the environment variable {name}"),
            Self::File(place) => place.fmt(f),
            Self::Instance => f.write_str("the metadata of this EC2 instance"),
            Self::Default => f.write_str("the default"),
        }
    }
}

/// A value with its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its origin.
    pub origin: Origin,
}

impl<T> Located<T> {
    /// A value from this origin.
    pub fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }

    /// True if it was set.
    pub fn is_explicit(&self) -> bool {
        self.origin != Origin::Default
    }
}

impl<T: AsRef<OsStr>> Located<T> {
    /// The origin for a message. Quotes are part of a value in a file or a variable, and so is white space in a variable,
    /// for example the carriage return of a Windows file that a shell has read. Either may be the mistake.
    pub fn source(&self) -> String {
        let value = self.value.as_ref().to_string_lossy();
        let has = |quote| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote);
        let note = if has('"') || has('\'') {
            "; the quotes are part of the value: remove them"
        } else if value.ends_with('\r') {
            "; the value ends with a carriage return: remove it"
        } else if value.trim() != value {
            "; white space around the value is part of it: remove it"
        } else {
            ""
        };
        format!("{}{note}", self.origin)
    }
}

impl Located<String> {
    /// The value as Python's `int` reads it, clamped to 64 bits.
    pub fn integer(&self) -> Result<i64, Error> {
        let error = || Error::other(python::int_error(&self.value)).value_from(&self.source());
        python::saturating_int(&self.value).ok_or_else(error)
    }

    /// The value of an option.
    pub fn option(name: &'static str, value: Option<&str>) -> Option<Self> {
        value.map(|value| Self::new(value.to_owned(), Origin::Option(name)))
    }

    /// The value of an environment variable; empty is a value.
    pub fn variable(name: &'static str, context: &Context) -> Option<Self> {
        context.var(name).map(|value| Self::new(value, Origin::Variable(name)))
    }
}
