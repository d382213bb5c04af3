//! The host names of regions, and the start URLs that belong to AWS.
//!
//! `data/endpoint/cases.tsv` has, for both services, AWS's own endpoint tests, what AWS CLI 2.36.7 resolves for each of 62
//! regions with and without FIPS and dual-stack, and botocore's results for invalid regions.
//! `data/endpoint/start-urls.tsv` has the results of AWS CLI 2.36.7 for hosts and start URLs.

use crate::support::scripted_flow::reply;
use crate::support::scripted_server::ScriptedServer;
use crate::support::{IdentityCenter, TestEnv};
use proptest::prelude::*;
use sso_oidc::internal::{
    Service, StartUrlKind, Variant, classify, is_aws_owned, is_dualstack, normalized_start_url, region_of_portal_host,
    region_of_start_url, resolve, resolved,
};

const CASES: &str = include_str!("data/endpoint/cases.tsv");
const START_URLS: &str = include_str!("data/endpoint/start-urls.tsv");

/// AWS's expectations begin with the name of the Python exception, which is not displayed. No message recommends the AWS
/// CLI.
fn text(expected: &str) -> &str {
    let text = expected.split_once("Error: ").map_or(expected, |(_, text)| text);
    text.split_once(" Please run 'aws ").map_or(text, |(text, _)| text)
}

#[test]
fn regions_resolve_like_the_aws_cli() {
    let mut regions = std::collections::BTreeSet::new();
    for line in CASES.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [service, region, fips, dualstack, expected] = fields[..] else { panic!("{line}") };
        let service = if service == "oidc" { Service::Oidc } else { Service::Portal };
        let variant = Variant { fips: fips == "1", dualstack: dualstack == "1" };
        let found = resolve(service, region, variant).unwrap_or_else(|error| error.to_string());
        assert_eq!(found, text(expected), "{line}");
        regions.insert(region);
    }
    assert!(regions.len() > 80, "{}", regions.len());
}

#[test]
fn start_urls_are_classified_like_the_aws_cli() {
    for line in START_URLS.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let (found, expected) = match fields[..] {
            ["owned", host, expected] => (is_aws_owned(host).to_string(), expected),
            ["region", host, expected] => (region_of_portal_host(host).unwrap_or_default(), expected),
            ["normalized", url, expected] => (normalized_start_url(url).unwrap_or_default(), expected),
            ["resolved", configured, led_to, region, expected] => {
                let found = resolved(configured, led_to, region).map(|(url, region)| format!("{url} {region}"));
                (found.unwrap_or_else(|error| error.to_string()), expected)
            }
            ["kind", url, region, expected] => {
                let found = classify(url, region).map(|kind| match kind {
                    StartUrlKind::AwsOwned => "owned".to_owned(),
                    StartUrlKind::Vanity => "vanity".to_owned(),
                });
                (found.unwrap_or_else(|error| error.to_string()), expected)
            }
            _ => panic!("{line}"),
        };
        assert_eq!(found, text(expected), "{line}");
    }
    assert!(START_URLS.lines().count() > 140);
}

#[test]
fn lookalike_hosts_are_not_aws() {
    for url in [
        r"https://evil.example\.awsapps.com/start",
        "https://evil.example%2f.awsapps.com/start",
        "https://d-1.awsapps.com@evil.example/start",
        "https://d-1.awsapps.com:443@evil.example/start",
        "https://d-1.awsapps.com\u{2024}evil.example/start",
        "https://d-1.awsapps\u{ff0e}com/start",
        "https://d-1.awsapps.com:99999/start",
        "https://d-1.awsapps.com:+443/start",
        "https://[::1]/.awsapps.com",
        "https://evil.example/?.awsapps.com",
        "https://evil.example#.awsapps.com",
        "https://evil.example/.awsapps.com",
        " https://d-1.awsapps.com/start",
        "https://d-1.awsapps.com/st\nart",
    ] {
        assert_ne!(classify(url, "us-east-1"), Ok(StartUrlKind::AwsOwned), "{url}");
        assert!(resolved("https://login.example.com", url, "us-east-1").is_err(), "{url}");
    }
}

proptest! {
    #[test]
    fn resolved_urls_are_https_hosts_with_the_region(region in "[a-z]{2}(-[a-z]{1,8}){1,3}-[0-9]{1,2}", fips: bool, dualstack: bool) {
        prop_assume!(!region.contains("fips"));
        for service in [Service::Oidc, Service::Portal] {
            if let Ok(url) = resolve(service, &region, Variant { fips, dualstack }) {
                let host = url.strip_prefix("https://").unwrap();
                prop_assert!(host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte)));
                let infix = format!(".{region}.");
                prop_assert!(host.contains(&infix), "{}", host);
            } else {
                prop_assert!(dualstack);
            }
        }
    }

    #[test]
    fn arbitrary_regions_stay_in_their_host_label(region in any::<String>()) {
        if let Ok(url) = resolve(Service::Oidc, &region, Variant::default()) {
            prop_assert!(url.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:/".contains(&byte)));
            prop_assert!(!region.contains(['.', '/', ':', '@']));
        }
    }

    #[test]
    fn arbitrary_start_urls_never_panic(url in "(https?://)?[ -~\u{e9}\u{2028}]{0,40}") {
        if classify(&url, "us-east-1") == Ok(StartUrlKind::AwsOwned) {
            let normalized = normalized_start_url(&url).unwrap();
            let reparsed = url::Url::parse(&normalized).unwrap();
            prop_assert!(is_aws_owned(reparsed.host_str().unwrap()));
        }
        let _ = resolved("https://login.example.com", &url, "");
    }
}

#[test]
fn govcloud_and_china_start_urls_have_a_region() {
    for (url, region) in [
        ("https://start.us-gov-west-1.us-gov-home.awsapps.com/directory/d-1234567890", Some("us-gov-west-1")),
        ("https://START.us-gov-east-1.us-gov-home.awsapps.com./directory/x", Some("us-gov-east-1")),
        ("https://start.cn-north-1.home.awsapps.cn/directory/d-1234567890", Some("cn-north-1")),
        ("https://start.cn-northwest-1.home.awsapps.cn/directory/x", Some("cn-northwest-1")),
        ("https://ssoins-1.portal.eu-west-1.app.aws", Some("eu-west-1")),
        ("https://start.us-gov-home.awsapps.com/directory/x", None),
        ("https://start.home.awsapps.cn/directory/x", None),
        ("https://start.evil.us-gov-home.awsapps.com/x", None),
        ("https://start.cn-north-1.x.home.awsapps.cn", None),
        ("https://d-1234567890.awsapps.com/start", None),
        ("start.cn-north-1.home.awsapps.cn", None),
    ] {
        assert_eq!(region_of_start_url(url).as_deref(), region, "{url}");
    }
}

#[test]
fn dual_stack_start_urls_are_recognised() {
    for (url, expected) in [
        ("https://ssoins-1.portal.eu-west-1.app.aws", true),
        ("https://ssoins-1.portal.eu-west-1.APP.AWS./start", true),
        ("https://ssoins-1.portal.cn-north-1.app.amazonwebservices.com.cn", true),
        ("https://ssoins-1.portal.eusc-de-east-1.api.amazonwebservices.eu", true),
        ("https://ssoins-1.eu-west-1.portal.amazonaws.com", false),
        ("https://d-1234567890.awsapps.com/start", false),
        ("https://myapp.aws", false),
        ("https://x.example/.app.aws", false),
    ] {
        assert_eq!(is_dualstack(url), expected, "{url}");
    }
}

#[test]
fn a_dual_stack_start_url_selects_the_dual_stack_endpoint() {
    let dual = "https://ssoins-1.portal.eu-west-1.app.aws";
    let (ordinary, dualstack) = ("oidc.eu-west-1.amazonaws.com:443", "oidc.eu-west-1.api.aws:443");
    for (url, setting, host) in [
        (dual, None, dualstack),
        (dual, Some("false"), ordinary),
        (dual, Some("true"), dualstack),
        ("https://d-1234567890.awsapps.com/start", None, ordinary),
        ("https://d-1234567890.awsapps.com/start", Some("true"), dualstack),
    ] {
        for command in ["login --use-device-code --no-browser --force", "login --no-browser --force", "token"] {
            let proxy = ScriptedServer::plain(vec![reply(502, &[], "")]);
            let center = IdentityCenter::start();
            let mut env = TestEnv::new();
            env.config(&format!("[sso-session corp]\nsso_start_url = {url}\nsso_region = eu-west-1\n"));
            env.set("HTTPS_PROXY", format!("http://{}", proxy.address)).set("BROWSER", "/nonexistent");
            if let Some(setting) = setting {
                env.set("AWS_USE_DUALSTACK_ENDPOINT", setting);
            }
            env.sign_in(&center, "corp");
            let mut token = env.let_expire_in("corp", -60);
            token["startUrl"] = url.into();
            token["region"] = "eu-west-1".into();
            env.write_token("corp", &token);
            let run = env.run(command.split(' ').chain(["--sso-session", "corp"])).expect(255);
            let line = format!("CONNECT {host} HTTP/1.1");
            assert_eq!(proxy.requests()[0].line, line, "{url} {setting:?} {}", run.snapshot());
        }
    }
}
