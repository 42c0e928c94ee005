//! Tests of counts against SciPy: two shares, intervals, sample ratios.

use flagkit_stats::contingency::goodness_of_fit;
use flagkit_stats::proportion::barnard::barnard;
use flagkit_stats::proportion::fisher::{conditional, fisher};
use flagkit_stats::proportion::{Proportion, z_test};
use flagkit_stats::{Alternative, Confidence, Interval};
use serde_json::Value;

use super::delivery_cases::{list, number, numbers};

const FILE: &str = "reference-stats/counts_srm_multiplicity.json";

#[test]
fn two_shares_are_compared_as_elsewhere() {
    for case in list(FILE, "two_proportion") {
        let count = |name: &str| case[name].as_u64().unwrap();
        let one = Proportion::new(count("k1"), count("n1")).unwrap();
        let other = Proportion::new(count("k2"), count("n2")).unwrap();
        // SciPy's hypergeometric distribution loses a digit with each digit of the trials; ours is
        // compared with mpmath beside its code.
        let error_max = 1e-11 + 1e-15 * (count("n1") + count("n2")) as f64;
        let two_sided = fisher(one, other, Alternative::TwoSided);
        check(&case, "fisher_two", Some(two_sided), error_max);
        check(&case, "fisher_greater", Some(fisher(one, other, Alternative::Greater)), error_max);
        check(&case, "pooled_z", z_test(one, other).ok().map(|test| test.z()), 1e-12);
        let p = conditional(one, other, Alternative::Greater).ok();
        check(&case, "conditional_binom_greater", p, 1e-11);
        if !case["barnard_two"].is_null() {
            // SciPy searches the common share; both searches end a little below the largest value.
            check(&case, "barnard_two", barnard(one, other).ok(), 1e-7);
        }
        check_interval(&case, "wilson95_1", one.wilson(Confidence::P95));
        check_interval(&case, "clopper95_1", one.clopper_pearson(Confidence::P95));
    }
}

#[test]
fn sample_ratios_are_compared_as_elsewhere() {
    for case in list(FILE, "srm") {
        let observed: Vec<u64> = case["observed"]
            .as_array()
            .unwrap()
            .iter()
            .map(|count| count.as_u64().unwrap())
            .collect();
        let test = goodness_of_fit(&observed, &numbers(&case["weights"])).unwrap();
        check(&case, "chi2_p", Some(test.p_value()), 1e-11);
    }
}

/// Up to a relative error; nothing where nothing is expected.
#[track_caller]
fn check(case: &Value, name: &str, value: Option<f64>, error_max: f64) {
    let expected = case[name].as_f64();
    let is_close = match (value, expected) {
        (Some(value), Some(expected)) => (value - expected).abs() <= error_max * expected.abs(),
        (value, expected) => value.is_none() && expected.is_none(),
    };
    assert!(is_close, "{name} of {case}: {value:?}");
}

/// Both ends. SciPy's come from a root finder that stops 2e-12 away: the lower end of 1 in 60 is
/// 1 - 0.975^(1/60) = 0.00042187445234, where it has 0.00042187445246.
#[track_caller]
fn check_interval(case: &Value, name: &str, interval: Interval) {
    for (end, expected) in [interval.low, interval.high].iter().zip(case[name].as_array().unwrap())
    {
        let expected = number(expected);
        assert!((end - expected).abs() <= 5e-12, "{name} of {case}: {interval:?}");
    }
}
