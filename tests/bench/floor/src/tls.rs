//! A minimal HTTPS call: rustls with ring on a socket of the standard library, with one trusted authority.
//!
//! `tls HOST:PORT CA_FILE`. TLS 1.3, with certificate verification, without session resumption.

use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

const BODY: &str = r#"{"clientName": "bench", "clientType": "public"}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(address), Some(authority)) = (args.next(), args.next()) else {
        return Err("usage: tls HOST:PORT CA_FILE".into());
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(authority)? {
        roots.add(certificate?)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let host = address.split(':').next().unwrap_or_default().to_owned();
    let session = ClientConnection::new(Arc::new(config), ServerName::try_from(host)?)?;
    let socket = TcpStream::connect(&address)?;
    socket.set_nodelay(true)?;
    let mut stream = StreamOwned::new(session, socket);
    let length = BODY.len();
    write!(
        stream,
        "POST /client/register HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{BODY}"
    )?;
    let mut answer = Vec::with_capacity(4096);
    // A server may end without close_notify; what came is the answer.
    if let Err(error) = stream.read_to_end(&mut answer)
        && error.kind() != io::ErrorKind::UnexpectedEof
    {
        return Err(error.into());
    }
    let head = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").ok_or("no head")?;
    Ok(io::stdout().write_all(&answer[head + 4..])?)
}
