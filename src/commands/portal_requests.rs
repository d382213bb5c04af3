//! Sends a request to the access portal for each of several tokens, several at a time.
//!
//! `logout` ends sessions, `status --check` checks whether tokens are accepted.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use tokio::time::{Instant, timeout_at};

use super::runtime;
use crate::context::Context;
use crate::error::Error;
use crate::oidc::Failure;
use crate::portal::PortalClient;
use crate::secret::Secret;
use crate::services::Services;

/// The region and token of each request, if its file has them.
type Tokens<'a> = Vec<(Option<&'a str>, Option<&'a Secret>)>;

/// Sends the request for each token, to do `what`, and returns the outcomes in the order of the tokens. A request without
/// a response within the timeout fails; a rejected token is an error of the kind `LoginNeeded`.
pub(super) fn send_each(
    what: &str,
    request: impl AsyncFn(&PortalClient, &Secret) -> Result<(), Failure> + Copy,
    tokens: Tokens<'_>,
    timeout: Duration,
    services: &Services,
    context: &Context,
) -> anyhow::Result<Vec<Result<(), Error>>> {
    if tokens.is_empty() {
        return Ok(Vec::new());
    }
    let no_response = || Error::other(format!("no response within {} s", timeout.as_secs()));
    runtime::block_on(context, async {
        // A day cannot overflow an Instant.
        let until = Instant::now() + timeout.min(Duration::from_hours(24));
        let requests = tokens.into_iter().enumerate().map(async |(index, (region, token))| {
            let outcome = async {
                let token = token.ok_or_else(|| Error::other("the cached token is damaged"))?;
                let region = region.ok_or_else(|| Error::other("the cached token has no region"))?;
                request(&services.portal(region)?, token).await.map_err(Failure::explained)
            };
            (index, timeout_at(until, outcome).await.unwrap_or_else(|_| Err(no_response())))
        });
        let outcomes =
            stream::iter(requests).buffer_unordered(runtime::concurrent_requests()).collect::<BTreeMap<_, _>>();
        Ok(context.wait_for(|| what.to_owned(), outcomes).await.into_values().collect())
    })
}
