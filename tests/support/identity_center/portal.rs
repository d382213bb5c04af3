//! The access portal: accounts, roles and role credentials for an access token, and the end of its session.
//!
//! `x-amz-sso_bearer_token` carries the token; a token that is unknown, expired or signed out is answered with 401
//! `UnauthorizedException`, an account or role that its person has not with 403.

use serde_json::json;

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
    let accounts = state.settings.entitlements.iter().map(
        |(id, (name, _))| json!({ "accountId": id, "accountName": name, "emailAddress": format!("{id}@example.com") }),
    );
    let body = json!({ "nextToken": null, "accountList": accounts.collect::<Vec<_>>() });
    Ok(HttpAnswer::new(200, "application/json", body.to_string()))
}

pub(super) fn list_account_roles(state: &mut State, request: &Request) -> Result<HttpAnswer, Fault> {
    session(state, request)?;
    let account = parameter(request, "account_id")?;
    let Some((_, roles)) = state.settings.entitlements.get(account) else {
        return Err(Fault::with_message(403, "ForbiddenException", "No access"));
    };
    let roles: Vec<_> = roles.iter().map(|role| json!({ "roleName": role, "accountId": account })).collect();
    let body = json!({ "nextToken": null, "roleList": roles });
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
