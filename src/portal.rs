//! The AWS access portal (API `SSO`, version 2019-06-10): sign a session out, fetch role credentials, see if a token lives.
//!
//! Requests are unsigned and carry the token in `x-amz-sso_bearer_token`, as the AWS CLI sends them. Where credentials are
//! cached and how they are printed is not here. Imports `http` and `secret`.

use std::fmt;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::http::{self, HttpClient, HttpError, Method, Request, Response, Retry, error_code};
use crate::secret::{Secret, redacted};

/// What a query value keeps: RFC 3986 section 2.3.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Carries the access token.
const TOKEN_HEADER: &str = "x-amz-sso_bearer_token";

/// The portal at one endpoint.
pub struct PortalClient {
    http: Rc<HttpClient>,
    endpoint: String,
}

/// Why a call gave no result.
#[derive(Debug)]
pub enum PortalError {
    /// The portal answered with an error.
    Fault {
        /// The operation, by AWS's name.
        operation: &'static str,
        /// AWS's exception name, or the HTTP status as text.
        code: String,
        /// The HTTP status; 401 means that the token is not accepted (any more).
        status: u16,
        /// The body's `message`; often empty.
        message: String,
        /// AWS's request id.
        request_id: Option<String>,
        /// Retries made, when the last allowed attempt gave this answer.
        retries_reached: Option<u32>,
        /// How long the portal asks to wait.
        retry_after: Option<Duration>,
    },
    /// No usable answer came.
    Http(HttpError),
    /// The answer lacks this member of the role credentials.
    Decode(&'static str),
    /// What answered is not the portal.
    Foreign {
        /// The operation, by AWS's name.
        operation: &'static str,
        /// What came instead.
        what: Foreign,
    },
}

/// What comes from a network that wants a sign-in, a proxy or a wrong endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Foreign {
    /// A web page of so many bytes.
    WebPage(usize),
    /// So many bytes that are no JSON.
    NotJson(usize),
    /// A redirect, which is not followed, and its host where it can be read.
    Redirect(Option<String>),
}

impl PortalError {
    /// Whether the portal does not accept the token: expired, signed out or revoked.
    pub fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Fault { status: 401, .. })
    }

    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Http(error) => error.hint(),
            Self::Fault { status, retry_after, .. } => http::come_back_later(*status, *retry_after),
            Self::Foreign { what: Foreign::WebPage(_) | Foreign::Redirect(_), .. } => Some(
                "something between here and AWS answered instead: does this network want a sign-in first?".to_owned(),
            ),
            Self::Foreign { .. } | Self::Decode(_) => {
                Some("check the endpoint URL, and the proxy in between".to_owned())
            }
        }
    }
}

impl fmt::Display for PortalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault { operation, code, message, retries_reached, .. } => {
                write!(f, "An error occurred ({code}) when calling the {operation} operation")?;
                if let Some(retries) = retries_reached {
                    write!(f, " (reached max retries: {retries})")?;
                }
                write!(f, ":{}{message}", if message.is_empty() { "" } else { " " })
            }
            Self::Http(error) => error.fmt(f),
            Self::Decode(member) => write!(f, "The answer to the GetRoleCredentials operation lacks {member}"),
            Self::Foreign { operation, what } => {
                write!(f, "The answer to the {operation} operation ")?;
                match what {
                    Foreign::WebPage(bytes) => write!(f, "is a web page ({bytes} bytes), not JSON"),
                    Foreign::NotJson(bytes) => write!(f, "is not JSON ({bytes} bytes)"),
                    Foreign::Redirect(Some(host)) => write!(f, "is a redirect to {host}"),
                    Foreign::Redirect(None) => write!(f, "is a redirect"),
                }
            }
        }
    }
}

impl std::error::Error for PortalError {}

impl PortalClient {
    /// A client; nothing is sent yet.
    pub fn new(http: impl Into<Rc<HttpClient>>, endpoint: String) -> Self {
        Self { http: http.into(), endpoint }
    }

    /// Ends the session of a token (`Logout`); any 2xx will do, also one without a body, but no web page.
    ///
    /// # Errors
    /// What the portal or the transport says. To be repeated at the user's wish only: the token is gone from disk by then.
    pub async fn logout(&self, token: &Secret) -> Result<(), PortalError> {
        let request = self.request(Method::Post, "/logout", token);
        let response = self.send("Logout", Request { body: Some(Secret::new("")), ..request }).await?;
        if response.body.is_empty() { Ok(()) } else { json("Logout", &response).map(drop) }
    }

    /// Credentials of a role in an account (`GetRoleCredentials`), with their expiry and the account id.
    ///
    /// # Errors
    /// What the portal or the transport says, and answers without one of the four members.
    pub async fn role_credentials(
        &self,
        token: &Secret,
        account: &str,
        role: &str,
    ) -> Result<Credentials, PortalError> {
        let encoded = |text| utf8_percent_encode(text, UNRESERVED).to_string();
        let path = format!("/federation/credentials?role_name={}&account_id={}", encoded(role), encoded(account));
        let request = self.request(Method::Get, &path, token);
        let response = self.send("GetRoleCredentials", request).await?;
        credentials(&response, account)
    }

    /// Whether the portal accepts the token (`ListAccounts`, one account).
    ///
    /// # Errors
    /// What the portal or the transport says; [`PortalError::is_unauthorized`] tells a dead token from trouble.
    pub async fn accounts_probe(&self, token: &Secret) -> Result<(), PortalError> {
        let request = self.request(Method::Get, "/assignment/accounts?max_result=1", token);
        json("ListAccounts", &self.send("ListAccounts", request).await?).map(drop)
    }

    fn request(&self, method: Method, path: &str, token: &Secret) -> Request {
        Request::aws(method, http::join(&self.endpoint, path)).header(TOKEN_HEADER, token.clone())
    }

    async fn send(&self, operation: &'static str, request: Request) -> Result<Response, PortalError> {
        let response = self.http.send(&request, Retry::Repeatable, None).await.map_err(PortalError::Http)?;
        let token = request.headers.iter().find(|(name, _)| *name == TOKEN_HEADER).map(|(_, token)| token.expose());
        if response.is_success() {
            return Ok(response);
        }
        if (300..400).contains(&response.status) {
            let host = response.header("location").and_then(http::host_of);
            return Err(PortalError::Foreign { operation, what: Foreign::Redirect(host) });
        }
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let message = body.get("message").or_else(|| body.get("Message")).and_then(Value::as_str).unwrap_or_default();
        Err(PortalError::Fault {
            operation,
            code: error_code(&response).unwrap_or_else(|| response.status.to_string()),
            status: response.status,
            // Whoever answers may repeat what it was sent.
            message: redacted(message, token.as_slice()),
            request_id: response.request_id().map(str::to_owned),
            retries_reached: response.retries_reached,
            retry_after: response.retry_after((self.http.options().now)()),
        })
    }
}

/// The body of a success: JSON, or what else came.
fn json(operation: &'static str, response: &Response) -> Result<Value, PortalError> {
    serde_json::from_slice(&response.body).map_err(|_| {
        let bytes = response.body.len();
        let is_page = response.body.trim_ascii_start().starts_with(b"<");
        let what = if is_page { Foreign::WebPage(bytes) } else { Foreign::NotJson(bytes) };
        PortalError::Foreign { operation, what }
    })
}

fn credentials(response: &Response, account: &str) -> Result<Credentials, PortalError> {
    let body = json("GetRoleCredentials", response)?;
    let role = body.get("roleCredentials").ok_or(PortalError::Decode("roleCredentials"))?;
    let text = |name| match role.get(name).and_then(Value::as_str) {
        Some(text) if !text.is_empty() => Ok(text),
        _ => Err(PortalError::Decode(name)),
    };
    let milliseconds = role.get("expiration").and_then(Value::as_u64).ok_or(PortalError::Decode("expiration"))?;
    let expiration = SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_millis(milliseconds))
        .ok_or(PortalError::Decode("expiration"))?;
    Ok(Credentials::builder()
        .access_key_id(text("accessKeyId")?)
        .secret_access_key(text("secretAccessKey")?)
        .session_token(text("sessionToken")?)
        .expiry(expiration)
        .account_id(account)
        .provider_name("sso")
        .build())
}
