//! The device authorization grant (RFC 8628): the codes, the page for the person, the polls of the client.
//!
//! A poll before the interval is over is told to slow down, and from then on the interval is 5 seconds longer (section
//! 3.5).

use std::time::{Duration, Instant};

use serde_json::json;

use super::call::Request;
use super::fault::{Fault, invalid_grant, invalid_request};
use super::http::HttpAnswer;
use super::pages;
use super::registration::{DEVICE_CODE, REFRESH_TOKEN, is_start_url};
use super::state::{Approval, Client, Decision, DeviceAuthorization, State, Tokens, random_user_code};

pub(super) fn start_device_authorization(state: &mut State, request: &Request) -> Result<HttpAnswer, Fault> {
    let client_id = request.required("clientId")?;
    let client = state.client(client_id, request.required("clientSecret")?)?;
    check_grant(client, DEVICE_CODE)?;
    if !is_start_url(&state.settings, request.required("startUrl")?) {
        return Err(invalid_request("The startUrl is not that of this Identity Center"));
    }
    let device_code = state.new_secret("device-");
    let user_code = random_user_code();
    let interval = state.settings.interval;
    let lifetime = state.settings.lifetimes.device_code;
    state.device_authorizations.push(DeviceAuthorization {
        device_code: device_code.clone(),
        user_code: user_code.clone(),
        client_id: client_id.into(),
        decision: if state.settings.approval == Approval::AtOnce { Decision::Approved } else { Decision::Open },
        polls: 0,
        last_poll: None,
        // RFC 8628 section 3.2: 5 seconds when the answer does not say.
        interval: Duration::from_secs(interval.unwrap_or(5).try_into().unwrap_or(0)),
        expires: Instant::now() + lifetime,
    });
    let mut body = json!({
        "deviceCode": device_code,
        "userCode": user_code,
        "verificationUri": format!("{}/device", state.base),
        "verificationUriComplete": format!("{}/device?user_code={user_code}", state.base),
        "expiresIn": lifetime.as_secs(),
    });
    if let Some(interval) = interval {
        body["interval"] = json!(interval);
    }
    Ok(HttpAnswer::new(200, "application/json", body.to_string()))
}

/// Records a poll, and reports one that came too soon.
pub(super) fn note_poll(state: &mut State, request: &Request) -> Option<String> {
    let code = request.text("deviceCode").filter(|_| request.text("grantType") == Some(DEVICE_CODE))?;
    let is_strict = state.settings.strict_polling;
    let authorization = state.device_authorizations.iter_mut().find(|known| known.device_code == code)?;
    let gap = authorization.last_poll.replace(request.at).map(|last| request.at.saturating_duration_since(last))?;
    // Two requests of a punctual client may be unequally long on their way; a fifth covers it.
    let least = authorization.interval * 4 / 5;
    (is_strict && gap < least)
        .then(|| format!("polled again after {gap:?} where the interval is {:?}", authorization.interval))
}

/// From now on polls of this device code have to be 5 seconds further apart.
pub(super) fn slow_down(state: &mut State, request: &Request) {
    let code = request.text("deviceCode").unwrap_or_default();
    if let Some(known) = state.device_authorizations.iter_mut().find(|known| known.device_code == code) {
        known.interval += Duration::from_secs(5);
    }
}

/// A poll.
pub(super) fn redeem(state: &mut State, request: &Request, came_too_soon: bool) -> Result<Tokens, Fault> {
    let client_id = request.required("clientId")?;
    check_grant(state.client(client_id, request.required("clientSecret")?)?, DEVICE_CODE)?;
    let code = request.required("deviceCode")?;
    if came_too_soon {
        slow_down(state, request);
        return Err(Fault::new("SlowDownException", "The client polls too often"));
    }
    let approval = state.settings.approval;
    let known = state.device_authorizations.iter_mut().find(|known| known.device_code == code);
    let known =
        known.filter(|known| known.client_id == client_id).ok_or_else(|| invalid_grant("No such deviceCode"))?;
    if known.expires <= Instant::now() {
        return Err(Fault::new("ExpiredTokenException", "The device code has expired"));
    }
    known.polls += 1;
    if let Approval::AfterPolls(polls) = approval
        && known.decision == Decision::Open
        && known.polls > polls
    {
        known.decision = Decision::Approved;
    }
    match known.decision {
        Decision::Open => Err(Fault::new("AuthorizationPendingException", "The person has not decided yet")),
        Decision::Denied => Err(Fault::new("AccessDeniedException", "The person denied the request")),
        Decision::Spent => Err(invalid_grant("The deviceCode was used already")),
        Decision::Approved => {
            known.decision = Decision::Spent;
            let client = &state.clients[client_id];
            let scopes = client.scopes.clone();
            // AWS gives refresh tokens only to clients that registered scopes.
            let refreshable = !scopes.is_empty() && check_grant(client, REFRESH_TOKEN).is_ok();
            Ok(state.open_session(client_id, scopes, refreshable))
        }
    }
}

pub(super) fn check_grant(client: &Client, grant: &str) -> Result<(), Fault> {
    if client.grant_types.iter().any(|known| known == grant) {
        Ok(())
    } else {
        Err(Fault::new("UnauthorizedClientException", &format!("The client is not registered for {grant}")))
    }
}

/// The page where a person confirms the code, and the form on it.
pub(super) fn page(state: &mut State, request: &Request) -> Result<HttpAnswer, Fault> {
    if request.method == "GET" {
        let Some(code) = request.parameter("user_code") else { return Ok(pages::user_code()) };
        let client_id = &open_authorization(state, code)?.client_id.clone();
        return Ok(pages::device(code, &state.clients[client_id], &state.settings));
    }
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&request.body).into_owned().collect();
    let [(name, code), (decision, choice)] = form.as_slice() else {
        return Err(invalid_request("The form has not the two fields user_code and decision"));
    };
    if name != "user_code" || decision != "decision" {
        return Err(invalid_request("The form has not the two fields user_code and decision"));
    }
    decide(state, code, choice == "approve")?;
    Ok(if choice == "approve" {
        pages::message("Request approved", "You can close this window and return to your terminal.")
    } else {
        pages::message("Request denied", "Nothing was given to the program. You can close this window.")
    })
}

/// The user's decision about a user code.
pub(super) fn decide(state: &mut State, user_code: &str, approves: bool) -> Result<(), Fault> {
    let authorization = open_authorization(state, user_code)?;
    authorization.decision = if approves { Decision::Approved } else { Decision::Denied };
    Ok(())
}

fn open_authorization<'s>(state: &'s mut State, user_code: &str) -> Result<&'s mut DeviceAuthorization, Fault> {
    state
        .device_authorizations
        .iter_mut()
        .find(|known| known.user_code.eq_ignore_ascii_case(user_code) && known.decision == Decision::Open)
        .filter(|known| known.expires > Instant::now())
        .ok_or_else(|| invalid_request("The code does not exist or has expired"))
}
