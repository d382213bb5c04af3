//! `Request` and `Response`, and how reqwest sends and reads them.
//!
//! Headers that carry a token and all request bodies are secrets. A response has at most 1 MiB of body and 64 KiB of
//! headers and is never decompressed. When a request is repeated is in `retry`.

use std::time::Duration;

pub use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::{HttpError, HttpErrorKind};
use crate::context::Timestamp;
use crate::secret::{Secret, redacted, redacted_bytes};

/// The longest body that is read, in bytes.
pub const MAX_BODY: usize = 1 << 20;

/// The maximum number of values in a JSON body.
const MAX_VALUES: usize = 10_000;

/// The maximum size of all headers of a response, in bytes.
const MAX_HEADERS: usize = 64 << 10;

/// The headers whose values are secret.
const SECRET_HEADERS: [&str; 4] =
    ["authorization", "x-amz-security-token", "x-amz-sso_bearer_token", "x-aws-ec2-metadata-token"];

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The absolute URL.
    pub url: String,
    /// Headers beyond those every request has.
    pub headers: Vec<(&'static str, Secret)>,
    /// The body; `None` sends none, an empty one sends `Content-Length: 0`.
    pub body: Option<Secret>,
    /// Secrets in the body, which a response may repeat.
    pub secrets: Vec<Secret>,
    /// Whether the call is one of an AWS service and carries `amz-sdk-invocation-id` and `amz-sdk-request`.
    pub sdk_headers: bool,
    /// Reads the error code of a response, which decides about retries.
    pub error_code: fn(&Response) -> Option<String>,
}

impl Request {
    /// A call of an AWS service.
    pub fn aws(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: Vec::new(),
            body: None,
            secrets: Vec::new(),
            sdk_headers: true,
            error_code,
        }
    }

    /// Any other request: instance metadata, container credentials, start URLs.
    pub fn plain(method: Method, url: impl Into<String>) -> Self {
        Self { sdk_headers: false, ..Self::aws(method, url) }
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: impl Into<Secret>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Sets the body and its type.
    pub fn body(self, content_type: &str, body: Secret) -> Self {
        let mut request = self.header("content-type", Secret::new(content_type));
        request.body = Some(body);
        request
    }

    /// Sets the secrets in the body.
    pub fn secrets<'a>(self, secrets: impl IntoIterator<Item = &'a str>) -> Self {
        Self { secrets: secrets.into_iter().map(Secret::new).collect(), ..self }
    }
}

/// The secrets that were sent, with these additional headers.
pub(super) fn sent_secrets<'a>(request: &'a Request, headers: &'a [(&'static str, Secret)]) -> Vec<&'a str> {
    let headers = request.headers.iter().chain(headers).filter(|(name, _)| SECRET_HEADERS.contains(name));
    let of_headers = headers.flat_map(|(_, value)| {
        let value = value.expose();
        // A response may repeat a token without its scheme, or a signature alone.
        [value, value.rsplit(' ').next().unwrap_or_default().trim_start_matches("Signature=")]
    });
    request.secrets.iter().map(Secret::expose).chain(of_headers).collect()
}

/// A response of any status.
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, at most 1 MiB.
    pub body: Vec<u8>,
    /// Number of attempts made.
    pub attempts: u32,
    /// Number of retries, if the response is that of the last allowed attempt.
    pub retries_reached: Option<u32>,
}

impl Response {
    /// Redacts these secrets in the headers and in the body of an error. The body of a success is data.
    pub fn without(mut self, secrets: &[&str]) -> Self {
        for (_, value) in &mut self.headers {
            *value = redacted(value, secrets);
        }
        if !self.is_success() {
            self.body = redacted_bytes(&self.body, secrets);
        }
        self
    }

    /// The first header of that name, given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Whether the status is 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether it is a 5xx that does not come from the service: white space as in Python, or a web page.
    pub fn is_generic_error(&self) -> bool {
        let start = self.body.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != b'\x0b');
        self.status >= 500 && start.is_none_or(|start| self.body[start..].starts_with(b"<html>"))
    }

    /// The standard reason phrase of the status.
    pub fn reason(&self) -> &'static str {
        reqwest::StatusCode::from_u16(self.status).ok().and_then(|status| status.canonical_reason()).unwrap_or_default()
    }

    /// AWS's request id.
    pub fn request_id(&self) -> Option<&str> {
        self.header("x-amzn-requestid").or_else(|| self.header("x-amz-request-id"))
    }

    /// The server's clock, from the Date header (RFC 9110 section 6.6.1).
    pub fn date(&self) -> Option<Timestamp> {
        parse_date(self.header("date")?)
    }

    /// How long the server asks to wait: `x-amz-retry-after` in milliseconds, else `Retry-After` in seconds or as a
    /// date (RFC 9110 section 10.2.3).
    pub fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        if let Some(milliseconds) = self.header("x-amz-retry-after").and_then(|value| value.trim().parse().ok()) {
            return Some(Duration::from_millis(milliseconds));
        }
        let value = self.header("retry-after")?.trim();
        if let Ok(seconds) = value.parse() {
            return Some(Duration::from_secs(seconds));
        }
        Some(Duration::try_from(parse_date(value)? - now).unwrap_or_default())
    }
}

/// The error code of a response, read as botocore's rest-json parser does; `None` for a success.
pub fn error_code(response: &Response) -> Option<String> {
    if response.status < 300 {
        return None;
    }
    let status = response.status.to_string();
    if response.is_generic_error() {
        return Some(status);
    }
    let trimmed = |code: &str| {
        let code = code.split(':').next().unwrap_or_default();
        code.rsplit('#').next().unwrap_or_default().to_owned()
    };
    if let Some(code) = response.header("x-amzn-errortype") {
        return Some(trimmed(code));
    }
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    if let Some(code) = body.get("code").or_else(|| body.get("Code")).filter(|code| !code.is_null()) {
        return Some(code.as_str().map_or_else(|| code.to_string(), trimmed));
    }
    let typed = body.get("__type").and_then(Value::as_str).map(trimmed);
    let query =
        response.header("x-amzn-query-error").and_then(|value| match value.split(';').collect::<Vec<_>>()[..] {
            [code, _] if !code.is_empty() => Some(code.to_owned()),
            _ => None,
        });
    Some(query.or(typed).unwrap_or(status))
}

/// The hint for a service that fails (5xx) or throttles (429); `None` for other statuses.
pub fn retry_hint(status: u16, retry_after: Option<Duration>) -> Option<String> {
    let why = match status {
        429 => "the service is throttling requests",
        500.. => "the service is failing",
        _ => return None,
    };
    Some(match retry_after.map(|wait| wait.as_secs_f64().ceil()) {
        Some(seconds) => format!("{why}; retry in {seconds} s"),
        None => format!("{why}; try again later"),
    })
}

/// An HTTP date; only the preferred form of RFC 9110 section 5.6.7 is read.
fn parse_date(text: &str) -> Option<Timestamp> {
    OffsetDateTime::parse(text, &Rfc2822).ok()?.checked_to_utc()
}

/// The request as reqwest sends it, without the User-Agent.
pub(super) fn outgoing(
    client: &reqwest::Client,
    request: &Request,
    url: url::Url,
    headers: &[(&'static str, Secret)],
) -> Result<reqwest::RequestBuilder, String> {
    let mut builder = client.request(request.method.clone(), url).header("accept-encoding", "identity");
    for (name, value) in request.headers.iter().chain(headers) {
        let mut header = HeaderValue::from_str(value.expose())
            .map_err(|_| format!("the value of header {name} has characters that are not allowed in a header"))?;
        header.set_sensitive(true);
        builder = builder.header(HeaderName::from_static(name), header);
    }
    if let Some(body) = &request.body {
        if body.is_empty() {
            builder = builder.header("content-length", "0");
        }
        builder = builder.body(body.expose().as_bytes().to_vec());
    }
    Ok(builder)
}

/// Whether a JSON body has more values than any response; parsed, it would take up to a hundred times its size.
fn is_dense(body: &[u8]) -> bool {
    matches!(body.trim_ascii_start().first(), Some(b'{' | b'['))
        && body.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{')).nth(MAX_VALUES).is_some()
}

/// Reads the response within the limits.
pub(super) async fn incoming(
    mut incoming: reqwest::Response,
    url: &str,
    failed: impl Fn(&reqwest::Error, usize) -> HttpError,
) -> Result<Response, HttpError> {
    let too_large = |limit| HttpError::new(HttpErrorKind::TooLarge(limit), url);
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = incoming.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value)));
    let headers: Vec<(String, String)> = headers.collect();
    if headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum::<usize>() > MAX_HEADERS {
        return Err(too_large("64 KiB of headers"));
    }
    let mut body = Vec::new();
    while let Some(chunk) = incoming.chunk().await.map_err(|error| failed(&error, body.len()))? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(too_large("1 MiB"));
        }
        body.extend_from_slice(&chunk);
    }
    if is_dense(&body) {
        return Err(too_large("10,000 values"));
    }
    Ok(Response { status: incoming.status().as_u16(), headers, body, attempts: 1, retries_reached: None })
}
