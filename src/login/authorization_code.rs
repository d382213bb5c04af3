//! The authorization code grant with PKCE (RFC 6749 section 4.1, RFC 7636) for a native app (RFC 8252).
//!
//! The listener is bound before the URL is shown; the answer is taken from the browser; the code is exchanged once. The
//! browser is told how it ended only after the token is stored. Imports `oidc`, `context`.

use std::time::Duration;

use tokio::time::Instant;

use super::callback::AuthorizationResponse;
use super::loopback::{Answered, BrowserTab, Loopback};
use super::page::Page;
use super::paste;
use super::pkce::{AuthorizationRequest, CodeVerifier, State};
use super::registration;
use super::{Attempt, Flow, Granted, LoginError};
use crate::cache::CachedRegistration;
use crate::config::DEFAULT_SCOPE;
use crate::context::Context;
use crate::http::Retry;
use crate::oidc::{Failure, FaultCode, Grant};
use crate::text;

/// How long a person has, as in the AWS CLI.
const PATIENCE: Duration = Duration::from_mins(10);

/// Signs in with the authorization code flow. A browser that came back is told at once of a failure, and of success by the
/// caller, once the token is stored.
pub(super) async fn sign_in(attempt: &Attempt<'_>) -> Result<Granted, LoginError> {
    let port = attempt.request.redirect_port;
    let loopback = Loopback::bind(port).await.map_err(|error| LoginError::Loopback { port, error })?;
    let client = registration::client(attempt, Flow::AuthorizationCode).await?;
    let (verifier, state) = (CodeVerifier::random()?, State::random()?);
    let redirect_uri = loopback.redirect_uri();
    let scopes = attempt.wanted.scopes.clone().filter(|scopes| !scopes.is_empty());
    let url = AuthorizationRequest {
        origin: &attempt.origin(),
        client_id: &client.registration.client_id,
        redirect_uri: &redirect_uri,
        state: &state,
        challenge: &verifier.challenge(),
        scopes: &scopes.unwrap_or_else(|| vec![DEFAULT_SCOPE.to_owned()]),
    }
    .url();
    attempt.notices().authorization(&url, attempt.request.opens_browser)?;
    if let Some(forward) = forward(attempt.context, loopback.port()) {
        attempt.notices().say(&forward);
    }
    attempt.open_browser(&url);

    let Answered { response, tab } = wait(attempt, loopback, state).await?;
    let outcome = exchange(attempt, client.registration, response, redirect_uri, &verifier).await;
    match outcome {
        Ok(granted) => Ok(Granted { tab, ..granted }),
        Err(error) => {
            tab.show(&Page::failed(&error)).await;
            Err(error)
        }
    }
}

/// On a machine that was reached by SSH: how a browser elsewhere reaches our port.
fn forward(context: &Context, port: u16) -> Option<String> {
    let connection = context.var_not_empty("SSH_CONNECTION")?;
    let host = connection.split_whitespace().nth(2)?;
    let user = context.var_not_empty("USER").map(|user| format!("{user}@")).unwrap_or_default();
    let command = text::for_terminal(&format!("ssh -L {port}:127.0.0.1:{port} {user}{host}"));
    Some(format!("For a browser on the machine you came from, run there first: {command}"))
}

async fn wait(attempt: &Attempt<'_>, loopback: Loopback, state: State) -> Result<Answered, LoginError> {
    let deadline = attempt.deadline.unwrap_or_else(|| Instant::now() + PATIENCE);
    let shown = |error: &AuthorizationResponse| {
        if let AuthorizationResponse::Error { error, description } = error {
            let words = description.as_deref().map_or(String::new(), |words| format!(": {words}"));
            let words = text::for_terminal(&format!("{error}{words}"));
            attempt.notices().say(&format!("a page came back with an error but without this login's state: {words}"));
        }
    };
    let answer = async {
        tokio::select! {
            answered = loopback.wait(state.clone(), shown) => answered,
            response = paste::answer(attempt.context, &state, attempt.notices(), !attempt.request.opens_browser) => {
                Answered { response, tab: BrowserTab::default() }
            }
        }
    };
    let answer = tokio::time::timeout_at(deadline, answer);
    attempt.waiting(deadline, answer).await?.map_err(|_| LoginError::Unanswered)
}

/// The code for the token; an answer that is no code has its own error.
async fn exchange(
    attempt: &Attempt<'_>,
    registration: CachedRegistration,
    response: AuthorizationResponse,
    redirect_uri: String,
    verifier: &CodeVerifier,
) -> Result<Granted, LoginError> {
    let code = match response {
        AuthorizationResponse::Code(code) => code,
        AuthorizationResponse::Error { error, description } => return Err(LoginError::Denied { error, description }),
    };
    let grant = Grant::AuthorizationCode { code, redirect_uri, code_verifier: verifier.secret().clone() };
    let sent = attempt.context.now();
    match attempt.create_token(&registration, &grant, Retry::Exchange).await {
        Ok(token) => Ok(Granted::new(token, registration, sent)),
        Err(Failure::Fault(fault)) if fault.kind == FaultCode::ExpiredToken => Err(LoginError::Expired),
        Err(Failure::Fault(fault)) if fault.is_about_the_client() => {
            attempt.cache().remove_registration(&attempt.registration_key())?;
            Err(Failure::Fault(fault).into())
        }
        Err(error) => Err(error.into()),
    }
}
