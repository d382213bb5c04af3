//! TLS 1.2 and 1.3 by rustls: the provider, the root certificates and their verifier.
//!
//! The roots are Mozilla's, built in like those of the AWS CLI; a CA bundle replaces them. The operating system's roots,
//! where companies install their own, take time to load and are read only when an issuer is not among the built-in ones.
//! Messages for refused certificates are in `certificate`.

use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme};

use super::ca_bundle::{self, Roots};
use super::{CaBundle, HttpErrorKind, HttpOptions, SystemRoots, certificate};
use crate::context::ssl_cert_file;
use crate::files;

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

/// Reads the roots of the operating system, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name instead.
/// Unreadable roots are skipped.
pub(super) fn system_roots() -> Vec<CertificateDer<'static>> {
    let mut found = rustls_native_certs::load_native_certs();
    // Its PEM reader misses a certificate after a byte order mark.
    let named = ssl_cert_file().and_then(|path| files::read_bytes(path.as_ref()).ok()).unwrap_or_default();
    if named.windows(3).any(|bytes| bytes == "\u{feff}".as_bytes()) {
        found.certs.extend(ca_bundle::certificates(&named).into_iter().flatten());
    }
    for error in &found.errors {
        log::debug!("roots of the system: {error}");
    }
    log::debug!("the built-in roots do not know the issuer; the system has {} roots", found.certs.len());
    found.certs
}

/// The TLS configuration of a client. One that never uses TLS gets empty roots, because reqwest would load the system's.
pub(super) fn config(options: &HttpOptions, uses_tls: bool) -> Result<ClientConfig, HttpErrorKind> {
    let unsendable = |error: rustls::Error| HttpErrorKind::Unsendable(error.to_string());
    let provider = Arc::new(provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(unsendable)?;
    if !uses_tls {
        return Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth());
    }
    let trust = match &options.ca_bundle {
        _ if !options.verify => Trust::default(),
        Some(chosen) => {
            let unusable = |why| HttpErrorKind::CaBundle(Box::new(chosen.clone()), why);
            Trust::of_bundle(chosen, ca_bundle::read(&chosen.path).map_err(unusable)?)
        }
        None => Trust::built_in(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect(), options.system_roots),
    };
    let verifier = Verifier::new(trust, provider).map_err(HttpErrorKind::Unsendable)?;
    Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}

/// Which certificates are accepted; the default accepts every one.
#[derive(Debug, Default)]
struct Trust {
    roots: Option<RootCertStore>,
    /// Reads the system's roots; absent with a CA bundle.
    system_roots: Option<SystemRoots>,
    /// The message and hint for an unknown issuer.
    unknown_issuer: (String, String),
}

impl Trust {
    fn built_in(roots: RootCertStore, system_roots: SystemRoots) -> Self {
        let message = "the issuer is in neither the built-in nor the system's root certificates";
        let hint = "if a proxy intercepts TLS, install the certificate of its CA in the system, or pass it with \
                    --ca-bundle, AWS_CA_BUNDLE or ca_bundle, which replaces all other root certificates";
        let unknown_issuer = (message.to_owned(), hint.to_owned());
        Self { roots: Some(roots), system_roots: Some(system_roots), unknown_issuer }
    }

    fn of_bundle(CaBundle { path, origin }: &CaBundle, Roots { store, unusable }: Roots) -> Self {
        let mut message = "the issuer is not in the CA bundle".to_owned();
        if unusable > 0 {
            message = format!("{message} ({unusable} of its certificates have an unsupported format)");
        }
        let path = path.display();
        let hint = format!(
            "add the issuer's certificate to the CA bundle {path} ({origin}), which replaces all other root certificates, or set no CA bundle"
        );
        Self { roots: Some(store), system_roots: None, unknown_issuer: (message, hint) }
    }
}

/// Verifies chain and name with webpki and names a refused certificate; without a chain it accepts every certificate
/// (`--no-verify-ssl`), but still verifies the signatures of the handshake.
#[derive(Debug)]
struct Verifier {
    trust: Trust,
    chain: Option<Arc<WebPkiServerVerifier>>,
    /// The verifier with the system's roots, once they were needed; `None` when there are none.
    system: OnceLock<Option<Arc<WebPkiServerVerifier>>>,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    fn new(mut trust: Trust, provider: Arc<CryptoProvider>) -> Result<Self, String> {
        let build = |roots| WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build();
        let chain = trust.roots.take().map(build).transpose().map_err(|error| error.to_string())?;
        Ok(Self { trust, chain, system: OnceLock::new(), provider })
    }

    /// The verifier with the system's roots, which are read at the first call.
    fn system(&self) -> Option<&Arc<WebPkiServerVerifier>> {
        let read = self.trust.system_roots?;
        let chain = self.system.get_or_init(|| {
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(read());
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), self.provider.clone()).build().ok()
        });
        chain.as_ref()
    }
}

fn is_unknown_issuer(error: &rustls::Error) -> bool {
    matches!(error, rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer))
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
        let verdict = |chain: &WebPkiServerVerifier| {
            chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        };
        let outcome = match verdict(chain) {
            Err(error) if is_unknown_issuer(&error) => self.system().map_or(Err(error), |system| verdict(system)),
            outcome => outcome,
        };
        outcome.map_err(|error| {
            let unknown_issuer = is_unknown_issuer(&error).then_some(&self.trust.unknown_issuer);
            let refused = certificate::refused(&error, end_entity, server_name, unknown_issuer);
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use rustls::client::danger::ServerCertVerifier as _;
    use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
    use rustls::{CertificateError, RootCertStore};

    use super::{CaBundle, Roots, SystemRoots, Trust, Verifier, provider};

    /// An authority and a server certificate by it.
    fn pair(name: &str) -> (CertificateDer<'static>, CertificateDer<'static>) {
        let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        authority.distinguished_name.push(rcgen::DnType::CommonName, name);
        let authority = rcgen::CertifiedIssuer::self_signed(authority, rcgen::KeyPair::generate().unwrap()).unwrap();
        let server = rcgen::CertificateParams::new(vec!["h.example".to_owned()]).unwrap();
        let server = server.signed_by(&rcgen::KeyPair::generate().unwrap(), &authority).unwrap();
        (authority.der().clone(), server.der().clone())
    }

    fn verdict(verifier: &Verifier, server: &CertificateDer<'_>, name: &str) -> Result<(), String> {
        let name = ServerName::try_from(name).unwrap();
        let verdict = verifier.verify_server_cert(server, &[], &name, &[], UnixTime::now());
        verdict.map(drop).map_err(|error| match error {
            rustls::Error::InvalidCertificate(CertificateError::Other(why)) => why.0.to_string(),
            error => error.to_string(),
        })
    }

    fn verifier(built_in: &CertificateDer<'static>, system: Option<SystemRoots>) -> Verifier {
        let mut roots = RootCertStore::empty();
        roots.add(built_in.clone()).unwrap();
        let bundle = CaBundle { path: "ca.pem".into(), origin: "a test".to_owned() };
        let trust = match system {
            Some(system) => Trust::built_in(roots, system),
            None => Trust::of_bundle(&bundle, Roots { store: roots, unusable: 0 }),
        };
        Verifier::new(trust, Arc::new(provider())).unwrap()
    }

    #[test]
    fn the_systems_roots_are_read_once_and_only_for_an_unknown_issuer() {
        static READ: AtomicUsize = AtomicUsize::new(0);
        static COMPANY: std::sync::OnceLock<CertificateDer<'static>> = std::sync::OnceLock::new();
        fn system() -> Vec<CertificateDer<'static>> {
            READ.fetch_add(1, Ordering::SeqCst);
            COMPANY.get().cloned().into_iter().collect()
        }
        let (mozilla, known) = pair("Known");
        let (company, inside) = pair("Company");
        let (_, stranger) = pair("Stranger");
        COMPANY.set(company).unwrap();
        let asked = verifier(&mozilla, Some(system));
        verdict(&asked, &known, "h.example").unwrap();
        // Another name does not make the issuer unknown.
        assert!(verdict(&asked, &known, "other.example").unwrap_err().contains("not valid for other.example"));
        assert_eq!(READ.load(Ordering::SeqCst), 0);
        verdict(&asked, &inside, "h.example").unwrap();
        verdict(&asked, &inside, "h.example").unwrap();
        assert!(verdict(&asked, &inside, "other.example").unwrap_err().contains("not valid for other.example"));
        let words = verdict(&asked, &stranger, "h.example").unwrap_err();
        assert!(words.contains("the issuer is in neither the built-in nor the system's root certificates"), "{words}");
        assert_eq!(READ.load(Ordering::SeqCst), 1);
        let bundle = verifier(&mozilla, None);
        let words = verdict(&bundle, &inside, "h.example").unwrap_err();
        assert!(words.contains("the issuer is not in the CA bundle"), "{words}");
        assert_eq!(READ.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn unknown_issuer_without_system_roots() {
        let (mozilla, _) = pair("Known");
        let (_, stranger) = pair("Stranger");
        let words = verdict(&verifier(&mozilla, Some(Vec::new)), &stranger, "h.example").unwrap_err();
        assert!(words.contains("unable to get local issuer certificate"), "{words}");
    }
}
