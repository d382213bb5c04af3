//! Numbers as Python has them, because AWS CLI is Python: integers of any size and floats, never one for the other.
//!
//! An integer is kept as its decimal digits: the service may send one that no machine type holds, and `--query` must hand
//! it through unharmed. A float is printed as Python's `repr` prints it (shortest digits that read back, exponent from
//! 1e16 on and below 1e-4). Arithmetic for the query functions is here too. Imports nothing of ours.

use std::cmp::Ordering;
use std::rc::Rc;

/// An integer of any size or a float.
#[derive(Clone, Debug)]
pub enum Number {
    /// Decimal digits with an optional minus, no leading zeros, no `-0`.
    Integer(Rc<str>),
    /// A double, infinities and NaN included.
    Float(f64),
}

impl Number {
    /// Reads a number in JSON's spelling: a fraction or an exponent makes it a float, as Python's `json.loads` decides.
    pub(super) fn from_json(spelling: &str) -> Self {
        if spelling.contains(['.', 'e', 'E']) {
            // Rust reads every JSON number; too large ones become infinite, as in Python.
            Self::Float(spelling.parse().unwrap_or(f64::NAN))
        } else {
            Self::integer(spelling)
        }
    }

    /// The integer with these digits; an optional sign, leading zeros and `-0` are normalized.
    pub(super) fn integer(digits: &str) -> Self {
        let (minus, rest) = match digits.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", digits.strip_prefix('+').unwrap_or(digits)),
        };
        match rest.trim_start_matches('0') {
            "" => Self::Integer("0".into()),
            significant => Self::Integer(format!("{minus}{significant}").into()),
        }
    }

    /// Reads a number as Python's `int()`, or else `float()`, reads a text: white space around it, underscores between
    /// digits, `inf` and `nan`.
    pub(super) fn from_python(text: &str) -> Option<Self> {
        // The separators U+001C to U+001F are no white space here, though `str.isspace` is true of them.
        let text = text.trim();
        let characters: Vec<char> = text.chars().collect();
        let is_digit =
            |index: Option<usize>| index.and_then(|index| characters.get(index)).is_some_and(char::is_ascii_digit);
        let mut underscores = characters.iter().enumerate().filter(|(_, c)| **c == '_');
        if !underscores.all(|(index, _)| is_digit(index.checked_sub(1)) && is_digit(index.checked_add(1))) {
            return None;
        }
        let plain = text.replace('_', "");
        let unsigned = plain.strip_prefix(['-', '+']).unwrap_or(&plain);
        if !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit()) {
            return Some(Self::integer(&plain));
        }
        plain.parse().ok().map(Self::Float)
    }

    /// The number of elements of something.
    pub(super) fn count(length: usize) -> Self {
        Self::Integer(length.to_string().into())
    }

    /// Python's `str()`: `1`, `1.0`, `1e-07`, `nan`, `inf`.
    pub(super) fn python(&self) -> String {
        match self {
            Self::Integer(digits) => digits.to_string(),
            Self::Float(value) => float(*value),
        }
    }

    /// The spelling of Python's `json.dumps`: as `python`, but `NaN`, `Infinity`, `-Infinity`.
    pub(super) fn json(&self) -> String {
        match self {
            Self::Float(value) if value.is_nan() => "NaN".to_owned(),
            Self::Float(value) if value.is_infinite() => if *value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
            _ => self.python(),
        }
    }

    /// The nearest double; infinite where Python would raise `OverflowError`.
    pub(super) fn to_f64(&self) -> f64 {
        match self {
            Self::Integer(digits) => digits.parse().unwrap_or(f64::NAN),
            Self::Float(value) => *value,
        }
    }

    /// Exact comparison, integers against floats included; `None` with NaN.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b),
            (Self::Integer(a), Self::Integer(b)) => Some(compare_integers(a, b)),
            (Self::Integer(a), Self::Float(b)) => compare_with_float(a, *b),
            (Self::Float(a), Self::Integer(b)) => compare_with_float(b, *a).map(Ordering::reverse),
        }
    }

    /// Python's `+`: exact between integers, in doubles once a float takes part.
    pub(super) fn plus(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => Self::integer(&add_integers(a, b)),
            _ => Self::Float(self.to_f64() + other.to_f64()),
        }
    }

    /// Python's `abs()`.
    pub(super) fn abs(&self) -> Self {
        match self {
            Self::Integer(digits) => Self::Integer(digits.trim_start_matches('-').into()),
            Self::Float(value) => Self::Float(value.abs()),
        }
    }

    /// Python's `math.floor` or `math.ceil` by the given rounding: an integer with every digit of the double; `None` for
    /// NaN and infinities.
    pub(super) fn round(&self, rounding: fn(f64) -> f64) -> Option<Self> {
        match self {
            Self::Integer(_) => Some(self.clone()),
            Self::Float(value) if value.is_finite() => Some(Self::integer(&format!("{:.0}", rounding(*value)))),
            Self::Float(_) => None,
        }
    }
}

/// Python's `repr` of a float.
fn float(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    // The shortest digits that read back, as d.ddde±x; Python switches to this form by the same exponent.
    let scientific = format!("{value:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let power: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&power) {
        let plain = value.to_string();
        return if plain.contains('.') { plain } else { format!("{plain}.0") };
    }
    let sign = if power < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", power.unsigned_abs())
}

fn compare_integers(a: &str, b: &str) -> Ordering {
    let magnitude = |x: &str, y: &str| x.len().cmp(&y.len()).then_with(|| x.cmp(y));
    match (a.strip_prefix('-'), b.strip_prefix('-')) {
        (None, None) => magnitude(a, b),
        (Some(a), Some(b)) => magnitude(b, a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
    }
}

fn compare_with_float(integer: &str, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float.is_infinite() {
        return Some(if float > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let whole = Number::integer(&format!("{:.0}", float.floor()));
    let Number::Integer(whole) = whole else { return None };
    // Equal whole parts: a fraction above the floor makes the float the larger.
    let fraction = if float > float.floor() { Ordering::Less } else { Ordering::Equal };
    Some(compare_integers(integer, &whole).then(fraction))
}

/// Decimal addition, column by column in ten's complement of the shorter sign case: magnitudes are added or subtracted.
fn add_integers(a: &str, b: &str) -> String {
    let (a_negative, a) = (a.starts_with('-'), a.trim_start_matches('-'));
    let (b_negative, b) = (b.starts_with('-'), b.trim_start_matches('-'));
    // The larger magnitude first: its sign is the result's.
    let (large, small, negative) = if compare_integers(a, b).is_ge() { (a, b, a_negative) } else { (b, a, b_negative) };
    let sign = if a_negative == b_negative { 1 } else { -1 };
    let mut digits = Vec::with_capacity(large.len() + 1);
    let mut carry = 0i8;
    let mut low = small.bytes().rev();
    for high in large.bytes().rev() {
        let low = low.next().map_or(0, |digit| digit.cast_signed() - b'0'.cast_signed());
        let sum = high.cast_signed() - b'0'.cast_signed() + sign * low + carry;
        carry = sum.div_euclid(10);
        digits.push(char::from(b'0' + sum.rem_euclid(10).unsigned_abs()));
    }
    if carry > 0 {
        digits.push('1');
    }
    if negative {
        digits.push('-');
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn floats_are_printed_as_python_repr() {
        for (spelling, printed) in [
            ("1.0", "1.0"),
            ("1e20", "1e+20"),
            ("1E-7", "1e-07"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("1e15", "1000000000000000.0"),
            ("1e16", "1e+16"),
            ("123456789012345678.0", "1.2345678901234568e+17"),
            ("-0.0", "-0.0"),
            ("1e400", "inf"),
            ("5e-324", "5e-324"),
            ("1.5e300", "1.5e+300"),
            ("-0", "0"),
            ("100000000000000000000", "100000000000000000000"),
        ] {
            assert_eq!(Number::from_json(spelling).python(), printed, "{spelling}");
        }
        assert_eq!(Number::Float(f64::NEG_INFINITY).json(), "-Infinity");
        assert_eq!(Number::Float(f64::NAN).json(), "NaN");
    }

    #[test]
    fn integers_of_any_size_are_added_exactly() {
        let samples: [i128; 12] =
            [0, 1, -1, 9, -9, 10, 99, -100, 101, 1 << 100, -(1 << 100), 123_456_789_012_345_678_901];
        for a in samples {
            for b in samples {
                let (x, y) = (Number::integer(&a.to_string()), Number::integer(&b.to_string()));
                assert_eq!(x.plus(&y).python(), (a + b).to_string(), "{a} + {b}");
                assert_eq!(x.compare(&y), Some(a.cmp(&b)), "{a} <=> {b}");
            }
        }
        assert_eq!(Number::integer("-12").abs().python(), "12");
        assert_eq!(Number::integer("007").python(), "7");
    }

    #[test]
    fn integers_and_floats_compare_exactly() {
        use std::cmp::Ordering::{Equal, Greater, Less};
        for (integer, float, expected) in [
            ("9007199254740993", 9_007_199_254_740_992.0, Greater),
            ("1", 1.0, Equal),
            ("1", 1.5, Less),
            ("-1", -1.5, Greater),
            ("-2", -1.5, Less),
            ("5", f64::INFINITY, Less),
            ("5", f64::NEG_INFINITY, Greater),
        ] {
            assert_eq!(Number::integer(integer).compare(&Number::Float(float)), Some(expected), "{integer} {float}");
            assert_eq!(Number::Float(float).compare(&Number::integer(integer)), Some(expected.reverse()));
        }
        assert_eq!(Number::integer("1").compare(&Number::Float(f64::NAN)), None);
    }

    #[test]
    fn text_is_read_as_int_and_float_read_it() {
        for (text, read) in [
            (" -1_000\n", Some("-1000")),
            ("+007", Some("7")),
            ("1e3", Some("1000.0")),
            ("1_0.5_0", Some("10.5")),
            (".5", Some("0.5")),
            ("5.", Some("5.0")),
            ("\u{85}1\u{a0}", Some("1")),
            ("\u{1f}1\u{a0}", None),
            ("-Infinity", Some("-inf")),
            ("NaN", Some("nan")),
            ("", None),
            ("-", None),
            ("1__0", None),
            ("_1", None),
            ("1_", None),
            ("1_.0", None),
            ("0x10", None),
            ("1 2", None),
        ] {
            assert_eq!(Number::from_python(text).map(|number| number.python()).as_deref(), read, "{text:?}");
        }
    }

    #[test]
    fn rounding_gives_integers_with_every_digit() {
        let of = |text: &str, rounding| Number::from_json(text).round(rounding).map(|number| number.python());
        assert_eq!(of("1.5", f64::floor).as_deref(), Some("1"));
        assert_eq!(of("-0.5", f64::ceil).as_deref(), Some("0"));
        assert_eq!(of("1e23", f64::floor).as_deref(), Some("99999999999999991611392"));
        assert_eq!(of("7", f64::ceil).as_deref(), Some("7"));
        assert_eq!(of("1e999", f64::ceil), None);
    }
}
