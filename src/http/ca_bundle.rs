//! The CA bundle: the root certificates of a PEM file, or of the PEM files of a directory.
//!
//! PEM is read like OpenSSL reads it, with or without a byte order mark; a file in another format is named. Certificates
//! are verified in `tls`.

use std::fs;
use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};

use crate::files;

/// Root certificates from a bundle.
#[derive(Debug)]
pub(super) struct Roots {
    pub(super) store: RootCertStore,
    /// How many of its certificates rustls cannot read.
    pub(super) unusable: usize,
}

/// Reads a file or directory.
pub(super) fn read(path: &Path) -> Result<Roots, String> {
    let unreadable = |error: std::io::Error| format!("cannot read the CA bundle: {error}");
    let mut roots = Roots { store: RootCertStore::empty(), unusable: 0 };
    if fs::metadata(path).map_err(unreadable)?.is_dir() {
        for entry in fs::read_dir(path).map_err(unreadable)? {
            let file = entry.map_err(unreadable)?.path();
            // A directory of roots also has indexes and dangling links; unreadable files are skipped.
            if let Ok(bytes) = files::read_bytes(&file) {
                roots.add(certificates(&bytes).into_iter().filter_map(Result::ok));
            }
        }
    } else {
        let bytes = files::read_bytes(path).map_err(unreadable)?;
        let all: Result<Vec<_>, _> = certificates(&bytes).into_iter().collect();
        roots.add(all.map_err(|error| format!("the CA bundle is not PEM: {}", not_pem(&error)))?);
        if let Some(problem) = roots.problem(&bytes) {
            return Err(problem);
        }
    }
    if roots.store.is_empty() { Err("the CA bundle contains no PEM certificates".to_owned()) } else { Ok(roots) }
}

/// The certificates in a PEM text. Each of the files that were joined to a bundle may begin with a byte order mark.
pub(super) fn certificates(bytes: &[u8]) -> Vec<Result<CertificateDer<'static>, pem::Error>> {
    let text = String::from_utf8_lossy(bytes).replace('\u{feff}', "");
    CertificateDer::pem_slice_iter(text.as_bytes()).collect()
}

/// What is wrong with a PEM text; the parser's own message contains its bytes as numbers.
fn not_pem(error: &pem::Error) -> String {
    match error {
        pem::Error::MissingSectionEnd { .. } => "a section has no END line".to_owned(),
        pem::Error::IllegalSectionStart { .. } => "a BEGIN line is incomplete".to_owned(),
        error => error.to_string(),
    }
}

impl Roots {
    fn add<'a>(&mut self, certificates: impl IntoIterator<Item = CertificateDer<'a>>) {
        let (_, unusable) = self.store.add_parsable_certificates(certificates);
        self.unusable += unusable;
    }

    /// Why a file gives no root.
    fn problem(&self, bytes: &[u8]) -> Option<String> {
        const DER_SEQUENCE: u8 = 0x30;
        if !self.store.is_empty() {
            return None;
        }
        Some(match bytes {
            _ if self.unusable > 0 => {
                format!("none of the {} certificates in the CA bundle has a supported format", self.unusable)
            }
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "the CA bundle is UTF-16; save it as UTF-8".to_owned(),
            [DER_SEQUENCE, 0x80..=0x84, ..] => "the CA bundle is binary (DER), not PEM; convert a certificate with: \
                                                openssl x509 -inform der -in FILE -out FILE.pem"
                .to_owned(),
            _ => {
                let text = String::from_utf8_lossy(bytes);
                let other = text.split("-----BEGIN ").nth(1)?.split_once("-----")?.0;
                format!("the CA bundle contains no `BEGIN CERTIFICATE`, but `BEGIN {other}`")
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_bundle_that_is_not_pem() {
        for (text, why) in [
            ("-----BEGIN CERTIFICATE-----\nAAAA\n", "a section has no END line"),
            ("-----BEGIN CERTIFICATE\nAAAA\n", "a BEGIN line is incomplete"),
        ] {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), text).unwrap();
            assert_eq!(read(file.path()).unwrap_err(), format!("the CA bundle is not PEM: {why}"));
        }
    }
}
