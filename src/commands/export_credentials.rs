//! `export-credentials`: role credentials for a shell, a `credential_process` or the environment of a command.
//!
//! Options name a role of an account; otherwise `credentials` finds the provider, as for `create-token-with-iam`, except
//! that a profile named by a variable comes before the environment, whose keys may come from an earlier run. `environment`
//! prints the credentials or runs the command. Cached credentials are returned without the settings that only a request
//! needs.

use std::time::Duration;

use anyhow::Context as _;
use aws_credential_types::Credentials;

use super::clients;
use super::printing::Output;
use super::{duration, environment, print_source, profile_chain, runtime, token};
use crate::cli::{ExportCredentialsArgs, GlobalArgs};
use crate::config::{Config, SessionOptions, SsoRole};
use crate::context::{Context, Timestamp};
use crate::credentials::{Chain, Provider, Retrieval};
use crate::error::{Error, Kind};
use crate::session;

/// The AWS CLI's prefix of every configuration error.
const ATTEMPT: &str = "Unable to retrieve credentials";

/// Prints the credentials, or runs the command with them.
pub(super) fn run(args: &ExportCredentialsArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<u8> {
    let min_ttl = duration("--min-ttl", args.min_ttl.as_deref())?.unwrap_or_default();
    let as_data = global.output.is_some() || global.query.is_some();
    let format = args.format.as_deref().unwrap_or("process");
    if as_data && (format != "process" || !args.command.is_empty()) {
        let problem = "--output and --query apply to --format process only";
        return Err(Error::validation(problem).into());
    }
    let config = Config::load(context, global.profile.as_deref())?;
    let output = as_data.then(|| Output::resolve(global, &config, context)).transpose()?;
    let provider = provider(args, &config, context).context(ATTEMPT)?;
    let credentials = match provider.cached(min_ttl, context)? {
        Some(cached) => cached,
        None => retrieved(provider, min_ttl, &config, global, context)?,
    };
    if !args.command.is_empty() {
        let region = (global.region.as_deref().filter(|region| !region.is_empty()), config.get("region"));
        return Ok(environment::run(&args.command, &credentials, region, context)?);
    }
    let text = environment::render(&credentials, format)?;
    match output {
        Some(output) => output.print(serde_json::from_str(&text)?, "Credentials", context)?,
        None => context.print_text(&text)?,
    }
    Ok(0)
}

/// What has the credentials: the role that the options name, else what the credential chain finds.
fn provider(args: &ExportCredentialsArgs, config: &Config, context: &Context) -> Result<Provider, Error> {
    let options = token::options(&args.session);
    let (account_id, role_name) = (args.account_id.as_deref(), args.role_name.as_deref());
    let SessionOptions { name, start_url, region } = options;
    if [account_id, role_name, name, start_url, region].iter().any(Option::is_some) {
        if let Some(role) = SsoRole::resolve(config, account_id, role_name, options)? {
            print_source(&role.session, config, context);
            return Ok(Provider::Sso(Box::new(role)));
        }
        if name.or(start_url).is_some() {
            let hint = "pass --account-id and --role-name, or use a profile with sso_account_id and sso_role_name";
            return Err(Error::configuration("Missing account and role").hint(hint.to_owned()));
        }
    }
    Chain { context, config, prefers_named_profile: true }.provider()
}

/// The credentials that are not in the cache.
fn retrieved(
    provider: Provider,
    min_ttl: Duration,
    config: &Config,
    global: &GlobalArgs,
    context: &Context,
) -> anyhow::Result<Credentials> {
    let is_sso = matches!(provider, Provider::Sso(_));
    let (services, variable) = if let Provider::Sso(role) = &provider {
        let services = clients::for_session(context, config, global)?;
        services.check(&role.session.region)?;
        (services, None)
    } else {
        let profiles = profile_chain::extend_profile_chain(config.profile_name(), context)?;
        (clients::for_session_chain(context, config, global)?, Some((profile_chain::VARIABLE, profiles)))
    };
    let region = services.region().unwrap_or_default();
    let retrieval = Retrieval { context, config, services: &services, region, variable, is_for_operation: false };
    let found = runtime::block_on(context, async { Ok(provider.credentials(&retrieval, min_ttl).await) })?;
    let found = found.map_err(|error| explained(error, config));
    let found = if is_sso { found? } else { found.context(ATTEMPT)? };
    check_lifetime(&found, min_ttl, context)?;
    Ok(found)
}

/// Refuses credentials that expire too soon; access keys without an expiry last.
fn check_lifetime(credentials: &Credentials, min_ttl: Duration, context: &Context) -> Result<(), Error> {
    let Some(expiry) = credentials.expiry().map(Timestamp::from) else { return Ok(()) };
    let left = expiry - context.now();
    if left >= min_ttl {
        return Ok(());
    }
    let required = i64::try_from(min_ttl.as_secs()).unwrap_or(i64::MAX);
    let (left, required) = (session::duration(left.whole_seconds()), session::duration(required));
    let hint = "use a smaller --min-ttl, or give the role a longer session: the session duration of the permission set, or \
        duration_seconds of the profile";
    let message = format!("the credentials last {left}, but --min-ttl requires {required}");
    Err(Error::other(message).hint(hint.to_owned()))
}

/// Replaces the error for a profile without credentials by one that fits this command.
fn explained(error: Error, config: &Config) -> Error {
    if error.kind() != Kind::NoCredentials {
        return error;
    }
    let name = config.profile_name();
    Error::configuration("no credentials found").hint(format!(
        "the profile `{name}` has no role; pass --profile, or --sso-session with --account-id and --role-name"
    ))
}
