//! `token`: prints a valid access token, refreshing it first if needed; never starts a login.
//!
//! `session` decides when a token is refreshed and shares one refresh between processes. A token that lasts is printed
//! without a request, and without the settings that only a request needs.

use serde_json::json;

use super::printing::Output;
use super::{clients, duration, runtime, selection};
use crate::cache::{TokenCache, timestamp};
use crate::cli::{GlobalArgs, SessionArgs, TokenArgs};
use crate::config::{Config, SessionOptions};
use crate::context::Context;
use crate::error::Error;
use crate::session::{self, Found, NoToken, TokenRequest};

/// The access portal's token header.
const HEADER: &str = "x-amz-sso_bearer_token";

/// Prints the token.
pub(super) fn run(args: &TokenArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<()> {
    let as_data = global.output.is_some() || global.query.is_some();
    if args.header && as_data {
        let problem = "--header cannot be used with --output or --query";
        return Err(Error::validation(problem).into());
    }
    let min_ttl = duration("--min-ttl", args.min_ttl.as_deref())?.unwrap_or_default();
    let config = Config::load(context, global.profile.as_deref())?;
    let output = as_data.then(|| Output::resolve(global, &config, context)).transpose()?;
    let session = &selection::session(&options(&args.session, &config, global, context), &config, context)?;
    let cache = &TokenCache::in_home(context.require_home()?);
    let failed = |error: NoToken| error.into_error(session);
    let usable = match session::look(session, cache, min_ttl, context).map_err(failed)? {
        Found::Fresh(usable) => usable,
        Found::Stale(..) => {
            let services = &clients::for_session(context, &config, global)?;
            services.check(&session.region)?;
            let request = TokenRequest { session, services, cache, context, min_ttl, throttled: true, rejected: None };
            let words = || format!("refreshing the token of {}", session.label());
            let obtain = async { Ok(context.wait_for(words, request.obtain()).await.map_err(failed)?) };
            runtime::block_on(context, obtain)?
        }
    };
    usable.warnings.iter().for_each(|warning| context.warn(warning));
    if context.stdout_is_terminal {
        context.warn("anyone who sees this token can access all your accounts until it expires");
    }
    let token = usable.token.access_token.expose();
    match output {
        Some(output) => {
            let expires_at = timestamp::format(usable.token.expires_at);
            let (start_url, region) = (&session.start_url.value, &session.region.value);
            let data = json!({
                "accessToken": token, "expiresAt": expires_at, "session": session.name, "startUrl": start_url, "region": region,
            });
            output.print(data, "Token", context)
        }
        None if args.header => Ok(context.print_text(&format!("{HEADER}: {token}\n"))?),
        None => Ok(context.print_text(&format!("{token}\n"))?),
    }
}

/// The options and variables that select the session.
pub(super) fn options<'a>(
    args: &'a SessionArgs,
    config: &Config,
    global: &GlobalArgs,
    context: &Context,
) -> SessionOptions<'a> {
    let SessionArgs { sso_session, start_url, sso_region } = args;
    let options = SessionOptions::new(sso_session.as_deref(), start_url.as_deref(), sso_region.as_deref());
    SessionOptions { as_aws: global.as_aws, ..options.with_variables(config, context) }
}
