//! What every test from outside needs: a world of its own, the program in it, an Identity Center, a browser.
//!
//! `TestEnv` makes the world, `Run` is what came of a run, `snapshot` compares it with what is kept, `normalize` takes
//! out what differs from run to run. `script` is a server for one test at a time that breaks as it is told.

#![allow(dead_code, unused_imports, reason = "each test uses what it needs")]

#[cfg(target_os = "linux")]
pub(crate) mod chromium;
pub(crate) mod count;
pub(crate) mod dice;
pub(crate) mod environment;
pub(crate) mod identity_center;
pub(crate) mod machine;
pub(crate) mod normalize;
pub(crate) mod process;
pub(crate) mod screen;
pub(crate) mod script;
pub(crate) mod signature;
pub(crate) mod snapshot;
pub(crate) mod sources;
#[cfg(target_os = "linux")]
pub(crate) mod terminal;
pub(crate) mod user_agent;

pub(crate) use count::count;
pub(crate) use dice::Dice;
pub(crate) use environment::TestEnv;
pub(crate) use identity_center::{Approval, Endpoint, Fault, IdentityCenter, Issued, Reply, Request};
pub(crate) use normalize::normalize;
pub(crate) use process::{Invocation, Run, Running};
pub(crate) use snapshot::{assert_snapshot, assert_text_snapshot};
pub(crate) use user_agent::{Page, UserAgent};
