//! Computes the AWS Signature Version 4 of a request that arrived, to compare with the one it carries.
//!
//! The steps are implemented again on purpose, so that the test does not rely on the signer under test.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// The parts of an `Authorization` header that are named in a signature.
pub(crate) struct Signed<'a> {
    pub(crate) key_id: &'a str,
    pub(crate) day: &'a str,
    /// `region/service/aws4_request`.
    pub(crate) scope: &'a str,
    /// Semicolons between.
    pub(crate) headers: &'a str,
    pub(crate) signature: &'a str,
}

/// A request as it arrived.
pub(crate) struct Arrived<'a> {
    pub(crate) method: &'a str,
    pub(crate) target: &'a str,
    pub(crate) headers: &'a [(String, String)],
    pub(crate) body: &'a [u8],
}

impl<'a> Signed<'a> {
    pub(crate) fn parse(authorization: &'a str) -> Option<Self> {
        let mut fields = authorization.strip_prefix("AWS4-HMAC-SHA256 ")?.split(',').map(str::trim);
        let credential = fields.next()?.strip_prefix("Credential=")?;
        let headers = fields.next()?.strip_prefix("SignedHeaders=")?;
        let signature = fields.next()?.strip_prefix("Signature=")?;
        let (key_id, rest) = credential.split_once('/')?;
        let (day, scope) = rest.split_once('/')?;
        Some(Self { key_id, day, scope, headers, signature })
    }

    /// Whether the request was signed with this secret access key.
    pub(crate) fn fits(&self, request: &Arrived<'_>, secret: &str) -> bool {
        let (path, query) = request.target.split_once('?').unwrap_or((request.target, ""));
        let header = |wanted: &str| {
            let found = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.as_str()).unwrap_or_default()
        };
        let mut canonical = format!("{}\n{path}\n{query}\n", request.method);
        for name in self.headers.split(';') {
            let value = header(name);
            let _ = writeln!(canonical, "{name}:{}", value.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        let _ = write!(canonical, "\n{}\n{}", self.headers, hex(&Sha256::digest(request.body)));
        let date = header("x-amz-date");
        let canonical = hex(&Sha256::digest(canonical));
        let text = format!("AWS4-HMAC-SHA256\n{date}\n{}/{}\n{canonical}", self.day, self.scope);
        let words = [self.day].into_iter().chain(self.scope.split('/'));
        let key = words.fold(format!("AWS4{secret}").into_bytes(), |key, word| hmac(&key, word));
        hex(&hmac(&key, &text)) == self.signature
    }
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.chain_update(text).finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}
