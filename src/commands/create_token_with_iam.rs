//! `create-token-with-iam`: `CreateTokenWithIAM`, the same endpoint signed with IAM credentials (RFC 7523, RFC 8693).
//!
//! Members in the order of the model; what happens with them is in `operation`. May import everything.

use super::operation::{self, Call, given};
use crate::Context;
use crate::cli::{CreateTokenWithIamArgs, GlobalArgs};
use crate::oidc::Operation;

/// Makes the call.
pub(super) fn run(args: &CreateTokenWithIamArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<()> {
    let given = given![args;
        one "clientId" client_id,
        one "grantType" grant_type,
        one "code" code,
        one "refreshToken" refresh_token,
        one "assertion" assertion,
        many "scope" scope,
        one "redirectUri" redirect_uri,
        one "subjectToken" subject_token,
        one "subjectTokenType" subject_token_type,
        one "requestedTokenType" requested_token_type,
        one "codeVerifier" code_verifier,
    ];
    operation::run(Call { operation: Operation::CreateTokenWithIam, given, input: &args.input }, global, context)
}
