use super::TextReading;
use crate::value::ValueRef;

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
