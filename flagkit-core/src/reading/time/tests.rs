use crate::value::Value;

use super::*;

fn read(reading: TimeReading, value: impl Into<Value>) -> Option<String> {
    reading.read(value.into().borrow()).map(|time| time.to_string())
}

#[test]
fn a_number_counts_seconds_or_milliseconds() {
    let (seconds, milliseconds) = (TimeReading::TextOrSeconds, TimeReading::TextOrMilliseconds);
    assert_eq!(read(seconds, 1).as_deref(), Some("1970-01-01T00:00:01Z"));
    assert_eq!(read(seconds, 1.5).as_deref(), Some("1970-01-01T00:00:01.500Z"));
    assert_eq!(read(milliseconds, 1).as_deref(), Some("1970-01-01T00:00:00.001Z"));
    assert_eq!(read(milliseconds, 1.9).as_deref(), Some("1970-01-01T00:00:00.001Z"));
    assert_eq!(read(milliseconds, -1.9).as_deref(), Some("1969-12-31T23:59:59.999Z"));
}

#[test]
fn milliseconds_of_text_and_numbers_are_the_same_ones() {
    let text = TimeReading::TextOrMilliseconds.read("2019-12-31T23:59:59.123Z".into());
    let number = TimeReading::TextOrMilliseconds.read(1_577_836_799_123_i64.into());
    assert!(text.is_some());
    assert_eq!(text, number);
}

#[test]
fn numbers_beyond_any_calendar_and_other_values_are_no_times() {
    for value in [Value::Float(f64::NAN), Value::Float(1e300), Value::Boolean(true), Value::Null] {
        for reading in [TimeReading::TextOrSeconds, TimeReading::TextOrMilliseconds] {
            assert_eq!(read(reading, value.clone()), None, "{value}");
        }
    }
    assert_eq!(read(TimeReading::TextOrMilliseconds, "1577836799123"), None);
}
