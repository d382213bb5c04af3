//! Hosts of the three services compared with botocore's clients, for valid and invalid regions.

use serde_json::{Value, json};

use super::{Service, Variant, resolve};
use crate::fuzzing::{Case, Rng, Verdict, compare};

const NAMES: [&str; 24] = [
    "us-east-1",
    "eu-isoe-west-1",
    "us-gov-west-1",
    "cn-north-1",
    "us-iso-east-1",
    "us-isob-west-1",
    "us-isof-south-1",
    "eusc-de-east-1",
    "aws-global",
    "aws-cn-global",
    "aws-us-gov-global",
    "aws-iso-global",
    "aws-iso-b-global",
    "aws-iso-e-global",
    "aws-iso-f-global",
    "aws-eusc-global",
    "ap-southeast-7",
    "mx-central-1",
    "us-newregion-12",
    "xx-east-1",
    "local",
    "12",
    "",
    "me-a-1",
];

fn region(rng: &mut Rng) -> String {
    let mut region = match rng.below(3) {
        0 => {
            let area = rng.pick(&[
                "us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx", "cn", "us-gov", "us-iso", "us-isob", "us-isof",
                "eu-isoe", "eusc-de", "zz",
            ]);
            format!(
                "{area}-{}-{}",
                rng.pick(&["east", "west", "south", "central", "northeast", "a", ""]),
                rng.below(30)
            )
        }
        _ => rng.pick(&NAMES).to_owned(),
    };
    match rng.below(6) {
        0 => region = format!("fips-{region}"),
        1 => region += "-fips",
        2 => {
            let characters: Vec<char> = region.chars().collect();
            let at = rng.below(characters.len() + 1);
            let piece = rng.pick(&["-", ".", "/", "_", "A", "9", "é", " ", "@", "#", "--", "fips-"]);
            region = characters[..at].iter().collect::<String>() + piece + &characters[at..].iter().collect::<String>();
        }
        _ => {}
    }
    region
}

#[test]
fn endpoints_match_botocore() {
    let author = |rng: &mut Rng| -> Case {
        let flag = |rng: &mut Rng| if rng.below(3) == 0 { "1" } else { "" };
        let service = rng.pick(&["sso-oidc", "sso", "sts"]).to_owned();
        vec![service, region(rng), flag(rng).to_owned(), flag(rng).to_owned()]
    };
    let check = |case: &Case, theirs: &Value| -> Verdict {
        let service = match case[0].as_str() {
            "sso-oidc" => Service::Oidc,
            "sso" => Service::Portal,
            "sts" => Service::Sts,
            _ => return Ok(false),
        };
        let variant = Variant { fips: !case[2].is_empty(), dualstack: !case[3].is_empty() };
        let ours = resolve(service, &case[1], variant);
        let passed = ours.is_ok();
        let ours = json!(ours.unwrap_or_else(|error| error.to_string()));
        if ours == *theirs { Ok(passed) } else { Err(format!("ours {ours}, botocore {theirs}")) }
    };
    if let Some(tally) = compare("endpoints", "endpoint", 150, author, |case| json!(case), check) {
        tally.is_mixed();
    }
}
