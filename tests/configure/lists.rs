//! The lists of accounts and roles: as data, and with a service that rejects the token or fails.

use serde_json::json;

use super::{configure, section, signed_in};
use crate::support::IdentityCenter;
use crate::support::environment::SESSION;
use crate::support::identity_center::{Endpoint, Reply};

#[test]
fn the_list_itself_is_data() {
    let center = IdentityCenter::start();
    center.page_size(1).entitle_only("000000000001", "", &["B", "a", "A"]).entitle_only("444455556666", "会社", &[]);
    let env = signed_in(&center);
    let before = env.read(".aws/config");
    let run = configure(&env, &["--output", "json"]).ok();
    let expected = json!({
        "session": SESSION,
        "startUrl": center.start_url(),
        "accounts": [
            {"accountId": "111122223333", "accountName": "Development", "emailAddress": "111122223333@example.com",
             "roles": ["Developer", "ReadOnly"]},
            {"accountId": "444455556666", "accountName": "会社", "emailAddress": "444455556666@example.com", "roles": []},
            {"accountId": "000000000001", "accountName": null, "emailAddress": null, "roles": ["A", "a", "B"]},
        ],
    });
    assert_eq!(run.json(), expected);
    assert_eq!(run.stderr, "");
    let bytes = "{\n    \"session\": \"corp\",\n    \"startUrl\": \"https://d-1234567890.awsapps.com/start\",\n    \
                 \"accounts\": [\n        {\n            \"accountId\": \"111122223333\",\n            \
                 \"accountName\": \"Development\",\n            \
                 \"emailAddress\": \"111122223333@example.com\",\n            \
                 \"roles\": [\n                \"Developer\",\n                \"ReadOnly\"\n            ]\n        },\n";
    assert!(run.stdout.starts_with(bytes), "{}", run.stdout);
    let query = ["--query", "accounts[].[accountId, roles[0]]", "--output", "text"];
    let text = "111122223333\tDeveloper\n444455556666\tNone\n000000000001\tA\n";
    assert_eq!(configure(&env, &query).ok().stdout, text);
    let one = configure(&env, &["--output", "json", "--account-id", "000000000001", "--role-name", "a"]).ok();
    assert_eq!(
        one.json()["accounts"],
        json!([{
            "accountId": "000000000001", "accountName": null, "emailAddress": null, "roles": ["a"],
        }])
    );
    assert_eq!(env.read(".aws/config"), before);
}

#[test]
fn a_rejected_token_is_refreshed_once() {
    for endpoint in [Endpoint::ListAccounts, Endpoint::ListAccountRoles] {
        let center = IdentityCenter::start();
        let env = signed_in(&center);
        let first = env.token(SESSION)["accessToken"].clone();
        center.next(endpoint, Reply::json(401, &json!({"message": "Session token not found or invalid"})));
        configure(&env, &["--all"]).ok();
        assert_ne!(env.token(SESSION)["accessToken"], first);
        let expected = section("profile Development.ReadOnly", "111122223333", "ReadOnly", "region = us-east-1\n");
        assert!(env.read(".aws/config").ends_with(&expected));
    }
}

#[test]
fn a_session_that_ends_during_the_lists_changes_nothing() {
    let center = IdentityCenter::start();
    let env = signed_in(&center);
    let before = env.read(".aws/config");
    let unauthorized = Reply::json(401, &json!({"message": "Session token not found or invalid"}));
    center.next(Endpoint::ListAccountRoles, unauthorized);
    center.next(Endpoint::CreateToken, Reply::fault("InvalidGrantException"));
    let run = configure(&env, &["--all", "--interactive", "never"]).expect(4);
    assert!(run.stderr.contains("run: sso-oidc login --sso-session corp"), "{}", run.snapshot());
    assert_eq!(env.read(".aws/config"), before);
}

#[test]
fn a_refreshed_token_that_is_rejected_needs_a_login() {
    let center = IdentityCenter::start();
    let env = signed_in(&center);
    let before = env.read(".aws/config");
    let unauthorized = Reply::json(401, &json!({"message": "Session token not found or invalid"}));
    center.next_n(Endpoint::ListAccounts, 2, &unauthorized);
    let run = configure(&env, &["--all", "--interactive", "never"]).expect(4);
    assert!(run.stderr.contains("run: sso-oidc login --sso-session corp"), "{}", run.snapshot());
    assert_eq!(env.read(".aws/config"), before);
}

#[test]
fn failures_of_the_service_change_nothing() {
    for (endpoint, reply, status, words) in [
        (
            Endpoint::ListAccounts,
            Reply::json(400, &json!({"message": "no"})),
            254,
            "calling the ListAccounts operation: no",
        ),
        (
            Endpoint::ListAccountRoles,
            Reply::json(404, &json!({})),
            254,
            "cannot list the roles of Development (111122223333): An error occurred (404) when calling the ListAccountRoles",
        ),
        (
            Endpoint::ListAccounts,
            Reply::html(200, "<html>"),
            255,
            "The response to the ListAccounts operation is a web page",
        ),
        (Endpoint::ListAccounts, Reply::json(200, &json!({})), 255, "has no accountList"),
        (Endpoint::ListAccountRoles, Reply::json(200, &json!({"roleList": [7]})), 255, "wrong type for roleList"),
        (Endpoint::ListAccountRoles, Reply::json(200, &json!({"roleList": [{}]})), 255, "has no roleName"),
        (
            Endpoint::ListAccountRoles,
            { Reply::json(200, &json!({"roleList": [{"roleName": "x\ncredential_process = y"}]})) },
            255,
            "has an unusable roleName",
        ),
    ] {
        let center = IdentityCenter::start();
        let env = signed_in(&center);
        let before = env.read(".aws/config");
        center.next(endpoint, reply);
        let run = configure(&env, &["--all"]).expect(status);
        assert!(run.stderr.contains(words), "{}", run.snapshot());
        assert_eq!(env.read(".aws/config"), before);
    }
}

#[test]
fn pages_that_repeat_end() {
    let center = IdentityCenter::start();
    let env = signed_in(&center);
    let page = Reply::json(200, &json!({"accountList": [], "nextToken": "AAM+"}));
    center.next_n(Endpoint::ListAccounts, 2, &page);
    let run = configure(&env, &["--all"]).expect(255);
    assert!(run.stderr.contains("has an unusable nextToken"), "{}", run.snapshot());
    assert_eq!(center.requests()[1].parameter("next_token"), Some("AAM+"));
}

#[test]
fn a_failing_service_is_tried_again() {
    let center = IdentityCenter::start();
    let env = signed_in(&center);
    center.next(Endpoint::ListAccounts, Reply::json(503, &json!({})));
    center.next(Endpoint::ListAccountRoles, Reply::hang_up());
    configure(&env, &["--all"]).ok();
    assert_eq!(center.calls().len(), 4);
}
