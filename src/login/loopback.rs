//! The redirect listener (RFC 8252 section 7.3): a socket on 127.0.0.1 that waits for one authorization response.
//!
//! It is bound before any URL is shown. Every connection has a task, a limit of bytes and of time, so that idle and slow
//! ones delay no other. What a request means is decided in `callback`; what the browser shows is in `page`.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::callback::{self, AuthorizationResponse, Head, Refusal, Verdict};
use super::page::Page;
use super::pkce::State;

/// How long a request's head may take.
const HEAD_TIME: Duration = Duration::from_secs(5);
/// A browser's redirect has a few hundred bytes.
const HEAD_SIZE: usize = 16 * 1024;
/// How long to wait for the browser to close its side.
const CLOSE_TIME: Duration = Duration::from_millis(200);
/// After an error that anyone could have sent, the true answer has this long to arrive.
const LAST_CHANCE: Duration = Duration::from_mins(1);
/// With more connections the oldest is closed.
const CONNECTIONS: usize = 64;

/// The bound listener.
#[derive(Debug)]
pub(super) struct Loopback {
    listener: TcpListener,
    port: u16,
}

/// An answer, and the browser that waits for a page.
#[derive(Debug)]
pub(super) struct Answered {
    /// What the service answered.
    pub(super) response: AuthorizationResponse,
    /// The browser that brought it.
    pub(super) tab: BrowserTab,
}

/// A browser's open connection that waits for a page; none when no browser does.
#[derive(Debug, Default)]
pub(super) struct BrowserTab(Option<TcpStream>);

/// What comes out of a connection's task.
enum Arrival {
    /// It ends the wait.
    Answer(Answered),
    /// An error that anyone could have sent.
    UnboundError(AuthorizationResponse),
}

impl Loopback {
    /// Binds a port of the kernel's choice, or the one that was asked for.
    pub(super) async fn bind(port: Option<u16>) -> io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port.unwrap_or(0)))).await?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    /// The port it listens on.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// The redirect URI as it is sent, with the port.
    pub(super) fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, callback::PATH)
    }

    /// The redirect URI as it is registered, without a port (RFC 8252 section 7.3).
    pub(super) fn registered_redirect_uri() -> String {
        format!("http://127.0.0.1{}", callback::PATH)
    }

    /// Waits for the answer to the attempt with this state. An error without state is passed to `notice` and becomes the
    /// answer if no other one arrives within a minute.
    pub(super) async fn wait(self, state: State, mut notice: impl FnMut(&AuthorizationResponse)) -> Answered {
        let (sender, mut arrivals) = mpsc::channel(1);
        let state = Arc::new(state);
        let mut connections = JoinSet::new();
        let mut order = std::collections::VecDeque::new();
        let mut last_chance: Option<(Instant, AuthorizationResponse)> = None;
        loop {
            let until = last_chance.as_ref().map(|(until, _)| *until);
            tokio::select! {
                biased;
                Some(arrival) = arrivals.recv() => match arrival {
                    Arrival::Answer(answered) => return answered,
                    Arrival::UnboundError(error) if last_chance.is_none() => {
                        notice(&error);
                        last_chance = Some((Instant::now() + LAST_CHANCE, error));
                    }
                    Arrival::UnboundError(_) => {}
                },
                () = at(until) => if let Some((_, response)) = last_chance {
                    return Answered { response, tab: BrowserTab::default() };
                },
                Some(_) = connections.join_next() => {}
                accepted = self.listener.accept() => {
                    let Ok((stream, _)) = accepted else {
                        // Out of descriptors: those in use come back as connections end.
                        tokio::time::sleep(Duration::from_millis(10)).await;
                        continue;
                    };
                    order.retain(|task: &tokio::task::AbortHandle| !task.is_finished());
                    if order.len() >= CONNECTIONS && let Some(oldest) = order.pop_front() {
                        oldest.abort();
                    }
                    order.push_back(connections.spawn(serve(stream, self.port, Arc::clone(&state), sender.clone())));
                }
            }
        }
    }
}

impl BrowserTab {
    /// Shows a page in the browser, which may be gone.
    pub(super) async fn show(self, page: &Page) {
        if let Some(stream) = self.0 {
            let _ = tokio::time::timeout(HEAD_TIME, respond(stream, &page.response("200 OK"))).await;
        }
    }
}

/// Ends at that instant, or never.
async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

async fn serve(mut stream: TcpStream, port: u16, state: Arc<State>, sender: mpsc::Sender<Arrival>) {
    let verdict = tokio::time::timeout(HEAD_TIME, read_verdict(&mut stream, port, &state)).await;
    match verdict {
        Ok(Ok(Verdict::Answer(response))) => {
            let _ = sender.send(Arrival::Answer(Answered { response, tab: BrowserTab(Some(stream)) })).await;
        }
        Ok(Ok(Verdict::UnboundError(error))) => {
            let _ = sender.send(Arrival::UnboundError(error)).await;
            refuse(stream, Refusal::State).await;
        }
        Ok(Ok(Verdict::Refuse(why))) => refuse(stream, why).await,
        // Gone, or too slow.
        Ok(Err(_)) | Err(_) => {}
    }
}

async fn refuse(stream: TcpStream, why: Refusal) {
    let _ = tokio::time::timeout(HEAD_TIME, respond(stream, &Page::Stray.response(why.status()))).await;
}

async fn read_verdict(stream: &mut TcpStream, port: u16, state: &State) -> io::Result<Verdict> {
    let mut bytes = Vec::with_capacity(2048);
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match callback::head(&bytes) {
            Head::Complete { method, target, host } => return Ok(callback::judge(method, target, host, port, state)),
            Head::Partial if bytes.len() < HEAD_SIZE => {}
            Head::Partial | Head::Malformed => return Ok(Verdict::Refuse(Refusal::Malformed)),
        }
    }
}

async fn respond(mut stream: TcpStream, response: &[u8]) -> io::Result<()> {
    stream.write_all(response).await?;
    stream.shutdown().await?;
    // Reads what the browser still sends, so that closing does not reset the connection.
    let drain = async {
        let mut rest = [0; 1024];
        while stream.read(&mut rest).await.is_ok_and(|n| n > 0) {}
    };
    let _ = tokio::time::timeout(CLOSE_TIME, drain).await;
    Ok(())
}
