use proptest::prelude::*;

use super::Trend;
use crate::Confidence;

/// A rising line with two periods on it.
fn series() -> (Vec<f64>, Vec<f64>) {
    let value = |index: u32| {
        let (seven, five) = (f64::from(index * 7 % 11), f64::from(index * 5 % 13));
        20.0 + 1.7 * 0.5 * f64::from(index) + seven * 0.9 - five * 0.4
    };
    ((0..30).map(|index| 0.5 * f64::from(index)).collect(), (0..30).map(value).collect())
}

/// Fails unless two numbers are equal up to rounding.
#[track_caller]
fn close(value: f64, expected: f64) {
    assert!((value - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{value} for {expected}");
}

#[test]
fn slope_and_interval_are_those_of_scipy() {
    let (times, values) = series();
    let trend = Trend::of(&times, &values, Confidence::P95).unwrap();
    close(trend.slope, 1.825);
    close(trend.slope_interval.low, 1.481_818_181_818_180_8);
    close(trend.slope_interval.high, 2.028_571_428_571_428_5);
    close(trend.r_squared, 0.876_470_124_751_794_2);
    assert_eq!(trend.span, 14.5);
    let trend = Trend::of(&times, &values, Confidence::P90).unwrap();
    close(trend.slope_interval.high, 2.004_761_904_761_904_3);
    // With many equal values.
    let rough: Vec<f64> = values.iter().map(|value| (value / 5.0).round_ties_even()).collect();
    let trend = Trend::of(&times, &rough, Confidence::P95).unwrap();
    close(trend.slope, 4.0 / 11.0);
    close(trend.slope_interval.low, 0.3);
    // SciPy rounds ranks to the nearest, and has 5/12 here; ours are rounded outwards.
    close(trend.slope_interval.high, 8.0 / 19.0);
}

#[test]
fn a_third_of_wild_points_does_not_turn_the_line() {
    let (times, mut values) = series();
    let before = Trend::of(&times, &values, Confidence::P95).unwrap();
    for value in values.iter_mut().skip(3).step_by(4) {
        *value = 1e6;
    }
    let after = Trend::of(&times, &values, Confidence::P95).unwrap();
    assert!(before.slope_interval.contains(1.7) && after.slope_interval.contains(1.7), "{after:?}");
    assert!(after.r_squared < 0.1);
}

#[test]
fn a_limit_is_reached_ahead_behind_or_never() {
    let line = |slope: f64| {
        let times: Vec<f64> = (0..10).map(f64::from).collect();
        let values: Vec<f64> = times.iter().map(|time| 50.0 + slope * time).collect();
        Trend::of(&times, &values, Confidence::P95).unwrap()
    };
    // From 50, 2 an hour: 68 at the last point, 90 after 11 more hours.
    let rising = line(2.0);
    assert_eq!((rising.first, rising.last, rising.relative_slope()), (50.0, 68.0, Ok(0.04)));
    let reached = rising.reaches(90.0).unwrap();
    assert_eq!((reached.expected, reached.earliest, reached.latest), (11.0, 11.0, Some(11.0)));
    assert_eq!(rising.reaches(60.0).unwrap().expected, 0.0);
    assert_eq!(rising.reaches(40.0), None);
    let falling = line(-2.0);
    assert_eq!(falling.reaches(12.0).unwrap().expected, 10.0);
    assert_eq!(falling.reaches(90.0), None);
    assert_eq!(line(0.0).reaches(90.0), None);
    assert_eq!(rising.reaches(f64::NAN), None);
}

#[test]
fn a_slope_that_may_be_the_other_way_has_no_latest_time() {
    let times: Vec<f64> = (0..8).map(f64::from).collect();
    let values = [1.0, 4.0, 2.0, 5.0, 3.0, 1.0, 4.0, 3.0];
    let trend = Trend::of(&times, &values, Confidence::P95).unwrap();
    assert!(trend.slope_interval.contains(0.0));
    let reached = trend.reaches(trend.last + trend.slope).unwrap();
    assert_eq!(reached.latest, None);
}

#[test]
fn wrong_series_are_refused() {
    let of = |times: &[f64], values: &[f64]| Trend::of(times, values, Confidence::P95).unwrap_err();
    assert!(of(&[1.0, 2.0], &[1.0, 2.0]).is_insufficient());
    let error = of(&[1.0, 2.0, 2.0], &[1.0, 2.0, 3.0]).to_string();
    assert_eq!(error, "time 2 is not above the one before it; sort them first");
    assert!(of(&[1.0, 2.0, 3.0], &[1.0, 2.0]).to_string().starts_with("the count of times is `3`"));
    assert!(!of(&[1.0, 2.0, 3.0], &[1.0, f64::NAN, 3.0]).is_insufficient());
    let (times, values) = series();
    let trend = Trend::of(&times, &values, Confidence::P95).unwrap();
    let error = trend.check_span(24.0).unwrap_err();
    assert!(error.is_insufficient());
    assert_eq!(error.to_string(), "the points span `14.5`, and at least `24` is needed");
    assert_eq!(trend.check_span(14.0), Ok(()));
}

#[test]
fn values_that_do_not_move_have_a_slope_of_zero() {
    let trend = Trend::of(&[1.0, 2.0, 4.0, 7.0], &[3.0; 4], Confidence::P90).unwrap();
    assert_eq!((trend.slope, trend.r_squared, trend.last), (0.0, 0.0, 3.0));
}

proptest! {
    #[test]
    fn the_slope_is_the_median_of_all(values in prop::collection::vec(-100.0..100.0, 3..40)) {
        let square = |index: u32| f64::from(index * index + index);
        let times: Vec<f64> = (0_u32..).map(square).take(values.len()).collect();
        let mut slopes = Vec::new();
        for (place, (time, value)) in times.iter().zip(&values).enumerate() {
            for (next_time, next) in times.iter().zip(&values).skip(place + 1) {
                slopes.push((next - value) / (next_time - time));
            }
        }
        slopes.sort_by(f64::total_cmp);
        let median = f64::midpoint(slopes[(slopes.len() - 1) / 2], slopes[slopes.len() / 2]);
        let trend = Trend::of(&times, &values, Confidence::P95).unwrap();
        prop_assert!((trend.slope - median).abs() < 1e-12 * 100.0);
    }

    #[test]
    fn another_unit_scales_the_slope(
        values in prop::collection::vec(1.0..9.0, 5..30),
        exponents in (-9_i32..10, -9_i32..10),
    ) {
        let (unit, time_unit) = (10_f64.powi(exponents.0), 10_f64.powi(exponents.1));
        let times: Vec<f64> = (0_u32..).map(f64::from).take(values.len()).collect();
        let scaled = |values: &[f64], unit: f64| -> Vec<f64> {
            values.iter().map(|value| value * unit).collect()
        };
        let one = Trend::of(&times, &values, Confidence::P95).unwrap();
        let (other_times, other_values) = (scaled(&times, time_unit), scaled(&values, unit));
        let other = Trend::of(&other_times, &other_values, Confidence::P95).unwrap();
        let factor = unit / time_unit;
        prop_assert!((one.slope * factor - other.slope).abs() <= 1e-11 * factor * 9.0);
        prop_assert!((one.r_squared - other.r_squared).abs() < 1e-9);
        if one.slope_interval.low.is_finite() {
            let distance = one.slope_interval.low * factor - other.slope_interval.low;
            prop_assert!(distance.abs() <= 1e-11 * factor * 9.0);
        }
    }
}
