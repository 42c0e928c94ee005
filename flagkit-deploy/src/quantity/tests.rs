use serde_json::json;

use super::*;

fn problem<Q: Quantity + fmt::Debug>(value: &Value) -> String {
    Q::read(value).unwrap_err().to_string()
}

/// B20: an error rate of 5 %, 0.05 and 50,000 ppm is one ratio, and a bare 5 is none.
#[test]
fn b20_percent_ratio_and_ppm_are_one_ratio() {
    for spelling in [json!("5%"), json!(0.05), json!("0.05"), json!("50000ppm"), json!("5.0%")] {
        assert_eq!(Ratio::read(&spelling), Ok(Ratio(0.05)), "{spelling}");
        assert_eq!(Weight::read(&spelling), Ok(Weight::from_ppm(50_000).unwrap()), "{spelling}");
    }
    assert_eq!(problem::<Ratio>(&json!(5)), "5 is no ratio; say 5% or 0.05");
    assert_eq!(problem::<Ratio>(&json!("1")), "1 is no ratio; say 1% or 0.01");
    assert_eq!(
        problem::<Ratio>(&json!(1.5)),
        "1.5 is more than the whole; say 150% if that is meant"
    );
    assert_eq!(Ratio::read(&json!(0)), Ok(Ratio(0.0)));
    assert_eq!(Ratio::read(&json!(1.0)), Ok(Ratio(1.0)));
    assert_eq!(Ratio::read(&json!("150%")), Ok(Ratio(1.5)));
}

#[test]
fn what_is_no_ratio_says_what_it_is() {
    assert!(problem::<Ratio>(&json!("5s")).starts_with("5s is a length of time; "));
    assert!(problem::<Ratio>(&json!("-5%")).starts_with("-5% is less than nothing; "));
    assert!(problem::<Ratio>(&json!("five")).starts_with("\"five\" is no ratio; "));
    assert!(problem::<Ratio>(&json!([1])).starts_with("[1] is no ratio; "));
    assert!(problem::<Ratio>(&json!(null)).starts_with("null is no ratio; "));
}

#[test]
fn shares_are_whole_millionths() {
    for ppm in 0..=WHOLE {
        let weight = Weight::from_ppm(ppm).unwrap();
        if ppm % 997 == 0 {
            assert_eq!(Weight::read(&json!(weight.to_string())), Ok(weight));
            assert_eq!(Weight::read(&json!(format!("{ppm}ppm"))), Ok(weight));
        }
    }
    assert!(problem::<Weight>(&json!("101%")).starts_with("101% is more than all traffic"));
    assert!(
        problem::<Weight>(&json!("0.00001%")).starts_with("0.00001% is finer than a millionth")
    );
}

#[test]
fn lengths_of_time_need_units() {
    for (text, ms) in [
        ("200ms", 200),
        ("30s", 30_000),
        ("0.5s", 500),
        ("5m", 300_000),
        ("2h", 7_200_000),
        ("1d", 86_400_000),
        ("1h 30m", 5_400_000),
        ("0", 0),
    ] {
        assert_eq!(SpanText::read(&json!(text)), Ok(SpanText(Span::from_ms(ms))), "{text}");
    }
    assert_eq!(problem::<SpanText>(&json!(300)), "300 has no unit; say 300s or 300m");
    assert!(problem::<SpanText>(&json!("5%")).starts_with("5% is a ratio; "));
    assert!(problem::<SpanText>(&json!("")).starts_with("the length of time is empty; "));
    assert!(problem::<SpanText>(&json!("-5s")).starts_with("-5s is no time that anybody waits"));
    assert!(problem::<SpanText>(&json!("0.1ms")).starts_with("0.1ms is finer than"));
    assert!(problem::<SpanText>(&json!("99999999d")).starts_with("99999999d is no time"));
    assert!(problem::<SpanText>(&json!("5min")).starts_with("\"5min\" is no length of time"));
}

#[test]
fn counts_are_whole() {
    assert_eq!(Count::read(&json!(1000)), Ok(Count(1000)));
    assert_eq!(Count::read(&json!("10_000")), Ok(Count(10_000)));
    for wrong in [json!(-1), json!(1.5), json!("many"), json!("5%"), json!(null)] {
        assert!(problem::<Count>(&wrong).ends_with("is no count; write a whole number"), "{wrong}");
    }
}

#[test]
fn what_is_written_is_read_again() {
    for ms in [0, 1, 999, 1000, 90_000, 86_400_000, 90_061_001, 3_723_004] {
        let span = SpanText(Span::from_ms(ms));
        let text = serde_json::to_string(&span).unwrap();
        assert_eq!(serde_json::from_str::<SpanText>(&text).unwrap(), span, "{text}");
    }
    for ratio in [0.0, 0.05, 1.0, 1.5] {
        let text = serde_json::to_string(&Ratio(ratio)).unwrap();
        assert_eq!(serde_json::from_str::<Ratio>(&text).unwrap(), Ratio(ratio), "{text}");
    }
    assert!(
        serde_json::from_str::<Ratio>("5").unwrap_err().to_string().starts_with("5 is no ratio")
    );
}
