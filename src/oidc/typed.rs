//! Typed requests and responses of the flows: what a login or a refresh sends, and what it requires.
//!
//! Members are in the order of `aws sso login`, which differs from the model's.

use serde_json::{Value, json};

use super::Failure;
use super::answer::Members;
use crate::http::{Response, Timestamp};
use crate::model::Operation;
use crate::secret::Secret;

/// `RegisterClient` (RFC 7591 section 3.1) for a public client.
#[derive(Clone, Debug)]
pub struct RegisterClientRequest {
    /// A human-readable name; AWS's tools send `botocore-client-` and the session's name.
    pub client_name: String,
    /// Grant types; empty for the device flow, which is the default.
    pub grant_types: Vec<String>,
    /// Redirect URIs, without port (RFC 8252 section 7.3); empty for the device flow.
    pub redirect_uris: Vec<String>,
    /// The start URL; absent for the device flow.
    pub issuer_url: Option<String>,
    /// Scopes; omitted if empty.
    pub scopes: Vec<String>,
}

impl RegisterClientRequest {
    pub(super) fn body(&self) -> Value {
        let list = |list: &[String]| (!list.is_empty()).then(|| json!(list));
        let members = [
            ("clientName", Some(json!(self.client_name))),
            ("clientType", Some(json!("public"))),
            ("grantTypes", list(&self.grant_types)),
            ("redirectUris", list(&self.redirect_uris)),
            ("issuerUrl", self.issuer_url.as_ref().map(|url| json!(url))),
            ("scopes", list(&self.scopes)),
        ];
        members.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// The response to `RegisterClient`. Its endpoints are ignored: a response must not decide where tokens are sent.
#[derive(Clone, Debug)]
#[expect(clippy::struct_field_names, reason = "the names of the model")]
pub struct RegisterClientResponse {
    /// The client ID.
    pub client_id: String,
    /// The client secret.
    pub client_secret: Secret,
    /// When the secret expires, in seconds since 1970.
    pub client_secret_expires_at: i64,
}

impl RegisterClientResponse {
    pub(super) fn read(response: &Response) -> Result<Self, Failure> {
        let members = Members::read(Operation::RegisterClient.name(), response)?;
        Ok(Self {
            client_id: members.secret("clientId")?.expose().to_owned(),
            client_secret: members.secret("clientSecret")?,
            client_secret_expires_at: members.integer("clientSecretExpiresAt")?,
        })
    }
}

/// The response to `StartDeviceAuthorization` (RFC 8628 section 3.2).
#[derive(Clone, Debug)]
pub struct DeviceAuthorization {
    /// The code to poll with.
    pub device_code: Secret,
    /// The code that the user enters or confirms.
    pub user_code: Secret,
    /// The URL at which the user enters it.
    pub verification_uri: String,
    /// The same URL with the code in it.
    pub verification_uri_complete: Option<Secret>,
    /// The lifetime of the codes, in seconds.
    pub expires_in: u64,
    /// Seconds between polls, as sent; absent means 5.
    pub interval: Option<i64>,
}

impl DeviceAuthorization {
    pub(super) fn read(response: &Response) -> Result<Self, Failure> {
        let members = Members::read(Operation::StartDeviceAuthorization.name(), response)?;
        Ok(Self {
            device_code: members.secret("deviceCode")?,
            user_code: Secret::new(members.text("userCode")?),
            verification_uri: members.text("verificationUri")?,
            verification_uri_complete: members.optional_text("verificationUriComplete")?.map(Secret::new),
            expires_in: members.lifetime("expiresIn")?,
            interval: members.optional_integer("interval")?,
        })
    }
}

/// A grant to exchange for a token.
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
        /// The redirect URI of the authorization request, with its port.
        redirect_uri: String,
        /// The verifier that the challenge was computed from.
        code_verifier: Secret,
    },
    /// RFC 6749 section 6.
    RefreshToken(Secret),
}

impl Grant {
    pub(super) fn body(&self, client_id: &str, client_secret: &Secret) -> Value {
        let (grant_type, members) = match self {
            Self::DeviceCode { device_code } => {
                ("urn:ietf:params:oauth:grant-type:device_code", vec![("deviceCode", json!(device_code))])
            }
            Self::AuthorizationCode { code, redirect_uri, code_verifier } => (
                "authorization_code",
                vec![
                    ("redirectUri", json!(redirect_uri)),
                    ("codeVerifier", json!(code_verifier)),
                    ("code", json!(code)),
                ],
            ),
            Self::RefreshToken(token) => ("refresh_token", vec![("refreshToken", json!(token))]),
        };
        let mut body = vec![
            ("grantType", json!(grant_type)),
            ("clientId", json!(client_id)),
            ("clientSecret", json!(client_secret)),
        ];
        body.extend(members);
        body.into_iter().collect()
    }
}

/// The response to `CreateToken` (RFC 6749 section 5.1).
#[derive(Clone, Debug)]
pub struct TokenResponse {
    /// The token.
    pub access_token: Secret,
    /// Its lifetime in seconds, at most 90 days.
    pub expires_in: u64,
    /// The refresh token, if there is one.
    pub refresh_token: Option<Secret>,
}

impl TokenResponse {
    /// When the token expires. The lifetime is counted from when the request was sent, to be safe.
    pub fn expires_at(&self, sent: Timestamp) -> Timestamp {
        sent.saturating_add(time::Duration::seconds(self.expires_in.cast_signed()))
    }

    pub(super) fn read(response: &Response) -> Result<Self, Failure> {
        let members = Members::read(Operation::CreateToken.name(), response)?;
        let token_type = members.optional_text("tokenType")?;
        if token_type.is_some_and(|token_type| !token_type.eq_ignore_ascii_case("Bearer")) {
            return Err(Failure::malformed("CreateToken", "has a tokenType that is not Bearer"));
        }
        Ok(Self {
            access_token: members.secret("accessToken")?,
            expires_in: members.lifetime("expiresIn")?,
            refresh_token: members.optional_secret("refreshToken")?,
        })
    }
}
