//! Requests and answers of HTTP/1.1 (RFC 9112): how requests are read, and all the ways in which an answer can be bad.
//!
//! Bodies have a `Content-Length`, as every AWS SDK sends them.

use std::io::{self, ErrorKind, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Longest request head and longest request body that are read.
const LIMIT: usize = 1 << 20;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct HttpRequest {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The authority of the CONNECT tunnel it came through.
    pub(crate) tunnel: Option<String>,
}

impl HttpRequest {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// How an answer ends; byte counts are of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// As it should.
    Whole,
    /// The connection is closed after so many bytes, before any byte of the head if `None`.
    Cut(Option<usize>),
    /// The same with a TCP reset.
    Reset(Option<usize>),
}

/// Holds answers back until a test opens it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate(Arc<AtomicBool>);

impl Gate {
    pub(super) fn is_open(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Lets the answers go.
    pub(crate) fn open(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// An answer and its manners.
#[derive(Debug, Clone)]
pub(crate) struct HttpAnswer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Written instead of everything above; then the connection is closed.
    pub(crate) raw: Option<Vec<u8>>,
    /// Waited before the first byte.
    pub(crate) delay: Duration,
    /// Waited for before the first byte.
    pub(crate) gate: Option<Gate>,
    /// Waited after each byte of the body.
    pub(crate) pace: Duration,
    pub(crate) ending: Ending,
    /// Answers a CONNECT and ends TLS in the tunnel, if the transport is [`Transport::Proxy`].
    pub(crate) opens_tunnel: bool,
}

impl HttpAnswer {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".into(), content_type.into())],
            body: body.into(),
            raw: None,
            delay: Duration::ZERO,
            gate: None,
            pace: Duration::ZERO,
            ending: Ending::Whole,
            opens_tunnel: false,
        }
    }

    /// The answer to a CONNECT that is accepted.
    pub(crate) fn tunnel() -> Self {
        let raw = b"HTTP/1.1 200 Connection established\r\n\r\n".to_vec();
        Self { raw: Some(raw), opens_tunnel: true, ..Self::new(200, "", "") }
    }

    pub(crate) fn set_header(&mut self, name: &str, value: &str) {
        self.remove_header(name);
        self.headers.push((name.into(), value.into()));
    }

    pub(crate) fn remove_header(&mut self, name: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }
}

/// The next request; `None` when the client has no more. `received` keeps what was read beyond it.
pub(crate) fn read_request(
    conduit: &mut (impl Read + Write),
    received: &mut Vec<u8>,
) -> io::Result<Option<HttpRequest>> {
    let (mut request, head_length, body_length) = loop {
        if let Some(head) = parse_head(received)? {
            break head;
        }
        if !read_more(conduit, received)? {
            return if received.is_empty() { Ok(None) } else { Err(ErrorKind::UnexpectedEof.into()) };
        }
    };
    if request.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        conduit.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        conduit.flush()?;
    }
    while received.len() < head_length + body_length {
        if !read_more(conduit, received)? {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    request.body = received[head_length..head_length + body_length].to_vec();
    received.drain(..head_length + body_length);
    Ok(Some(request))
}

fn read_more(conduit: &mut impl Read, received: &mut Vec<u8>) -> io::Result<bool> {
    if received.len() > LIMIT {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut piece = [0; 8192];
    let read = conduit.read(&mut piece)?;
    received.extend_from_slice(&piece[..read]);
    Ok(read > 0)
}

/// The head, its length and the length of the body, once the head is complete.
fn parse_head(received: &[u8]) -> io::Result<Option<(HttpRequest, usize, usize)>> {
    let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let head = String::from_utf8_lossy(&received[..end]);
    let (line, rest) = head.split_once("\r\n").unwrap_or((&head, ""));
    // The target is everything in between: a malformed one may contain a space.
    let words = line.split_once(' ').and_then(|(method, rest)| Some((method, rest.rsplit_once(" HTTP/1.")?.0)));
    let (method, target) = words.ok_or(ErrorKind::InvalidData)?;
    let headers = rest.lines().filter_map(|line| line.split_once(':'));
    let request = HttpRequest {
        method: method.into(),
        target: target.into(),
        headers: headers.map(|(name, value)| (name.into(), value.trim().into())).collect(),
        body: Vec::new(),
        tunnel: None,
    };
    if request.header("transfer-encoding").is_some() {
        return Err(io::Error::new(ErrorKind::InvalidData, "no AWS SDK sends a JSON body in chunks"));
    }
    let body_length = match request.header("content-length") {
        Some(length) => length.parse().map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?,
        None => 0,
    };
    if body_length > LIMIT { Err(ErrorKind::InvalidData.into()) } else { Ok(Some((request, end + 4, body_length))) }
}

pub(super) fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Other",
    }
}
