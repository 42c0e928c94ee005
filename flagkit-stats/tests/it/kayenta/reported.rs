//! What users reported as wrong is what this judge answers: whoever asks for it shall know.

use flagkit_stats::kayenta::classify::{Demand, Limits};
use flagkit_stats::kayenta::judge::{MetricConfig, MetricResult};
use flagkit_stats::kayenta::shift::{Precision, shift};
use flagkit_stats::kayenta::transform::MissingValues;
use flagkit_stats::kayenta::{Classifier, Label, Samples};

use crate::close::close;

fn classify(control: &[f64], experiment: &[f64]) -> MetricResult {
    let mut metric = MetricConfig::new("errors", Vec::new());
    metric.missing = MissingValues::Replace;
    metric.classify(&Samples { control, experiment })
}

#[test]
fn errors_where_there_were_none_pass() {
    // spinnaker/kayenta#426: errors in three of six minutes, none in the baseline.
    let result = classify(&[0.0; 6], &[0.0, 1.0, 2.0, 1.0, 0.0, 0.0]);
    assert_eq!(result.verdict.label, Label::Pass);
}

#[test]
fn a_new_kind_of_error_in_half_of_the_points_passes() {
    // spinnaker/spinnaker#5622: answers with status 307 that the baseline never gave.
    let none = f64::NAN;
    let canary = [none, 0.048, none, 0.18, 0.089, none, 0.098, 0.035, none, none];
    let result = classify(&[none; 10], &canary);
    assert_eq!(result.verdict.label, Label::Pass);
    assert!(result.verdict.deviation.is_nan());
}

#[test]
fn seven_of_ten_points_at_a_hundred_times_the_baseline_pass() {
    // spinnaker/spinnaker#6278, with the numbers that its author read in a debugger.
    let mut experiment = [100.0, 100.0, 100.0, 100.0, 100.0, 100.0, 100.0, 1.0, 1.0, 1.0];
    let control = [1.0; 10];
    let classifier = Classifier {
        allowed: Limits { decrease: 1.0, increase: 1.05 },
        critical: Limits { decrease: 1.0, increase: 1.1 },
        ..Classifier::default()
    };
    let label = |classifier: &Classifier, experiment: &[f64]| {
        classifier.classify(&Samples { control: &control, experiment }, Demand::default()).label
    };
    assert_eq!(label(&classifier, &experiment), Label::Pass);
    let interval = shift(&Samples { control: &control, experiment: &experiment }, 0.98).unwrap();
    assert!(close(interval.low, 6.825_022_991_538_781e-5, 1e-18), "{interval:?}");
    assert!(close(interval.estimate, 98.999_929_041_701_93, 1e-12), "{interval:?}");
    assert_eq!(interval.high, 99.0);

    // One more point decides. Exactness is not what is missing.
    let exact = Classifier { precision: Precision::Exact, ..classifier };
    assert_eq!(label(&exact, &experiment), Label::Pass);
    experiment[7] = 100.0;
    assert_eq!(label(&classifier, &experiment), Label::High);
    assert_eq!(label(&exact, &experiment), Label::High);
}

#[test]
fn another_shape_passes() {
    // spinnaker/kayenta#780: the baseline jumps between 1..9 and 100..106, the canary stays
    // between 10 and 18.
    let experiment =
        [10.0, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 17.0, 17.1, 17.2, 17.3, 17.4, 17.5, 17.6, 17.7];
    let control =
        [1.0, 100.0, 4.0, 101.0, 5.0, 102.0, 6.0, 103.0, 7.0, 104.0, 8.0, 105.0, 9.0, 106.0, 17.0];
    assert_eq!(classify(&control, &experiment).verdict.label, Label::Pass);
}

#[test]
fn constants_always_have_the_same_verdict() {
    // The original adds random noise here. Four against four is the most that its statistic
    // can say nothing about: the interval then is the whole range of differences.
    let (control, experiment) = ([2.0; 4], [3.0; 4]);
    let first = classify(&control, &experiment);
    assert_eq!(first.verdict.label, Label::High);
    assert_eq!(first, classify(&control, &experiment));
}
