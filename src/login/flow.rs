//! Which interactive flow is used, and why.
//!
//! `auto` is what the AWS CLI does (authorization code with PKCE for an sso-session, device code for a legacy profile),
//! except on a machine whose browser cannot reach our loopback.

use super::{Choices, browser, named};
use crate::config::Session;
use crate::context::Context;
use crate::error::{Error, Kind};

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

/// Why a flow was chosen.
type Reason = Option<&'static str>;

/// The choice of the command line or the environment, else that of the session's key, else `auto`.
pub(super) fn choice(choices: &Choices, session: &Session) -> Result<FlowChoice, Error> {
    if let Some(choice) = choices.flow {
        return Ok(choice);
    }
    let Some(flow) = &session.flow else { return Ok(FlowChoice::Auto) };
    named(&FlowChoice::VALUES, &flow.value).map_err(|expected| {
        let error = Error::invalid_value("sso_login_flow", &flow.value, &expected).as_kind(Kind::Configuration);
        error.value_from(&flow.source())
    })
}

/// The flow, and why `auto` uses the device code for an sso-session. `has_port`: a redirect port was fixed, so it is
/// probably forwarded.
pub(super) fn choose(choice: FlowChoice, has_session: bool, has_port: bool, context: &Context) -> (Flow, Reason) {
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
fn unreachable_loopback(has_port: bool, context: &Context) -> Reason {
    let cloud_shell = context.var("AWS_EXECUTION_ENV").is_some_and(|name| name == "CloudShell");
    if context.var_not_empty("CODESPACES").is_some() {
        return Some("this is a GitHub codespace");
    }
    if cloud_shell {
        return Some("this is AWS CloudShell");
    }
    if has_port { None } else { browser::no_display(context) }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::ffi::OsString;

    use super::{Flow, FlowChoice, choose};
    use crate::context::Context;

    type Variables = &'static [(&'static str, &'static str)];

    fn context(variables: Variables, in_container: fn() -> bool) -> Context {
        let env = move |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        };
        Context { env: Box::new(env), in_container, ..Context::real() }
    }

    const DISPLAY: (&str, &str) = ("DISPLAY", ":0");
    const SSH: (&str, &str) = ("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22");
    const NO_DISPLAY: &str = "this machine has no display";
    const BY_SSH: &str = "this is an SSH session without a display";
    const CONTAINER: &str = "this is a container without a display";

    #[test]
    fn a_browser_that_cannot_come_back_gets_a_device_code() {
        let outside: fn() -> bool = || false;
        for (variables, in_container, has_port, reason) in [
            (&[][..], outside, false, Some(NO_DISPLAY)),
            (&[], outside, true, None),
            (&[DISPLAY], outside, false, None),
            (&[("DISPLAY", "")], outside, false, Some(NO_DISPLAY)),
            (&[("WAYLAND_DISPLAY", "wayland-0")], outside, false, None),
            (&[("BROWSER", "/bin/sh -c")], outside, false, None),
            (&[("BROWSER", "sh"), ("PATH", "/nowhere:/bin")], outside, false, None),
            (&[("BROWSER", "/nowhere/firefox:/bin/sh")], outside, false, None),
            (&[("BROWSER", "/nowhere/firefox")], outside, false, Some(NO_DISPLAY)),
            (&[SSH], outside, false, Some(BY_SSH)),
            (&[("SSH_CLIENT", "x")], outside, false, Some(BY_SSH)),
            (&[("SSH_TTY", "x")], outside, false, Some(BY_SSH)),
            (&[SSH], outside, true, None),
            (&[SSH, DISPLAY], outside, false, None),
            (&[], || true, false, Some(CONTAINER)),
            (&[DISPLAY], || true, false, None),
            (&[("WSL_DISTRO_NAME", "Debian")], outside, false, None),
            (&[("WSL_INTEROP", "/run/x")], outside, false, None),
            (&[("CODESPACES", "true"), DISPLAY], outside, true, Some("this is a GitHub codespace")),
            (&[("AWS_EXECUTION_ENV", "CloudShell"), DISPLAY], outside, false, Some("this is AWS CloudShell")),
            (&[("AWS_EXECUTION_ENV", "EC2"), DISPLAY], outside, false, None),
        ] {
            let context = context(variables, in_container);
            let flow = if reason.is_some() { Flow::DeviceCode } else { Flow::AuthorizationCode };
            assert_eq!(choose(FlowChoice::Auto, true, has_port, &context), (flow, reason), "{variables:?} {has_port}");
            assert_eq!(choose(FlowChoice::Auto, false, has_port, &context), (Flow::DeviceCode, None));
            for flow in [Flow::DeviceCode, Flow::AuthorizationCode] {
                assert_eq!(choose(FlowChoice::Fixed(flow), true, has_port, &context), (flow, None));
            }
        }
    }
}
