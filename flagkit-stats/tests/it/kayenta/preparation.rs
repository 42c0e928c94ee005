//! `DetectorSuite.scala` and `TransformSuite.scala`: what happens to series before.

use flagkit_stats::kayenta::Detector;
use flagkit_stats::kayenta::transform::{remove_missing, remove_outliers, replace_missing};
use serde_json::Value;

use crate::delivery_cases::{cases, number, numbers};

#[test]
fn outliers_and_missing_values_are_those_of_its_test_suites() {
    for case in cases("kayenta/detectors_transforms.json") {
        let data = numbers(&case["data"]);
        let name = case["name"].as_str().unwrap();
        let Some(transform) = case["transform"].as_str() else {
            let expected = case["outlier"].as_array().unwrap().iter();
            let expected: Vec<bool> = expected.map(|is| is.as_bool().unwrap()).collect();
            assert_eq!(detector(&case).detect(&data), expected, "{name}");
            continue;
        };
        let answer = match transform {
            "removeNaNs" => remove_missing(&data),
            "replaceNaNs" => replace_missing(&data, 0.0),
            "removeOutliers" => remove_outliers(&data, detector(&case)),
            other => panic!("{name}: `{other}` is no transformation"),
        };
        assert_eq!(answer, numbers(&case["expect"]), "{name}");
    }
}

fn detector(case: &Value) -> Detector {
    let factor = number(&case["factor"]);
    let reduced = case["reduceSensitivity"].as_bool() == Some(true);
    match case["detector"].as_str().unwrap() {
        "IQR" if reduced => Detector::ReducedInterquartileRange { factor },
        "IQR" => Detector::InterquartileRange { factor },
        "KSigma" => Detector::StandardDeviations { factor },
        other => panic!("`{other}` is no detector"),
    }
}

#[test]
fn a_spike_among_two_levels_is_kept_by_the_reduced_detector() {
    // Quartiles 10 and 20, fence -20..50: both take 60 for an outlier. The 99th percentile of
    // 101 values is the second largest, so a second spike moves the fence of one of them.
    let mut values: Vec<f64> =
        (0..99).map(|index| if index % 2 == 0 { 10.0 } else { 20.0 }).collect();
    values.extend([60.0, 61.0]);
    let reduced = Detector::ReducedInterquartileRange { factor: 3.0 }.detect(&values);
    let plain = Detector::InterquartileRange { factor: 3.0 }.detect(&values);
    assert_eq!(plain[99..], [true, true]);
    assert_eq!(reduced[99..], [false, true]);
}
