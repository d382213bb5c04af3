//! The client of the service at one endpoint: sends an operation and returns its data or failure.
//!
//! Bodies are JSON as Python writes it, because requests equal the AWS CLI's byte for byte. Retry classes are defined
//! in `http`; the endpoint is chosen in `services`.

use std::rc::Rc;

use serde_json::{Map, Value};

use super::sigv4::{self, Signing};
use super::typed::{DeviceAuthorization, Grant, RegisterClientResponse, TokenResponse};
use super::{Failure, Fault, answer};
use crate::endpoint;
use crate::http::{HttpClient, Method, Request, Response, Retry, Timestamp};
use crate::model::{Kind, Member, Operation};
use crate::python;
use crate::secret::{Secret, redacted};

/// The service name that requests are signed for.
const SIGNING_NAME: &str = "sso-oauth";

/// The service at one endpoint.
pub struct OidcClient {
    /// The transport, for other requests of the same flow.
    pub http: Rc<HttpClient>,
    /// The base URL.
    pub endpoint: String,
}

impl OidcClient {
    /// Creates a client; sends no request. A path in the endpoint is kept, without its trailing slash.
    pub fn new(http: impl Into<Rc<HttpClient>>, endpoint: String) -> Self {
        Self { http: http.into(), endpoint }
    }

    /// Calls one of the four operations like the AWS CLI: members in the given order, standard retries. Returns the
    /// modelled members of the response in the model's order.
    ///
    /// # Errors
    /// Service errors, transport failures, and responses that are not a JSON object.
    pub async fn call(
        &self,
        operation: Operation,
        input: &Map<String, Value>,
        signing: Option<&Signing>,
    ) -> Result<Map<String, Value>, Failure> {
        let body = Value::Object(input.clone());
        let response = self.post(operation, &body, Retry::Aws, signing).await?;
        if response.is_success() {
            return answer::read(operation, &response);
        }
        Err(Fault::read(operation.name(), &response, self.now())?.into())
    }

    /// Registers a client (RFC 7591 section 3.1).
    ///
    /// # Errors
    /// Service errors with their OAuth code, transport failures, and responses that lack a required member.
    pub async fn register_client(&self, request: &Value) -> Result<RegisterClientResponse, Failure> {
        RegisterClientResponse::read(&self.flow(Operation::RegisterClient, request, Retry::Repeatable).await?)
    }

    /// Starts a device authorization for a registered client.
    pub async fn start_device_authorization(
        &self,
        (client_id, client_secret): (&str, &Secret),
        start_url: &str,
    ) -> Result<DeviceAuthorization, Failure> {
        let body = serde_json::json!({"clientId": client_id, "clientSecret": client_secret, "startUrl": start_url});
        DeviceAuthorization::read(&self.flow(Operation::StartDeviceAuthorization, &body, Retry::Repeatable).await?)
    }

    /// Requests a token. The retry class decides how often a failed attempt is repeated.
    pub async fn create_token(
        &self,
        (client_id, client_secret): (&str, &Secret),
        grant: &Grant,
        retry: Retry<'_>,
    ) -> Result<TokenResponse, Failure> {
        let body = grant.body(client_id, client_secret);
        TokenResponse::read(&self.flow(Operation::CreateToken, &body, retry).await?)
    }

    /// Makes a call of a flow: reads OAuth error codes and refuses redirects.
    async fn flow(&self, operation: Operation, body: &Value, retry: Retry<'_>) -> Result<Response, Failure> {
        let response = self.post(operation, body, retry, None).await?;
        if response.is_success() {
            return Ok(response);
        }
        Err(Failure::read(operation.name(), &response, self.now()))
    }

    async fn post(
        &self,
        operation: Operation,
        body: &Value,
        retry: Retry<'_>,
        signing: Option<&Signing>,
    ) -> Result<Response, Failure> {
        log::debug!("{} {}", operation.name(), shown(operation.input(), body));
        let url = endpoint::join(&self.endpoint, operation.path());
        let text = Secret::new(python::dumps(body, python::LINE));
        let request =
            Request::aws(Method::POST, url).body("application/json", text).secrets(secrets(operation.input(), body));
        let sign = signing.map(|signing| |now| sigv4::sign(&request, SIGNING_NAME, signing, now));
        let response = self.http.send(&request, retry, sign.as_ref().map(|sign| sign as _)).await?;
        if log::log_enabled!(log::Level::Debug)
            && let Ok(answer) = serde_json::from_slice(&response.body)
        {
            let mut secrets = secrets(operation.input(), body);
            secrets.extend(self::secrets(operation.output(), &answer));
            secrets.extend(signing.and_then(|signing| signing.credentials.session_token()));
            log::debug!("{} answered {}", operation.name(), redacted(&shown(operation.output(), &answer), &secrets));
        }
        Ok(response)
    }

    fn now(&self) -> Timestamp {
        (self.http.options.now)()
    }
}

/// The secrets of a request or a response.
pub(crate) fn secrets<'a>(members: &[Member], body: &'a Value) -> Vec<&'a str> {
    let of = |member: &Member| match (&member.kind, body.get(member.name)) {
        (Kind::Structure(members), Some(inner)) => secrets(members, inner),
        (_, Some(Value::String(text))) if member.sensitive => vec![text.as_str()],
        _ => Vec::new(),
    };
    members.iter().flat_map(of).collect()
}

/// A body for the debug log: the values of non-secret modelled members and the OAuth error, only the names of all
/// others.
fn shown(members: &[Member], body: &Value) -> String {
    let Value::Object(body) = body else { return "[not an object]".to_owned() };
    let open = |name: &str| {
        name == "error"
            || members.iter().any(|m| m.name == name && !m.sensitive && !matches!(m.kind, Kind::Structure(_)))
    };
    let redacted = Value::from("[redacted]");
    let shown =
        body.iter().map(|(name, value)| (name.clone(), if open(name) { value.clone() } else { redacted.clone() }));
    python::dumps(&shown.collect::<Value>(), python::LINE)
}

#[cfg(test)]
#[path = "../../tests/fuzz/redaction.rs"]
mod fuzz;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Operation, shown};

    #[test]
    fn the_log_shows_only_what_is_known_to_be_harmless() {
        for operation in Operation::ALL {
            for members in [operation.input(), operation.output()] {
                let body: serde_json::Value = members
                    .iter()
                    .map(|m| (m.name.to_owned(), json!(if m.sensitive { "canary" } else { "open" })))
                    .chain([("unknown".to_owned(), json!("canary")), ("error".to_owned(), json!("slow_down"))])
                    .collect::<serde_json::Map<_, _>>()
                    .into();
                let text = shown(members, &body);
                assert!(!text.contains("canary"), "{text}");
                assert!(text.contains("open") && text.contains("slow_down"), "{text}");
            }
        }
        let nested = json!({"awsAdditionalDetails": {"identityContext": "canary"}});
        assert!(!shown(Operation::CreateTokenWithIam.output(), &nested).contains("canary"));
    }
}
