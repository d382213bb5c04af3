//! Fixtures of the integration tests: an environment, the program in it, an Identity Center, a browser.
//!
//! `TestEnv` is the environment, `Run` the result of a run, `snapshot` compares it with a stored one, `normalize`
//! replaces what differs from run to run. `scripted_server` is a server that misbehaves as scripted.

#![allow(dead_code, unused_imports, reason = "each test uses what it needs")]

#[cfg(target_os = "linux")]
pub(crate) mod chromium;
pub(crate) mod count;
pub(crate) mod environment;
pub(crate) mod identity_center;
pub(crate) mod normalize;
pub(crate) mod process;
pub(crate) mod programs;
pub(crate) mod rng;
pub(crate) mod screen;
pub(crate) mod scripted_flow;
pub(crate) mod scripted_server;
pub(crate) mod snapshot;
#[cfg(target_os = "linux")]
pub(crate) mod strace;
#[cfg(target_os = "linux")]
pub(crate) mod terminal;
mod tests;
pub(crate) mod user_agent;
pub(crate) mod wait;

pub(crate) use count::count;
pub(crate) use environment::TestEnv;
pub(crate) use identity_center::{Approval, Endpoint, Fault, Gate, IdentityCenter, Issued, Reply, Request};
pub(crate) use normalize::normalize;
pub(crate) use process::{Invocation, Run, Running};
pub(crate) use rng::Rng;
pub(crate) use snapshot::{assert_snapshot, assert_text_snapshot};
pub(crate) use user_agent::{Page, UserAgent};
pub(crate) use wait::{DEADLINE, wait_for, wait_until};
