//! Everything that is tested from outside the library, in one binary: one module per subject.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

/// The world of a test: `TestEnv`, `IdentityCenter`, `UserAgent`, snapshots.
mod support;

/// The rules of the benchmark.
mod bench;
/// The callback page in a real browser.
#[cfg(target_os = "linux")]
mod browser;
/// Many processes with one token or one role.
mod concurrency;
/// Precedence of options, variables and files.
mod configuration;
/// The configuration files, read by us and by botocore.
mod configuration_differential;
/// Changes to the config file.
mod configuration_edit;
/// Which start URL, region and scopes a login gets.
mod configuration_sso;
/// Signing with credentials from every place of AWS's chain.
mod credentials;
/// README, CONTRIBUTING, SECURITY and CHANGELOG, held to the code.
mod documents;
/// Hosts for regions, start URLs of AWS and of others.
mod endpoints;
/// `export-credentials` in every format, and with a command.
mod export_credentials;
/// A machine that fails: its file system, its processes, what others left.
#[cfg(target_os = "linux")]
mod faults;
/// What every file of the project keeps to.
mod files;
/// Completion scripts, manual pages and help texts.
mod generated;
/// The help of every command.
mod help;
/// Faults of the network, and what the HTTP client makes of them.
mod http_faults;
/// The local Identity Center itself.
mod identity_center;
/// Which room of the library may import which.
mod layers;
/// `login` in both flows, alone and among others.
mod login;
/// `logout`, whatever the service says.
mod logout;
/// How the manual pages are made.
mod manual;
/// Network, callback, secrets, terminal and browser: every fault in a table.
#[cfg(target_os = "linux")]
mod matrix;
/// The four operations by hand.
mod operations;
/// Queries and output formats, against records, JMESPath's own suite and Python.
mod output;
/// The packages, installed and used.
#[cfg(target_os = "linux")]
mod packages;
/// Recorded runs of AWS CLI 2.36.7, made again.
mod parity;
/// The picture of a login for the README.
#[cfg(target_os = "linux")]
mod picture;
/// Missing options, asked for on a terminal.
mod prompt;
/// The README's console blocks, run.
mod readme;
/// When `token` refreshes, and what comes of it: every combination.
mod refresh;
/// Other SDKs live on what `login` stores.
mod sdk_interop;
/// Credentials and prompts in real shells.
#[cfg(unix)]
mod shells;
/// `status` of every session there can be.
mod status;
/// `token`, and what refreshes it.
mod token;
/// The world of a test itself.
mod world;
