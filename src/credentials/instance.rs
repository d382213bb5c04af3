//! EC2 instance metadata: the keys of the instance's role, and its region.
//!
//! Version 2 with a session token; without a token service version 1, unless `AWS_EC2_METADATA_V1_DISABLED`. One second and
//! one attempt unless configured, as in botocore: most machines are not EC2 instances and should not wait. A failed request
//! means that there are no credentials, and is not an error.

use std::time::Duration;

use aws_credential_types::Credentials;
use serde_json::Value;
use url::Url;

use super::{Retrieval, parse_expiry};
use crate::config::{Config, Located};
use crate::context::Context;
use crate::endpoint;
use crate::error::{Error, Kind};
use crate::http::{HttpClient, HttpErrorKind, HttpOptions, Method, Request, Response, Retry};
use crate::secret::Secret;

const IPV4: &str = "http://169.254.169.254/";
const IPV6: &str = "http://[fd00:ec2::254]/";
const TOKEN: &str = "latest/api/token";
const TOKEN_SECONDS: &str = "21600";
const ROLE: &str = "latest/meta-data/iam/security-credentials/";
const ZONE: &str = "latest/meta-data/placement/availability-zone/";

/// The credentials of the instance's role, if this is an EC2 instance with a role.
pub(super) async fn keys(retrieval: &Retrieval<'_>) -> Result<Option<Credentials>, Error> {
    let Retrieval { context, config, services, .. } = retrieval;
    let Some(service) = MetadataService::configured(context, config, &services.http.options)? else {
        return Ok(None);
    };
    let Some(token) = service.token().await? else { return Ok(None) };
    let Some(role) = service.get(ROLE, &token, |response| Some(text(response))).await else { return Ok(None) };
    let parse = |response: &Response| serde_json::from_slice::<Value>(&response.body).ok();
    let Some(document) = service.get(&format!("{ROLE}{role}"), &token, parse).await else { return Ok(None) };
    let member = |name: &str| document.get(name).and_then(Value::as_str);
    let (Some(access_key), Some(secret_key), Some(session_token), Some(expiration)) =
        (member("AccessKeyId"), member("SecretAccessKey"), member("Token"), member("Expiration"))
    else {
        return Ok(None);
    };
    // If the service cannot renew the credentials it returns expired ones, which AWS still accepts.
    let (token, expires_at) = (Some(session_token.to_owned()), Some(parse_expiry(expiration)?.into()));
    Ok(Some(Credentials::new(access_key, secret_key, token, expires_at, "iam-role")))
}

/// The region of the instance: its availability zone without the last letter.
pub async fn region(context: &Context, config: &Config, http: &HttpOptions) -> Result<Option<String>, Error> {
    let Some(service) = MetadataService::configured(context, config, http)? else { return Ok(None) };
    let Some(token) = service.token().await? else { return Ok(None) };
    let mut zone = service.get(ZONE, &token, |response| Some(text(response))).await;
    if let Some(zone) = &mut zone {
        zone.pop();
    }
    Ok(zone)
}

fn text(response: &Response) -> String {
    String::from_utf8_lossy(&response.body).into_owned()
}

/// The metadata service as configured.
struct MetadataService {
    client: HttpClient,
    base: String,
    attempts: i64,
    version_1: bool,
}

/// The protocol version that the service supports.
enum Session {
    Token(Secret),
    /// No token service.
    Version1,
}

impl MetadataService {
    /// The service as configured; `None` with `AWS_EC2_METADATA_DISABLED`.
    fn configured(context: &Context, config: &Config, http: &HttpOptions) -> Result<Option<Self>, Error> {
        if is_true(Located::variable("AWS_EC2_METADATA_DISABLED", context).as_ref()) {
            return Ok(None);
        }
        let setting = |variable, key: &str| config.setting(context, &[variable], key);
        let base = base(&setting)?;
        let timeout = number(setting("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout"))?;
        let attempts = number(setting("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts"))?;
        let timeout = Some(Duration::from_secs(timeout.try_into().unwrap_or(0)));
        let client = HttpClient::new(HttpOptions {
            connect_timeout: timeout,
            read_timeout: timeout,
            max_attempts: 1,
            ..http.clone()
        });
        let version_1 = !is_true(setting("AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled").as_ref());
        Ok(Some(Self { client, base, attempts, version_1 }))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.base, if self.base.ends_with('/') { "" } else { "/" })
    }

    /// A session of version 2, or the fallback to version 1; `None` without a metadata service.
    async fn token(&self) -> Result<Option<Session>, Error> {
        let mut request = Request::plain(Method::PUT, self.url(TOKEN))
            .header("x-aws-ec2-metadata-token-ttl-seconds", Secret::new(TOKEN_SECONDS));
        request.body = Some(Secret::new(""));
        for _ in 0..self.attempts {
            match self.client.send(&request, Retry::Once, None).await {
                Ok(response) if response.status == 200 => {
                    let token = String::from_utf8_lossy(&response.body).into_owned();
                    return Ok(Some(Session::Token(Secret::new(token))));
                }
                Ok(response) if [403, 404, 405].contains(&response.status) => break,
                Ok(response) if response.status == 400 => return Ok(None),
                // With a hop limit of 1 the response with the token never arrives.
                Err(error) if matches!(error.kind, HttpErrorKind::ReadTimeout(_)) => break,
                Ok(_) | Err(_) => {}
            }
        }
        if self.version_1 {
            return Ok(Some(Session::Version1));
        }
        Err(Error::configuration(
            "Error retrieving metadata: Unable to retrieve token for use in IMDSv2 call and IMDSv1 has been disabled",
        ))
    }

    /// What `read` makes of a document that exists and is not empty; `None` after the last attempt.
    async fn get<T>(&self, path: &str, session: &Session, read: impl Fn(&Response) -> Option<T>) -> Option<T> {
        let mut request = Request::plain(Method::GET, self.url(path));
        if let Session::Token(token) = session {
            request = request.header("x-aws-ec2-metadata-token", token.clone());
        }
        for _ in 0..self.attempts {
            match self.client.send(&request, Retry::Once, None).await {
                Ok(response) => {
                    let is_document = response.status == 200 && !response.body.is_empty();
                    if let Some(found) = is_document.then(|| read(&response)).flatten() {
                        return Some(found);
                    }
                    log::debug!("instance metadata answered {}", response.status);
                }
                Err(error) => log::debug!("instance metadata: {error}"),
            }
        }
        None
    }
}

fn is_true(setting: Option<&Located<String>>) -> bool {
    setting.is_some_and(|setting| setting.value.eq_ignore_ascii_case("true"))
}

/// An integer setting, 1 by default.
fn number(setting: Option<Located<String>>) -> Result<i64, Error> {
    setting.map_or(Ok(1), |found| found.integer().map_err(|error| error.as_kind(Kind::Configuration)))
}

fn base(setting: &dyn Fn(&'static str, &str) -> Option<Located<String>>) -> Result<String, Error> {
    let endpoint = setting("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
    let mode = setting("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode");
    let ipv6 = match &mode {
        Some(mode) if mode.value.eq_ignore_ascii_case("ipv4") => false,
        Some(mode) if mode.value.eq_ignore_ascii_case("ipv6") => true,
        Some(mode) => {
            let value = &mode.value;
            return Err(Error::configuration(format!(
                "Invalid EC2 Instance Metadata endpoint mode: {value} Valid endpoint modes (case-insensitive): ('ipv4', \
                 'ipv6')."
            ))
            .value_from(&mode.source()));
        }
        None => is_true(setting("AWS_IMDS_USE_IPV6", "imds_use_ipv6").as_ref()),
    };
    let Some(found) = endpoint.filter(|endpoint| !endpoint.value.is_empty()) else {
        return Ok(if ipv6 { IPV6 } else { IPV4 }.to_owned());
    };
    let base = &found.value;
    // botocore also accepts URLs that no request can be sent to, and then finds no credentials.
    let can_be_requested = Url::parse(base).is_ok_and(|url| ["http", "https"].contains(&url.scheme()));
    if can_be_requested && endpoint::valid_endpoint(base) {
        return Ok(found.value);
    }
    let message = format!("Invalid endpoint EC2 Instance Metadata endpoint: {base}");
    Err(Error::configuration(message).value_from(&found.source()))
}
