//! The config and credentials files: precedence, parsing, edits, sso-sessions.

mod differential;
mod edit;
#[cfg(target_os = "linux")]
mod missing_home;
mod precedence;
mod source_profile;
mod sso_session;
mod unread;
#[cfg(target_os = "linux")]
mod unusual_paths;

use std::path::{Path, PathBuf};

use sso_oidc::Context;
use sso_oidc::internal::Error;
use sso_oidc::internal::{ClientSettings, Config, Overrides, client_settings};

/// A home with files, and an environment.
pub(crate) struct Fixture {
    home: tempfile::TempDir,
    vars: Vec<(String, String)>,
}

impl Fixture {
    pub(crate) fn new(config: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(".aws")).unwrap();
        std::fs::write(home.path().join(".aws/config"), config).unwrap();
        Self { home, vars: Vec::new() }
    }

    pub(crate) fn credentials(self, text: &str) -> Self {
        std::fs::write(self.home.path().join(".aws/credentials"), text).unwrap();
        self
    }

    pub(crate) fn var(mut self, name: &str, value: &str) -> Self {
        self.vars.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.home.path().join(".aws").join(file)
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn context(&self) -> Context {
        let vars = self.vars.clone();
        let env = move |name: &str| vars.iter().rfind(|(set, _)| set == name).map(|(_, value)| value.into());
        let stderr: Box<dyn std::io::Write> = Box::new(std::io::sink());
        Context { env: Box::new(env), home: Some(self.home().to_path_buf()), stderr: stderr.into(), ..Context::real() }
    }

    pub(crate) fn load(&self, profile: Option<&str>) -> Result<Config, Error> {
        Config::load(&self.context(), profile)
    }

    pub(crate) fn settings(&self, overrides: &Overrides) -> Result<ClientSettings, Error> {
        client_settings(&self.context(), &self.load(None).unwrap(), overrides)
    }
}
