//! Displayed text compared with Python's Unicode tables for every code point; URLs for the browser compared with `urlsplit`.
//!
//! Dropped are all control characters, format characters and line separators, except for the visible signs before numbers,
//! and letters and marks that are invisible (`INVISIBLE`).

use serde_json::{Value, json};

use super::{browser_url, data_for_terminal, for_terminal, is_shown};
use crate::fuzzing::{Case, Rng, Verdict, compare, hold, mutate};

/// Code points per case.
const RANGE: u32 = 0x1000;

/// Invisible letters, marks and symbols: fillers, joiners, variation selectors, a blank Braille cell.
const INVISIBLE: [(u32, u32); 11] = [
    (0x34f, 0x34f),
    (0x115f, 0x1160),
    (0x17b4, 0x17b5),
    (0x180b, 0x180f),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xfe00, 0xfe0f),
    (0xffa0, 0xffa0),
    (0xfff0, 0xfff8),
    (0xe0000, 0xe0fff),
    (0x2065, 0x2065),
];

#[test]
fn every_code_point_is_shown_or_dropped() {
    let mut next = 0;
    let author = |_: &mut Rng| {
        next = (next + RANGE) % 0x11_0000;
        vec![next.to_string()]
    };
    let question = |case: &Case| json!([case[0].parse().unwrap_or(0), RANGE]);
    let check = |case: &Case, theirs: &Value| -> Verdict {
        let first: u32 = case[0].parse().unwrap_or(0);
        for (code, theirs) in (first..).zip(theirs.as_str().unwrap_or_default().bytes()) {
            let Some(character) = char::from_u32(code) else { continue };
            let invisible = INVISIBLE.iter().any(|(first, last)| (*first..=*last).contains(&code));
            let fits = match theirs {
                b'x' => !is_shown(character),
                b'p' => is_shown(character) || invisible,
                _ => true,
            };
            if !fits {
                return Err(format!("U+{code:04X} is {}, for Python `{}`", is_shown(character), char::from(theirs)));
            }
        }
        Ok(true)
    };
    compare("characters", "characters", 272, author, question, check);
}

#[test]
fn sanitizing_is_idempotent() {
    let scraps = [
        "\u{9b}31m",
        "\u{202e}",
        "\u{2066}",
        "\u{200b}",
        "\u{e0041}",
        "\u{2028}",
        "\u{fe0f}",
        "\r\n",
        "\u{85}",
        "é",
        "😀",
        "\u{1b}]0;x\u{7}",
    ];
    let author = |rng: &mut Rng| {
        let length = rng.below(40);
        let text: String = (0..length).map(|_| rng.pick(&["a", " ", "ß", "会", "\u{301}", "\n", "\t"])).collect();
        let times = if rng.below(20) == 0 { 60 } else { 1 };
        vec![mutate::changed(&text, &scraps, rng).repeat(times)]
    };
    let check = |case: &Case| -> Verdict {
        let (words, data) = (for_terminal(&case[0]), data_for_terminal(&case[0]));
        let clean = words.chars().all(is_shown) && data.chars().all(|c| is_shown(c) || matches!(c, '\n' | '\t'));
        let again = for_terminal(&words) == words && data_for_terminal(&data) == data && words.chars().count() <= 1_000;
        let same = !case[0].chars().all(is_shown) || case[0].chars().count() > 1_000 || words == case[0];
        if clean && again && same { Ok(words == case[0]) } else { Err(format!("{words:?}, {data:?}")) }
    };
    hold("sanitized texts", 5_000, author, check).is_mixed();
}

const SCRAPS: [&str; 40] = [
    "https://",
    "http://",
    "HTTPS://",
    "https:/",
    "//",
    "/",
    "\\",
    "@",
    "user@",
    "user:pw@",
    ":",
    ":443",
    ":80",
    ":65536",
    "?",
    "#",
    "[::1]",
    "[",
    "]",
    "127.0.0.1",
    "0x7f.1",
    "2130706433",
    "1.2.3",
    "xn--bcher-kva",
    "é",
    "%40",
    "%2f",
    "%00",
    "\u{0}",
    "\t",
    "\n",
    " ",
    "\"",
    "`",
    "$(",
    "&",
    "javascript:",
    "file:///",
    "..",
    ".",
];

#[test]
fn browser_urls_have_the_host_that_python_parses() {
    let author = |rng: &mut Rng| {
        let host = rng.pick(&[
            "d-1.awsapps.com",
            "h",
            "H.Example",
            "127.0.0.1",
            "[::1]",
            "[2001:DB8::1]",
            "xn--bcher-kva.example",
            "0x7f.1",
        ]);
        let port = rng.pick(&["", "", ":8443", ":443", ":0", ":"]);
        let rest = rng.pick(&[
            "",
            "/",
            "/start/#/device?user_code=ABCD-EFGH",
            "/a//b/../c;d=e?f=%41&g#h",
            "?x=y@z",
            "#@x",
            "/%7Euser/[x]",
        ]);
        let scheme = rng.pick(&["https://", "https://", "https://", "http://", "HTTPS://"]);
        let text = format!("{scheme}{host}{port}{rest}");
        vec![if rng.below(3) > 0 { mutate::changed(&text, &SCRAPS, rng) } else { text }]
    };
    let opened = |case: &Case| browser_url(&case[0], true).ok();
    let question = |case: &Case| json!([case[0], opened(case).map(String::from)]);
    let check = |case: &Case, theirs: &Value| -> Verdict {
        let Some(url) = opened(case) else { return Ok(false) };
        let plain = url.as_str().bytes().all(|byte| (0x21..=0x7e).contains(&byte));
        let ours = json!([
            url.scheme(),
            url.host_str().unwrap().trim_matches(['[', ']']),
            url.port_or_known_default(),
            null,
            null
        ]);
        // Our URL parser normalizes IP addresses; host names must be equal on both sides.
        let name = url.domain().map(|domain| json!(domain));
        let again = browser_url(url.as_str(), true).is_ok_and(|again| again == url);
        let fits = plain && again && theirs["opened"] == ours && name.is_none_or(|name| name == theirs["given"]);
        if fits { Ok(true) } else { Err(format!("opened {url}, by Python {theirs}, ours {ours}")) }
    };
    if let Some(tally) = compare("URLs for a browser", "url", 3_000, author, question, check) {
        tally.is_mixed();
    }
}
