//! The flows of the local Identity Center: device code, authorization code with PKCE, refresh.
//!
//! RFC 8628, RFC 7636, RFC 6749 section 6.

use serde_json::json;

use super::*;
use crate::support::{Approval, Endpoint};

#[test]
fn device_flow_pending_approval_single_use() {
    let center = IdentityCenter::start();
    center.tolerate_fast_polls();
    let client = device_client(&center);
    let started = start_device(&center, &client).json();
    assert_eq!((started["expiresIn"].as_u64(), started["interval"].as_u64()), (Some(600), Some(1)));
    let code = started["deviceCode"].as_str().unwrap();
    let pending = (400, "AuthorizationPendingException", "authorization_pending".to_owned());
    assert_eq!(poll(&center, &client, code).fault(), pending);

    let page = UserAgent::new().approve(started["verificationUriComplete"].as_str().unwrap()).unwrap();
    assert_eq!((page.status, page.title()), (200, "Request approved"));
    let tokens = poll(&center, &client, code);
    assert_eq!((tokens.status, tokens.json()["expiresIn"].as_u64()), (200, Some(28800)));
    assert!(center.accepts(&tokens.text("accessToken")));

    center.expect_fault(Endpoint::CreateToken, "InvalidGrantException");
    assert_eq!(poll(&center, &client, code).fault(), (400, "InvalidGrantException", "invalid_grant".to_owned()));
}

#[test]
fn denial_and_expiry_end_the_device_flow() {
    let center = IdentityCenter::start();
    let client = device_client(&center);
    let started = start_device(&center, &client);
    let page = UserAgent::new().deny(&started.text("verificationUriComplete")).unwrap();
    assert_eq!(page.title(), "Request denied");
    center.expect_fault(Endpoint::CreateToken, "AccessDeniedException");
    let denied = poll(&center, &client, &started.text("deviceCode"));
    assert_eq!(denied.fault(), (400, "AccessDeniedException", "access_denied".to_owned()));

    let started = start_device(&center, &client);
    center.expire_codes();
    center.expect_fault(Endpoint::CreateToken, "ExpiredTokenException");
    let expired = poll(&center, &client, &started.text("deviceCode"));
    assert_eq!(expired.fault(), (400, "ExpiredTokenException", "expired_token".to_owned()));
}

#[test]
fn early_polls_get_slow_down() {
    let center = IdentityCenter::start();
    center.interval(5);
    let client = device_client(&center);
    let code = start_device(&center, &client).text("deviceCode");
    poll(&center, &client, &code);
    assert_eq!(poll(&center, &client, &code).fault(), (400, "SlowDownException", "slow_down".to_owned()));
    let words = verdict(center);
    assert!(words.contains("SlowDownException") && words.contains("where the interval is 5s"), "{words}");
}

#[test]
fn approval_at_once_or_after_polls() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let client = device_client(&center);
    let code = start_device(&center, &client).text("deviceCode");
    assert_eq!(poll(&center, &client, &code).status, 200);

    center.approval(Approval::AfterPolls(2)).interval(0);
    let code = start_device(&center, &client).text("deviceCode");
    let statuses: Vec<u16> = (0..3).map(|_| poll(&center, &client, &code).status).collect();
    assert_eq!(statuses, [400, 400, 200]);
}

#[test]
fn code_exchange_checks_verifier_redirect_uri_and_client() {
    let center = IdentityCenter::start();
    let client = code_client(&center);
    let other = code_client(&center);
    let wrong = [
        json!({ "codeVerifier": "x".repeat(43) }),
        json!({ "codeVerifier": &VERIFIER[1..] }),
        json!({ "redirectUri": "http://127.0.0.1:4712/oauth/callback" }),
        json!({ "redirectUri": CALLBACK }),
        json!({ "clientId": other.0, "clientSecret": other.1 }),
    ];
    for changes in wrong {
        let code = new_code(&center, &client);
        center.expect_fault(Endpoint::CreateToken, "InvalidGrantException");
        assert_eq!(redeem(&center, &client, &code, &changes).status, 400, "{changes}");
    }
    let code = new_code(&center, &client);
    assert_eq!(redeem(&center, &client, &code, &json!({})).status, 200);
    center.expect_fault(Endpoint::CreateToken, "InvalidGrantException");
    assert_eq!(redeem(&center, &client, &code, &json!({})).text("error_description"), "The code was used already");

    let code = new_code(&center, &client);
    center.expire_codes();
    center.expect_fault(Endpoint::CreateToken, "ExpiredTokenException");
    assert_eq!(redeem(&center, &client, &code, &json!({})).status, 400);
}

#[test]
fn consent_page_returns_the_decision() {
    let center = IdentityCenter::start();
    let client = code_client(&center);
    let url = authorize_url(&center, &client.0, "http://127.0.0.1:4711/oauth/callback");
    let approved = redirect(&center, &url, "approve");
    assert_eq!(approved[1], ("state".to_owned(), "st".to_owned()));
    let denied = redirect(&center, &url, "deny");
    let names: Vec<&str> = denied.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["error", "error_description", "state"]);
    assert_eq!(denied[0].1, "access_denied");
}

#[test]
fn only_registered_loopback_redirects() {
    let center = IdentityCenter::start();
    let client = code_client(&center);
    let agent = UserAgent::new();
    for uri in [
        "http://127.0.0.1:4711/other",
        "http://localhost:4711/oauth/callback",
        "https://127.0.0.1:4711/oauth/callback",
        "http://example.com:4711/oauth/callback",
        "http://127.0.0.1/oauth/callback",
        "http://127.0.0.1:4711/oauth/callback?x=y",
    ] {
        center.expect_fault(Endpoint::Authorize, "InvalidRedirectUriException");
        let page = agent.open(&authorize_url(&center, &client.0, uri)).unwrap();
        assert_eq!((page.status, page.title()), (400, "This request cannot be answered"), "{uri}");
    }
    let url = authorize_url(&center, &client.0, "http://127.0.0.1:4711/oauth/callback");
    for (from, to) in [("scopes=", "scope="), ("&state=st", ""), ("state=st", "state=st&state=tt")] {
        center.expect_fault(Endpoint::Authorize, "InvalidRequestException");
        assert_eq!(agent.open(&url.replace(from, to)).unwrap().status, 400, "{to}");
    }
    let device = device_client(&center);
    center.expect_fault(Endpoint::Authorize, "InvalidRedirectUriException");
    assert_eq!(
        agent.open(&authorize_url(&center, &device.0, "http://127.0.0.1:4711/oauth/callback")).unwrap().status,
        400
    );
}

#[test]
fn refresh_tokens_are_single_use_and_bound() {
    let center = IdentityCenter::start();
    let issued = center.issue();
    let other = center.issue();
    let first = refresh(&center, &issued.client_id, &issued.client_secret, &issued.refresh_token);
    assert_eq!(first.status, 200);
    let second = first.text("refreshToken");
    for (id, secret, token) in [
        (&issued.client_id, &issued.client_secret, &issued.refresh_token),
        (&other.client_id, &other.client_secret, &second),
        (&issued.client_id, &issued.client_secret, &"aor-unknown".to_owned()),
    ] {
        center.expect_fault(Endpoint::CreateToken, "InvalidGrantException");
        assert_eq!(refresh(&center, id, secret, token).fault().1, "InvalidGrantException");
    }
    center.end_sessions();
    center.expect_fault(Endpoint::CreateToken, "InvalidGrantException");
    assert_eq!(refresh(&center, &issued.client_id, &issued.client_secret, &second).status, 400);
}

#[test]
fn refresh_tokens_can_be_kept() {
    let center = IdentityCenter::start();
    center.keep_refresh_tokens();
    let issued = center.issue();
    for _ in 0..2 {
        let answer = refresh(&center, &issued.client_id, &issued.client_secret, &issued.refresh_token);
        assert_eq!(answer.text("refreshToken"), issued.refresh_token);
    }
}
