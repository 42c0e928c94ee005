//! `ClassifierSuite.scala`: labels of single metrics.

use flagkit_stats::kayenta::classify::{Demand, Direction, Limits, classify_by_mean};
use flagkit_stats::kayenta::shift::Precision;
use flagkit_stats::kayenta::transform::MissingValues;
use flagkit_stats::kayenta::{Classifier, EffectSize, Label, Samples, Verdict};
use serde_json::Value;

use crate::delivery_cases::{cases, close, number, numbers};

/// All cases of the file.
pub(super) fn all() -> Vec<Value> {
    cases("kayenta/classifier.json")
}

/// The verdict about a case whose values were multiplied by `scale`.
pub(super) fn verdict_with(case: &Value, scale: f64, precision: Precision) -> Verdict {
    let side = |name: &str| -> Vec<f64> {
        numbers(&case[name]).into_iter().map(|value| value * scale).collect()
    };
    let (control, experiment) = (side("control"), side("experiment"));
    let samples = Samples { control: &control, experiment: &experiment };
    let word = |name: &str| case[name].as_str().unwrap().to_lowercase();
    let demand = Demand {
        direction: Direction::from_name(&word("direction")),
        missing: MissingValues::from_name(&word("nanStrategy")),
        critical: case["critical"].as_bool().unwrap(),
        must_have_data: case["mustHaveData"].as_bool().unwrap(),
    };
    match case["classifier"].as_str().unwrap() {
        "mannWhitney" => classifier(&case["params"], precision).classify(&samples, demand),
        "meanInequality" => classify_by_mean(&samples, demand),
        other => panic!("`{other}` is no classifier"),
    }
}

fn classifier(params: &Value, precision: Precision) -> Classifier {
    let limits = |name: &str| {
        let list = numbers(&params[name]);
        Limits { decrease: list[0], increase: list[1] }
    };
    Classifier {
        tolerance: number(&params["tolerance"]),
        confidence: number(&params["confLevel"]),
        effect: EffectSize::from_name(params["effectSizeMeasure"].as_str().unwrap()),
        allowed: limits("effectSizeThresholds"),
        critical: limits("criticalThresholds"),
        precision,
    }
}

#[test]
fn labels_are_those_of_its_test_suite() {
    for case in all() {
        let verdict = verdict_with(&case, 1.0, Precision::AsOriginal);
        let name = case["name"].as_str().unwrap();
        for (field, value) in case["expect"].as_object().unwrap() {
            match field.as_str() {
                "classification" => {
                    let label = Label::from_name(value.as_str().unwrap()).unwrap();
                    assert_eq!(verdict.label, label, "{name}");
                }
                "critical" => assert_eq!(verdict.critical, value.as_bool().unwrap(), "{name}"),
                "deviation" => assert!(close(verdict.deviation, number(value), 0.0), "{name}"),
                "reasonNotEmpty" => assert!(!verdict.reason.is_empty(), "{name}"),
                other => panic!("{name} expects `{other}`, which no verdict has"),
            }
        }
    }
}
