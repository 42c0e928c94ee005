use super::*;

#[test]
fn text_needs_a_date_a_t_a_time_and_a_zone() {
    for good in
        ["2026-12-01T00:00:00Z", "2026-12-01t00:00:00.123456789z", "2026-12-01T05:30:00+05:30"]
    {
        assert!(Timestamp::parse(good).is_some(), "{good}");
    }
    for bad in [
        "",
        "2026-12-01",
        "2026-12-01 00:00:00Z",
        "2026-12-01T00:00:00",
        "2026-13-01T00:00:00Z",
        "1796083200",
    ] {
        assert!(Timestamp::parse(bad).is_none(), "{bad}");
    }
}

#[test]
fn seconds_may_be_negative_and_have_a_fraction() {
    assert_eq!(Timestamp::from_unix_seconds(-0.5).unwrap().to_string(), "1969-12-31T23:59:59.500Z");
    assert_eq!(Timestamp::from_unix_seconds(1.5).unwrap().unix_seconds(), 1.5);
    assert_eq!(Timestamp::from_unix_seconds(f64::INFINITY), None);
    assert_eq!(Timestamp::from_unix_seconds(1e300), None);
}

#[test]
fn days_and_hours_are_those_of_utc() {
    // 1970-01-01 was a Thursday.
    assert_eq!(Timestamp::EPOCH.weekday(), 3);
    let late = Timestamp::parse("1970-01-02T01:00:00+02:00").unwrap();
    assert_eq!((late.weekday(), late.second_of_day()), (3, 23 * 3600));
}
