//! Intervals hold the truth as often as they say, and tests cry wolf no more often than they may,
//! on made-up data whose truth is known. Seeded, so that every run counts the same.

use flagkit_stats::cuped::cuped;
use flagkit_stats::effect::{Estimate, absolute_lift, relative_lift};
use flagkit_stats::kolmogorov::KolmogorovSmirnov;
use flagkit_stats::moments::{Moments, PairMoments};
use flagkit_stats::proportion::Proportion;
use flagkit_stats::proportion::barnard::barnard;
use flagkit_stats::proportion::fisher::fisher;
use flagkit_stats::ranks::brunner_munzel::brunner_munzel;
use flagkit_stats::ranks::{MannWhitney, hodges_lehmann};
use flagkit_stats::trend::Trend;
use flagkit_stats::variance::brown_forsythe;
use flagkit_stats::welch::welch;
use flagkit_stats::{Alternative, Arms, Confidence, Interval, Sorted};

use super::chance::{Chance, explained};

const RUNS: u32 = 1_000;

/// How often a statement is wrong.
fn failures(seed: u64, mut is_wrong: impl FnMut(&mut Chance) -> bool) -> f64 {
    let mut chance = Chance::new(seed);
    f64::from((0..RUNS).map(|_| u32::from(is_wrong(&mut chance))).sum::<u32>())
}

/// Fails unless the statement is wrong at most as often as a probability explains, and is not
/// nearly always right either, which an interval without end is.
#[track_caller]
fn holds(failures: f64, probabilities: [f64; 2]) {
    let [least, most] = probabilities;
    assert!(failures <= explained(RUNS, most), "{failures} of {RUNS}");
    let few = f64::from(RUNS) * least;
    assert!(failures >= few - 4.0 * few.sqrt(), "only {failures} of {RUNS}");
}

/// Values of one side: long-tailed, as latencies are.
fn latencies(chance: &mut Chance, count: usize, shift: f64) -> Vec<f64> {
    (0..count).map(|_| chance.normal().exp() + shift).collect()
}

#[test]
fn tests_of_samples_keep_their_level() {
    let p_values = |chance: &mut Chance| {
        let (mut x, mut y) = (latencies(chance, 20, 0.0), latencies(chance, 31, 0.0));
        let means = welch(&Moments::of(&x).unwrap(), &Moments::of(&y).unwrap()).unwrap();
        let (x, y) = (Sorted::sort(&mut x).unwrap(), Sorted::sort(&mut y).unwrap());
        [
            means.p_value(Alternative::TwoSided),
            MannWhitney::of(x, y).unwrap().p_value(Alternative::TwoSided),
            brunner_munzel(x, y).unwrap().p_value(Alternative::TwoSided),
            KolmogorovSmirnov::of(x, y).unwrap().p_value(),
            brown_forsythe(x, y).unwrap().p_value(Alternative::TwoSided),
        ]
    };
    let mut rejected = [0.0; 5];
    let _ = failures(1, |chance| {
        for (count, p_value) in rejected.iter_mut().zip(p_values(chance)) {
            *count += f64::from(u32::from(p_value <= 0.05));
        }
        false
    });
    // Long tails make Welch and Brown-Forsythe shy; Brunner-Munzel is a little too eager.
    let bounds = [[0.02, 0.05], [0.04, 0.05], [0.04, 0.06], [0.02, 0.05], [0.02, 0.05]];
    for (count, bounds) in rejected.into_iter().zip(bounds) {
        holds(count, bounds);
    }
}

#[test]
fn a_shift_is_in_its_interval() {
    for (seed, counts) in [(2, [6, 9]), (3, [40, 25])] {
        let wrong = failures(seed, |chance| {
            let mut x = latencies(chance, counts[0], 0.7);
            let mut y = latencies(chance, counts[1], 0.0);
            let (x, y) = (Sorted::sort(&mut x).unwrap(), Sorted::sort(&mut y).unwrap());
            let shift = hodges_lehmann::shift(x, y, Confidence::P95).unwrap();
            !shift.interval.contains(0.7)
        });
        holds(wrong, [0.03, 0.05]);
    }
}

#[test]
fn shares_are_in_their_intervals_and_exact_tests_are_exact() {
    let hits = |chance: &mut Chance, share: f64, trials: u32| {
        let hits = (0..trials).filter(|_| chance.unit() < share).count();
        Proportion::new(hits.try_into().unwrap(), trials.into()).unwrap()
    };
    for (seed, share) in [(4, 0.02), (5, 0.3)] {
        let wrong = failures(seed, |chance| {
            let interval: Interval = hits(chance, share, 150).clopper_pearson(Confidence::P95);
            !interval.contains(share)
        });
        holds(wrong, [0.005, 0.05]);
        let is_rejected = |chance: &mut Chance| {
            let (one, other) = (hits(chance, share, 60), hits(chance, share, 90));
            fisher(one, other, Alternative::Greater) <= 0.05
        };
        holds(failures(seed + 10, is_rejected), [0.001, 0.05]);
    }
    let mut chance = Chance::new(6);
    let is_rejected = |_: &u32| {
        let (one, other) = (hits(&mut chance, 0.4, 12), hits(&mut chance, 0.4, 9));
        barnard(one, other).is_ok_and(|p_value| p_value <= 0.05)
    };
    let rejected = (0..200).filter(is_rejected).count();
    assert!(f64::from(u32::try_from(rejected).unwrap()) <= explained(200, 0.05));
}

#[test]
fn lifts_are_in_their_intervals_also_after_an_adjustment() {
    let side = |chance: &mut Chance, lift: f64| {
        let mut pairs = PairMoments::default();
        for _ in 0..120 {
            let before = 5.0 + chance.normal();
            pairs.add(before, 10.0 + lift + 2.0 * before + chance.normal()).unwrap();
        }
        pairs
    };
    let mut left = 0.0;
    let wrong = failures(7, |chance| {
        let arms = Arms { control: side(chance, 0.0), treatment: side(chance, 0.5) };
        let adjusted = cuped(&arms).unwrap();
        left += adjusted.variance_left;
        let lift = absolute_lift(adjusted.arms.treatment, adjusted.arms.control);
        !lift.interval(Confidence::P95).contains(0.5)
    });
    holds(wrong, [0.04, 0.06]);
    // Of a variance of 4 + 1, the past explains 4.
    assert!((left / f64::from(RUNS) - 0.2).abs() < 0.01);
    let wrong = failures(8, |chance| {
        let arms = Arms { control: side(chance, 0.0), treatment: side(chance, 1.0) };
        let arms = arms.map(|pairs| Estimate::mean(&pairs.y).unwrap());
        let lift = relative_lift(arms.treatment, arms.control).unwrap();
        !lift.interval(Confidence::P95).contains(0.05)
    });
    holds(wrong, [0.04, 0.06]);
}

#[test]
fn a_slope_is_in_its_interval() {
    let times: Vec<f64> = (0..25).map(f64::from).collect();
    let wrong = failures(9, |chance| {
        let noise = |chance: &mut Chance| chance.normal().exp();
        let values: Vec<f64> = times.iter().map(|time| 3.0 * time + noise(chance)).collect();
        let trend = Trend::of(&times, &values, Confidence::P95).unwrap();
        !trend.slope_interval.contains(3.0)
    });
    holds(wrong, [0.03, 0.05]);
}
