//! The authorization code grant with PKCE (RFC 6749 section 4.1, RFC 7636) for a native app (RFC 8252).
//!
//! The listener is bound before the URL is shown; the answer is taken from the browser; the code is exchanged once. The
//! browser shows success only after the token is stored.

use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use super::callback::AuthorizationResponse;
use super::error::{denied, explained, unanswered};
use super::loopback::{Answered, BrowserTab, Loopback};
use super::page::Page;
#[cfg(unix)]
use super::paste::pasted;
use super::pkce::{CodeVerifier, State, authorization_url};
use super::{Attempt, Flow, Granted, browser, registration};
use crate::cache::CachedRegistration;
use crate::http::Retry;
use crate::oidc::{Failure, FaultCode, Grant};
use crate::secret::Secret;

/// How long the login may take, as in the AWS CLI.
const TIMEOUT: Duration = Duration::from_mins(10);

/// Signs in with the authorization code flow. A failure is shown in the browser here, success by the caller, once the token
/// is stored.
pub(super) async fn sign_in(attempt: &Attempt<'_>) -> Result<Granted, Failure> {
    let loopback = Loopback::bind(attempt.redirect_port).await?;
    let client = registration::client(attempt, Flow::AuthorizationCode).await?;
    let (verifier, state) = (CodeVerifier::random()?, State::random()?);
    let redirect_uri = loopback.redirect_uri();
    // A path in a custom endpoint is not part of the URL, as by AWS.
    let origin = Url::parse(attempt.oidc.endpoint()).map(|url| url.origin().ascii_serialization());
    let url = authorization_url(
        &origin.unwrap_or_default(),
        &client.registration.client_id,
        &redirect_uri,
        &state,
        &verifier.challenge(),
        &attempt.scopes(),
    );
    attempt.notices().authorization(&url, attempt.request.choices.no_browser)?;
    attempt.notices().port_forwarding(loopback.port);
    browser::show(attempt, &url);

    let Answered { response, tab } = wait(attempt, loopback, state).await?;
    let code = match response {
        AuthorizationResponse::Code(code) => code,
        AuthorizationResponse::Error { error, description } => {
            tab.show(&Page::denied(&error, description.as_deref())).await;
            return Err(denied(&error, description.as_deref()).into());
        }
    };
    match exchange(attempt, client.registration, code, redirect_uri, &verifier).await {
        Ok(granted) => Ok(Granted { tab, ..granted }),
        Err(failure) => {
            let error = explained(failure, &attempt.session);
            tab.show(&Page::failed(&error)).await;
            Err(error.into())
        }
    }
}

async fn wait(attempt: &Attempt<'_>, loopback: Loopback, state: State) -> Result<Answered, Failure> {
    let notices = attempt.notices();
    let deadline = attempt.deadline.unwrap_or_else(|| Instant::now() + TIMEOUT);
    let ignored = || notices.message("ignoring an error response without a matching state");
    let answer = async {
        tokio::select! {
            answered = loopback.wait(state.clone(), ignored) => answered,
            response = pasted(attempt, &state) => {
                Answered { response, tab: BrowserTab::default() }
            }
        }
    };
    let answer = notices.wait(deadline, tokio::time::timeout_at(deadline, answer)).await?;
    Ok(answer.map_err(|_| unanswered())?)
}

/// Other systems have no paste prompt: the browser is on the same machine there.
#[cfg(not(unix))]
async fn pasted(_: &Attempt<'_>, _: &State) -> AuthorizationResponse {
    std::future::pending().await
}

/// The code for the token.
async fn exchange(
    attempt: &Attempt<'_>,
    registration: CachedRegistration,
    code: Secret,
    redirect_uri: String,
    verifier: &CodeVerifier,
) -> Result<Granted, Failure> {
    let grant = Grant::AuthorizationCode { code, redirect_uri, code_verifier: verifier.secret().clone() };
    let sent = attempt.context().now();
    let client = (registration.client_id.as_str(), &registration.client_secret);
    match attempt.oidc.create_token(client, &grant, Retry::Exchange).await {
        Ok(token) => Ok(Granted::new(attempt, token, registration, sent)),
        Err(Failure::Fault(fault)) if fault.kind == FaultCode::ExpiredToken => Err(unanswered().into()),
        Err(Failure::Fault(fault)) if fault.is_about_the_client() => {
            attempt.request.cache.remove_registration(&attempt.session.registration_key())?;
            Err(Failure::Fault(fault))
        }
        Err(error) => Err(error),
    }
}
