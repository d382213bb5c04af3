//! Which interactive flow is used, and the one line that says why.
//!
//! `auto` is what the AWS CLI does (authorization code with PKCE for an sso-session, device code for a legacy profile),
//! except on a machine whose browser cannot reach our loopback. Imports `context`.

use std::fmt;

use crate::context::Context;

/// The two interactive flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Authorization code grant with PKCE (RFC 6749 section 4.1, RFC 7636, RFC 8252).
    AuthorizationCode,
    /// Device authorization grant (RFC 8628).
    DeviceCode,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FlowChoice {
    /// What fits the session and the machine.
    #[default]
    Auto,
    /// This one.
    Fixed(Flow),
}

/// A spelling that is no flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFlow(pub String);

impl std::str::FromStr for FlowChoice {
    type Err = UnknownFlow;

    fn from_str(text: &str) -> Result<Self, UnknownFlow> {
        match text {
            "auto" => Ok(Self::Auto),
            "authorization-code" => Ok(Self::Fixed(Flow::AuthorizationCode)),
            "device-code" => Ok(Self::Fixed(Flow::DeviceCode)),
            other => Err(UnknownFlow(other.to_owned())),
        }
    }
}

impl fmt::Display for UnknownFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no flow; choose auto, authorization-code or device-code", self.0)
    }
}

impl std::error::Error for UnknownFlow {}

/// Why `auto` took the device code for an sso-session, as a clause.
pub type Reason = &'static str;

/// Decides. `redirect_port` tells that a port was fixed, so somebody forwards it.
pub fn choose(choice: FlowChoice, has_session: bool, redirect_port: bool, context: &Context) -> (Flow, Option<Reason>) {
    match choice {
        FlowChoice::Fixed(flow) => (flow, None),
        FlowChoice::Auto if !has_session => (Flow::DeviceCode, None),
        FlowChoice::Auto => match unreachable_loopback(redirect_port, context) {
            Some(reason) => (Flow::DeviceCode, Some(reason)),
            None => (Flow::AuthorizationCode, None),
        },
    }
}

/// Why a browser could not come back to this machine's loopback, if it could not.
fn unreachable_loopback(redirect_port: bool, context: &Context) -> Option<Reason> {
    let set = |name: &str| context.var_not_empty(name).is_some();
    if set("CODESPACES") {
        return Some("this is a GitHub codespace");
    }
    if context.var("AWS_EXECUTION_ENV").is_some_and(|name| name == "CloudShell") {
        return Some("this is AWS CloudShell");
    }
    if redirect_port || set("BROWSER") {
        return None;
    }
    let display = set("DISPLAY") || set("WAYLAND_DISPLAY");
    let ssh = set("SSH_CONNECTION") || set("SSH_CLIENT") || set("SSH_TTY");
    let wsl = set("WSL_DISTRO_NAME") || set("WSL_INTEROP");
    [
        (ssh && !display, "this is an SSH session without a display"),
        (!display && (context.in_container)(), "this is a container without a display"),
        (cfg!(target_os = "linux") && !display && !wsl, "this machine has no display"),
    ]
    .into_iter()
    .find_map(|(holds, reason)| holds.then_some(reason))
}
