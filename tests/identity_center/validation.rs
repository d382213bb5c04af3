//! The rules of the local Identity Center: clients, registration, requests, the portal.
//!
//! Requests that the AWS model of the two services does not allow get the modelled error.

use serde_json::json;

use super::*;
use crate::support::Endpoint;

#[test]
fn clients_are_checked() {
    let center = IdentityCenter::start();
    let device = device_client(&center);
    let code = code_client(&center);
    let invalid = (401, "InvalidClientException", "invalid_client".to_owned());
    center.expect_fault(Endpoint::StartDeviceAuthorization, "InvalidClientException");
    assert_eq!(start_device(&center, &(device.0.clone(), "wrong".into())).fault(), invalid);
    center.expect_fault(Endpoint::StartDeviceAuthorization, "UnauthorizedClientException");
    assert_eq!(start_device(&center, &code).fault().2, "unauthorized_client");
    center.expect_fault(Endpoint::CreateToken, "UnauthorizedClientException");
    assert_eq!(redeem(&center, &device, "code", &json!({})).fault().2, "unauthorized_client");
    center.expect_fault(Endpoint::CreateToken, "UnsupportedGrantTypeException");
    assert_eq!(redeem(&center, &device, "code", &json!({ "grantType": "password" })).status, 400);
    center.expire_clients();
    center.expect_fault(Endpoint::StartDeviceAuthorization, "InvalidClientException");
    assert_eq!(start_device(&center, &device).fault(), invalid);
}

#[test]
fn invalid_registrations_are_refused() {
    let center = IdentityCenter::start();
    center.support_scopes(&["sso:account:access"]);
    let start_url = center.start_url();
    let pkce = |uri: &str, issuer: &str| {
        json!({ "clientName": "n", "clientType": "public", "grantTypes": ["authorization_code"],
                "redirectUris": [uri], "issuerUrl": issuer })
    };
    for (body, code) in [
        (json!({ "clientName": "n", "clientType": "confidential" }), "InvalidClientMetadataException"),
        (json!({ "clientName": "n", "clientType": "public", "scopes": ["x"] }), "InvalidScopeException"),
        (json!({ "clientName": "n", "clientType": "public", "grantTypes": ["x"] }), "UnsupportedGrantTypeException"),
        (pkce("http://127.0.0.1:80/oauth/callback", &start_url), ""),
        (pkce("http://127.0.0.1:4711/oauth/callback", &start_url), "InvalidRedirectUriException"),
        (pkce("https://example.com/cb", &start_url), "InvalidRedirectUriException"),
        (pkce(CALLBACK, "https://d-other.awsapps.com/start"), "InvalidRequestException"),
        (json!({ "clientName": "n" }), "InvalidRequestException"),
        (json!({ "clientName": "n", "clientType": "public", "scope": ["x"] }), "InvalidRequestException"),
        (json!({ "clientName": "n", "clientType": "public", "scopes": "x" }), "InvalidRequestException"),
        (json!({ "clientName": 1, "clientType": "public" }), "InvalidRequestException"),
        (json!(["clientName"]), "InvalidRequestException"),
    ] {
        if !code.is_empty() {
            center.expect_fault(Endpoint::RegisterClient, code);
        }
        let answer = post(&center, "/client/register", &body);
        assert_eq!(answer.header("x-amzn-errortype").unwrap_or_default(), code, "{body}");
    }
}

#[test]
fn method_content_type_and_path_are_checked() {
    let center = IdentityCenter::start();
    center.expect_fault(Endpoint::CreateToken, "MethodNotAllowedException");
    assert_eq!(ask(&center, "GET", "/token", "", "").status, 405);
    center.expect_fault(Endpoint::CreateToken, "InvalidRequestException");
    let answer = ask(&center, "POST", "/token", "Content-Type: text/plain\r\n", "{}");
    assert_eq!(answer.text("error_description"), "The content type is not application/json");
    assert_eq!(ask(&center, "POST", "/token?aws_iam=f", "", "").status, 404);
    assert!(verdict(center).contains("POST /token?aws_iam=f does not exist"));
}

#[test]
fn portal_sessions_end_at_logout() {
    let center = IdentityCenter::start();
    let token = center.issue().access_token;
    let credentials = "/federation/credentials?role_name=Developer&account_id=111122223333";
    let answer = portal(&center, "GET", credentials, &token).json();
    assert!(answer["roleCredentials"]["expiration"].as_u64() > Some(1_700_000_000_000));
    assert!(
        answer["roleCredentials"]["accessKeyId"].as_str().is_some_and(|id| id.len() == 20 && id.starts_with("ASIA"))
    );
    let accounts = portal(&center, "GET", "/assignment/accounts", &token).json();
    assert_eq!(accounts["accountList"][0]["accountId"], "111122223333");
    let roles = portal(&center, "GET", "/assignment/roles?account_id=111122223333", &token).json();
    assert_eq!(roles["roleList"][1]["roleName"], "ReadOnly");

    center.expect_fault(Endpoint::GetRoleCredentials, "ForbiddenException");
    let other = credentials.replace("Developer", "Administrator");
    assert_eq!(portal(&center, "GET", &other, &token).status, 403);

    let bye = portal(&center, "POST", "/logout", &token);
    assert_eq!((bye.status, bye.body.as_str()), (200, ""));
    for (endpoint, method, target) in [
        (Endpoint::GetRoleCredentials, "GET", credentials),
        (Endpoint::ListAccounts, "GET", "/assignment/accounts"),
        (Endpoint::Logout, "POST", "/logout"),
    ] {
        center.expect_fault(endpoint, "UnauthorizedException");
        let answer = portal(&center, method, target, &token);
        assert_eq!((answer.status, answer.header("x-amzn-errortype")), (401, Some("UnauthorizedException")));
    }
}

#[test]
fn access_tokens_expire() {
    let center = IdentityCenter::start();
    let token = center.issue().access_token;
    assert!(center.accepts(&token));
    center.expire_access_tokens();
    assert!(!center.accepts(&token));
    center.access_token_lives(0);
    assert!(!center.accepts(&center.issue().access_token));
}

#[test]
fn vanity_url_redirects_to_the_start_url() {
    let center = IdentityCenter::start();
    let answer = ask(&center, "HEAD", "/start", "", "");
    assert_eq!((answer.status, answer.header("location")), (302, Some(center.start_url().as_str())));
}
