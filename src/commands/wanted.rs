//! Which session a command means, and what its token must be for.
//!
//! Shared by the commands that need one token: `login`, `token`, `export-credentials`, `status`. Which settings a session
//! has is in `config::sso`; when a token fits is in `session`.

use std::borrow::Cow;
use std::time::Duration;

use crate::cache::TokenKey;
use crate::config::{self, Config, Origin, SsoOverrides, SsoSettings};
use crate::endpoint;
use crate::error::Error;
use crate::session::Wanted;

/// The settings of a session. Where the start URL's host names the region, that is the default for one that is given by
/// option.
pub(super) fn settings(config: &Config, options: SsoOverrides<'_>) -> Result<SsoSettings, Error> {
    let host = options.start_url.and_then(|url| url::Url::parse(url).ok());
    let named = host.as_ref().and_then(url::Url::host_str).and_then(endpoint::region_of_portal_host);
    config::sso_settings(config, SsoOverrides { region: options.region.or(named.as_deref()), ..options })
}

/// The sessions that options name: several names, or `--profile`; `None` is all there are.
pub(super) fn selected(
    names: &[String],
    profile: Option<&str>,
    config: &Config,
) -> Result<Option<Vec<SsoSettings>>, Error> {
    let of = |session| settings(config, SsoOverrides { session, ..SsoOverrides::default() });
    if !names.is_empty() {
        return names.iter().map(|name| of(Some(name))).collect::<Result<_, _>>().map(Some);
    }
    profile.filter(|name| !name.is_empty()).map(|_| of(None).map(|settings| vec![settings])).transpose()
}

/// What the token of these settings must be for, with the command that asks a person for it.
pub(super) fn of(settings: &SsoSettings) -> Wanted {
    Wanted {
        session_name: settings.session_name.clone(),
        start_url: settings.start_url.clone(),
        region: settings.region.clone(),
        scopes: settings.registration_scopes.clone(),
        min_ttl: Duration::ZERO,
        remedy: remedy(settings),
        token_key: TokenKey::new(settings.session_name.as_deref(), &settings.start_url),
    }
}

fn remedy(settings: &SsoSettings) -> String {
    let given = |origin: &Origin| matches!(origin, Origin::Option(_));
    let (url_given, region_given) = (given(&settings.start_url_origin), given(&settings.region_origin));
    let profile = (!url_given).then_some(("--profile", &settings.profile_name));
    let session = settings.session_name.as_ref().map(|name| ("--sso-session", name)).or(profile);
    let start_url = url_given.then_some(("--start-url", &settings.start_url));
    let region = region_given.then_some(("--sso-region", &settings.region));
    let mut command = "sso-oidc login".to_owned();
    for (option, value) in [session, start_url, region].into_iter().flatten() {
        command.extend([" ", option, " ", &quoted(value)]);
    }
    command
}

/// A word as a shell reads it.
fn quoted(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_alphanumeric() || "-_.:/@+=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into()
    } else {
        format!("'{}'", word.replace('\'', r"'\''")).into()
    }
}
