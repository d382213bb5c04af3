//! The URLs that the browser is started with: those of every partition, and none that attacks the opener.
//!
//! A script in place of the browser records its arguments. The endpoint is not on loopback, so that the everyday rules
//! apply. The rules themselves have unit tests in `src/text.rs`.

use std::thread;

use serde_json::json;

use crate::support::TestEnv;
use crate::support::identity_center::{Identity, Transport};
use crate::support::scripted_flow::reply;
use crate::support::scripted_server::{ScriptedServer, Step};
use crate::support::wait_until;

/// Runs a device code login with this URL; returns the browser's arguments and the output.
fn opened(identity: &Identity, url: &str, is_good: bool) -> (Vec<String>, String) {
    let good = |body: serde_json::Value| reply(200, &["Content-Type: application/json"], &body.to_string());
    let pending = reply(400, &["x-amzn-ErrorType: AuthorizationPendingException"], "{}");
    let device = json!({
        "deviceCode": "d", "userCode": "ABCD-EFGH", "verificationUri": url, "verificationUriComplete": url, "expiresIn": 60, "interval": 1,
    });
    let steps: Vec<Step> = vec![
        good(json!({"clientId": "c", "clientSecret": "s", "clientSecretExpiresAt": 4_000_000_000_u64})),
        good(device),
        pending,
        good(crate::support::scripted_flow::token_body()),
    ];
    let server = ScriptedServer::start(steps, &Transport::Proxy(identity.config.clone()), false);
    let mut env = TestEnv::new();
    env.config("[sso-session corp]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = us-east-1\n");
    env.write("ca.pem", &identity.authority);
    let bundle = env.home().join("ca.pem");
    env.set("AWS_CA_BUNDLE", bundle).set("HTTPS_PROXY", format!("http://{}", server.address));
    env.set("AWS_ENDPOINT_URL_SSO_OIDC", "https://oidc.test.example").set("SSO_OIDC_INTERACTIVE", "always");
    env.record_browser();
    let run = env.run(["login", "--sso-session", "corp", "--flow", "device-code"]).ok();
    assert!(run.stdout.contains("ABCD-EFGH"), "{}", run.snapshot());
    if is_good {
        wait_until(&format!("the browser to open {url}"), || !env.opened().is_empty());
    }
    (env.opened(), run.stderr)
}

/// The same for each of many at once: nearly all of it is the one second between polls.
fn each(urls: &[String], is_good: bool, check: impl Fn(&str, Vec<String>, String) + Sync) {
    let identity = Identity::new(["oidc.test.example"]);
    for some in urls.chunks(16) {
        thread::scope(|scope| {
            for url in some {
                scope.spawn(|| {
                    let (opened, said) = opened(&identity, url, is_good);
                    check(url, opened, said);
                });
            }
        });
    }
}

#[test]
fn urls_of_every_partition_are_opened() {
    let urls = [
        "https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH",
        "https://device.sso.cn-north-1.amazonaws.com.cn/?user_code=ABCD-EFGH",
        "https://device.sso-fips.us-gov-west-1.amazonaws.com/",
        "https://d-1234567890.awsapps.com/start/#/device?user_code=ABCD-EFGH",
        "https://my-company.awsapps.com/start/",
        "https://start.us-gov-home.awsapps.com/directory/d-9a6700?user_code=ABCD-EFGH",
        "https://start.home.awsapps.cn/directory/d-1234?user_code=ABCD-EFGH",
        "https://ssoins-7223b1.portal.us-east-1.app.aws/device?user_code=ABCD-EFGH",
        "https://identitycenter.amazonaws.com/ssoins-1/",
        "https://eu-central-1.signin.aws/platform/login?workflowStateHandle=a-b",
        "https://us-east-1.signin.amazonaws-us-gov.com/oauth?x=1&y=2",
        "https://device.sso.eusc-de-east-1.amazonaws.eu/?user_code=ABCD-EFGH",
        "https://sso.my-company.example:8443/device?user_code=ABCD-EFGH",
    ];
    each(&urls.map(str::to_owned), true, |url, opened, said| {
        assert_eq!(opened, [url], "{said}");
        assert!(!said.contains("not given to a browser"), "{url}: {said}");
    });
}

/// Other schemes, ambiguous URLs, options for the opener or a shell, misleading hosts.
const HOSTILE: [&str; 50] = [
    "http://device.sso.us-east-1.amazonaws.com/",
    "http://127.0.0.1/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "ftp://h.example/x",
    "smb://h.example/share",
    "ssh://-oProxyCommand=id/x",
    "ms-msdt:/id PCWDiagnostic",
    "search-ms:query=x&crumb=location:\\\\h.example",
    "x-apple.systempreferences:",
    "mailto:a@b.example",
    "tel:+1",
    "about:blank",
    "view-source:https://h.example/",
    "https:h.example/",
    "https:/h.example/",
    "https:///h.example/",
    "https://",
    "https://:443/",
    "https://h.example:99999/",
    "https://[::1/",
    "https://ex%61mple.com/",
    "//h.example/x",
    "h.example/x",
    "-https://h.example/",
    "--renderer-cmd-prefix=/bin/sh",
    "--url=https://h.example/",
    " https://h.example/",
    "https://h.example/ --gpu-launcher=/bin/sh",
    "https://h.example/\nhttps://i.example/",
    "https://h.example/\r\n",
    "https://h\t.example/",
    "https://h.example/\u{0}x",
    "https://h.example/\"&calc.exe&\"",
    "https://h.example/`id`",
    "https://h.example/$(id) ",
    "https://h.example/|sh",
    "https://h.example/<script>",
    "https://h.example/a^b",
    "https://aws.amazon.com\\@h.example/",
    "\\\\h.example\\share",
    "https://user@h.example/",
    "https://user:password@h.example/",
    "https://device.sso.us-east-1.amazonaws.com@h.example/",
    "https://b\u{fc}cher.example/",
    "https://h.example/\u{202e}moc",
    "https://h.example/\u{1b}[2J",
    "https://h.example/\u{200b}",
];

#[test]
fn unsafe_urls_are_not_opened() {
    let mut urls = HOSTILE.map(str::to_owned).to_vec();
    urls.push(format!("https://h.example/{}", "a".repeat(10_000)));
    assert!(urls.len() >= 40, "{}", urls.len());
    each(&urls, false, |url, opened, said| {
        assert_eq!(opened, [""; 0], "{url}");
        assert!(said.contains("the URL was not opened in a browser: it "), "{url}: {said}");
    });
}
