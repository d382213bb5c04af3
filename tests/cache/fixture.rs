//! The commands that write the cache, each in a separate environment, and the check of their results.
//!
//! Every file must be the old one or a complete new one, unreadable for others, with no leftovers; no response of the
//! service may be lost, and message and exit code must fit. The service retires a refresh token when it receives it, so
//! a process that is killed before it has renamed the new file loses the session, and a login is needed.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::environment::SESSION;
use crate::support::{Approval, Endpoint, IdentityCenter, Run, TestEnv, wait_until};

/// What the program is doing at the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// `token` with an expired token.
    Refresh,
    /// A first login: a registration and a token are stored.
    Login,
    /// `export-credentials`: role credentials are stored.
    Role,
    /// All files are removed.
    Logout,
}

impl Operation {
    pub(super) const ALL: [Self; 4] = [Self::Refresh, Self::Login, Self::Role, Self::Logout];

    pub(super) fn words(self) -> &'static [&'static str] {
        match self {
            Self::Refresh => &["token", "--sso-session", SESSION],
            Self::Login => &["login", "--sso-session", SESSION, "--use-device-code", "--no-browser"],
            Self::Role => &["export-credentials", "--profile", "dev"],
            Self::Logout => &["logout"],
        }
    }
}

/// A operation that has been set.
pub(super) struct Fixture {
    pub(super) operation: Operation,
    pub(super) center: IdentityCenter,
    pub(super) env: TestEnv,
    before: BTreeMap<String, Vec<u8>>,
}

/// The allowed results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    Nothing,
    /// Temporary files: the process was killed, or could not remove them.
    Temporary,
}

impl Fixture {
    pub(super) fn new(operation: Operation) -> Self {
        let center = IdentityCenter::start();
        center.approval(Approval::AtOnce).tolerate_everything();
        let env = TestEnv::of(&center);
        match operation {
            Operation::Refresh => {
                env.sign_in(&center, SESSION);
                env.let_expire_in(SESSION, -10);
            }
            Operation::Login => {}
            Operation::Role => drop(env.sign_in(&center, SESSION)),
            Operation::Logout => {
                env.sign_in(&center, SESSION);
                env.run(Operation::Role.words()).ok();
                center.clear_requests();
            }
        }
        let before = contents(&env);
        Self { operation, center, env, before }
    }

    /// Fails the test unless the results of a run are as expected.
    pub(super) fn check(&self, run: &Run, left: Left, what: &str) {
        let fail = |why: &str| panic!("{:?}, {what}: {why}\n{}", self.operation, run.snapshot());
        self.check_files(left, &fail);
        if run.stderr.contains("internal error") || run.stderr.contains("panicked") {
            fail("it panicked");
        }
        if run.status == -9 && left == Left::Temporary {
            let is_refresh = self.operation == Operation::Refresh;
            if is_refresh && !run.stdout.is_empty() && self.env.token(SESSION)["accessToken"] != run.stdout.trim_end() {
                fail("the printed token is not stored");
            }
            return;
        }
        if ![0, 4, 253, 254, 255].contains(&run.status) {
            fail("an exit code that means nothing here");
        }
        if run.status != 0 && (!run.stderr.contains("[ERROR]") || run.stderr.lines().count() > 6) {
            fail("it does not say what is wrong");
        }
        self.check_outcome(run, left, &fail);
    }

    /// Checks that every file is private, and either unchanged or completely new.
    fn check_files(&self, left: Left, fail: &dyn Fn(&str)) {
        let now = contents(&self.env);
        let secrets = self.center.secrets();
        for (name, bytes) in &now {
            let mode = self.env.mode(name);
            if name.contains("/cache/") && mode & 0o077 != 0 {
                fail(&format!("{name} has mode {mode:o}"));
            }
            let text = String::from_utf8_lossy(bytes);
            match name.rsplit('.').next() {
                Some("tmp") if left == Left::Temporary => {}
                Some("lock") if secrets.iter().any(|secret| text.contains(secret)) => fail("a lock holds a secret"),
                Some("lock") => {}
                _ if self.before.get(name) == Some(bytes) || is_complete(&text) => {}
                _ => fail(&format!("{name} is neither the old nor a complete new file: {text}")),
            }
        }
        for name in self.before.keys().filter(|name| !now.contains_key(*name)) {
            if self.operation != Operation::Logout || !is(name, "json") {
                fail(&format!("{name} is gone"));
            }
        }
        for folder in [".aws/sso", ".aws/sso/cache", ".aws/cli", ".aws/cli/cache"] {
            let exists = self.env.home().join(folder).exists();
            if exists && self.env.mode(folder) != 0o700 {
                fail(&format!("{folder} can be entered by others"));
            }
        }
    }

    /// Checks that a token from the service is printed, and that a failure is not reported as success.
    fn check_outcome(&self, run: &Run, left: Left, fail: &dyn Fn(&str)) {
        let asked = |endpoint| self.center.calls().iter().filter(|call| **call == endpoint).count();
        let is_new = |name: &str| {
            let path = self.env.home().join(name);
            std::fs::read(path).is_ok_and(|bytes| self.before.get(name) != Some(&bytes))
        };
        let token = TestEnv::token_path(SESSION);
        match self.operation {
            Operation::Refresh => {
                let fresh = self.center.accepts(run.stdout.trim_end()) && run.stdout.ends_with('\n');
                let asked = asked(Endpoint::CreateToken);
                match run.status {
                    // The request of a killed process may reach the service after that of the next process.
                    _ if asked > 1 && left == Left::Nothing => fail("more than one refresh"),
                    0 if !fresh => fail("the printed token is not fresh"),
                    0 if !is_new(&token) && !run.stderr.contains("could not be stored") => fail("not stored, not told"),
                    0 => {}
                    _ if asked == 1 => fail("the refreshed token is lost"),
                    _ if !run.stdout.is_empty() => fail("something was printed"),
                    _ => {}
                }
            }
            Operation::Login if run.status == 0 && !is_new(&token) => fail("no token was stored"),
            Operation::Role => match run.status {
                0 if !run.stdout.contains("\"AccessKeyId\"") => fail("no credentials were printed"),
                0 if self.role_files() == 0 && !run.stderr.contains("could not be stored") => fail("not told"),
                0 => {}
                _ if asked(Endpoint::GetRoleCredentials) > 0 => fail("the credentials are lost"),
                _ => {}
            },
            Operation::Logout if run.status == 0 && (self.role_files() > 0 || self.env.home().join(token).exists()) => {
                fail("signed out, and yet not");
            }
            Operation::Login | Operation::Logout => {}
        }
    }

    fn role_files(&self) -> usize {
        self.env.files(".aws/cli").iter().filter(|name| is(name, "json")).count()
    }

    /// Whether the service has received a refresh.
    pub(super) fn was_received(&self) -> bool {
        wait_until("the requests of a process that has ended", || self.center.is_idle());
        let requests = self.center.requests_to(Endpoint::CreateToken);
        requests.iter().any(|request| request.status == 200 && request.text("refreshToken").is_some())
    }

    /// Whether the session is lost: the service has received the refresh, and the token file is the old one.
    fn is_lost(&self, what: &str) -> bool {
        if self.operation != Operation::Refresh {
            return false;
        }
        let path = TestEnv::token_path(SESSION);
        let is_lost = self.was_received() && self.before[&path] == self.env.read(&path).as_bytes();
        let accepted = self.center.accepts_refresh(self.env.token(SESSION)["refreshToken"].as_str().unwrap());
        assert_eq!(accepted, !is_lost, "{:?}, after {what}: the stored refresh token", self.operation);
        is_lost
    }

    /// Fails the test unless the command works now, after a login if the session was lost; returns whether it was.
    pub(super) fn recovers(&self, what: &str) -> bool {
        let is_lost = self.is_lost(what);
        let fail = |run: &Run| panic!("{:?}, after {what}: {}", self.operation, run.snapshot());
        if is_lost {
            let run = self.env.run(self.operation.words());
            if run.status != 4 || !run.stdout.is_empty() {
                fail(&run);
            }
            let login = self.env.run(Operation::Login.words());
            if login.status != 0 {
                fail(&login);
            }
        }
        self.center.clear_requests();
        let run = self.env.run(self.operation.words());
        if run.status != 0 {
            fail(&run);
        }
        self.check(&run, Left::Temporary, what);
        is_lost
    }
}

/// Whether a cache file has all that its kind has, spelled as botocore spells it.
fn is_complete(text: &str) -> bool {
    let Ok(document) = serde_json::from_str::<Value>(text) else { return false };
    let kinds: [&[&str]; 3] = [
        &[
            "startUrl",
            "region",
            "accessToken",
            "expiresAt",
            "clientId",
            "clientSecret",
            "registrationExpiresAt",
            "refreshToken",
        ],
        &["clientId", "clientSecret", "expiresAt", "scopes"],
        &["ProviderType", "Credentials"],
    ];
    let members: Vec<&str> =
        document.as_object().into_iter().flat_map(|object| object.keys()).map(String::as_str).collect();
    let of_role = document.get("Credentials").and_then(Value::as_object);
    let whole_role = of_role.is_none_or(|keys| keys.contains_key("SecretAccessKey") && keys.contains_key("Expiration"));
    kinds.contains(&members.as_slice())
        && whole_role
        && sso_oidc::internal::dumps(&document, sso_oidc::internal::LINE) == text
}

/// Whether a file is of this kind by its name.
pub(super) fn is(name: &str, extension: &str) -> bool {
    name.rsplit('.').next() == Some(extension)
}

/// All files below the `.aws` folder.
fn contents(env: &TestEnv) -> BTreeMap<String, Vec<u8>> {
    let read = |name: String| (name.clone(), std::fs::read(env.home().join(name)).unwrap());
    env.files(".aws").into_iter().map(read).collect()
}
