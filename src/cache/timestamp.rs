//! The timestamps of cache files.
//!
//! Written as `YYYY-MM-DDTHH:MM:SSZ` only, which every SDK reads. Read in every spelling AWS tools ever wrote: `Z`, the
//! `UTC` suffix of older botocore, offsets, fractions, a space or lower-case letters, and no zone at all (UTC then).
//! Anything else is not a timestamp, as for dateutil, which botocore uses.

use serde::Serializer;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::context::Timestamp;

/// `YYYY-MM-DDTHH:MM:SSZ`, whole seconds.
pub fn format(at: Timestamp) -> String {
    // RFC 3339 spells every year from 0 to 9999.
    at.truncate_to_second().format(&Rfc3339).unwrap_or_default()
}

/// Writes a timestamp as a member of a document.
pub(super) fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&format(*at))
}

/// The time that a text gives; `None` if it is not a timestamp.
pub fn parse(text: &str) -> Option<Timestamp> {
    let (local, rest) = text.trim().split_at_checked("YYYY-MM-DDTHH:MM:SS".len())?;
    // RFC 3339 has leap seconds, dateutil has none.
    if !local.get(10..)?.starts_with(['T', 't', ' ']) || local.ends_with(":60") {
        return None;
    }
    let zone_at = rest.find(|letter| !matches!(letter, '0'..='9' | '.' | ',')).unwrap_or(rest.len());
    let (fraction, zone) = rest.split_at(zone_at);
    let (hours, minutes) = match zone.trim_start() {
        "" | "UTC" | "GMT" => ("Z", ""),
        zone if zone.len() == 3 => (zone, ":00"),
        zone if zone.len() == 5 => zone.split_at_checked(3)?,
        zone => (zone, ""),
    };
    let colon = if minutes.len() == 2 { ":" } else { "" };
    let text = format!("{local}{}{hours}{colon}{minutes}", fraction.replace(',', "."));
    let at = OffsetDateTime::parse(&text, &Rfc3339).ok()?;
    // Four digits are all that can be written again.
    let has_four_digits = |year| (1..=9999).contains(&year);
    at.checked_to_utc().filter(|utc| has_four_digits(utc.year()) && has_four_digits(at.year()))
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
