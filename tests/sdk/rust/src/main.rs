//! The AWS SDK for Rust as a user of the token cache: prints role credentials of a profile as one JSON object.
//!
//! Run by `tests/sdk_interop.rs` in an environment whose endpoints are a local Identity Center; `AWS_PROFILE` names the
//! profile. Imports nothing of sso-oidc: what it shares with it is the cache.

use aws_config::BehaviorVersion;
use aws_credential_types::provider::ProvideCredentials as _;
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let credentials = runtime.block_on(async {
        let http = aws_smithy_http_client::Builder::new().build_http();
        let config = aws_config::defaults(BehaviorVersion::latest()).http_client(http).load().await;
        let provider = config.credentials_provider().ok_or("no credentials provider")?;
        provider.provide_credentials().await.map_err(Box::<dyn std::error::Error>::from)
    })?;
    println!(
        "{}",
        json!({
            "accessKeyId": credentials.access_key_id(),
            "secretAccessKey": credentials.secret_access_key(),
            "sessionToken": credentials.session_token(),
        })
    );
    Ok(())
}
