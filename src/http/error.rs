//! What can go wrong between a request and its answer, in the AWS CLI's words, with a hint of ours beside them.
//!
//! `Display` is what AWS CLI 2.36.7 prints for the same failure (it names the URL without user and password); `hint` says
//! what a person can do. Errors that the service answers are not here but in `oidc`. Imports nothing of ours.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::{CaBundle, HttpOptions, Request, proxy};

/// A request that got no usable answer.
#[derive(Debug)]
pub struct HttpError {
    /// What happened.
    pub kind: HttpErrorKind,
    /// The URL, without user and password.
    pub url: String,
    /// The words of the layer that failed; may be empty.
    pub detail: String,
    /// Attempts made.
    pub attempts: u32,
}

/// The kinds of failure, by what a caller may do about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpErrorKind {
    /// The name was not resolved.
    Dns,
    /// Nobody answered at the address.
    Connect,
    /// Name resolution, TCP and TLS took longer than allowed.
    ConnectTimeout(Option<Duration>),
    /// Silence for longer than allowed.
    ReadTimeout(Option<Duration>),
    /// The whole attempt took longer than allowed.
    TotalTimeout(Duration),
    /// The certificate or the TLS handshake is not acceptable.
    Tls,
    /// The connection ended before any byte of an answer.
    Closed,
    /// The connection ended inside the answer, after this many bytes of body.
    CutOff(usize),
    /// What came back is not HTTP/1.1.
    NotHttp,
    /// The proxy, named without user and password, cannot be reached or refuses.
    Proxy(String),
    /// The answer is larger than this limit.
    TooLarge(&'static str),
    /// Not a URL, or not one with a host.
    BadUrl,
    /// A URL whose scheme is neither http nor https.
    BadScheme(String),
    /// A header value that HTTP cannot carry.
    BadHeader,
    /// The request could not be signed.
    Unsigned,
    /// The CA bundle cannot be used, and why.
    CaBundle(Box<CaBundle>, String),
    /// The client itself could not be made.
    Client(String),
}

impl HttpError {
    pub(super) fn new(kind: HttpErrorKind, request: &Request) -> Self {
        Self { kind, url: proxy::without_user(&request.url), detail: String::new(), attempts: 1 }
    }

    pub(super) fn detail(mut self, text: impl Into<String>) -> Self {
        self.detail = text.into();
        self
    }

    /// Notes how much of the body had come.
    pub(super) fn received(mut self, bytes: usize) -> Self {
        if let HttpErrorKind::CutOff(received) = &mut self.kind {
            *received = bytes;
        }
        self
    }

    /// Whether nothing can have reached the service, so that repeating the request is safe whatever it asks.
    pub fn nothing_was_sent(&self) -> bool {
        matches!(self.kind, HttpErrorKind::Dns | HttpErrorKind::Connect | HttpErrorKind::ConnectTimeout(_))
    }

    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        let host = url::Url::parse(&self.url).ok().and_then(|url| url.host_str().map(str::to_owned));
        let host = host.unwrap_or_else(|| self.url.clone());
        // The system's or the proxy's own words, which the AWS CLI keeps to itself.
        let why = if self.detail.is_empty() { String::new() } else { format!(" ({})", self.detail) };
        let seconds =
            |limit: &Option<Duration>| limit.map_or(String::new(), |l| format!(" within {} s", l.as_secs_f64()));
        Some(match &self.kind {
            HttpErrorKind::Dns => {
                format!(
                    "cannot resolve {host}{why}; check the region, the network, and whether HTTPS_PROXY must be set"
                )
            }
            HttpErrorKind::Connect => {
                format!("cannot reach {host}{why}; check the network, and whether HTTPS_PROXY must be set")
            }
            HttpErrorKind::ConnectTimeout(limit) => {
                format!("no connection to {host}{}; check the network and the proxy", seconds(limit))
            }
            HttpErrorKind::ReadTimeout(limit) => {
                format!("{host} said nothing{}; try again, or allow more with --cli-read-timeout", seconds(limit))
            }
            HttpErrorKind::TotalTimeout(limit) => {
                format!("no complete answer from {host} in {} s; try again in a while", limit.as_secs_f64())
            }
            HttpErrorKind::Tls => {
                "if a proxy or company CA is in between, have its certificate installed in the system, or \
                name it with --ca-bundle, AWS_CA_BUNDLE or ca_bundle, which then replaces all other roots"
                    .to_owned()
            }
            HttpErrorKind::Closed => {
                format!("{host} ended the connection; try again, and if it stays so look at the proxy in between")
            }
            HttpErrorKind::CutOff(bytes) => format!("the answer was cut off after {bytes} bytes; try again"),
            HttpErrorKind::NotHttp | HttpErrorKind::BadUrl | HttpErrorKind::BadScheme(_) => {
                "check the endpoint URL, and the proxy in between".to_owned()
            }
            HttpErrorKind::Proxy(_) => {
                let check = "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and the user and password in the proxy's URL";
                if self.detail.is_empty() { check.to_owned() } else { format!("{}; {check}", self.detail) }
            }
            HttpErrorKind::CaBundle(bundle, _) => {
                format!("the CA bundle is {}, which comes from {}", bundle.path.display(), bundle.origin)
            }
            HttpErrorKind::TooLarge(limit) => {
                format!("an answer larger than {limit} is not read: check the endpoint URL, and the proxy in between")
            }
            _ => return None,
        })
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, detail, .. } = self;
        match &self.kind {
            HttpErrorKind::Dns | HttpErrorKind::Connect => {
                write!(f, "Could not connect to the endpoint URL: \"{url}\"")
            }
            HttpErrorKind::ConnectTimeout(_) => write!(f, "Connect timeout on endpoint URL: \"{url}\""),
            HttpErrorKind::ReadTimeout(_) | HttpErrorKind::TotalTimeout(_) => {
                write!(f, "Read timeout on endpoint URL: \"{url}\"")
            }
            HttpErrorKind::Tls => write!(f, "SSL validation failed for {url} {detail}"),
            HttpErrorKind::CaBundle(_, why) => write!(f, "SSL validation failed for {url} {why}"),
            HttpErrorKind::Closed | HttpErrorKind::CutOff(_) => {
                write!(f, "Connection was closed before we received a valid response from endpoint URL: \"{url}\".")
            }
            HttpErrorKind::Proxy(proxy) => write!(f, "Failed to connect to proxy URL: \"{proxy}\""),
            HttpErrorKind::BadUrl => write!(f, "Invalid endpoint: {url}"),
            HttpErrorKind::BadScheme(scheme) => {
                write!(f, "An HTTP Client raised an unhandled exception: Not supported URL scheme {scheme}")
            }
            HttpErrorKind::NotHttp => write!(f, "The answer from endpoint URL: \"{url}\" is not HTTP: {detail}"),
            HttpErrorKind::TooLarge(limit) => {
                write!(f, "The answer from endpoint URL: \"{url}\" is larger than {limit}")
            }
            HttpErrorKind::BadHeader => write!(f, "Cannot send the request to endpoint URL: \"{url}\": {detail}"),
            HttpErrorKind::Unsigned => write!(f, "Cannot sign the request to endpoint URL: \"{url}\": {detail}"),
            HttpErrorKind::Client(why) => write!(f, "Cannot prepare the connection to endpoint URL: \"{url}\": {why}"),
        }
    }
}

impl Error for HttpError {}

/// What reqwest's error means. `begun` is whether the head of the answer had come.
pub(super) fn classify(
    error: &reqwest::Error,
    begun: bool,
    proxy: Option<&proxy::Proxy>,
    options: &HttpOptions,
    request: &Request,
) -> HttpError {
    let through_proxy = |kind| proxy.map_or(kind, |proxy| HttpErrorKind::Proxy(proxy.shown.clone()));
    let kind = if let Some(tls) = find::<rustls::Error>(error) {
        return HttpError::new(HttpErrorKind::Tls, request).detail(super::certificate::describe(tls));
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
    } else if begun {
        HttpErrorKind::CutOff(0)
    } else if innermost(error).ends_with(" parsed") {
        HttpErrorKind::NotHttp
    } else if innermost(error) == "message head is too large" {
        HttpErrorKind::TooLarge("64 KiB of headers")
    } else {
        HttpErrorKind::Closed
    };
    HttpError::new(kind, request).detail(innermost(error))
}

/// The first error of that type in the chain, also inside `io::Error`, whose `source` skips what it wraps.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
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

/// The last words of the chain: the operating system's or the protocol's own.
fn innermost(error: &dyn Error) -> String {
    let mut last = error;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string()
}
