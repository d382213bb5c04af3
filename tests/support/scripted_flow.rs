//! One fault at one step of a flow: a scripted server, the program as a process, and the outcome.
//!
//! Every secret contains [`CANARY`], so that one search finds any in the wrong place. The test is the browser.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use sso_oidc::internal::{RegistrationKey, TokenCache};

use crate::support::identity_center::{Identity, Transport};
use crate::support::process::{Run, Running};
use crate::support::scripted_server::{ScriptedServer, Step, bytes, json as answer};
use crate::support::{TestEnv, UserAgent};

/// Part of every secret in the cache, in responses and in browser requests.
pub(crate) const CANARY: &str = "Kanarienvogel";

/// The points of the flows at which a call can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    /// `login`: `RegisterClient`.
    Registration,
    /// `login`: `StartDeviceAuthorization`.
    DeviceAuthorization,
    /// `login`: `CreateToken` in the device code flow, after the prompt.
    Poll,
    /// `login`: `CreateToken` with the authorization code.
    Exchange,
    /// `token`: `CreateToken` with a refresh token; the old token has expired.
    Refresh,
    /// The same, and the old token has ten minutes left.
    EarlyRefresh,
    /// `export-credentials`: the portal's `GetRoleCredentials`.
    Role,
    /// `logout`: the portal's `Logout`.
    Logout,
}

impl Point {
    pub(crate) const ALL: [Self; 8] = [
        Self::Registration,
        Self::DeviceAuthorization,
        Self::Poll,
        Self::Exchange,
        Self::Refresh,
        Self::EarlyRefresh,
        Self::Role,
        Self::Logout,
    ];

    /// Whether the call requests a token.
    pub(crate) fn asks_for_a_token(self) -> bool {
        matches!(self, Self::Poll | Self::Exchange | Self::Refresh | Self::EarlyRefresh)
    }

    /// Whether the call is one of the OIDC service.
    pub(crate) fn is_oidc(self) -> bool {
        !matches!(self, Self::Role | Self::Logout)
    }

    /// The operation, by the model's name.
    pub(crate) fn operation(self) -> &'static str {
        match self {
            Self::Registration => "RegisterClient",
            Self::DeviceAuthorization => "StartDeviceAuthorization",
            Self::Role => "GetRoleCredentials",
            Self::Logout => "Logout",
            _ => "CreateToken",
        }
    }

    fn words(self) -> Vec<&'static str> {
        let device = ["login", "--sso-session", "corp", "--flow", "device-code", "--no-browser", "--no-qr"];
        match self {
            Self::Registration | Self::DeviceAuthorization | Self::Poll => device.to_vec(),
            Self::Exchange => {
                vec!["login", "--sso-session", "corp", "--flow", "authorization-code", "--no-browser"]
            }
            Self::Refresh | Self::EarlyRefresh => vec!["token", "--sso-session", "corp"],
            Self::Role => vec!["export-credentials", "--profile", "dev"],
            Self::Logout => vec!["logout"],
        }
    }

    /// The good answers before.
    fn prologue(self) -> Vec<Step> {
        match self {
            Self::DeviceAuthorization | Self::Exchange => vec![registration()],
            Self::Poll => vec![registration(), device_authorization(), pending()],
            _ => Vec::new(),
        }
    }
}

fn good(body: &serde_json::Value) -> Step {
    // One connection per response, so that each can be replaced.
    answer(200, &["Connection: close"], &body.to_string())
}

fn registration() -> Step {
    good(&json!({
        "clientId": "client-1",
        "clientSecret": format!("{CANARY}-client-secret"),
        "clientIdIssuedAt": 1_700_000_000,
        "clientSecretExpiresAt": 4_000_000_000_u64,
    }))
}

pub(crate) fn device_authorization() -> Step {
    good(&json!({
        "deviceCode": format!("{CANARY}-device-code"),
        "userCode": "ABCD-EFGH",
        "verificationUri": "https://device.sso.us-east-1.amazonaws.com/",
        "verificationUriComplete": "https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH",
        "expiresIn": 6,
        "interval": 1,
    }))
}

fn pending() -> Step {
    answer(400, &["Connection: close", "x-amzn-ErrorType: AuthorizationPendingException"], "{}")
}

/// The token that all of them would get.
pub(crate) fn token_body() -> serde_json::Value {
    json!({
        "accessToken": format!("{CANARY}-new-access-token"),
        "expiresIn": 28800,
        "refreshToken": format!("{CANARY}-new-refresh-token"),
        "tokenType": "Bearer",
        "idToken": format!("{CANARY}-id-token"),
    })
}

/// The good answer to the call.
pub(crate) fn good_body(point: Point) -> serde_json::Value {
    match point {
        Point::Role => json!({"roleCredentials": {
            "accessKeyId": format!("{CANARY}KEYID"),
            "secretAccessKey": format!("{CANARY}KEY"),
            "sessionToken": format!("{CANARY}SESSION"),
            "expiration": 4_000_000_000_000_u64,
        }}),
        Point::Logout => json!({}),
        Point::Registration => json!({
            "clientId": "client-1", "clientSecret": format!("{CANARY}-client-secret"),
            "clientSecretExpiresAt": 4_000_000_000_u64,
        }),
        Point::DeviceAuthorization => json!({
            "deviceCode": format!("{CANARY}-device-code"), "userCode": "ABCD-EFGH",
            "verificationUri": "https://device.sso.us-east-1.amazonaws.com/", "expiresIn": 6, "interval": 1,
        }),
        _ => token_body(),
    }
}

/// How the program reaches the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Connection {
    /// Plain HTTP.
    Plain,
    /// Plain HTTP, and the port is closed after the script.
    Closing,
    /// HTTPS with a certificate of [`Identities::own`].
    Tls,
    /// HTTPS through a proxy.
    Proxy,
    /// The same, and the proxy is gone after the script.
    DyingProxy,
    /// A host name that does not exist.
    Nowhere,
}

impl Connection {
    /// Whether the host is reached through a proxy.
    pub(crate) fn is_proxy(self) -> bool {
        matches!(self, Self::Proxy | Self::DyingProxy)
    }

    /// Whether the port is closed after the script.
    pub(crate) fn closes(self) -> bool {
        matches!(self, Self::Closing | Self::DyingProxy)
    }

    /// What listens on the server's port.
    pub(crate) fn transport(self, identities: &Identities) -> Transport {
        match self {
            Self::Tls => Transport::Tls(identities.own.config.clone()),
            Self::Proxy | Self::DyingProxy => Transport::Proxy(identities.own.config.clone()),
            Self::Plain | Self::Closing | Self::Nowhere => Transport::Plain,
        }
    }
}

/// The certificates of the case; made once, they take longer than a run.
pub(crate) struct Identities {
    pub(crate) own: Identity,
    pub(crate) stranger: Identity,
    pub(crate) expired: Identity,
    pub(crate) other_name: Identity,
}

impl Identities {
    pub(crate) fn new() -> Self {
        let names = ["127.0.0.1", "oidc.test.example", "portal.test.example"];
        Self {
            own: Identity::new(names),
            stranger: Identity::issued_by("Test Stranger", names, 4096),
            expired: Identity::issued_by("Test Authority 2", names, 2001),
            other_name: Identity::issued_by("Test Authority 3", ["other.example"], 4096),
        }
    }

    /// All but the stranger's authority.
    fn bundle(&self) -> String {
        [&self.own, &self.expired, &self.other_name].map(|identity| identity.authority.as_str()).concat()
    }
}

/// A case: where the call fails, what happens instead of its answer, and the connection there.
pub(crate) struct FaultCase<'a> {
    pub(crate) point: Point,
    pub(crate) connection: Connection,
    /// The step instead of this response, and of those to later attempts.
    pub(crate) steps: Vec<Step>,
    /// Additional arguments.
    pub(crate) words: Vec<&'a str>,
    pub(crate) identities: &'a Identities,
}

/// The results of a case.
pub(crate) struct Outcome {
    pub(crate) run: Run,
    /// Connections for the call.
    pub(crate) attempts: usize,
    /// The URL of the call, without scheme.
    pub(crate) host: String,
    /// The last page in the browser.
    pub(crate) page: Option<String>,
    pub(crate) before: BTreeMap<String, String>,
    pub(crate) after: BTreeMap<String, String>,
}

impl FaultCase<'_> {
    /// Runs the case.
    pub(crate) fn run(self) -> Outcome {
        // An unknown host name fails at the first call.
        let prologue = if self.connection == Connection::Nowhere { Vec::new() } else { self.point.prologue() };
        let good_calls = prologue.len();
        let steps = prologue.into_iter().chain(self.steps.iter().cloned()).collect();
        let server =
            ScriptedServer::start(steps, &self.connection.transport(self.identities), self.connection.closes());
        let (mut env, host) = self.fixture(&server);
        set_up(&mut env, self.point);
        if self.connection == Connection::Nowhere {
            register(&env, self.point);
        }
        let before = cache(&env);
        let words = self.point.words();
        let mut running = env.spawn(words.iter().chain(&self.words).copied());
        let page = (self.point == Point::Exchange).then(|| come_back(&mut running));
        let run = running.finish();
        Outcome {
            run,
            attempts: server.connections() - good_calls.min(server.connections()),
            host,
            page,
            before,
            after: cache(&env),
        }
    }

    fn fixture(&self, server: &ScriptedServer) -> (TestEnv, String) {
        let mut env = TestEnv::new();
        env.config(
            "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n\n\
             [sso-session corp]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = us-east-1\n",
        );
        env.write("ca.pem", self.identities.bundle());
        let bundle = env.home().join("ca.pem");
        env.set("AWS_CA_BUNDLE", bundle).set("SSO_OIDC_INTERACTIVE", "always");
        let host = match self.connection {
            Connection::Proxy | Connection::DyingProxy if self.point.is_oidc() => "oidc.test.example".to_owned(),
            Connection::Proxy | Connection::DyingProxy => "portal.test.example".to_owned(),
            Connection::Nowhere => "no-such-host.invalid".to_owned(),
            _ => server.address.to_string(),
        };
        if self.connection.is_proxy() {
            env.set("HTTPS_PROXY", format!("http://user:{CANARY}-proxy-password@{}", server.address));
        }
        let scheme = if self.connection == Connection::Tls || self.connection.is_proxy() { "https" } else { "http" };
        let url = format!("{scheme}://{host}");
        env.set("AWS_ENDPOINT_URL_SSO_OIDC", &url).set("AWS_ENDPOINT_URL_SSO", &url);
        (env, host)
    }
}

/// A token in the cache, as old as the point needs it.
fn set_up(env: &mut TestEnv, point: Point) {
    let now = time::UtcDateTime::from(std::fs::metadata(env.home()).unwrap().modified().unwrap()).unix_timestamp();
    let ends = match point {
        Point::EarlyRefresh => now + 600,
        Point::Role | Point::Logout => now + 7200,
        _ => now - 600,
    };
    let mut token = json!({
        "startUrl": "https://d-1234567890.awsapps.com/start",
        "region": "us-east-1",
        "accessToken": format!("{CANARY}-access-token"),
        "expiresAt": crate::support::environment::instant(u64::try_from(ends).unwrap()),
        "unknown": format!("{CANARY}-unknown"),
    });
    if matches!(point, Point::Refresh | Point::EarlyRefresh) {
        token["clientId"] = json!("client-1");
        token["clientSecret"] = json!(format!("{CANARY}-client-secret"));
        token["registrationExpiresAt"] = json!("2100-01-01T00:00:00Z");
        token["refreshToken"] = json!(format!("{CANARY}-refresh-token"));
    }
    env.write_token("corp", &token);
}

/// A registration in the cache, so that the point is that of the first call.
fn register(env: &TestEnv, point: Point) {
    let start_url = "https://d-1234567890.awsapps.com/start";
    let key = RegistrationKey::new("us-east-1", None, Some("corp"), start_url);
    let path = TokenCache::in_home(&env.home()).registration_path(&key);
    let mut document = json!({
        "clientId": "client-1", "clientSecret": format!("{CANARY}-client-secret"), "expiresAt": "2100-01-01T00:00:00Z",
    });
    match point {
        Point::DeviceAuthorization => {}
        Point::Exchange => {
            document["scopes"] = json!(["sso:account:access"]);
            document["grantTypes"] = json!(["authorization_code", "refresh_token"]);
        }
        _ => return,
    }
    let path = path.strip_prefix(env.home()).unwrap();
    env.write(path.to_str().unwrap(), sso_oidc::internal::dumps(&document, sso_oidc::internal::LINE));
}

/// The documents of both caches, without the locks.
fn cache(env: &TestEnv) -> BTreeMap<String, String> {
    let is_lock = |path: &String| path.rsplit('.').next() == Some("lock");
    let documents = env.files(".aws").into_iter().filter(|path| !is_lock(path));
    documents.map(|path| (path.clone(), env.read(&path))).collect()
}

/// Redirects the browser with a code and returns the page it gets.
fn come_back(running: &mut Running) -> String {
    let url = url::Url::parse(&running.authorization_url()).unwrap();
    let of = |name: &str| url.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned();
    let mut redirect = url::Url::parse(&of("redirect_uri")).unwrap();
    redirect.query_pairs_mut().append_pair("code", &format!("{CANARY}-code")).append_pair("state", &of("state"));
    UserAgent::new().open(redirect.as_str()).map(|page| page.body).unwrap_or_default()
}

/// A home with a token that lasts, of session `corp` and profile `dev`, and one of `old` that has ended; `vanity` has none.
pub(crate) fn two_sessions(url: &str, attempts: usize) -> TestEnv {
    let mut env = TestEnv::new();
    env.config(
        "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n\
         [sso-session corp]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = us-east-1\n\
         [sso-session old]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = us-east-1\n\
         [sso-session vanity]\nsso_start_url = https://sso.test.example/start\nsso_region = us-east-1\n",
    );
    for (name, ends) in [("corp", "2100-01-01T00:00:00Z"), ("old", "2001-01-01T00:00:00Z")] {
        env.write_token(name, &json!({
            "startUrl": "https://d-1234567890.awsapps.com/start", "region": "us-east-1", "accessToken": "t", "expiresAt": ends,
            "clientId": "c", "clientSecret": "s", "registrationExpiresAt": "2100-01-01T00:00:00Z", "refreshToken": "r",
        }));
    }
    env.set("AWS_ENDPOINT_URL_SSO_OIDC", url).set("AWS_ENDPOINT_URL_SSO", url).set("AWS_REGION", "us-east-1");
    env.set("AWS_MAX_ATTEMPTS", attempts.to_string()).set("SSO_OIDC_INTERACTIVE", "always");
    env
}

/// An answer with status, header lines and a body.
pub(crate) fn reply(status: u16, headers: &[&str], body: &str) -> Step {
    let mut text = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for header in headers {
        text.extend([header, "\r\n"]);
    }
    bytes(&format!("{text}\r\n{body}"))
}
