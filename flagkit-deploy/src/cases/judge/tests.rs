use crate::cases::{Report, run};

fn report(text: &str) -> Report {
    run(text).expect("the text has cases")
}

/// The failures of one case, each with its path and what came.
fn failures(text: &str) -> Vec<(String, String)> {
    report(text).failures.into_iter().map(|failure| (failure.path, failure.got)).collect()
}

#[test]
fn the_cases_of_the_page_pass_in_every_way_to_ask() {
    let page = include_str!("../../../../docs/cases.md");
    let (_, rest) = page.split_once("```json").expect("the page has an example");
    let (text, _) = rest.split_once("```").expect("which ends");
    let report = report(text);
    assert_eq!(report.failures, []);
    assert_eq!(report.shapes.get("release judge"), Some(&6));
    // Once, by another clock and in another order; in parts twice; swapped once; in six units three
    // times, with both ends of an interval where it is a mean.
    assert_eq!(report.compared, 6 * 3 + 2 + 1 + 3 * 6 + 6 * 2);
}

#[test]
fn a_wrong_verdict_is_one_failure_with_what_came() {
    let text = r#"{"metric": {"measure": {"kind": "events"}}, "verdict": "better",
        "windows": [{"control": {"exposures": 9000, "events": 45},
                     "treatment": {"exposures": 1000, "events": 50}, "times": 5}]}"#;
    assert_eq!(failures(text), [("$.verdict".to_owned(), "worse".to_owned())]);
}

#[test]
fn percent_and_parts_of_one_are_one_limit() {
    for (limit, verdict) in [
        (r#""1%""#, "worse"),
        ("0.01", "worse"),
        (r#""10000ppm""#, "worse"),
        ("0.06", "insufficient"),
    ] {
        let text = format!(
            r#"{{"metric": {{"measure": {{"kind": "events"}}, "limit": {limit}}}, "verdict": "{verdict}",
            "windows": [{{"control": {{"exposures": 9000, "events": 450}},
                          "treatment": {{"exposures": 1000, "events": 50}}, "times": 20}}]}}"#
        );
        assert_eq!(failures(&text), [], "{limit}");
    }
}

#[test]
fn very_small_and_very_large_values_are_judged_as_others() {
    // Means and a limit, of nanoseconds in hours and of cents in thousands of millions.
    for (unit, limit) in [(1e-13, 6e-13), (1e12, 6e12)] {
        for (direction, verdict) in
            [("increase", "worse"), ("decrease", "better"), ("either", "worse")]
        {
            let limit = if direction == "increase" {
                format!(", \"limit\": {limit:e}")
            } else {
                String::new()
            };
            let side = |shift: f64| {
                let values: Vec<String> = [3.0, 4.0, 5.0, 6.0]
                    .iter()
                    .map(|value| format!("{:e}", (value + shift) * unit))
                    .collect();
                values.join(", ")
            };
            let text = format!(
                r#"{{"metric": {{"measure": {{"kind": "mean"}}, "direction": "{direction}",
                      "observations_min": 100{limit}}}, "verdict": "{verdict}",
                "windows": [{{"control": {{"values": [{}]}}, "treatment": {{"values": [{}]}}, "times": 100}}]}}"#,
                side(0.0),
                side(2.5)
            );
            assert_eq!(failures(&text), [], "{unit:e}, {direction}");
        }
    }
}

#[test]
fn what_cannot_be_read_says_where_and_how_to_mend_it() {
    let windows = r#"[{"control": {"exposures": 9, "events": 1}, "treatment": {"exposures": 9, "events": 1}}]"#;
    let case = |metric: &str, windows: &str, more: &str| {
        format!(r#"{{"metric": {metric}, "windows": {windows}, "verdict": "insufficient"{more}}}"#)
    };
    let events = r#"{"measure": {"kind": "events"}}"#;
    for (text, path, words) in [
        (case(events, windows, r#", "parts": 2"#), "$.parts", "divide"),
        (case(events, windows, r#", "parts": 1"#), "$.parts", "2 to 100"),
        (case(r#"{"measure": {"kind": "evens"}}"#, windows, ""), "$.metric", "evens"),
        (
            case(r#"{"measure": {"kind": "events"}, "margin": "5s"}"#, windows, ""),
            "$.metric.margin",
            "ratio",
        ),
        (
            case(r#"{"measure": {"kind": "events"}, "margin": -1}"#, windows, ""),
            "$.metric",
            "margin",
        ),
        (
            case(events, r#"[{"control": {"exposures": 9}}]"#, ""),
            "$.windows[0].control.events",
            "missing",
        ),
        (case("7", windows, ""), "$.metric", "no object"),
        (case(events, windows, "").replace("insufficient", "bad"), "$.verdict", "not_worse"),
        (
            case(
                r#"{"measure": {"kind": "mean"}}"#,
                r#"[{"control": {"values": [1, "NaN"]}}]"#,
                "",
            ),
            "$.windows[0].control.values",
            "NaN",
        ),
    ] {
        let failures = failures(&text);
        let [(at, got)] = failures.as_slice() else { panic!("{failures:?} for {text}") };
        assert!(at == path && got.contains(words), "{at}: {got}");
    }
}
