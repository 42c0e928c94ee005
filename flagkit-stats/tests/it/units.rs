//! Another unit changes no answer: seconds for milliseconds, ratios for percent.
//!
//! The arrays are those of Kayenta's own tests, whose judge changes 10 of 180 such answers.

use super::delivery_cases::tree;
use flagkit_stats::kolmogorov::KolmogorovSmirnov;
use flagkit_stats::moments::Moments;
use flagkit_stats::ranks::{MannWhitney, hodges_lehmann};
use flagkit_stats::welch::welch;
use flagkit_stats::{Alternative, Confidence, Interval, Sorted};

/// What a rank-based judge says about a metric.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Verdict {
    Pass,
    High,
    Low,
}

#[test]
fn no_verdict_depends_on_the_unit() {
    let mut asked = 0;
    let Some(tree) = tree("kayenta/classifier.json") else { return };
    for case in tree.root().at("cases").items().unwrap() {
        let side = |name: &str| case.at(name).numbers().unwrap();
        let (treatment, control) = (side("experiment"), side("control"));
        let params = case.at("params");
        if params.is_absent() || treatment.is_empty() || control.is_empty() {
            continue;
        }
        let tolerance = params.at("tolerance").number().unwrap();
        let confidence = Confidence::new(params.at("confLevel").number().unwrap()).unwrap();
        let verdict = |factor: f64| {
            let (mut x, mut y) = (scaled(&treatment, factor), scaled(&control, factor));
            let (x, y) = (Sorted::sort(&mut x).unwrap(), Sorted::sort(&mut y).unwrap());
            let shift = hodges_lehmann::shift(x, y, confidence).unwrap();
            let allowed = tolerance * shift.estimate.abs();
            if shift.interval.low > allowed {
                Verdict::High
            } else if shift.interval.high < -allowed {
                Verdict::Low
            } else {
                Verdict::Pass
            }
        };
        for factor in FACTORS {
            assert_eq!(verdict(factor), verdict(1.0), "{} times {factor}", case.path());
            asked += 1;
        }
    }
    println!("{asked} verdicts");
    assert!(asked == 0 || asked >= 180, "only {asked} verdicts");
}

#[test]
fn probabilities_stay_and_intervals_follow_the_unit() {
    let Some(tree) = tree("reference-stats/two_sample.json") else { return };
    for case in tree.root().at("cases").items().unwrap() {
        let (x, y) = (case.at("x").numbers().unwrap(), case.at("y").numbers().unwrap());
        let case = case.path();
        let one = Answers::of(&x, &y, 1.0);
        for factor in FACTORS {
            let other = Answers::of(&x, &y, factor);
            for (probability, same) in one.probabilities.iter().zip(other.probabilities) {
                assert!((probability - same).abs() <= 1e-9 * probability, "{case} times {factor}");
            }
            for (interval, same) in one.intervals.iter().zip(other.intervals) {
                let size = (interval.high - interval.low) * factor;
                // What rounds is the data, whose size may be far above that of the interval.
                let rounding = 1e-12 * (size + factor * largest(&x, &y));
                assert!((interval.low * factor - same.low).abs() <= rounding, "{case} {factor}");
                assert!((interval.high * factor - same.high).abs() <= rounding, "{case} {factor}");
            }
        }
    }
}

#[test]
fn an_interval_that_a_solver_with_a_fixed_tolerance_misses_is_exact() {
    let Some(tree) = tree("kayenta/mannwhitney.json") else { return };
    for case in tree.root().at("cases").items().unwrap() {
        if !case.at("name").text().unwrap().contains("Problem Case") {
            continue;
        }
        let side = |name: &str| case.at("data").at(name).numbers().unwrap();
        let [mut x, mut y] = ["experiment", "control"].map(side);
        let (x, y) = (Sorted::sort(&mut x).unwrap(), Sorted::sort(&mut y).unwrap());
        let shift = hodges_lehmann::shift(x, y, Confidence::P98).unwrap();
        // Kayenta expects [-1.48e-5, 1.81e-5]; the ends of all shifts that are not rejected are
        // these.
        println!("{shift:?}");
        assert!((shift.interval.low + 7.5e-8).abs() < 1e-9, "{shift:?}");
        assert!((shift.interval.high - 1.7e-9).abs() < 1e-9, "{shift:?}");
    }
}

/// What is asked about two samples.
struct Answers {
    probabilities: [f64; 4],
    intervals: [Interval; 2],
}

impl Answers {
    fn of(x: &[f64], y: &[f64], factor: f64) -> Answers {
        let (mut x, mut y) = (scaled(x, factor), scaled(y, factor));
        let means = welch(&Moments::of(&x).unwrap(), &Moments::of(&y).unwrap()).unwrap();
        let (x, y) = (Sorted::sort(&mut x).unwrap(), Sorted::sort(&mut y).unwrap());
        let order = MannWhitney::of(x, y).unwrap();
        let distance = KolmogorovSmirnov::of(x, y).unwrap();
        let shift = hodges_lehmann::shift(x, y, Confidence::P95).unwrap();
        Answers {
            probabilities: [
                means.p_value(Alternative::TwoSided),
                order.p_value(Alternative::Greater),
                order.share_of_larger(),
                distance.exact_p_value().unwrap(),
            ],
            intervals: [means.interval(Confidence::P95), shift.interval],
        }
    }
}

fn scaled(values: &[f64], factor: f64) -> Vec<f64> {
    values.iter().map(|value| value * factor).collect()
}

/// The largest distance of a value from 0.
fn largest(x: &[f64], y: &[f64]) -> f64 {
    x.iter().chain(y).fold(0.0, |largest: f64, value| largest.max(value.abs()))
}

const FACTORS: [f64; 6] = [1e-9, 1e-6, 1e-3, 1e3, 1e6, 1e9];
