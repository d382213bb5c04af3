//! The runs in which we differ on purpose, with the aspects that differ and why.
//!
//! All other aspects of such a run must be equal, and each aspect named here must really differ: an exception that has
//! become untrue is a failure. The reasons are those of the README section "Differences from the AWS CLI".

use super::compare::Aspect::{self, Stdout};

/// The run's id, what differs, why.
pub(super) type Exception = (&'static str, &'static [Aspect], &'static str);

pub(super) const EXCEPTIONS: &[Exception] = &[
    ("args-version", &[Stdout], "it is another program, of another version"),
    ("args-version-with-command", &[Stdout], "it is another program, of another version"),
];
