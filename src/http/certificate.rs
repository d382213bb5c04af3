//! Messages for refused certificates, with the names of subject and issuer, and for other failures of TLS.
//!
//! rustls reports only "unknown issuer"; the name of the issuer helps to identify a company's proxy. No decision depends
//! on the names. Certificates are verified in `tls`.

use std::fmt;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};
use webpki::EndEntityCert;

use super::CHECK_ENDPOINT;

/// A certificate that was refused: why, and what the user can do.
#[derive(Debug)]
pub(super) struct Refused {
    message: String,
    hint: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refused {}

/// The error for a certificate. `unknown_issuer`: the message and hint, if its issuer is unknown.
pub(super) fn refused(
    error: &Error,
    certificate: &CertificateDer<'_>,
    server: &ServerName<'_>,
    unknown_issuer: Option<&(String, String)>,
) -> Refused {
    let server = server.to_str();
    let (mut message, hint) = match error {
        Error::InvalidCertificate(error) => reason(error, &server),
        error => describe(error),
    };
    message.insert_str(0, "certificate verify failed: ");
    message += &parties(certificate);
    match unknown_issuer {
        Some((detail, hint)) => Refused { message: format!("{message}; {detail}"), hint: hint.clone() },
        None => Refused { message, hint },
    }
}

/// The message of a TLS failure, and what the user can do. rustls's own messages contain names of variants, bytes and
/// object identifiers.
pub(super) fn describe(error: &Error) -> (String, String) {
    if let Error::InvalidCertificate(CertificateError::Other(other)) = error
        && let Some(Refused { message, hint }) = other.0.downcast_ref()
    {
        return (message.clone(), hint.clone());
    }
    let message = match error {
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => "the response is not TLS".to_owned(),
        Error::InvalidCertificate(error) => format!("certificate verify failed: {}", reason(error, "the server").0),
        Error::AlertReceived(AlertDescription::Unknown(code)) => {
            format!("the server ended the handshake: alert {code}")
        }
        Error::AlertReceived(alert) => format!("the server ended the handshake: {}", words(alert)),
        Error::PeerIncompatible(why) => format!("the server is incompatible: {}", words(why)),
        Error::PeerMisbehaved(why) => format!("the server violated the TLS protocol: {}", words(why)),
        Error::InvalidMessage(why) => format!("the server sent a message that is not valid TLS: {}", words(why)),
        Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => {
            "the server sent an unexpected TLS message".to_owned()
        }
        error => error.to_string(),
    };
    (message, CHECK_ENDPOINT.to_owned())
}

/// Why a certificate was refused, and what the user can do.
fn reason(error: &CertificateError, server: &str) -> (String, String) {
    let replace = format!("{server}, or a proxy in between, needs another certificate");
    let clock = format!("check the clock of this machine; if it is right, {replace}");
    let message = match error {
        CertificateError::UnknownIssuer => "unable to get local issuer certificate".to_owned(),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            return ("certificate has expired".to_owned(), clock);
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            return ("certificate is not yet valid".to_owned(), clock);
        }
        CertificateError::NotValidForName => format!("certificate is not valid for {server}"),
        CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => {
            format!("certificate is not valid for {server}: it has no subject alternative name")
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            format!("certificate is not valid for {server} but for {}", presented.join(", "))
        }
        CertificateError::Other(other) => other.0.downcast_ref().map_or_else(|| other.0.to_string(), rare),
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "certificate is signed with an unsupported algorithm, such as SHA-1".to_owned()
        }
        CertificateError::BadEncoding => "certificate is malformed".to_owned(),
        CertificateError::BadSignature => "certificate signature failure".to_owned(),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "certificate is not for servers".to_owned()
        }
        other => words(other),
    };
    (message, replace)
}

/// The reasons of webpki that rustls does not translate.
fn rare(error: &webpki::Error) -> String {
    let known = match error {
        webpki::Error::CaUsedAsEndEntity => "certificate is for a CA, not for a server",
        webpki::Error::EndEntityUsedAsCa => "its issuer is not a CA",
        webpki::Error::NameConstraintViolation => "its issuer may not issue certificates for this name",
        webpki::Error::PathLenConstraintViolated | webpki::Error::MaximumPathDepthExceeded => {
            "its chain of issuers is too long"
        }
        webpki::Error::UnsupportedCertVersion => "certificate is not X.509 version 3",
        other => return words(other),
    };
    known.to_owned()
}

/// The name of a variant as words, without its fields.
fn words(variant: &impl fmt::Debug) -> String {
    let name = format!("{variant:?}");
    let mut words = String::new();
    let mut after_small = false;
    for character in name.chars().take_while(char::is_ascii_alphanumeric) {
        if character.is_ascii_uppercase() && after_small {
            words.push(' ');
        }
        after_small = !character.is_ascii_uppercase();
        words.push(character.to_ascii_lowercase());
    }
    words
}

/// The names of subject and issuer in brackets, as far as they can be read.
fn parties(certificate: &CertificateDer<'_>) -> String {
    let Ok(certificate) = EndEntityCert::try_from(certificate) else { return String::new() };
    match (name(certificate.subject()), name(certificate.issuer())) {
        (Some(subject), Some(issuer)) => format!(" (certificate of \"{subject}\", issued by \"{issuer}\")"),
        (Some(subject), None) => format!(" (certificate of \"{subject}\")"),
        (None, Some(issuer)) => format!(" (certificate issued by \"{issuer}\")"),
        (None, None) => String::new(),
    }
}

/// The common name, else the organisation, of a distinguished name in DER. Names of more than 127 bytes, which X.520 does
/// not allow, are not read.
fn name(distinguished: &[u8]) -> Option<String> {
    const COMMON_NAME: [u8; 5] = [6, 3, 0x55, 4, 3];
    const ORGANISATION: [u8; 5] = [6, 3, 0x55, 4, 10];
    [COMMON_NAME, ORGANISATION].iter().find_map(|oid| {
        let at = distinguished.windows(oid.len()).position(|window| window == oid)?;
        let (&[_tag, length], value) = distinguished[at + oid.len()..].split_first_chunk()?;
        let text = String::from_utf8_lossy(value.get(..usize::from(length)).filter(|_| length < 0x80)?);
        Some(text.chars().filter(|c| !c.is_control()).collect())
    })
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::{CertificateDer, ServerName};

    use std::sync::Arc;

    use rustls::{AlertDescription, CertificateError, Error, OtherError, PeerIncompatible};

    use super::{describe, parties, refused};

    fn certificate() -> rcgen::Certificate {
        let mut parameters = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        parameters.distinguished_name = rcgen::DistinguishedName::new();
        parameters.distinguished_name.push(rcgen::DnType::OrganizationName, "Example Org");
        parameters.distinguished_name.push(rcgen::DnType::CommonName, "proxy\u{1b}[31m.example");
        parameters.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap()
    }

    #[test]
    fn a_damaged_certificate_does_no_harm() {
        let der = certificate().der().to_vec();
        for end in 0..der.len() {
            assert_eq!(parties(&CertificateDer::from(&der[..end])), "", "{end}");
        }
        for at in 0..der.len() {
            let mut damaged = der.clone();
            damaged[at] ^= 0xff;
            let _ = parties(&damaged.into());
        }
    }

    #[test]
    fn the_message_names_both_parties() {
        let server = ServerName::try_from("h.example").unwrap();
        let unknown = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        assert_eq!(
            refused(&unknown, certificate().der(), &server, None).to_string(),
            "certificate verify failed: unable to get local issuer certificate \
             (certificate of \"proxy[31m.example\", issued by \"proxy[31m.example\")"
        );
    }

    #[test]
    fn no_message_has_names_of_code() {
        let server = ServerName::try_from("h.example").unwrap();
        let of_webpki = |error: webpki::Error| CertificateError::Other(OtherError(Arc::new(error)));
        let unsupported = CertificateError::UnsupportedSignatureAlgorithmContext {
            signature_algorithm_id: vec![42, 134, 72],
            supported_algorithms: Vec::new(),
        };
        for (error, why) in [
            (of_webpki(webpki::Error::CaUsedAsEndEntity), "certificate is for a CA, not for a server"),
            (of_webpki(webpki::Error::MaximumSignatureChecksExceeded), "maximum signature checks exceeded"),
            (unsupported, "certificate is signed with an unsupported algorithm, such as SHA-1"),
            (CertificateError::ApplicationVerificationFailure, "application verification failure"),
        ] {
            let error = Error::InvalidCertificate(error);
            let message = refused(&error, certificate().der(), &server, None).to_string();
            assert!(message.starts_with(&format!("certificate verify failed: {why} (certificate of ")), "{message}");
            assert_eq!(describe(&error).0, format!("certificate verify failed: {why}"));
        }
        for (error, message) in [
            (
                Error::AlertReceived(AlertDescription::HandshakeFailure),
                "the server ended the handshake: handshake failure",
            ),
            (Error::AlertReceived(AlertDescription::UnknownCA), "the server ended the handshake: unknown ca"),
            (Error::AlertReceived(AlertDescription::Unknown(200)), "the server ended the handshake: alert 200"),
            (PeerIncompatible::NoCipherSuitesInCommon.into(), "the server is incompatible: no cipher suites in common"),
            (Error::DecryptError, "cannot decrypt peer's message"),
        ] {
            assert_eq!(describe(&error).0, message);
        }
    }
}
