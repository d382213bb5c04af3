//! All integration tests in one binary: one module per command or library module.

#![cfg_attr(not(target_os = "linux"), allow(unused_imports, dead_code, reason = "some tests need Linux"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

/// Fixtures: `TestEnv`, `IdentityCenter`, `UserAgent`, snapshots.
mod support;

/// The benchmark's calculations.
mod bench;
/// The cache directory: damaged files, failing system calls, killed and concurrent processes.
mod cache;
/// Tab completion in real shells.
#[cfg(target_os = "linux")]
mod completion;
/// The config and credentials files.
mod config;
/// `configure`.
mod configure;
/// Signing with credentials from each provider of the AWS chain.
mod credentials;
/// Hosts for regions, and AWS start URLs.
mod endpoint;
/// `export-credentials` in every format, and with a command.
mod export_credentials;
/// The help of every command.
mod help;
/// The HTTP client and faults of the network.
mod http;
/// The local Identity Center that the other tests use.
mod identity_center;
/// `login` in both flows.
mod login;
/// `logout`.
mod logout;
/// Fifty sessions in one command.
mod many_sessions;
/// The four operations.
mod operations;
/// Queries and output formats.
mod output;
/// Recorded runs of the AWS CLI, replayed with our program.
mod parity;
/// Documents, layers, generated files, packages.
mod project;
/// Other SDKs use what `login` stores.
mod sdk_interop;
/// Where secrets must not appear.
#[cfg(target_os = "linux")]
mod secrets;
/// Which session a command uses.
mod selection;
/// The `aws` shell function and the program called `aws`.
#[cfg(unix)]
mod shim;
/// What a signal ends, and what it must not lose.
#[cfg(unix)]
mod signals;
/// The whole program on any platform.
mod smoke;
/// `status`.
mod status;
/// `token` and its refresh.
mod token;
/// What only Windows has.
#[cfg(windows)]
mod windows;
