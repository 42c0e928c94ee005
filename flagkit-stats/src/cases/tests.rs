//! Files as strangers write them.

use super::{Report, run, shapes};

fn report(text: &str) -> Report {
    run(text, &shapes()).expect("the text has cases")
}

/// The one failure of a text: its path, and what it says.
fn failure(text: &str) -> (String, String) {
    let report = report(text);
    assert_eq!(report.failures.len(), 1, "{:?}", report.failures);
    let failure = report.failures.into_iter().next().expect("there is one");
    (failure.path, failure.got)
}

#[test]
fn what_differs_has_its_path_both_values_and_the_tolerance() {
    let text = r#"{"about": 7, "cases": [
        {"name": "half", "fn": "norm.cdf", "args": [0], "value": 0.5},
        {"name": "off", "fn": "norm.cdf", "args": [0], "value": "0.25", "rel_tol": 0.5}]}"#;
    let report = report(text);
    assert_eq!((report.cases, report.passed(), report.failed()), (2, 1, 1));
    let failure = &report.failures[0];
    assert_eq!((failure.case, failure.path.as_str()), (1, "$.cases[1].value"));
    assert_eq!((failure.wanted.as_str(), failure.got.as_str()), ("0.25", "0.5"));
    assert_eq!((failure.tolerance, failure.name.as_deref()), (Some(0.125), Some("off")));
}

#[test]
fn a_file_without_cases_names_all_shapes() {
    let error = run(r#"{"flags": {"a": true}}"#, &shapes()).expect_err("there are no cases");
    let text = error.to_string();
    assert!(text.starts_with("$: nothing here is a case"), "{text}");
    for shape in shapes() {
        assert!(text.contains(shape.name), "{} is missing in {text}", shape.name);
    }
}

#[test]
fn what_is_no_json_says_where() {
    let error = run("{\"cases\": [\n  1,\n]}", &shapes()).expect_err("it is no JSON");
    assert_eq!(error.path, "line 3, column 1");
    assert!(error.what.contains("is no JSON"), "{error}");
}

#[test]
fn what_cannot_be_read_is_one_failure_and_says_how_to_mend_it() {
    let cases = [
        (r#"[{"fn": "norm.cdf", "args": ["x"], "value": 0.5}]"#, "$[0].args[0]", "write a number"),
        (r#"[{"fn": "norm.cfd", "args": [0], "value": 0.5}]"#, "$[0].fn", "norm.{cdf,"),
        (
            r#"[{"observed": [1, -2], "weights": [1, 1], "chi2_p": 1}]"#,
            "$[0].observed[1]",
            "not negative",
        ),
        (r#"[{"k1": 3, "n1": 2, "k2": 0, "n2": 9, "pooled_z": 0}]"#, "$[0].k1", "3"),
        (r#"[{"users": [1, 2], "weights": [1, 1]}]"#, "$[0]", "wants nothing"),
        (r#"[{"users": [1, 1], "weights": [1, 1], "result": 1}, {"a": 1}]"#, "$[1]", "no shape"),
        (
            r#"[{"control": [1], "experiment": [2], "direction": "Up", "expect": {"critical": false}}]"#,
            "$[0].direction",
            "Increase, Decrease, Either",
        ),
    ];
    for (text, path, words) in cases {
        let (found, got) = failure(text);
        assert_eq!(found, path, "{text}");
        assert!(got.contains(words), "{text}: {got}");
    }
}

#[test]
fn bare_words_for_what_is_no_number_are_read_and_texts_are_left_alone() {
    let text = r#"[{"name": "a \" NaN, Infinity", "transform": "replaceNaNs",
        "data": [NaN, 1, -Infinity, null], "expect": [0, 1, -Infinity, 0]}]"#;
    let report = report(text);
    assert_eq!((report.failed(), report.compared), (0, 4), "{:?}", report.failures);
}

#[test]
fn lists_of_something_else_are_left_out_by_name() {
    let text = r#"{"generators": [{"name": "normal"}],
        "cases": [{"fn": "t.isf", "args": [0.5, 3], "value": 0}]}"#;
    assert_eq!(report(text).left_out, ["$.generators holds no case"]);
}

#[test]
fn data_in_another_unit_has_the_same_verdict() {
    // Errors of 1 % against 0.01 %: a solver that stops at 1e-4 sees no difference in the shares.
    let text = r#"[{"classifier": "mannWhitney", "direction": "Increase",
        "control": [0.0001, 0.00011, 0.00009, 0.0001, 0.00012, 0.0001, 0.00008, 0.0001],
        "experiment": [0.0001, 0.00013, 0.00014, 0.00015, 0.00016, 0.00013, 0.00014, 0.00015],
        "scales": [1e-6, 1e-3, 100, 1e9],
        "expect": {"classification": "High"}}]"#;
    let report = report(text);
    assert_eq!((report.failed(), report.compared), (0, 5), "{:?}", report.failures);
    assert!(report.notes[0].contains("exact arithmetic"), "{:?}", report.notes);
}

#[test]
fn distributions_that_others_may_ask_for_are_computed() {
    // f.sf is the polynomial 6 x^5 - 5 x^6 at 5/11; binom is a sum of four terms; the others stand
    // in tables: 9.4877, 1 + 2 * 1.96, 161.45.
    let text = r#"[
        {"fn": "f.sf", "args": [3, 4, 10], "value": 0.07232322228814023},
        {"fn": "binom.cdf", "args": [3, 10, 0.2], "value": 0.8791261184},
        {"fn": "binom.sf", "args": [3, 10, 0.2], "value": 0.1208738816},
        {"fn": "chi2.ppf", "args": [0.95, 4], "value": 9.487729036781154},
        {"fn": "norm.isf", "args": [0.025, 1, 2], "value": 4.919927969080108},
        {"fn": "f.isf", "args": [0.05, 1, 1], "value": 161.4476387975881}]"#;
    let report = report(text);
    assert_eq!(report.failed(), 0, "{:#?}", report.failures);
}

#[test]
fn strata_of_a_recorded_call_are_added_up() {
    let call = |arms: &str| {
        format!(
            r#"[{{"test": "TwoSidedTTest", {arms}, "config": {{"difference_type": "absolute"}},
               "result": {{"expected": 0.1, "ci": [-0.04008, 0.24008], "p_value": 0.1607}}}}]"#
        )
    };
    let arm =
        |n: u32, sum: u32| format!(r#"{{"type": "ProportionStatistic", "n": {n}, "sum": {sum}}}"#);
    let one = call(&format!(r#""stat_a": {}, "stat_b": {}"#, arm(100, 50), arm(100, 60)));
    // Added up, proportions are means: what the engine does, with one degree more in the variance.
    let two = call(&format!(
        r#""stats": [[{}, {}], [{}, {}]]"#,
        arm(40, 20),
        arm(50, 30),
        arm(60, 30),
        arm(50, 30)
    ));
    let ends = |text: &str| -> Vec<f64> {
        let report = report(text);
        let got = report.failures.iter().filter(|failure| failure.path.contains(".ci["));
        got.map(|failure| failure.got.parse().expect("an end is a number")).collect()
    };
    let (one, two) = (ends(&one), ends(&two));
    assert_eq!((one.len(), two.len()), (2, 2));
    // The means differ by 0.1 in both; the interval of the sums is wider by n / (n - 1).
    let width = |ends: &[f64]| ends[1] - ends[0];
    let ratio = width(&two) / width(&one);
    assert!((ratio - (100.0_f64 / 99.0).sqrt()).abs() < 1e-3, "{ratio}");
}
