//! The lists of accounts and roles: pages, accounts without a name or roles, throttling.

use serde_json::{Value, json};

use super::portal;
use crate::support::IdentityCenter;

#[test]
fn lists_come_in_pages() {
    let center = IdentityCenter::start();
    center.page_size(2).entitle_only("000000000001", "", &[]).entitle_only("000000000002", "Ünï", &["A", "B", "C"]);
    let token = center.issue().access_token;
    let page = |target: &str| portal(&center, "GET", target, &token).json();
    let first = page("/assignment/accounts");
    let named = json!({"accountId": "000000000002", "accountName": "Ünï", "emailAddress": "000000000002@example.com"});
    assert_eq!(first["accountList"], json!([{"accountId": "000000000001"}, named]));
    assert_eq!(first["nextToken"], "AAM+2/=&");
    let last = page("/assignment/accounts?max_result=100&next_token=AAM%2B2%2F%3D%26");
    assert_eq!((&last["nextToken"], &last["accountList"][0]["accountName"]), (&Value::Null, &json!("Development")));
    let roles = page("/assignment/roles?account_id=000000000002&max_result=1");
    assert_eq!(roles["roleList"], json!([{"roleName": "A", "accountId": "000000000002"}]));
    assert_eq!(page("/assignment/roles?account_id=000000000001"), json!({"nextToken": null, "roleList": []}));
    for query in ["max_result=0", "max_result=101", "next_token=AAM+2/=&", "next_token=other"] {
        let target = format!("/assignment/accounts?{query}");
        assert_eq!(portal(&center, "GET", &target, &token).status, 400, "{query}");
    }
    center.tolerate_everything();
}

#[test]
fn lists_are_throttled() {
    let center = IdentityCenter::start();
    center.throttle_lists(2);
    let token = center.issue().access_token;
    let statuses = [(); 3].map(|()| portal(&center, "GET", "/assignment/accounts", &token).status);
    assert_eq!(statuses, [200, 200, 429]);
}
