//! Conditions and limits.

use flagkit_stats::threshold::measurements::{
    Conditions, Limits, Measurement, Phase, Role, Tally, run_phase,
};

use Measurement::{Error, Failed, Inconclusive, Successful};

/// The phase after all measurements.
fn after(measurements: &[Measurement], limits: &Limits) -> Phase {
    let mut tally = Tally::default();
    for measurement in measurements {
        tally.add(*measurement, limits);
    }
    tally.phase
}

#[test]
fn conditions_make_measurements_of_values() {
    let low = |value: &f64| Some(*value < 0.01);
    let high = |value: &f64| Some(*value > 0.05);
    let broken = |_: &f64| None;
    let cases: [(Conditions<'_, f64>, f64, Measurement); 11] = [
        (Conditions { success: Some(&low), failure: Some(&high) }, 0.001, Successful),
        (Conditions { success: Some(&low), failure: Some(&high) }, 0.02, Inconclusive),
        (Conditions { success: Some(&low), failure: Some(&high) }, 0.1, Failed),
        (Conditions { success: Some(&low), failure: None }, 0.02, Failed),
        (Conditions { success: None, failure: Some(&high) }, 0.02, Successful),
        (Conditions { success: None, failure: Some(&high) }, 0.1, Failed),
        // Documented as inconclusive; its code says otherwise.
        (Conditions { success: None, failure: None }, 0.1, Successful),
        (Conditions { success: Some(&low), failure: None }, f64::NAN, Failed),
        (Conditions { success: None, failure: Some(&high) }, f64::NAN, Successful),
        (Conditions { success: Some(&broken), failure: None }, 0.0, Error),
        (Conditions { success: Some(&low), failure: Some(&broken) }, 0.0, Error),
    ];
    for (conditions, value, expected) in cases {
        assert_eq!(conditions.measure(&value), expected, "{value} in {conditions:?}");
    }
    // Both hold: failure wins.
    let always = |_: &f64| Some(true);
    let both = Conditions { success: Some(&always), failure: Some(&always) };
    assert_eq!(both.measure(&0.0), Failed);
}

#[test]
fn the_first_value_of_none_is_an_error() {
    let first = |values: &[f64]| values.first().map(|value| *value >= 0.95);
    let conditions = Conditions { success: Some(&first), failure: None };
    assert_eq!(conditions.measure(&[]), Error);
    assert_eq!(conditions.measure(&[0.99][..]), Successful);
}

#[test]
fn limits_say_how_often_a_metric_may_be_what() {
    let every = Limits { interval_s: Some(60), ..Limits::default() };
    let tolerant = Limits { failures: Some(2), inconclusive: 1, ..every };
    let counted = Limits { count: Some(3), ..tolerant };
    let cases: [(&[Measurement], Limits, Phase); 12] = [
        (&[], every, Phase::Pending),
        (&[Successful], Limits::default(), Phase::Successful),
        (&[Failed], Limits::default(), Phase::Failed),
        (&[Successful], every, Phase::Running),
        (&[Failed, Failed], tolerant, Phase::Running),
        (&[Failed, Failed, Failed], tolerant, Phase::Failed),
        (&[Failed, Failed, Successful], counted, Phase::Successful),
        (&[Inconclusive, Inconclusive], tolerant, Phase::Inconclusive),
        // Failures are not forgotten.
        (&[Failed, Successful, Failed, Successful, Failed], tolerant, Phase::Failed),
        (&[Error, Error, Error, Error], counted, Phase::Running),
        (&[Error, Error, Error, Error, Error], counted, Phase::Error),
        (&[Error, Error, Error, Error, Successful, Error], counted, Phase::Running),
    ];
    for (measurements, limits, expected) in cases {
        assert_eq!(after(measurements, &limits), expected, "{measurements:?} {limits:?}");
    }
}

#[test]
fn successes_in_a_row_are_enough_where_they_are_asked_for() {
    let row = Limits {
        failures: None,
        consecutive_successes: 3,
        interval_s: Some(10),
        ..Limits::default()
    };
    let mixed = [Failed, Successful, Successful, Failed, Successful, Successful];
    assert_eq!(after(&mixed, &row), Phase::Running);
    assert_eq!(after(&[&mixed[..], &[Successful]].concat(), &row), Phase::Successful);
    let limited = Limits { failures: Some(1), ..row };
    assert_eq!(after(&mixed, &limited), Phase::Failed);
    // The count is reached before.
    let counted = Limits { count: Some(6), ..row };
    assert_eq!(after(&mixed, &counted), Phase::Failed);
    assert_eq!(after(&mixed, &Limits { failures: Some(2), ..counted }), Phase::Inconclusive);
}

#[test]
fn a_completed_metric_stays_what_it_is() {
    let mut tally = Tally::default();
    tally.add(Failed, &Limits::default());
    let before = tally;
    tally.add(Successful, &Limits::default());
    assert_eq!((tally, tally.stop()), (before, Phase::Failed));
    assert_eq!(Tally::default().stop(), Phase::Successful);
}

#[test]
fn errors_are_retried_soon() {
    let hourly = Limits { interval_s: Some(3600), ..Limits::default() };
    assert_eq!(hourly.next_after_s(Error), Some(10));
    assert_eq!(hourly.next_after_s(Failed), Some(3600));
    assert_eq!(Limits::default().next_after_s(Successful), None);
}

#[test]
fn the_worst_metric_that_decides_is_the_release() {
    use Phase as P;
    let order = [P::Successful, P::Running, P::Pending, P::Inconclusive, P::Error, P::Failed];
    assert!(order.is_sorted());
    let decides = |phase| (phase, Role::Decides);
    let dry = |phase| (phase, Role::DryRun);
    let cases: [(&[(Phase, Role)], Phase); 9] = [
        (&[], P::Running),
        (&[decides(P::Pending)], P::Running),
        (&[decides(P::Successful), decides(P::Running)], P::Running),
        (&[decides(P::Successful), decides(P::Successful)], P::Successful),
        (&[decides(P::Inconclusive), decides(P::Error)], P::Error),
        (&[decides(P::Failed), decides(P::Running)], P::Failed),
        (&[dry(P::Failed), decides(P::Successful)], P::Successful),
        (&[dry(P::Failed)], P::Successful),
        (&[dry(P::Running), decides(P::Successful)], P::Running),
    ];
    for (metrics, expected) in cases {
        assert_eq!(run_phase(metrics), expected, "{metrics:?}");
    }
}
