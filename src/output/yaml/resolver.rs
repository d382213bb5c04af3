//! Which plain scalars YAML 1.2 reads as something other than a string, by the rules of ruamel.yaml.
//!
//! They include more than the core schema of YAML 1.2.2 section 10.3: underscores in numbers, `0b`, dates, `=` and
//! `<<`.

const DIGITS: &str = "0123456789";
const DIGITS_: &str = "0123456789_";

/// Whether the text is read as a string when it is written plain.
pub(super) fn is_string(text: &str) -> bool {
    !(matches!(
        text,
        "" | "~" | "null" | "Null" | "NULL" | "true" | "True" | "TRUE" | "false" | "False" | "FALSE" | "=" | "<<"
    ) || is_integer(text)
        || is_float(text)
        || is_timestamp(text))
}

fn is_integer(text: &str) -> bool {
    // Text that starts with an underscore is never a number.
    if text.starts_with('_') {
        return false;
    }
    let unsigned = Rest(text).optional("-+");
    let all = |rest: Option<Rest<'_>>, set| rest.and_then(|rest| rest.many(set)).is_some_and(Rest::is_done);
    all(Some(unsigned), DIGITS_)
        || all(unsigned.word("0b"), "01_")
        || all(unsigned.word("0o"), "01234567_")
        || all(unsigned.word("0x"), "0123456789abcdefABCDEF_")
}

fn is_float(text: &str) -> bool {
    let unsigned = Rest(text).optional("-+");
    let exponent = |rest: Rest<'_>, needs_sign: bool| {
        let Some(rest) = rest.one("eE") else { return rest.is_done() };
        let rest = if needs_sign { rest.one("-+") } else { Some(rest.optional("-+")) };
        rest.and_then(|rest| rest.many(DIGITS)).is_some_and(Rest::is_done)
    };
    if let Some(fraction) = unsigned.word(".") {
        return fraction.many(DIGITS_).is_some_and(|rest| exponent(rest, true))
            || matches!(fraction.0, "inf" | "Inf" | "INF")
            || matches!(text, ".nan" | ".NaN" | ".NAN");
    }
    let Some(whole) = unsigned.one(DIGITS).map(|rest| rest.any(DIGITS_)) else { return false };
    match whole.word(".") {
        Some(fraction) => exponent(fraction.any(DIGITS_), false),
        // Without a fraction there must be an exponent.
        None => !whole.is_done() && exponent(whole, false),
    }
}

/// A date, or a date and a time of day with an optional fraction and zone; with a time, month and day may have one
/// digit.
fn is_timestamp(text: &str) -> bool {
    let Some(year) = Rest(text).exactly(4, DIGITS) else { return false };
    let exact = |rest: Rest<'_>| rest.word("-")?.exactly(2, DIGITS)?.word("-")?.exactly(2, DIGITS).map(Rest::is_done);
    exact(year) == Some(true) || date_and_time(year).is_some_and(Rest::is_done)
}

fn date_and_time(year: Rest<'_>) -> Option<Rest<'_>> {
    let month = year.word("-")?.one(DIGITS)?.optional(DIGITS);
    time_of_day(month.word("-")?.one(DIGITS)?.optional(DIGITS))
}

fn time_of_day(rest: Rest<'_>) -> Option<Rest<'_>> {
    let separated = rest.one("Tt").or_else(|| rest.many(" \t"))?;
    let hour = separated.one(DIGITS)?.optional(DIGITS);
    let second = hour.word(":")?.exactly(2, DIGITS)?.word(":")?.exactly(2, DIGITS)?;
    let fraction = second.word(".").map_or(second, |rest| rest.any(DIGITS));
    let zone = fraction.any(" \t");
    if let Some(utc) = zone.word("Z") {
        return Some(utc);
    }
    let Some(offset) = zone.one("-+").and_then(|rest| rest.one(DIGITS)) else { return Some(fraction) };
    let hours = offset.optional(DIGITS);
    Some(hours.word(":").and_then(|rest| rest.exactly(2, DIGITS)).unwrap_or(hours))
}

/// The rest of a text after the recognized prefix.
#[derive(Clone, Copy)]
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn is_done(self) -> bool {
        self.0.is_empty()
    }

    fn word(self, word: &str) -> Option<Self> {
        self.0.strip_prefix(word).map(Self)
    }

    /// One character of the set.
    fn one(self, set: &str) -> Option<Self> {
        let mut rest = self.0.chars();
        rest.next().filter(|c| set.contains(*c)).map(|_| Self(rest.as_str()))
    }

    fn optional(self, set: &str) -> Self {
        self.one(set).unwrap_or(self)
    }

    fn any(self, set: &str) -> Self {
        Self(self.0.trim_start_matches(|c| set.contains(c)))
    }

    /// At least one character of the set.
    fn many(self, set: &str) -> Option<Self> {
        self.one(set).map(|rest| rest.any(set))
    }

    fn exactly(self, count: usize, set: &str) -> Option<Self> {
        (0..count).try_fold(self, |rest, _| rest.one(set))
    }
}

#[cfg(test)]
mod tests {
    use super::is_string;

    #[test]
    fn words_of_other_types_are_not_strings() {
        for text in [
            "",
            "~",
            "null",
            "Null",
            "true",
            "FALSE",
            "=",
            "<<",
            "0",
            "-1",
            "+1",
            "012",
            "1_000",
            "0o17",
            "0b1",
            "0x1F",
            "-0x_",
            "017",
            "1.",
            "1.0",
            "1e3",
            "-1.5E+7",
            "1_0.0_1e-3",
            ".5",
            "+.5",
            ".5e+1",
            ".inf",
            "-.INF",
            ".nan",
            ".NaN",
            "2020-01-01",
            "2020-1-1T0:00:00",
            "2020-01-01 00:00:00.5 +1:30",
            "2020-01-01\t0:00:00Z",
            "2020-01-01T00:00:00.-05",
            "-_",
        ] {
            assert!(!is_string(text), "{text}");
        }
    }

    #[test]
    fn other_words_are_strings() {
        for text in [
            "yes",
            "No",
            "y",
            "on",
            "12:30:45",
            "NaN",
            "nan",
            "inf",
            "-",
            "+",
            "_",
            "_1",
            "0o8",
            "0b2",
            "0xG",
            "1e",
            "1e+",
            ".5e1",
            "-.nan",
            "..5",
            "1.2.3",
            "2020-1-1",
            "2020-01-01T",
            "2020-01-01 00:00",
            "2020-01-01T00:00:00 Zz",
            "20200-01-01",
            "tRUE",
            "nULL",
            ".",
            "1 2",
            "٣",
            "2020-01-01T00:00:00 +",
        ] {
            assert!(is_string(text), "{text}");
        }
    }
}
