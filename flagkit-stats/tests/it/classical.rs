//! What all classical statistics promise: the order of values does not matter, parts are the
//! whole, and no input panics or makes a probability of nonsense.

use flagkit_stats::contingency::{goodness_of_fit, independence};
use flagkit_stats::cuped::cuped;
use flagkit_stats::cuped::ratio::{RatioMoments, cuped_ratio};
use flagkit_stats::effect::{
    Estimate, absolute_lift, cohens_d, hedges_g, mean_ratio, normal_share_of_larger, relative_lift,
};
use flagkit_stats::kolmogorov::KolmogorovSmirnov;
use flagkit_stats::moments::{Moments, PairMoments};
use flagkit_stats::power::Design;
use flagkit_stats::ranks::brunner_munzel::brunner_munzel;
use flagkit_stats::ranks::{MannWhitney, hodges_lehmann};
use flagkit_stats::special::{beta, chi_squared, gamma, ln_beta, normal, student_t};
use flagkit_stats::strata::{Stratum, post_stratified};
use flagkit_stats::summary::{Running, Summary};
use flagkit_stats::trend::Trend;
use flagkit_stats::variance::brown_forsythe;
use flagkit_stats::welch::{one_sample, paired, student, welch};
use flagkit_stats::{Alternative, Arms, Confidence, Interval, Sorted};
use proptest::prelude::*;

const NUMBERS: [f64; 12] = [
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::MAX,
    f64::MIN,
    f64::MIN_POSITIVE,
    -0.0,
    1e-320,
    1e150,
    1.0,
    -1.0,
    0.5,
];

const ALTERNATIVES: [Alternative; 3] =
    [Alternative::TwoSided, Alternative::Greater, Alternative::Less];

fn is_probability(p: f64) {
    assert!((0.0..=1.0).contains(&p), "{p}");
}

fn is_ordered(interval: Interval) {
    assert!(interval.low <= interval.high, "{interval:?}");
}

#[test]
fn no_sample_panics_or_makes_a_wrong_probability() {
    for first in NUMBERS {
        for second in NUMBERS {
            for third in [0.0, first, second] {
                two_samples(&mut [first, second, third], &mut [second, 0.25]);
                two_samples(&mut [first], &mut [second, third]);
                series(&[0.0, 1.0, 2.0], &[first, second, third]);
                series(&[first, second, third], &[0.0, 1.0, 2.0]);
            }
        }
    }
    two_samples(&mut [], &mut []);
}

/// Everything that can be asked about two samples.
fn two_samples(x: &mut [f64], y: &mut [f64]) {
    if let (Ok(x), Ok(y)) = (Moments::of(x), Moments::of(y)) {
        means(&x, &y);
    }
    let (Ok(x), Ok(y)) = (Sorted::sort(x), Sorted::sort(y)) else { return };
    if let Ok(test) = MannWhitney::of(x, y) {
        is_probability(test.share_of_larger());
        for alternative in ALTERNATIVES {
            is_probability(test.p_value(alternative));
            test.exact_p_value(alternative).into_iter().for_each(is_probability);
        }
        is_ordered(hodges_lehmann::shift(x, y, Confidence::P90).unwrap().interval);
    }
    if let Ok(test) = KolmogorovSmirnov::of(x, y) {
        is_probability(test.distance());
        is_probability(test.p_value());
        is_probability(test.approximate_p_value());
    }
    if let Ok(test) = brunner_munzel(x, y) {
        is_probability(test.p_value(Alternative::Less));
    }
    if let Ok(test) = brown_forsythe(x, y) {
        is_probability(test.p_value(Alternative::Less));
    }
    if let Ok(summary) = Summary::of(x) {
        assert!(summary.smallest <= summary.median && summary.median <= summary.largest);
    }
}

/// What needs moments only.
fn means(x: &Moments, y: &Moments) {
    for test in [welch(x, y), student(x, y), one_sample(x, 0.5)].into_iter().flatten() {
        for alternative in ALTERNATIVES {
            is_probability(test.p_value(alternative));
            is_probability(test.against(1e300).p_value(alternative));
        }
        is_ordered(test.interval(Confidence::P99));
    }
    for effect in [cohens_d(x, y), hedges_g(x, y), mean_ratio(x, y)].into_iter().flatten() {
        assert!(!effect.is_nan());
    }
    normal_share_of_larger(x, y).into_iter().for_each(is_probability);
    if let (Ok(x), Ok(y)) = (Estimate::mean(x), Estimate::mean(y)) {
        for lift in [Ok(absolute_lift(x, y)), relative_lift(x, y)].into_iter().flatten() {
            let p = lift.p_value(0.0, Alternative::TwoSided);
            assert!(p.is_nan() || (0.0..=1.0).contains(&p));
        }
    }
}

/// A trend of three points.
fn series(times: &[f64], values: &[f64]) {
    if let Ok(trend) = Trend::of(times, values, Confidence::P90) {
        is_ordered(trend.slope_interval);
        assert!((0.0..=1.0).contains(&trend.r_squared), "{trend:?}");
        let _ = (trend.reaches(90.0), trend.relative_slope(), trend.check_span(f64::NAN));
    }
}

#[test]
fn no_parameter_panics() {
    for first in NUMBERS {
        for second in NUMBERS {
            for third in NUMBERS {
                let _ = (beta::cdf(first, second, third), beta::ppf(first, second, third));
                let _ = (beta::sf(first, second, third), beta::isf(first, second, third));
                let design = Design::default();
                let _ = design.with_power(first).map(|design| {
                    let _ = design.sample_for_means(second, third);
                    design.sample_for_shares(second, third)
                });
                let _ = (design.detectable_share(first, 7), design.detectable_mean(first, 7));
                let _ = (goodness_of_fit(&[1, u64::MAX], &[first, second]), third);
            }
            let _ = (student_t::sf(first, second), student_t::ppf(first, second));
            let _ = (chi_squared::sf(first, second), chi_squared::isf(first, second));
            let _ = (gamma::upper(first, second), ln_beta(first, second));
            let arms = Arms { control: Moments::default(), treatment: Moments::default() };
            assert!(post_stratified(&[Stratum { weight: first, arms }]).is_err());
        }
        let _ = (normal::ppf(first), normal::sf(first), Confidence::new(first).map(Confidence::z));
    }
    assert!(independence(&[]).is_err() && independence(&[&[1, 2], &[1]]).is_err());
    assert!(independence(&[&[0, 0], &[0, 0]]).unwrap_err().is_insufficient());
    assert!(independence(&[&[u64::MAX, 1], &[1, u64::MAX]]).unwrap().p_value() < 1e-9);
    assert!(cuped(&Arms::default()).is_err() && paired(&PairMoments::default()).is_err());
    assert!(cuped_ratio(&Arms::<RatioMoments>::default()).is_err());
}

#[test]
fn tables_are_those_of_scipy() {
    // chi2_contingency(correction=False).
    let test = independence(&[&[9_000, 800, 200], &[880, 100, 20]]).unwrap();
    assert!((test.statistic - 4.849_302_744_039_584).abs() < 1e-11);
    assert!((test.p_value() - 0.088_508_970_258_7).abs() < 1e-3);
    let test = independence(&[&[10, 20, 30], &[6, 9, 17]]).unwrap();
    assert!((test.p_value() - 0.873_028_283_380_073).abs() < 1e-12);
    // An empty column says nothing.
    let test = independence(&[&[10, 0, 20, 30], &[6, 0, 9, 17]]).unwrap();
    assert_eq!(test.degrees, 2.0);
}

#[test]
fn strata_weigh_as_the_population_does() {
    let arms = |control: f64, treatment: f64| Arms {
        control: Moments::from_variance(101, control, 4.0).unwrap(),
        treatment: Moments::from_variance(101, treatment, 9.0).unwrap(),
    };
    let strata = [
        Stratum { weight: 3.0, arms: arms(10.0, 12.0) },
        Stratum { weight: 1.0, arms: arms(20.0, 20.0) },
    ];
    let means = post_stratified(&strata).unwrap();
    // 3/4 of 10 and 1/4 of 20; (9 + 1) / 16 of 4 / 101.
    assert_eq!((means.control.value, means.treatment.value), (12.5, 14.0));
    assert!((means.control.variance - 0.625 * 4.0 / 101.0).abs() < 1e-15);
    assert!((means.treatment.variance - 0.625 * 9.0 / 101.0).abs() < 1e-15);
}

proptest! {
    #[test]
    fn the_order_of_values_does_not_matter(
        x in prop::collection::vec((0..50).prop_map(|value| f64::from(value) / 7.0), 3..30),
        y in prop::collection::vec(0.0..7.0, 3..30),
        turns in 0_usize..30,
    ) {
        let all = |x: &[f64], y: &[f64]| {
            let (mut one, mut other) = (x.to_vec(), y.to_vec());
            let (one, other) = (Sorted::sort(&mut one).unwrap(), Sorted::sort(&mut other).unwrap());
            let test = MannWhitney::of(one, other).unwrap();
            let shift = hodges_lehmann::shift(one, other, Confidence::P95).unwrap();
            let distance = KolmogorovSmirnov::of(one, other).unwrap();
            (test, shift, distance, Summary::of(one).unwrap())
        };
        let before = all(&x, &y);
        let means = welch(&Moments::of(&x).unwrap(), &Moments::of(&y).unwrap());
        let (mut x, mut y) = (x, y);
        let (count, other_count) = (x.len(), y.len());
        x.rotate_left(turns % count);
        y.rotate_right(turns % other_count);
        y.reverse();
        prop_assert_eq!(all(&x, &y), before);
        let same = welch(&Moments::of(&x).unwrap(), &Moments::of(&y).unwrap());
        if let (Ok(one), Ok(other)) = (means, same) {
            prop_assert!((one.t() - other.t()).abs() <= 1e-9 * one.t().abs().max(1.0));
        }
    }

    #[test]
    fn running_parts_are_the_whole(values in prop::collection::vec(-9.0..9.0, 1..40), cut in 0_usize..40) {
        let of = |values: &[f64]| {
            let mut running = Running::default();
            for value in values {
                running.add(*value).unwrap();
            }
            running
        };
        let (left, right) = values.split_at(cut.min(values.len()));
        let (mut merged, whole) = (of(right), of(&values));
        merged.merge(&of(left));
        prop_assert_eq!((merged.smallest, merged.largest), (whole.smallest, whole.largest));
        prop_assert_eq!(merged.moments.count, whole.moments.count);
        prop_assert!((merged.moments.mean - whole.moments.mean).abs() < 1e-12);
    }
}

#[cfg(feature = "serde")]
#[test]
fn what_is_accumulated_survives_a_restart() {
    use flagkit_stats::proportion::Proportion;
    let moments = Moments::of(&[0.1, 0.2, 0.7]).unwrap();
    let text = serde_json::to_string(&moments).unwrap();
    assert_eq!(serde_json::from_str::<Moments>(&text).unwrap(), moments);
    let running = serde_json::to_string(&Running::default()).unwrap();
    assert_eq!(serde_json::from_str::<Running>(&running).unwrap(), Running::default());
    let share = Proportion::new(3, 10).unwrap();
    assert_eq!(serde_json::to_string(&share).unwrap(), "[3,10]");
    assert_eq!(serde_json::from_str::<Proportion>("[3,10]").unwrap(), share);
    // What cannot be is not read.
    assert!(serde_json::from_str::<Proportion>("[11,10]").is_err());
}
