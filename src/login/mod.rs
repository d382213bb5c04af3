//! `login`: signs in with a valid token, or else with a refreshed one, or else in the browser.
//!
//! This file contains the order of the steps; each step has its own file. `session` decides when a token is refreshed;
//! the flows are in `authorization_code` (RFC 6749, 7636, 8252) and `device` (RFC 8628); `notice` prints the output.

mod authorization_code;
mod browser;
mod callback;
mod device;
mod error;
mod flow;
mod interactive;
mod loopback;
pub mod notice;
mod page;
#[cfg(unix)]
mod paste;
mod peer;
mod pkce;
mod poll;
mod qr;
mod registration;
mod single_flight;
mod start_page;
mod start_url;

use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use crate::cache::{CachedRegistration, CachedToken, CredentialCache, Loaded, PATIENCE, Purpose, TokenCache};
use crate::config::{Config, DEFAULT_SCOPE, Session};
use crate::context::{Context, Timestamp};
use crate::error::{Error, Kind, expected};
use crate::http::Retry;
use crate::oidc::{OidcClient, TokenResponse};
use crate::services::Services;
use crate::session::{self, LoginNeeded, NoToken, TokenRequest, Usable};

pub use flow::{Flow, FlowChoice};
pub use interactive::Interactive;
use loopback::BrowserTab;
use notice::Notices;
use page::Page;
use single_flight::Role;
pub use start_page::find_region;

/// The time to ask the portal whether it accepts a valid token.
const PROBE_TIMEOUT: Duration = Duration::from_secs(3);

/// Checks the settings of a session, without a request.
pub fn check(session: &Session, choices: &Choices) -> Result<(), Error> {
    flow::choice(choices, session)?;
    session.redirect_port()?;
    start_url::classify(session).map(drop)
}

/// Signs in.
pub async fn sign_in(request: &LoginRequest<'_>) -> Result<Login, Error> {
    match without_browser(request).await? {
        Outcome::SignedIn(login) => {
            request.notices.summary(&login, request.session);
            Ok(*login)
        }
        Outcome::NeedsLogin(why) => interactively(request, why).await,
    }
}

/// Signs in without a browser, if possible: with the cached token if it is valid, else by refreshing it. Several
/// sessions can do so at once, so the summary is left to the caller.
pub async fn without_browser(request: &LoginRequest<'_>) -> Result<Outcome, Error> {
    let LoginRequest { session, choices, services, cache, context, .. } = *request;
    if choices.force || choices.new_session {
        return Ok(Outcome::NeedsLogin(None));
    }
    let min_ttl = choices.min_ttl;
    let wanted = TokenRequest { session, services, cache, context, min_ttl, throttled: false, rejected: None };
    let obtain = async {
        let obtained = wanted.obtain().await;
        match &obtained {
            Ok(Usable { token, refreshed: false, .. }) if is_rejected(request, token).await => {
                wanted.replace_rejected(token).await
            }
            _ => obtained,
        }
    };
    let obtained = context.wait_for(|| format!("checking the session {}", session.label()), obtain).await;
    let usable = match obtained {
        Ok(usable) => usable,
        Err(NoToken::LoginNeeded(why)) => return Ok(Outcome::NeedsLogin(Some(why))),
        Err(error) => return Err(error.into_error(session)),
    };
    if let Some(error) = usable.not_stored {
        let message = format!("the refreshed token could not be stored: {error}");
        return Err(error.message(message));
    }
    let how = if usable.refreshed { How::Refreshed } else { How::Cached };
    let login = Login { warnings: usable.warnings, ..Login::new(usable.token, how) };
    Ok(Outcome::SignedIn(Box::new(login)))
}

/// Whether the access portal rejects a valid token. If the portal cannot be asked, it does not.
async fn is_rejected(request: &LoginRequest<'_>, token: &CachedToken) -> bool {
    let LoginRequest { session, services, cache, .. } = *request;
    if session::is_rejected(token, session, cache) {
        return true;
    }
    // Without this scope the portal might accept no token at all.
    let has_scope = |scopes: &Vec<String>| scopes.is_empty() || scopes.iter().any(|scope| scope == DEFAULT_SCOPE);
    let portal = services.portal(&session.region.value).ok().filter(|_| session.scopes.as_ref().is_none_or(has_scope));
    let Some(portal) = portal else { return false };
    let probe = portal.accounts_probe(&token.access_token, Retry::Once);
    let response = tokio::time::timeout(PROBE_TIMEOUT, probe).await;
    matches!(response, Ok(Err(failure)) if failure.is_unauthorized())
}

/// Signs in with the browser, or waits for the process that already does. `why`: why a login is needed, unless forced.
pub async fn interactively(request: &LoginRequest<'_>, why: Option<LoginNeeded>) -> Result<Login, Error> {
    let LoginRequest { session, cache, notices, .. } = *request;
    if let Some((no_prompt, advice)) = interactive::no_prompt(request) {
        let error = match why {
            Some(why) => session.login_needed(&format!("{why}, and {no_prompt}")),
            None => Error::new(Kind::LoginNeeded, format!("cannot sign in to {} again: {no_prompt}", session.label())),
        };
        return Err(error.hint(advice));
    }
    let known = match cache.token(&session.token_key())? {
        Loaded::Present(token, _) => Some(token),
        Loaded::Absent | Loaded::Damaged(_) => None,
    };
    let lock = match single_flight::lead_or_follow(request, known.as_ref()).await? {
        Role::Leader(lock) => lock,
        Role::Follower(token) => {
            let login = Login::new(*token, How::Cached);
            notices.summary(&login, session);
            return Ok(login);
        }
    };
    // The report of another process does not say whether the client was refused.
    let is_client_refused = matches!(why, Some(LoginNeeded::ClientRefused(_) | LoginNeeded::Reported(_)));
    let refused_client = known.as_ref().filter(|_| is_client_refused).and_then(|known| known.client_id.clone());
    if let Some(why) = why.filter(|why| !matches!(why, LoginNeeded::Absent)) {
        notices.message(format_args!("signing in again: {why}"));
    }
    notices.unusual_start_url(session);
    let result = in_browser(request, refused_client).await;
    lock.end(result.as_ref().err());
    let login = result?;
    notices.summary(&login, session);
    notices.advice(&login, known.as_ref(), session, request.choices);
    Ok(login)
}

async fn in_browser(request: &LoginRequest<'_>, refused_client: Option<String>) -> Result<Login, Error> {
    let LoginRequest { session: configured, choices, services, cache, notices, context, .. } = *request;
    let flow_choice = flow::choice(choices, configured)?;
    let redirect_port = choices.redirect_port.map_or_else(|| configured.redirect_port(), |port| Ok(Some(port)))?;
    let mut session = configured.clone();
    let resolve = start_url::resolve(&services.http, configured, notices);
    let (start_url, region) = context.wait_for(|| "resolving the start URL".to_owned(), resolve).await?;
    session.region.value = region;
    // A full disk or a read-only home is reported before the browser opens.
    if let Some(warning) = cache.probe(&session.token_key())? {
        notices.message(warning);
    }
    if choices.new_session {
        context.wait_for(|| "ending the old session".to_owned(), end_session(request)).await?;
    }
    let (flow, reason) = flow::choose(flow_choice, session.name.is_some(), redirect_port.is_some(), context);
    if let Some(reason) = reason {
        notices.message(format_args!("using the device code flow: {reason}"));
    }
    let deadline = choices.timeout.map(|timeout| Instant::now() + timeout);
    let oidc = services.oidc(&session.region.value, &start_url)?;
    let attempt = Attempt { request, session, start_url, redirect_port, oidc, deadline, refused_client };
    let granted = match flow {
        Flow::AuthorizationCode => authorization_code::sign_in(&attempt).await,
        Flow::DeviceCode => device::sign_in(&attempt).await,
    };
    if let Some(warning) = session::clock_warning(&attempt.oidc.http) {
        notices.message(warning);
    }
    let granted = granted.map_err(|failure| error::explained(failure, &attempt.session))?;
    let stored = attempt.during("storing the token", store(&attempt, &granted.token)).await;
    let page = stored.as_ref().err().map_or_else(|| Page::signed_in(&attempt.session.start_url.value), Page::failed);
    granted.tab.show(&page).await;
    stored?;
    let region = attempt.session.region.value;
    let how = if flow == Flow::DeviceCode { How::DeviceCode } else { How::AuthorizationCode };
    let new_region = Some(region).filter(|region| *region != configured.region.value);
    Ok(Login { new_region, ..Login::new(granted.token, how) })
}

/// Stores the new token. A running refresh ends first, because it would restore the old session; one that takes
/// too long is not waited for, and a failure to lock does not lose the token.
async fn store(attempt: &Attempt<'_>, token: &CachedToken) -> Result<(), Error> {
    let cache = attempt.request.cache;
    let key = attempt.session.token_key();
    let _held = cache.lock(&key, Purpose::Refresh).wait(PATIENCE, || None::<()>).await;
    forget_roles(attempt.request);
    cache.store_token(&key, token)
}

/// Removes the session's role credentials, which may be of another user.
fn forget_roles(request: &LoginRequest<'_>) {
    let LoginRequest { session, config, notices, context, .. } = *request;
    let cache = context.home.as_deref().map(CredentialCache::in_home);
    for error in cache.iter().flat_map(|cache| session::forget_roles(session, config, cache)) {
        notices.message(format_args!("cannot remove the role credentials of the earlier login: {error}"));
    }
}

/// Ends the old session at the service and removes its token; a failure of the service is a warning.
async fn end_session(request: &LoginRequest<'_>) -> Result<(), Error> {
    let key = request.session.token_key();
    let _held = request.cache.lock(&key, Purpose::Refresh).wait(PATIENCE, || None::<()>).await;
    let Loaded::Present(known, _) = request.cache.token(&key)? else { return Ok(()) };
    let region = known.region.as_deref().unwrap_or(&request.session.region.value);
    let ended = match request.services.portal(region) {
        Ok(portal) => portal.logout(&known.access_token).await.map_err(Error::from),
        // The region in a damaged file must not prevent a new session.
        Err(error) => Err(error),
    };
    if let Err(error) = ended {
        request.notices.message(format_args!("the old session could not be revoked: {error}"));
    }
    forget_roles(request);
    request.cache.remove_token(&key)
}

/// One login: of which session, how, and with what.
pub struct LoginRequest<'a> {
    /// The session.
    pub session: &'a Session,
    /// The options of the login.
    pub choices: &'a Choices,
    /// The services.
    pub services: &'a Services,
    /// The token cache.
    pub cache: &'a TokenCache,
    /// The configuration, which has the roles of other sessions.
    pub config: &'a Config,
    /// Prints what happens.
    pub notices: &'a Notices<'a>,
    /// The environment.
    pub context: &'a Context,
}

/// The options of a login, from the command line and the environment.
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own on the command line")]
#[derive(Debug, Default)]
pub struct Choices {
    /// The flow, instead of the session's.
    pub flow: Option<FlowChoice>,
    /// A fixed port for the redirect, instead of the session's.
    pub redirect_port: Option<u16>,
    /// Whether no browser is opened.
    pub no_browser: bool,
    /// The browser's command, instead of the session's, `BROWSER` and the system's default.
    pub browser_command: Option<String>,
    /// Whether a terminal shows no QR code.
    pub no_qr: bool,
    /// Whether the URL or the code is copied to the clipboard.
    pub copy: bool,
    /// Ignore the cached token.
    pub force: bool,
    /// Revoke the old session first, so that the new one does not inherit its expiry.
    pub new_session: bool,
    /// Whether a browser login may be started.
    pub interactive: Interactive,
    /// How long the login may take, instead of the flow's own limit.
    pub timeout: Option<Duration>,
    /// The minimum remaining lifetime of the token.
    pub min_ttl: Duration,
}

/// The value of this name, else what is expected: "expected a, b or c".
pub fn named<T: Copy>(values: &[(&str, T); 3], name: &str) -> Result<T, String> {
    let found = values.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| *value).ok_or_else(|| expected(&values.map(|(known, _)| known)))
}

/// The result of signing in without a browser.
#[derive(Debug)]
pub enum Outcome {
    /// The login succeeded.
    SignedIn(Box<Login>),
    /// A browser login is needed, and why; `None` if it was forced.
    NeedsLogin(Option<LoginNeeded>),
}

/// A login that succeeded.
#[derive(Debug)]
pub struct Login {
    /// The token, stored.
    pub token: CachedToken,
    /// Where it comes from.
    pub how: How,
    /// The region of the resolved start URL, if it differs from the configured one.
    pub new_region: Option<String>,
    /// Warnings about a token that was not issued by this login, a line each.
    pub warnings: Vec<String>,
}

impl Login {
    fn new(token: CachedToken, how: How) -> Self {
        Self { token, how, new_region: None, warnings: Vec::new() }
    }
}

/// Where the token of a login comes from, with these names in events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The cache.
    Cached,
    /// A refresh.
    Refreshed,
    /// The authorization code flow.
    AuthorizationCode,
    /// The device code flow.
    DeviceCode,
}

/// The state of one browser login, which must not be mixed with another's (RFC 9700).
struct Attempt<'a> {
    request: &'a LoginRequest<'a>,
    /// With the region that the start URL led to.
    session: Session,
    /// The URL to send to the service: for a vanity URL, the one that it redirects to.
    start_url: String,
    redirect_port: Option<u16>,
    oidc: OidcClient,
    deadline: Option<Instant>,
    /// The client that the service refused when the token was to be refreshed.
    refused_client: Option<String>,
}

impl<'a> Attempt<'a> {
    fn notices(&self) -> &'a Notices<'a> {
        self.request.notices
    }

    /// Awaits a request; `what` is shown if it takes long.
    async fn during<T>(&self, what: &str, request: impl Future<Output = T>) -> T {
        self.context().wait_for(|| what.to_owned(), request).await
    }

    fn context(&self) -> &'a Context {
        self.request.context
    }

    /// The scopes of the authorization code flow.
    fn scopes(&self) -> Vec<String> {
        let configured = self.session.scopes.clone().filter(|scopes| !scopes.is_empty());
        configured.unwrap_or_else(|| vec![DEFAULT_SCOPE.to_owned()])
    }
}

/// A token fresh from the service, not yet stored, and the browser that waits for the result.
struct Granted {
    token: CachedToken,
    tab: BrowserTab,
}

impl Granted {
    /// The document of a new login: botocore's members, nothing from an earlier file. `sent`: when the request was
    /// sent.
    fn new(attempt: &Attempt<'_>, token: TokenResponse, client: CachedRegistration, sent: Timestamp) -> Self {
        let token = CachedToken {
            start_url: Some(attempt.session.start_url.value.clone()),
            region: Some(attempt.session.region.value.clone()),
            expires_at: token.expires_at(sent),
            access_token: token.access_token,
            client_id: Some(client.client_id),
            client_secret: Some(client.client_secret),
            registration_expires_at: Some(client.expires_at),
            refresh_token: token.refresh_token,
            others: serde_json::Map::new(),
        };
        Self { token, tab: BrowserTab::default() }
    }
}
