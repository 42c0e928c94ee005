//! `StatisticSuite.scala`: summaries, quantiles, sizes of effects.

use flagkit_stats::kayenta::Samples;
use flagkit_stats::kayenta::effect::{cohens_d, common_language, mean_ratio};
use flagkit_stats::kayenta::statistics::{Summary, percentile, summary};
use serde_json::Value;

use crate::delivery_cases::{cases, close, numbers};

#[test]
fn summaries_and_effects_are_those_of_its_test_suite() {
    for case in cases("kayenta/statistics.json") {
        let name = case["name"].as_str().unwrap();
        for assertion in case["asserts"].as_array().unwrap() {
            let text = assertion.as_str().unwrap();
            if text == "result === truth" {
                assert_eq!(summary(&data(&case)), truth(name), "{name}");
                continue;
            }
            if text == "result.isNaN" {
                assert!(effect(&case).is_nan(), "{name}");
                continue;
            }
            let (expression, expected) = text.split_once(" === ").unwrap();
            let (expected, tolerance) = with_tolerance(expected);
            let actual = value(&case, expression);
            assert!(close(actual, expected, tolerance), "{name}: {actual} for {text}");
        }
    }
}

/// `4.5`, or `(4.5 +- 1e-4)`.
fn with_tolerance(text: &str) -> (f64, f64) {
    let inner = text.trim_start_matches('(').trim_end_matches(')');
    let (value, tolerance) = inner.split_once(" +- ").unwrap_or((inner, "0"));
    (value.parse().unwrap(), tolerance.parse().unwrap())
}

fn value(case: &Value, expression: &str) -> f64 {
    if let Some((_, percent)) = expression.split_once(", ") {
        return percentile(&data(case), percent.trim_end_matches(')').parse().unwrap());
    }
    let summary = summary(&data(case));
    match expression {
        "result" => effect(case),
        "result.min" => summary.min,
        "result.max" => summary.max,
        "result.mean" => summary.mean,
        "result.std" => summary.deviation,
        #[expect(clippy::cast_precision_loss, reason = "a handful")]
        "result.count" => summary.count as f64,
        other => panic!("nothing here is called `{other}`"),
    }
}

/// The data of a case; some are only in the source of the suite, and small.
fn data(case: &Value) -> Vec<f64> {
    match case["name"].as_str().unwrap() {
        "Summary Statistics: Scalar" | "Summary Statistics: Percentile Metric Object" => vec![1.0],
        // Six values with this smallest, largest and mean can only be these if the deviation
        // is the largest possible: 4.9295 = sqrt(6 · 4.5² / 5).
        "Summary Statistics: List" => vec![1.0, 1.0, 1.0, 10.0, 10.0, 10.0],
        _ => numbers(&case["data"]["testData"]),
    }
}

fn truth(name: &str) -> Summary {
    match name {
        "Summary Statistics: Scalar" => summary(&[1.0]),
        "Summary Statistics: No Data" => summary(&[]),
        other => panic!("the truth about `{other}` is not in the cases"),
    }
}

fn effect(case: &Value) -> f64 {
    let control = numbers(&case["data"]["controlData"]);
    let experiment = numbers(&case["data"]["experimentData"]);
    let (left, right) = (summary(&control), summary(&experiment));
    let name = case["name"].as_str().unwrap();
    if name.contains("Mean Ratio") {
        mean_ratio(left.mean, right.mean)
    } else if name.contains("Cohen") {
        cohens_d(&left, &right)
    } else if name.contains("CLES") {
        common_language(&Samples { control: &control, experiment: &experiment })
    } else {
        panic!("`{name}` names no effect")
    }
}

#[test]
fn a_single_value_and_none_have_summaries() {
    let single = summary(&[1.0]);
    assert_eq!((single.min, single.max, single.mean, single.deviation), (1.0, 1.0, 1.0, 0.0));
    let none = summary(&[]);
    assert_eq!((none.min, none.max, none.mean, none.deviation), (0.0, 0.0, 0.0, 0.0));
    assert_eq!((single.count, none.count), (1, 0));
    assert!(percentile(&[], 50.0).is_nan());
}
