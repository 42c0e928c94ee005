//! The z-test that is looked at too often.

use flagkit_stats::Arms;
use flagkit_stats::threshold::peeking::p_value;

#[test]
fn without_exposures_or_events_nothing_is_worse() {
    let arms = |control, treatment| Arms { control, treatment };
    assert_eq!(p_value(arms(0, 0), arms(0, 0)), 1.0);
    assert_eq!(p_value(arms(10, 0), arms(1, 0)), 1.0);
    assert_eq!(p_value(arms(10, 10), arms(0, 0)), 1.0);
    assert_eq!(p_value(arms(10, 10), arms(10, 10)), 1.0);
    assert_eq!(p_value(arms(10, 10), arms(5, 5)), 0.5);
    // More events than exposures: the numbers were counted in two places.
    assert_eq!(p_value(arms(10, 10), arms(20, 30)), 1.0);
}

#[test]
fn looking_often_finds_what_is_not_there() {
    // Half of a hundred thousand coins in each arm, looked at after each hundred: a test of 5 %
    // that is looked at once is wrong in one of twenty runs, this one in far more.
    let mut seed = 7_u64;
    let mut coin = || {
        // Marsaglia's xorshift: any generator does, if it is the same every time.
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        u64::from(seed & 1 == 1)
    };
    let mut wrong = 0;
    for _ in 0..100 {
        let (mut exposures, mut events) = (Arms::default(), Arms { control: 0, treatment: 0 });
        let mut found = false;
        for step in 1..=20_000_u64 {
            exposures = Arms { control: step, treatment: step };
            events.control += coin();
            events.treatment += coin();
            found |= step % 100 == 0 && p_value(exposures, events) < 0.05;
        }
        assert_eq!(exposures.control, 20_000);
        wrong += u32::from(found);
    }
    assert!((20..60).contains(&wrong), "{wrong} of 100");
}
