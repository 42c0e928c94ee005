use super::TextReading;
use crate::value::{List, Structure, Value, ValueRef};

fn read(reading: TextReading, value: ValueRef<'_>) -> Option<String> {
    reading.with(value, str::to_owned)
}

#[test]
fn strict_takes_text_only() {
    assert_eq!(read(TextReading::Strict, "a".into()).as_deref(), Some("a"));
    assert_eq!(read(TextReading::Strict, 1.into()), None);
}

#[test]
fn json_takes_everything() {
    assert_eq!(read(TextReading::Json, true.into()).as_deref(), Some("true"));
    assert_eq!(read(TextReading::Json, 2.5.into()).as_deref(), Some("2.5"));
}

#[test]
fn integers_take_no_floats() {
    assert_eq!(read(TextReading::Integers, (-7).into()).as_deref(), Some("-7"));
    assert_eq!(read(TextReading::Integers, 7.0.into()), None);
    assert_eq!(read(TextReading::Integers, true.into()), None);
}

#[test]
fn numerals_are_printed_as_python_prints_numbers() {
    let read = |value| read(TextReading::Numerals, value);
    let cases: [(ValueRef<'_>, &str); 14] = [
        ("007".into(), "7"),
        ("-007".into(), "-7"),
        ("-0".into(), "0"),
        ("1.50".into(), "1.5"),
        ("1e5".into(), "1e5"),
        (true.into(), "True"),
        (3.0.into(), "3.0"),
        (1e16.into(), "1e+16"),
        (1e22.into(), "1e+22"),
        (1e-5.into(), "1e-05"),
        (0.0001.into(), "0.0001"),
        (1.5e300.into(), "1.5e+300"),
        (123_456_789_012_345_680.0.into(), "1.2345678901234568e+17"),
        ((-0.0).into(), "-0.0"),
    ];
    for (value, expected) in cases {
        assert_eq!(read(value).as_deref(), Some(expected));
    }
}

#[test]
fn whole_numerals_have_no_fraction() {
    let read = |value| read(TextReading::WholeNumerals, value);
    assert_eq!(read("007".into()).as_deref(), Some("7"));
    assert_eq!(read("pro".into()).as_deref(), Some("pro"));
    assert_eq!(read("1.5".into()), None);
    assert_eq!(read(1.5.into()), None);
    assert_eq!(read(true.into()), None);
}

#[test]
fn doubles_are_written_out_whatever_their_size() {
    for (value, text) in [
        (1.into(), "1"),
        (1.0.into(), "1"),
        (0.5.into(), "0.5"),
        ((-0.0).into(), "-0"),
        (1e21.into(), "1000000000000000000000"),
        (1e-7.into(), "0.0000001"),
        // 2⁵³ + 1 is no double; 2⁵³ is the nearest.
        (9_007_199_254_740_993_i64.into(), "9007199254740992"),
        (f64::NAN.into(), "NaN"),
        (true.into(), "true"),
        ("1e3".into(), "1e3"),
    ] {
        assert_eq!(read(TextReading::Doubles, value).as_deref(), Some(text));
    }
    for long in [f64::MIN, -f64::MIN_POSITIVE, -5e-324, -2.225_073_858_507_201e-308] {
        assert_eq!(read(TextReading::Doubles, long.into()), Some(long.to_string()));
    }
    assert_eq!(read(TextReading::Doubles, ValueRef::List(List::Texts(&["a"]))), None);
}

#[test]
fn spaced_json_has_blanks_and_ascii_only() {
    let of = |value: ValueRef<'_>| read(TextReading::SpacedJson, value).unwrap();
    assert_eq!(of("ü".into()), "ü");
    assert_eq!(of(true.into()), "true");
    for (float, text) in
        [(1.0, "1.0"), (0.1, "0.1"), (1e-5, "1e-05"), (1e16, "1e+16"), (-2.5e-300, "-2.5e-300")]
    {
        assert_eq!(of(float.into()), text);
    }
    assert_eq!(of((&["a", "ü😀\u{7f}\n"]).into()), r#"["a", "\u00fc\ud83d\ude00\u007f\n"]"#);
    let entries = [("a", Value::from(1)), ("é", Value::Float(f64::INFINITY))];
    let structure = Value::from(entries.into_iter().collect::<Structure>());
    assert_eq!(of(structure.borrow()), r#"{"a": 1, "\u00e9": Infinity}"#);
}

#[test]
fn script_numbers_take_everything_and_print_numbers_plainly() {
    let cases: [(ValueRef<'_>, &str); 7] = [
        ("a".into(), "a"),
        (125.0.into(), "125"),
        (1e21.into(), "1e+21"),
        ((-7).into(), "-7"),
        (f64::NAN.into(), "NaN"),
        (true.into(), "True"),
        (ValueRef::Null, "null"),
    ];
    for (value, expected) in cases {
        assert_eq!(read(TextReading::ScriptNumbers, value).as_deref(), Some(expected));
    }
}

#[test]
fn doubles_and_lists_are_no_objects() {
    let list = Value::from(vec![Value::from(1), "a".into()]);
    assert_eq!(read(TextReading::DoublesAndLists, list.borrow()).as_deref(), Some("[1,\"a\"]"));
    assert_eq!(read(TextReading::DoublesAndLists, 2.0.into()).as_deref(), Some("2"));
    let object = Value::from(Structure::default());
    assert_eq!(read(TextReading::DoublesAndLists, object.borrow()), None);
}
