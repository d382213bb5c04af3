//! The client of the AWS access portal (API `SSO`, version 2019-06-10): ends a session, gets role credentials, checks a
//! token, lists accounts and roles.
//!
//! Requests are unsigned and carry the token in `x-amz-sso_bearer_token`, as in the AWS CLI. Failures are those of
//! `oidc`; credentials are cached in `session` and printed in `commands`.

use std::collections::HashSet;
use std::fmt;
use std::rc::Rc;

use aws_credential_types::Credentials;
use percent_encoding::utf8_percent_encode;

use crate::endpoint;
use crate::http::{HttpClient, Method, Request, Response, Retry, Timestamp};
use crate::oidc::{Failure, Fault, FaultCode, Members, json};
use crate::secret::Secret;

/// The header with the access token.
const TOKEN_HEADER: &str = "x-amz-sso_bearer_token";

/// The largest page of a list.
const PAGE: &str = "max_result=100";

/// An account that the token gives access to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub id: String,
    /// Its name; some accounts have none yet.
    pub name: Option<String>,
    /// The email address of its owner.
    pub email: Option<String>,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.as_ref().or(self.email.as_ref()) {
            Some(name) => write!(f, "{name} ({})", self.id),
            None => f.write_str(&self.id),
        }
    }
}

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

    /// All accounts of the token (`ListAccounts`).
    ///
    /// # Errors
    /// As [`PortalClient::logout`], and lists that cannot be used.
    pub async fn accounts(&self, token: &Secret) -> Result<Vec<Account>, Failure> {
        let path = format!("/assignment/accounts?{PAGE}");
        self.list("ListAccounts", &path, "accountList", token, |item| {
            Ok(Account {
                id: plain_text(item, "accountId")?,
                name: item.optional_text("accountName")?,
                email: item.optional_text("emailAddress")?,
            })
        })
        .await
    }

    /// The names of the roles that the token gives access to in an account (`ListAccountRoles`).
    ///
    /// # Errors
    /// As [`PortalClient::accounts`].
    pub async fn roles(&self, token: &Secret, account: &str) -> Result<Vec<String>, Failure> {
        let path = format!("/assignment/roles?account_id={}&{PAGE}", encoded(account));
        self.list("ListAccountRoles", &path, "roleList", token, |item| plain_text(item, "roleName")).await
    }

    /// The items of all pages of a list.
    async fn list<T>(
        &self,
        operation: &'static str,
        path: &str,
        member: &str,
        token: &Secret,
        read: impl Fn(&Members) -> Result<T, Failure>,
    ) -> Result<Vec<T>, Failure> {
        let (mut items, mut pages) = (Vec::new(), HashSet::new());
        let mut next = String::new();
        loop {
            let request = self.request(Method::GET, &format!("{path}{next}"), token);
            let page = Members::read(operation, &self.send(operation, request, Retry::List).await?)?;
            for item in page.structures(member)? {
                items.push(read(&item)?);
            }
            let Some(token) = page.optional_text("nextToken")? else { return Ok(items) };
            next = format!("&next_token={}", encoded(&token));
            if !pages.insert(token) {
                return Err(page.unusable("nextToken"));
            }
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
        let now = (self.http.options.now)();
        Err(match Failure::read(operation, &response, now) {
            Failure::Fault(fault) if fault.status == 401 => Fault { kind: FaultCode::Unauthorized, ..*fault }.into(),
            failure => failure,
        })
    }
}

/// A required string for the config file, in which a line break would begin another key.
fn plain_text(item: &Members, name: &str) -> Result<String, Failure> {
    let text = item.text(name)?;
    if text.contains(char::is_control) { Err(item.unusable(name)) } else { Ok(text) }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, endpoint::NOT_UNRESERVED).to_string()
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
