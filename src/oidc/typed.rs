//! Typed requests and responses of the flows: what a login or a refresh sends, and what it requires.
//!
//! Members are in the order of `aws sso login`, which differs from the model's.

use serde_json::{Value, json};

use super::Failure;
use super::answer::Members;
use crate::http::{Response, Timestamp};
use crate::model::Operation;
use crate::secret::Secret;

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
pub enum Grant {
    /// RFC 8628 section 3.4.
    DeviceCode(Secret),
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
    pub(super) fn body(&self, id: &str, secret: &Secret) -> Value {
        const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
        match self {
            Self::DeviceCode(code) => {
                json!({"grantType": DEVICE_CODE, "clientId": id, "clientSecret": secret, "deviceCode": code})
            }
            Self::AuthorizationCode { code, redirect_uri, code_verifier } => json!({
                "grantType": "authorization_code", "clientId": id, "clientSecret": secret,
                "redirectUri": redirect_uri, "codeVerifier": code_verifier, "code": code,
            }),
            Self::RefreshToken(token) => {
                json!({"grantType": "refresh_token", "clientId": id, "clientSecret": secret, "refreshToken": token})
            }
        }
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
