//! Which interactive flow is used, and why.
//!
//! `auto` is what the AWS CLI does (authorization code with PKCE for an sso-session, device code for a legacy profile),
//! except on a machine whose browser cannot reach our loopback.

use super::{Choices, browser, named};
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
    pub const VALUES: [(&'static str, Self); 3] = [
        ("auto", Self::Auto),
        ("authorization-code", Self::Fixed(Flow::AuthorizationCode)),
        ("device-code", Self::Fixed(Flow::DeviceCode)),
    ];
}

/// The choice of the command line or the environment, else that of the session's key, else `auto`.
pub(super) fn choice(choices: &Choices, session: &Session) -> Result<FlowChoice, Error> {
    if let Some(choice) = choices.flow {
        return Ok(choice);
    }
    let Some(flow) = &session.flow else { return Ok(FlowChoice::Auto) };
    named(&FlowChoice::VALUES, &flow.value).map_err(|expected| {
        let message = format!("Bad sso_login_flow: unknown flow `{}`; {expected}", flow.value);
        Error::configuration(message).value_from(&flow.source())
    })
}

/// The flow, and why `auto` uses the device code for an sso-session. `has_port`: a redirect port was fixed, so it is
/// probably forwarded.
pub(super) fn choose(
    choice: FlowChoice,
    has_session: bool,
    has_port: bool,
    context: &Context,
) -> (Flow, Option<&'static str>) {
    match choice {
        FlowChoice::Fixed(flow) => (flow, None),
        FlowChoice::Auto if !has_session => (Flow::DeviceCode, None),
        FlowChoice::Auto => {
            let reason = unreachable_loopback(has_port, context);
            (if reason.is_some() { Flow::DeviceCode } else { Flow::AuthorizationCode }, reason)
        }
    }
}

/// Why a browser could not come back to this machine's loopback, if so.
fn unreachable_loopback(has_port: bool, context: &Context) -> Option<&'static str> {
    let cloud_shell = context.var("AWS_EXECUTION_ENV").is_some_and(|name| name == "CloudShell");
    if context.var_not_empty("CODESPACES").is_some() {
        return Some("this is a GitHub codespace");
    }
    if cloud_shell {
        return Some("this is AWS CloudShell");
    }
    if has_port { None } else { browser::no_display(context) }
}
