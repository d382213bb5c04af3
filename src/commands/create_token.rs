//! `create-token`: `CreateToken`, the token endpoint for registered clients (RFC 6749
//! sections 4.1.3 and 6, RFC 8628 section 3.4).
//!
//! Members in the order of the model; what happens with them is in `operation`. May import everything.

use super::operation::{self, Call, given};
use crate::Context;
use crate::cli::{CreateTokenArgs, GlobalArgs};
use crate::oidc::Operation;

/// Makes the call.
pub(super) fn run(args: &CreateTokenArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<()> {
    let given = given![args;
        one "clientId" client_id,
        one "clientSecret" client_secret,
        one "grantType" grant_type,
        one "deviceCode" device_code,
        one "code" code,
        one "refreshToken" refresh_token,
        many "scope" scope,
        one "redirectUri" redirect_uri,
        one "codeVerifier" code_verifier,
    ];
    operation::run(Call { operation: Operation::CreateToken, given, input: &args.input }, global, context)
}
