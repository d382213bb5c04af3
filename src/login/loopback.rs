//! The redirect listener (RFC 8252 section 7.3): a socket on 127.0.0.1 that waits for one authorization response.
//!
//! It is bound before any URL is shown. Every connection has a task, a limit of bytes and of time, so that idle and
//! slow ones delay no other. What a request means is decided in `callback`; what the browser shows is in `page`.

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::callback::{self, AuthorizationResponse, Refusal};
use super::page::Page;
use super::peer::TrustedAccounts;
use super::pkce::State;
use crate::error::Error;

/// How long a request's head may take.
const HEAD_TIME: Duration = Duration::from_secs(5);
/// A browser's redirect has a few hundred bytes.
const HEAD_SIZE: usize = 16 * 1024;
/// How long to wait for the browser to close its side.
const CLOSE_TIME: Duration = Duration::from_millis(200);
/// The maximum number of connections; beyond it the oldest is closed.
const CONNECTIONS: usize = 64;

/// The bound listener.
pub(super) struct Loopback {
    listener: TcpListener,
    /// The port it listens on.
    pub(super) port: u16,
}

/// The response that ends the wait.
pub(super) struct Expected {
    /// The state that it carries.
    pub(super) state: State,
    /// Who may send it.
    pub(super) accounts: TrustedAccounts,
}

/// An answer, and the browser that waits for a page.
pub(super) struct Answered {
    /// The authorization response.
    pub(super) response: AuthorizationResponse,
    /// The browser that sent it; none if it was pasted.
    pub(super) tab: BrowserTab,
}

/// A browser's open connection that waits for a page; `None` without a browser.
#[derive(Debug, Default)]
pub(super) struct BrowserTab(Option<TcpStream>);

impl Loopback {
    /// Binds this port, or one that the kernel chooses.
    pub(super) async fn bind(port: Option<u16>) -> Result<Self, Error> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port.unwrap_or(0)));
        let listener = TcpListener::bind(address).await.map_err(|error| {
            let hint = port.map(|port| format!("free port {port}, or choose another with --redirect-port"));
            Error::other(format!("cannot listen on {address}: {error}")).hint_if(hint)
        })?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    /// The redirect URI as it is sent, with the port.
    pub(super) fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, callback::PATH)
    }

    /// The redirect URI as it is registered, without a port (RFC 8252 section 7.3).
    pub(super) fn registered_redirect_uri() -> String {
        format!("http://127.0.0.1{}", callback::PATH)
    }

    /// Waits for the response. `refused` is called for each request that is not it.
    pub(super) async fn wait(&self, expected: &Arc<Expected>, mut refused: impl FnMut(Refusal)) -> Answered {
        let mut connections = JoinSet::new();
        let mut order = VecDeque::new();
        loop {
            tokio::select! {
                biased;
                Some(ended) = connections.join_next() => match ended {
                    Ok(Some(Ok(answered))) => return answered,
                    Ok(Some(Err(why))) => refused(why),
                    Ok(None) | Err(_) => {}
                },
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
                    order.push_back(connections.spawn(serve(stream, self.port, Arc::clone(expected))));
                }
            }
        }
    }
}

impl BrowserTab {
    /// Whether there is no browser, because the response was pasted.
    pub(super) fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Shows a page in the browser, which may be gone.
    pub(super) async fn show(self, page: &Page) {
        if let Some(stream) = self.0 {
            let _ = tokio::time::timeout(HEAD_TIME, respond(stream, &page.response("200 OK"))).await;
        }
    }
}

/// One connection: the answer, or why the request is not it; `None` when the browser is gone or too slow.
async fn serve(mut stream: TcpStream, port: u16, expected: Arc<Expected>) -> Option<Result<Answered, Refusal>> {
    let request = read(&mut stream, port, &expected.state);
    let mut judged = tokio::time::timeout(HEAD_TIME, request).await.ok()?.ok()?;
    if judged.is_ok()
        && let Some(account) = expected.accounts.stranger(&stream).ok()?
    {
        judged = Err(Refusal::Account(account));
    }
    Some(match judged {
        Ok(response) => Ok(Answered { response, tab: BrowserTab(Some(stream)) }),
        Err(why) => {
            let page = Page::refused(why).response(why.status());
            let _ = tokio::time::timeout(HEAD_TIME, respond(stream, &page)).await;
            Err(why)
        }
    })
}

/// The first byte of a TLS connection (RFC 8446 section 5.1).
const TLS_HANDSHAKE: u8 = 22;

async fn read(stream: &mut TcpStream, port: u16, state: &State) -> io::Result<Result<AuthorizationResponse, Refusal>> {
    let mut bytes = Vec::with_capacity(2048);
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if bytes.first() == Some(&TLS_HANDSHAKE) {
            return Ok(Err(Refusal::Tls));
        }
        match callback::head(&bytes) {
            Ok(Some(request)) => return Ok(callback::judge(&request, port, state)),
            Ok(None) if bytes.len() < HEAD_SIZE => {}
            Ok(None) | Err(_) => return Ok(Err(Refusal::Malformed)),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads what a browser sends in pieces of a few bytes.
    async fn read_in_pieces(request: &str, state: &State) -> Result<AuthorizationResponse, Refusal> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut browser = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut stream, _) = listener.accept().await.unwrap();
        browser.set_nodelay(true).unwrap();
        let send = async {
            for piece in request.as_bytes().chunks(9) {
                browser.write_all(piece).await.unwrap();
                // Lets the other side read this piece before the next one is sent.
                tokio::task::yield_now().await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! { biased; read = read(&mut stream, 4321, state) => read.unwrap(), () = send => unreachable!() }
    }

    #[tokio::test]
    async fn a_head_may_arrive_in_pieces() {
        let state = State::random().unwrap();
        let target = format!("{}?code=a&state={}", callback::PATH, state.as_str());
        let request = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:4321\r\nAccept: */*\r\n\r\n");
        let response = read_in_pieces(&request, &state).await;
        assert!(matches!(&response, Ok(AuthorizationResponse::Code(code)) if code.expose() == "a"), "{response:?}");
        // Refused although its end has not arrived.
        let endless = format!("GET {target}{}", "x".repeat(HEAD_SIZE));
        assert_eq!(read_in_pieces(&endless, &state).await.unwrap_err(), Refusal::Malformed);
    }
}
