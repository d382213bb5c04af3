//! A minimal HTTP call: one request on a socket of the standard library; prints the response body.
//!
//! `socket HOST:PORT`. Of HTTP it knows only the empty line that ends the headers.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;

const BODY: &str = r#"{"clientName": "bench", "clientType": "public"}"#;

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).ok_or_else(|| io::Error::other("usage: socket HOST:PORT"))?;
    let mut stream = TcpStream::connect(&address)?;
    stream.set_nodelay(true)?;
    let length = BODY.len();
    let request = format!(
        "POST /client/register HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{BODY}"
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::with_capacity(4096);
    stream.read_to_end(&mut answer)?;
    let head = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").ok_or_else(|| io::Error::other("no head"))?;
    io::stdout().write_all(&answer[head + 4..])
}
