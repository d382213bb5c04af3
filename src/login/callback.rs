//! Parses and checks a request to the redirect listener.
//!
//! Only a GET of the exact path with our `Host` and our state is an authorization response (RFC 6749 section 4.1.2, RFC
//! 8252 sections 7.3 and 8.9); anything else is answered and the wait goes on. The sockets are in `loopback`, the pages
//! in `page`.

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
}

impl Refusal {
    /// The status of the response.
    pub(super) fn status(self) -> &'static str {
        match self {
            Self::Malformed | Self::Incomplete | Self::State | Self::ErrorWithoutState => "400 Bad Request",
            Self::Method => "405 Method Not Allowed",
            Self::Path => "404 Not Found",
            Self::Host => "421 Misdirected Request",
        }
    }
}

/// How much of a request has arrived.
pub(super) enum Head<'a> {
    /// Its head is complete.
    Complete {
        /// The method.
        method: &'a str,
        /// The request target.
        target: &'a str,
        /// The `Host` header, when there is exactly one.
        host: Option<&'a str>,
    },
    /// More bytes are needed.
    Partial,
    /// It is not HTTP.
    Malformed,
}

/// Reads a request's head.
pub(super) fn head(bytes: &[u8]) -> Head<'_> {
    let mut headers = [httparse::EMPTY_HEADER; 100];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(bytes) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Head::Partial,
        Err(_) => return Head::Malformed,
    }
    let mut hosts = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("host"));
    let host =
        hosts.next().and_then(|header| std::str::from_utf8(header.value).ok()).filter(|_| hosts.next().is_none());
    match (request.method, request.path) {
        (Some(method), Some(target)) => Head::Complete { method, target, host },
        _ => Head::Malformed,
    }
}

/// Checks whether a complete request belongs to the pending login.
pub(super) fn judge(
    method: &str,
    target: &str,
    host: Option<&str>,
    port: u16,
    state: &State,
) -> Result<AuthorizationResponse, Refusal> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if host.ok_or(Refusal::Malformed)? != format!("127.0.0.1:{port}") {
        return Err(Refusal::Host);
    }
    match (path, method) {
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
    use super::{AuthorizationResponse, Head, Refusal, head, judge};
    use crate::login::pkce::State;

    const HOST: Option<&str> = Some("127.0.0.1:4321");

    fn verdict(method: &str, target: &str, host: Option<&str>) -> Result<AuthorizationResponse, Refusal> {
        let state = State::random().unwrap();
        judge(method, &target.replace("$S", state.as_str()), host, 4321, &state)
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
        assert!(matches!(head(complete), Head::Complete { method: "GET", target: "/x", host: Some("a") }));
        assert!(matches!(head(&complete[..complete.len() - 1]), Head::Partial));
        assert!(matches!(head(b"\x16\x03\x01\x02\x00\x01\x00"), Head::Malformed));
        let two = b"GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n";
        assert!(matches!(head(two), Head::Complete { host: None, .. }));
    }
}
