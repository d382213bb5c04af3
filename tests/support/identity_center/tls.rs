//! A certificate authority for one run, and the server certificate it signs for loopback names.
//!
//! The authority's certificate is what `AWS_CA_BUNDLE` and `--ca-bundle` get. Imports nothing of ours.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The server side of TLS for `localhost` and 127.0.0.1, and the authority's certificate in PEM.
pub(super) fn new_authority() -> Result<(Arc<ServerConfig>, String), Box<dyn std::error::Error>> {
    let authority_key = KeyPair::generate()?;
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "Local Identity Center CA");
    let authority_pem = authority.self_signed(&authority_key)?.pem();
    let issuer = Issuer::new(authority, authority_key);

    let key = KeyPair::generate()?;
    let mut server = CertificateParams::new(vec!["localhost".into(), "127.0.0.1".into()])?;
    server.distinguished_name.push(DnType::CommonName, "Local Identity Center");
    let certificate = server.signed_by(&key, &issuer)?;
    let provider = Arc::new(provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )?;
    Ok((Arc::new(config), authority_pem))
}

/// The cryptography that the package was built with.
fn provider() -> rustls::crypto::CryptoProvider {
    #[cfg(feature = "ring")]
    return rustls::crypto::ring::default_provider();
    #[cfg(not(feature = "ring"))]
    rustls::crypto::aws_lc_rs::default_provider()
}
