//! What holds for any series.

use flagkit_stats::kayenta::classify::{Demand, Label};
use flagkit_stats::kayenta::shift::Precision;
use flagkit_stats::kayenta::{Classifier, Samples};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn label(precision: Precision, control: &[f64], experiment: &[f64]) -> Label {
    let classifier = Classifier { precision, ..Classifier::default() };
    classifier.classify(&Samples { control, experiment }, Demand::default()).label
}

/// Series as metrics have them: few distinct values, or many.
fn series() -> impl Strategy<Value = Vec<f64>> {
    let rare = prop_oneof![4 => Just(0.0), 1 => 0.0..4.0_f64].boxed();
    let whole = (0..9_i32).prop_map(f64::from).boxed();
    let any = (-50.0..50.0_f64).boxed();
    prop_oneof![Just(rare), Just(whole), Just(any)]
        .prop_flat_map(|value| prop::collection::vec(value, 1..40))
}

/// Numbers of all kinds, also those that are none.
fn wild() -> impl Strategy<Value = Vec<f64>> {
    let special = prop::sample::select(vec![
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        -0.0,
        5e-324,
    ]);
    prop::collection::vec(prop_oneof![special, any::<f64>(), -9.0..9.0_f64], 0..12)
}

fn flipped(label: Label) -> Label {
    match label {
        Label::High => Label::Low,
        Label::Low => Label::High,
        other => other,
    }
}

/// The same series every time.
fn config() -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(426);
    ProptestConfig { cases: 300, failure_persistence: None, rng_seed, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn exact_labels_do_not_depend_on_the_unit(
        control in series(), experiment in series(), exponent in -40..40_i32,
    ) {
        // Powers of two round nothing, so the question is the same one to the last bit.
        let scale = 2.0_f64.powi(exponent);
        let scaled = |values: &[f64]| values.iter().map(|value| value * scale).collect::<Vec<_>>();
        let before = label(Precision::Exact, &control, &experiment);
        prop_assert_eq!(before, label(Precision::Exact, &scaled(&control), &scaled(&experiment)));
    }

    #[test]
    fn exact_shifts_are_differences_of_pairs_and_in_order(
        control in series(), experiment in series(),
    ) {
        let samples = Samples { control: &control, experiment: &experiment };
        let shift = Precision::Exact.shift(&samples, 0.98).unwrap();
        prop_assert!(shift.low <= shift.estimate && shift.estimate <= shift.high);
        for end in [shift.low, shift.high] {
            let is_end = |other: &f64| experiment.iter().any(|value| value - other == end);
            prop_assert!(control.iter().any(is_end), "{end}");
        }
        let mut differences: Vec<f64> =
            experiment.iter().flat_map(|value| control.iter().map(move |other| value - other)).collect();
        differences.sort_by(f64::total_cmp);
        let (below, above) = ((differences.len() - 1) / 2, differences.len() / 2);
        // With its correction of one half, the statistic is zero for excesses up to one half: the
        // estimate is the median of the differences, or lies within one of them.
        let low = differences[below.saturating_sub(1)];
        let high = differences[(above + 1).min(differences.len() - 1)];
        prop_assert!(low <= shift.estimate && shift.estimate <= high, "{shift:?}");
    }

    #[test]
    fn labels_do_not_depend_on_the_order_of_points(
        control in series(), experiment in series(), turn in 0..40_usize,
    ) {
        // Other orders only turn sums of ranks around, and these are exact.
        let turned = |values: &[f64]| {
            let mut values = values.to_vec();
            let middle = turn % values.len();
            values.rotate_left(middle);
            values
        };
        for precision in [Precision::AsOriginal, Precision::Exact] {
            let before = label(precision, &control, &experiment);
            prop_assert_eq!(before, label(precision, &turned(&control), &turned(&experiment)));
        }
    }

    #[test]
    fn what_is_higher_one_way_is_lower_the_other_way(control in series(), experiment in series()) {
        // The default limits of a ratio of 1 ask for the sign of a mean; this asks for ranks only.
        let label = |control: &[f64], experiment: &[f64]| {
            let any = flagkit_stats::kayenta::classify::Limits { decrease: f64::MAX, increase: f64::MIN };
            let precision = Precision::Exact;
            let classifier = Classifier { allowed: any, precision, ..Classifier::default() };
            classifier.classify(&Samples { control, experiment }, Demand::default()).label
        };
        prop_assert_eq!(label(&control, &experiment), flipped(label(&experiment, &control)));
    }

    #[test]
    fn nothing_panics_on_any_numbers(control in wild(), experiment in wild()) {
        for precision in [Precision::AsOriginal, Precision::Exact] {
            label(precision, &control, &experiment);
        }
    }
}
