//! Names of cache files compared with botocore's functions, with arbitrary Unicode text in every part.
//!
//! The name of a registration is the SHA-1 of sorted JSON in Python's form, so this also covers escapes, surrogate pairs,
//! `null` and the order of scopes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{RegistrationKey, TokenKey};
use crate::cache::CredentialKey;
use crate::fuzzing::{Case, Rng, Verdict, compare};

const PIECES: [&str; 28] = [
    "",
    "a",
    "us-east-1",
    "https://d-1.awsapps.com/start",
    "/",
    "s 1",
    "é",
    "e\u{301}",
    "ß",
    "İ",
    "会社",
    "😀",
    "\u{ffff}",
    "\u{10ffff}",
    "\u{10000}",
    "\"",
    "\\",
    "\\u0041",
    "\u{0}",
    "\n",
    "\r",
    "\t",
    "\u{8}",
    "\u{c}",
    "\u{1f}",
    "\u{7f}",
    "\u{2028}",
    "sso:account:access",
];

fn text(rng: &mut Rng) -> String {
    let any = |rng: &mut Rng| {
        let code = [0x80, 0x800, 0x1_0000, 0x11_0000][rng.below(4)];
        char::from_u32(u32::try_from(rng.below(code)).unwrap_or(0)).unwrap_or('\u{fffd}').to_string()
    };
    let piece = |rng: &mut Rng| if rng.below(3) == 0 { any(rng) } else { rng.pick(&PIECES).to_owned() };
    (0..rng.below(5)).map(|_| piece(rng)).collect()
}

#[test]
fn file_names_match_botocore() {
    let author = |rng: &mut Rng| -> Case { (0..5 + rng.below(4)).map(|_| text(rng)).collect() };
    let check = |case: &Case, theirs: &Value| -> Verdict {
        let [region, session, url, account, role, scopes @ ..] = &case[..] else { return Ok(false) };
        let named = Some(session.as_str()).filter(|name| !name.is_empty());
        let of_sso = |name| CredentialKey::of_sso(account, role, name, url).0;
        let mut parameters = BTreeMap::from([
            ("RoleArn", json!(role)),
            ("ExternalId", json!(account)),
            ("DurationSeconds", json!(url.chars().count())),
        ]);
        if let Some(name) = named {
            parameters.insert("RoleSessionName", json!(name));
        }
        let ours = json!([
            TokenKey::of_start_url(url).0,
            TokenKey::of_session(session).0,
            RegistrationKey::new(region, Some(scopes).filter(|scopes| !scopes.is_empty()), named, url).0,
            of_sso(None),
            of_sso(named),
            CredentialKey::of_role(&parameters).0,
        ]);
        if ours == *theirs { Ok(true) } else { Err(format!("ours {ours}, botocore {theirs}")) }
    };
    compare("names of cache files", "keys", 2_000, author, |case| json!(case), check);
}
