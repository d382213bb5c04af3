//! `export-credentials`: role credentials for a shell, a `credential_process` or the environment of a command.
//!
//! `config` finds the role, `session` gets its credentials, and `environment` prints them or runs the command. Cached
//! credentials are returned without the settings that only a request needs. A profile's role takes precedence over keys
//! in the environment, which may come from an earlier run.

use anyhow::Context as _;

use super::clients;
use super::{environment, profile_chain, runtime, token};
use crate::cache::{CredentialCache, TokenCache};
use crate::cli::{ExportCredentialsArgs, GlobalArgs};
use crate::config::{Config, SsoRole};
use crate::context::Context;
use crate::credentials::Chain;
use crate::error::{Error, Kind};
use crate::session::{Caches, Role, RoleCredentials};

/// The AWS CLI's prefix of every configuration error.
const ATTEMPT: &str = "Unable to retrieve credentials";

/// Prints the credentials, or runs the command with them.
pub(super) fn run(args: &ExportCredentialsArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<u8> {
    let config = Config::load(context, global.profile.as_deref())?;
    let found = match role(args, &config).context(ATTEMPT)? {
        Some(role) => of_session(&role, &config, global, context)?,
        None => of_chain(&config, global, context)?,
    };
    for warning in &found.warnings {
        context.message(&format!("WARNING: {warning}"));
    }
    if !args.command.is_empty() {
        return Ok(environment::run(&args.command, &found.credentials, config.get("region"), context)?);
    }
    let text = environment::render(&found.credentials, args.format.as_deref().unwrap_or("process"))?;
    context.print_text(&text)?;
    Ok(0)
}

/// The role from the options and the profile, if they have one.
fn role(args: &ExportCredentialsArgs, config: &Config) -> Result<Option<SsoRole>, Error> {
    let options = token::options(&args.session);
    let (account_id, role_name) = (args.account_id.as_deref(), args.role_name.as_deref());
    let role = SsoRole::resolve(config, config.profile_name(), account_id, role_name, options)?;
    if role.is_none() && (options.name.is_some() || options.start_url.is_some()) {
        let hint = "pass --account-id and --role-name, or use a profile with sso_account_id and sso_role_name";
        return Err(Error::configuration("Missing account and role").hint(hint.to_owned()));
    }
    Ok(role)
}

fn of_session(
    role: &SsoRole,
    config: &Config,
    global: &GlobalArgs,
    context: &Context,
) -> anyhow::Result<RoleCredentials> {
    let home = context.require_home()?;
    let (tokens, credentials) = (TokenCache::in_home(home), CredentialCache::in_home(home));
    let caches = Caches { tokens: &tokens, credentials: &credentials };
    let (session, role) = (&role.session, Role { role, caches, context });
    if let Some(found) = role.look().map_err(|error| error.into_error(session))? {
        return Ok(found);
    }
    let services = clients::for_session(context, config, global)?;
    services.check(&session.region.value)?;
    runtime::block_on(context, async { Ok(role.obtain(&services).await.map_err(|error| error.into_error(session))?) })
}

/// The credentials of a profile without a role, from the credential chain of the AWS SDKs.
fn of_chain(config: &Config, global: &GlobalArgs, context: &Context) -> anyhow::Result<RoleCredentials> {
    let chain_variable = profile_chain::extend_profile_chain(config.profile_name(), context)?;
    let services = clients::for_session_chain(context, config, global)?;
    let region = services.region().unwrap_or_default();
    let chain = Chain::new(context, config, &services, region).with_variable(profile_chain::VARIABLE, chain_variable);
    let found = runtime::block_on(context, async { Ok(chain.find().await) })?;
    let credentials = found.map_err(|error| explained(error, config)).context(ATTEMPT)?;
    Ok(RoleCredentials { credentials, warnings: Vec::new() })
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
