//! The authorization endpoint: the consent page and the redirect back to the client (RFC 6749 section 4.1.1 and 4.1.2).
//!
//! A request whose client or redirect URI is wrong gets a page, never a redirect (section 4.1.2.1); what else is wrong
//! goes back to the client. AWS calls the scope parameter `scopes`.

use std::time::Instant;

use url::Url;

use super::call::Request;
use super::device::check_grant;
use super::fault::{Fault, invalid_client, invalid_request};
use super::http::HttpAnswer;
use super::pages;
use super::registration::{AUTHORIZATION_CODE, is_registered};
use super::state::{Approval, AuthorizationCode, AuthorizationRequest, State, random_word};

/// The page where a person decides, and the form on it.
pub(super) fn page(state: &mut State, request: &Request) -> Result<HttpAnswer, Fault> {
    if request.method == "POST" {
        return decide(state, request);
    }
    let parameter = |name: &str| {
        request.parameter(name).filter(|value| !value.is_empty()).ok_or_else(|| invalid_request(&format!("No {name}")))
    };
    let client_id = parameter("client_id")?;
    let redirect_uri = parameter("redirect_uri")?;
    let client = state.clients.get(client_id).filter(|client| client.expires > Instant::now());
    let client = client.ok_or_else(|| invalid_client("The client does not exist"))?.clone();
    if !is_registered(&client, redirect_uri) {
        return Err(Fault::new("InvalidRedirectUriException", &format!("{redirect_uri} is not registered")));
    }
    check_grant(&client, AUTHORIZATION_CODE)?;
    let asked = AuthorizationRequest {
        client_id: client_id.into(),
        redirect_uri: redirect_uri.into(),
        state: parameter("state")?.into(),
        scopes: parameter("scopes")?.split(' ').map(Into::into).collect(),
        code_challenge: parameter("code_challenge")?.into(),
    };
    if parameter("response_type")? != "code" {
        return Ok(refuse(&asked, "unsupported_response_type", "The only response type is code"));
    }
    // S256 of any verifier has 43 characters of base64url.
    if parameter("code_challenge_method")? != "S256" || asked.code_challenge.len() != 43 {
        return Ok(refuse(&asked, "invalid_request", "The only code challenge method is S256"));
    }
    if let Some(scope) = asked.scopes.iter().find(|scope| !client.scopes.contains(scope)) {
        return Ok(refuse(&asked, "invalid_scope", &format!("The client is not registered for {scope}")));
    }
    if state.settings.approval == Approval::AtOnce {
        return Ok(grant(state, asked));
    }
    let id = random_word();
    let page = pages::consent(&id, &client, &asked.scopes, &state.settings);
    state.authorization_requests.insert(id, asked);
    Ok(page)
}

fn decide(state: &mut State, request: &Request) -> Result<HttpAnswer, Fault> {
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&request.body).into_owned().collect();
    let field = |name: &str| form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let (Some(id), Some(decision)) = (field("request"), field("decision")) else {
        return Err(invalid_request("The form has not the two fields request and decision"));
    };
    let asked = state.authorization_requests.remove(id).ok_or_else(|| invalid_request("That was decided already"))?;
    Ok(if decision == "approve" {
        grant(state, asked)
    } else {
        refuse(&asked, "access_denied", "The person denied the request")
    })
}

fn grant(state: &mut State, request: AuthorizationRequest) -> HttpAnswer {
    let location = [("state", request.state.clone())];
    let redirect_uri = request.redirect_uri.clone();
    let code = new_code(state, request);
    redirect(&redirect_uri, [("code", code)].into_iter().chain(location))
}

/// A code for a request that was approved.
pub(super) fn new_code(state: &mut State, request: AuthorizationRequest) -> String {
    let code = state.new_secret("code-");
    let expires = Instant::now() + state.settings.lifetimes.authorization_code;
    state.authorization_codes.insert(code.clone(), AuthorizationCode { request, expires, spent: false });
    code
}

fn refuse(request: &AuthorizationRequest, error: &str, description: &str) -> HttpAnswer {
    let query = [("error", error.into()), ("error_description", description.into()), ("state", request.state.clone())];
    redirect(&request.redirect_uri, query)
}

/// The start URL: the page of the portal, with its region, or of one's own domain, where it leads.
pub(super) fn vanity(state: &State) -> HttpAnswer {
    if state.settings.start_url.starts_with(&state.base) {
        return pages::portal(&state.settings.region);
    }
    let mut answer = HttpAnswer::new(302, "text/html; charset=utf-8", "");
    answer.set_header("Location", &state.settings.start_url);
    answer
}

fn redirect(uri: &str, query: impl IntoIterator<Item = (&'static str, String)>) -> HttpAnswer {
    let mut location = Url::parse(uri).expect("a registered redirect URI is a URL");
    location.query_pairs_mut().extend_pairs(query);
    let mut answer = HttpAnswer::new(302, "text/html; charset=utf-8", "");
    answer.set_header("Location", location.as_str());
    answer.set_header("Cache-Control", "no-store");
    answer
}
