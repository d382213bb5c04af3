//! An HTTP/1.1 server on a loopback socket: a thread for each connection, TLS and CONNECT tunnels on request.
//!
//! Hands each request to one function and writes its answer, as badly as a test wants: late, slowly, cut off, reset or
//! not HTTP at all. Knows nothing of OAuth.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::message::reason;
pub(crate) use super::message::{Ending, Gate, HttpAnswer, HttpRequest, read_request};

/// The transport between clients and server.
#[derive(Clone)]
pub(crate) enum Transport {
    /// HTTP.
    Plain,
    /// HTTPS.
    Tls(Arc<ServerConfig>),
    /// HTTP to a proxy, and HTTPS inside the tunnels that it opens.
    Proxy(Arc<ServerConfig>),
}

/// A function that handles requests.
pub(crate) type Answerer = dyn Fn(HttpRequest) -> HttpAnswer + Send + Sync;

/// A listening socket and its threads, which are stopped when it is dropped.
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
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
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
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
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

    /// How many requests were being answered at the same time, at most.
    pub(crate) fn most_at_once(&self) -> usize {
        self.shared.most_in_flight.load(Ordering::SeqCst)
    }

    /// Whether all connections that were made before have ended. They are accepted in order, this one last.
    pub(crate) fn is_idle(&self) -> bool {
        if let Ok(mut last) = TcpStream::connect(self.address) {
            let _ = last.shutdown(Shutdown::Write);
            let _ = last.read_to_end(&mut Vec::new());
        }
        self.shared.open.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Stops listening, closes open connections and waits for their threads; returns how many of these panicked.
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
        let Ok(stream) = stream.and_then(not_inherited) else { continue };
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

/// The connection, which no program that a test starts inherits: that program would keep it open. Windows lets it inherit
/// what was accepted, but not a duplicate.
pub(crate) fn not_inherited(stream: TcpStream) -> io::Result<TcpStream> {
    if cfg!(windows) { stream.try_clone() } else { Ok(stream) }
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
        let in_flight = shared.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        shared.most_in_flight.fetch_max(in_flight, Ordering::SeqCst);
        let answer = (shared.answer)(request);
        shared.pause(answer.delay);
        while answer.gate.as_ref().is_some_and(|gate| !gate.is_open()) && !shared.is_stopped() {
            thread::sleep(Duration::from_millis(2));
        }
        shared.in_flight.fetch_sub(1, Ordering::SeqCst);
        let written = write_answer(&mut conduit, &answer, head_only, shared);
        if let (true, Transport::Proxy(config)) = (answer.opens_tunnel, &shared.transport) {
            let Ok(stream) = conduit.tcp().try_clone() else { return };
            let Ok(inner) = Conduit::new(stream, Some(config)) else { return };
            (conduit, tunnel) = (inner, Some(target));
            continue;
        }
        if let Ending::Reset(_) = answer.ending {
            // With the other handle closed and linger set to zero, closing sends RST.
            forget();
            let _ = rustix::net::sockopt::set_socket_linger(conduit.tcp(), Some(Duration::ZERO));
            return;
        }
        if closes || written.is_err() || answer.raw.is_some() || answer.ending != Ending::Whole {
            break;
        }
    }
    forget();
    // Without a TLS close_notify, as after a broken connection. It does no harm after a complete answer.
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
