//! The client of the AWS access portal (API `SSO`, version 2019-06-10): ends a session, gets role credentials, checks a
//! token.
//!
//! Requests are unsigned and carry the token in `x-amz-sso_bearer_token`, as in the AWS CLI. Failures are those of
//! `oidc`; credentials are cached in `session` and printed in `commands`.

use std::rc::Rc;

use aws_credential_types::Credentials;
use percent_encoding::utf8_percent_encode;

use crate::endpoint;
use crate::http::{HttpClient, Method, Request, Response, Retry, Timestamp};
use crate::oidc::{Failure, Fault, FaultCode, Members, json};
use crate::secret::Secret;

/// The header with the access token.
const TOKEN_HEADER: &str = "x-amz-sso_bearer_token";

/// The portal at one endpoint.
pub struct PortalClient {
    http: Rc<HttpClient>,
    endpoint: String,
}

impl PortalClient {
    /// Creates a client; sends no request.
    pub fn new(http: impl Into<Rc<HttpClient>>, endpoint: String) -> Self {
        Self { http: http.into(), endpoint }
    }

    /// Ends the session of a token (`Logout`). Any 2xx with an empty or JSON body is a success.
    ///
    /// # Errors
    /// Errors of the portal, transport failures, and responses that are not from the portal.
    pub async fn logout(&self, token: &Secret) -> Result<(), Failure> {
        let request = self.request(Method::POST, "/logout", token);
        let response =
            self.send("Logout", Request { body: Some(Secret::new("")), ..request }, Retry::Repeatable).await?;
        if response.body.is_empty() { Ok(()) } else { json("Logout", &response).map(drop) }
    }

    /// Gets the credentials of a role in an account (`GetRoleCredentials`), with their expiry and the account ID.
    ///
    /// # Errors
    /// As [`PortalClient::logout`], and responses that lack one of the four members.
    pub async fn role_credentials(&self, token: &Secret, account: &str, role: &str) -> Result<Credentials, Failure> {
        let encoded = |text| utf8_percent_encode(text, endpoint::NOT_UNRESERVED).to_string();
        let path = format!("/federation/credentials?role_name={}&account_id={}", encoded(role), encoded(account));
        let request = self.request(Method::GET, &path, token);
        let response = self.send("GetRoleCredentials", request, Retry::Repeatable).await?;
        credentials(&response, account)
    }

    /// Checks that the portal accepts the token (`ListAccounts`, one account). `retry`: how often a failed attempt is
    /// repeated.
    ///
    /// # Errors
    /// As [`PortalClient::logout`]; [`Failure::is_unauthorized`] is true for a token that the portal does not accept.
    pub async fn accounts_probe(&self, token: &Secret, retry: Retry<'_>) -> Result<(), Failure> {
        let request = self.request(Method::GET, "/assignment/accounts?max_result=1", token);
        json("ListAccounts", &self.send("ListAccounts", request, retry).await?).map(drop)
    }

    /// Opens a connection for the next request, where a TLS handshake costs more than a round trip. The answer does not
    /// matter.
    pub async fn connect(&self) {
        if self.endpoint.starts_with("https:") {
            let _ = self.http.send(&Request::plain(Method::HEAD, &*self.endpoint), Retry::Once, None).await;
        }
    }

    fn request(&self, method: Method, path: &str, token: &Secret) -> Request {
        Request::aws(method, endpoint::join(&self.endpoint, path)).header(TOKEN_HEADER, token.clone())
    }

    async fn send(&self, operation: &'static str, request: Request, retry: Retry<'_>) -> Result<Response, Failure> {
        let response = self.http.send(&request, retry, None).await?;
        if response.is_success() {
            return Ok(response);
        }
        let now = (self.http.options().now)();
        Err(match Failure::read(operation, &response, now) {
            Failure::Fault(fault) if fault.status == 401 => Fault { kind: FaultCode::Unauthorized, ..*fault }.into(),
            failure => failure,
        })
    }
}

fn credentials(response: &Response, account: &str) -> Result<Credentials, Failure> {
    let role = Members::read("GetRoleCredentials", response)?.structure("roleCredentials")?;
    let expiration = Timestamp::from_unix_timestamp(role.integer("expiration")?.div_euclid(1000)).ok();
    let expiration = expiration.filter(|at| *at >= Timestamp::UNIX_EPOCH).ok_or_else(|| role.unusable("expiration"))?;
    Ok(Credentials::builder()
        .access_key_id(role.text("accessKeyId")?)
        .secret_access_key(role.text("secretAccessKey")?)
        .session_token(role.text("sessionToken")?)
        .expiry(expiration.into())
        .account_id(account)
        .provider_name("sso")
        .build())
}
