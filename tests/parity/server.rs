//! The server of a recorded run: replays its replies in order and keeps what it was sent.
//!
//! HTTP/1.1 on 127.0.0.1, over std sockets. The same port answers CONNECT, so that it can stand in as a proxy, and ends
//! TLS inside the tunnel, so that the real names of endpoints are seen without any network. The last reply repeats.
//! Imports `recording` and `tls`.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::recording::{Proxy, Reply, Run};
use super::tls::Identity;
use crate::support::signature::Arrived;

/// A request as it arrived.
#[derive(Debug, Clone, Default)]
pub(super) struct Arrival {
    pub method: String,
    pub target: String,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The authority of the tunnel it came through.
    pub tls: Option<String>,
}

impl Arrival {
    /// For the computation of its signature.
    pub(super) fn as_signed(&self) -> Arrived<'_> {
        Arrived { method: &self.method, target: &self.target, headers: &self.headers, body: &self.body }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

struct Shared {
    replies: Vec<Reply>,
    proxy: Option<Proxy>,
    identity: Arc<Identity>,
    log: Mutex<Log>,
    stopped: AtomicBool,
}

#[derive(Default)]
struct Log {
    arrivals: Vec<Arrival>,
    answered: usize,
}

/// Stops accepting when dropped.
pub(super) struct Server {
    shared: Arc<Shared>,
    pub port: u16,
}

impl Server {
    pub(super) fn start(run: &Run, identity: &Arc<Identity>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            replies: run.exchanges.iter().filter_map(|e| e.reply.clone()).collect(),
            proxy: run.proxy,
            identity: Arc::clone(identity),
            log: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let for_thread = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if for_thread.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&for_thread);
                thread::spawn(move || drop(shared.serve(stream)));
            }
        });
        Self { shared, port }
    }

    /// What has arrived so far.
    pub(super) fn arrivals(&self) -> Vec<Arrival> {
        self.shared.log.lock().unwrap().arrivals.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        stream.set_nodelay(true)?;
        let mut plain = BufReader::new(stream);
        if let Some(authority) = self.converse(&mut plain, None)? {
            let tls = self.identity.accept(plain.into_inner())?;
            self.converse(&mut BufReader::new(tls), Some(&authority))?;
        }
        Ok(())
    }

    /// Answers until the connection ends; returns the authority of a CONNECT that was accepted.
    fn converse(&self, io: &mut BufReader<impl Read + Write>, tls: Option<&str>) -> io::Result<Option<String>> {
        while let Some(mut arrival) = read_request(io)? {
            arrival.tls = tls.map(str::to_owned);
            if arrival.method == "CONNECT" && self.proxy.is_some() {
                let authority = arrival.target.clone();
                self.log.lock().unwrap().arrivals.push(arrival);
                if self.proxy == Some(Proxy::Refuse) {
                    io.get_mut().write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")?;
                    return Ok(None);
                }
                io.get_mut().write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
                return Ok(Some(authority));
            }
            let is_head = arrival.method == "HEAD";
            let reply = self.next_reply(arrival);
            thread::sleep(Duration::from_secs_f64(reply.delay));
            if reply.drop {
                return Ok(None);
            }
            io.get_mut().write_all(&bytes_of(&reply, is_head))?;
            io.get_mut().flush()?;
            if reply.cut.is_some() || reply.raw.is_some() {
                return Ok(None);
            }
        }
        Ok(None)
    }

    fn next_reply(&self, arrival: Arrival) -> Reply {
        let mut log = self.log.lock().unwrap();
        log.arrivals.push(arrival);
        log.answered += 1;
        let unexpected = Reply { status: Some(599), body: Some("no request was expected".into()), ..Reply::default() };
        self.replies.get(log.answered - 1).or(self.replies.last()).cloned().unwrap_or(unexpected)
    }
}

/// One request; `None` at the end of the connection.
fn read_request(io: &mut BufReader<impl Read>) -> io::Result<Option<Arrival>> {
    let line = read_line(io)?;
    let mut words = line.splitn(2, ' ');
    let (Some(method), Some(rest)) = (words.next(), words.next()) else { return Ok(None) };
    // The target is all between: a malformed one may hold a space.
    let target = rest.rsplit_once(' ').map_or(rest, |(target, _version)| target);
    let mut arrival = Arrival { method: method.into(), target: target.into(), ..Arrival::default() };
    loop {
        let line = read_line(io)?;
        let Some((name, value)) = line.split_once(':') else { break };
        arrival.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = arrival.header("content-length").and_then(|v| v.parse().ok()).unwrap_or(0);
    if length > 1 << 20 {
        return Err(io::ErrorKind::InvalidData.into());
    }
    arrival.body = vec![0; length];
    io.read_exact(&mut arrival.body)?;
    Ok(Some(arrival))
}

fn read_line(io: &mut BufReader<impl Read>) -> io::Result<String> {
    let mut line = Vec::new();
    io.by_ref().take(1 << 16).read_until(b'\n', &mut line)?;
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

fn bytes_of(reply: &Reply, is_head: bool) -> Vec<u8> {
    if let Some(raw) = &reply.raw {
        return raw.clone().into_bytes();
    }
    let body = match reply {
        Reply { json: Some(json), .. } => json.to_string().into_bytes(),
        Reply { body_b64: Some(b64), .. } => STANDARD.decode(b64).unwrap(),
        Reply { body, .. } => body.clone().unwrap_or_default().into_bytes(),
    };
    let usual = [
        ("Content-Type", "application/json"),
        ("Date", "Thu, 01 Jan 2026 00:00:00 GMT"),
        ("x-amzn-RequestId", "11111111-2222-3333-4444-555555555555"),
    ];
    let mut head = format!("HTTP/1.1 {} X\r\n", reply.status.unwrap_or(200));
    for (name, value) in usual.iter().filter(|(name, _)| !reply.headers.contains_key(*name)) {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    for (name, value) in &reply.headers {
        head += &value.as_ref().map_or_else(String::new, |value| format!("{name}: {value}\r\n"));
    }
    let _ = write!(head, "Content-Length: {}\r\n\r\n", body.len());
    let sent = if is_head { 0 } else { reply.cut.unwrap_or(body.len()).min(body.len()) };
    [head.as_bytes(), &body[..sent]].concat()
}
