//! Random changes to strings: insertions of pieces that are special to a parser, and changes to members of JSON objects.
//!
//! Strings of U+0000 to U+00FF represent bytes, so that a change can also split a character.

use super::Rng;

/// Pieces that are special in JSON, URLs, headers and dates, or look like it.
const SCRAPS: [&str; 64] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\"}",
    "}\"}",
    ", ",
    ": ",
    "\\u0041",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\ud800",
    "\\n",
    "\\/",
    "\\x",
    "null",
    "true",
    "NaN",
    "Infinity",
    "-0",
    "1e5",
    "1E400",
    "0.1",
    "01",
    "12345678901234567890",
    "1_0",
    "\u{0}",
    "\u{1b}[2J",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{c3}\u{a9}",
    "\u{ef}\u{bb}\u{bf}",
    "\u{ff}",
    "\u{e2}\u{80}\u{ae}",
    " ",
    "  ",
    "\t",
    "\n",
    "\r\n",
    "\u{b}",
    "\u{c}",
    "'",
    "//",
    "/**/",
    "#",
    "?",
    "&",
    "=",
    ";",
    "%41",
    "%",
    "+",
    "-",
    "Z",
    "UTC",
    "+00:00",
    ".5",
    "accessToken",
    "expiresAt",
];

/// Makes one to four changes to the string; inserts pieces from this file, from `scraps` or from the string itself.
pub(crate) fn changed(text: &str, scraps: &[&str], rng: &mut Rng) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for _ in 0..=rng.below(4) {
        let at = rng.below(text.len() + 1);
        let end = at + rng.below(text.len() - at + 1).min(if rng.below(4) == 0 { usize::MAX } else { 6 });
        let piece = |rng: &mut Rng| -> Vec<char> {
            let own = if scraps.is_empty() || rng.below(2) == 0 { &SCRAPS[..] } else { scraps };
            rng.pick(own).chars().collect()
        };
        match rng.below(8) {
            0..3 => drop(text.splice(at..at, piece(rng))),
            3 => drop(text.splice(at..end, piece(rng))),
            4 => drop(text.drain(at..end)),
            5 => {
                let copy = text[at..end].to_vec();
                let to = rng.below(text.len() + 1);
                text.splice(to..to, copy);
            }
            6 => text.truncate(if rng.below(4) == 0 { at } else { text.len() }),
            _ => {
                let byte = char::from(u8::try_from(rng.below(256)).unwrap_or(0));
                text.splice(at..(at + 1).min(text.len()), [byte]);
            }
        }
    }
    text.into_iter().collect()
}

/// A JSON string in a random spelling: with upper-case, lower-case or no escapes where they are optional.
/// Characters outside ASCII are always escaped.
pub(crate) fn string(text: &str, rng: &mut Rng) -> String {
    let mut out = "\"".to_owned();
    for character in text.chars() {
        let plain = !matches!(character, '"' | '\\') && (' '..='~').contains(&character);
        match rng.below(8) {
            0 if matches!(character, '/' | '"' | '\\') => out.extend(['\\', character]),
            0..7 if plain => out.push(character),
            pick => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let digits = if pick % 2 == 0 { format!("{unit:04x}") } else { format!("{unit:04X}") };
                    out.extend(["\\u", &digits]);
                }
            }
        }
    }
    out + "\""
}

/// A JSON object of members, in random order and with random white space.
pub(crate) fn object(members: &[(&str, String)], rng: &mut Rng) -> String {
    let mut left: Vec<&(&str, String)> = members.iter().collect();
    let space = |rng: &mut Rng| rng.pick(&["", "", "", " ", "\n  ", "\t", "\r\n"]).to_owned();
    let mut out = "{".to_owned();
    while !left.is_empty() {
        let (name, value) = left.remove(rng.below(left.len()));
        let comma = if out.len() > 1 && out.trim_end() != "{" { "," } else { "" };
        let name = string(name, rng);
        let (a, b, c, d) = (space(rng), space(rng), space(rng), space(rng));
        out = format!("{out}{comma}{a}{name}{b}:{c}{value}{d}");
    }
    out + "}"
}

/// A random JSON value with at most `depth` levels.
pub(crate) fn value(depth: usize, rng: &mut Rng) -> String {
    let scalars =
        ["null", "true", "0", "-1", "1.5", "1e3", "12345678901234567890", "\"\"", "\"x\"", "\"\\u00e9\\ud83d\\ude00\""];
    match rng.below(if depth == 0 { 4 } else { 7 }) {
        0..4 => rng.pick(&scalars).to_owned(),
        4 => "[]".to_owned(),
        5 => format!("[{}, {}]", value(depth - 1, rng), value(depth - 1, rng)),
        _ => format!("{{\"a\": {}, \"accessToken\": {}}}", value(depth - 1, rng), value(depth - 1, rng)),
    }
}
