//! The server of a recorded run: replays its replies in order and stores the requests.
//!
//! The same port answers CONNECT, so that it can stand in as a proxy, and ends TLS inside the tunnel, so that the real
//! host names are used without a network. The last reply repeats.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::recording::{Proxy, Reply, Run};
use crate::support::identity_center::http::{self, Ending, HttpAnswer, HttpRequest};
use crate::support::identity_center::sigv4::Arrived;
use crate::support::identity_center::{Identity, Transport};

/// A request as it arrived.
#[derive(Debug, Clone)]
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
    fn new(request: HttpRequest) -> Self {
        let headers = request.headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
        Self {
            method: request.method,
            target: request.target,
            headers: headers.collect(),
            body: request.body,
            tls: request.tunnel,
        }
    }

    /// For the computation of its signature.
    pub(super) fn as_signed(&self) -> Arrived<'_> {
        Arrived { method: &self.method, target: &self.target, headers: &self.headers, body: &self.body }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// The replies of a run and the requests so far.
struct Replay {
    replies: Vec<Reply>,
    proxy: Option<Proxy>,
    arrivals: Vec<Arrival>,
    answered: usize,
}

/// Replays the replies of one run.
pub(super) struct Server {
    replay: Arc<Mutex<Replay>>,
    pub port: u16,
    /// Stops when dropped.
    _running: http::Server,
}

impl Server {
    pub(super) fn start(run: &Run, identity: &Identity) -> Self {
        let replies = run.exchanges.iter().filter_map(|e| e.reply.clone()).collect();
        let replay = Replay { replies, proxy: run.proxy, arrivals: Vec::new(), answered: 0 };
        let replay = Arc::new(Mutex::new(replay));
        let of_server = Arc::clone(&replay);
        let answer = Box::new(move |request| of_server.lock().unwrap().answer(request));
        let server = http::Server::start(0, Transport::Proxy(Arc::clone(&identity.config)), answer).unwrap();
        Self { replay, port: server.address().port(), _running: server }
    }

    /// The requests so far.
    pub(super) fn arrivals(&self) -> Vec<Arrival> {
        self.replay.lock().unwrap().arrivals.clone()
    }
}

impl Replay {
    fn answer(&mut self, request: HttpRequest) -> HttpAnswer {
        let proxy = self.proxy.filter(|_| request.method == "CONNECT");
        self.arrivals.push(Arrival::new(request));
        match proxy {
            Some(Proxy::Mitm) => HttpAnswer::tunnel(),
            Some(Proxy::Refuse) => HttpAnswer::new(502, "text/plain", ""),
            None => {
                let reply = self.replies.get(self.answered).or(self.replies.last());
                self.answered += 1;
                reply.map_or_else(|| HttpAnswer::new(599, "text/plain", "no request was expected"), answer)
            }
        }
    }
}

fn answer(reply: &Reply) -> HttpAnswer {
    let body = match reply {
        Reply { json: Some(json), .. } => json.to_string().into_bytes(),
        Reply { body_b64: Some(b64), .. } => STANDARD.decode(b64).unwrap(),
        Reply { body, .. } => body.clone().unwrap_or_default().into_bytes(),
    };
    let mut answer = HttpAnswer::new(reply.status.unwrap_or(200), "application/json", body);
    answer.set_header("Date", "Thu, 01 Jan 2026 00:00:00 GMT");
    answer.set_header("x-amzn-RequestId", "11111111-2222-3333-4444-555555555555");
    for (name, value) in &reply.headers {
        answer.remove_header(name);
        answer.headers.extend(value.clone().map(|value| (name.clone(), value)));
    }
    answer.raw = reply.raw.clone().map(String::into_bytes);
    answer.delay = Duration::from_secs_f64(reply.delay);
    answer.ending = match reply {
        Reply { drop: true, .. } => Ending::Cut(None),
        Reply { cut: Some(bytes), .. } => Ending::Cut(Some(*bytes)),
        _ => Ending::Whole,
    };
    answer
}
