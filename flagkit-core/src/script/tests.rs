//! Expected values are what ECMA-262 says; each was checked in Node 20.

use std::cmp::Ordering;

use super::*;
use crate::value::{List, Structure, Value, ValueRef};

fn text_of(value: ValueRef<'_>) -> String {
    with_text(value, str::to_owned)
}

#[test]
fn numbers_are_written_with_the_fewest_digits() {
    for (value, expected) in [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-2.5, "-2.5"),
        (0.1, "0.1"),
        (100.0, "100"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.25e25, "1.25e+25"),
        (-1e21, "-1e+21"),
        (123_456_789_012.5, "123456789012.5"),
        (1e-6, "0.000001"),
        (1.5e-6, "0.0000015"),
        (1e-7, "1e-7"),
        (1.5e-10, "1.5e-10"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e+308"),
        (f64::INFINITY, "Infinity"),
        (f64::NEG_INFINITY, "-Infinity"),
        (f64::NAN, "NaN"),
    ] {
        assert_eq!(text_of(value.into()), expected);
    }
    assert_eq!(text_of(9_007_199_254_740_993_i64.into()), "9007199254740992");
}

#[test]
fn lists_and_objects_have_a_text() {
    let list = Value::from(vec![
        Value::from("a"),
        Value::Null,
        Value::from(1.0),
        Value::from(vec![Value::from(true), Value::from("b")]),
        Value::from(Structure::default()),
    ]);
    assert_eq!(text_of(list.borrow()), "a,,1,true,b,[object Object]");
    assert_eq!(text_of(ValueRef::List(List::Texts(&[]))), "");
    assert_eq!(text_of(ValueRef::Null), "null");
    let long = "x".repeat(1000);
    assert_eq!(text_of(ValueRef::List(List::Texts(&[&long, "y"]))), format!("{long},y"));
}

#[test]
fn text_becomes_a_number_or_none() {
    for (text, expected) in [
        ("", 0.0),
        (" \n\u{feff}\u{a0}", 0.0),
        (" 5 ", 5.0),
        ("+5", 5.0),
        ("-.5", -0.5),
        ("5.", 5.0),
        ("1.e2", 100.0),
        ("1e3", 1000.0),
        ("0x1F", 31.0),
        ("0b11", 3.0),
        ("0O17", 15.0),
        ("007", 7.0),
        ("-Infinity", f64::NEG_INFINITY),
        ("+Infinity", f64::INFINITY),
        ("1e999", f64::INFINITY),
    ] {
        assert_eq!(number_of(text.into()), expected, "{text:?}");
    }
    for text in [
        "a",
        "1_0",
        "5px",
        ".",
        "e5",
        "1e",
        "-0x1",
        "0x",
        "0xg",
        "inf",
        "NaN",
        "+ 1",
        "--1",
        "Infinityx",
        "\u{85}1",
    ] {
        assert!(number_of(text.into()).is_nan(), "{text:?}");
    }
    assert_eq!(number_of(ValueRef::List(List::Texts(&["7"]))), 7.0);
    assert_eq!(number_of(ValueRef::List(List::Texts(&[]))), 0.0);
    assert!(number_of(ValueRef::List(List::Texts(&["1", "2"]))).is_nan());
}

#[test]
fn versions_sort_as_padded_text() {
    for (left, right, expected) in [
        ("1.2.10", "1.2.9", Ordering::Greater),
        ("v1.2.3+b1", "1.2.3", Ordering::Equal),
        ("1.2.3", "1.2.3-beta", Ordering::Greater),
        ("1.2.3.4", "1.2.3-4", Ordering::Equal),
        ("1.2.3-r2", "1.2.3-r100", Ordering::Greater),
        ("100000.0.0", "99999.0.0", Ordering::Less),
        ("", "0", Ordering::Equal),
        ("v+x", "", Ordering::Less),
        ("1+a\nb", "1", Ordering::Greater),
        ("1\n+a", "1\n", Ordering::Equal),
    ] {
        assert_eq!(compare_versions(left.into(), right), expected, "{left:?} {right:?}");
    }
    assert_eq!(compare_versions(2.into(), "2"), Ordering::Equal);
    assert_eq!(compare_versions(true.into(), "0"), Ordering::Equal);
}

#[test]
fn units_keep_both_halves_of_a_pair() {
    let count = |text: &str| with_units(text.into(), |units| units.chars().count());
    assert_eq!(count("aé"), 2);
    assert_eq!(count("😀"), 2);
    with_units("😀".into(), |units| {
        let found: Vec<u32> = units.chars().map(|unit| u32::from(unit) - SURROGATES).collect();
        assert_eq!(found, [0x3d, 0x600]);
    });
}

#[test]
fn lower_case_is_the_full_mapping() {
    for (text, lowercase, is_same) in [
        ("HELLO", "hello", true),
        ("İ", "i\u{307}", true),
        ("ΑΣ", "ας", true),
        ("ας", "ασ", false),
        ("ſ", "s", false),
        ("STRASSE", "straße", false),
    ] {
        assert_eq!(is_lowercase_of(lowercase, text), is_same, "{text}");
    }
}
