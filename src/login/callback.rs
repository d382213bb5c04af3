//! Parses and checks a request to the redirect listener.
//!
//! Only a GET of the exact path with our `Host` and our state is an authorization response (RFC 6749 section 4.1.2, RFC
//! 8252 sections 7.3 and 8.9); anything else is answered and the wait goes on. The sockets are in `loopback`, the sender
//! is checked in `peer`, the pages are in `page`.

use url::form_urlencoded;

use super::pkce::State;
use crate::secret::Secret;

/// The path of the redirect URI, as AWS's clients register it.
pub(super) const PATH: &str = "/oauth/callback";

/// What arrived at the redirect URI.
#[derive(Debug, Clone)]
pub(super) enum AuthorizationResponse {
    /// The user approved the login; the code is good for one exchange.
    Code(Secret),
    /// The user or the service denied the login.
    Error {
        /// RFC 6749 section 4.1.2.1, for example `access_denied`.
        error: String,
        /// The service's description of the error.
        description: Option<String>,
    },
}

/// Why a request is not an authorization response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Not HTTP, or no single `Host`.
    Malformed,
    /// The start of a TLS handshake: the browser uses https only.
    Tls,
    /// Another method than GET.
    Method,
    /// Another path, for example the icon.
    Path,
    /// Another `Host`: a page that found our port through a name of its own (DNS rebinding).
    Host,
    /// No code, or more than one.
    Incomplete,
    /// Another attempt's state, or an unknown one.
    State,
    /// An error without a state: anyone could have sent it.
    ErrorWithoutState,
    /// A browser's request for a part of a page, such as an image or a frame.
    Subresource,
    /// Sent by another account of this machine.
    Account(u32),
}

impl Refusal {
    /// The status of the response.
    pub(super) fn status(self) -> &'static str {
        match self {
            Self::Malformed | Self::Tls | Self::Incomplete | Self::State | Self::ErrorWithoutState => "400 Bad Request",
            Self::Method => "405 Method Not Allowed",
            Self::Path => "404 Not Found",
            Self::Host => "421 Misdirected Request",
            Self::Subresource | Self::Account(_) => "403 Forbidden",
        }
    }
}

/// The parts of a request's head that matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Request<'a> {
    /// The method.
    pub(super) method: &'a str,
    /// The request target.
    pub(super) target: &'a str,
    /// The `Host` header, when there is exactly one.
    pub(super) host: Option<&'a str>,
    /// Whether `Sec-Fetch-Dest` (W3C Fetch Metadata) names something other than a page of its own. Only browsers send it.
    pub(super) is_subresource: bool,
}

/// Reads a request's head; `None` if it is not complete yet.
pub(super) fn head(bytes: &[u8]) -> Result<Option<Request<'_>>, Refusal> {
    let mut headers = [httparse::EMPTY_HEADER; 100];
    let mut request = httparse::Request::new(&mut headers);
    if request.parse(bytes).map_err(|_| Refusal::Malformed)?.is_partial() {
        return Ok(None);
    }
    let named = |name: &'static str| {
        request.headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value)
    };
    let mut hosts = named("host");
    let host = hosts.next().and_then(|value| std::str::from_utf8(value).ok()).filter(|_| hosts.next().is_none());
    let is_subresource = named("sec-fetch-dest").any(|value| value != b"document");
    let (method, target) = request.method.zip(request.path).ok_or(Refusal::Malformed)?;
    Ok(Some(Request { method, target, host, is_subresource }))
}

/// Checks whether a complete request belongs to the pending login.
pub(super) fn judge(request: &Request<'_>, port: u16, state: &State) -> Result<AuthorizationResponse, Refusal> {
    let (path, query) = request.target.split_once('?').unwrap_or((request.target, ""));
    if request.host.ok_or(Refusal::Malformed)? != format!("127.0.0.1:{port}") {
        return Err(Refusal::Host);
    }
    match (path, request.method) {
        (PATH, "GET") if request.is_subresource => Err(Refusal::Subresource),
        (PATH, "GET") => judge_query(query, state),
        (PATH, _) => Err(Refusal::Method),
        _ => Err(Refusal::Path),
    }
}

/// Checks the query of a redirect, from a request or a pasted URL.
pub(super) fn judge_query(query: &str, state: &State) -> Result<AuthorizationResponse, Refusal> {
    match (single(query, "state"), single(query, "code"), single(query, "error")) {
        (None, _, Some(_)) => Err(Refusal::ErrorWithoutState),
        (Some(theirs), _, _) if !state.equals(&theirs) => Err(Refusal::State),
        (Some(_), _, Some(error)) => {
            Ok(AuthorizationResponse::Error { error, description: single(query, "error_description") })
        }
        (Some(_), Some(code), None) => Ok(AuthorizationResponse::Code(Secret::new(code))),
        (None, _, None) | (Some(_), None, None) => Err(Refusal::Incomplete),
    }
}

/// A parameter that is there exactly once and not empty (RFC 6749 section 3.1 forbids repeating one).
fn single(query: &str, name: &str) -> Option<String> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name).map(|(_, value)| value);
    let value = values.next()?;
    (!value.is_empty() && values.next().is_none()).then(|| value.into_owned())
}

#[cfg(test)]
#[path = "../../tests/fuzz/callback.rs"]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::{AuthorizationResponse, Refusal, Request, head, judge};
    use crate::login::pkce::State;

    const HOST: Option<&str> = Some("127.0.0.1:4321");

    fn verdict(method: &str, target: &str, host: Option<&str>) -> Result<AuthorizationResponse, Refusal> {
        let state = State::random().unwrap();
        let target = &target.replace("$S", state.as_str());
        judge(&Request { method, target, host, is_subresource: false }, 4321, &state)
    }

    #[test]
    fn the_redirect_of_our_attempt_ends_the_wait() {
        let verdict = verdict("GET", "/oauth/callback?code=a%2Bb+c&state=$S&iss=x", HOST);
        let Ok(AuthorizationResponse::Code(code)) = verdict else { panic!("{verdict:?}") };
        assert_eq!(code.expose(), "a+b c");
    }

    #[test]
    fn a_denial_with_our_state_ends_the_wait() {
        for target in [
            "/oauth/callback?error=access_denied&error_description=not+today&state=$S",
            "/oauth/callback?code=x&state=$S&error_description=not%20today&error=access_denied",
        ] {
            let verdict = verdict("GET", target, HOST);
            let Ok(AuthorizationResponse::Error { error, description }) = verdict else { panic!("{verdict:?}") };
            assert_eq!((error.as_str(), description.as_deref()), ("access_denied", Some("not today")));
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for (method, target, host, expected) in [
            ("GET", "/favicon.ico?code=a&state=$S", HOST, Refusal::Path),
            ("GET", "/", HOST, Refusal::Path),
            ("GET", "/oauth/callback/?code=a&state=$S", HOST, Refusal::Path),
            ("GET", "http://127.0.0.1:4321/oauth/callback?code=a&state=$S", HOST, Refusal::Path),
            ("POST", "/oauth/callback?code=a&state=$S", HOST, Refusal::Method),
            ("HEAD", "/oauth/callback?code=a&state=$S", HOST, Refusal::Method),
            ("GET", "/oauth/callback?code=a&state=$S", Some("localhost:4321"), Refusal::Host),
            ("GET", "/oauth/callback?code=a&state=$S", Some("127.0.0.1"), Refusal::Host),
            ("GET", "/oauth/callback?code=a&state=$S", Some("evil.example:4321"), Refusal::Host),
            ("GET", "/oauth/callback?code=a&state=$S", None, Refusal::Malformed),
            ("GET", "/oauth/callback", HOST, Refusal::Incomplete),
            ("GET", "/oauth/callback?code=a", HOST, Refusal::Incomplete),
            ("GET", "/oauth/callback?state=$S", HOST, Refusal::Incomplete),
            ("GET", "/oauth/callback?code=&state=$S", HOST, Refusal::Incomplete),
            ("GET", "/oauth/callback?code=a&code=b&state=$S", HOST, Refusal::Incomplete),
            ("GET", "/oauth/callback?code=a&state=$S&state=$S", HOST, Refusal::Incomplete),
            ("GET", "/oauth/callback?code=a&state=other", HOST, Refusal::State),
            ("GET", "/oauth/callback?error=a&state=other", HOST, Refusal::State),
            ("GET", "/oauth/callback?error=server_error", HOST, Refusal::ErrorWithoutState),
            ("GET", "/oauth/callback?error=server_error&code=a&state=", HOST, Refusal::ErrorWithoutState),
            ("GET", "/oauth/callback?code=a;state=$S", HOST, Refusal::Incomplete),
        ] {
            let verdict = verdict(method, target, host);
            assert!(matches!(verdict, Err(why) if why == expected), "{method} {target}: {verdict:?}");
        }
    }

    #[test]
    fn a_head_needs_one_host_and_http() {
        let complete = b"GET /x HTTP/1.1\r\nhost: a\r\n\r\n";
        let expected = Request { method: "GET", target: "/x", host: Some("a"), is_subresource: false };
        assert!(matches!(head(complete), Ok(Some(request)) if request == expected));
        assert!(matches!(head(&complete[..complete.len() - 1]), Ok(None)));
        assert!(head(b"\x16\x03\x01\x02\x00\x01\x00").is_err());
        let two = b"GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n";
        assert!(matches!(head(two), Ok(Some(Request { host: None, .. }))));
    }

    #[test]
    fn only_a_page_of_its_own_is_a_redirect() {
        let state = State::random().unwrap();
        for (headers, expected) in [
            ("Sec-Fetch-Dest: document\r\nSec-Fetch-Site: cross-site\r\n", None),
            ("sec-fetch-dest: image\r\n", Some(Refusal::Subresource)),
            ("Sec-Fetch-Dest: iframe\r\n", Some(Refusal::Subresource)),
            ("Sec-Fetch-Dest: empty\r\n", Some(Refusal::Subresource)),
            ("Sec-Fetch-Dest:\r\n", Some(Refusal::Subresource)),
            ("Sec-Fetch-Dest: document\r\nSec-Fetch-Dest: script\r\n", Some(Refusal::Subresource)),
        ] {
            let target = format!("/oauth/callback?code=a&state={}", state.as_str());
            let bytes = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:4321\r\n{headers}\r\n");
            let Ok(Some(request)) = head(bytes.as_bytes()) else { panic!("{bytes}") };
            assert_eq!(judge(&request, 4321, &state).err(), expected, "{headers}");
        }
    }
}
