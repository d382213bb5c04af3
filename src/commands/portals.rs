//! One question to the access portal for each of several tokens, all at once.
//!
//! `logout` ends sessions, `status --check` asks whether tokens are accepted. What the answers mean is decided there.

use std::time::Duration;

use tokio::task::{JoinSet, LocalSet};

use super::runtime;
use crate::context::Context;
use crate::error::Error;
use crate::portal::{PortalClient, PortalError};
use crate::secret::Secret;
use crate::services::Services;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Question {
    /// End the session (`Logout`).
    Logout,
    /// Is the token accepted (`ListAccounts`)?
    Accepted,
}

/// A token and where to ask; the number comes back with the answer.
pub(super) struct Call {
    pub(super) number: usize,
    portal: PortalClient,
    token: Secret,
}

impl Call {
    /// Nothing is sent yet. An error says why nothing can be.
    pub(super) fn new(number: usize, region: &str, token: Secret, services: &Services) -> Result<Self, Error> {
        Ok(Self { number, portal: services.portal(region)?, token })
    }

    async fn ask(self, question: Question) -> (usize, Result<(), PortalError>) {
        let answer = match question {
            Question::Logout => self.portal.logout(&self.token).await,
            Question::Accepted => self.portal.accounts_probe(&self.token).await,
        };
        (self.number, answer)
    }
}

/// Asks, and hands over the answers as they come. What has not come within the patience never does.
pub(super) fn ask_all(
    calls: Vec<Call>,
    question: Question,
    patience: Option<Duration>,
    context: &Context,
    mut hear: impl FnMut(usize, Result<(), PortalError>),
) -> anyhow::Result<()> {
    if calls.is_empty() {
        return Ok(());
    }
    runtime::block_on(context, async {
        let local = LocalSet::new();
        let mut answers = JoinSet::new();
        for call in calls {
            answers.spawn_local_on(call.ask(question), &local);
        }
        let listening = local.run_until(async {
            while let Some(Ok((number, answer))) = answers.join_next().await {
                hear(number, answer);
            }
        });
        match patience {
            Some(patience) => drop(tokio::time::timeout(patience, listening).await),
            None => listening.await,
        }
        Ok(())
    })
}
