use super::upper_bound;
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
