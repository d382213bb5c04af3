//! Start URLs compared with the AWS CLI's rules, reimplemented in Python with `urllib.parse` (`oracle.py`).
//!
//! We are stricter in two cases, for which Python gives the reason `odd`: a host with invalid characters, and spaces, control
//! characters or non-ASCII characters in host or path, which Python drops or keeps.

use serde_json::{Value, json};

use super::{StartUrlKind, classify, is_aws_owned, normalized_start_url, region_of_portal_host, resolved};
use crate::fuzzing::{Case, Rng, Verdict, compare, mutate};

const HOSTS: [&str; 26] = [
    "d-1.awsapps.com",
    "D-1.AwsApps.COM",
    "awsapps.com",
    "x.awsapps.cn",
    "evilawsapps.com",
    "awsapps.com.evil.example",
    "d-1.awsapps.com.",
    "ssoins-1.portal.us-west-2.app.aws",
    "a.b.portal.us-west-2.app.aws",
    "ssoins-1.portal..app.aws",
    "ssoins-1.eu-west-1.portal.amazonaws.com",
    "portal.amazonaws.com",
    "x.cn-north-1.portal.amazonaws.com.cn",
    "x.portal.cn-north-1.app.amazonwebservices.com.cn",
    "x.eusc-de-east-1.portal.amazonaws.eu",
    "x.portal.eusc-de-east-1.api.amazonwebservices.eu",
    "identitycenter.amazonaws.com",
    "x.identitycenter.amazonaws.com",
    "identitycenter.us-gov.amazonaws.com",
    "login.example.com",
    "amazonaws.com",
    "127.0.0.1",
    "[::1]",
    "",
    "x.US_west.portal.amazonaws.com",
    "..app.aws",
];

const SCRAPS: [&str; 30] = [
    ".",
    "..",
    "/",
    "//",
    "@",
    "user:pw@",
    ":",
    ":443",
    ":80",
    ":0",
    ":8443",
    ":99999",
    ":x",
    "?",
    "#",
    ";",
    ";p=1",
    "/start",
    "/start/",
    "\\",
    "%2e",
    "awsapps.com",
    ".app.aws",
    "portal.",
    "-",
    "_",
    "https",
    "http",
    "\u{ff0e}",
    "é",
];

fn url(rng: &mut Rng) -> String {
    let scheme =
        rng.pick(&["https://", "https://", "https://", "https://", "http://", "HTTPS://", "https:", "ftp://", ""]);
    let port = rng.pick(&["", "", "", ":443", ":80", ":8443", ":"]);
    let path = rng.pick(&["/start", "/start/", "", "/", "/start/#/", "/a;b/c;d", "/start?x=1#y", "//", "/Start///"]);
    let text = format!("{scheme}{}{port}{path}", rng.pick(&HOSTS));
    if rng.below(3) == 0 { mutate::changed(&text, &SCRAPS, rng) } else { text }
}

fn ours(case: &Case) -> Value {
    let [configured, led_to, region, host] = &case[..] else { return Value::Null };
    let kind = classify(configured, region).map(|kind| match kind {
        StartUrlKind::AwsOwned => "owned".to_owned(),
        StartUrlKind::Vanity => "vanity".to_owned(),
    });
    json!({
        "kind": kind.unwrap_or_else(|error| error.to_string()),
        "resolved": resolved(configured, led_to, region).map_or_else(|error| json!(error.to_string()), |it| json!([it.0, it.1])),
        "normalized": normalized_start_url(led_to),
        "owned": is_aws_owned(host),
        "region": region_of_portal_host(host),
    })
}

#[test]
fn start_urls_are_classified_like_the_aws_cli() {
    let author = |rng: &mut Rng| {
        let host = rng.pick(&HOSTS);
        let host = if rng.below(2) == 0 { mutate::changed(host, &SCRAPS, rng) } else { host.to_owned() };
        vec![url(rng), url(rng), rng.pick(&["us-east-1", "eu-west-1", ""]).to_owned(), host]
    };
    let check = |case: &Case, theirs: &Value| -> Verdict {
        let ours = ours(case);
        let owned = ours["kind"] == "owned";
        // A URL without a host is shown in full.
        let shown = |answer: &Value, member: &str| match answer[member]
            .as_str()
            .and_then(|text| text.split_once("Final URL: "))
        {
            Some((before, _)) if answer["normalized"].is_null() => json!(before),
            _ => answer[member].clone(),
        };
        for (member, odd) in [
            ("kind", "configured is odd"),
            ("resolved", "led to is odd"),
            ("normalized", "led to is odd"),
            ("owned", ""),
            ("region", ""),
        ] {
            // Odd URLs may be rejected, but not interpreted differently.
            let taken = member == "kind" && owned || member == "resolved" && ours[member].is_array();
            let stricter = theirs[odd] == true && !taken;
            if !stricter && shown(&ours, member) != shown(theirs, member) {
                return Err(format!("{member}: {}, by AWS's rules {}", ours[member], theirs[member]));
            }
        }
        Ok(owned)
    };
    if let Some(tally) = compare("start URLs", "start_url", 3_000, author, |case| json!(case), check) {
        tally.is_mixed();
    }
}
