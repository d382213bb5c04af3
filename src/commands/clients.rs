//! Clients of both services for the commands around a session: login, token, logout, export-credentials, status.
//!
//! Their limits are tighter than those of the four operations (10 s to connect, 30 s for a whole request) unless the
//! command line or the environment says otherwise, and plain http to another machine must have been asked for outright.
//! How the four operations make their client is in `operation`.

use std::time::Duration;

use anyhow::Context as _;

use crate::cli::GlobalArgs;
use crate::config::{self, ClientSettings, Config, Located, Origin, Overrides};
use crate::context::Context;
use crate::endpoint::{self, EndpointError, Service, Variant};
use crate::error::Error;
use crate::http::{CaBundle, HttpClient, HttpOptions};
use crate::oidc::OidcClient;
use crate::portal::PortalClient;

const CONNECT: Duration = Duration::from_secs(10);
const WHOLE_REQUEST: Duration = Duration::from_secs(30);

/// The four operations have the AWS CLI's limits, which are of silence only: a server that says a byte a minute would keep
/// them for years.
const LONGEST_TRICKLE: Duration = Duration::from_mins(10);

/// Makes clients as the settings say.
pub(super) struct Clients {
    settings: ClientSettings,
    options: HttpOptions,
}

impl Clients {
    /// Resolves the settings; warns of what is dangerous.
    pub(super) fn new(context: &Context, config: &Config, global: &GlobalArgs) -> anyhow::Result<Self> {
        let settings = config::client_settings(context, config, &overrides(global))?;
        let mut options = http_options(context, &settings);
        options.reuses_connections = true;
        if !settings.connect_timeout.is_explicit() {
            options.connect_timeout = Some(CONNECT);
        }
        options.total_timeout = if settings.read_timeout.is_explicit() {
            whole_request(&options, WHOLE_REQUEST)
        } else {
            Some(WHOLE_REQUEST)
        };
        if !settings.verify_ssl {
            context.say("WARNING: certificates are not verified; anybody on the way can read and change everything");
        }
        Ok(Self { settings, options })
    }

    /// A transport, for what is neither service.
    pub(super) fn http(&self) -> HttpClient {
        HttpClient::new(self.options.clone())
    }

    /// How requests travel.
    pub(super) fn options(&self) -> &HttpOptions {
        &self.options
    }

    /// The region of the profile, the variables or the option; not that of an Identity Center.
    pub(super) fn region(&self) -> Option<&str> {
        self.settings.region.as_ref().map(|region| region.value.as_str())
    }

    /// The `OpenID` Connect service in a region, or at the configured endpoint.
    pub(super) fn oidc(&self, region: &str) -> Result<OidcClient, EndpointError> {
        let configured = self.settings.oidc_endpoint_url().ok().flatten();
        let endpoint = self.endpoint(Service::Oidc, configured, region)?;
        Ok(OidcClient::new(self.http(), endpoint))
    }

    /// The access portal in a region, or at the configured endpoint.
    pub(super) fn portal(&self, region: &str) -> Result<PortalClient, EndpointError> {
        let configured = self.settings.portal_endpoint_url().ok().flatten();
        let endpoint = self.endpoint(Service::Portal, configured, region)?;
        Ok(PortalClient::new(self.http(), endpoint))
    }

    /// Finds fault with the endpoints before anything is asked of a person or a service.
    pub(super) fn check(&self, context: &Context, region: &str) -> anyhow::Result<()> {
        for (service, configured) in [
            (Service::Oidc, self.settings.oidc_endpoint_url()?),
            (Service::Portal, self.settings.portal_endpoint_url()?),
        ] {
            if let Some(configured) = configured {
                check_plain_http(context, configured)?;
            }
            self.endpoint(service, configured, region).context("cannot tell the endpoint of the service")?;
        }
        Ok(())
    }

    fn endpoint(
        &self,
        service: Service,
        configured: Option<&Located<String>>,
        region: &str,
    ) -> Result<String, EndpointError> {
        endpoint::check_region(region)?;
        if let Some(url) = configured {
            return Ok(url.value.clone());
        }
        let variant = Variant { fips: self.settings.fips, dualstack: self.settings.dualstack };
        endpoint::resolve(service, region, variant)
    }
}

/// The transport that the settings describe.
pub(super) fn http_options(context: &Context, settings: &ClientSettings) -> HttpOptions {
    let options = HttpOptions::new(context);
    let user_agent = match &settings.user_agent_app_id {
        Some(id) => format!("{} app/{}", options.user_agent, id.replace(' ', "-")),
        None => options.user_agent.clone(),
    };
    let options = HttpOptions {
        ca_bundle: settings
            .ca_bundle
            .as_ref()
            .map(|Located { value, origin }| CaBundle { path: value.into(), origin: origin.to_string() }),
        verify: settings.verify_ssl,
        connect_timeout: settings.connect_timeout.value,
        read_timeout: settings.read_timeout.value,
        max_attempts: settings.max_attempts.value,
        user_agent,
        ..options
    };
    HttpOptions { total_timeout: whole_request(&options, LONGEST_TRICKLE), ..options }
}

/// The limit of a whole attempt beside limits that a person chose: never shorter than what these allow together, and none
/// where silence may last for ever.
fn whole_request(options: &HttpOptions, least: Duration) -> Option<Duration> {
    Some(least.max(options.connect_timeout?.saturating_add(options.read_timeout?)))
}

/// What the command line says about requests.
pub(super) fn overrides(global: &GlobalArgs) -> Overrides {
    Overrides {
        region: global.region.clone(),
        endpoint_url: global.endpoint_url.clone(),
        ca_bundle: global.ca_bundle.clone(),
        no_verify_ssl: global.no_verify_ssl,
        connect_timeout: global.cli_connect_timeout.clone(),
        read_timeout: global.cli_read_timeout.clone(),
    }
}

/// A token over plain http is anybody's; a config file alone, which a project folder may bring, cannot ask for it.
fn check_plain_http(context: &Context, url: &Located<String>) -> Result<(), Error> {
    if !url.value.to_ascii_lowercase().starts_with("http://") || endpoint::is_loopback(&url.value) {
        return Ok(());
    }
    if let Origin::File(_) = url.origin {
        let message = format!("Refusing to send tokens over plain http to {}", url.value);
        let detail = format!("the value comes from {}; use https, or say it with --endpoint-url", url.origin);
        return Err(Error::other(message).hint(detail));
    }
    context.say(&format!("WARNING: tokens are sent in clear to {} ({})", url.value, url.origin));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{LONGEST_TRICKLE, WHOLE_REQUEST, whole_request};
    use crate::context::Context;
    use crate::http::HttpOptions;

    #[test]
    fn no_attempt_lasts_for_ever_unless_that_was_asked_for() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let limit = |connect_timeout, read_timeout, least| {
            let options = HttpOptions { connect_timeout, read_timeout, ..HttpOptions::new(&Context::real()) };
            whole_request(&options, least)
        };
        assert_eq!(limit(seconds(1), seconds(1), WHOLE_REQUEST), seconds(30));
        assert_eq!(limit(seconds(60), seconds(60), WHOLE_REQUEST), seconds(120));
        assert_eq!(limit(seconds(60), seconds(60), LONGEST_TRICKLE), seconds(600));
        assert_eq!(limit(seconds(1), None, LONGEST_TRICKLE), None);
        assert_eq!(limit(Some(Duration::MAX), seconds(1), WHOLE_REQUEST), Some(Duration::MAX));
    }
}
