//! Errors as the two services answer them: status, `x-amzn-ErrorType` and body.
//!
//! Codes and statuses of the OIDC service are those of its AWS model, the `error` words those of RFC 6749 section 5.2,
//! RFC 7591 section 3.2.2 and RFC 8628 section 3.5. The portal and the signature check of create-token- with-iam answer
//! with `message` instead.

use serde_json::{Map, Value, json};

use super::http::HttpAnswer;

/// An error answer.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    /// HTTP status.
    pub(crate) status: u16,
    /// Value of `x-amzn-ErrorType`.
    pub(crate) code: String,
    /// The members of the body.
    pub(crate) body: Map<String, Value>,
}

impl Fault {
    /// An error of the OIDC service's model, with an `error_description`.
    ///
    /// # Panics
    /// If the model has no such error.
    pub(crate) fn new(code: &str, description: &str) -> Self {
        let (status, error) = match code {
            "AccessDeniedException" => (400, "access_denied"),
            "AuthorizationPendingException" => (400, "authorization_pending"),
            "ExpiredTokenException" => (400, "expired_token"),
            "InternalServerException" => (500, "server_error"),
            "InvalidClientException" => (401, "invalid_client"),
            "InvalidClientMetadataException" => (400, "invalid_client_metadata"),
            "InvalidGrantException" => (400, "invalid_grant"),
            "InvalidRedirectUriException" => (400, "invalid_redirect_uri"),
            "InvalidRequestException" | "InvalidRequestRegionException" => (400, "invalid_request"),
            "InvalidScopeException" => (400, "invalid_scope"),
            "SlowDownException" => (400, "slow_down"),
            "UnauthorizedClientException" => (400, "unauthorized_client"),
            "UnsupportedGrantTypeException" => (400, "unsupported_grant_type"),
            unknown => panic!("the model of the service has no {unknown}"),
        };
        let mut body = Map::new();
        body.insert("error".into(), json!(error));
        body.insert("error_description".into(), json!(description));
        Self { status, code: code.into(), body }
    }

    /// An error whose body is a `message`: from the portal, or from a gateway in front of the services.
    pub(crate) fn with_message(status: u16, code: &str, message: &str) -> Self {
        let mut body = Map::new();
        body.insert("message".into(), json!(message));
        Self { status, code: code.into(), body }
    }

    /// The same with one more member, as `reason` of `InvalidRequestException`.
    pub(crate) fn with_member(mut self, name: &str, value: Value) -> Self {
        self.body.insert(name.into(), value);
        self
    }

    pub(super) fn answer(&self) -> HttpAnswer {
        let body = Value::Object(self.body.clone()).to_string();
        let mut answer = HttpAnswer::new(self.status, "application/json", body);
        answer.set_header("x-amzn-ErrorType", &self.code);
        answer
    }

    /// The same error as a page for a browser.
    pub(super) fn page(&self) -> HttpAnswer {
        let description = self.body.get("error_description").and_then(Value::as_str).unwrap_or_default();
        let mut answer = super::pages::message("This request cannot be answered", description);
        answer.status = self.status;
        answer
    }
}

pub(super) fn invalid_request(description: &str) -> Fault {
    Fault::new("InvalidRequestException", description)
}

pub(super) fn invalid_grant(description: &str) -> Fault {
    Fault::new("InvalidGrantException", description)
}

pub(super) fn invalid_client(description: &str) -> Fault {
    Fault::new("InvalidClientException", description)
}
