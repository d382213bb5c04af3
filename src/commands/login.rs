//! `login`: settings in, a stored token and its words out.
//!
//! What the options mean together is here; the order of a login is in `login`, its words are in `login::notice`.

use crate::Context;
use crate::cache::TokenCache;
use crate::cli::{GlobalArgs, LoginArgs};
use crate::config::{self, Config, ConfigError, ConfigErrorKind, Located, Origin, SsoOverrides, SsoSettings};
use crate::login::notice::{LoggedIn, Notices};
use crate::login::{self, Flow, FlowChoice, Login, LoginRequest};
use crate::session::Wanted;

use super::clients::Clients;
use super::runtime;

/// Signs in.
pub(super) fn run(args: &LoginArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<()> {
    let config = Config::load(context, global.profile.as_deref())?;
    let overrides =
        SsoOverrides { session: args.sso_session.as_deref(), start_url: None, region: args.sso_region.as_deref() };
    let settings = config::sso_settings(&config, overrides)?;
    let clients = Clients::new(context, &config, global)?;
    clients.check(context, &settings.region)?;
    let cache = TokenCache::in_home(context.require_home()?);
    let notices = Notices::new(context, global.output.as_deref() == Some("json"));
    let request = LoginRequest {
        wanted: wanted(&settings),
        flow: flow_choice(args, &settings, context)?,
        redirect_port: settings.redirect_port,
        opens_browser: !args.no_browser,
        browser_command: settings.browser.as_ref().map(|command| command.value.clone()),
        force: args.force,
        may_ask: true,
        timeout: None,
        cache: &cache,
        client: &|region: &str| clients.oidc(region),
        http: &clients.http(),
        notices: &notices,
    };
    let login = runtime::block_on(context, async { Ok(login::login(&request, context).await?) })?;
    finish(&login, &config, &settings, &notices)
}

/// The region that the start URL led to goes into the config file; then the last line.
fn finish(login: &Login, config: &Config, settings: &SsoSettings, notices: &Notices<'_>) -> anyhow::Result<()> {
    if let Some(region) = &login.new_region {
        config::set_sso_region(config, settings, region)?;
        notices.region_updated(region)?;
    }
    notices.logged_in(&LoggedIn {
        start_url: &settings.start_url,
        session: settings.session_name.as_deref(),
        region: login.new_region.as_deref().unwrap_or(&settings.region),
        expires_at: login.token.expires_at,
        how: login.how,
    })?;
    Ok(())
}

/// What the token must be for.
pub(super) fn wanted(settings: &SsoSettings) -> Wanted {
    Wanted {
        session_name: settings.session_name.clone(),
        start_url: settings.start_url.clone(),
        region: settings.region.clone(),
        scopes: settings.registration_scopes.clone(),
        min_ttl: std::time::Duration::ZERO,
    }
}

/// The option, else the variable, else the session's key, else what fits.
fn flow_choice(args: &LoginArgs, settings: &SsoSettings, context: &Context) -> anyhow::Result<FlowChoice> {
    if args.use_device_code {
        return Ok(FlowChoice::Fixed(Flow::DeviceCode));
    }
    let chosen =
        context.var_not_empty("SSO_OIDC_FLOW").map(|flow| Located::new(flow, Origin::Variable("SSO_OIDC_FLOW")));
    let Some(Located { value, origin }) = chosen.or_else(|| settings.flow_key.clone()) else {
        return Ok(FlowChoice::Auto);
    };
    value.parse().map_err(|error| {
        let error = ConfigError::new(ConfigErrorKind::Configuration, format!("Bad value for the login flow: {error}"));
        error.with_detail(format!("the value comes from {origin}")).into()
    })
}
