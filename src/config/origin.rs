//! `Located`: a value and who said it, so that a message can name the option, variable or line to look at.
//!
//! Every resolved setting carries its origin; also a decision rests on it: a plain http endpoint counts only when an
//! option or a variable names it. Imports nothing of ours.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Who said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A command line option, with its hyphens.
    Option(&'static str),
    /// An environment variable.
    Variable(&'static str),
    /// A key of a file.
    File(Place),
    /// The metadata of the EC2 instance we run on.
    Instance,
    /// Nobody; it is what holds when nothing is said.
    Default,
}

/// Where a key of a file stands. In words: "`sso_region` in [sso-session s1] of /home/x/.aws/config, line 7".
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
    /// What was said.
    pub value: T,
    /// By whom.
    pub origin: Origin,
}

impl<T> Located<T> {
    /// Joins both.
    pub fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }

    /// Whether anybody said it.
    pub fn is_explicit(&self) -> bool {
        self.origin != Origin::Default
    }
}
