//! The config and credentials files: precedence, parsing, edits, sso-sessions.

mod differential;
mod edit;
#[cfg(target_os = "linux")]
mod missing_home;
pub(crate) mod precedence;
mod sso_session;
