//! `login`: a valid token, else a refreshed one, else a person is asked.
//!
//! This file is the order of things; each step has its own. What is cached and refreshed when is in `session`; the flows
//! are in `authorization_code` (RFC 6749, 7636, 8252) and `device` (RFC 8628). Imports `session`, `oidc`, `cache`, `http`,
//! `endpoint`, `context`, `text`, `secret`.

pub mod account;
pub mod authorization_code;
pub mod browser;
pub mod callback;
pub mod device;
mod error;
pub mod flow;
pub mod interactive;
pub mod loopback;
pub mod notice;
pub mod page;
mod paste;
pub mod pkce;
pub mod poll;
mod qr;
mod registration;
pub mod single_flight;
pub mod start_url;
mod waiting;

use std::time::Duration;

use tokio::time::Instant;

use crate::cache::{CachedRegistration, CachedToken, Loaded, Purpose, RegistrationKey, TokenCache};
use crate::context::{Context, Timestamp};
use crate::endpoint;
use crate::error::Error;
use crate::http::{HttpClient, Retry};
use crate::oidc::{Failure, Grant, OidcClient, TokenResponse};
use crate::portal::PortalClient;
use crate::session::{self, LoginNeeded, SessionError, Usable, Wanted};
use crate::text;

pub use error::LoginError;
pub use flow::{Flow, FlowChoice};
pub use interactive::Interactive;
use loopback::BrowserTab;
use notice::Notices;
use single_flight::Turn;
use start_url::ResolvedStartUrl;

/// What a login is asked to do.
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own on the command line")]
pub struct LoginRequest<'a> {
    /// What the token must be for.
    pub wanted: Wanted,
    /// Which flow.
    pub flow: FlowChoice,
    /// A fixed port for the redirect.
    pub redirect_port: Option<u16>,
    /// Whether a browser is opened.
    pub opens_browser: bool,
    /// The browser's command, instead of `BROWSER` and the system's choice.
    pub browser_command: Option<String>,
    /// Whether a terminal may be shown a QR code.
    pub shows_qr: bool,
    /// Skip what is cached.
    pub force: bool,
    /// End the old session at the service first, so that the new one does not inherit its end.
    pub new_session: bool,
    /// Whether a person may be asked.
    pub interactive: Interactive,
    /// How long a person has, instead of the flow's own patience.
    pub timeout: Option<Duration>,
    /// The settings that a refusal may be about, and where they come from, for a person.
    pub settings: String,
    /// The token cache.
    pub cache: &'a TokenCache,
    /// Makes a client for the service in a region.
    pub client: &'a dyn Fn(&str) -> Result<OidcClient, Error>,
    /// Makes a client for the access portal in a region.
    pub portal: &'a dyn Fn(&str) -> Result<PortalClient, Error>,
    /// For the start URL, which is not the service.
    pub http: &'a HttpClient,
    /// Who says what happens.
    pub notices: &'a Notices<'a>,
    /// Which exit code an error has, for the processes that wait for this login.
    pub exit_code: fn(&LoginError) -> u8,
}

/// How a login came by its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It was valid.
    Cached,
    /// It was refreshed.
    Refreshed,
    /// The browser came back with a code.
    AuthorizationCode,
    /// The device code was approved.
    DeviceCode,
}

impl How {
    /// The word in JSON events.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cached => "cached",
            Self::Refreshed => "refreshed",
            Self::AuthorizationCode => "authorization_code",
            Self::DeviceCode => "device_code",
        }
    }
}

/// A login that succeeded.
#[derive(Debug)]
pub struct Login {
    /// The token, stored.
    pub token: CachedToken,
    /// How it was come by.
    pub how: How,
    /// The region that the start URL led to, where it is not the configured one.
    pub new_region: Option<String>,
}

/// What came of trying without a person.
#[derive(Debug)]
pub enum Silent {
    /// A token.
    Login(Box<Login>),
    /// A person is needed, and why; nothing when the login was forced.
    PersonNeeded(Option<Box<LoginNeeded>>),
}

/// Signs in without a person, if that can be: a valid token, else a refreshed one. `login` is never throttled.
pub async fn silently(request: &LoginRequest<'_>, context: &Context) -> Result<Silent, LoginError> {
    if request.force || request.new_session {
        return Ok(Silent::PersonNeeded(None));
    }
    let wanted = &request.wanted;
    let client = || (request.client)(&wanted.region);
    let Usable { token, refreshed, warnings } =
        match session::obtain(wanted, request.cache, context, false, &client).await {
            Ok(usable) => usable,
            Err(SessionError::LoginNeeded { why, .. }) => return Ok(Silent::PersonNeeded(Some(why))),
            Err(error) => return Err(error.into()),
        };
    let is_spared = !refreshed && !warnings.is_empty();
    for warning in warnings {
        request.notices.say(&text::for_terminal(&warning));
    }
    let how = if refreshed { How::Refreshed } else { How::Cached };
    let login = Login { token, how, new_region: None };
    request.notices.say(&account::line(&login, wanted, context.now(), is_spared));
    Ok(Silent::Login(Box::new(login)))
}

/// Signs in by asking a person, or by waiting for the process that asks.
pub async fn asking(
    request: &LoginRequest<'_>,
    context: &Context,
    needed: Option<Box<LoginNeeded>>,
) -> Result<Login, LoginError> {
    if let Some(reserve) = interactive::reserve(request, context) {
        return Err(LoginError::MayNotAsk { wanted: Box::new(request.wanted.clone()), needed, reserve });
    }
    let known = match request.cache.token(&request.wanted.token_key)? {
        Loaded::Present(token, _) => Some(token),
        Loaded::Absent | Loaded::Damaged(_) => None,
    };
    let asking = match single_flight::turn(request, context, known.as_ref()).await? {
        Turn::Ours(asking) => asking,
        Turn::Answered(token) => {
            let login = Login { token: *token, how: How::Cached, new_region: None };
            request.notices.say(&account::line(&login, &request.wanted, context.now(), false));
            return Ok(login);
        }
    };
    if let Some(why) = needed.filter(|why| !matches!(**why, LoginNeeded::Absent)) {
        request.notices.say(&text::for_terminal(&format!("signing in anew: {why}")));
    }
    let outcome = ask(request, context, known.as_ref()).await;
    asking.end(outcome.as_ref().err(), request.exit_code);
    let login = outcome.map_err(|error| error.about(&request.settings))?;
    request.notices.say(&account::line(&login, &request.wanted, context.now(), false));
    if let Some(advice) = account::advice(&login, known.as_ref(), &request.wanted, context.now()) {
        request.notices.say(&advice);
    }
    Ok(login)
}

/// The interactive flow itself.
async fn ask(request: &LoginRequest<'_>, context: &Context, known: Option<&CachedToken>) -> Result<Login, LoginError> {
    let configured = &request.wanted;
    let start_url = start_url::resolve(request.http, &configured.start_url, &configured.region).await?;
    let wanted = Wanted { region: start_url.region.clone(), ..configured.clone() };
    // A full disk or a read-only home is told before a person approves anything.
    request.cache.probe(&wanted.token_key)?;
    if let Some(known) = known.filter(|_| request.new_session) {
        end_session(request, known).await?;
    }
    let (flow, reason) =
        flow::choose(request.flow, wanted.session_name.is_some(), request.redirect_port.is_some(), context);
    if let Some(reason) = reason {
        request.notices.say(&format!("using the device code flow: {reason}"));
    }
    let attempt = Attempt {
        oidc: (request.client)(&start_url.region)?,
        deadline: request.timeout.map(|timeout| Instant::now() + timeout),
        request,
        wanted,
        start_url,
        context,
    };
    let granted = match flow {
        Flow::AuthorizationCode => authorization_code::sign_in(&attempt).await,
        Flow::DeviceCode => device::sign_in(&attempt).await,
    };
    if let Some(warning) = session::clock_warning(attempt.oidc.http()) {
        attempt.notices().say(&warning);
    }
    let granted = granted?;
    let token = granted.to_cached(&attempt);
    let stored = store(&attempt, &token).await.map_err(LoginError::from);
    granted.tab.show(&page::Page::of_outcome(stored.as_ref().err(), &attempt.wanted.start_url)).await;
    stored?;
    let new_region = (attempt.wanted.region != configured.region).then_some(attempt.wanted.region);
    let how = if flow == Flow::DeviceCode { How::DeviceCode } else { How::AuthorizationCode };
    Ok(Login { token, how, new_region })
}

/// Stores what a person has signed in to. A refresh that is under way ends first, lest it brings the old session back; one
/// that takes too long is not waited for.
async fn store(attempt: &Attempt<'_>, token: &CachedToken) -> Result<(), Error> {
    let key = &attempt.wanted.token_key;
    let lock = attempt.cache().lock(key, Purpose::Refresh);
    let _turn = session::turn(&lock, attempt.context, || None::<()>).await;
    attempt.cache().store_token(key, token)
}

/// Ends the old session at the service and removes its token; the service's failure is a warning.
async fn end_session(request: &LoginRequest<'_>, known: &CachedToken) -> Result<(), LoginError> {
    let region = known.region.as_deref().unwrap_or(&request.wanted.region);
    let ended = match (request.portal)(region) {
        Ok(portal) => portal.logout(&known.access_token).await.map_err(|error| error.to_string()),
        // A damaged file must not stand between a person and a new session.
        Err(error) => Err(error.to_string()),
    };
    if let Err(error) = ended {
        let words = text::for_terminal(&error);
        request.notices.say(&format!("the old session could not be ended at the service: {words}"));
    }
    request.cache.remove_token(&request.wanted.token_key)?;
    Ok(())
}

/// One interactive attempt: everything that belongs together and must not be mixed with another's (RFC 9700).
struct Attempt<'a> {
    request: &'a LoginRequest<'a>,
    /// With the region that the start URL led to.
    wanted: Wanted,
    start_url: ResolvedStartUrl,
    oidc: OidcClient,
    context: &'a Context,
    deadline: Option<Instant>,
}

/// A token fresh from the service, and the client it was issued to.
struct Granted {
    token: TokenResponse,
    registration: CachedRegistration,
    /// When the request left: life is counted from here, to be safe.
    sent: Timestamp,
    tab: BrowserTab,
}

impl Granted {
    fn new(token: TokenResponse, registration: CachedRegistration, sent: Timestamp) -> Self {
        Self { token, registration, sent, tab: BrowserTab::default() }
    }

    /// The document of a new sign-in: botocore's members, nothing of an earlier file.
    fn to_cached(&self, attempt: &Attempt<'_>) -> CachedToken {
        CachedToken {
            start_url: Some(attempt.wanted.start_url.clone()),
            region: Some(attempt.wanted.region.clone()),
            access_token: self.token.access_token.clone(),
            expires_at: self.sent + Duration::from_secs(self.token.expires_in),
            client_id: Some(self.registration.client_id.clone()),
            client_secret: Some(self.registration.client_secret.clone()),
            registration_expires_at: Some(self.registration.expires_at.clone()),
            refresh_token: self.token.refresh_token.clone(),
            others: serde_json::Map::new(),
        }
    }
}

impl Attempt<'_> {
    fn notices(&self) -> &Notices<'_> {
        self.request.notices
    }

    fn cache(&self) -> &TokenCache {
        self.request.cache
    }

    /// Scheme and host of the service's endpoint; a path in a custom endpoint is not part of it, as by AWS.
    fn origin(&self) -> String {
        url::Url::parse(self.oidc.endpoint()).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }

    fn registration_key(&self) -> RegistrationKey {
        self.wanted.registration_key()
    }

    async fn create_token(
        &self,
        client: &CachedRegistration,
        grant: &Grant,
        retry: Retry<'_>,
    ) -> Result<TokenResponse, Failure> {
        self.oidc.create_token((&client.client_id, &client.client_secret), grant, retry).await
    }

    /// Opens the browser, if one is wanted and the URL is fit for it; failing to is no reason to stop, the URL is shown.
    fn open_browser(&self, url: &str) {
        if !self.request.opens_browser {
            return;
        }
        let command = self.request.browser_command.as_deref();
        match text::browser_url(url, endpoint::is_loopback(self.oidc.endpoint())) {
            Ok(url) => {
                if let Err(error) = browser::open(self.context, command, url.as_str()) {
                    self.notices().say(&format!("the browser could not be opened: {error}"));
                }
            }
            Err(refused) => self.notices().say(&format!("the URL was not given to a browser: {refused}")),
        }
    }
}
