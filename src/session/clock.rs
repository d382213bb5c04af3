//! A warning when this machine's clock differs from the service's (Date, RFC 9110 section 6.6.1), and durations as
//! text.
//!
//! A wrong clock makes tokens look valid or expired when they are not, and signatures stale. Cached times never depend
//! on the service's clock: a token's lifetime is counted from the time when its request was sent.

use std::time::Duration;

use crate::http::HttpClient;

/// The largest difference that is not reported.
const TOLERATED: Duration = Duration::from_mins(5);

/// The warning, if the service's last response shows that the clock is wrong.
pub fn clock_warning(http: &HttpClient) -> Option<String> {
    let skew = http.clock_skew().filter(|skew| skew.unsigned_abs() > TOLERATED)?;
    let direction = if skew.is_positive() { "behind" } else { "ahead of" };
    let by = duration(skew.abs().whole_seconds());
    Some(format!("this machine's clock is {by} {direction} the service's; correct the clock"))
}

/// `7 h 59 min`, `12 min`, `40 s`: the two largest units.
pub fn duration(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn two_units_at_most() {
        for (seconds, words) in [
            (-5, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3_599, "59 min"),
            (3_600, "1 h"),
            (28_799, "7 h 59 min"),
            (86_400, "1 d"),
            (90 * 86_400 + 7_200, "90 d 2 h"),
        ] {
            assert_eq!(duration(seconds), words);
        }
    }
}
