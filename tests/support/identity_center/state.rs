//! What the Identity Center knows: clients, pending authorizations, codes, sessions and tokens, and its settings.
//!
//! Codes are single-use, refresh tokens retire on use, everything expires, a sign-out ends its session. Rules of a
//! single endpoint live in the endpoint's file.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::fault::{Fault, invalid_client};

/// How and when an authorization request is approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Approval {
    /// A person (or a `UserAgent`, or the test) on the page of the request.
    ByPerson,
    /// Requests are approved automatically, so the first poll succeeds and the page redirects immediately.
    AtOnce,
    /// A quick person: it is approved after that many polls were answered with `AuthorizationPendingException`.
    AfterPolls(u32),
}

/// Lifetimes, and the values of `expiresIn` and similar members.
#[derive(Debug, Clone)]
pub(crate) struct Lifetimes {
    /// Client registrations: 90 days at AWS.
    pub(crate) client: Duration,
    /// Device and user codes: 10 minutes at AWS.
    pub(crate) device_code: Duration,
    /// Authorization codes.
    pub(crate) authorization_code: Duration,
    /// Access tokens of a session: 8 hours by default at AWS, an hour when it can be refreshed.
    pub(crate) access_token: Duration,
    /// Lifetime of the session, and of its last refresh token.
    pub(crate) session: Duration,
    /// Role credentials.
    pub(crate) role_credentials: Duration,
}

/// An AWS access key that may sign create-token-with-iam.
#[derive(Debug, Clone)]
pub(crate) struct AccessKey {
    /// `AWS_ACCESS_KEY_ID`.
    pub(crate) id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub(crate) secret: String,
    /// `AWS_SESSION_TOKEN`.
    pub(crate) session_token: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) start_url: String,
    pub(super) region: String,
    pub(super) approval: Approval,
    pub(super) interval: Option<i64>,
    pub(super) strict_polling: bool,
    pub(super) rotates_refresh_tokens: bool,
    pub(super) lifetimes: Lifetimes,
    pub(super) supported_scopes: Option<Vec<String>>,
    pub(super) access_keys: Vec<AccessKey>,
    pub(super) application_arn: String,
    /// How many lists of accounts and roles it gives in a second.
    pub(super) lists_per_second: Option<usize>,
    /// How long a page of a list is, at most.
    pub(super) page_size: usize,
    /// Account, its name, its roles.
    pub(super) entitlements: BTreeMap<String, (String, Vec<String>)>,
}

#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) secret: String,
    pub(super) name: String,
    pub(super) scopes: Vec<String>,
    pub(super) grant_types: Vec<String>,
    pub(super) redirect_uris: Vec<String>,
    pub(super) expires: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Open,
    Approved,
    Denied,
    Spent,
}

#[derive(Debug, Clone)]
pub(super) struct DeviceAuthorization {
    pub(super) device_code: String,
    pub(super) user_code: String,
    pub(super) client_id: String,
    pub(super) decision: Decision,
    pub(super) polls: u32,
    pub(super) last_poll: Option<Instant>,
    pub(super) interval: Duration,
    pub(super) expires: Instant,
}

/// An authorization request whose page is shown.
#[derive(Debug, Clone)]
pub(super) struct AuthorizationRequest {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) state: String,
    pub(super) scopes: Vec<String>,
    pub(super) code_challenge: String,
}

#[derive(Debug, Clone)]
pub(super) struct AuthorizationCode {
    pub(super) request: AuthorizationRequest,
    pub(super) expires: Instant,
    pub(super) spent: bool,
}

/// A session, created by an approval.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) client_id: String,
    pub(super) scopes: Vec<String>,
    pub(super) refreshable: bool,
    pub(super) expires: Instant,
    pub(super) ended: bool,
}

#[derive(Debug, Clone)]
pub(super) struct AccessToken {
    pub(super) session: usize,
    pub(super) expires: Instant,
}

#[derive(Debug, Clone)]
pub(super) struct RefreshToken {
    pub(super) session: usize,
    pub(super) retired: bool,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) settings: Settings,
    /// Where this Identity Center is served, `http://127.0.0.1:PORT`.
    pub(super) base: String,
    pub(super) clients: HashMap<String, Client>,
    pub(super) device_authorizations: Vec<DeviceAuthorization>,
    pub(super) authorization_requests: HashMap<String, AuthorizationRequest>,
    pub(super) authorization_codes: HashMap<String, AuthorizationCode>,
    pub(super) sessions: Vec<Session>,
    pub(super) access_tokens: HashMap<String, AccessToken>,
    pub(super) refresh_tokens: HashMap<String, RefreshToken>,
    pub(super) spent_assertions: Vec<String>,
    /// When lists were given, within the last second.
    pub(super) lists: Vec<Instant>,
    /// All secrets that were issued or received.
    pub(super) secrets: Vec<String>,
}

/// A pair of tokens, as `CreateToken` answers it.
#[derive(Debug, Clone)]
pub(super) struct Tokens {
    pub(super) access_token: String,
    pub(super) expires_in: u64,
    pub(super) refresh_token: Option<String>,
}

impl State {
    pub(super) fn new() -> Self {
        let hour = Duration::from_hours(1);
        let settings = Settings {
            start_url: "https://d-1234567890.awsapps.com/start".into(),
            region: "us-east-1".into(),
            approval: Approval::ByPerson,
            interval: Some(1),
            strict_polling: true,
            rotates_refresh_tokens: true,
            lifetimes: Lifetimes {
                client: 90 * 24 * hour,
                device_code: hour / 6,
                authorization_code: hour / 6,
                access_token: 8 * hour,
                session: 7 * 24 * hour,
                role_credentials: hour,
            },
            supported_scopes: None,
            access_keys: Vec::new(),
            application_arn: "arn:aws:sso::111122223333:application/ssoins-1234567890abcdef/apl-1234567890abcdef"
                .into(),
            lists_per_second: None,
            page_size: 100,
            entitlements: BTreeMap::from([(
                "111122223333".into(),
                ("Development".into(), vec!["Developer".into(), "ReadOnly".into()]),
            )]),
        };
        Self {
            settings,
            base: String::new(),
            clients: HashMap::new(),
            device_authorizations: Vec::new(),
            authorization_requests: HashMap::new(),
            authorization_codes: HashMap::new(),
            sessions: Vec::new(),
            access_tokens: HashMap::new(),
            refresh_tokens: HashMap::new(),
            spent_assertions: Vec::new(),
            lists: Vec::new(),
            secrets: Vec::new(),
        }
    }

    /// A new secret that starts with `prefix`.
    pub(super) fn new_secret(&mut self, prefix: &str) -> String {
        let secret = format!("{prefix}{}", random_word());
        self.secrets.push(secret.clone());
        secret
    }

    /// The client that proves to be `id`.
    pub(super) fn client(&self, id: &str, secret: &str) -> Result<&Client, Fault> {
        let client = self.clients.get(id).ok_or_else(|| invalid_client("The client does not exist"))?;
        if client.secret != secret {
            return Err(invalid_client("The clientSecret is not that of the client"));
        }
        if client.expires <= Instant::now() {
            return Err(invalid_client("The client registration has expired"));
        }
        Ok(client)
    }

    /// Creates a session and returns its first tokens.
    pub(super) fn open_session(&mut self, client_id: &str, scopes: Vec<String>, refreshable: bool) -> Tokens {
        self.sessions.push(Session {
            client_id: client_id.into(),
            scopes,
            refreshable,
            expires: Instant::now() + self.settings.lifetimes.session,
            ended: false,
        });
        self.new_tokens(self.sessions.len() - 1)
    }

    /// New tokens for an open session.
    pub(super) fn new_tokens(&mut self, session: usize) -> Tokens {
        let lifetime = self.settings.lifetimes.access_token;
        let access_token = self.new_secret("aoaAAAAA");
        self.access_tokens.insert(access_token.clone(), AccessToken { session, expires: Instant::now() + lifetime });
        let refresh_token = self.sessions[session].refreshable.then(|| self.new_secret("aorAAAAA"));
        if let Some(token) = &refresh_token {
            self.refresh_tokens.insert(token.clone(), RefreshToken { session, retired: false });
        }
        Tokens { access_token, expires_in: lifetime.as_secs(), refresh_token }
    }

    /// Ends a session with all its tokens.
    pub(super) fn end_session(&mut self, session: usize) {
        self.sessions[session].ended = true;
    }

    /// The session of an access token that is still good.
    pub(super) fn session_of(&self, access_token: &str) -> Option<usize> {
        let token = self.access_tokens.get(access_token).filter(|token| token.expires > Instant::now())?;
        Some(token.session).filter(|session| !self.sessions[*session].ended)
    }
}

/// 128 random bits in hexadecimal.
pub(super) fn random_word() -> String {
    format!("{:032x}", u128::from_be_bytes(random_bytes()))
}

/// A request id as AWS's front end gives them: a UUID.
pub(super) fn random_request_id() -> String {
    let word = random_word();
    format!("{}-{}-{}-{}-{}", &word[..8], &word[8..12], &word[12..16], &word[16..20], &word[20..])
}

/// A user code in AWS's form, `BCDF-GHJK`: without vowels, so that it is never a word.
pub(super) fn random_user_code() -> String {
    let letters = b"BCDFGHJKLMNPQRSTVWXZ";
    let code: String = random_bytes()[..8].iter().map(|byte| char::from(letters[usize::from(*byte) % 20])).collect();
    format!("{}-{}", &code[..4], &code[4..])
}

fn random_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// Seconds since 1970, now.
#[expect(clippy::disallowed_methods, reason = "the Identity Center is a shared of its own, with its own clock")]
pub(super) fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
