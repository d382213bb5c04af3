//! Ending sessions at the access portal (`Logout`), all at once and within ten seconds.
//!
//! The tokens are gone from this machine by then, so nothing that goes wrong here is an error: it is told. A token that the
//! portal does not accept any more has been ended already. Which tokens those are is in `logout`.

use std::path::PathBuf;
use std::time::Duration;

use super::portals::{Call, Question, ask_all};
use crate::context::Context;
use crate::secret::Secret;
use crate::services::Services;
use crate::text;

/// For all of them together.
const PATIENCE: Duration = Duration::from_secs(10);

/// A session that was signed out on this machine.
#[derive(Debug)]
pub(super) struct Ended {
    /// Its name, where the config file has one for it.
    pub(super) session: Option<String>,
    pub(super) start_url: Option<String>,
    /// Where the token was.
    pub(super) path: PathBuf,
    pub(super) region: Option<String>,
    pub(super) access_token: Option<Secret>,
    /// Why the portal does not know of it.
    pub(super) not_told: Option<String>,
}

impl Ended {
    /// For people.
    pub(super) fn label(&self) -> String {
        let name = self.session.as_deref().or(self.start_url.as_deref()).map(text::for_terminal);
        name.unwrap_or_else(|| self.path.display().to_string())
    }
}

/// Tells the portal, and each session how that went.
pub(super) fn revoke(ended: &mut [Ended], services: &Services, context: &Context) -> anyhow::Result<()> {
    let mut calls = Vec::new();
    for (number, ended) in ended.iter_mut().enumerate() {
        // Until it is heard of.
        ended.not_told = Some(format!("no answer came within {} s", PATIENCE.as_secs()));
        match call(number, ended, services) {
            Ok(call) => calls.push(call),
            Err(why) => ended.not_told = Some(why),
        }
    }
    ask_all(calls, Question::Logout, Some(PATIENCE), context, |number, answer| {
        if let Some(ended) = ended.get_mut(number) {
            let failure = answer.err().filter(|error| !error.is_unauthorized());
            ended.not_told = failure.map(|error| text::for_terminal(&error.to_string()));
        }
    })
}

fn call(number: usize, ended: &Ended, services: &Services) -> Result<Call, String> {
    let token = ended.access_token.clone().ok_or("its file was damaged")?;
    let region = ended.region.as_deref().ok_or("its file named no region")?;
    Call::new(number, region, token, services).map_err(|error| text::for_terminal(&error.to_string()))
}
