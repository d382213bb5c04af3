//! A minimal browser in std: opens the authorization page, presses Approve or Deny, follows redirects.
//!
//! It acts as the user of RFC 8252, from the Identity Center's page over the redirect to the program's loopback
//! listener. No scripts, no cookies; every wait has a deadline.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use url::Url;

/// Longest wait for any byte.
const PATIENCE: Duration = Duration::from_mins(1);
/// Most redirects in a row.
const REDIRECTS: usize = 10;

/// The browser.
#[derive(Debug, Default, Clone)]
pub(crate) struct UserAgent {
    tls: Option<Arc<ClientConfig>>,
}

/// The page that it shows.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// Where it is, after all redirects.
    pub(crate) url: String,
    /// The URLs that were redirected to this page, from the first one.
    pub(crate) hops: Vec<String>,
    /// The status of the answer.
    pub(crate) status: u16,
    /// The headers of the answer, in the order sent.
    pub(crate) headers: Vec<(String, String)>,
    /// The body of the answer.
    pub(crate) body: String,
}

impl UserAgent {
    /// A browser for plain HTTP.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A browser that trusts the authorities of this PEM text, see `IdentityCenter::ca_bundle`.
    pub(crate) fn trusting(pem: &str) -> Self {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            roots.add(certificate.expect("the text is PEM")).expect("the certificate can be an authority");
        }
        #[cfg(feature = "ring")]
        let provider = rustls::crypto::ring::default_provider();
        #[cfg(not(feature = "ring"))]
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let config = ClientConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions()
            .expect("the provider knows TLS 1.2 and 1.3");
        Self { tls: Some(Arc::new(config.with_root_certificates(roots).with_no_client_auth())) }
    }

    /// Opens a URL and follows its redirects.
    pub(crate) fn open(&self, url: &str) -> io::Result<Page> {
        self.follow("GET", url, "")
    }

    /// Opens the page of an authorization and presses Approve; the page this ends at.
    pub(crate) fn approve(&self, url: &str) -> io::Result<Page> {
        self.decide(url, "approve")
    }

    /// Opens the page of an authorization and presses Deny; the page this ends at.
    pub(crate) fn deny(&self, url: &str) -> io::Result<Page> {
        self.decide(url, "deny")
    }

    fn decide(&self, url: &str, decision: &str) -> io::Result<Page> {
        let page = self.open(url)?;
        if page.form().is_none() {
            return Ok(page);
        }
        self.submit(&page, &[("decision", decision)])
    }

    /// Submits the form on a page with these fields and its hidden ones; returns the page that follows.
    pub(crate) fn submit(&self, page: &Page, fields: &[(&str, &str)]) -> io::Result<Page> {
        let form = page.form().ok_or_else(|| io::Error::other(format!("no form on {}: {}", page.url, page.body)))?;
        let mut data = url::form_urlencoded::Serializer::new(String::new());
        data.extend_pairs(&form.hidden).extend_pairs(fields);
        let mut target = parse(&page.url)?.join(&form.action).map_err(io::Error::other)?;
        if form.method == "post" {
            return self.follow("POST", target.as_str(), &data.finish());
        }
        target.set_query(Some(&data.finish()));
        self.follow("GET", target.as_str(), "")
    }

    /// Presses Approve on the page of an authorization; the address it redirects to, which is not opened: a browser on
    /// another machine cannot reach it.
    pub(crate) fn approve_without_following(&self, page: &Page) -> io::Result<String> {
        let form = page.form().ok_or_else(|| io::Error::other("no form on the page"))?;
        let mut data = url::form_urlencoded::Serializer::new(String::new());
        data.extend_pairs(&form.hidden).append_pair("decision", "approve");
        let target = parse(&page.url)?.join(&form.action).map_err(io::Error::other)?;
        let answer = self.request("POST", &target, &data.finish())?;
        answer.header("location").map(str::to_owned).ok_or_else(|| io::Error::other("no redirect"))
    }

    fn follow(&self, method: &str, url: &str, data: &str) -> io::Result<Page> {
        let (mut method, mut url, mut data, mut hops) = (method, parse(url)?, data, Vec::new());
        loop {
            let page = self.request(method, &url, data)?;
            let Some(location) = page.header("location").filter(|_| (300..400).contains(&page.status)) else {
                return Ok(Page { hops, ..page });
            };
            hops.push(url.to_string());
            if hops.len() > REDIRECTS {
                return Err(io::Error::other(format!("too many redirects: {hops:?}")));
            }
            url = url.join(location).map_err(io::Error::other)?;
            (method, data) = ("GET", "");
        }
    }

    /// One request, without following anything.
    pub(crate) fn request(&self, method: &str, url: &Url, data: &str) -> io::Result<Page> {
        let host = url.host_str().ok_or_else(|| io::Error::other("a URL without a host"))?;
        let port = url.port_or_known_default().unwrap_or(80);
        let address = (host, port).to_socket_addrs()?.find(std::net::SocketAddr::is_ipv4);
        let address = address.ok_or_else(|| io::Error::other(format!("no address for {host}")))?;
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let host_header = &url[url::Position::BeforeHost..url::Position::AfterPort];
        let mut request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {host_header}\r\nUser-Agent: minimal\r\n\
             Accept: text/html\r\nConnection: close\r\n"
        );
        if method == "POST" {
            let length = data.len().to_string();
            request.extend(["Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ", &length, "\r\n"]);
        }
        request.extend(["\r\n", data]);
        let received = match (url.scheme(), &self.tls) {
            ("https", Some(config)) => {
                let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
                let connection = ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
                converse(&mut StreamOwned::new(connection, stream), &request)?
            }
            ("http", _) => converse(&mut &stream, &request)?,
            (scheme, _) => return Err(io::Error::other(format!("no way to open {scheme} URLs: {url}"))),
        };
        parse_answer(url, &received)
    }
}

impl Page {
    /// The value of a header, by its name in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The title of the page.
    pub(crate) fn title(&self) -> &str {
        between(&self.body, "<title>", "</title>").unwrap_or_default()
    }

    /// The visible text in one line, without markup.
    pub(crate) fn text(&self) -> String {
        let mut body = self.body.clone();
        for element in ["head", "style", "script"] {
            while let (Some(from), Some(to)) = (body.find(&format!("<{element}")), body.find(&format!("</{element}>")))
            {
                body.replace_range(from..to.max(from) + element.len() + 3, " ");
            }
        }
        let mut in_tag = false;
        let text: String = body
            .chars()
            .filter_map(|character| {
                let was_in_tag = in_tag;
                in_tag = if in_tag { character != '>' } else { character == '<' };
                if was_in_tag { (!in_tag).then_some(' ') } else { (!in_tag).then_some(character) }
            })
            .collect();
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn form(&self) -> Option<Form> {
        let form = between(&self.body, "<form", "</form>")?;
        let hidden = form.split("<input").skip(1).filter(|input| input.contains("type=\"hidden\""));
        Some(Form {
            method: attribute(form, "method").unwrap_or_else(|| "get".into()),
            action: attribute(form, "action").unwrap_or_default(),
            hidden: hidden.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?))).collect(),
        })
    }
}

struct Form {
    method: String,
    action: String,
    hidden: Vec<(String, String)>,
}

fn attribute(element: &str, name: &str) -> Option<String> {
    let element = element.split('>').next()?;
    let value = between(element, &format!(" {name}=\""), "\"")?;
    Some(value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    let rest = &text[text.find(start)? + start.len()..];
    Some(&rest[..rest.find(end)?])
}

fn parse(url: &str) -> io::Result<Url> {
    Url::parse(url).map_err(|error| io::Error::other(format!("{url}: {error}")))
}

fn converse(stream: &mut (impl Read + Write), request: &str) -> io::Result<Vec<u8>> {
    stream.write_all(request.as_bytes())?;
    stream.flush()?;
    let mut received = Vec::new();
    match stream.read_to_end(&mut received) {
        // Servers often close without close_notify; the length shows whether the response is complete.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
        other => {
            other?;
        }
    }
    Ok(received)
}

fn parse_answer(url: &Url, received: &[u8]) -> io::Result<Page> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut answer = httparse::Response::new(&mut headers);
    let Ok(httparse::Status::Complete(head)) = answer.parse(received) else {
        return Err(io::Error::other(format!("no HTTP answer: {:?}", String::from_utf8_lossy(received))));
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let page = Page {
        url: url.to_string(),
        hops: Vec::new(),
        status: answer.code.unwrap_or_default(),
        headers: answer.headers.iter().map(|header| (header.name.into(), text(header.value))).collect(),
        body: text(&received[head..]),
    };
    match page.header("content-length").map(str::parse::<usize>) {
        Some(Ok(length)) if length != received.len() - head => Err(io::Error::other("the answer was cut off")),
        _ => Ok(page),
    }
}
