//! The options of a login, from the command line and its environment variables.

use super::duration;
use crate::cli::LoginArgs;
use crate::config;
use crate::context::Context;
use crate::error::Error;
use crate::login::{self, Choices, Flow, FlowChoice, Interactive};

/// Checks the options and their environment variables, before anything else.
pub(super) fn of_login(args: &LoginArgs, context: &Context) -> Result<Choices, Error> {
    let min_ttl = duration("--min-ttl", args.min_ttl.as_deref())?;
    let timeout = duration("--timeout", args.timeout.as_deref())?;
    let port = args.redirect_port.as_deref().map(|text| config::port("--redirect-port", text));
    let names = ["--interactive", "SSO_OIDC_INTERACTIVE"];
    let interactive = choice(args.interactive.as_deref(), names, &Interactive::VALUES, context)?;
    let flow = choice(args.flow.as_deref(), ["--flow", "SSO_OIDC_FLOW"], &FlowChoice::VALUES, context)?;
    Ok(Choices {
        flow: if args.use_device_code { Some(FlowChoice::Fixed(Flow::DeviceCode)) } else { flow },
        redirect_port: port.transpose()?,
        no_browser: args.no_browser,
        browser_command: args.browser_command.clone(),
        no_qr: args.no_qr,
        copy: args.copy,
        force: args.force,
        new_session: args.new_session,
        interactive: interactive.unwrap_or_default(),
        timeout,
        min_ttl: min_ttl.unwrap_or_default(),
    })
}

/// The value of the option, or else of the variable.
fn choice<T: Copy>(
    given: Option<&str>,
    [option, variable]: [&str; 2],
    values: &[(&str, T); 3],
    context: &Context,
) -> Result<Option<T>, Error> {
    let given = given.map(|text| (option, text.to_owned()));
    let given = given.or_else(|| Some((variable, context.var_not_empty(variable)?)));
    let value = given.map(|(name, text)| {
        login::named(values, &text).map_err(|expected| Error::invalid_value(name, &text, &expected))
    });
    value.transpose()
}
