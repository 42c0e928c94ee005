//! Recorded calls, from files that are run if they are there: `growthbook/frequentist.json`,
//! `bayesian.json`, `srm.json` and `truncated_normal.json`, each with a list `cases`.

use flagkit_stats::growthbook::srm::p_value;
use flagkit_stats::growthbook::truncated::truncated_mean;
use serde_json::Value;

use super::engine_calls::{call, expected, is_failure};
use crate::delivery_cases::{cases, number, numbers};

/// Whether two numbers agree to nine digits, or nearly vanish together.
fn agree(actual: f64, expected: f64) -> bool {
    let distance = (actual - expected).abs();
    actual == expected
        || distance <= 1e-9 * expected.abs()
        || distance <= 1e-12
        || (actual.is_nan() && expected.is_nan())
}

/// Everything in which the answer to a case differs.
pub(super) fn differences(case: &Value) -> Vec<String> {
    let answer = call(case);
    let result = &case["result"];
    if answer.failed || is_failure(result) {
        let both = answer.failed && is_failure(result);
        return if both { Vec::new() } else { vec!["only one has an error".to_owned()] };
    }
    let mut differences = Vec::new();
    for (name, actual) in answer.numbers {
        let Some(expected) = expected(result, name).filter(|value| !value.is_null()) else {
            continue;
        };
        let (actual, expected) = (actual.unwrap_or(f64::NAN), number(&expected));
        if !agree(actual, expected) {
            differences.push(format!("{name} is {actual:e} and not {expected:e}"));
        }
    }
    differences
}

#[test]
fn recorded_calls_have_the_recorded_results() {
    for file in ["growthbook/frequentist.json", "growthbook/bayesian.json"] {
        for case in cases(file) {
            let differences = differences(&case);
            assert!(differences.is_empty(), "{file}: {differences:?} in {case}");
        }
    }
}

#[test]
fn recorded_splits_have_the_recorded_p_values() {
    for case in cases("growthbook/srm.json") {
        let users: Vec<u64> =
            case["users"].as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).collect();
        let actual = p_value(&users, &numbers(&case["weights"]));
        assert!(agree(actual, number(&case["result"])), "{actual:e} for {case}");
    }
}

#[test]
fn recorded_truncated_normals_have_the_recorded_means() {
    for case in cases("growthbook/truncated_normal.json") {
        let [mean, deviation, low, high] =
            ["mu", "sigma", "a", "b"].map(|name| number(&case[name]));
        let actual = truncated_mean(mean, deviation, (low, high));
        assert!(agree(actual, number(&case["result"])), "{actual:e} for {case}");
    }
}
