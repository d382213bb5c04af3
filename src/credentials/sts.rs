//! The two STS operations that return a role's credentials (API version 2011-06-15, query protocol).
//!
//! Parameters are validated against AWS's model before a request; results are cached in `~/.aws/cli/cache`, as by the
//! AWS CLI, and reused with at least 15 minutes left. Roles and web identities are chosen in `role`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use aws_credential_types::Credentials;
use percent_encoding::{AsciiSet, utf8_percent_encode};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::{Retrieval, expiry, retrieval_failed};
use crate::cache::{self, CredentialCache, CredentialKey, Loaded};
use crate::context::Context;
use crate::endpoint::{NOT_UNRESERVED, Service};
use crate::error::{Error, Kind};
use crate::http::{Method, Request, Response, Retry};
use crate::oidc::Fault;
use crate::oidc::sigv4::{self, Signing};
use crate::secret::Secret;
use crate::services::Endpoint;

/// The characters that Python does not encode in forms; a space becomes a plus.
const KEPT: &AsciiSet = &NOT_UNRESERVED.remove(b' ');

/// Cached credentials with less remaining lifetime are fetched again.
const MIN_LIFETIME: Duration = Duration::from_mins(15);

/// The minimum lengths in AWS's model.
const MIN_LENGTHS: [(&str, usize); 6] = [
    ("RoleArn", 20),
    ("RoleSessionName", 2),
    ("WebIdentityToken", 4),
    ("ExternalId", 2),
    ("SerialNumber", 9),
    ("TokenCode", 6),
];

/// The minimum of `DurationSeconds` in AWS's model.
const MIN_DURATION: i64 = 900;

/// The parameters of a call, in the order in which they are sent.
pub(super) struct Parameters {
    pub(super) members: Vec<(&'static str, Value)>,
    pub(super) secrets: Vec<(&'static str, Secret)>,
    /// A generated session name. It differs from call to call, so it is not part of the cache key.
    generated_name: Option<String>,
}

impl Parameters {
    /// Parameters with a session name, or with one generated like botocore's.
    pub(super) fn new(context: &Context, session_name: Option<String>) -> Self {
        let mut parameters = Self { members: Vec::new(), secrets: Vec::new(), generated_name: None };
        match session_name.filter(|name| !name.is_empty()) {
            Some(name) => parameters.members.push(("RoleSessionName", json!(name))),
            None => {
                parameters.generated_name = Some(format!("botocore-session-{}", context.now().unix_timestamp()));
            }
        }
        parameters
    }

    /// The key of the result in the cache.
    fn cache_key(&self) -> CredentialKey {
        CredentialKey::of_role(&self.members.iter().cloned().collect::<BTreeMap<_, _>>())
    }

    /// Cached credentials that last so long, and 15 minutes. A damaged cache counts as empty.
    pub(super) fn cached(&self, context: &Context, min_ttl: Duration) -> Option<Credentials> {
        let cache = CredentialCache::in_home(context.home.as_deref()?);
        match cache.load(&self.cache_key()) {
            Loaded::Present(cached, _) if cache::expires_at(&cached) - context.now() >= min_ttl.max(MIN_LIFETIME) => {
                Some(cached)
            }
            Loaded::Damaged(why) => {
                log::debug!("cached role credentials: {why}");
                None
            }
            Loaded::Present(..) | Loaded::Absent => None,
        }
    }

    /// Every parameter in the order in which they are sent.
    fn all(&self) -> impl Iterator<Item = (&'static str, Cow<'_, str>)> {
        let generated = self.generated_name.iter().map(|name| ("RoleSessionName", Cow::from(name)));
        let members = self.members.iter().map(|(name, value)| (*name, text(value))).chain(generated);
        members.chain(self.secrets.iter().map(|(name, value)| (*name, Cow::from(value.expose()))))
    }

    /// botocore's validation against the model, in the order in which the parameters are sent.
    fn check(&self) -> Result<(), Error> {
        let problems: Vec<String> = self.all().filter_map(|(name, value)| problem(name, &value)).collect();
        if problems.is_empty() {
            return Ok(());
        }
        Err(Error::validation(format!("Parameter validation failed:\n{}", problems.join("\n"))))
    }

    /// The body of the request.
    fn form(&self, operation: &str) -> Secret {
        let mut form = format!("Action={operation}&Version=2011-06-15");
        for (name, value) in self.all() {
            let encoded = Zeroizing::new(utf8_percent_encode(&value, KEPT).to_string().replace(' ', "+"));
            form.extend(["&", name, "=", &encoded]);
        }
        Secret::new(form)
    }
}

fn text(value: &Value) -> Cow<'_, str> {
    value.as_str().map_or_else(|| value.to_string().into(), Cow::from)
}

fn problem(name: &str, value: &str) -> Option<String> {
    if name == "DurationSeconds" {
        let small = value.parse::<i64>().is_ok_and(|seconds| seconds < MIN_DURATION);
        return small
            .then(|| format!("Invalid value for parameter {name}, value: {value}, valid min value: {MIN_DURATION}"));
    }
    let (_, least) = MIN_LENGTHS.iter().find(|(known, _)| *known == name)?;
    let length = value.chars().count();
    (length < *least)
        .then(|| format!("Invalid length for parameter {name}, value: {length}, valid min length: {least}"))
}

/// One request to STS.
pub(super) struct Call<'a> {
    pub(super) retrieval: &'a Retrieval<'a>,
    pub(super) operation: &'static str,
    pub(super) parameters: Parameters,
    /// The credentials that sign; none for a web identity.
    pub(super) source: Option<Credentials>,
}

impl Call<'_> {
    /// Sends the request and caches the result.
    pub(super) async fn make(self) -> Result<Credentials, Error> {
        self.parameters.check()?;
        // Without a region, botocore calls the global endpoint.
        let region = if self.retrieval.region.is_empty() { "aws-global" } else { self.retrieval.region };
        let endpoint = self.retrieval.services.endpoint(Service::Sts, region);
        let Endpoint { url, region } = endpoint.map_err(|error| error.as_kind(Kind::Configuration))?;
        let request = Request { error_code: code, ..Request::aws(Method::POST, url) }
            .body("application/x-www-form-urlencoded; charset=utf-8", self.parameters.form(self.operation))
            .secrets(self.parameters.secrets.iter().map(|(_, secret)| secret.expose()));
        let client = &self.retrieval.services.http;
        let signing = self.source.as_ref().map(|credentials| Signing::new(credentials, &region));
        let sign = signing.as_ref().map(|signing| |now| sigv4::sign(&request, "sts", signing, now));
        let response = client.send(&request, Retry::Aws, sign.as_ref().map(|sign| sign as _)).await?;
        if !response.is_success() {
            return Err(self.refusal(&response));
        }
        let (credentials, user) = self.read(&response)?;
        if let Some(home) = self.retrieval.context.home.as_deref()
            && let Err(error) =
                CredentialCache::in_home(home).store_role(&self.parameters.cache_key(), &credentials, user)
        {
            log::debug!("{error}");
        }
        Ok(credentials)
    }

    fn read(&self, response: &Response) -> Result<(Credentials, Value), Error> {
        let document = String::from_utf8_lossy(&response.body);
        let lacks =
            |name: &str| retrieval_failed("assume-role", format!("the response to {} has no {name}", self.operation));
        let keys = element(&document, "Credentials").ok_or_else(|| lacks("Credentials"))?;
        let member = |name: &str| element_text(keys, name).filter(|text| !text.is_empty()).ok_or_else(|| lacks(name));
        let expires_at = expiry(&member("Expiration")?, self.retrieval.context)?;
        let mut builder = Credentials::builder()
            .access_key_id(member("AccessKeyId")?)
            .secret_access_key(member("SecretAccessKey")?)
            .session_token(member("SessionToken")?)
            .expiry(expires_at.into())
            .provider_name("assume-role");
        let user = element(&document, "AssumedRoleUser").unwrap_or_default();
        let arn = element_text(user, "Arn");
        if let Some(account) = arn.as_deref().and_then(|arn| arn.split(':').nth(4)) {
            builder = builder.account_id(account);
        }
        let user = json!({"AssumedRoleId": element_text(user, "AssumedRoleId"), "Arn": arn});
        Ok((builder.build(), user))
    }

    /// The error in a response. One that is neither an STS document nor a 5xx comes from a proxy.
    fn refusal(&self, response: &Response) -> Error {
        let document = String::from_utf8_lossy(&response.body);
        let (code, message) = match (element_text(&document, "Code"), element_text(&document, "Message")) {
            (Some(code), message) => (code, message.unwrap_or_default()),
            (None, _) if response.status >= 500 => (response.status.to_string(), response.reason().to_owned()),
            (None, _) => {
                let why = format!("the response to {} is not from STS (status {})", self.operation, response.status);
                return retrieval_failed("assume-role", why);
            }
        };
        let fault =
            Fault { code, message, ..Fault::new(self.operation, response, &Map::new(), self.retrieval.context.now()) };
        Error::from(fault).as_kind(Kind::Service)
    }
}

fn code(response: &Response) -> Option<String> {
    if response.status < 300 {
        return None;
    }
    let document = String::from_utf8_lossy(&response.body);
    element_text(&document, "Code").or_else(|| Some(response.status.to_string()))
}

/// The content of the first element of that name, markup included. STS documents are written by AWS, and their elements have
/// no attributes, so this is enough; it is not an XML parser.
fn element<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0)
}

/// The decoded text of the first element of that name; `None` if it has child elements.
fn element_text(document: &str, name: &str) -> Option<String> {
    let content = element(document, name)?;
    if content.contains('<') { None } else { unescape(content) }
}

/// Decodes the five entities and character references.
fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (entity, after) = after.split_once(';')?;
        out.push_str(before);
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = entity.strip_prefix('#')?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => number.parse(),
                };
                char::from_u32(code.ok()?)?
            }
        });
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::{element, element_text};

    #[test]
    fn leaves_are_found_and_unescaped() {
        let document = "<A xmlns=\"x\"><Error><Code>AccessDenied</Code><Message>a &lt;b&gt; &amp; &#39;c&#x27; &quot;</Message>\
                        </Error></A>";
        assert_eq!(element_text(document, "Code").as_deref(), Some("AccessDenied"));
        assert_eq!(element_text(document, "Message").as_deref(), Some("a <b> & 'c' \""));
        assert_eq!(element_text(document, "Error"), None);
        assert_eq!(element_text(document, "Type"), None);
        assert_eq!(
            element(document, "Error").and_then(|error| element_text(error, "Code")).as_deref(),
            Some("AccessDenied")
        );
    }

    #[test]
    fn damaged_text_is_none() {
        for document in ["<C>x", "<C>&bad;</C>", "<C>&#xffffffff;</C>", "<C>&#;</C>", "<C>& </C>", "</C><C>"] {
            assert_eq!(element_text(document, "C"), None, "{document}");
        }
    }
}
