//! Which interactive flow is used, and the one line that says why.
//!
//! `auto` is what the AWS CLI does (authorization code with PKCE for an sso-session, device code for a legacy profile),
//! except on a machine whose browser cannot reach our loopback.

use super::Choices;
use crate::config::Session;
use crate::context::Context;
use crate::error::Error;

/// The two interactive flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Authorization code grant with PKCE (RFC 6749 section 4.1, RFC 7636, RFC 8252).
    AuthorizationCode,
    /// Device authorization grant (RFC 8628).
    DeviceCode,
}

/// The flow that was requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowChoice {
    /// The one that suits the session and the machine.
    Auto,
    /// This one.
    Fixed(Flow),
}

impl FlowChoice {
    /// The values of `--flow`.
    pub const NAMES: &'static str = "auto, authorization-code or device-code";

    /// The choice of this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "auto" => Some(Self::Auto),
            "authorization-code" => Some(Self::Fixed(Flow::AuthorizationCode)),
            "device-code" => Some(Self::Fixed(Flow::DeviceCode)),
            _ => None,
        }
    }
}

/// The choice of the command line or the environment, else that of the session's key, else `auto`.
pub(super) fn choice(choices: &Choices, session: &Session) -> Result<FlowChoice, Error> {
    if let Some(choice) = choices.flow {
        return Ok(choice);
    }
    let Some(flow) = &session.flow else { return Ok(FlowChoice::Auto) };
    FlowChoice::named(&flow.value).ok_or_else(|| {
        let message = format!("Bad sso_login_flow: unknown flow `{}`; expected {}", flow.value, FlowChoice::NAMES);
        Error::configuration(message).value_from(&flow.origin)
    })
}

/// Why `auto` uses the device code for an sso-session.
pub(super) type Reason = &'static str;

/// Decides. `has_port`: a redirect port was fixed, so it is probably forwarded.
pub(super) fn choose(
    choice: FlowChoice,
    has_session: bool,
    has_port: bool,
    context: &Context,
) -> (Flow, Option<Reason>) {
    match choice {
        FlowChoice::Fixed(flow) => (flow, None),
        FlowChoice::Auto if !has_session => (Flow::DeviceCode, None),
        FlowChoice::Auto => match unreachable_loopback(has_port, context) {
            Some(reason) => (Flow::DeviceCode, Some(reason)),
            None => (Flow::AuthorizationCode, None),
        },
    }
}

/// Why a browser could not come back to this machine's loopback, if so.
fn unreachable_loopback(has_port: bool, context: &Context) -> Option<Reason> {
    let set = |name: &str| context.var_not_empty(name).is_some();
    if set("CODESPACES") {
        return Some("this is a GitHub codespace");
    }
    if context.var("AWS_EXECUTION_ENV").is_some_and(|name| name == "CloudShell") {
        return Some("this is AWS CloudShell");
    }
    if has_port || set("BROWSER") {
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
