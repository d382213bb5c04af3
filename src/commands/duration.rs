//! Spans of time on the command line, `45`, `30m`, `4h`, `1h30m`, `2d`, and in words.
//!
//! A bare number counts seconds, as in the AWS CLI's own options.

use std::time::Duration;

use crate::error::Error;

/// Reads the value of an option.
pub(super) fn parse(option: &str, text: &str) -> Result<Duration, Error> {
    seconds(text).map(Duration::from_secs).ok_or_else(|| {
        let examples = "give seconds, or a number with s, m, h or d, like 30m or 4h";
        Error::validation(format!("argument {option}: invalid value '{text}'; {examples}"))
    })
}

/// The span in words, two units at most: `3 h 12 min`.
pub(super) fn words(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, 0) => format!("{hours} h"),
        (0, ..) => format!("{hours} h {minutes} min"),
        (_, 0, _) => format!("{days} d"),
        _ => format!("{days} d {hours} h"),
    }
}

/// None for anything else, and for more than ten years, which nobody means.
fn seconds(text: &str) -> Option<u64> {
    const LONGEST: u64 = 10 * 366 * 86_400;
    if text.is_empty() {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().filter(|seconds| *seconds <= LONGEST);
    }
    let (mut total, mut rest, mut last_unit) = (0_u64, text, u64::MAX);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest.get(..digits)?.parse().ok()?;
        let unit = match rest.as_bytes().get(digits)? {
            b's' => 1,
            b'm' => 60,
            b'h' => 3_600,
            b'd' => 86_400,
            _ => return None,
        };
        if unit >= last_unit {
            return None;
        }
        last_unit = unit;
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = rest.get(digits + 1..)?;
    }
    (total <= LONGEST).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::{seconds, words};

    #[test]
    fn numbers_with_and_without_units() {
        for (text, expected) in [
            ("0", Some(0)),
            ("45", Some(45)),
            ("45s", Some(45)),
            ("30m", Some(1_800)),
            ("4h", Some(14_400)),
            ("1h30m", Some(5_400)),
            ("2d", Some(172_800)),
            ("", None),
            ("h", None),
            ("-5", None),
            ("1.5h", None),
            ("30m1h", None),
            ("1h1h", None),
            ("5x", None),
            ("99999999999999999999", None),
            ("9999999999d", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn spans_in_words() {
        for (span, expected) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3_599, "59 min"),
            (3_600, "1 h"),
            (11_520, "3 h 12 min"),
            (86_400, "1 d"),
            (90_061, "1 d 1 h"),
        ] {
            assert_eq!(words(span), expected);
        }
    }
}
