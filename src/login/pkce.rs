//! Proof Key for Code Exchange (RFC 7636) and the authorization request (RFC 6749 section 4.1.1).
//!
//! The verifier never leaves the process before the exchange; the challenge and the state go into the URL. The URL has
//! AWS's own order and spelling: the parameter is `scopes`, in the plural. The answer is awaited in `loopback`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::utf8_percent_encode;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

use crate::endpoint::NOT_UNRESERVED;
use crate::error::Error;
use crate::secret::Secret;

/// The secret of one authorization request: 64 unreserved characters (RFC 7636 section 4.1).
pub(super) struct CodeVerifier(Secret);

/// The anti-forgery value of one authorization request (RFC 6749 section 10.12): 128 random bits.
#[derive(Debug, Clone)]
pub(super) struct State(Secret);

impl CodeVerifier {
    /// A random one.
    pub(super) fn random() -> Result<Self, Error> {
        Ok(Self::from_bytes(&random_bytes::<48>()?))
    }

    /// The unpadded base64url text of these octets.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        Self(Secret::new(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The text, for the token request.
    pub(super) fn secret(&self) -> &Secret {
        &self.0
    }

    /// The code challenge: the verifier's SHA-256 in unpadded base64url, method `S256` (RFC 7636 section 4.2).
    pub(super) fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.expose()))
    }
}

impl State {
    /// A random one.
    pub(super) fn random() -> Result<Self, Error> {
        Ok(Self(Secret::new(URL_SAFE_NO_PAD.encode(random_bytes::<16>()?))))
    }

    /// The text, for the authorization request.
    pub(super) fn as_str(&self) -> &str {
        self.0.expose()
    }

    /// Whether an answer carries this state; takes the same time wherever the first difference is.
    pub(super) fn equals(&self, other: &str) -> bool {
        self.0.expose().as_bytes().ct_eq(other.as_bytes()).into()
    }
}

fn random_bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::other(format!("cannot get random bytes from the operating system: {error}")))?;
    Ok(bytes)
}

/// The URL of the authorization request, for the browser. `origin`: scheme and host of the OIDC endpoint; `redirect_uri`
/// has the port.
pub(super) fn authorization_url(
    origin: &str,
    client_id: &str,
    redirect_uri: &str,
    state: &State,
    challenge: &str,
    scopes: &[String],
) -> String {
    let scopes = scopes.join(" ");
    let parameters = [
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", redirect_uri),
        ("state", state.as_str()),
        ("code_challenge_method", "S256"),
        ("scopes", &scopes),
        ("code_challenge", challenge),
    ];
    let encoded = parameters.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NOT_UNRESERVED)));
    format!("{origin}/authorize?{}", encoded.join("&"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{CodeVerifier, State, authorization_url};

    #[test]
    fn rfc_7636_appendix_b() {
        let octets = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105, 214, 191,
            240, 91, 88, 5, 88, 83, 132, 141, 121,
        ];
        let verifier = CodeVerifier::from_bytes(&octets);
        assert_eq!(verifier.secret().expose(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn every_attempt_has_its_own_verifier_and_state() {
        let mut seen = HashSet::new();
        for _ in 0..10_000 {
            let verifier = CodeVerifier::random().unwrap();
            let text = verifier.secret().expose();
            assert_eq!(text.len(), 64);
            assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b)), "{text}");
            assert!(seen.insert(text.to_owned()));
            assert!(seen.insert(State::random().unwrap().as_str().to_owned()));
        }
    }

    #[test]
    fn a_state_equals_only_itself() {
        let state = State::random().unwrap();
        let text = state.as_str().to_owned();
        assert!(state.equals(&text));
        assert!(!state.equals(""));
        assert!(!state.equals(&text[1..]));
        assert!(!state.equals(&format!("{text}x")));
        assert!(!state.equals(&text.to_ascii_uppercase().replace(char::is_numeric, "x")));
    }

    #[test]
    fn the_url_has_the_order_and_spelling_of_aws() {
        let verifier = CodeVerifier::from_bytes(&[0; 32]);
        let (state, challenge) = (State::random().unwrap(), verifier.challenge());
        let url = authorization_url(
            "https://oidc.us-east-1.amazonaws.com",
            "CLIENT 1",
            "http://127.0.0.1:1234/oauth/callback",
            &state,
            &challenge,
            &["sso:account:access".to_owned(), "a+b&c~d".to_owned()],
        );
        assert_eq!(
            url,
            format!(
                "https://oidc.us-east-1.amazonaws.com/authorize?response_type=code&client_id=CLIENT%201&redirect_uri=http%3A%2F%2F127.0.0.1%3A1234%2Foauth%2Fcallback&state={}&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess%20a%2Bb%26c~d&code_challenge={}",
                state.as_str(),
                challenge
            )
        );
    }
}
