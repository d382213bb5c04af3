//! The spellings against what Python 3.11 prints and reads.

use serde_json::{Value, json};

use super::{COMPACT, LINE, PRETTY, dumps, int, quoted, repr, saturating_int, str, strip};

#[test]
fn json_has_the_separators_and_escapes_of_each_layout() {
    let value = json!({"b": [1, [], {}, true, null], "é": {"x": "😀\u{7f}\u{2028}/\"\\\n\r\t\u{8}\u{c}\u{1f}"}});
    assert_eq!(
        dumps(&value, LINE),
        r#"{"b": [1, [], {}, true, null], "\u00e9": {"x": "\ud83d\ude00\u007f\u2028/\"\\\n\r\t\b\f\u001f"}}"#
    );
    assert_eq!(
        dumps(&value, COMPACT),
        r#"{"b":[1,[],{},true,null],"\u00e9":{"x":"\ud83d\ude00\u007f\u2028/\"\\\n\r\t\b\f\u001f"}}"#
    );
    assert_eq!(
        dumps(&value, PRETTY),
        "{\n    \"b\": [\n        1,\n        [],\n        {},\n        true,\n        null\n    ],\n    \
         \"é\": {\n        \"x\": \"😀\u{7f}\u{2028}/\\\"\\\\\\n\\r\\t\\b\\f\\u001f\"\n    }\n}"
    );
}

#[test]
fn numbers_are_printed_as_python_prints_what_it_reads() {
    for (read, printed) in [
        ("1.0", "1.0"),
        ("1e20", "1e+20"),
        ("1E-7", "1e-07"),
        ("0.0001", "0.0001"),
        ("0.00001", "1e-05"),
        ("1e15", "1000000000000000.0"),
        ("1e16", "1e+16"),
        ("123456789012345678.0", "1.2345678901234568e+17"),
        ("-0.0", "-0.0"),
        ("5e-324", "5e-324"),
        ("1.5e300", "1.5e+300"),
        ("-0", "0"),
        ("100000000000000000000", "100000000000000000000"),
    ] {
        let number: Value = serde_json::from_str(read).unwrap();
        assert_eq!([repr(&number), dumps(&number, LINE)], [printed, printed], "{read}");
    }
    let infinity: Value = serde_json::from_str("[1e400, -1e400]").unwrap();
    assert_eq!(repr(&infinity), "[inf, -inf]");
    assert_eq!(dumps(&infinity, LINE), "[Infinity, -Infinity]");
}

#[test]
fn values_are_printed_as_repr_and_str_print_them() {
    assert_eq!(str(&json!("a'b")), "a'b");
    for (value, printed) in [
        (json!(null), "None"),
        (json!([true, false]), "[True, False]"),
        (json!({"a": {}, "b": []}), "{'a': {}, 'b': []}"),
        (json!([1, 2.5, "it's", "a\"b"]), "[1, 2.5, \"it's\", 'a\"b']"),
    ] {
        assert_eq!(str(&value), printed);
    }
    for (text, printed) in [
        ("x", "'x'"),
        ("", "''"),
        ("it's", "\"it's\""),
        ("'\"", "'\\'\"'"),
        (
            "\n\u{1}\u{7f}\u{a0}é\u{301}\u{200b}\u{e000}\u{10ffff}😀\\",
            "'\\n\\x01\\x7f\\xa0é\u{301}\\u200b\\ue000\\U0010ffff😀\\\\'",
        ),
    ] {
        assert_eq!(quoted(text), printed);
    }
}

#[test]
fn integers_are_read_as_int_reads_them() {
    for (text, digits) in [
        ("3", Some("3")),
        (" +3\n", Some("3")),
        ("-1", Some("-1")),
        ("-0", Some("0")),
        ("1_000", Some("1000")),
        ("007", Some("7")),
        ("\u{85}1\u{a0}", Some("1")),
        ("\u{1f}1\u{a0}", None),
        ("", None),
        ("+", None),
        ("1.5", None),
        ("1__0", None),
        ("_1", None),
        ("1_", None),
        ("0x10", None),
        ("3 4", None),
        ("99999999999999999999", Some("99999999999999999999")),
    ] {
        assert_eq!(int(text).as_deref(), digits, "{text:?}");
    }
    assert_eq!(saturating_int("99999999999999999999"), Some(i64::MAX));
    assert_eq!(saturating_int("-99999999999999999999"), Some(i64::MIN));
    assert_eq!(saturating_int("x"), None);
}

#[test]
fn strip_removes_information_separators() {
    assert_eq!(strip("\u{1c}\u{a0} a b\u{1f}\u{3000}"), "a b");
    assert_eq!(strip("\u{feff}a"), "\u{feff}a");
}
