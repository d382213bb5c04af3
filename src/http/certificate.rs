//! Messages for refused certificates, with the names of subject and issuer.
//!
//! rustls reports only "unknown issuer"; the name of the issuer helps to identify a company's proxy. No decision depends
//! on the names. Certificates are verified in `tls`.

use rustls::CertificateError;
use rustls::pki_types::{CertificateDer, ServerName};
use webpki::EndEntityCert;

/// The message for a certificate that was refused.
pub(super) fn refused(error: &rustls::Error, certificate: &CertificateDer<'_>, server: &ServerName<'_>) -> String {
    format!("certificate verify failed: {}{}", reason(error, server), parties(certificate))
}

/// The message of a TLS failure.
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

    use super::{parties, refused};

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
            refused(&unknown, certificate().der(), &server),
            "certificate verify failed: unable to get local issuer certificate \
             (certificate of \"proxy[31m.example\", issued by \"proxy[31m.example\")"
        );
    }
}
