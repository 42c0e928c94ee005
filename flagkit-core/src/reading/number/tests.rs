use super::NumberReading;
use crate::value::{Number, ValueRef};

#[test]
fn doubles_are_read_from_text_as_it_stands() {
    let read = |value: ValueRef<'_>| NumberReading::Doubles.read(value);
    for (value, expected) in [
        ("1e3".into(), 1000.0),
        ("+.5".into(), 0.5),
        ("inf".into(), f64::INFINITY),
        (u64::MAX.into(), 18_446_744_073_709_551_616.0),
    ] {
        assert_eq!(read(value), Some(Number::Float(expected)));
    }
    // Not a number: it is read, and equals nothing.
    assert!(read("NaN".into()).is_some_and(|number| number != number));
    for none in [" 1".into(), "0x1".into(), "".into(), true.into(), ValueRef::Null] {
        assert_eq!(read(none), None);
    }
}

#[test]
fn doubles_round_what_strict_numbers_tell_apart() {
    let odd: ValueRef<'_> = 9_007_199_254_740_993_i64.into();
    let even = Number::Integer(9_007_199_254_740_992);
    assert!(NumberReading::Strict.read(odd) > Some(even));
    assert_eq!(NumberReading::Doubles.read(odd), Some(even));
}

#[test]
fn a_comma_counts_as_the_point() {
    let cases = [
        ("2,1", Some(2.1)),
        (" 2.1\t", Some(2.1)),
        ("-3,", Some(-3.0)),
        (",5", Some(0.5)),
        ("1e3", Some(1000.0)),
        ("+Infinity", Some(f64::INFINITY)),
        ("-Infinity", Some(f64::NEG_INFINITY)),
        ("1,000.5", None),
        ("1,0,0", None),
        ("2,é", None),
        ("", None),
        ("0x10", None),
    ];
    for (text, expected) in cases {
        let read = NumberReading::DecimalComma.read(text.into());
        assert_eq!(read, expected.map(Number::Float), "{text:?}");
    }
    let nan = NumberReading::DecimalComma.read("NaN".into()).unwrap();
    assert!(nan != Number::Float(f64::NAN));
}

#[test]
fn integers_round_where_numbers_are_floats() {
    let value = ValueRef::Integer(9_007_199_254_740_993);
    let rounded = Some(Number::Float(9_007_199_254_740_992.0));
    assert_eq!(NumberReading::DecimalComma.read(value), rounded);
    assert_eq!(NumberReading::Strict.read(value), Some(Number::Integer(9_007_199_254_740_993)));
}

#[test]
fn integers_of_32_bits_end_where_they_end() {
    let read = |value: ValueRef<'_>| NumberReading::Int32InText.read(value).is_some();
    for text in ["5", "+5", "-0", "007", "2147483647", "-2147483648"] {
        assert!(read(text.into()), "{text}");
    }
    for text in ["", " 5", "5.0", "2147483648", "five", "1_0"] {
        assert!(!read(text.into()), "{text}");
    }
    assert!(read(5.into()) && !read(5.0.into()) && !read(2_147_483_648_i64.into()));
}

#[test]
fn small_numbers_of_milliseconds_were_meant_in_seconds() {
    let read = |value| NumberReading::Milliseconds.read(value);
    let is = |milliseconds: i64| Some(Number::from(milliseconds));
    assert_eq!(read(1_700_000_000.into()), is(1_700_000_000_000));
    assert_eq!(read("+1700000000".into()), is(1_700_000_000_000));
    assert_eq!(read(10_000_000_000_i64.into()), is(10_000_000_000));
    assert_eq!(read((-10_000_000_000_i64).into()), is(-10_000_000_000));
    assert_eq!(read(1e12.into()), is(1_000_000_000_000));
    assert_eq!(read("2030-01-01 00:00:00Z".into()), is(1_893_456_000_000));
    assert_eq!(read("2030-1-1 0:0:0".into()), is(1_893_456_000_000));
    assert_eq!(read("2030-01-01T00:00:00.1Z".into()), None, "more than twenty bytes");
    assert_eq!(read(0.5.into()), None);
    assert_eq!(read(true.into()), None);
}
