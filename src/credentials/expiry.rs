//! When credentials end, read from what a place said, and whether they have.
//!
//! botocore asks a place again when its credentials end soon; asking once and refusing only what has ended gives the same
//! result to a command that signs once. Imports `cache` and `context`.

use super::CredentialsError;
use crate::cache::timestamp;
use crate::context::{Context, Timestamp};

/// The instant in a text; the error is Python's.
pub(super) fn instant(text: &str) -> Result<Timestamp, CredentialsError> {
    timestamp::parse(text).ok_or_else(|| CredentialsError::Config(format!("Unknown string format: {text}")))
}

/// The instant, if it is still ahead.
pub(super) fn ahead(text: &str, context: &Context) -> Result<Timestamp, CredentialsError> {
    let ends = instant(text)?;
    if ends > context.now() { Ok(ends) } else { Err(CredentialsError::Expired) }
}
