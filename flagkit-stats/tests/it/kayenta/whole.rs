//! The whole judge: configuration in, outcome out.

use flagkit_stats::kayenta::classify::Direction;
use flagkit_stats::kayenta::judge::{MAX_VALUES, MetricConfig};
use flagkit_stats::kayenta::standalone::{Progress, Schedule, progress};
use flagkit_stats::kayenta::{
    CanaryConfig, Detector, EffectSize, Label, MetricPair, Outcome, Thresholds,
};

fn config(metrics: Vec<MetricConfig>) -> CanaryConfig {
    let thresholds = Thresholds { pass: 95.0, marginal: 50.0 };
    CanaryConfig { metrics, group_weights: [("system".to_owned(), 50.0)].into(), thresholds }
}

fn pair(name: &str, control: &[f64], experiment: &[f64]) -> MetricPair {
    MetricPair { name: name.to_owned(), control: control.to_vec(), experiment: experiment.to_vec() }
}

const LOW: [f64; 8] = [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7];
const HIGH: [f64; 8] = [5.0, 5.1, 5.2, 5.3, 5.4, 5.5, 5.6, 5.7];

#[test]
fn a_release_with_one_bad_group_of_two_is_marginal() {
    let cpu = MetricConfig::new("cpu", vec!["system".to_owned()]);
    let errors = MetricConfig::new("errors", vec!["requests".to_owned()]);
    let pairs = [pair("cpu", &LOW, &HIGH), pair("errors", &LOW, &LOW)];
    let judgement = config(vec![cpu, errors]).judge(&pairs).unwrap();
    assert_eq!((judgement.outcome, judgement.score.summary), (Outcome::Marginal, 50.0));
    assert_eq!(judgement.metrics[0].verdict.label, Label::High);
}

#[test]
fn a_critical_metric_decides_alone() {
    let mut errors = MetricConfig::new("errors", vec!["requests".to_owned()]);
    errors.critical = true;
    let cpu = MetricConfig::new("cpu", vec!["system".to_owned()]);
    let pairs = [pair("errors", &LOW, &HIGH), pair("cpu", &LOW, &LOW)];
    let judgement = config(vec![errors, cpu]).judge(&pairs).unwrap();
    assert_eq!((judgement.outcome, judgement.score.summary), (Outcome::Fail, 0.0));
    assert!(judgement.score.reason.contains("`errors`"), "{}", judgement.score.reason);
}

#[test]
fn no_data_for_half_of_the_metrics_fails() {
    let metrics = ["a", "b"].map(|name| MetricConfig::new(name, vec!["system".to_owned()]));
    let pairs = [pair("a", &[], &HIGH), pair("b", &LOW, &LOW)];
    let judgement = config(metrics.to_vec()).judge(&pairs).unwrap();
    assert_eq!((judgement.outcome, judgement.score.summary), (Outcome::Fail, 0.0));
    assert_eq!(judgement.score.reason, "1 of 2 metrics have no data");
}

#[test]
fn absent_data_that_is_required_fails_its_metric_only() {
    let mut metrics = ["a", "b"].map(|name| MetricConfig::new(name, vec!["system".to_owned()]));
    metrics[0].must_have_data = true;
    let pairs = [pair("a", &[f64::NAN], &HIGH), pair("b", &LOW, &LOW)];
    let mut config = config(metrics.to_vec());
    config.group_weights = [("system".to_owned(), 100.0)].into();
    let judgement = config.judge(&pairs).unwrap();
    assert_eq!(judgement.metrics[0].verdict.label, Label::NoDataFails);
    assert_eq!((judgement.outcome, judgement.score.summary), (Outcome::Marginal, 50.0));
}

#[test]
fn outliers_directions_and_effects_are_those_of_the_metric() {
    let mut metric = MetricConfig::new("latency", vec!["system".to_owned()]);
    let label = |metric: &MetricConfig, control: &[f64], experiment: &[f64]| {
        let pairs = [pair("latency", control, experiment)];
        config(vec![metric.clone()]).judge(&pairs).unwrap().metrics[0].verdict.label
    };
    assert_eq!(label(&metric, &HIGH, &LOW), Label::Low);
    metric.direction = Direction::Increase;
    assert_eq!(label(&metric, &HIGH, &LOW), Label::Pass);
    assert_eq!(label(&metric, &LOW, &HIGH), Label::High);
    metric.allowed.increase = 10.0;
    assert_eq!(label(&metric, &LOW, &HIGH), Label::Pass);
    // Every pair is higher: 1 is the largest share there is.
    metric = metric.with_effect(EffectSize::CommonLanguage);
    metric.allowed.increase = 1.0;
    assert_eq!(label(&metric, &LOW, &HIGH), Label::High);
    metric.outliers = Some(Detector::ReducedInterquartileRange { factor: 3.0 });
    let result = {
        let mut with_spike = LOW.to_vec();
        with_spike.extend([1.0e6, 2.0e6]);
        let pairs = [pair("latency", &LOW, &with_spike)];
        config(vec![metric]).judge(&pairs).unwrap()
    };
    // The 99th percentile of ten values lies between the two spikes: the larger one goes.
    assert_eq!(result.metrics[0].experiment.count, 9);
}

#[test]
fn unknown_metrics_and_endless_series_are_refused() {
    let judge = config(vec![MetricConfig::new("cpu", Vec::new())]);
    let unknown = judge.judge(&[pair("memory", &LOW, &LOW)]).unwrap_err();
    assert_eq!(unknown.to_string(), "the configuration has no metric `memory`");
    let endless = judge.judge(&[pair("cpu", &vec![0.0; MAX_VALUES + 1], &LOW)]).unwrap_err();
    assert!(endless.to_string().contains("100001 values"), "{endless}");
}

#[test]
fn nothing_to_judge_scores_zero() {
    let judgement = config(Vec::new()).judge(&[]).unwrap();
    assert_eq!((judgement.outcome, judgement.score.summary), (Outcome::Fail, 0.0));
}

#[test]
fn a_sliding_window_goes_back_no_further_than_the_beginning() {
    let schedule = Schedule { lifetime_s: 300, interval_s: 100, begin_after_s: 0, lookback_s: 150 };
    let windows: Vec<_> =
        schedule.windows().map(|window| (window.from_s, window.until_s)).collect();
    assert_eq!(windows, [(0, 100), (50, 200), (150, 300)]);
}

#[test]
fn an_interval_of_nothing_is_one_look_at_the_end() {
    for interval_s in [0, 301] {
        let schedule = Schedule { lifetime_s: 300, interval_s, begin_after_s: 0, lookback_s: 0 };
        let until: Vec<_> = schedule.windows().map(|window| window.until_s).collect();
        assert_eq!(until, [300]);
    }
}

#[test]
fn one_look_below_marginal_ends_the_analysis() {
    let thresholds = Thresholds { pass: 95.0, marginal: 75.0 };
    assert_eq!(progress(&[100.0, 74.0, 100.0], 3, &thresholds), Progress::Failed);
    assert_eq!(progress(&[f64::NAN], 3, &thresholds), Progress::Failed);
    assert_eq!(progress(&[], 3, &thresholds), Progress::Going);
}
