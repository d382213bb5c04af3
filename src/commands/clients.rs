//! Creates the services of a command from the command line, the environment and the config file.
//!
//! The session commands (login, token, logout, export-credentials, status) have shorter timeouts than the four
//! operations (10 s to connect, 30 s for a request) unless the command line or the environment sets them, use plain
//! http to another machine only if an option or variable allows it, and no proxy to reach this machine.

use std::time::Duration;

use crate::cli::GlobalArgs;
use crate::config::{self, ClientSettings, Config, Located, Origin, Overrides};
use crate::context::Context;
use crate::http::{CaBundle, HttpOptions};
use crate::services::Services;

const CONNECT: Duration = Duration::from_secs(10);
const WHOLE_REQUEST: Duration = Duration::from_secs(30);

/// The timeout of a request of the four operations. The AWS CLI only limits the time between two reads, so a server
/// that sends a byte a minute can keep its request open for years.
const OPERATION_TIMEOUT: Duration = Duration::from_mins(10);

/// The services of a session command. Warns about insecure settings.
pub(super) fn for_session(context: &Context, config: &Config, global: &GlobalArgs) -> anyhow::Result<Services> {
    session_services(context, config, &overrides(global))
}

/// The same for the credential chain.
pub(super) fn for_session_chain(context: &Context, config: &Config, global: &GlobalArgs) -> anyhow::Result<Services> {
    config::check_endpoint_option(&overrides(global))?;
    session_services(context, config, &without_endpoint(global))
}

fn session_services(context: &Context, config: &Config, overrides: &Overrides) -> anyhow::Result<Services> {
    let settings = config::client_settings(context, config, overrides)?;
    let mut options = http_options(context, &settings);
    options.reuses_connections = true;
    options.proxies = options.proxies.direct_to_loopback();
    if !settings.connect_timeout.is_explicit() {
        options.connect_timeout = Some(CONNECT);
    }
    options.total_timeout =
        if settings.read_timeout.is_explicit() { whole_request(&options, WHOLE_REQUEST) } else { Some(WHOLE_REQUEST) };
    if !settings.verify_ssl {
        context.warn("TLS certificates are not verified; anyone on the network path can read or modify traffic");
    }
    let services = Services::new(options, settings).without_plain_http();
    for Located { value: url, origin } in services.plain_http() {
        if !matches!(origin, Origin::File(_)) {
            context.warn(format_args!("sending tokens unencrypted to {url} ({origin})"));
        }
    }
    Ok(services)
}

/// The transport options from the settings.
pub(super) fn http_options(context: &Context, settings: &ClientSettings) -> HttpOptions {
    let options = HttpOptions::new(context);
    let user_agent = match &settings.user_agent_app_id {
        Some(id) => format!("{} app/{}", options.user_agent, id.replace(' ', "-")),
        None => options.user_agent.clone(),
    };
    let bundle = settings.ca_bundle.as_ref();
    let options = HttpOptions {
        ca_bundle: bundle.map(|chosen| CaBundle { path: chosen.value.clone(), origin: chosen.source() }),
        verify: settings.verify_ssl,
        connect_timeout: settings.connect_timeout.value,
        read_timeout: settings.read_timeout.value,
        max_attempts: settings.max_attempts.value,
        user_agent,
        ..options
    };
    HttpOptions { total_timeout: whole_request(&options, OPERATION_TIMEOUT), ..options }
}

/// The timeout of one attempt: at least the configured connect and read timeouts together, and `None` if the read
/// timeout is disabled.
fn whole_request(options: &HttpOptions, least: Duration) -> Option<Duration> {
    Some(least.max(options.connect_timeout?.saturating_add(options.read_timeout?)))
}

/// The command-line options for requests.
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

/// The same without `--endpoint-url`, which applies only to the command's own service, not to the credential chain.
pub(super) fn without_endpoint(global: &GlobalArgs) -> Overrides {
    Overrides { endpoint_url: None, ..overrides(global) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{OPERATION_TIMEOUT, WHOLE_REQUEST, whole_request};
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
        assert_eq!(limit(seconds(60), seconds(60), OPERATION_TIMEOUT), seconds(600));
        assert_eq!(limit(seconds(1), None, OPERATION_TIMEOUT), None);
        assert_eq!(limit(Some(Duration::MAX), seconds(1), WHOLE_REQUEST), Some(Duration::MAX));
    }
}
