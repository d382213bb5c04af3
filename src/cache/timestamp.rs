//! Timestamps as cache files have them.
//!
//! Written as `YYYY-MM-DDTHH:MM:SSZ` only, which every SDK reads. Read in every spelling AWS tools ever wrote: `Z`, the
//! `UTC` suffix of older botocore, offsets, fractions, a space or lower-case letters, and no zone at all (UTC then).
//! Anything else is not a timestamp, as for dateutil, which botocore uses.

use time::format_description::well_known::Rfc3339;
use time::{Date, Month, PrimitiveDateTime, Time, UtcOffset};

use crate::context::Timestamp;

/// `YYYY-MM-DDTHH:MM:SSZ`, whole seconds.
pub fn format(at: Timestamp) -> String {
    // RFC 3339 spells every year that a `Timestamp` can have.
    at.truncate_to_second().format(&Rfc3339).unwrap_or_default()
}

/// The time that a text gives; `None` if it is not a timestamp.
pub fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let date = parse_date(text.get(..10)?)?;
    let rest = text.get(10..)?;
    let clock = rest.strip_prefix(['T', 't', ' '])?;
    let time = Time::from_hms(number(clock, 0..2)?, number(clock, 3..5)?, number(clock, 6..8)?).ok()?;
    if clock.as_bytes().get(2) != Some(&b':') || clock.as_bytes().get(5) != Some(&b':') {
        return None;
    }
    let (time, zone) = parse_fraction(time, clock.get(8..)?)?;
    let local = PrimitiveDateTime::new(date, time);
    let at = local.assume_offset(parse_zone(zone.trim_start())?).checked_to_utc()?;
    // Four digits are all that can be written again.
    (1..=9999).contains(&at.year()).then_some(at)
}

fn parse_date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return None;
    }
    let year = number::<u16>(text, 0..4).filter(|year| *year > 0)?;
    let month = Month::try_from(number::<u8>(text, 5..7)?).ok()?;
    Date::from_calendar_date(i32::from(year), month, number(text, 8..10)?).ok()
}

/// Takes `.123` off the front; digits beyond nanoseconds are dropped.
fn parse_fraction(time: Time, text: &str) -> Option<(Time, &str)> {
    let Some(text) = text.strip_prefix(['.', ',']) else { return Some((time, text)) };
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let kept = text.get(..digits.min(9)).filter(|kept| !kept.is_empty())?;
    let nanoseconds = format!("{kept:0<9}").parse().ok()?;
    Some((time.replace_nanosecond(nanoseconds).ok()?, text.get(digits..)?))
}

fn parse_zone(text: &str) -> Option<UtcOffset> {
    if matches!(text, "" | "Z" | "z" | "UTC" | "GMT") {
        return Some(UtcOffset::UTC);
    }
    let sign: i8 = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = text.get(1..)?;
    let (hours, minutes): (i8, i8) = match (digits.len(), digits.as_bytes().get(2)) {
        (2, _) => (number(digits, 0..2)?, 0),
        (4, _) => (number(digits, 0..2)?, number(digits, 2..4)?),
        (5, Some(b':')) => (number(digits, 0..2)?, number(digits, 3..5)?),
        _ => return None,
    };
    if hours > 23 || minutes > 59 {
        return None;
    }
    UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()
}

/// Decimal digits only: Rust's own parser would take a sign.
fn number<N: std::str::FromStr>(text: &str, range: std::ops::Range<usize>) -> Option<N> {
    let digits = text.get(range)?;
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
}

#[cfg(test)]
#[path = "../../tests/fuzz/timestamps.rs"]
mod fuzz;

#[cfg(test)]
mod tests {
    use time::macros::utc_datetime;

    use super::{format, parse};

    #[test]
    fn every_spelling_of_aws_tools_is_the_same_instant() {
        let expected = utc_datetime!(2026-01-02 08:09:10);
        for text in [
            "2026-01-02T08:09:10Z",
            "2026-01-02T08:09:10z",
            "2026-01-02t08:09:10Z",
            "2026-01-02 08:09:10Z",
            "2026-01-02T08:09:10UTC",
            "2026-01-02T08:09:10 UTC",
            "2026-01-02T08:09:10",
            "2026-01-02T10:09:10+02:00",
            "2026-01-02T10:09:10+0200",
            "2026-01-02T00:09:10-08:00",
            "2026-01-02T08:09:10+00",
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
        assert_eq!(parse("2026-01-02T08:09:10.123Z"), Some(utc_datetime!(2026-01-02 08:09:10.123)));
        assert_eq!(parse("2026-01-02T08:09:10.123456789012Z"), Some(utc_datetime!(2026-01-02 08:09:10.123_456_789)));
    }

    #[test]
    fn other_text_is_rejected() {
        for text in [
            "",
            "soon",
            "1767341350",
            "2026-02-30T00:00:00Z",
            "2026-01-02T24:00:00Z",
            "2026-01-02T08:09:60Z",
            "10000-01-01T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "0000-12-31T23:00:00-12:00",
            "2026-01-02T08:09:10.Z",
            "2026-01-02T08:09:10+2",
            "2026-01-02T08:09:10+24:00",
            "2026-01-02T08:09:10Zulu",
            "2026-01-02T08:09:10utc",
            "2026-01-02T+8:09:10Z",
            "2026/01/02T08:09:10Z",
            "é026-01-02T08:09:10Z",
            "9999-12-31T23:59:59-01:00",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn written_in_whole_seconds_with_a_z() {
        assert_eq!(format(utc_datetime!(2026-01-02 08:09:10.987)), "2026-01-02T08:09:10Z");
        assert_eq!(format(utc_datetime!(0987-01-02 08:09:10)), "0987-01-02T08:09:10Z");
    }
}
