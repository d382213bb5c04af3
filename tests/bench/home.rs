//! Home directories for the benchmark: sessions with their tokens, and config files with many profiles.
//!
//! Sizes, lifetimes and lengths of paths are the same on every machine, so that a count changes only with the
//! program. Sizes are those of Identity Center: a client secret of 1,500 characters, tokens of 300.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

const REGION: &str = "us-east-1";
/// Far in the future.
pub(crate) const VALID: &str = "2099-01-01T00:00:00Z";
/// Long ago; the token can be refreshed.
pub(crate) const EXPIRED: &str = "2020-01-01T00:00:00Z";
/// Profiles per session in a config file with many profiles.
const PROFILES_OF_A_SESSION: usize = 100;

/// A directory whose path has the same length on every machine; removed when dropped.
pub(crate) struct Homes(tempfile::TempDir);

impl Homes {
    pub(crate) fn new() -> io::Result<Self> {
        tempfile::Builder::new().prefix("sso-oidc-bench-").tempdir_in("/tmp").map(Self)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// A home without files.
    pub(crate) fn empty(&self) -> io::Result<PathBuf> {
        self.home("empty")
    }

    /// A home with `count` sessions and valid tokens.
    pub(crate) fn of_sessions(&self, count: usize) -> io::Result<PathBuf> {
        let home = self.path().join(format!("s{count}"));
        Sessions { home: home.clone(), count, expires_at: VALID }.write()?;
        Ok(home)
    }

    /// A home with `count` profiles and one session for every hundred of them; the first session is signed in.
    pub(crate) fn of_profiles(&self, count: usize) -> io::Result<PathBuf> {
        let home = self.home(&format!("p{count}"))?;
        let sessions = count.div_ceil(PROFILES_OF_A_SESSION);
        let mut config = String::new();
        for at in 0..sessions {
            config.extend([format!(
                "[sso-session s{at}]\nsso_start_url = {}\nsso_region = {REGION}\n\
                 sso_registration_scopes = sso:account:access\n\n",
                start_url(at)
            )]);
        }
        for at in 0..count {
            config.extend([format!(
                "[profile team{}-account{at:05}-Developer]\nsso_session = s{}\nsso_account_id = {:012}\n\
                 sso_role_name = Developer\nregion = {REGION}\noutput = json\n# owner: team {0}\n\n",
                at % 97,
                at / PROFILES_OF_A_SESSION,
                100_000_000_000 + at
            )]);
        }
        write_session(&home, "s0", &start_url(0), VALID)?;
        write_private(&home.join(".aws/config"), config.as_bytes())?;
        Ok(home)
    }

    fn home(&self, name: &str) -> io::Result<PathBuf> {
        let home = self.path().join(name);
        create(&home)?;
        Ok(home)
    }
}

/// The sessions of a home: `s0` and so on, each with a profile, a token and its registration.
#[derive(Debug, Clone)]
pub(crate) struct Sessions {
    pub(crate) home: PathBuf,
    pub(crate) count: usize,
    pub(crate) expires_at: &'static str,
}

impl Sessions {
    /// Writes them to a new home, in place of an old one.
    pub(crate) fn write(&self) -> io::Result<()> {
        if self.home.exists() {
            fs::remove_dir_all(&self.home)?;
        }
        create(&self.home)?;
        let mut config = String::new();
        for at in 0..self.count {
            let (name, url) = (format!("s{at}"), start_url(at));
            config.extend([format!(
                "[sso-session {name}]\nsso_start_url = {url}\nsso_region = {REGION}\n\
                 sso_registration_scopes = sso:account:access\n\n[profile {name}]\nsso_session = {name}\n\
                 sso_account_id = 111122223333\nsso_role_name = Developer\nregion = {REGION}\n\n"
            )]);
            write_session(&self.home, &name, &url, self.expires_at)?;
        }
        write_private(&self.home.join(".aws/config"), config.as_bytes())
    }
}

fn create(home: &Path) -> io::Result<()> {
    let cache = home.join(".aws/sso/cache");
    fs::create_dir_all(&cache)?;
    cache.ancestors().take(3).try_for_each(|folder| make_private(folder, 0o700))
}

/// The start URL of a session.
pub(crate) fn start_url(at: usize) -> String {
    format!("https://d-{at:010}.awsapps.com/start")
}

fn client(name: &str) -> (String, String) {
    (format!("{name:_<22}"), format!("{:x<1500}", "eyJraWQiOiJrZXktMTU2NDAyODA5OSJ9."))
}

/// The response to `register-client` in these runs.
pub(crate) fn registration() -> Value {
    let (id, secret) = client("bench");
    json!({
        "clientId": id,
        "clientSecret": secret,
        "clientIdIssuedAt": 1_790_000_000,
        "clientSecretExpiresAt": 1_797_776_000,
        "authorizationEndpoint": null,
        "tokenEndpoint": null,
    })
}

/// The response to a refresh in these runs.
pub(crate) fn tokens() -> Value {
    json!({
        "accessToken": format!("{:B<300}", "aoa"),
        "tokenType": "Bearer",
        "expiresIn": 28_800,
        "refreshToken": format!("{:S<350}", "aor"),
        "idToken": null,
    })
}

/// The response to `create-token-with-iam` in these runs.
pub(crate) fn application_tokens() -> Value {
    json!({
        "accessToken": format!("{:A<300}", "aoa"),
        "tokenType": "Bearer",
        "expiresIn": 3600,
        "refreshToken": format!("{:R<350}", "aor"),
        "idToken": format!("{:I<900}", "eyJhbGciOiJSUzI1NiJ9."),
        "issuedTokenType": "urn:ietf:params:oauth:token-type:access_token",
        "scope": ["openid", "aws"],
        "awsAdditionalDetails": { "identityContext": format!("{:C<800}", "AQoJ") },
    })
}

/// Writes the token and the registration of a session as a login does.
fn write_session(home: &Path, name: &str, url: &str, expires_at: &str) -> io::Result<()> {
    let (id, secret) = client(name);
    let token = json!({
        "startUrl": url,
        "region": REGION,
        "accessToken": format!("{:A<300}", "aoa"),
        "expiresAt": expires_at,
        "clientId": id,
        "clientSecret": secret,
        "registrationExpiresAt": VALID,
        "refreshToken": format!("{:R<350}", "aor"),
    });
    write_cached(home, name, &token)?;
    let key = json!({
        "region": REGION,
        "scopes": ["sso:account:access"],
        "session_name": name,
        "startUrl": url,
        "tool": "botocore",
    });
    let registration = json!({
        "clientId": id,
        "clientSecret": secret,
        "expiresAt": VALID,
        "scopes": ["sso:account:access"],
        "grantTypes": ["authorization_code", "refresh_token"],
    });
    write_cached(home, &sso_oidc::internal::dumps(&key, sso_oidc::internal::LINE), &registration)
}

/// Replaces the token of `s0` by an expired one, with a client and a refresh token that the service accepts.
pub(crate) fn expire(home: &Path, id: &str, secret: &str, refresh_token: &str) -> io::Result<()> {
    let token = json!({
        "startUrl": start_url(0),
        "region": REGION,
        "accessToken": format!("{:A<300}", "aoa"),
        "expiresAt": EXPIRED,
        "clientId": id,
        "clientSecret": secret,
        "registrationExpiresAt": VALID,
        "refreshToken": refresh_token,
    });
    write_cached(home, "s0", &token)
}

fn write_cached(home: &Path, key: &str, document: &Value) -> io::Result<()> {
    let name = Sha1::digest(key).iter().fold(String::new(), |name, byte| format!("{name}{byte:02x}"));
    let path = home.join(format!(".aws/sso/cache/{name}.json"));
    write_private(&path, sso_oidc::internal::dumps(document, sso_oidc::internal::LINE).as_bytes())
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::write(path, bytes)?;
    make_private(path, 0o600)
}

#[cfg(unix)]
fn make_private(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn make_private(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}
