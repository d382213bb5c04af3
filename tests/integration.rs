//! Everything that is tested from outside the library, in one binary: one module per subject.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

/// The world of a test: `TestEnv`, `IdentityCenter`, `UserAgent`, snapshots.
mod support;

/// Faults of the network, and what the HTTP client makes of them.
mod http_faults;
/// The local Identity Center itself.
mod identity_center;
/// Recorded runs of AWS CLI 2.36.7, made again.
mod parity;
/// The world of a test itself.
mod world;
