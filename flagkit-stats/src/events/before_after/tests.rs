use super::{BeforeAfter, upper_bound};
use crate::Alpha;

#[test]
fn the_bound_on_the_baseline_is_beyond_that_of_clopper_and_pearson() {
    let alpha = Alpha::new(0.025).unwrap();
    // Upper ends of 95 % intervals by Clopper and Pearson: 1 − 0.025^(1/n) for no event, which is
    // a calculation by hand, and two from `shared/delivery-cases`.
    let cases =
        [(0.0, 100.0, 1.0 - 0.025_f64.powf(0.01)), (0.01, 1_000.0, 0.018_313_243_055_112_373)];
    for (observed, exposures, exact) in cases {
        let bound = upper_bound(observed, exposures, alpha);
        assert!(bound >= exact && bound < 1.2 * exact, "{bound} for {exact}");
    }
}

#[test]
fn a_baseline_full_of_events_bounds_nothing() {
    assert_eq!(upper_bound(1.0, 10.0, Alpha::new(0.05).unwrap()), 1.0);
}

#[test]
fn fewer_events_are_beyond_the_lower_bound_through_the_drift() {
    let alpha = Alpha::new(0.001).unwrap();
    let mut test = BeforeAfter::fewer((100_000, 3_000), 1.0, 1.25, alpha).unwrap();
    assert!((0.021..0.024).contains(&test.limit()), "{}", test.limit());
    (0..10).for_each(|_| test.add(10_000, 250));
    assert!(!test.is_worse() && test.worse().log_e < 0.0);
    (0..10).for_each(|_| test.add(10_000, 150));
    assert!(test.is_worse());
    // Without an event before, nothing is below.
    assert!(BeforeAfter::fewer((100_000, 0), 1.0, 1.25, alpha).is_err());
}

#[test]
fn bursts_widen_the_baseline_and_weigh_less_afterwards() {
    let alpha = Alpha::new(0.001).unwrap();
    let whole = BeforeAfter::new((100_000, 500), 1.25, alpha).unwrap();
    let tempered = BeforeAfter::tempered((100_000, 500), 0.1, 1.25, alpha).unwrap();
    // Ten times fewer exposures with the same rate.
    let fewer = BeforeAfter::new((10_000, 50), 1.25, alpha).unwrap();
    assert!(
        tempered.limit() > whole.limit() && (tempered.limit() / fewer.limit() - 1.0).abs() < 1e-12
    );
    let log_e = |power: f64| {
        let mut test = whole.clone();
        test.add_tempered(10_000, 300, power);
        test.worse().log_e
    };
    assert!(log_e(1.0) > 50.0 && (0.0..0.2 * log_e(1.0)).contains(&log_e(0.1)), "{}", log_e(0.1));
}
