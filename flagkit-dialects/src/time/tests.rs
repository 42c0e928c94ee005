use super::*;

#[test]
fn spans_of_the_day_are_read_to_the_second() {
    for (text, expected) in [
        ("02:00-04:00", Some((7200, 14_400))),
        ("22:30-06:15:30", Some((81_000, 22_530))),
        ("00:00-00:00", Some((0, 0))),
        ("2:00-04:00", None),
        ("02:00", None),
        ("02:00-24:00", None),
        ("02:00-04:60", None),
        ("02:00-04:00:00:00", None),
        ("-", None),
        ("+2:00-04:00", None),
    ] {
        let read = span(text).map(|span| (span.from, span.to));
        assert_eq!(read, expected, "{text}");
    }
}

#[test]
fn days_have_long_and_short_names() {
    assert_eq!(weekday("Monday"), Some(0));
    assert_eq!(weekday("SUN"), Some(6));
    assert_eq!(weekday("mo"), None);
    assert_eq!(weekday("mond"), None);
    assert_eq!(weekday(""), None);
}

#[test]
fn intervals_are_read_in_several_forms() {
    for (value, expected) in [
        (Value::from("1d"), Some(86_400.0)),
        (Value::from("24h"), Some(86_400.0)),
        (Value::from("1 day"), Some(86_400.0)),
        (Value::from("2 weeks"), Some(1_209_600.0)),
        (Value::from("90 min"), Some(5400.0)),
        (Value::from("daily"), Some(86_400.0)),
        (Value::from("Weekly"), Some(604_800.0)),
        (Value::from("30"), Some(30.0)),
        (Value::from(3600), Some(3600.0)),
        (Value::from(0), None),
        (Value::from("-1d"), None),
        (Value::from("soon"), None),
        (Value::from("1 fortnight"), None),
        (Value::Null, None),
    ] {
        assert_eq!(interval_seconds(&value), expected, "{value}");
    }
}
