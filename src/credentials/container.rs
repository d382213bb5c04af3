//! Credentials of a container: one GET of the URL that ECS, EKS or another platform puts into the environment.
//!
//! `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or `…_FULL_URI`, with the token of
//! `AWS_CONTAINER_AUTHORIZATION_TOKEN[_FILE]`. Plain http is allowed for loopback and AWS's own link-local addresses
//! only. Timeouts of two seconds, three attempts (one if the certificate is refused), no proxy, as in botocore.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use aws_credential_types::Credentials;
use serde_json::Value;

use super::{Retrieval, expiry, retrieval_failed};
use crate::config::Located;
use crate::context::Context;
use crate::error::Error;
use crate::files;
use crate::http::{HttpClient, HttpErrorKind, HttpOptions, Method, Proxies, Request, Retry};
use crate::secret::Secret;

const PROVIDER: &str = "container-role";
const ADDRESS: &str = "169.254.170.2";
const ALLOWED: [&str; 4] = [ADDRESS, "169.254.170.23", "fd00:ec2::23", "localhost"];
const TIMEOUT: Duration = Duration::from_secs(2);
const ATTEMPTS: u32 = 3;
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// The URL, if the environment has one.
pub(super) fn url(context: &Context) -> Option<Located<String>> {
    let relative = Located::variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", context);
    let url = relative.map(|path| Located { value: format!("http://{ADDRESS}{}", path.value), ..path });
    url.or_else(|| Located::variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", context))
}

/// The credentials that this URL returns.
pub(super) async fn keys(retrieval: &Retrieval<'_>, url: &Located<String>) -> Result<Credentials, Error> {
    let context = retrieval.context;
    let mut request = Request::plain(Method::GET, &*url.value).header("accept", Secret::new("application/json"));
    if let Some(token) = authorization(context)? {
        request = request.header("authorization", token);
    }
    check_host(&url.value).map_err(|error| error.value_from(&url.source()))?;
    let client = HttpClient::new(HttpOptions {
        connect_timeout: Some(TIMEOUT),
        read_timeout: Some(TIMEOUT),
        proxies: Proxies::default(),
        ..retrieval.services.http.options.clone()
    });
    let mut attempt = 1;
    let response = loop {
        match fetch(&client, &request).await {
            Ok(response) => break response,
            Err((why, is_final)) if is_final || attempt == ATTEMPTS => {
                return Err(retrieval_failed(PROVIDER, format!("Error retrieving metadata: {why}")));
            }
            Err((why, _)) => log::debug!("container credentials: {why}"),
        }
        attempt += 1;
        tokio::time::sleep(RETRY_DELAY).await;
    };
    let missing = |name: &str| retrieval_failed(PROVIDER, format!("the response has no {name}"));
    let member = |name: &str| response.get(name).and_then(Value::as_str).ok_or_else(|| missing(name));
    let (access_key, secret_key, token) = (member("AccessKeyId")?, member("SecretAccessKey")?, member("Token")?);
    let expires_at = expiry(member("Expiration")?, context)?;
    Ok(Credentials::new(access_key, secret_key, Some(token.to_owned()), Some(expires_at.into()), PROVIDER))
}

/// One attempt; an error has its reason and whether it is final.
async fn fetch(client: &HttpClient, request: &Request) -> Result<Value, (String, bool)> {
    let response = client.send(request, Retry::Once, None).await.map_err(|error| {
        // A certificate that is not trusted now will not be in a second.
        let is_final = error.kind.is_permanent() || matches!(error.kind, HttpErrorKind::Tls(_));
        (format!("Received error when attempting to retrieve container metadata: {error}"), is_final)
    })?;
    if response.status != 200 {
        let text = String::from_utf8_lossy(&response.body);
        return Err((format!("Received non 200 response {} from container metadata: {text}", response.status), false));
    }
    serde_json::from_slice(&response.body)
        .map_err(|_| ("Unable to parse JSON returned from container metadata services".to_owned(), false))
}

/// The authorization token, from the file if one is configured.
fn authorization(context: &Context) -> Result<Option<Secret>, Error> {
    let token = match context.var_os("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE").map(PathBuf::from) {
        Some(path) => Some(files::read_text(&path).map_err(|error| {
            let path = path.display();
            let text = format!("cannot read AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE `{path}`: {error}");
            Error::configuration(text)
        })?),
        None => context.var("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
    };
    match token {
        Some(token) if token.contains(['\r', '\n']) => {
            Err(Error::configuration("Auth token value is not a legal header value"))
        }
        token => Ok(token.map(Secret::new)),
    }
}

/// Allows plain http for loopback and link-local addresses only, which are never routed.
fn check_host(url: &str) -> Result<(), Error> {
    let parsed = url::Url::parse(url).ok();
    if parsed.as_ref().is_some_and(|url| url.scheme() == "https") {
        return Ok(());
    }
    let host = parsed.as_ref().and_then(url::Url::host_str).map(|host| host.trim_matches(['[', ']']).to_owned());
    let address = host.as_deref().and_then(|host| host.parse::<IpAddr>().ok());
    let allowed = host.as_deref().is_some_and(|host| ALLOWED.contains(&host));
    if allowed || address.is_some_and(|address| address.is_loopback()) {
        return Ok(());
    }
    Err(Error::configuration(format!(
        "Unsupported host '{}'.  Can only retrieve metadata from a loopback address or one of these hosts: {}",
        host.as_deref().unwrap_or("None"),
        ALLOWED.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::check_host;

    #[test]
    fn plain_http_is_for_local_addresses_only() {
        for url in [
            "https://example.com/creds",
            "http://127.0.0.1:8080/creds",
            "http://127.9.9.9/",
            "http://[::1]/creds",
            "http://[fd00:ec2::23]/creds",
            "http://localhost/creds",
            "http://169.254.170.2/creds",
            "http://169.254.170.23/v1",
        ] {
            assert!(check_host(url).is_ok(), "{url}");
        }
        for url in [
            "http://example.com/creds",
            "http://169.254.170.3/",
            "http://localhost.example.com/",
            "http://10.0.0.1/",
            "http://[fd00:ec2::24]/",
            "http://169.254.170.2@example.com/",
            "creds",
            "",
        ] {
            assert!(check_host(url).is_err(), "{url}");
        }
    }
}
