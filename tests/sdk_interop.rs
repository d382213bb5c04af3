//! Other programs use what `login` stores: boto3, the AWS SDKs for JavaScript and for Rust, each with a local Identity
//! Center.
//!
//! After a login in each flow each of them gets role credentials and refreshes a token that is about to expire; `login`
//! then uses what they stored. `tests/sdk/install` installs them.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::support::environment::{SESSION, instant};
use crate::support::programs::{find, or_skip, target};
use crate::support::{Endpoint, IdentityCenter, Invocation, TestEnv, UserAgent};

/// Whose SDK.
#[derive(Debug, Clone, Copy)]
enum Sdk {
    Python,
    JavaScript,
    Rust,
}

/// How the person signed in.
#[derive(Debug, Clone, Copy)]
enum How {
    AuthorizationCode,
    DeviceCode,
    Legacy,
}

impl How {
    fn profile(self) -> &'static str {
        if matches!(self, Self::Legacy) { "legacy" } else { "dev" }
    }
}

impl Sdk {
    /// The program that the install script made of it, if it did.
    fn installed(self) -> Option<PathBuf> {
        let sdk = target().join("sdk");
        let path = match self {
            Self::Python => sdk.join("venv/bin/python"),
            Self::JavaScript => sdk.join("javascript/node_modules"),
            Self::Rust => sdk.join("rust/debug").join(format!("sso-oidc-interop{}", std::env::consts::EXE_SUFFIX)),
        };
        path.exists().then_some(path)
    }

    /// The client that requests the role credentials of a profile.
    fn client(self, env: &TestEnv, profile: &str) -> Option<Invocation> {
        let installed = self.installed()?;
        let scripts = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/sdk");
        Some(match self {
            Self::Python => env.program(&installed, [scripts.join("client.py").into_os_string(), profile.into()]),
            Self::JavaScript => {
                let modules = installed.parent()?.as_os_str().to_owned();
                let mut words = vec![scripts.join("client.mjs").into_os_string(), modules, profile.into()];
                words.extend(match profile {
                    "legacy" => None, // has no token provider
                    "process" => Some("process".into()),
                    _ => Some("token".into()),
                });
                env.program(&find(&["node"])?, words)
            }
            Self::Rust => env.program::<&str>(&installed, []).env("AWS_PROFILE", profile),
        })
    }

    /// Runs it; the credentials, which are checked to be whole.
    fn credentials(self, env: &TestEnv, profile: &str) -> Value {
        let credentials = self.client(env, profile).expect("it was there a moment ago").run().ok().json();
        for (member, start) in [("accessKeyId", "ASIA"), ("secretAccessKey", "role-secret-"), ("sessionToken", "IQoJ")]
        {
            assert!(credentials[member].as_str().is_some_and(|value| value.starts_with(start)), "{credentials}");
        }
        credentials
    }
}

fn sign_in(env: &TestEnv, center: &IdentityCenter, how: How) {
    match how {
        How::AuthorizationCode => {
            let words = ["login", "--sso-session", SESSION, "--no-browser", "--flow", "authorization-code"];
            let mut login = env.spawn(words);
            UserAgent::new().approve(&login.authorization_url()).unwrap();
            login.finish().ok();
        }
        How::DeviceCode | How::Legacy => {
            let mut login = env.spawn(["login", "--profile", how.profile(), "--no-browser", "--use-device-code"]);
            center.approve(&login.user_code());
            login.finish().ok();
        }
    }
}

/// The token of the last request to the portal.
fn bearer(center: &IdentityCenter) -> String {
    let requests = center.requests_to(Endpoint::GetRoleCredentials);
    let last = requests.last().expect("role credentials were asked for");
    last.header("x-amz-sso_bearer_token").expect("with a token").to_owned()
}

/// The token file, with this many seconds of life left.
fn let_expire(env: &TestEnv, seconds: u64) -> Value {
    let mut document = env.token(SESSION);
    document["expiresAt"] = json!(instant(now() + seconds));
    env.write_token(SESSION, &document);
    document
}

#[expect(clippy::disallowed_methods, reason = "the SDKs have the clock of the machine")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

/// Credentials with a valid token; a refresh if there is a refresh token; `login` with the file that the SDK stored.
fn lives_on_what_login_stored(sdk: Sdk, how: How) {
    let name = format!("{sdk:?} after {how:?}");
    let found = or_skip(sdk.installed(), &name, "the SDK is not installed (tests/sdk/install does it)");
    if found.is_none() {
        return;
    }
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    sign_in(&env, &center, how);
    let key = if matches!(how, How::Legacy) { center.start_url() } else { SESSION.into() };
    let stored = env.token(&key);
    center.clear_requests();
    sdk.credentials(&env, how.profile());
    assert!(center.calls().iter().all(|call| *call == Endpoint::GetRoleCredentials), "{name}: {:?}", center.calls());
    assert_eq!(json!(bearer(&center)), stored["accessToken"], "{name}");
    assert_eq!(env.token(&key), stored, "{name}");
    if matches!(how, How::Legacy) {
        return;
    }

    // Less than the five minutes of the JavaScript and Rust SDKs, and the fifteen of boto3.
    let old = let_expire(&env, 200);
    center.clear_requests();
    sdk.credentials(&env, how.profile());
    let refreshes = center.requests_to(Endpoint::CreateToken);
    assert_eq!(refreshes.iter().map(|request| request.status).collect::<Vec<_>>(), [200], "{name}");
    assert_eq!(refreshes[0].text("refreshToken"), old["refreshToken"].as_str(), "{name}");
    let new = env.token(SESSION);
    assert_ne!(new["accessToken"], old["accessToken"], "{name}");
    assert_ne!(new["refreshToken"], old["refreshToken"], "{name}");
    assert_eq!(json!(bearer(&center)), new["accessToken"], "{name}");

    center.clear_requests();
    let run = env.run(["login", "--sso-session", SESSION]).ok();
    assert_eq!(run.stdout, format!("Successfully logged into Start URL: {}\n", center.start_url()), "{name}");
    assert_eq!(center.calls(), [Endpoint::ListAccounts], "{name}: the token of the SDK is checked and used");
    assert_eq!(env.token(SESSION), new, "{name}");

    // And the SDK uses the token that `login` refreshed in its file.
    let_expire(&env, 200);
    center.clear_requests();
    env.run(["login", "--sso-session", SESSION]).ok();
    assert_eq!(center.calls(), [Endpoint::CreateToken], "{name}");
    sdk.credentials(&env, how.profile());
    assert_eq!(json!(bearer(&center)), env.token(SESSION)["accessToken"], "{name}");
}

#[test]
fn boto3_after_the_authorization_code_flow() {
    lives_on_what_login_stored(Sdk::Python, How::AuthorizationCode);
}

#[test]
fn boto3_after_the_device_code_flow() {
    lives_on_what_login_stored(Sdk::Python, How::DeviceCode);
}

#[test]
fn boto3_with_a_legacy_profile() {
    lives_on_what_login_stored(Sdk::Python, How::Legacy);
}

#[test]
fn the_javascript_sdk_after_the_authorization_code_flow() {
    lives_on_what_login_stored(Sdk::JavaScript, How::AuthorizationCode);
}

#[test]
fn the_javascript_sdk_after_the_device_code_flow() {
    lives_on_what_login_stored(Sdk::JavaScript, How::DeviceCode);
}

#[test]
fn the_javascript_sdk_with_a_legacy_profile() {
    lives_on_what_login_stored(Sdk::JavaScript, How::Legacy);
}

#[test]
fn the_rust_sdk_after_the_authorization_code_flow() {
    lives_on_what_login_stored(Sdk::Rust, How::AuthorizationCode);
}

#[test]
fn the_rust_sdk_after_the_device_code_flow() {
    lives_on_what_login_stored(Sdk::Rust, How::DeviceCode);
}

#[test]
fn the_rust_sdk_with_a_legacy_profile() {
    lives_on_what_login_stored(Sdk::Rust, How::Legacy);
}

/// `credential_process`, in a profile without `sso_*` keys, works for SDKs without support for Identity Center.
fn lives_on_export_credentials(sdk: Sdk) {
    let name = format!("{sdk:?} with credential_process");
    if or_skip(sdk.installed(), &name, "the SDK is not installed (tests/sdk/install does it)").is_none() {
        return;
    }
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    let_expire(&env, 10);
    let program = env!("CARGO_BIN_EXE_sso-oidc");
    let process = format!(
        "\n[profile process]\ncredential_process = {program} export-credentials --profile dev\nregion = us-east-1\n"
    );
    env.config(&(env.read(".aws/config") + &process));
    let clients: Vec<_> =
        (0..5).map(|_| sdk.client(&env, "process").expect("it was there a moment ago").spawn()).collect();
    let credentials: Vec<Value> = clients.into_iter().map(|client| client.finish().ok().json()).collect();
    assert!(
        credentials.iter().all(|each| *each == credentials[0] && each["accessKeyId"].is_string()),
        "{credentials:?}"
    );
    assert_eq!(center.calls(), [Endpoint::CreateToken, Endpoint::GetRoleCredentials], "{name}");
}

#[test]
fn boto3_with_a_credential_process() {
    lives_on_export_credentials(Sdk::Python);
}

#[test]
fn the_javascript_sdk_with_a_credential_process() {
    lives_on_export_credentials(Sdk::JavaScript);
}

/// Profiles of `configure`.
fn lives_on_a_configured_profile(sdk: Sdk) {
    let name = format!("{sdk:?} with a profile of configure");
    if or_skip(sdk.installed(), &name, "the SDK is not installed (tests/sdk/install does it)").is_none() {
        return;
    }
    let center = IdentityCenter::start();
    center.entitle_only("444455556666", "Ünï  (prod)", &["Admin"]);
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    env.run(["configure", "--all", "--sso-session", SESSION]).ok();
    for profile in ["Development.ReadOnly", "n-prod.Admin"] {
        sdk.credentials(&env, profile);
    }
    let last = center.requests_to(Endpoint::GetRoleCredentials).pop().expect("credentials were requested");
    assert_eq!((last.parameter("account_id"), last.parameter("role_name")), (Some("444455556666"), Some("Admin")));
}

#[test]
fn boto3_with_a_configured_profile() {
    lives_on_a_configured_profile(Sdk::Python);
}

#[test]
fn the_javascript_sdk_with_a_configured_profile() {
    lives_on_a_configured_profile(Sdk::JavaScript);
}

#[test]
fn the_rust_sdk_with_a_configured_profile() {
    lives_on_a_configured_profile(Sdk::Rust);
}
