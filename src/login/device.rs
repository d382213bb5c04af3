//! The device authorization grant (RFC 8628): shows a code, which the user approves in any browser, and polls.
//!
//! AWS may have pre-authorized the client, so the device code is tried once before it is shown; `poll` schedules
//! further attempts.

use std::time::Duration;

use tokio::time::Instant;

use super::error::{expired_after, unanswered};
use super::notice::Code;
use super::poll::{self, Ended, Pace, Poll};
use super::registration::UNKNOWN_CLIENT;
use super::{Attempt, Flow, Granted, browser, qr, registration};
use crate::cache::CachedRegistration;
use crate::http::{HttpErrorKind, Retry};
use crate::oidc::{DeviceAuthorization, Failure, FaultCode, Grant, TokenResponse};
use crate::secret::Secret;

/// How long the one try before the code is shown may take.
const PROBE: Duration = Duration::from_secs(3);

/// Signs in with the device flow. A cached client that the service no longer knows is registered again, once, also when
/// its registration ends during the login.
pub(super) async fn sign_in(attempt: &Attempt<'_>) -> Result<Granted, Failure> {
    let client = registration::client(attempt, Flow::DeviceCode).await?;
    let outcome = sign_in_as(attempt, client.registration).await;
    if !client.cached || !matches!(&outcome, Err(Failure::Fault(fault)) if fault.is_about_the_client()) {
        return outcome;
    }
    attempt.notices().message(UNKNOWN_CLIENT);
    let client = registration::register(attempt, Flow::DeviceCode).await?;
    sign_in_as(attempt, client.registration).await
}

async fn sign_in_as(attempt: &Attempt<'_>, client: CachedRegistration) -> Result<Granted, Failure> {
    let parts = (client.client_id.as_str(), &client.client_secret);
    let request = attempt.oidc.start_device_authorization(parts, &attempt.start_url);
    let device = attempt.during("requesting a code", request).await?;
    let device_code = Grant::DeviceCode(device.device_code.clone());
    let now = || attempt.context().now();
    let sent = now();
    let create = async || attempt.oidc.create_token(parts, &device_code, Retry::Once).await;

    let mut pace = Pace::new(device.interval, device.expires_in, Instant::now());
    pace.deadline = attempt.deadline.map_or(pace.deadline, |deadline| deadline.min(pace.deadline));
    let probe = attempt.during("requesting a code", tokio::time::timeout(PROBE, create())).await;
    pace.last = Instant::now();
    match probe.map(verdict) {
        Ok(Poll::Token(token)) => return Ok(Granted::new(attempt, token, client, sent)),
        Ok(Poll::SlowDown) => pace.slow_down(),
        Ok(Poll::Final(error)) => return Err(ended(Ended::Failed(error))),
        Ok(Poll::Pending | Poll::Transient(..) | Poll::Malformed(_)) | Err(_) => {}
    }
    show(attempt, &device)?;
    let mut sent = now();
    let polling = poll::poll(pace, async || {
        sent = now();
        verdict(create().await)
    });
    let token = attempt.notices().wait(pace.deadline, polling).await?.map_err(ended)?;
    Ok(Granted::new(attempt, token, client, sent))
}

fn show(attempt: &Attempt<'_>, device: &DeviceAuthorization) -> Result<(), Failure> {
    let (notices, choices) = (attempt.notices(), attempt.request.choices);
    let shown = notices.device(device, choices.no_browser)?;
    let complete = device.verification_uri_complete.as_ref().map(Secret::expose);
    let url = complete.unwrap_or(&device.verification_uri);
    let code = Code { text: device.user_code.expose(), is_in_url: complete.is_some() };
    let opened = browser::show(attempt, url);
    let shown = shown + notices.approval(url, Some(code), opened, &attempt.session, choices.copy);
    if !choices.no_qr
        && let Some(code) = qr::lines(attempt.context(), url, shown)
    {
        attempt.context().write_stderr(&(code + "\n"));
    }
    Ok(())
}

/// The meaning of a response for polling (RFC 8628 section 3.5).
fn verdict(answer: Result<TokenResponse, Failure>) -> Poll<TokenResponse, Failure> {
    let error = match answer {
        Ok(token) => return Poll::Token(token),
        Err(error) => error,
    };
    match &error {
        Failure::Fault(fault) => match fault.kind {
            FaultCode::AuthorizationPending => Poll::Pending,
            FaultCode::SlowDown => Poll::SlowDown,
            FaultCode::InternalServer | FaultCode::Throttled => Poll::Transient(fault.retry_after, error),
            _ => Poll::Final(error),
        },
        Failure::Transport(http) if is_transient(&http.kind) => Poll::Transient(None, error),
        Failure::NotJson(_) => Poll::Malformed(error),
        Failure::Transport(_) | Failure::Other(_) => Poll::Final(error),
    }
}

/// Whether the next poll may succeed: failures of the network, but neither of certificates nor of a proxy that refuses.
fn is_transient(failure: &HttpErrorKind) -> bool {
    use HttpErrorKind::{Closed, Connect, ConnectTimeout, CutOff, Dns, ReadTimeout, TotalTimeout};
    matches!(failure, Dns | Connect | ConnectTimeout(_) | ReadTimeout(_) | TotalTimeout(_) | Closed | CutOff(_))
}

fn ended(ended: Ended<Failure>) -> Failure {
    match ended {
        Ended::Expired(None) => unanswered().into(),
        Ended::Expired(Some(failure)) => expired_after(&failure).into(),
        Ended::Failed(Failure::Fault(fault)) if fault.kind == FaultCode::ExpiredToken => unanswered().into(),
        Ended::Failed(failure) => failure,
    }
}

#[cfg(test)]
#[path = "../../tests/fuzz/device.rs"]
mod fuzz;
