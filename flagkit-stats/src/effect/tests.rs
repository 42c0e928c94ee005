use super::{
    Estimate, absolute_lift, cohens_d, hedges_g, mean_ratio, normal_share_of_larger, relative_lift,
};
use crate::moments::{Moments, PairMoments};
use crate::proportion::Proportion;
use crate::{Alternative, Confidence};

fn samples() -> (Moments, Moments) {
    (Moments::of(&[3.0, 4.0, 5.0, 8.0]).unwrap(), Moments::of(&[1.0, 2.0, 3.0]).unwrap())
}

#[test]
fn standard_effects_are_those_of_their_definitions() {
    let (treatment, control) = samples();
    // Squared distances 14 and 2 over 5 degrees of freedom: 3 / sqrt(3.2).
    let d = cohens_d(&treatment, &control).unwrap();
    assert!((d - 3.0 / 3.2_f64.sqrt()).abs() < 1e-15);
    // By SciPy's gammaln.
    let g = hedges_g(&treatment, &control).unwrap();
    assert!((g - 1.409_978_404_479_937_7).abs() < 1e-14);
    assert_eq!(mean_ratio(&treatment, &control), Ok(2.5));
    // Variances 14/3 and 1: 3 / sqrt(17/3) = 1.2603 deviations.
    let share = normal_share_of_larger(&treatment, &control).unwrap();
    assert!((share - 0.896_214).abs() < 1e-5, "{share}");
}

#[test]
fn a_relative_lift_follows_the_delta_method() {
    let control = Estimate { value: 10.0, variance: 0.04 };
    let treatment = Estimate { value: 12.0, variance: 0.09 };
    let lift = relative_lift(treatment, control).unwrap();
    // 0.09 / 100 + 144 * 0.04 / 10000.
    assert!((lift.value - 0.2).abs() < 1e-15 && (lift.variance - 0.001_476).abs() < 1e-15);
    let absolute = absolute_lift(treatment, control);
    assert!((absolute.standard_error() - 0.13_f64.sqrt()).abs() < 1e-15);
    // A control below zero does not turn the sign.
    let control = Estimate { value: -10.0, variance: 0.04 };
    assert!((relative_lift(treatment, control).unwrap().value - 2.2).abs() < 1e-15);
    let nothing = Estimate { value: 0.0, variance: 1.0 };
    assert!(relative_lift(treatment, nothing).is_err());
}

#[test]
fn a_share_varies_as_a_binomial_variable_and_a_ratio_by_units() {
    let share = Estimate::share(Proportion::new(20, 100).unwrap());
    assert!((share.variance - 0.2 * 0.8 / 100.0).abs() < 1e-18);
    // NumPy, from values that are made linear one by one.
    let mut pairs = PairMoments::default();
    for index in 0_u32..40 {
        let below = f64::from(1 + index * 3 % 5);
        pairs.add(below, f64::from(index * 7 % 4) * below * 0.3).unwrap();
    }
    let ratio = Estimate::ratio(&pairs).unwrap();
    assert!((ratio.value - 0.45).abs() < 1e-14);
    assert!((ratio.variance - 0.003_525_641_025_641_025).abs() < 1e-15);
    assert!(Estimate::ratio(&PairMoments::default()).unwrap_err().is_insufficient());
}

#[test]
fn an_estimate_without_variance_is_certain() {
    let certain = Estimate { value: 1.0, variance: 0.0 };
    assert_eq!(certain.p_value(1.0, Alternative::TwoSided), 1.0);
    assert_eq!(certain.p_value(0.0, Alternative::Greater), 0.0);
    assert_eq!(certain.p_value(0.0, Alternative::Less), 1.0);
    assert_eq!(certain.interval(Confidence::P95).low, 1.0);
}

#[test]
fn what_does_not_vary_has_no_standard_effect() {
    let same = Moments::of(&[2.0, 2.0, 2.0]).unwrap();
    for error in [
        cohens_d(&same, &same).unwrap_err(),
        hedges_g(&same, &same).unwrap_err(),
        normal_share_of_larger(&same, &same).unwrap_err(),
        mean_ratio(&Moments::default(), &same).unwrap_err(),
        Estimate::mean(&Moments::default()).unwrap_err(),
    ] {
        assert!(error.is_insufficient(), "{error}");
    }
}
