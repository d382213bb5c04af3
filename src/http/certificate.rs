//! Words about a certificate that was refused: why, whose it is and who issued it.
//!
//! rustls says only "unknown issuer"; the person who must find the company CA in between needs its name. So subject and
//! issuer are read from the certificate (RFC 5280 section 4.1, DER), for text only: no decision is made on them.
//! Imports nothing of ours.

use std::error::Error;
use std::fmt;

use rustls::CertificateError;
use rustls::pki_types::{CertificateDer, ServerName};

/// A refused certificate, as the error that travels through rustls.
#[derive(Debug)]
pub(super) struct Refused {
    reason: String,
    subject: Option<String>,
    issuer: Option<String>,
    /// Who does not know the issuer, where that is the reason.
    unknown_to: Option<&'static str>,
}

/// Whose roots were asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Those of a CA bundle, and no others.
    Bundle,
    /// The built-in ones, then the operating system's.
    BuiltInAndSystem,
}

impl Refused {
    pub(super) fn new(
        error: &rustls::Error,
        certificate: &CertificateDer<'_>,
        server: &ServerName<'_>,
        asked: Asked,
    ) -> Self {
        let (issuer, subject) = names(certificate).unwrap_or_default();
        let is_unknown = matches!(error, rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer));
        let unknown_to = is_unknown.then_some(match asked {
            Asked::Bundle => "the CA bundle does not know that issuer",
            Asked::BuiltInAndSystem => "neither the built-in roots nor the system's know that issuer",
        });
        Self { reason: reason(error, server), subject, issuer, unknown_to }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "certificate verify failed: {}", self.reason)?;
        match (&self.subject, &self.issuer) {
            (Some(subject), Some(issuer)) => write!(f, " (certificate of \"{subject}\", issued by \"{issuer}\")")?,
            (Some(subject), None) => write!(f, " (certificate of \"{subject}\")")?,
            (None, Some(issuer)) => write!(f, " (certificate issued by \"{issuer}\")")?,
            (None, None) => {}
        }
        self.unknown_to.map_or(Ok(()), |who| write!(f, "; {who}"))
    }
}

impl Error for Refused {}

/// What a TLS failure says.
pub(super) fn describe(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(other)) => other.0.to_string(),
        error => error.to_string(),
    }
}

fn reason(error: &rustls::Error, server: &ServerName<'_>) -> String {
    let rustls::Error::InvalidCertificate(certificate) = error else { return error.to_string() };
    match certificate {
        CertificateError::UnknownIssuer => "unable to get local issuer certificate".to_owned(),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "certificate has expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "certificate is not yet valid".to_owned()
        }
        CertificateError::NotValidForName => format!("it is not for {}", server.to_str()),
        CertificateError::NotValidForNameContext { presented, .. } => {
            format!("it is not for {} but for {}", server.to_str(), presented.join(", "))
        }
        _ => error.to_string(),
    }
}

/// The names of issuer and subject.
fn names(certificate: &[u8]) -> Option<(Option<String>, Option<String>)> {
    let (outer, _) = element(certificate)?;
    let (to_be_signed, _) = element(outer.content)?;
    let mut rest = to_be_signed.content;
    let (first, after) = element(rest)?;
    if first.tag == 0xa0 {
        // The version, present in every X.509 v3 certificate.
        rest = after;
    }
    let (_serial, rest) = element(rest)?;
    let (_algorithm, rest) = element(rest)?;
    let (issuer, rest) = element(rest)?;
    let (_validity, rest) = element(rest)?;
    let (subject, _) = element(rest)?;
    Some((name(issuer.content), name(subject.content)))
}

/// The common name, else the organisation, of a distinguished name.
fn name(distinguished: &[u8]) -> Option<String> {
    const COMMON_NAME: [u8; 3] = [0x55, 4, 3];
    const ORGANISATION: [u8; 3] = [0x55, 4, 10];
    [COMMON_NAME, ORGANISATION].iter().find_map(|wanted| attribute(distinguished, wanted))
}

fn attribute(mut sets: &[u8], wanted: &[u8]) -> Option<String> {
    while let Some((set, rest)) = element(sets) {
        let (pair, _) = element(set.content)?;
        let (oid, value) = element(pair.content)?;
        let (value, _) = element(value)?;
        if oid.content == wanted {
            let text = String::from_utf8_lossy(value.content);
            return Some(text.chars().filter(|c| !c.is_control()).take(200).collect());
        }
        sets = rest;
    }
    None
}

struct Element<'a> {
    tag: u8,
    content: &'a [u8],
}

/// The first DER element and what follows it.
fn element(der: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let length = if first < 0x80 {
        usize::from(first)
    } else {
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 4 || rest.len() < count {
            return None;
        }
        let (bytes, after) = rest.split_at(count);
        rest = after;
        bytes.iter().fold(0, |length, byte| (length << 8) | usize::from(*byte))
    };
    (rest.len() >= length).then(|| (Element { tag, content: &rest[..length] }, &rest[length..]))
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::ServerName;

    use super::{Asked, Refused, names};

    fn certificate() -> rcgen::Certificate {
        let mut parameters = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        parameters.distinguished_name = rcgen::DistinguishedName::new();
        parameters.distinguished_name.push(rcgen::DnType::OrganizationName, "Example Org");
        parameters.distinguished_name.push(rcgen::DnType::CommonName, "proxy\u{1b}[31m.example");
        parameters.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap()
    }

    #[test]
    fn names_are_read_from_a_certificate() {
        let (issuer, subject) = names(certificate().der()).unwrap();
        assert_eq!(issuer.as_deref(), Some("proxy[31m.example"));
        assert_eq!(subject, issuer);
    }

    #[test]
    fn a_damaged_certificate_has_no_names_and_does_no_harm() {
        let der = certificate().der().to_vec();
        for end in 0..der.len() {
            let _ = names(&der[..end]);
        }
        for at in 0..der.len() {
            let mut damaged = der.clone();
            damaged[at] ^= 0xff;
            let _ = names(&damaged);
        }
        assert_eq!(names(b""), None);
    }

    #[test]
    fn the_words_name_both_parties() {
        let server = ServerName::try_from("h.example").unwrap();
        let unknown = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        assert_eq!(
            Refused::new(&unknown, certificate().der(), &server, Asked::Bundle).to_string(),
            "certificate verify failed: unable to get local issuer certificate \
             (certificate of \"proxy[31m.example\", issued by \"proxy[31m.example\"); \
             the CA bundle does not know that issuer"
        );
    }
}
