//! `HttpError`: why a request got no usable response.
//!
//! The message is what AWS CLI 2.36.7 prints for the same failure, with the URL but without its user and password; the
//! hint names what to do. Errors that a service responds with are in `oidc`.

use std::fmt;
use std::time::Duration;

use super::{CHECK_ENDPOINT, CaBundle, HttpOptions, certificate, proxy};
use crate::endpoint;
use crate::error::Error;

/// A request that got no usable response.
#[derive(Debug)]
pub struct HttpError {
    /// What happened.
    pub kind: HttpErrorKind,
    /// The URL, without user and password.
    pub url: String,
    /// The message of the layer that failed; may be empty.
    pub detail: String,
    /// Attempts made.
    pub attempts: u32,
}

/// The kinds of failure, by what a caller may do about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpErrorKind {
    /// The name was not resolved.
    Dns,
    /// The address did not accept a connection.
    Connect,
    /// Name resolution, TCP and TLS took longer than allowed.
    ConnectTimeout(Option<Duration>),
    /// No byte arrived for longer than allowed.
    ReadTimeout(Option<Duration>),
    /// The whole attempt took longer than allowed.
    TotalTimeout(Duration),
    /// The certificate or the TLS handshake is not acceptable, and what to do.
    Tls(String),
    /// The connection ended before any byte of a response.
    Closed,
    /// The connection ended inside the response, after this many bytes of body.
    CutOff(usize),
    /// The response is not HTTP/1.1.
    NotHttp,
    /// The proxy, named without user and password, cannot be reached or refuses, and what to do.
    Proxy(String, String),
    /// The response is larger than this limit.
    TooLarge(&'static str),
    /// Not a URL, or not one with a host.
    BadUrl,
    /// A URL whose scheme is neither http nor https.
    BadScheme(String),
    /// The CA bundle cannot be used, and why.
    CaBundle(Box<CaBundle>, String),
    /// The request cannot be made: its client, its signature or one of its headers, and why.
    Unsendable(String),
}

impl HttpErrorKind {
    /// Whether every further attempt would fail, too.
    pub fn is_permanent(&self) -> bool {
        matches!(self, Self::BadUrl | Self::BadScheme(_) | Self::Unsendable(_) | Self::CaBundle(..) | Self::TooLarge(_))
    }
}

impl HttpError {
    /// A failure of a request to this URL.
    pub(super) fn new(kind: HttpErrorKind, url: &str) -> Self {
        Self { kind, url: proxy::without_user(url), detail: String::new(), attempts: 1 }
    }

    /// Whether the proxy refused CONNECT, other than for want of a user and password.
    pub(super) fn is_refused_tunnel(&self) -> bool {
        self.detail == proxy::REFUSED
    }

    /// What the user can do.
    pub fn hint(&self) -> Option<String> {
        self.words().1
    }

    /// The AWS CLI's message, and what the user can do.
    fn words(&self) -> (String, Option<String>) {
        use HttpErrorKind as Kind;
        let Self { kind, url, detail, .. } = self;
        let host = endpoint::host_of(url).unwrap_or_else(|| url.clone());
        // The message of the system or the proxy, which the AWS CLI does not print.
        let why = if detail.is_empty() { String::new() } else { format!(" ({detail})") };
        let within =
            |limit: Option<Duration>| limit.map_or(String::new(), |l| format!(" within {} s", l.as_secs_f64()));
        let message = match kind {
            Kind::Dns | Kind::Connect => format!("Could not connect to the endpoint URL: \"{url}\""),
            Kind::ConnectTimeout(_) => format!("Connect timeout on endpoint URL: \"{url}\""),
            Kind::ReadTimeout(_) | Kind::TotalTimeout(_) => format!("Read timeout on endpoint URL: \"{url}\""),
            Kind::Tls(_) => format!("SSL validation failed for {url} {detail}"),
            Kind::CaBundle(_, why) => format!("SSL validation failed for {url} {why}"),
            Kind::Closed | Kind::CutOff(_) => {
                format!("Connection was closed before we received a valid response from endpoint URL: \"{url}\".")
            }
            Kind::Proxy(proxy, _) => format!("Failed to connect to proxy URL: \"{proxy}\""),
            Kind::BadUrl => format!("Invalid endpoint: {url}"),
            Kind::BadScheme(scheme) => {
                format!("An HTTP Client raised an unhandled exception: Not supported URL scheme {scheme}")
            }
            Kind::NotHttp => format!("The response from endpoint URL: \"{url}\" is not HTTP: {detail}"),
            Kind::TooLarge(limit) => format!("The response from endpoint URL: \"{url}\" is larger than {limit}"),
            Kind::Unsendable(why) => format!("Cannot send the request to endpoint URL: \"{url}\": {why}"),
        };
        let hint = match kind {
            Kind::Dns => format!(
                "cannot resolve {host}{why}; check the region and the network; set HTTPS_PROXY if a proxy is required"
            ),
            Kind::Connect => {
                format!("cannot reach {host}{why}; check the network; set HTTPS_PROXY if a proxy is required")
            }
            Kind::ConnectTimeout(limit) => {
                format!("no connection to {host}{}; check the network and the proxy", within(*limit))
            }
            Kind::ReadTimeout(limit) => {
                format!("{host} did not respond{}; try again, or raise --cli-read-timeout", within(*limit))
            }
            Kind::TotalTimeout(limit) => format!("no complete response from {host}{}; try again", within(Some(*limit))),
            Kind::Tls(hint) | Kind::Proxy(_, hint) => hint.clone(),
            Kind::CaBundle(bundle, _) => {
                format!("the CA bundle {} comes from {}", bundle.path.display(), bundle.origin)
            }
            Kind::Closed => format!("{host} closed the connection; try again; if it keeps happening, check the proxy"),
            Kind::CutOff(bytes) => format!("the response was cut off after {bytes} bytes; try again"),
            Kind::BadUrl | Kind::BadScheme(_) | Kind::NotHttp | Kind::TooLarge(_) => CHECK_ENDPOINT.to_owned(),
            Kind::Unsendable(_) => return (message, None),
        };
        (message, Some(hint))
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().0)
    }
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        let (message, hint) = error.words();
        Self::other(message).hint_if(hint)
    }
}

/// What reqwest's error means. `received` is the size of the body so far, `None` before the head of the response.
pub(super) fn classify(
    error: &reqwest::Error,
    received: Option<usize>,
    proxy: Option<&proxy::Proxy>,
    options: &HttpOptions,
    url: &str,
) -> HttpError {
    let mut detail = innermost(error);
    let through_proxy = |kind| match proxy {
        Some(proxy) => HttpErrorKind::Proxy(proxy.shown.clone(), proxy.hint(&innermost(error))),
        None => kind,
    };
    let kind = if let Some(tls) = find::<rustls::Error>(error) {
        let (message, hint) = certificate::describe(tls);
        detail = message;
        HttpErrorKind::Tls(hint)
    } else if error.is_builder() {
        HttpErrorKind::BadUrl
    } else if error.is_dns() {
        through_proxy(HttpErrorKind::Dns)
    } else if error.is_connect() && error.is_timeout() {
        through_proxy(HttpErrorKind::ConnectTimeout(options.connect_timeout))
    } else if error.is_connect() {
        through_proxy(HttpErrorKind::Connect)
    } else if error.is_timeout() {
        HttpErrorKind::ReadTimeout(options.read_timeout)
    } else if let Some(bytes) = received {
        HttpErrorKind::CutOff(bytes)
    } else if detail.ends_with(" parsed") {
        HttpErrorKind::NotHttp
    } else if detail == "message head is too large" {
        HttpErrorKind::TooLarge("64 KiB of headers")
    } else {
        HttpErrorKind::Closed
    };
    HttpError { detail, ..HttpError::new(kind, url) }
}

/// The first error of that type in the chain, also inside `io::Error`, whose `source` skips what it wraps.
fn find<'a, T: std::error::Error + 'static>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

/// The message at the end of the chain: the operating system's or the protocol's own.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string()
}
