//! A server on the loopback that follows a script: one step a connection, exact bytes, and every fault a network has.
//!
//! Built on std sockets, with TLS by rustls when a certificate is given. It serves as many connections as the script has
//! steps, records the requests, turns everybody else away, and stops when it is dropped.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// What happens to one connection.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Read the request, write these bytes, close.
    Write(Vec<u8>),
    /// Read the request, then close without a byte.
    Close,
    /// Reset the connection once the request has arrived.
    Reset,
    /// Read the request, write these bytes, and stay silent this long before closing.
    Stall(Vec<u8>, Duration),
    /// Read the request, write these bytes one by one with this pause after each.
    Drip(Vec<u8>, Duration),
    /// Read the request, write the first bytes, then the second ones over and over until the client hangs up.
    Endless(Vec<u8>, Vec<u8>),
}

/// An answer with a JSON body and these further header lines.
pub(crate) fn json(status: u16, headers: &[&str], body: &str) -> Step {
    let mut text =
        format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    Step::Write(format!("{text}\r\n{body}").into_bytes())
}

/// An answer with exactly these bytes.
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

/// A certificate with its key, signed by itself or by an authority.
pub(crate) struct Identity {
    config: Arc<rustls::ServerConfig>,
    /// What a client must trust, as PEM.
    pub(crate) authority: String,
}

impl Identity {
    /// A certificate for these names, by an authority of its own called `Test Authority`.
    pub(crate) fn new(names: &[&str]) -> Self {
        let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        authority.distinguished_name.push(rcgen::DnType::CommonName, "Test Authority");
        let authority_key = rcgen::KeyPair::generate().unwrap();
        let authority_certificate = authority.self_signed(&authority_key).unwrap();
        let mut leaf =
            rcgen::CertificateParams::new(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>()).unwrap();
        leaf.distinguished_name.push(rcgen::DnType::CommonName, "Test Server");
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = leaf.signed_by(&key, &rcgen::Issuer::new(authority, authority_key)).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        Self { config: Arc::new(config), authority: authority_certificate.pem() }
    }
}

/// The server.
pub(crate) struct Script {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    scheme: &'static str,
    requests: Arc<Mutex<Vec<Recorded>>>,
    connections: Arc<Mutex<usize>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Script {
    /// A server without TLS.
    pub(crate) fn plain(steps: Vec<Step>) -> Self {
        Self::start(steps, None)
    }

    /// A server with TLS.
    pub(crate) fn tls(steps: Vec<Step>, identity: &Identity) -> Self {
        Self::start(steps, Some(identity.config.clone()))
    }

    fn start(steps: Vec<Step>, tls: Option<Arc<rustls::ServerConfig>>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let (requests, connections) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(0)));
        let stop = Arc::new(AtomicBool::new(false));
        let (recorded, counted, stopped) = (requests.clone(), connections.clone(), stop.clone());
        let thread = thread::spawn(move || {
            // Behind the script everybody is turned away. The port is kept, so that the call that wakes this thread at the
            // end cannot reach the server of another test.
            for step in steps.into_iter().map(Some).chain(std::iter::repeat_with(|| None)) {
                let Ok((stream, _)) = listener.accept() else { return };
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                *counted.lock().unwrap() += 1;
                if let Some(step) = step {
                    // A client that gives up is what many of these tests are about.
                    let _ = serve(stream, tls.clone(), &step, &recorded);
                }
            }
        });
        Self { address, scheme, requests, connections, stop, thread: Some(thread) }
    }

    /// The base URL, without a final slash.
    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.requests.lock().unwrap().clone()
    }

    /// The connections so far, also those that brought no request.
    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the accept.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(
    stream: TcpStream,
    tls: Option<Arc<rustls::ServerConfig>>,
    step: &Step,
    requests: &Mutex<Vec<Recorded>>,
) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.set_write_timeout(Some(Duration::from_secs(20)))?;
    stream.set_nodelay(true)?;
    if let Step::Reset = step {
        // Closing with unread bytes makes the kernel send a reset.
        stream.peek(&mut [0])?;
        return Ok(());
    }
    match tls {
        None => follow(stream, step, requests),
        Some(config) => {
            let connection = rustls::ServerConnection::new(config).map_err(io::Error::other)?;
            follow(rustls::StreamOwned::new(connection, stream), step, requests)
        }
    }
}

fn follow(mut stream: impl Read + Write, step: &Step, requests: &Mutex<Vec<Recorded>>) -> io::Result<()> {
    let request = read_request(&mut stream)?;
    requests.lock().unwrap().push(request);
    match step {
        Step::Write(bytes) => stream.write_all(bytes)?,
        Step::Close | Step::Reset => {}
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
            // Far above every limit, should the client never hang up.
            for _ in 0..(64 << 20) / again.len() {
                stream.write_all(again)?;
            }
        }
    }
    stream.flush()
}

/// Reads one request: head, and as much body as Content-Length says.
pub(crate) fn read_request(stream: &mut impl Read) -> io::Result<Recorded> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        more(stream, &mut bytes)?;
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let line = lines.next().unwrap_or_default().to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, n)| n.parse().unwrap());
    while bytes.len() < end + length {
        more(stream, &mut bytes)?;
    }
    Ok(Recorded { line, headers, body: String::from_utf8_lossy(&bytes[end..]).into_owned() })
}

fn more(stream: &mut impl Read, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut buffer = [0; 4096];
    match stream.read(&mut buffer)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        read => {
            bytes.extend_from_slice(&buffer[..read]);
            Ok(())
        }
    }
}
