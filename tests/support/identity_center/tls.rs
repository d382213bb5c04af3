//! A certificate authority made for one run, and the server certificates it signs.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A server certificate with its key, and the authority that signed it.
pub(crate) struct Identity {
    /// The server's side of TLS.
    pub(crate) config: Arc<ServerConfig>,
    /// The authority's certificate in PEM, for `AWS_CA_BUNDLE` and `--ca-bundle`.
    pub(crate) authority: String,
}

impl Identity {
    /// A certificate for these names, signed by a new authority named `Test Authority`.
    pub(crate) fn new<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Self::issued_by("Test Authority", names, 4096)
    }

    /// A certificate for these names, signed by an authority of this name, valid until the end of a year.
    pub(crate) fn issued_by<N: Into<String>>(authority: &str, names: impl IntoIterator<Item = N>, year: i32) -> Self {
        let authority = self::authority(CertificateParams::default(), authority);

        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let mut params = CertificateParams::new(names).expect("the names are host names or addresses");
        params.distinguished_name.push(DnType::CommonName, "Test Server");
        params.not_after = date_time_ymd(year, 12, 31);
        let key = KeyPair::generate().expect("a key can be made");
        let certificate = params.signed_by(&key, &authority).expect("a certificate can be signed");
        Self { config: config(certificate.der(), &key), authority: authority.pem() }
    }

    /// The certificate of an authority for these names, which the server uses itself, like `openssl req -x509` makes it.
    pub(crate) fn of_an_authority<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let params = CertificateParams::new(names).expect("the names are host names or addresses");
        let authority = authority(params, "Test Server");
        Self { config: config(authority.der(), authority.key()), authority: authority.pem() }
    }
}

fn authority(mut params: CertificateParams, name: &str) -> CertifiedIssuer<'static, KeyPair> {
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().expect("a key can be made");
    CertifiedIssuer::self_signed(params, key).expect("an authority can be made")
}

fn config(certificate: &CertificateDer<'static>, key: &KeyPair) -> Arc<ServerConfig> {
    let config = ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows the default versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .expect("the key fits the certificate");
    Arc::new(config)
}

/// The cryptography that the package was built with.
fn provider() -> rustls::crypto::CryptoProvider {
    #[cfg(feature = "ring")]
    return rustls::crypto::ring::default_provider();
    #[cfg(not(feature = "ring"))]
    rustls::crypto::aws_lc_rs::default_provider()
}
