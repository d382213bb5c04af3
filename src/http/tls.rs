//! TLS: which provider, which roots, and what is said about a certificate that is refused.
//!
//! TLS 1.2 and 1.3 by rustls. The roots are Mozilla's, built in, as the AWS CLI brings its own; a CA bundle replaces them.
//! Built only for a connection that speaks TLS. Roots that an operating system adds would be asked in [`Verifier`], after
//! the built-in ones said `UnknownIssuer`. Imports nothing of ours.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme};

use super::certificate::Refused;
use super::{HttpErrorKind, HttpOptions};

#[cfg(feature = "aws-lc")]
fn provider() -> CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}

#[cfg(all(feature = "ring", not(feature = "aws-lc")))]
fn provider() -> CryptoProvider {
    rustls::crypto::ring::default_provider()
}

#[cfg(not(any(feature = "ring", feature = "aws-lc")))]
compile_error!("choose a TLS provider: feature `ring` or `aws-lc`");

/// The configuration for a client that speaks TLS.
pub(super) fn config(options: &HttpOptions) -> Result<ClientConfig, HttpErrorKind> {
    let roots = match (&options.ca_bundle, options.verify) {
        (_, false) => None,
        (Some(path), true) => Some(bundle(path).map_err(|why| HttpErrorKind::CaBundle(path.clone(), why))?),
        (None, true) => Some(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect()),
    };
    build(roots)
}

/// The configuration for a client that never speaks TLS: reqwest wants one, and would otherwise load the system's roots.
pub(super) fn none() -> Result<ClientConfig, HttpErrorKind> {
    let failed = |error: rustls::Error| HttpErrorKind::Client(error.to_string());
    Ok(ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}

/// With roots, or without any check at all.
fn build(roots: Option<RootCertStore>) -> Result<ClientConfig, HttpErrorKind> {
    let failed = |text: String| HttpErrorKind::Client(text);
    let provider = Arc::new(provider());
    let chain = match roots {
        None => None,
        Some(roots) => Some(
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                .build()
                .map_err(|error| failed(error.to_string()))?,
        ),
    };
    let verifier = Arc::new(Verifier { chain, provider: provider.clone() });
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth())
}

/// The certificates of a PEM file, or of every PEM file in a directory.
fn bundle(path: &Path) -> Result<RootCertStore, String> {
    let unreadable = |error: std::io::Error| format!("cannot read the CA bundle: {error}");
    let mut roots = RootCertStore::empty();
    if fs::metadata(path).map_err(unreadable)?.is_dir() {
        for entry in fs::read_dir(path).map_err(unreadable)? {
            let file = entry.map_err(unreadable)?.path();
            // A directory of roots also holds indexes and links to nowhere; only what can be read counts.
            if let Ok(pem) = fs::read(&file) {
                roots.add_parsable_certificates(CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok));
            }
        }
    } else {
        let pem = fs::read(path).map_err(unreadable)?;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| format!("the CA bundle is not PEM: {error}"))?;
            roots.add_parsable_certificates([certificate]);
        }
    }
    if roots.is_empty() { Err("the CA bundle holds no certificate".to_owned()) } else { Ok(roots) }
}

/// Checks chain and name with webpki and says whose certificate was refused; without a chain it accepts everything
/// (`--no-verify-ssl`), signatures of the handshake excepted.
#[derive(Debug)]
struct Verifier {
    chain: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now).map_err(|error| {
            let refused = Refused::new(&error, end_entity, server_name);
            rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refused))))
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
