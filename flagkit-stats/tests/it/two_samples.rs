//! Two-sample tests against SciPy: 104 pairs of samples with ties, zeros, long tails, and units
//! from 1e-5 to 1e9.

use flagkit_stats::kolmogorov::KolmogorovSmirnov;
use flagkit_stats::moments::Moments;
use flagkit_stats::ranks::brunner_munzel::brunner_munzel;
use flagkit_stats::ranks::{MannWhitney, hodges_lehmann};
use flagkit_stats::variance::brown_forsythe;
use flagkit_stats::welch::welch;
use flagkit_stats::{Alternative, Confidence, Sorted};
use serde_json::Value;

use super::delivery_cases::{cases, number, numbers};

#[test]
fn every_value_of_every_pair_of_samples_is_met() {
    let mut compared = 0;
    for case in cases("reference-stats/two_sample.json") {
        let (mut x, mut y) = (numbers(&case["x"]), numbers(&case["y"]));
        let means = (Moments::of(&x).unwrap(), Moments::of(&y).unwrap());
        let (x, y) = (Sorted::sort(&mut x).unwrap(), Sorted::sort(&mut y).unwrap());
        let mut check = Check { case: &case, compared: 0 };
        check_order(&mut check, x, y);
        check_means(&mut check, &means);
        check_distributions(&mut check, x, y);
        compared += check.compared;
    }
    println!("{compared} values");
}

/// Mann-Whitney, Hodges-Lehmann, the share of larger ones, Brunner-Munzel.
fn check_order(check: &mut Check<'_>, x: Sorted<'_>, y: Sorted<'_>) {
    let test = MannWhitney::of(x, y).unwrap();
    check.close("/mannwhitney_asymptotic/U1", test.u(), 1e-15);
    check.close("/mannwhitney_asymptotic/p", test.p_value(Alternative::TwoSided), 1e-12);
    check.close("/mannwhitney_greater_p", test.p_value(Alternative::Greater), 1e-12);
    check.close("/cles", test.share_of_larger(), 1e-15);
    if check.case.get("mannwhitney_exact_p").is_some() {
        let p_value = test.exact_p_value(Alternative::TwoSided).unwrap();
        check.close("/mannwhitney_exact_p", p_value, 1e-14);
    }
    let shift = hodges_lehmann::shift(x, y, Confidence::P95).unwrap();
    check.close("/hodges_lehmann_median_of_differences", shift.estimate, 1e-15);
    assert!(shift.interval.contains(shift.estimate));
    match brunner_munzel(x, y) {
        Ok(test) => {
            // SciPy's statistic is above zero where the second sample has the larger values.
            check.close("/brunner_munzel/stat", -test.statistic, 1e-12);
            check.close("/brunner_munzel/p", test.p_value(Alternative::TwoSided), 1e-10);
        }
        // SciPy has NaN or an infinite statistic where all of one side are larger.
        Err(error) => {
            assert!(error.is_insufficient() && number(&check.case["brunner_munzel"]["p"]).is_nan());
            check.compared += 1;
        }
    }
}

/// Welch's test.
fn check_means(check: &mut Check<'_>, (x, y): &(Moments, Moments)) {
    let test = welch(x, y).unwrap();
    check.close("/welch/t", test.t(), 1e-9);
    check.close("/welch/df", test.degrees, 1e-9);
    check.close("/welch/p", test.p_value(Alternative::TwoSided), 1e-9);
    let interval = test.interval(Confidence::P95);
    check.close("/welch/ci95/0", interval.low, 1e-9);
    check.close("/welch/ci95/1", interval.high, 1e-9);
}

/// Kolmogorov-Smirnov and Brown-Forsythe.
fn check_distributions(check: &mut Check<'_>, x: Sorted<'_>, y: Sorted<'_>) {
    let test = KolmogorovSmirnov::of(x, y).unwrap();
    check.close("/ks_exact/D", test.distance(), 1e-14);
    check.close("/ks_exact/p", test.exact_p_value().unwrap(), 1e-11);
    check.close("/ks_asymp/D", test.distance(), 1e-14);
    // SciPy takes the distribution of one sample with n m / (n + m) values, rounded, and ours is the
    // limit, which is rough for five.
    let error_max = if x.count().min(y.count()) < 30 { 0.15 } else { 0.05 };
    check.near("/ks_asymp/p", test.approximate_p_value(), error_max);
    assert_eq!(test.p_value(), test.exact_p_value().unwrap());
    let test = brown_forsythe(x, y).unwrap();
    check.close("/brown_forsythe/stat", test.t() * test.t(), 1e-9);
    check.close("/brown_forsythe/p", test.p_value(Alternative::TwoSided), 1e-9);
}

/// One pair of samples, and what was compared of it.
struct Check<'a> {
    case: &'a Value,
    compared: usize,
}

impl Check<'_> {
    /// Up to a relative error, or that times 1e-3 around 0.
    #[track_caller]
    fn close(&mut self, pointer: &str, value: f64, error_max: f64) {
        let expected = number(self.case.pointer(pointer).unwrap());
        self.near(pointer, value, error_max * expected.abs().max(1e-3));
    }

    /// Up to an absolute error.
    #[track_caller]
    fn near(&mut self, pointer: &str, value: f64, error_max: f64) {
        let expected = number(self.case.pointer(pointer).unwrap());
        let distance = (value - expected).abs();
        assert!(
            distance <= error_max,
            "{pointer} of {}: {value:e}, off by {distance:e}",
            self.case
        );
        self.compared += 1;
    }
}
