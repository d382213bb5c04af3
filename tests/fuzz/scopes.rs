//! Lists of registration scopes, split like in the AWS CLI: at commas, with `str.strip`, without empty ones.

use serde_json::{Value, json};

use super::registration_scopes;
use crate::fuzzing::{Case, Rng, Verdict, compare};

const PIECES: [&str; 18] = [
    ",",
    ",",
    ",",
    " ",
    "\t",
    "\n",
    "\r",
    "\u{b}",
    "\u{1c}",
    "\u{1f}",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{3000}",
    "\u{200b}",
    "\u{feff}",
    "a",
    "sso:account:access",
];

#[test]
fn scopes_split_like_python() {
    let author = |rng: &mut Rng| vec![(0..rng.below(9)).map(|_| rng.pick(&PIECES)).collect::<String>()];
    let check = |case: &Case, theirs: &Value| -> Verdict {
        let ours = json!(registration_scopes(&case[0]));
        if ours == *theirs { Ok(true) } else { Err(format!("ours {ours}, Python {theirs}")) }
    };
    compare("scopes", "scopes", 2_000, author, |case| json!(case), check);
}
