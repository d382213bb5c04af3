//! Signature Version 4 compared with botocore's signer at the same time: the Authorization headers are identical.

use aws_credential_types::Credentials;
use serde_json::{Value, json};

use super::{Signing, sign};
use crate::fuzzing::{Case, Rng, Verdict, compare};
use crate::http::{Method, Request, Timestamp};
use crate::secret::Secret;

const TEXTS: [&str; 12] = [
    "",
    "a",
    "AKIDEXAMPLE",
    "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "é😀",
    "+/=",
    "a b",
    "\"",
    "\\",
    "x-y_z.~",
    "IQoJb3JpZ2luX2VjE==",
    "0",
];

const PATHS: [&str; 14] =
    ["", "/", "/a", "/a/b", "/-._~", "//", "/./a", "/a/../b", "/%20", "/a%2Fb", "/%C3%A9", "/a:b", "/a@b", "/~x"];

fn text(rng: &mut Rng) -> String {
    (0..rng.below(4)).map(|_| rng.pick(&TEXTS)).collect()
}

/// Text that is valid in a header or a region.
fn plain(rng: &mut Rng) -> String {
    text(rng).chars().filter(char::is_ascii_graphic).collect()
}

#[test]
fn signatures_match_botocore() {
    let author = |rng: &mut Rng| -> Case {
        let region = rng.pick(&["us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1", ""]).to_owned();
        let host = rng.pick(&[
            "https://oidc.us-east-1.amazonaws.com",
            "http://127.0.0.1:8080",
            "https://h.example:443",
            "http://h:80",
        ]);
        let url = format!("{host}{}{}/token?aws_iam=t", rng.pick(&PATHS), rng.pick(&PATHS[..9]));
        let second = rng.below(4_000_000_000).to_string();
        let key = format!("AKID{}", plain(rng));
        vec![url, text(rng), region, key, text(rng), plain(rng), second]
    };
    let check = |case: &Case, theirs: &Value| -> Verdict {
        let [url, body, region, key, secret, token, second] = &case[..] else { return Ok(false) };
        let token = Some(token.clone()).filter(|token| !token.is_empty());
        let credentials = Credentials::new(key, secret, token, None, "test");
        let signing = Signing::new(&credentials, region);
        let request = Request::aws(Method::POST, url.as_str()).body("application/json", Secret::new(body.as_str()));
        let at = Timestamp::from_unix_timestamp(second.parse().unwrap_or(0)).unwrap_or(Timestamp::UNIX_EPOCH);
        let mut headers = sign(&request, "sso-oauth", &signing, at)?;
        headers.sort_by_key(|(name, _)| *name);
        let ours = json!(headers.iter().map(|(name, value)| (*name, value.expose())).collect::<Vec<_>>());
        if ours == *theirs { Ok(true) } else { Err(format!("ours {ours}, botocore {theirs}")) }
    };
    compare("signatures", "signature", 1_000, author, |case| json!(case), check);
}
