//! `export-credentials`: role credentials for a shell, a `credential_process` or the environment of a command.
//!
//! Options name a role of an account; otherwise `credentials` finds the provider, as for `create-token-with-iam`, except
//! that a profile named by a variable comes before the environment, whose keys may come from an earlier run. `environment`
//! prints the credentials or runs the command. Cached credentials are returned without the settings that only a request
//! needs.

use std::time::Duration;

use anyhow::Context as _;
use aws_credential_types::Credentials;

use super::printing::Output;
use super::{clients, duration, environment, print_source, profile_chain, runtime, selection, token};
use crate::cli::{ExportCredentialsArgs, GlobalArgs};
use crate::config::{Config, RoleOptions, Section, SsoRole, use_one_of};
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
    let request = Request { min_ttl, config: &config, global, context };
    let is_not_found = |error: &Error| error.kind() == Kind::NoCredentials;
    let credentials = match request.credentials(request.provider(args).context(ATTEMPT)?) {
        Err(error) if error.downcast_ref().is_some_and(is_not_found) => {
            request.credentials(of_only_profile(&config, context)?)?
        }
        outcome => outcome?,
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

/// What the credentials must be, and how they are requested.
struct Request<'a> {
    min_ttl: Duration,
    config: &'a Config,
    global: &'a GlobalArgs,
    context: &'a Context,
}

impl Request<'_> {
    /// What has the credentials: the role that options or variables name, else what the credential chain finds.
    fn provider(&self, args: &ExportCredentialsArgs) -> Result<Provider, Error> {
        let Self { config, global, context, .. } = *self;
        let chain = Chain { context, config, prefers_named_profile: true };
        let mut options = token::options(&args.session, config, global, context);
        let role = RoleOptions::new(args.account_id.as_deref(), args.role_name.as_deref(), config, context);
        let is_session_given = args.session.is_given();
        // Variables for the session alone do not replace a role that the profile assumes.
        let is_assumed = || config.selected().is_some_and(|profile| profile.has_role());
        let has_session =
            is_session_given || (options.start_url.is_some() || options.region.is_some()) && !is_assumed();
        if !role.is_given() && !has_session {
            return chain.provider();
        }
        if role.is_given()
            && let Some(only) = selection::only(&options, config, context)?
        {
            options = only;
        }
        if let Some(role) = SsoRole::resolve(config, &role, &options)? {
            print_source(&role.session, config, context);
            return Ok(Provider::Sso(Box::new(role)));
        }
        if args.session.sso_session.is_some() || args.session.start_url.is_some() {
            let hint = "pass --account-id and --role-name, or use a profile with sso_account_id and sso_role_name";
            return Err(Error::configuration("Missing account and role").hint(hint));
        }
        chain.provider()
    }

    /// The credentials, from the cache if they last.
    fn credentials(&self, provider: Provider) -> anyhow::Result<Credentials> {
        let Self { min_ttl, config, global, context } = *self;
        if let Some(cached) = provider.cached(min_ttl, context)? {
            return Ok(cached);
        }
        let is_sso = matches!(provider, Provider::Sso(_));
        let (services, variable) = if let Provider::Sso(role) = &provider {
            let services = clients::for_session(context, config, global)?;
            services.check(&role.session.region)?;
            (services, None)
        } else {
            let profiles = profile_chain::extend_profile_chain(config.profile_name(), context)?;
            let services = clients::for_session_chain(context, config, global)?;
            (services, Some((profile_chain::VARIABLE, profiles)))
        };
        let region = services.region().unwrap_or_default();
        let retrieval = Retrieval { context, config, services: &services, region, variable, is_for_operation: false };
        let request = Box::pin(provider.credentials(&retrieval, min_ttl));
        let words = || "requesting credentials".to_owned();
        let found = runtime::block_on(context, async { Ok(context.wait_for(words, request).await) })?;
        let found = if is_sso { found? } else { found.context(ATTEMPT)? };
        check_lifetime(&found, min_ttl, context)?;
        Ok(found)
    }
}

/// The role of the only profile that has one, if no profile is named; otherwise the error about no credentials.
fn of_only_profile(config: &Config, context: &Context) -> anyhow::Result<Provider> {
    let name = config.profile_name();
    let has_role = |(name, profile): (_, Section<'_>)| {
        let is_complete = ["sso_account_id", "sso_role_name"].iter().all(|key| profile.get(key).is_some());
        // The credentials of a profile with another role are those of that role.
        (is_complete && profile.get("role_arn").is_none()).then_some(name)
    };
    let names: Vec<&str> =
        if config.profile_was_named() { vec![] } else { config.profiles().filter_map(has_role).collect() };
    if let [only] = names[..]
        && let Some(role) = SsoRole::of_profile(config, only)?
    {
        if context.stderr_is_terminal {
            context.message(&format!("using the profile {only}"));
        }
        return Ok(Provider::Sso(Box::new(role)));
    }
    let hint = match &names[..] {
        [] if config.profile_was_named() => {
            format!(
                "the profile `{name}` has no role; pass --profile, or --sso-session with --account-id and --role-name"
            )
        }
        [] => "no profile has a role; to write one, run: sso-oidc configure".to_owned(),
        _ => use_one_of(names.into_iter().map(|name| ("--profile", name))),
    };
    Err(anyhow::Error::new(Error::configuration("no credentials found").hint(hint)).context(ATTEMPT))
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
    let hint = "use a smaller --min-ttl, or raise the session duration of the permission set, or \
        duration_seconds of the profile";
    let message = format!("the credentials last {left}, but --min-ttl requires {required}");
    Err(Error::other(message).hint(hint))
}
