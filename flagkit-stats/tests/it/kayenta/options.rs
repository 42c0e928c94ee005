//! Every option of a canary configuration, one by one, and numbers that are none.
//!
//! Expectations follow from the mechanics of the original: which label, whether critical, which score.

use flagkit_stats::kayenta::classify::{Direction, Limits};
use flagkit_stats::kayenta::judge::MetricConfig;
use flagkit_stats::kayenta::score::{Scored, score};
use flagkit_stats::kayenta::shift::Precision;
use flagkit_stats::kayenta::transform::MissingValues;
use flagkit_stats::kayenta::{
    CanaryConfig, Detector, EffectSize, Label, MetricPair, Outcome, Samples, Thresholds,
};

const BOTH: [Precision; 2] = [Precision::AsOriginal, Precision::Exact];

/// Twenty values from 10 up, times a factor.
fn series(factor: f64) -> Vec<f64> {
    (0..20).map(|step: u8| (10.0 + f64::from(step) / 10.0) * factor).collect()
}

fn metric() -> MetricConfig {
    MetricConfig::new("metric", vec!["group".to_owned()])
}

fn with(mut metric: MetricConfig, change: impl FnOnce(&mut MetricConfig)) -> MetricConfig {
    change(&mut metric);
    metric
}

/// The label, and whether it fails everything.
fn found(metric: &MetricConfig, control: &[f64], experiment: &[f64]) -> (Label, bool) {
    let result = metric.classify(&Samples { control, experiment });
    (result.verdict.label, result.verdict.critical)
}

#[test]
fn directions_say_which_difference_counts() {
    let (base, more, less) = (series(1.0), series(1.5), series(0.5));
    for (direction, of_more, of_less) in [
        (Direction::Increase, Label::High, Label::Pass),
        (Direction::Decrease, Label::Pass, Label::Low),
        (Direction::Either, Label::High, Label::Low),
    ] {
        for precision in BOTH {
            let metric = with(metric(), |it| {
                it.direction = direction;
                it.precision = precision;
            });
            assert_eq!(found(&metric, &base, &more).0, of_more, "{direction:?}");
            assert_eq!(found(&metric, &base, &less).0, of_less, "{direction:?}");
            assert_eq!(found(&metric, &base, &base).0, Label::Pass, "{direction:?}");
        }
    }
    for (word, direction) in [
        ("increase", Direction::Increase),
        ("decrease", Direction::Decrease),
        ("either", Direction::Either),
        ("Increase", Direction::Either),
        ("", Direction::Either),
    ] {
        assert_eq!(Direction::from_name(word), direction, "{word}");
    }
}

#[test]
fn sizes_of_effects_have_limits_that_are_inclusive() {
    let base = series(1.0);
    let ratio = |metric: &MetricConfig, factor: f64| found(metric, &base, &series(factor)).0;
    // Twice as much is exactly a ratio of 2, and half is exactly 0.5.
    for (limit, label) in [(1.9, Label::High), (2.0, Label::High), (2.1, Label::Pass)] {
        let allowed = Limits { increase: limit, decrease: 1.0 };
        assert_eq!(
            ratio(
                &with(metric(), |it| {
                    it.allowed = allowed;
                }),
                2.0
            ),
            label,
            "{limit}"
        );
    }
    for (limit, label) in [(0.6, Label::Low), (0.5, Label::Low), (0.4, Label::Pass)] {
        let allowed = Limits { increase: 1.0, decrease: limit };
        assert_eq!(
            ratio(
                &with(metric(), |it| {
                    it.allowed = allowed;
                }),
                0.5
            ),
            label,
            "{limit}"
        );
    }
    // Every pair is higher, or every pair is lower: 1 and 0 are the ends of the common language effect.
    let cles = metric().with_effect(EffectSize::CommonLanguage);
    assert_eq!(cles.allowed, Limits { increase: 0.5, decrease: 0.5 });
    for (increase, decrease, of_more, of_less) in [
        (1.0, 0.0, Label::High, Label::Low),
        (1.1, -0.1, Label::Pass, Label::Pass),
        (0.5, 0.5, Label::High, Label::Low),
    ] {
        let metric = with(cles.clone(), |it| {
            it.allowed = Limits { increase, decrease };
        });
        assert_eq!(ratio(&metric, 2.0), of_more, "{increase}");
        assert_eq!(ratio(&metric, 0.5), of_less, "{decrease}");
    }
    for (word, effect) in [
        ("cles", EffectSize::CommonLanguage),
        ("meanRatio", EffectSize::MeanRatio),
        ("cohensD", EffectSize::MeanRatio),
    ] {
        assert_eq!(EffectSize::from_name(word), effect, "{word}");
    }
}

#[test]
fn an_effect_without_a_size_is_as_large_as_any() {
    // The mean of the control is 0, and no ratio to it exists.
    let (zeros, ones) = (vec![0.0; 20], series(1.0));
    let limits = Limits { increase: 1e9, decrease: -1e9 };
    let metric = with(metric(), |it| {
        it.allowed = limits;
        it.critical_limits = limits;
        it.critical = true;
    });
    assert_eq!(found(&metric, &zeros, &ones), (Label::High, true));
    assert_eq!(found(&metric, &ones, &zeros), (Label::Low, true));
}

#[test]
fn a_critical_failure_needs_the_critical_size() {
    let base = series(1.0);
    for (increase, decrease, more, less) in [
        (1.0, 1.0, true, true),
        (1.5, 0.5, true, true),
        (1.6, 0.4, false, false),
        (1.5, 0.4, true, false),
    ] {
        let critical_limits = Limits { increase, decrease };
        let metric = with(metric(), |it| {
            it.critical = true;
            it.critical_limits = critical_limits;
        });
        assert_eq!(found(&metric, &base, &series(1.5)), (Label::High, more), "{increase}");
        assert_eq!(found(&metric, &base, &series(0.5)), (Label::Low, less), "{decrease}");
        let harmless = with(metric, |it| {
            it.critical = false;
        });
        assert_eq!(found(&harmless, &base, &series(1.5)), (Label::High, false));
    }
    // What is allowed never is a failure, critical or not.
    let allowed = Limits { increase: 2.0, decrease: 0.1 };
    let metric = with(metric(), |it| {
        it.critical = true;
        it.allowed = allowed;
    });
    assert_eq!(found(&metric, &base, &series(1.5)), (Label::Pass, false));
}

#[test]
fn no_data_is_what_three_options_say() {
    let some = series(1.0);
    let nothing: [&[f64]; 2] = [&[], &[f64::NAN, f64::NAN]];
    for (must_have_data, critical, removed) in [
        (false, false, (Label::NoData, false)),
        (true, false, (Label::NoDataFails, false)),
        (false, true, (Label::NoData, true)),
        (true, true, (Label::NoData, true)),
    ] {
        let metric = with(metric(), |it| {
            it.must_have_data = must_have_data;
            it.critical = critical;
        });
        for none in nothing {
            for (control, experiment) in [(none, some.as_slice()), (&some, none), (none, none)] {
                assert_eq!(found(&metric, control, experiment), removed, "{metric:?}");
            }
        }
        let replaced = with(metric, |it| {
            it.missing = MissingValues::Replace;
        });
        // No points at all pass; points without a value are zeros, and those are compared.
        assert_eq!(found(&replaced, &[], &some), (Label::Pass, false));
        assert_eq!(found(&replaced, &some, &[]), (Label::Pass, false));
        let zeros = [f64::NAN; 20];
        assert_eq!(found(&replaced, &zeros, &zeros), (Label::Pass, false));
        assert_eq!(found(&replaced, &zeros, &some).0, Label::High);
        assert_eq!(found(&replaced, &some, &zeros).0, Label::Low);
    }
    for (word, missing) in [
        ("replace", MissingValues::Replace),
        ("remove", MissingValues::Remove),
        ("none", MissingValues::Remove),
    ] {
        assert_eq!(MissingValues::from_name(word), missing, "{word}");
    }
}

#[test]
fn missing_points_are_left_out_or_zero() {
    let base = series(1.0);
    let mut gaps = base.clone();
    gaps.extend([f64::NAN; 15]);
    assert_eq!(found(&metric(), &base, &gaps).0, Label::Pass);
    // Fifteen zeros of thirty-five are a fall.
    let replaced = with(metric(), |it| {
        it.missing = MissingValues::Replace;
    });
    let result = replaced.classify(&Samples { control: &base, experiment: &gaps });
    assert_eq!((result.experiment.count, result.experiment.min), (35, 0.0));
    assert_eq!(
        metric().classify(&Samples { control: &base, experiment: &gaps }).experiment.count,
        20
    );
}

#[test]
fn outliers_are_kept_unless_told_otherwise() {
    let base = series(1.0);
    let mut spiked = base.clone();
    spiked.push(1e6);
    let summary = |outliers: Option<Detector>| {
        let metric = with(metric(), |it| {
            it.outliers = outliers;
        });
        metric.classify(&Samples { control: &base, experiment: &spiked }).experiment
    };
    assert_eq!((summary(None).count, summary(None).max), (21, 1e6));
    let reduced = |factor| Some(Detector::ReducedInterquartileRange { factor });
    // The 99th percentile of 21 values lies four fifths of the way to the spike, so the spike goes.
    assert_eq!((summary(reduced(3.0)).count, summary(reduced(3.0)).max), (20, 11.9));
    for factor in [0.0, 3.0, 1e300, f64::INFINITY, f64::NAN, -1.0] {
        let count = summary(reduced(factor)).count;
        assert!((18..=21).contains(&count), "{factor}: {count}");
    }
    // One value is never an outlier of itself, nor are equal ones.
    for values in [vec![7.0], vec![7.0; 9]] {
        let metric = with(metric(), |it| {
            it.outliers = reduced(3.0);
        });
        assert_eq!(found(&metric, &values, &values).0, Label::Pass);
    }
}

#[test]
fn numbers_that_are_none_are_errors_and_never_harm() {
    let base = series(1.0);
    for infinite in [f64::INFINITY, f64::NEG_INFINITY] {
        for precision in BOTH {
            for outliers in [None, Some(Detector::ReducedInterquartileRange { factor: 3.0 })] {
                let mut wild = base.clone();
                wild.extend([infinite; 3]);
                let metric = with(metric(), |it| {
                    it.precision = precision;
                    it.outliers = outliers;
                    it.critical = true;
                });
                let (label, critical) = found(&metric, &base, &wild);
                assert_eq!((label, critical), (Label::Error, false), "{infinite} {outliers:?}");
                assert_eq!(found(&metric, &wild, &base).0, Label::Error);
            }
        }
    }
    for tiny in [5e-324, f64::MIN_POSITIVE, 1e-300] {
        let metric = with(metric(), |it| {
            it.precision = Precision::Exact;
        });
        let pair = [series(1.0), series(1.5)]
            .map(|side| side.iter().map(|value| value * tiny).collect::<Vec<f64>>());
        assert_eq!(found(&metric, &pair[0], &pair[1]).0, Label::High, "{tiny:e}");
    }
    let huge = [series(1e300), series(1.5e300)];
    let metric = with(metric(), |it| {
        it.precision = Precision::Exact;
    });
    assert_eq!(found(&metric, &huge[0], &huge[1]).0, Label::High);
}

/// The summary of metrics with a label and their groups.
fn summary(metrics: &[(Label, &[&str])], weights: &[(&str, f64)]) -> f64 {
    let owned: Vec<Vec<String>> = metrics
        .iter()
        .map(|(_, groups)| groups.iter().map(|name| (*name).to_owned()).collect())
        .collect();
    let scored: Vec<Scored<'_>> = metrics
        .iter()
        .zip(&owned)
        .map(|((label, _), groups)| Scored { label: *label, groups, critical: false, reason: "" })
        .collect();
    let weights = weights.iter().map(|(name, weight)| ((*name).to_owned(), *weight)).collect();
    score(&scored, &weights).summary
}

#[test]
fn groups_add_up_by_their_weights() {
    use Label::{Error, High, Low, NoData, NoDataFails, Pass};
    let (a, b, c): (&[&str], &[&str], &[&str]) = (&["a"], &["b"], &["c"]);
    for (metrics, weights, wanted) in [
        // Without weights all groups share the whole.
        (vec![(Pass, a), (High, b)], vec![], 50.0),
        (vec![(Pass, a), (Pass, b), (Low, c)], vec![], 66.67),
        // Named ones have theirs, the others share what is left.
        (vec![(Pass, a), (High, b), (Pass, c)], vec![("a", 60.0)], 80.0),
        (vec![(High, a), (Pass, b)], vec![("a", 30.0), ("b", 70.0)], 70.0),
        // Weights below 100 lose what is missing, and above 100 there is more than all.
        (vec![(Pass, a), (Pass, b)], vec![("a", 40.0), ("b", 40.0)], 80.0),
        (vec![(Pass, a), (Pass, b)], vec![("a", 80.0), ("b", 40.0)], 120.0),
        // The weight of a group that no metric has is lost, too.
        (vec![(Pass, a)], vec![("a", 70.0), ("nobody", 30.0)], 70.0),
        // A weight of 0 makes a group count for nothing.
        (vec![(Pass, a), (High, b)], vec![("a", 100.0), ("b", 0.0)], 100.0),
        // A group without data is taken as 100; a metric without data, or in error, is no part of its group.
        (vec![(Pass, a), (High, a), (NoData, b)], vec![("a", 50.0), ("b", 50.0)], 75.0),
        (vec![(Pass, a), (NoData, a), (High, a)], vec![], 50.0),
        (vec![(Pass, a), (Error, a), (Error, b)], vec![], 100.0),
        // Data that has to be there and is not counts against its group.
        (vec![(Pass, a), (NoDataFails, a), (Pass, a)], vec![], 66.67),
        // A metric of two groups counts in both, one without groups in none.
        (vec![(High, &["a", "b"]), (Pass, a), (Pass, b)], vec![], 50.0),
        (vec![(Pass, &[]), (Pass, &[])], vec![], 0.0),
        // From half of the metrics without data on, all is 0.
        (vec![(Pass, a), (NoData, b)], vec![], 0.0),
    ] {
        let got = summary(&metrics, &weights);
        assert_eq!(got, wanted, "{metrics:?} {weights:?}");
    }
}

#[test]
fn scores_meet_thresholds_inclusively() {
    let thresholds = Thresholds { pass: 95.0, marginal: 75.0 };
    for (score, outcome) in [
        (100.0, Outcome::Pass),
        (95.0, Outcome::Pass),
        (94.99, Outcome::Marginal),
        (75.0, Outcome::Marginal),
        (74.99, Outcome::Fail),
        (0.0, Outcome::Fail),
        (f64::NAN, Outcome::Fail),
    ] {
        assert_eq!(thresholds.outcome(score), outcome, "{score}");
    }
    let unfinished = Thresholds { pass: f64::NAN, marginal: f64::NAN };
    assert_eq!(unfinished.outcome(100.0), Outcome::Fail);
}

#[test]
fn a_critical_metric_without_data_fails_everything() {
    let mut errors = MetricConfig::new("errors", vec!["group".to_owned()]);
    errors.critical = true;
    let others = ["a", "b"].map(|name| MetricConfig::new(name, vec!["group".to_owned()]));
    let config = CanaryConfig {
        metrics: [vec![errors], others.to_vec()].concat(),
        group_weights: [("group".to_owned(), 100.0)].into(),
        thresholds: Thresholds { pass: 95.0, marginal: 75.0 },
    };
    let pair = |name: &str, control: Vec<f64>| MetricPair {
        name: name.to_owned(),
        experiment: control.clone(),
        control,
    };
    let pairs = [pair("errors", Vec::new()), pair("a", series(1.0)), pair("b", series(1.0))];
    let judgement = config.judge(&pairs).unwrap();
    assert_eq!((judgement.outcome, judgement.score.summary), (Outcome::Fail, 0.0));
    assert!(judgement.score.reason.contains("`errors`: a side has no data"));
    // What is not handed in is not judged at all.
    let judgement = config.judge(pairs.get(1..).unwrap()).unwrap();
    assert_eq!((judgement.outcome, judgement.score.summary), (Outcome::Pass, 100.0));
}
