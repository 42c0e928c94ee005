//! Ranges and failed checks.

use flagkit_stats::threshold::failed_checks::{Absence, Bounds, Check, Decision, FailedChecks};

#[test]
fn the_ends_of_a_range_are_good() {
    let range = Bounds { min: Some(1.0), max: Some(2.0) };
    let cases =
        [(0.9, Check::Failed), (1.0, Check::Passed), (2.0, Check::Passed), (2.1, Check::Failed)];
    for (value, expected) in cases {
        assert_eq!(range.check(Some(value)), expected, "{value}");
    }
    assert_eq!(Bounds::default().check(Some(f64::INFINITY)), Check::Passed);
    assert_eq!(range.check(Some(f64::NAN)), Check::NoData);
}

#[test]
fn failed_checks_are_counted_for_ever_and_the_rollback_comes_one_tick_late() {
    // Five failures among passes, and the tick after the fifth goes back.
    let mut failed = FailedChecks::default();
    for _ in 0..4 {
        assert_eq!(failed.tick(&[Check::Failed], 5, Absence::Fails), Decision::Halt);
        for _ in 0..50 {
            assert_eq!(failed.tick(&[Check::Passed], 5, Absence::Fails), Decision::Advance);
        }
    }
    assert_eq!(failed.tick(&[Check::Failed], 5, Absence::Fails), Decision::Halt);
    assert_eq!(failed.tick(&[Check::Passed], 5, Absence::Fails), Decision::RollBack);
}

#[test]
fn no_data_is_a_failure_or_a_reason_to_wait() {
    let mut original = FailedChecks::default();
    let mut patient = FailedChecks::default();
    for _ in 0..3 {
        assert_eq!(original.tick(&[Check::NoData], 3, Absence::Fails), Decision::Halt);
        assert_eq!(patient.tick(&[Check::NoData], 3, Absence::Waits), Decision::Wait);
    }
    assert_eq!(original.tick(&[Check::Passed], 3, Absence::Fails), Decision::RollBack);
    assert_eq!(patient.tick(&[Check::Passed], 3, Absence::Waits), Decision::Advance);
}

#[test]
fn the_first_check_that_does_not_pass_decides() {
    let mut failed = FailedChecks::default();
    let checks = [Check::Passed, Check::NoData, Check::Failed];
    assert_eq!(failed.tick(&checks, 0, Absence::Waits), Decision::Wait);
    assert_eq!(failed.tick(&[Check::Failed, Check::Failed], 0, Absence::Waits), Decision::Halt);
    assert_eq!(failed.count, 1);
    assert_eq!(failed.tick(&[], 0, Absence::Waits), Decision::RollBack);
}
