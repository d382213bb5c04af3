//! May a person be asked? A script or a night job must fail at once and say what to run.
//!
//! `--interactive auto` asks, unless `CI` is true, or nobody sits at a terminal and the last attempt went unanswered. Which
//! exit code the refusal has is in `error`. Imports `context`.

use std::fmt;

use super::LoginRequest;
use super::single_flight::minutes_since_unanswered;
use crate::context::Context;

/// `--interactive`, `SSO_OIDC_INTERACTIVE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Interactive {
    /// When somebody may be there.
    #[default]
    Auto,
    /// Whatever the surroundings.
    Always,
    /// Never: fail at once.
    Never,
}

/// Why nobody is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserve {
    /// It was said so.
    Never,
    /// This is a CI job.
    Ci,
    /// Nobody came the last time, so many minutes ago.
    Unanswered(i64),
}

impl std::str::FromStr for Interactive {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "auto" => Ok(Self::Auto),
            "always" => Ok(Self::Always),
            "never" => Ok(Self::Never),
            _ => Err(()),
        }
    }
}

impl fmt::Display for Reserve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("and nobody may be asked (--interactive or SSO_OIDC_INTERACTIVE says never)"),
            Self::Ci => f.write_str(
                "and nobody is asked in CI, as the variable CI says it is; --interactive always asks even so",
            ),
            Self::Unanswered(minutes) => {
                write!(f, "and nobody is at a terminal; the last attempt went unanswered {minutes} min ago")
            }
        }
    }
}

/// Why nobody is asked, if so.
pub(super) fn reserve(request: &LoginRequest<'_>, context: &Context) -> Option<Reserve> {
    match request.interactive {
        Interactive::Always => None,
        Interactive::Never => Some(Reserve::Never),
        Interactive::Auto if context.var("CI").is_some_and(|ci| ci.eq_ignore_ascii_case("true") || ci == "1") => {
            Some(Reserve::Ci)
        }
        Interactive::Auto if context.stdin_is_terminal || context.stderr_is_terminal => None,
        Interactive::Auto => minutes_since_unanswered(request, context.now()).map(Reserve::Unanswered),
    }
}
