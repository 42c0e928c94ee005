use proptest::prelude::*;

use super::Design;
use crate::{Alternative, Confidence};

#[test]
fn sizes_and_powers_are_those_that_r_documents() {
    // power.prop.test(p1 = .50, p2 = .75, power = .90): n = 76.7 a side.
    let design = Design::default().with_power(0.9).unwrap();
    assert_eq!(design.sample_for_shares(0.5, 0.75).unwrap().treatment, 77);
    // power.prop.test(n = 50, p1 = .50, p2 = .75): power = 0.740.
    let power = Design::default().power_for_shares(0.5, 0.75, 100).unwrap();
    assert!((power - 0.740).abs() < 5e-4, "{power}");
    // power.t.test(power = .90, delta = 1): n = 22.02; one-sided 17.85.
    assert_eq!(design.sample_for_means(1.0, 1.0).unwrap().treatment, 22);
    let one_sided = design.with_confidence(Confidence::P95, Alternative::Greater);
    assert_eq!(one_sided.sample_for_means(1.0, -1.0).unwrap().treatment, 18);
    // power.t.test(n = 20, delta = 1, sd = 1): power = 0.869.
    let power = Design::default().power_for_means(1.0, 1.0, 40).unwrap();
    assert!((power - 0.869).abs() < 2e-3, "{power}");
}

#[test]
fn time_is_units_over_traffic() {
    let sample = Design::default().sample_for_means(1.0, 0.5).unwrap();
    assert_eq!(sample.total(), 128);
    assert_eq!((sample.hours(2.0), sample.days(2.0)), (Ok(64.0), Ok(64.0 / 24.0)));
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(sample.hours(rate).is_err());
    }
}

#[test]
fn impossible_designs_are_refused() {
    let design = Design::default();
    assert!(design.with_power(1.0).is_err() && design.with_power(f64::NAN).is_err());
    assert!(design.with_treatment_share(0.0).is_err());
    assert!(design.sample_for_means(1.0, 0.0).is_err());
    assert!(design.sample_for_means(0.0, 1.0).is_err());
    assert!(design.sample_for_means(1e200, 1e-200).is_err());
    assert!(design.sample_for_shares(0.5, 0.5).is_err());
    assert!(design.sample_for_shares(-0.1, 0.5).is_err());
    assert!(design.power_for_shares(1.0, 1.0, 10).unwrap_err().is_insufficient());
    assert!(design.power_for_means(1.0, 1.0, 2).unwrap_err().is_insufficient());
    assert!(design.detectable_share(0.9, 3).is_err());
}

proptest! {
    #[test]
    fn what_is_detectable_is_what_the_sample_was_computed_for(
        control in 0.001..0.5,
        lift in 0.001..0.4,
        share in 0.05..0.95,
    ) {
        let design = Design::default().with_treatment_share(share).unwrap();
        let sample = design.sample_for_shares(control, control + lift).unwrap();
        let found = design.detectable_share(control, sample.total()).unwrap();
        prop_assert!(found <= (control + lift) * (1.0 + 1e-12), "{found}");
        // Rounding up to whole units makes it a little smaller, the more the fewer they are.
        let power = |units| design.power_for_shares(control, control + lift, units).unwrap();
        prop_assert!(power(sample.total()) >= 0.8 - 1e-9);
        prop_assert!(power(sample.total() - 3) < 0.8);
    }

    #[test]
    fn means_agree_with_themselves(deviation in 1e-6..1e6, ratio in 0.01..2.0) {
        let design = Design::default();
        let sample = design.sample_for_means(deviation, deviation * ratio).unwrap();
        let found = design.detectable_mean(deviation, sample.total()).unwrap();
        prop_assert!(found <= deviation * ratio * (1.0 + 1e-9));
        let power = design.power_for_means(deviation, found, sample.total()).unwrap();
        prop_assert!(power >= 0.8 - 1e-9);
        let fewer = design.detectable_mean(deviation, (sample.total() - 2).max(3)).unwrap();
        prop_assert!(fewer >= found);
    }
}
