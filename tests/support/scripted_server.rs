//! A server on loopback that follows a script: one step per connection, with exact bytes and simulated network faults.
//!
//! It serves as many connections as the script has steps, with TLS if given a certificate, records the requests, closes
//! all further connections, and stops when dropped.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::identity_center::Identity;
use super::identity_center::http::{self, Transport};
use super::wait::wait_until;

/// What happens to one connection.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Read the request, write these bytes, close.
    Write(Vec<u8>),
    /// Read the request, then close without writing.
    Close,
    /// Reset the connection once the request has arrived.
    Reset,
    /// Read the request, write these bytes, and stay silent this long before closing.
    Stall(Vec<u8>, Duration),
    /// Read the request, write these bytes one by one with this pause after each.
    Drip(Vec<u8>, Duration),
    /// Read the request, write the first bytes, then the second ones over and over until the client hangs up.
    Endless(Vec<u8>, Vec<u8>),
    /// Read the request, write these bytes, wait until the client has read them, then reset the connection.
    ResetAfter(Vec<u8>),
    /// Write these bytes before reading the request, then read until the client hangs up.
    Greet(Vec<u8>),
    /// Read the request and return this status and code, with the request repeated, also percent-encoded, in members and
    /// headers.
    Echo(u16, &'static str),
    /// Hold the connection this long without reading or writing.
    Mute(Duration),
    /// The same step with another certificate.
    Under(Arc<rustls::ServerConfig>, Box<Step>),
    /// The same step without TLS on a TLS server; also the reply of a proxy that does not connect.
    Bare(Box<Step>),
}

/// A response with a JSON body and these additional header lines.
pub(crate) fn json(status: u16, headers: &[&str], body: &str) -> Step {
    let mut text =
        format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    Step::Write(format!("{text}\r\n{body}").into_bytes())
}

/// A response of exactly these bytes.
pub(crate) fn bytes(text: &str) -> Step {
    Step::Write(text.as_bytes().to_vec())
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    /// Method, target and version.
    pub(crate) line: String,
    /// Headers in order, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: String,
}

impl Recorded {
    /// The first header of that name, given in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// The server.
pub(crate) struct ScriptedServer {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    scheme: &'static str,
    requests: Arc<Mutex<Vec<Recorded>>>,
    connections: Arc<Mutex<usize>>,
    served: Arc<Mutex<usize>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    _port: Option<KeptPort>,
}

/// A socket that is bound to the port without listening.
#[cfg(target_os = "linux")]
type KeptPort = std::os::fd::OwnedFd;
#[cfg(not(target_os = "linux"))]
type KeptPort = ();

/// A listener whose port stays reserved after it is closed, so that a client that retries does not reach another test.
#[cfg(target_os = "linux")]
fn listener_of_a_kept_port() -> (TcpListener, Option<KeptPort>) {
    use rustix::net::sockopt::set_socket_reuseport;
    use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, listen, socket_with};
    let bound = |port: u16| {
        let socket = socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC, None).unwrap();
        set_socket_reuseport(&socket, true).unwrap();
        bind(&socket, &SocketAddr::from((Ipv4Addr::LOCALHOST, port))).unwrap();
        socket
    };
    let open = bound(0);
    listen(&open, 128).unwrap();
    let listener = TcpListener::from(open);
    let port = bound(listener.local_addr().unwrap().port());
    (listener, Some(port))
}

#[cfg(not(target_os = "linux"))]
fn listener_of_a_kept_port() -> (TcpListener, Option<KeptPort>) {
    (TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap(), None)
}

impl ScriptedServer {
    /// A server without TLS.
    pub(crate) fn plain(steps: Vec<Step>) -> Self {
        Self::start(steps, &Transport::Plain, false)
    }

    /// A server with TLS.
    pub(crate) fn tls(steps: Vec<Step>, identity: &Identity) -> Self {
        Self::start(steps, &Transport::Tls(identity.config.clone()), false)
    }

    /// A server; with `closes`, it refuses connections after the script has ended.
    pub(crate) fn start(steps: Vec<Step>, transport: &Transport, closes: bool) -> Self {
        let (listener, port) = if closes {
            listener_of_a_kept_port()
        } else {
            (TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap(), None)
        };
        let address = listener.local_addr().unwrap();
        let scheme = if matches!(transport, Transport::Tls(_)) { "https" } else { "http" };
        let transport = transport.clone();
        let (requests, connections) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(0)));
        let (stop, served) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(0)));
        let (recorded, counted, stopped, ended) = (requests.clone(), connections.clone(), stop.clone(), served.clone());
        let is_over = closes && steps.is_empty();
        let thread = thread::spawn(move || {
            // Connections after the script are closed. The port is kept, so that the call that wakes this thread at the
            // end cannot reach the server of another test.
            let behind = std::iter::repeat_with(|| None).take(if closes { 0 } else { usize::MAX });
            for step in steps.into_iter().map(Some).chain(behind) {
                let Ok(stream) = listener.accept().and_then(|(stream, _)| http::not_inherited(stream)) else { return };
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                *counted.lock().unwrap() += 1;
                if let Some(step) = step {
                    // Errors are expected: many tests have a client that gives up.
                    let _ = serve(stream, &transport, &step, &recorded);
                    *ended.lock().unwrap() += 1;
                }
            }
            // Shut down explicitly, because a child process of another test can have a copy of the socket.
            #[cfg(target_os = "linux")]
            rustix::net::shutdown(&listener, rustix::net::Shutdown::Both).unwrap();
        });
        while is_over && !thread.is_finished() {
            thread::yield_now();
        }
        Self { address, scheme, requests, connections, served, stop, thread: Some(thread), _port: port }
    }

    /// The base URL, without a final slash.
    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.requests.lock().unwrap().clone()
    }

    /// The number of completed steps.
    pub(crate) fn served(&self) -> usize {
        *self.served.lock().unwrap()
    }

    /// The number of connections so far, including those without a request.
    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

impl Drop for ScriptedServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            if !thread.is_finished() {
                // Wakes the accept.
                let _ = TcpStream::connect(self.address);
            }
            let _ = thread.join();
        }
    }
}

fn serve(mut stream: TcpStream, transport: &Transport, step: &Step, requests: &Mutex<Vec<Recorded>>) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.set_write_timeout(Some(Duration::from_secs(20)))?;
    stream.set_nodelay(true)?;
    let (tls, step) = match (step, transport) {
        (Step::Bare(step), _) => (None, &**step),
        (Step::Under(other, step), _) => (Some(other), &**step),
        (step, Transport::Plain) => (None, step),
        (step, Transport::Tls(own) | Transport::Proxy(own)) => (Some(own), step),
    };
    match step {
        // Closing with unread bytes makes the kernel send a reset.
        Step::Reset => return stream.peek(&mut [0]).map(drop),
        Step::ResetAfter(_) => rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO))?,
        Step::Mute(silence) => {
            thread::sleep(*silence);
            return Ok(());
        }
        Step::Greet(bytes) => {
            stream.peek(&mut [0])?;
            stream.write_all(bytes)?;
            return io::copy(&mut stream, &mut io::sink()).map(drop);
        }
        _ => {}
    }
    let client = stream.peer_addr()?;
    let Some(config) = tls else { return follow(stream, client, step, requests) };
    if let Transport::Proxy(_) = transport {
        requests.lock().unwrap().push(read_request(&mut stream)?);
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    }
    let connection = rustls::ServerConnection::new(config.clone()).map_err(io::Error::other)?;
    follow(rustls::StreamOwned::new(connection, stream), client, step, requests)
}

fn follow(
    mut stream: impl Read + Write,
    client: SocketAddr,
    step: &Step,
    requests: &Mutex<Vec<Recorded>>,
) -> io::Result<()> {
    let request = read_request(&mut stream)?;
    if let Step::Echo(status, code) = step {
        stream.write_all(&echo(&request, *status, code))?;
    }
    requests.lock().unwrap().push(request);
    match step {
        Step::Write(bytes) => stream.write_all(bytes)?,
        Step::Close
        | Step::Reset
        | Step::Mute(_)
        | Step::Greet(_)
        | Step::Echo(..)
        | Step::Under(..)
        | Step::Bare(_) => {}
        Step::ResetAfter(bytes) => {
            stream.write_all(bytes)?;
            stream.flush()?;
            wait_until("the client to read what came before the reset", || has_read_all(client));
        }
        Step::Stall(bytes, silence) => {
            stream.write_all(bytes)?;
            stream.flush()?;
            thread::sleep(*silence);
        }
        Step::Drip(bytes, pause) => {
            for byte in bytes {
                stream.write_all(&[*byte])?;
                stream.flush()?;
                thread::sleep(*pause);
            }
        }
        Step::Endless(first, again) => {
            stream.write_all(first)?;
            // A limit far above those of the client, in case it never hangs up.
            for _ in 0..(64 << 20) / again.len() {
                stream.write_all(again)?;
            }
        }
    }
    stream.flush()
}

/// The response of [`Step::Echo`].
fn echo(request: &Recorded, status: u16, code: &str) -> Vec<u8> {
    let plain = format!("{} {:?} {}", request.line, request.headers, request.body);
    let encoded = utf8_percent_encode(&plain, NON_ALPHANUMERIC).to_string();
    let words = [&*plain, &*encoded, &*encoded.replace("%2F", "/")].join(" ");
    let body = serde_json::json!({
        "error": words, "error_description": words, "message": words, "expiresIn": words, "tokenType": words,
        "verificationUri": words, "clientIdIssuedAt": words,
    });
    let body = body.to_string();
    format!(
        "HTTP/1.1 {status} X\r\nx-amzn-ErrorType: {code}\r\nx-amzn-RequestId: {words}\r\nContent-Type: {encoded}\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Whether the receive queue of a socket on 127.0.0.1 is empty.
#[cfg(target_os = "linux")]
fn has_read_all(socket: SocketAddr) -> bool {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let local = format!("0100007F:{:04X}", socket.port());
    let mut rows = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    rows.all(|row| row.get(1) != Some(&local.as_str()) || row[4].ends_with(":00000000"))
}

/// Waits a moment, because the queue cannot be read on other systems.
#[cfg(not(target_os = "linux"))]
fn has_read_all(_: SocketAddr) -> bool {
    thread::sleep(Duration::from_millis(60));
    true
}

fn read_request(stream: &mut (impl Read + Write)) -> io::Result<Recorded> {
    let request = http::read_request(stream, &mut Vec::new())?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let headers = request.headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
    Ok(Recorded {
        line: format!("{} {} HTTP/1.1", request.method, request.target),
        headers: headers.collect(),
        body: String::from_utf8_lossy(&request.body).into_owned(),
    })
}
