//! Sends a request to the access portal for each of several tokens, several at a time.
//!
//! `logout` ends sessions, `status --check` checks whether tokens are accepted.

use std::pin::pin;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};

use super::runtime;
use crate::context::Context;
use crate::error::Error;
use crate::http::CONCURRENT_REQUESTS;
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
    let (mut outcomes, mut ready) = (Vec::new(), Vec::new());
    for (index, (region, token)) in tokens.into_iter().enumerate() {
        outcomes.push(Err(Error::other(format!("no response within {} s", timeout.as_secs()))));
        match prepare(region, token, services) {
            Ok((portal, token)) => ready.push((index, portal, token)),
            Err(error) => outcomes[index] = Err(error),
        }
    }
    if ready.is_empty() {
        return Ok(outcomes);
    }
    let requests = ready.into_iter().map(async |(index, portal, token)| (index, request(&portal, &token).await));
    runtime::block_on(context, async {
        let mut responses = pin!(stream::iter(requests).buffer_unordered(CONCURRENT_REQUESTS));
        let receive = async {
            while let Some((index, response)) = responses.next().await {
                outcomes[index] = response.map_err(Failure::explained);
            }
        };
        // Responses that arrived before the timeout are kept.
        let receive = tokio::time::timeout(timeout, receive);
        let _ = context.wait_for(|| what.to_owned(), receive).await;
        Ok(())
    })?;
    Ok(outcomes)
}

fn prepare(region: Option<&str>, token: Option<&Secret>, services: &Services) -> Result<(PortalClient, Secret), Error> {
    let token = token.ok_or_else(|| Error::other("the cached token is damaged"))?;
    let region = region.ok_or_else(|| Error::other("the cached token has no region"))?;
    Ok((services.portal(region)?, token.clone()))
}
