//! `CreateToken`: a device code, an authorization code with its PKCE verifier, or a refresh token becomes tokens.
//!
//! RFC 6749 sections 4.1.3 and 6, RFC 7636 section 4.6: codes are single-use, the verifier must match the challenge, a
//! refresh token retires when it is used.

use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::call::Request;
use super::device::{self, check_grant};
use super::fault::{Fault, invalid_grant};
use super::http::HttpAnswer;
use super::registration::{AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN};
use super::state::{State, Tokens};

pub(super) fn create_token(state: &mut State, request: &Request, too_soon: bool) -> Result<HttpAnswer, Fault> {
    let client_id = request.required("clientId")?;
    let grant = request.required("grantType")?;
    if ![DEVICE_CODE, AUTHORIZATION_CODE, REFRESH_TOKEN].contains(&grant) {
        return Err(Fault::new("UnsupportedGrantTypeException", &format!("The grant type {grant} does not exist")));
    }
    let client = state.client(client_id, request.required("clientSecret")?)?;
    check_grant(client, grant)?;
    let refreshable = check_grant(client, REFRESH_TOKEN).is_ok();
    if let Some(scope) = request.list("scope").unwrap_or_default().iter().find(|scope| !client.scopes.contains(scope)) {
        let words = format!("The client is not registered for the scope {scope}");
        return Err(Fault::new("InvalidScopeException", &words));
    }
    let tokens = match grant {
        DEVICE_CODE => device::redeem(state, request, too_soon)?,
        AUTHORIZATION_CODE => redeem_code(state, request, client_id, refreshable)?,
        _ => refresh(state, request, client_id)?,
    };
    let mut body = json!({
        "accessToken": tokens.access_token,
        "tokenType": "Bearer",
        "expiresIn": tokens.expires_in,
        "idToken": null,
    });
    if let Some(token) = tokens.refresh_token {
        body["refreshToken"] = json!(token);
    }
    Ok(HttpAnswer::new(200, "application/json", body.to_string()))
}

/// Redeems an authorization code; the first attempt uses it up, even if it fails.
pub(super) fn redeem_code(
    state: &mut State,
    request: &Request,
    client_id: &str,
    refreshable: bool,
) -> Result<Tokens, Fault> {
    let code = request.required("code")?;
    let redirect_uri = request.required("redirectUri")?;
    let verifier = request.required("codeVerifier")?;
    state.secrets.push(verifier.into());
    let known = state.authorization_codes.get_mut(code).ok_or_else(|| invalid_grant("The code does not exist"))?;
    if std::mem::replace(&mut known.spent, true) {
        return Err(invalid_grant("The code was used already"));
    }
    if known.expires <= Instant::now() {
        return Err(Fault::new("ExpiredTokenException", "The code has expired"));
    }
    if known.request.client_id != client_id {
        return Err(invalid_grant("The code was given to another client"));
    }
    if known.request.redirect_uri != redirect_uri {
        return Err(invalid_grant("The redirectUri is not that of the authorization request"));
    }
    if !is_verifier(verifier) || challenge(verifier) != known.request.code_challenge {
        return Err(invalid_grant("The codeVerifier does not fit the code challenge"));
    }
    let scopes = known.request.scopes.clone();
    Ok(state.open_session(client_id, scopes, refreshable))
}

/// RFC 7636 section 4.1.
fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// RFC 7636 section 4.2, method S256.
pub(super) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// Redeems a refresh token for the next tokens of its session.
pub(super) fn refresh(state: &mut State, request: &Request, client_id: &str) -> Result<Tokens, Fault> {
    let sent = request.required("refreshToken")?;
    let rotates = state.settings.rotates_refresh_tokens;
    let known = state.refresh_tokens.get_mut(sent).ok_or_else(|| invalid_grant("The refresh token does not exist"))?;
    let number = known.session;
    let session = &state.sessions[number];
    if session.client_id != client_id {
        return Err(invalid_grant("The refresh token was given to another client"));
    }
    if known.retired {
        return Err(invalid_grant("The refresh token was used already"));
    }
    if session.ended || session.expires <= Instant::now() {
        return Err(invalid_grant("The session of the refresh token has ended"));
    }
    known.retired = rotates;
    let mut tokens = state.new_tokens(number);
    if !rotates && let Some(unused) = tokens.refresh_token.replace(sent.into()) {
        state.refresh_tokens.remove(&unused);
    }
    Ok(tokens)
}
