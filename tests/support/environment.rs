//! The environment of a test: an empty home, no variables, the program, and no network.
//!
//! HTTPS requests to anywhere but loopback go to a proxy that does not exist, so that a test without an endpoint fails
//! instead of reaching AWS. Cache files are named as by the AWS CLI.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use time::UtcDateTime;
use time::macros::format_description;

use super::identity_center::{IdentityCenter, Issued};
use super::process::{Invocation, Run, Running};
use super::programs::variable;

/// The name of the session that [`TestEnv::configure`] writes.
pub(crate) const SESSION: &str = "corp";

/// The end of the config file's path in messages.
pub(crate) const CONFIG: &str = if cfg!(windows) { r".aws\config" } else { ".aws/config" };

/// Names the file of the recording browser, where a test is that browser.
pub(crate) const BROWSER_LOG: &str = "SSO_OIDC_TEST_BROWSER_LOG";

/// The program: that of this build, or one for another platform with what runs it.
pub(crate) fn program() -> PathBuf {
    variable("SSO_OIDC_TEST_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_sso-oidc").into(), PathBuf::from)
}

/// A home, a working directory, a `PATH` and the variables of an environment; removed when dropped.
pub(crate) struct TestEnv {
    root: tempfile::TempDir,
    variables: BTreeMap<String, OsString>,
}

impl TestEnv {
    /// An environment without any configuration.
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().expect("there is room for a temporary folder");
        for name in ["home", "work", "bin"] {
            fs::create_dir(root.path().join(name)).expect("the temporary folder can be written");
        }
        let mut env = Self { root, variables: BTreeMap::new() };
        let home = env.home();
        env.set("HOME", &home).set("USERPROFILE", &home);
        let path = env.bin();
        env.set("PATH", path).set("LC_ALL", "C.UTF-8").set("TERM", "xterm");
        env.set("AWS_EC2_METADATA_DISABLED", "true");
        env.set("HTTPS_PROXY", "http://127.0.0.1:9").set("NO_PROXY", "127.0.0.1,localhost");
        if cfg!(windows) {
            // Sockets do not open without it.
            env.set("SystemRoot", "C:\\Windows");
        }
        env
    }

    /// An environment with the session `corp` and the profiles `dev` (of that session) and `legacy` at this Identity Center.
    pub(crate) fn of(center: &IdentityCenter) -> Self {
        let mut env = Self::new();
        env.configure(center);
        env
    }

    /// Writes that configuration and points the endpoints of both services to the Identity Center.
    pub(crate) fn configure(&mut self, center: &IdentityCenter) -> &mut Self {
        let (url, region) = (center.start_url(), center.region());
        self.config(&format!(
            "[profile dev]\nsso_session = {SESSION}\nsso_account_id = 111122223333\nsso_role_name = Developer\n\
             region = {region}\n\n\
             [profile legacy]\nsso_start_url = {url}\nsso_region = {region}\nsso_account_id = 111122223333\n\
             sso_role_name = Developer\nregion = {region}\n\n\
             [sso-session {SESSION}]\nsso_start_url = {url}\nsso_region = {region}\n\
             sso_registration_scopes = sso:account:access\n"
        ));
        self.set("AWS_ENDPOINT_URL_SSO_OIDC", center.url()).set("AWS_ENDPOINT_URL_SSO", center.url());
        if center.url().starts_with("https") {
            self.set("AWS_CA_BUNDLE", center.ca_bundle());
        }
        self
    }

    /// The home directory.
    pub(crate) fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// A file in the home directory, with the separators of the system.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.home().join(file).components().collect()
    }

    /// The working directory.
    pub(crate) fn work(&self) -> PathBuf {
        self.root.path().join("work")
    }

    /// The only folder on the `PATH`, empty at first.
    pub(crate) fn bin(&self) -> PathBuf {
        self.root.path().join("bin")
    }

    /// Sets a variable of the environment.
    pub(crate) fn set(&mut self, name: &str, value: impl AsRef<OsStr>) -> &mut Self {
        self.variables.insert(name.into(), value.as_ref().into());
        self
    }

    /// Removes an environment variable.
    pub(crate) fn unset(&mut self, name: &str) -> &mut Self {
        self.variables.remove(name);
        self
    }

    /// Writes `~/.aws/config`.
    pub(crate) fn config(&self, text: &str) -> &Self {
        self.write(".aws/config", text)
    }

    /// Writes `~/.aws/credentials`.
    pub(crate) fn credentials(&self, text: &str) -> &Self {
        self.write(".aws/credentials", text)
    }

    /// Writes a file in the home directory and creates its folders; files below `.aws` are private.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.home().join(path);
        let folder = path.parent().expect("a file is in a folder");
        fs::create_dir_all(folder).expect("the folder can be made");
        fs::write(&path, text).expect("the file can be written");
        #[cfg(unix)]
        if path.starts_with(self.home().join(".aws")) {
            use std::os::unix::fs::PermissionsExt as _;
            let aws = self.home().join(".aws");
            for folder in folder.ancestors().take_while(|folder| folder.starts_with(&aws)) {
                fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).expect("the mode can be set");
            }
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("the mode can be set");
        }
        self
    }

    /// A file in the home directory.
    pub(crate) fn read(&self, path: impl AsRef<Path>) -> String {
        let path = self.home().join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// All files below a folder of the home directory, sorted, with `/` as separator.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.home().join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    folders.push(path);
                } else {
                    let relative = path.strip_prefix(self.home()).expect("it was found below the home");
                    found.push(relative.to_string_lossy().replace('\\', "/"));
                }
            }
        }
        found.sort();
        found
    }

    /// The permission bits of a file or folder in the home directory.
    #[cfg(unix)]
    pub(crate) fn mode(&self, path: impl AsRef<Path>) -> u32 {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.home().join(path);
        let metadata = fs::symlink_metadata(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        metadata.permissions().mode() & 0o7777
    }

    /// Puts an executable shell script on the `PATH`; the programs it needs must be named with their path.
    #[cfg(unix)]
    pub(crate) fn script(&self, name: &str, text: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.bin().join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("the script can be written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("the mode can be set");
        path
    }

    /// Sets `BROWSER` to a program that only records its arguments; see [`Self::opened`].
    #[cfg(unix)]
    pub(crate) fn record_browser(&mut self) -> &mut Self {
        let log = self.browser_log();
        let path = self.script("browser", &format!("printf '%s\\n' \"$@\" >> '{}'", log.display()));
        self.set("BROWSER", path)
    }

    /// On Windows the shell would change the URL, so that the program is a test of ours.
    #[cfg(not(unix))]
    pub(crate) fn record_browser(&mut self) -> &mut Self {
        let tests = std::env::current_exe().expect("the tests have a path");
        let command = format!("\"{}\" --exact support::tests::records_a_url", tests.display());
        let log = self.browser_log();
        self.set(BROWSER_LOG, log).set("BROWSER", command)
    }

    fn browser_log(&self) -> PathBuf {
        self.root.path().join("browser.log")
    }

    /// The arguments of the calls of the recording browser so far, one call per entry.
    pub(crate) fn opened(&self) -> Vec<String> {
        let log = fs::read_to_string(self.browser_log()).unwrap_or_default();
        log.lines().map(Into::into).collect()
    }

    /// The program with these arguments, not yet started.
    pub(crate) fn command<W: Into<OsString>>(&self, args: impl IntoIterator<Item = W>) -> Invocation {
        self.program(&program(), args)
    }

    /// Another program in this environment, by its path.
    pub(crate) fn program<W: Into<OsString>>(&self, path: &Path, args: impl IntoIterator<Item = W>) -> Invocation {
        let mut command = Command::new(path);
        self.apply_to(&mut command);
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Invocation { name, command, args: args.into_iter().map(Into::into).collect(), stdin: None }
    }

    /// Sets environment and working directory of a command.
    pub(crate) fn apply_to(&self, command: &mut Command) {
        command.env_clear().envs(&self.variables).current_dir(self.work());
    }

    /// Runs the program with these arguments until it exits.
    pub(crate) fn run<W: Into<OsString>>(&self, args: impl IntoIterator<Item = W>) -> Run {
        self.command(args).run()
    }

    /// Runs the program with these arguments and at most so many open files.
    #[cfg(target_os = "linux")]
    pub(crate) fn run_with_descriptors(&self, limit: usize, words: &str) -> Run {
        // Descriptors that the test inherited would count, too.
        let close = "exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&-";
        let script = format!("{close}; ulimit -n {limit} && exec \"$0\" {words}");
        self.program("/bin/sh".as_ref(), ["-c", &script, env!("CARGO_BIN_EXE_sso-oidc")]).run()
    }

    /// Starts the program with these arguments.
    pub(crate) fn spawn<W: Into<OsString>>(&self, args: impl IntoIterator<Item = W>) -> Running {
        self.command(args).spawn()
    }

    /// The path of the token of a session name (or of a legacy profile's start URL), below the home directory.
    pub(crate) fn token_path(key: &str) -> String {
        let name = Sha1::digest(key).iter().fold(String::new(), |name, byte| format!("{name}{byte:02x}"));
        format!(".aws/sso/cache/{name}.json")
    }

    /// The token of a session name (or of a legacy profile's start URL) as it is in the cache.
    pub(crate) fn token(&self, key: &str) -> Value {
        serde_json::from_str(&self.read(Self::token_path(key))).expect("the token file is JSON")
    }

    /// Writes a token file as the AWS CLI would.
    pub(crate) fn write_token(&self, key: &str, document: &Value) -> &Self {
        self.write(&Self::token_path(key), sso_oidc::internal::dumps(document, sso_oidc::internal::LINE))
    }

    /// Changes the expiry of the cached token to a number of seconds from now; returns the document.
    pub(crate) fn let_expire_in(&self, key: &str, seconds: i64) -> Value {
        let mut document = self.token(key);
        document["expiresAt"] = json!(instant(unix_now().saturating_add_signed(seconds)));
        self.write_token(key, &document);
        document
    }

    /// Signs in without a flow: creates a session of the Identity Center and writes it to the cache. Change the Identity
    /// Center's lifetimes before, or the document after, for a token that is about to expire.
    pub(crate) fn sign_in(&self, center: &IdentityCenter, key: &str) -> Issued {
        let issued = center.issue();
        self.write_token(key, &token_document(center, &issued));
        issued
    }
}

/// The token file of a session, with the members and the order of the AWS CLI.
pub(crate) fn token_document(center: &IdentityCenter, issued: &Issued) -> Value {
    json!({
        "startUrl": center.start_url(),
        "region": center.region(),
        "accessToken": issued.access_token,
        "expiresAt": instant(issued.expires_at),
        "clientId": issued.client_id,
        "clientSecret": issued.client_secret,
        "registrationExpiresAt": instant(issued.client_expires_at),
        "refreshToken": issued.refresh_token,
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program has the clock of the machine, and so have files made for it"
)]
fn unix_now() -> u64 {
    UtcDateTime::now().unix_timestamp().unsigned_abs()
}

/// Seconds since 1970 as the cache has them: `2026-01-01T08:00:00Z`.
pub(crate) fn instant(unix_seconds: u64) -> String {
    let seconds = i64::try_from(unix_seconds).expect("no instant is that late");
    let instant = UtcDateTime::from_unix_timestamp(seconds).expect("no instant is that late");
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    instant.format(format).expect("the format has no parts that can fail")
}
