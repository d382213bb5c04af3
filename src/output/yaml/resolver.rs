//! Which plain scalars YAML 1.2 reads as something other than a string, by the rules of ruamel.yaml.
//!
//! They include more than the core schema of YAML 1.2.2 section 10.3: underscores in numbers, `0b`, dates, `=` and
//! `<<`.

use std::sync::LazyLock;

use regex_lite::Regex;

/// Null, boolean, merge and value; integer; float; timestamp. Text that starts with an underscore is never a number.
static OTHER_TYPES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pattern = r"(?x)^(?:
        | ~ | null | Null | NULL | true | True | TRUE | false | False | FALSE | = | <<
        | [-+][0-9_]+ | [0-9][0-9_]* | [-+]?0b[01_]+ | [-+]?0o[0-7_]+ | [-+]?0x[0-9a-fA-F_]+
        | [-+]?[0-9][0-9_]*(?:\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+) | [-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?
        | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN)
        | [0-9]{4}-[0-9]{2}-[0-9]{2}
        | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[\x20\t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?
          (?:[\x20\t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?
        )$";
    Regex::new(pattern).ok()
});

/// Whether the text is read as a string when it is written plain.
pub(super) fn is_string(text: &str) -> bool {
    !OTHER_TYPES.as_ref().is_some_and(|other| other.is_match(text))
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
