//! The authorization code grant with PKCE (RFC 6749 section 4.1, RFC 7636) for a native app (RFC 8252).
//!
//! The listener is bound before the URL is shown; the answer is taken from the browser; the code is exchanged once. The
//! browser shows success only after the token is stored.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use super::callback::{AuthorizationResponse, Refusal};
use super::error::{denied, explained, unanswered};
use super::loopback::{Answered, BrowserTab, Expected, Loopback};
use super::page::Page;
#[cfg(unix)]
use super::paste::pasted;
use super::peer::TrustedAccounts;
use super::pkce::{CodeVerifier, State, authorization_url};
use super::registration::{Client, UNKNOWN_CLIENT};
use super::{Attempt, Flow, Granted, browser, registration};
use crate::cache::CachedRegistration;
use crate::error::Error;
use crate::http::Retry;
use crate::oidc::{Failure, FaultCode, Grant};

/// How long the login may take, as in the AWS CLI.
const TIMEOUT: Duration = Duration::from_mins(10);

/// Signs in with the authorization code flow. A failure is shown in the browser here, success by the caller, once the token
/// is stored.
///
/// A cached client that the service no longer knows is registered again, once. The authorization page only shows an error
/// for it, which is not seen here: an unanswered login and `--force` do not use it again.
pub(super) async fn sign_in(attempt: &Attempt<'_>) -> Result<Granted, Failure> {
    let loopback = Loopback::bind(attempt.redirect_port).await?;
    let register = async || registration::register(attempt, Flow::AuthorizationCode).await;
    let client = if attempt.request.choices.force {
        register().await?
    } else {
        registration::client(attempt, Flow::AuthorizationCode).await?
    };
    match sign_in_as(attempt, &loopback, &client).await {
        Err(Failure::Fault(fault)) if client.cached && fault.is_about_the_client() => {
            attempt.notices().message(UNKNOWN_CLIENT);
            sign_in_as(attempt, &loopback, &register().await?).await
        }
        outcome => outcome,
    }
}

async fn sign_in_as(attempt: &Attempt<'_>, loopback: &Loopback, client: &Client) -> Result<Granted, Failure> {
    let (notices, request) = (attempt.notices(), attempt.request);
    let Client { registration: client, cached } = client;
    let (verifier, state) = (CodeVerifier::random()?, State::random()?);
    // A path in a custom endpoint is not part of the URL, as by AWS.
    let origin = Url::parse(&attempt.oidc.endpoint).map(|url| url.origin().ascii_serialization());
    let url = authorization_url(
        &origin.unwrap_or_default(),
        &client.client_id,
        &loopback.redirect_uri(),
        &state,
        &verifier.challenge(),
        &attempt.scopes(),
    );
    notices.authorization(&url, request.choices.no_browser)?;
    let opened = browser::show(attempt, &url);
    notices.approval(&url, None, opened, &attempt.session, request.choices.copy);
    notices.port_forwarding(loopback.port);

    let deadline = attempt.deadline.unwrap_or_else(|| Instant::now() + TIMEOUT);
    let expected = Arc::new(Expected { state, accounts: TrustedAccounts::new(attempt.context(), request.cache) });
    loop {
        let Some(Answered { response, tab }) = wait(attempt, loopback, &expected, deadline).await? else {
            if *cached {
                registration::forget(attempt, &client.client_id)?;
            }
            let hint = "run the login again and approve it in time; if the browser cannot reach this machine, add \
                        --use-device-code";
            return Err(unanswered().hint(hint).into());
        };
        let code = match response {
            AuthorizationResponse::Code(code) => code,
            AuthorizationResponse::Error { error, description } => {
                tab.show(&Page::denied(&error, description.as_deref())).await;
                return Err(denied(&error, description.as_deref()).into());
            }
        };
        let (redirect_uri, code_verifier) = (loopback.redirect_uri(), verifier.secret().clone());
        match exchange(attempt, client, &Grant::AuthorizationCode { code, redirect_uri, code_verifier }).await {
            Ok(granted) => return Ok(Granted { tab, ..granted }),
            Err(Failure::Fault(fault)) if tab.is_none() && !fault.is_about_the_client() => {
                notices.message(format_args!("the service did not accept the pasted code: {}", fault.code));
            }
            Err(Failure::Fault(fault)) if fault.is_about_the_client() => {
                registration::forget(attempt, &client.client_id)?;
                let page = if *cached { Page::approve_again() } else { Page::failed(&(*fault).clone().into()) };
                tab.show(&page).await;
                return Err(Failure::Fault(fault));
            }
            Err(failure) => {
                let error = match failure {
                    Failure::Fault(fault) if fault.kind == FaultCode::ExpiredToken => unanswered(),
                    failure => explained(failure, &attempt.session),
                };
                tab.show(&Page::failed(&error)).await;
                return Err(error.into());
            }
        }
    }
}

/// Waits for the response; `None` if the deadline passes.
async fn wait(
    attempt: &Attempt<'_>,
    loopback: &Loopback,
    expected: &Arc<Expected>,
    deadline: Instant,
) -> Result<Option<Answered>, Error> {
    let notices = attempt.notices();
    let mut told = Vec::new();
    let refused = |why: Refusal| {
        if let Some(message) = refusal_message(why).filter(|_| !told.contains(&why)) {
            notices.message(message);
            told.push(why);
        }
    };
    let answer = async {
        tokio::select! {
            answered = loopback.wait(expected, refused) => answered,
            response = pasted(attempt, &expected.state) => {
                Answered { response, tab: BrowserTab::default() }
            }
        }
    };
    let answer = notices.wait(deadline, tokio::time::timeout_at(deadline, answer)).await?;
    Ok(answer.ok())
}

/// What is told about a request that is not the redirect; most are not worth a line.
fn refusal_message(why: Refusal) -> Option<String> {
    match why {
        Refusal::Tls => Some(
            "the browser used https, but this port serves only http; turn off its HTTPS-only mode for 127.0.0.1, \
             or run this command again with --use-device-code"
                .to_owned(),
        ),
        Refusal::ErrorWithoutState => Some("ignoring an error response without a matching state".to_owned()),
        Refusal::Account(uid) => Some(format!(
            "ignoring a response from another user of this machine (user {uid}); if that is your browser, paste the \
             URL it was redirected to, or run this command again with --use-device-code"
        )),
        _ => None,
    }
}

/// Other systems have no paste prompt: the browser is on the same machine there.
#[cfg(not(unix))]
async fn pasted(_: &Attempt<'_>, _: &State) -> AuthorizationResponse {
    std::future::pending().await
}

/// The code for the token.
async fn exchange(attempt: &Attempt<'_>, client: &CachedRegistration, grant: &Grant) -> Result<Granted, Failure> {
    let sent = attempt.context().now();
    let parts = (client.client_id.as_str(), &client.client_secret);
    let request = attempt.oidc.create_token(parts, grant, Retry::Exchange);
    let token = attempt.during("requesting the token", request).await?;
    Ok(Granted::new(attempt, token, client.clone(), sent))
}
