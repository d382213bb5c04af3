//! The wire of the local Identity Center: HTTP/1.1 on a loopback socket, a thread for each connection, TLS if asked.
//!
//! Reads whole requests (RFC 9112, with `Content-Length` only, as every AWS SDK sends them), hands them to one function
//! and writes what it answers, as badly as a test wants: late, slowly, cut off, reset or not HTTP at all. Knows nothing
//! of OAuth. Imports nothing of ours.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

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
    /// Written in place of everything above, then the connection is closed.
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

/// What clients speak to the server.
#[derive(Clone)]
pub(crate) enum Transport {
    /// HTTP.
    Plain,
    /// HTTPS.
    Tls(Arc<ServerConfig>),
    /// HTTP to a proxy, and HTTPS inside the tunnels that it opens.
    Proxy(Arc<ServerConfig>),
}

/// What answers requests.
pub(crate) type Answerer = dyn Fn(HttpRequest) -> HttpAnswer + Send + Sync;

/// A listening socket and the threads behind it; ends them all when dropped.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// Ends with the number of conversations that panicked.
    acceptor: Option<JoinHandle<usize>>,
}

struct Shared {
    transport: Transport,
    answer: Box<Answerer>,
    stopped: Mutex<bool>,
    stopping: Condvar,
    open: Mutex<HashMap<u64, TcpStream>>,
    accepted: AtomicU64,
}

impl Server {
    /// Listens on 127.0.0.1, on `port` or on any free one if that is 0.
    pub(crate) fn start(port: u16, transport: Transport, answer: Box<Answerer>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            transport,
            answer,
            stopped: Mutex::new(false),
            stopping: Condvar::new(),
            open: Mutex::new(HashMap::new()),
            accepted: AtomicU64::new(0),
        });
        let of_acceptor = Arc::clone(&shared);
        let acceptor = thread::spawn(move || accept(&listener, &of_acceptor));
        Ok(Self { address, shared, acceptor: Some(acceptor) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were accepted so far.
    pub(crate) fn connections(&self) -> u64 {
        self.shared.accepted.load(Ordering::SeqCst)
    }

    /// Refuses new connections, ends the open ones and waits for their threads; says how many of these panicked.
    pub(crate) fn stop(&mut self) -> usize {
        let Some(acceptor) = self.acceptor.take() else { return 0 };
        *self.shared.stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.shared.stopping.notify_all();
        // Wakes the acceptor, which then ends the connections: only it knows that none comes after.
        drop(TcpStream::connect(self.address));
        acceptor.join().unwrap_or(1)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn is_stopped(&self) -> bool {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits that long, or less if the server is stopped.
    fn pause(&self, time: Duration) {
        let until = Instant::now() + time;
        let mut stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        while !*stopped {
            let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) else {
                return;
            };
            stopped = self.stopping.wait_timeout(stopped, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) -> usize {
    let mut threads: Vec<JoinHandle<()>> = Vec::new();
    let mut panicked = 0;
    for (id, stream) in (0_u64..).zip(listener.incoming()) {
        if shared.is_stopped() {
            break;
        }
        let Ok(stream) = stream else { continue };
        shared.accepted.fetch_add(1, Ordering::SeqCst);
        let Ok(handle) = stream.try_clone() else { continue };
        shared.open.lock().unwrap_or_else(PoisonError::into_inner).insert(id, handle);
        let of_connection = Arc::clone(shared);
        threads.push(thread::spawn(move || {
            let forget = || {
                of_connection.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            };
            converse(stream, &of_connection, &forget);
            forget();
        }));
        for ended in threads.extract_if(.., |thread| thread.is_finished()) {
            panicked += usize::from(ended.join().is_err());
        }
    }
    for stream in shared.open.lock().unwrap_or_else(PoisonError::into_inner).values() {
        let _ = stream.shutdown(Shutdown::Both);
    }
    panicked + threads.into_iter().map(|thread| usize::from(thread.join().is_err())).sum::<usize>()
}

/// One connection from its first request to its last. A failure to read or write is the client's business.
fn converse(stream: TcpStream, shared: &Shared, forget: &dyn Fn()) {
    let _ = stream.set_nodelay(true);
    let tls = if let Transport::Tls(config) = &shared.transport { Some(config) } else { None };
    let Ok(mut conduit) = Conduit::new(stream, tls) else { return };
    let (mut received, mut tunnel) = (Vec::new(), None);
    while let Ok(Some(mut request)) = read_request(&mut conduit, &mut received) {
        let target = request.target.clone();
        request.tunnel.clone_from(&tunnel);
        let closes = request.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        let head_only = request.method == "HEAD";
        let answer = (shared.answer)(request);
        shared.pause(answer.delay);
        while answer.gate.as_ref().is_some_and(|gate| !gate.0.load(Ordering::SeqCst)) && !shared.is_stopped() {
            thread::sleep(Duration::from_millis(2));
        }
        let written = write_answer(&mut conduit, &answer, head_only, shared);
        if let (true, Transport::Proxy(config)) = (answer.opens_tunnel, &shared.transport) {
            let Ok(stream) = conduit.tcp().try_clone() else { return };
            let Ok(inner) = Conduit::new(stream, Some(config)) else { return };
            (conduit, tunnel) = (inner, Some(target));
            continue;
        }
        if let Ending::Reset(_) = answer.ending {
            // With the other handle gone and no lingering, closing sends RST.
            forget();
            let _ = rustix::net::sockopt::set_socket_linger(conduit.tcp(), Some(Duration::ZERO));
            return;
        }
        if closes || written.is_err() || answer.raw.is_some() || answer.ending != Ending::Whole {
            break;
        }
    }
    // No goodbye: whoever cut the answer off would have sent none. After a whole answer it does no harm.
    let _ = conduit.tcp().shutdown(Shutdown::Both);
}

fn write_answer(conduit: &mut Conduit, answer: &HttpAnswer, head_only: bool, shared: &Shared) -> io::Result<()> {
    if let Some(raw) = &answer.raw {
        conduit.write_all(raw)?;
        return conduit.flush();
    }
    let body_bytes = match answer.ending {
        Ending::Whole => answer.body.len(),
        Ending::Cut(Some(bytes)) | Ending::Reset(Some(bytes)) => bytes.min(answer.body.len()),
        Ending::Cut(None) | Ending::Reset(None) => return Ok(()),
    };
    let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status));
    for (name, value) in &answer.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    if !answer.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
        head.extend(["Content-Length: ", &answer.body.len().to_string(), "\r\n"]);
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    let body = if head_only { &[][..] } else { &answer.body[..body_bytes] };
    if answer.pace.is_zero() {
        bytes.extend_from_slice(body);
        conduit.write_all(&bytes)?;
        return conduit.flush();
    }
    conduit.write_all(&bytes)?;
    conduit.flush()?;
    for byte in body {
        shared.pause(answer.pace);
        conduit.write_all(&[*byte])?;
        conduit.flush()?;
    }
    Ok(())
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
    // The target is everything between: a malformed one may hold a space.
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

fn reason(status: u16) -> &'static str {
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

/// A TCP connection, with TLS inside or without.
enum Conduit {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Conduit {
    fn new(stream: TcpStream, tls: Option<&Arc<ServerConfig>>) -> io::Result<Self> {
        Ok(match tls {
            None => Self::Plain(stream),
            Some(config) => {
                let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
                Self::Tls(Box::new(StreamOwned::new(connection, stream)))
            }
        })
    }

    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => &stream.sock,
        }
    }
}

impl Read for Conduit {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(bytes),
            Self::Tls(stream) => stream.read(bytes),
        }
    }
}

impl Write for Conduit {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}
