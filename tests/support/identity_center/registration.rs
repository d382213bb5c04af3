//! `RegisterClient`: which clients may exist and what is remembered of them.
//!
//! RFC 7591 as AWS narrows it: public clients only, loopback redirect URIs (RFC 8252 section 7.3) only, and an issuer
//! for the authorization code grant.

use std::time::Instant;

use serde_json::json;
use url::Url;

use super::call::Request;
use super::fault::{Fault, invalid_request};
use super::http::HttpAnswer;
use super::state::{Client, Settings, State, random_word, unix_now};

pub(super) const AUTHORIZATION_CODE: &str = "authorization_code";
pub(super) const REFRESH_TOKEN: &str = "refresh_token";
pub(super) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub(super) fn register_client(state: &mut State, request: &Request) -> Result<HttpAnswer, Fault> {
    if request.text("clientType") != Some("public") {
        return Err(Fault::new("InvalidClientMetadataException", "The only clientType is public"));
    }
    let scopes = request.list("scopes").unwrap_or_default();
    check_scopes(&state.settings, &scopes)?;
    let redirect_uris = request.list("redirectUris").unwrap_or_default();
    if let Some(uri) = redirect_uris.iter().find(|uri| !is_registrable(uri)) {
        let words = format!("{uri} is not a loopback URI without port, query and fragment");
        return Err(Fault::new("InvalidRedirectUriException", &words));
    }
    let grant_types = request.list("grantTypes").unwrap_or_else(|| vec![DEVICE_CODE.into(), REFRESH_TOKEN.into()]);
    let known = [AUTHORIZATION_CODE, REFRESH_TOKEN, DEVICE_CODE];
    if let Some(grant) = grant_types.iter().find(|grant| !known.contains(&grant.as_str())) {
        return Err(Fault::new("UnsupportedGrantTypeException", &format!("The grant type {grant} does not exist")));
    }
    if grant_types.iter().any(|grant| grant == AUTHORIZATION_CODE) {
        if redirect_uris.is_empty() {
            return Err(Fault::new("InvalidRedirectUriException", "authorization_code needs redirectUris"));
        }
        request.required("issuerUrl")?;
    }
    if request.text("issuerUrl").is_some_and(|url| !is_start_url(&state.settings, url)) {
        return Err(invalid_request("The issuerUrl is not the start URL of this Identity Center"));
    }
    if request.text("entitledApplicationArn").is_some_and(|arn| !arn.starts_with("arn:aws")) {
        return Err(invalid_request("The entitledApplicationArn is not an ARN"));
    }
    let name = request.required("clientName")?;
    let (id, secret) = new_client(state, name, scopes, grant_types, redirect_uris);
    let issued = unix_now();
    let body = json!({
        "clientId": id,
        "clientSecret": secret,
        "clientIdIssuedAt": issued,
        "clientSecretExpiresAt": issued + state.settings.lifetimes.client.as_secs(),
        "authorizationEndpoint": null,
        "tokenEndpoint": null,
    });
    Ok(HttpAnswer::new(200, "application/json", body.to_string()))
}

/// Registers a client; returns its ID and secret.
pub(super) fn new_client(
    state: &mut State,
    name: &str,
    scopes: Vec<String>,
    grant_types: Vec<String>,
    redirect_uris: Vec<String>,
) -> (String, String) {
    let id = format!("client-{}", random_word());
    let secret = state.new_secret("eyJraWQiOiJrZXkt");
    let expires = Instant::now() + state.settings.lifetimes.client;
    let client = Client { secret: secret.clone(), name: name.into(), scopes, grant_types, redirect_uris, expires };
    state.clients.insert(id.clone(), client);
    (id, secret)
}

/// RFC 6749 section 3.3, and what this Identity Center supports.
pub(super) fn check_scopes(settings: &Settings, scopes: &[String]) -> Result<(), Fault> {
    let is_scope = |scope: &str| {
        !scope.is_empty() && scope.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && byte != b'"' && byte != b'\\')
    };
    let is_supported =
        |scope: &String| settings.supported_scopes.as_ref().is_none_or(|supported| supported.contains(scope));
    match scopes.iter().find(|scope| !is_scope(scope) || !is_supported(scope)) {
        Some(scope) => Err(Fault::new("InvalidScopeException", &format!("The scope {scope} does not exist"))),
        None => Ok(()),
    }
}

/// Whether a URL is the start URL, apart from a fragment and a slash at the end.
pub(super) fn is_start_url(settings: &Settings, url: &str) -> bool {
    let plain = |url: &str| url.split('#').next().unwrap_or_default().trim_end_matches('/').to_owned();
    plain(url) == plain(&settings.start_url)
}

fn is_registrable(uri: &str) -> bool {
    Url::parse(uri)
        .is_ok_and(|uri| is_loopback(&uri) && uri.port().is_none() && uri.query().is_none() && uri.fragment().is_none())
}

fn is_loopback(uri: &Url) -> bool {
    let is_loopback_host = match uri.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    uri.scheme() == "http" && is_loopback_host && uri.username().is_empty() && uri.password().is_none()
}

/// RFC 8252 section 7.3: a loopback redirect URI may have any port; otherwise it must be a registered one.
pub(super) fn is_registered(client: &Client, redirect_uri: &str) -> bool {
    let Ok(mut sent) = Url::parse(redirect_uri) else { return false };
    is_loopback(&sent)
        && sent.port().is_some()
        && sent.set_port(None).is_ok()
        && client.redirect_uris.iter().any(|registered| registered == sent.as_str())
}
