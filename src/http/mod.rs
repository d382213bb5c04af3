//! One HTTP and TLS stack for every service the program talks to.
//!
//! HTTP/1.1 over reqwest with rustls: no redirects, no decompression, responses of at most 1 MiB, secrets of the request
//! redacted where a response repeats them, AWS's retry headers, and retries by class of call. The contents of requests and
//! responses are in `oidc`, `portal` and `credentials`. Constants are those of AWS CLI 2.36.7 and of RFC 9110.

mod ca_bundle;
mod certificate;
mod dns;
mod error;
mod log;
mod message;
mod proxy;
mod retry;
mod tls;

use std::cell::{Cell, OnceCell};
use std::path::PathBuf;
use std::pin::pin;
use std::time::{Duration, Instant};

pub use error::{HttpError, HttpErrorKind};
pub use log::start_debug_log;
pub use message::{Method, Request, Response, error_code, retry_hint};
pub use proxy::Proxies;
pub use retry::Retry;

use rustls::pki_types::CertificateDer;
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use url::Url;

use crate::context::Context;
pub use crate::context::Timestamp;
use crate::endpoint::valid_endpoint;
use crate::secret::Secret;
use retry::Attempts;

/// The hint for a response that seems not to come from the service.
pub const CHECK_ENDPOINT: &str = "check the endpoint URL and the proxy";

/// Produces the headers that sign one attempt, when it is made; an error ends the call.
pub type Sign<'a> = &'a dyn Fn(Timestamp) -> Result<Vec<(&'static str, Secret)>, String>;

/// The root certificates that replace the built-in ones and the system's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaBundle {
    /// A PEM file, or a directory of PEM files.
    pub path: PathBuf,
    /// The option, variable or file that named it.
    pub origin: String,
}

/// Reads the root certificates of the operating system.
pub type SystemRoots = fn() -> Vec<CertificateDer<'static>>;

/// How requests are sent.
#[derive(Clone)]
pub struct HttpOptions {
    /// The roots that replace the built-in ones and the system's.
    pub ca_bundle: Option<CaBundle>,
    /// Reads the system's roots when a certificate's issuer is not among the built-in ones.
    pub system_roots: SystemRoots,
    /// Whether certificates are verified.
    pub verify: bool,
    /// Name resolution, TCP and TLS together; `None` waits forever.
    pub connect_timeout: Option<Duration>,
    /// Longest wait for the next byte of a response; `None` waits forever.
    pub read_timeout: Option<Duration>,
    /// One whole attempt, connection and body included; `None` is no limit.
    pub total_timeout: Option<Duration>,
    /// Total number of attempts, at least 1.
    pub max_attempts: u32,
    /// Whether connections are reused. The server may close one at that moment, so this is for calls in quick succession
    /// that can be repeated.
    pub reuses_connections: bool,
    /// The proxies of the environment.
    pub proxies: Proxies,
    /// The User-Agent header.
    pub user_agent: String,
    /// The wall clock.
    pub now: fn() -> Timestamp,
}

impl HttpOptions {
    /// The AWS CLI's defaults for its operations: time-outs of 60 s, three attempts.
    pub fn new(context: &Context) -> Self {
        // The handshake would wait for a FIFO, and no signal would end that.
        let is_special = |path| std::fs::metadata(path).is_ok_and(|found| !found.is_file());
        let is_unusable = context.var_os("SSL_CERT_FILE").is_some_and(is_special);
        Self {
            ca_bundle: None,
            system_roots: if is_unusable { Vec::new } else { tls::system_roots },
            verify: true,
            connect_timeout: Some(Duration::from_mins(1)),
            read_timeout: Some(Duration::from_mins(1)),
            total_timeout: None,
            max_attempts: 3,
            reuses_connections: false,
            proxies: Proxies::from_env(&|name| context.var(name)),
            user_agent: format!("sso-oidc/{}", env!("CARGO_PKG_VERSION")),
            now: context.now,
        }
    }
}

/// How long an idle connection is kept: longer than the pauses within a flow, shorter than servers keep one.
const REUSE: Duration = Duration::from_secs(3);

/// How many requests a command has under way at once, so that a service that counts requests does not refuse them.
pub const CONCURRENT_REQUESTS: usize = 16;

/// The client. It opens connections and loads certificates only when a request needs them.
pub struct HttpClient {
    /// How it sends requests.
    pub options: HttpOptions,
    plain: OnceCell<reqwest::Client>,
    secure: OnceCell<reqwest::Client>,
    skew: Cell<Option<time::Duration>>,
}

impl HttpClient {
    /// A client with these options; uses neither network nor files.
    pub fn new(options: HttpOptions) -> Self {
        Self { options, plain: OnceCell::new(), secure: OnceCell::new(), skew: Cell::new(None) }
    }

    /// How far the server's clock is ahead of this machine's, by the last response with a date.
    pub fn clock_skew(&self) -> Option<time::Duration> {
        self.skew.get()
    }

    /// Sends a request, retries it as its class allows, and returns the last response whatever its status.
    ///
    /// # Errors
    /// Transport failures, responses over the limits, invalid URLs and CA bundles, with the AWS CLI's messages.
    pub async fn send(
        &self,
        request: &Request,
        retry: Retry<'_>,
        sign: Option<Sign<'_>>,
    ) -> Result<Response, HttpError> {
        let mut attempts = Attempts::new(retry, self.options.max_attempts, request);
        let mut after_refusal = false;
        loop {
            let mut headers = attempts.headers();
            if let Some(sign) = sign {
                let unsendable = |why| HttpError::new(HttpErrorKind::Unsendable(why), &request.url);
                headers.extend(sign((self.options.now)()).map_err(unsendable)?);
            }
            let outcome = self.attempt(request, &headers, after_refusal).await;
            after_refusal = outcome.as_ref().is_err_and(HttpError::is_refused_tunnel);
            let Some(delay) = attempts.after(&outcome, &self.options) else { return attempts.finish(outcome) };
            ::log::debug!("attempt {} failed; the next in {} ms", attempts.made, delay.as_millis());
            tokio::time::sleep(delay).await;
            if !attempts.still_wanted() {
                return attempts.finish(outcome);
            }
        }
    }

    /// Makes one attempt within the total time limit.
    async fn attempt(
        &self,
        request: &Request,
        headers: &[(&'static str, Secret)],
        after_refusal: bool,
    ) -> Result<Response, HttpError> {
        let started = Instant::now();
        let exchange = Box::pin(self.exchange(request, headers, after_refusal));
        let limit = self.options.total_timeout.unwrap_or(Duration::MAX);
        let timed_out = |_| Err(HttpError::new(HttpErrorKind::TotalTimeout(limit), &request.url));
        let outcome = within(limit, exchange).await.unwrap_or_else(timed_out);
        if let Some(date) = outcome.as_ref().ok().and_then(Response::date) {
            self.skew.set(Some(date - (self.options.now)()));
        }
        log::exchange(request, &outcome, started.elapsed());
        outcome
    }

    /// Sends the request and reads the response. After a refused CONNECT, the proxy is asked for the tunnel first: reqwest
    /// drops the status of a refusal.
    async fn exchange(
        &self,
        request: &Request,
        headers: &[(&'static str, Secret)],
        after_refusal: bool,
    ) -> Result<Response, HttpError> {
        let failed = |kind| HttpError::new(kind, &request.url);
        let unsendable = |why| failed(HttpErrorKind::Unsendable(why));
        let url = parse(&request.url).map_err(failed)?;
        let proxy = self.options.proxies.for_url(&url).map_err(unsendable)?;
        if let Some(proxy) = proxy.as_ref().filter(|_| after_refusal) {
            let refused = |kind| HttpError { detail: proxy::REFUSED.to_owned(), ..failed(kind) };
            self.connect(proxy).await.map_err(refused)?;
        }
        let client = self.client(&url, proxy.as_ref()).map_err(failed)?;
        let outgoing = message::outgoing(client, request, url, headers)
            .map_err(unsendable)?
            .header("user-agent", self.options.user_agent.as_str());
        let failed = |error: &reqwest::Error, received| {
            error::classify(error, received, proxy.as_ref(), &self.options, &request.url)
        };
        let incoming = outgoing.send().await.map_err(|error| failed(&error, None))?;
        let response =
            message::incoming(incoming, &request.url, |error, received| failed(error, Some(received))).await?;
        Ok(response.without(&message::sent_secrets(request, headers)))
    }

    /// The client for the URL's scheme. Root certificates are loaded only for the one that uses TLS.
    fn client(&self, url: &Url, proxy: Option<&proxy::Proxy>) -> Result<&reqwest::Client, HttpErrorKind> {
        let uses_tls = url.scheme() == "https" || proxy.is_some_and(|proxy| proxy.url.scheme() == "https");
        let cell = if uses_tls { &self.secure } else { &self.plain };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let client = self.build(tls::config(&self.options, uses_tls)?, self.options.proxies.to_reqwest())?;
        Ok(cell.get_or_init(|| client))
    }

    /// Asks the proxy for the tunnel, and fails with the status of its refusal.
    async fn connect(&self, proxy: &proxy::Proxy) -> Result<(), HttpErrorKind> {
        let tls = tls::config(&self.options, proxy.url.scheme() == "https")?;
        let through = reqwest::Proxy::all(proxy.url.clone());
        let client = self.build(tls, Some(through.map_err(|error| HttpErrorKind::Unsendable(error.to_string()))?))?;
        let connect = client.request(reqwest::Method::CONNECT, format!("http://{}", proxy.target));
        let hint = match connect.send().await.map(|response| response.status()) {
            Ok(status) if status.is_success() => return Ok(()),
            Ok(status) => proxy.refusal_hint(status.as_u16()),
            Err(_) => proxy.hint(proxy::REFUSED),
        };
        Err(HttpErrorKind::Proxy(proxy.shown.clone(), hint))
    }

    fn build(
        &self,
        tls: rustls::ClientConfig,
        proxy: Option<reqwest::Proxy>,
    ) -> Result<reqwest::Client, HttpErrorKind> {
        let options = &self.options;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .dns_resolver(dns::Resolver)
            .pool_max_idle_per_host(if options.reuses_connections { CONCURRENT_REQUESTS } else { 0 })
            .pool_idle_timeout(REUSE)
            .no_proxy();
        if let Some(proxy) = proxy {
            builder = builder.proxy(proxy);
        }
        if let Some(limit) = options.connect_timeout {
            builder = builder.connect_timeout(limit);
        }
        if let Some(limit) = options.read_timeout {
            builder = builder.read_timeout(limit);
        }
        builder.build().map_err(|error| HttpErrorKind::Unsendable(error.to_string()))
    }
}

/// Waits for a response for at most this time, and as long again as this thread was busy or the process stopped: the
/// response may have come meanwhile.
///
/// # Errors
/// `Elapsed` if no response arrives in time.
pub async fn within<T>(limit: Duration, response: impl Future<Output = T>) -> Result<T, Elapsed> {
    let (mut response, started) = (pin!(response), Instant::now());
    match timeout(limit, &mut response).await {
        Err(_) => timeout(started.elapsed().saturating_sub(limit), response).await,
        received => received,
    }
}

/// The URL to call. The AWS CLI drops user and password of an endpoint; reqwest would send them.
fn parse(text: &str) -> Result<Url, HttpErrorKind> {
    let mut url = Url::parse(text).ok().filter(|_| valid_endpoint(text)).ok_or(HttpErrorKind::BadUrl)?;
    // A URL with a host, as this one has, takes both.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    match url.scheme() {
        "http" | "https" => Ok(url),
        scheme => Err(HttpErrorKind::BadScheme(scheme.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{HttpErrorKind, parse};

    #[test]
    fn user_and_password_are_not_sent() {
        assert_eq!(parse("http://user:pw@host/x").unwrap().as_str(), "http://host/x");
    }

    #[test]
    fn only_http_and_https_are_supported() {
        assert!(matches!(parse("ftp://127.0.0.1/"), Err(HttpErrorKind::BadScheme(scheme)) if scheme == "ftp"));
        assert!(matches!(parse("http://a_b c/"), Err(HttpErrorKind::BadUrl)));
        assert_eq!(parse("http://h:80/token?aws_iam=t?x=1").unwrap().as_str(), "http://h/token?aws_iam=t?x=1");
    }
}
