//! What a signed operation needs beyond the others: credentials, and where no region is configured that of the instance.
//!
//! The chain of credentials is in `credentials`, the signature in `oidc`. `--no-sign-request` asks for neither keys nor
//! signature.

use super::clients::{self, http_options};
use super::runtime;
use crate::cli::GlobalArgs;
use crate::config::{ClientSettings, Config, Located, Origin};
use crate::context::Context;
use crate::credentials::{self, Chain};
use crate::model::Operation;
use crate::oidc::Signing;

/// The settings, with the region of the EC2 instance where nobody names one, as the AWS CLI does for every operation.
pub(super) fn located(
    mut settings: ClientSettings,
    config: &Config,
    context: &Context,
) -> anyhow::Result<ClientSettings> {
    if settings.region.is_none() {
        let options = http_options(context, &settings);
        let asked = async { Ok(credentials::region_of_instance(context, config, &options).await?) };
        let region = runtime::block_on(context, asked)?;
        settings.region = region.map(|region| Located::new(region, Origin::Instance));
    }
    Ok(settings)
}

/// The keys to sign with; `None` for an operation that is not signed.
pub(super) async fn of(
    operation: Operation,
    region: &str,
    global: &GlobalArgs,
    config: &Config,
    settings: &ClientSettings,
    context: &Context,
) -> anyhow::Result<Option<Signing>> {
    if !operation.is_signed() || global.no_sign_request {
        return Ok(None);
    }
    let services = clients::for_operation_chain(context, config, global, http_options(context, settings))?;
    let credentials = Chain::new(context, config, &services, region).find().await?;
    Ok(Some(Signing { credentials, region: region.to_owned() }))
}
