//! Timestamps in cache files compared with dateutil, which botocore uses, and with the regular expression of RFC 3339 that
//! the AWS SDKs for Rust, Go and Java require.
//!
//! dateutil parses what we parse, as the same time. Of what dateutil parses, we accept the ISO 8601 forms that an AWS tool
//! has written (`FORM` in `oracle.py`), and reject others (`Jan 2 2026`) on purpose.

use serde_json::{Value, json};
use time::{Date, PrimitiveDateTime, Time};

use super::{format, parse};
use crate::context::Timestamp;
use crate::fuzzing::{Case, Rng, Verdict, compare, hold, mutate};

const ZONES: [&str; 24] = [
    "Z", "z", "UTC", " UTC", "GMT", "", "+00:00", "-00:00", "+0000", "+00", "-08:00", "+05:30", "+14:00", "-12",
    "+23:59", "utc", " Z", " +02:00", "Utc", "+24:00", "+1", "+00:60", "UTC+1", "-99",
];

const SCRAPS: [&str; 24] = [
    "T", "t", " ", "Z", "z", "UTC", ":", "-", ".", ",", "+", "0", "9", "24", "60", "99", "/", "AM", "PM", "Jan", "Mon",
    "GMT", "EST", "\u{661}",
];

fn any(rng: &mut Rng) -> Case {
    let year = [2026, 2024, 1970, 1, 9999, 2100, 10_000, 0][rng.below(8)];
    let (month, day) = (1 + rng.below(13), 1 + rng.below(32));
    let (hour, minute, second) = (rng.below(25), rng.below(61), rng.below(61));
    let between = rng.pick(&["T", "T", "T", "t", " ", "  ", "", "_"]);
    let fraction =
        rng.pick(&["", "", "", ".0", ".123", ",5", ".123456789", ".999999", ".", ".0000001", ".1234567890123"]);
    let zone = rng.pick(&ZONES);
    let text = format!("{year:04}-{month:02}-{day:02}{between}{hour:02}:{minute:02}:{second:02}{fraction}{zone}");
    vec![if rng.below(3) == 0 { mutate::changed(&text, &SCRAPS, rng) } else { text }]
}

/// Microseconds since the epoch, as in `oracle.py`.
fn microseconds(at: Timestamp) -> i128 {
    at.unix_timestamp_nanos().div_euclid(1_000)
}

#[test]
fn timestamps_parse_like_dateutil() {
    let check = |case: &Case, theirs: &Value| -> Verdict {
        let ours = parse(&case[0]).map(microseconds);
        let at = theirs["at"].as_i64().map(i128::from);
        match (ours, at) {
            (Some(ours), Some(theirs)) if ours == theirs => Ok(true),
            (None, None) => Ok(false),
            (None, Some(_)) if theirs["form"] == false => Ok(false),
            _ => Err(format!("ours {ours:?}, dateutil {theirs}")),
        }
    };
    let question = |case: &Case| json!(case);
    if let Some(tally) = compare("parsed timestamps", "timestamp", 3_000, any, question, check) {
        tally.is_mixed();
    }
}

/// A random time in the years 1 to 9999, with a fraction.
fn instant(rng: &mut Rng) -> Timestamp {
    let ordinal = 1 + u16::try_from(rng.below(365)).unwrap();
    let year = [1, 999, 1969, 1970, 2026, 9999][rng.below(6)];
    let year = if rng.below(2) == 0 { year } else { 1 + i32::try_from(rng.below(9_999)).unwrap() };
    let second = [0, 86_399, u32::try_from(rng.below(86_400)).unwrap()][rng.below(3)];
    let time =
        Time::MIDNIGHT + time::Duration::new(i64::from(second), i32::try_from(rng.below(1_000_000_000)).unwrap());
    PrimitiveDateTime::new(Date::from_ordinal_date(year, ordinal).unwrap(), time).as_utc()
}

#[test]
fn timestamps_round_trip() {
    let author = |rng: &mut Rng| vec![instant(rng).unix_timestamp_nanos().to_string()];
    let check = |case: &Case| -> Verdict {
        let Some(at) = case[0].parse().ok().and_then(|nanos| Timestamp::from_unix_timestamp_nanos(nanos).ok()) else {
            return Ok(false);
        };
        let read = parse(&format(at));
        if read == at.replace_nanosecond(0).ok() {
            Ok(true)
        } else {
            Err(format!("{at} -> {} -> {read:?}", format(at)))
        }
    };
    hold("round-trips of timestamps", 5_000, author, check);
}

#[test]
fn timestamps_are_written_as_rfc_3339_utc() {
    let author = |rng: &mut Rng| vec![format(instant(rng))];
    let check = |case: &Case, theirs: &Value| -> Verdict {
        let ours = parse(&case[0]).map(|at| i128::from(at.unix_timestamp()) * 1_000_000);
        let same = theirs["rfc3339"] == true && ours == theirs["at"].as_i64().map(i128::from);
        if same { Ok(true) } else { Err(format!("{ours:?}, Python {theirs}")) }
    };
    compare("timestamps in RFC 3339", "timestamp", 1_000, author, |case| json!(case), check);
}
