//! The access portal: accounts, roles and role credentials for an access token, and the end of its session.
//!
//! `x-amz-sso_bearer_token` carries the token; a token that is unknown, expired or signed out is answered with 401
//! `UnauthorizedException`, an account or role that its person has not with 403.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::call::Request;
use super::fault::Fault;
use super::http::HttpAnswer;
use super::state::{State, unix_now};

pub(super) fn logout(state: &mut State, request: &Request) -> Result<HttpAnswer, Fault> {
    if !request.body.is_empty() {
        return Err(Fault::with_message(400, "InvalidRequestException", "The body is not empty"));
    }
    let session = session(state, request)?;
    state.end_session(session);
    Ok(HttpAnswer::new(200, "application/json", ""))
}

pub(super) fn get_role_credentials(state: &mut State, request: &Request) -> Result<HttpAnswer, Fault> {
    session(state, request)?;
    let account = parameter(request, "account_id")?;
    let role = parameter(request, "role_name")?;
    let entitled = state.settings.entitlements.get(account).is_some_and(|(_, roles)| roles.iter().any(|r| r == role));
    if !entitled {
        return Err(Fault::with_message(403, "ForbiddenException", "No access"));
    }
    let expiration = (unix_now() + state.settings.lifetimes.role_credentials.as_secs()) * 1000;
    let body = json!({
        "roleCredentials": {
            "accessKeyId": format!("ASIA{}", &super::state::random_word().to_uppercase()[..16]),
            "secretAccessKey": state.new_secret("role-secret-"),
            "sessionToken": state.new_secret("IQoJb3JpZ2luX2Vj"),
            "expiration": expiration,
        }
    });
    Ok(HttpAnswer::new(200, "application/json", body.to_string()))
}

pub(super) fn list_accounts(state: &mut State, request: &Request) -> Result<HttpAnswer, Fault> {
    session(state, request)?;
    throttle(state)?;
    let accounts = state.settings.entitlements.iter().map(|(id, (name, _))| match name.as_str() {
        // Seen at AWS for accounts that were just created.
        "" => json!({ "accountId": id }),
        name => json!({ "accountId": id, "accountName": name, "emailAddress": format!("{id}@example.com") }),
    });
    page(state, request, "accountList", &accounts.collect::<Vec<_>>())
}

pub(super) fn list_account_roles(state: &mut State, request: &Request) -> Result<HttpAnswer, Fault> {
    session(state, request)?;
    throttle(state)?;
    let account = parameter(request, "account_id")?;
    let Some((_, roles)) = state.settings.entitlements.get(account) else {
        return Err(Fault::with_message(403, "ForbiddenException", "No access"));
    };
    let roles: Vec<_> = roles.iter().map(|role| json!({ "roleName": role, "accountId": account })).collect();
    page(state, request, "roleList", &roles)
}

/// Refuses a list when as many as are allowed were requested within the last second.
fn throttle(state: &mut State) -> Result<(), Fault> {
    let (now, allowed) = (Instant::now(), state.settings.lists_per_second);
    state.lists.retain(|at| now.duration_since(*at) < Duration::from_secs(1));
    if allowed.is_some_and(|allowed| state.lists.len() >= allowed) {
        return Err(Fault::with_message(429, "TooManyRequestsException", "HTTP 429 Unknown Code"));
    }
    state.lists.push(now);
    Ok(())
}

/// The page of the list that `next_token` names, with at most as many items as `max_result` and the setting allow.
fn page(state: &State, request: &Request, member: &str, items: &[Value]) -> Result<HttpAnswer, Fault> {
    let invalid = |what: &str| Fault::with_message(400, "InvalidRequestException", what);
    let number = |text: &str| text.parse::<usize>().ok();
    let most = match request.parameter("max_result").map(number) {
        None => 100,
        Some(Some(most @ 1..=100)) => most,
        Some(_) => return Err(invalid("max_result is not from 1 to 100")),
    };
    // With characters that a query must escape, as those of AWS have.
    let token = |start: usize| format!("AAM+{start}/=&");
    let start = match request.parameter("next_token") {
        None => 0,
        Some(given) => {
            let start = (1..items.len()).find(|start| token(*start) == given);
            start.ok_or_else(|| invalid("next_token is not from an earlier page"))?
        }
    };
    let end = items.len().min(start + most.min(state.settings.page_size));
    let next = (end < items.len()).then(|| token(end));
    let body = json!({ "nextToken": next, member: items[start..end] });
    Ok(HttpAnswer::new(200, "application/json", body.to_string()))
}

fn session(state: &State, request: &Request) -> Result<usize, Fault> {
    let token = request.header("x-amz-sso_bearer_token").unwrap_or_default();
    let unauthorized = || Fault::with_message(401, "UnauthorizedException", "Session token not found or invalid");
    state.session_of(token).ok_or_else(unauthorized)
}

fn parameter<'r>(request: &'r Request, name: &str) -> Result<&'r str, Fault> {
    let missing = || Fault::with_message(400, "InvalidRequestException", &format!("The query lacks {name}"));
    request.parameter(name).filter(|value| !value.is_empty()).ok_or_else(missing)
}
