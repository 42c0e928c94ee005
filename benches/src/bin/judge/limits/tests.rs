use super::{Share, fewest_seconds, power};

#[test]
fn limits_are_those_of_clopper_and_pearson() {
    // 1 − 0.01^(1/100) for no event in 100, by hand.
    let (low, high) = Share { some: 0, all: 100 }.limits();
    assert_eq!(low, 0.0);
    assert!((high - (1.0 - 0.01_f64.powf(0.01))).abs() < 1e-12);
    let (low, high) = Share { some: 100, all: 100 }.limits();
    assert!((low - 0.01_f64.powf(0.01)).abs() < 1e-12);
    assert_eq!(high, 1.0);
}

#[test]
fn the_most_powerful_test_uses_up_its_false_alarms() {
    // If nothing is different, power is α, whatever the counts.
    for mean in [0.01, 1.0, 37.5] {
        for alpha in [0.001, 0.05, 0.25] {
            assert!((power(mean, mean, alpha) - alpha).abs() < 1e-12, "{mean} {alpha}");
        }
    }
}

#[test]
fn events_that_never_happen_otherwise_are_found_at_the_first() {
    // Half of the releases have had an event after ln 2 / rate seconds; the other half of
    // them have not, and α of the lots is all that can be added.
    let seconds = fewest_seconds(1e-12, 0.01, 0.001);
    let by_hand = 100.0 * (0.5_f64 / 0.999).ln().abs();
    assert!((seconds - by_hand).abs() < 1.5, "{seconds} for {by_hand}");
}
