//! `register-client`: `RegisterClient`, dynamic registration of a public client (RFC 7591).
//!
//! Members in the order of the model; what happens with them is in `operation`. May import everything.

use super::operation::{self, Call, given};
use crate::Context;
use crate::cli::{GlobalArgs, RegisterClientArgs};
use crate::oidc::Operation;

/// Makes the call.
pub(super) fn run(args: &RegisterClientArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<()> {
    let given = given![args;
        one "clientName" client_name,
        one "clientType" client_type,
        many "scopes" scopes,
        many "redirectUris" redirect_uris,
        many "grantTypes" grant_types,
        one "issuerUrl" issuer_url,
        one "entitledApplicationArn" entitled_application_arn,
    ];
    operation::run(Call { operation: Operation::RegisterClient, given, input: &args.input }, global, context)
}
