//! `start-device-authorization`: `StartDeviceAuthorization`, the device authorization request (RFC 8628 section 3.1).
//!
//! Members in the order of the model; what happens with them is in `operation`. May import everything.

use super::operation::{self, Call, given};
use crate::Context;
use crate::cli::{GlobalArgs, StartDeviceAuthorizationArgs};
use crate::oidc::Operation;

/// Makes the call.
pub(super) fn run(args: &StartDeviceAuthorizationArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<()> {
    let given = given![args;
        one "clientId" client_id,
        one "clientSecret" client_secret,
        one "startUrl" start_url,
    ];
    operation::run(Call { operation: Operation::StartDeviceAuthorization, given, input: &args.input }, global, context)
}
