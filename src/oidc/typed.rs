//! Requests and answers of the flows, typed: what `login` and the refresh send, and what they insist on getting.
//!
//! The order of members is that of `aws sso login`, which is not the model's. Imports `json` and `secret`.

use serde_json::{Map, Value, json};

use super::answer::Strict;
use super::error::{Decode, Problem};
use crate::http::Response;
use crate::model::Operation;
use crate::secret::Secret;

/// `RegisterClient` (RFC 7591 section 3.1).
#[derive(Clone, Debug)]
pub struct RegisterClientRequest {
    /// A name for people; AWS's tools write `botocore-client-` and the session's name.
    pub client_name: String,
    /// Grant types; empty for the device flow, whose default they are.
    pub grant_types: Vec<String>,
    /// Redirect URIs, without port (RFC 8252 section 7.3); empty for the device flow.
    pub redirect_uris: Vec<String>,
    /// The start URL; absent in the device flow.
    pub issuer_url: Option<String>,
    /// Scopes; none are sent when empty.
    pub scopes: Vec<String>,
}

impl RegisterClientRequest {
    pub(super) fn body(&self) -> Value {
        let mut body = Map::new();
        body.insert("clientName".to_owned(), json!(self.client_name));
        body.insert("clientType".to_owned(), json!("public"));
        for (name, list) in [("grantTypes", &self.grant_types), ("redirectUris", &self.redirect_uris)] {
            if !list.is_empty() {
                body.insert(name.to_owned(), json!(list));
            }
        }
        if let Some(url) = &self.issuer_url {
            body.insert("issuerUrl".to_owned(), json!(url));
        }
        if !self.scopes.is_empty() {
            body.insert("scopes".to_owned(), json!(self.scopes));
        }
        Value::Object(body)
    }
}

/// The answer to `RegisterClient`. Its endpoints are not taken: an answer does not decide where tokens are sent.
#[derive(Clone, Debug)]
pub struct RegisterClientResponse {
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: Secret,
    /// When the secret expires, in seconds since 1970.
    pub client_secret_expires_at: i64,
}

impl RegisterClientResponse {
    pub(super) fn read(response: &Response) -> Result<Self, Decode> {
        let answer = Strict::read(Operation::RegisterClient, response)?;
        Ok(Self {
            client_id: answer.text("clientId")?,
            client_secret: answer.secret("clientSecret")?,
            client_secret_expires_at: answer.integer("clientSecretExpiresAt")?,
        })
    }
}

/// The answer to `StartDeviceAuthorization` (RFC 8628 section 3.2).
#[derive(Clone, Debug)]
pub struct DeviceAuthorization {
    /// What is polled with.
    pub device_code: Secret,
    /// What the person types or confirms.
    pub user_code: Secret,
    /// Where it is typed.
    pub verification_uri: String,
    /// The same with the code in it.
    pub verification_uri_complete: Option<Secret>,
    /// Life of the codes, in seconds.
    pub expires_in: u64,
    /// Seconds between polls, as sent; absent means 5.
    pub interval: Option<i64>,
}

impl DeviceAuthorization {
    pub(super) fn read(response: &Response) -> Result<Self, Decode> {
        let answer = Strict::read(Operation::StartDeviceAuthorization, response)?;
        Ok(Self {
            device_code: answer.secret("deviceCode")?,
            user_code: answer.secret("userCode")?,
            verification_uri: answer.text("verificationUri")?,
            verification_uri_complete: answer.optional_text("verificationUriComplete")?.map(Secret::new),
            expires_in: answer.lifetime("expiresIn")?,
            interval: answer.optional_integer("interval")?,
        })
    }
}

/// What a token is asked for with.
#[derive(Clone, Debug)]
pub enum Grant {
    /// RFC 8628 section 3.4.
    DeviceCode {
        /// From the device authorization.
        device_code: Secret,
    },
    /// RFC 6749 section 4.1.3 with RFC 7636 section 4.5.
    AuthorizationCode {
        /// From the redirect.
        code: Secret,
        /// The one of the authorization request, with port.
        redirect_uri: String,
        /// What the challenge was made from.
        code_verifier: Secret,
    },
    /// RFC 6749 section 6.
    RefreshToken(Secret),
}

impl Grant {
    pub(super) fn body(&self, client_id: &str, client_secret: &Secret) -> Value {
        let grant_type = match self {
            Self::DeviceCode { .. } => "urn:ietf:params:oauth:grant-type:device_code",
            Self::AuthorizationCode { .. } => "authorization_code",
            Self::RefreshToken(_) => "refresh_token",
        };
        let mut body = Map::new();
        body.insert("grantType".to_owned(), json!(grant_type));
        body.insert("clientId".to_owned(), json!(client_id));
        body.insert("clientSecret".to_owned(), json!(client_secret));
        match self {
            Self::DeviceCode { device_code } => {
                body.insert("deviceCode".to_owned(), json!(device_code));
            }
            Self::AuthorizationCode { code, redirect_uri, code_verifier } => {
                body.insert("redirectUri".to_owned(), json!(redirect_uri));
                body.insert("codeVerifier".to_owned(), json!(code_verifier));
                body.insert("code".to_owned(), json!(code));
            }
            Self::RefreshToken(token) => {
                body.insert("refreshToken".to_owned(), json!(token));
            }
        }
        Value::Object(body)
    }
}

/// The answer to `CreateToken` (RFC 6749 section 5.1).
#[derive(Clone, Debug)]
pub struct TokenResponse {
    /// The token.
    pub access_token: Secret,
    /// Its life in seconds, 1 second to 90 days.
    pub expires_in: u64,
    /// The token to refresh it with, where there is one.
    pub refresh_token: Option<Secret>,
}

impl TokenResponse {
    pub(super) fn read(response: &Response) -> Result<Self, Decode> {
        let answer = Strict::read(Operation::CreateToken, response)?;
        let token_type = answer.optional_text("tokenType")?;
        if token_type.is_some_and(|token_type| !token_type.eq_ignore_ascii_case("Bearer")) {
            return Err(answer.error(Problem::NotBearer));
        }
        Ok(Self {
            access_token: answer.secret("accessToken")?,
            expires_in: answer.lifetime("expiresIn")?,
            refresh_token: answer.optional_text("refreshToken")?.map(Secret::new),
        })
    }
}
