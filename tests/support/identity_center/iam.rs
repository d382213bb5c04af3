//! `CreateTokenWithIAM`: tokens for a customer managed application that signs its request with IAM credentials.
//!
//! Four grants: authorization code, refresh token, JWT bearer (RFC 7523) and token exchange (RFC 8693). The client is
//! the application's ARN and has no secret; the signature proves who asks.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::call::Request;
use super::fault::{Fault, invalid_client, invalid_grant, invalid_request};
use super::http::HttpAnswer;
use super::registration::{AUTHORIZATION_CODE, REFRESH_TOKEN, check_scopes};
use super::signature;
use super::state::{State, Tokens};
use super::token;

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:access_token";
const REFRESH_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:refresh_token";

pub(super) fn create_token_with_iam(state: &mut State, request: &Request) -> Result<HttpAnswer, Fault> {
    signature::verify(&state.settings, request)?;
    let client_id = request.required("clientId")?;
    if client_id != state.settings.application_arn {
        return Err(invalid_client("The clientId is not the ARN of an application"));
    }
    let asked = request.list("scope").unwrap_or_default();
    check_scopes(&state.settings, &asked)?;
    let scopes = if asked.is_empty() { vec!["openid".into(), "aws".into()] } else { asked };
    let mut issued = ACCESS_TOKEN_TYPE;
    let tokens = match request.required("grantType")? {
        AUTHORIZATION_CODE => token::redeem_code(state, request, client_id, true)?,
        REFRESH_TOKEN => token::refresh(state, request, client_id)?,
        JWT_BEARER => {
            accept_assertion(state, request.required("assertion")?)?;
            state.open_session(client_id, scopes.clone(), true)
        }
        TOKEN_EXCHANGE => {
            let (tokens, kind) = exchange(state, request, &scopes)?;
            issued = kind;
            tokens
        }
        grant => {
            return Err(Fault::new("UnsupportedGrantTypeException", &format!("The grant type {grant} does not exist")));
        }
    };
    let id_token = state.new_secret("eyJhbGciOiJSUzI1NiJ9.e30.");
    let identity_context = state.new_secret("AQoJ");
    let mut body = json!({
        "accessToken": tokens.access_token,
        "tokenType": "Bearer",
        "expiresIn": tokens.expires_in,
        "idToken": id_token,
        "issuedTokenType": issued,
        "scope": scopes,
        "awsAdditionalDetails": { "identityContext": identity_context },
    });
    if let Some(token) = tokens.refresh_token {
        body["refreshToken"] = json!(token);
    }
    Ok(HttpAnswer::new(200, "application/json", body.to_string()))
}

/// A JWT of a trusted issuer, once.
fn accept_assertion(state: &mut State, assertion: &str) -> Result<(), Fault> {
    let is_json = |part: &str| {
        URL_SAFE_NO_PAD
            .decode(part)
            .is_ok_and(|json| serde_json::from_slice::<Value>(&json).is_ok_and(|v| v.is_object()))
    };
    let parts: Vec<&str> = assertion.split('.').collect();
    match parts[..] {
        [header, claims, signature] if is_json(header) && is_json(claims) && !signature.is_empty() => {}
        _ => return Err(invalid_grant("The assertion is not a signed JWT")),
    }
    if state.spent_assertions.iter().any(|spent| spent == assertion) {
        return Err(invalid_grant("The assertion was used already"));
    }
    state.spent_assertions.push(assertion.into());
    state.secrets.push(assertion.into());
    Ok(())
}

fn exchange(state: &mut State, request: &Request, scopes: &[String]) -> Result<(Tokens, &'static str), Fault> {
    let subject = request.required("subjectToken")?;
    if request.required("subjectTokenType")? != ACCESS_TOKEN_TYPE {
        return Err(invalid_request("The only subjectTokenType is that of access tokens"));
    }
    let issued = match request.text("requestedTokenType") {
        None | Some(ACCESS_TOKEN_TYPE) => ACCESS_TOKEN_TYPE,
        Some(REFRESH_TOKEN_TYPE) => REFRESH_TOKEN_TYPE,
        Some(_) => return Err(invalid_request("The requestedTokenType is not that of an access or refresh token")),
    };
    state.session_of(subject).ok_or_else(|| invalid_grant("The subjectToken is not valid"))?;
    let client_id = state.settings.application_arn.clone();
    Ok((state.open_session(&client_id, scopes.to_vec(), issued == REFRESH_TOKEN_TYPE), issued))
}
