//! What must not change the tests that may be looked at any time: another unit, the sides in each other's
//! place, a window that is told in parts, parts that are merged in another order.
//!
//! A power of two changes no digit of a number, so there everything is asked for exactly; other units round.

use flagkit_stats::bounded::BoundedMean;
use flagkit_stats::events::{Dispersion, EventTest, LateTest, LimitTest, Look};
use flagkit_stats::mean::{MeanSequence, MeanTest};
use flagkit_stats::moments::Moments;
use flagkit_stats::quantile::{Histogram, QuantileSequence, Scale, SlowerTest};
use flagkit_stats::srm::SplitTest;
use flagkit_stats::{Alpha, Arms, Interval};

/// Units in which no number rounds: about 1e-9 to 1e12.
const EXACT: [f64; 4] = [1.0 / 1_073_741_824.0, 1.0 / 1024.0, 4096.0, 1_099_511_627_776.0];
/// Units that people have.
const ROUNDED: [f64; 8] = [1e-12, 1e-9, 1e-3, 0.01, 60.0, 1e3, 1e9, 1e12];

/// The next number of a fixed sequence, at least 0 and below 1.
fn next(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 11) as f64 / (1_u64 << 53) as f64
}

/// Values between 1 and 9, with a mean of 4 on the control and of 4 times the ratio on the treatment.
fn values(seed: u64, ratio: f64) -> Vec<Arms<Vec<f64>>> {
    let mut state = seed;
    let mut of = |count: usize, mean: f64| -> Vec<f64> {
        (0..count).map(|_| mean - 3.0 + 6.0 * next(&mut state)).collect()
    };
    (0..60).map(|_| Arms { control: of(40, 4.0), treatment: of(24, 4.0 * ratio) }).collect()
}

fn moments(values: &[f64], unit: f64) -> Moments {
    let scaled: Vec<f64> = values.iter().map(|value| value * unit).collect();
    Moments::of(&scaled).unwrap()
}

/// The tests of a mean: with bounds and without, and each with a margin, too.
fn mean_tests(unit: f64) -> [MeanTest; 4] {
    let bounded = |tolerance| MeanTest::bounded((0.0, 12.0 * unit), tolerance).unwrap();
    let any = |tolerance| MeanTest::new(tolerance, 100).unwrap();
    [bounded(0.0), bounded(0.1), any(0.0), any(-0.1)]
}

fn mean_test(mut test: MeanTest, windows: &[Arms<Vec<f64>>], unit: f64) -> MeanTest {
    for window in windows {
        let control = moments(&window.control, unit);
        test.add(&Arms { control, treatment: moments(&window.treatment, unit) }, 0.5);
    }
    test
}

fn alpha() -> Alpha {
    Alpha::new(0.01).unwrap()
}

/// Both ends times the unit are those of the other interval, up to a part of its size.
fn follows(one: Interval, unit: f64, other: Interval, part: f64) -> bool {
    let size = part * (one.high - one.low) * unit;
    let near = |one: f64, other: f64| one * unit == other || (one * unit - other).abs() <= size;
    near(one.low, other.low) && near(one.high, other.high)
}

#[test]
fn tests_of_means_say_the_same_in_every_unit() {
    for ratio in [0.7, 1.0, 1.4] {
        let windows = values(1, ratio);
        for (at, test) in mean_tests(1.0).into_iter().enumerate() {
            let one = mean_test(test, &windows, 1.0);
            let interval = one.difference(alpha()).unwrap();
            for unit in EXACT {
                let same = mean_test(mean_tests(unit)[at].clone(), &windows, unit);
                assert_eq!((same.above(), same.below()), (one.above(), one.below()), "{unit}");
                assert!(follows(interval, unit, same.difference(alpha()).unwrap(), 1e-12));
            }
            for unit in ROUNDED {
                let same = mean_test(mean_tests(unit)[at].clone(), &windows, unit);
                for (one, same) in [(one.above(), same.above()), (one.below(), same.below())] {
                    let off = (one.log_e - same.log_e).abs();
                    assert!(off <= 1e-9 * one.log_e.abs().max(1.0), "{unit}: {one:?}, {same:?}");
                }
                assert!(follows(interval, unit, same.difference(alpha()).unwrap(), 1e-9));
            }
        }
    }
}

#[test]
fn means_with_the_sides_in_each_others_place_answer_the_opposite() {
    let windows = values(2, 1.3);
    let swapped: Vec<_> = windows
        .iter()
        .map(|Arms { control, treatment }| Arms {
            control: treatment.clone(),
            treatment: control.clone(),
        })
        .collect();
    for test in [mean_tests(1.0)[0].clone(), mean_tests(1.0)[2].clone()] {
        let one = mean_test(test.clone(), &windows, 1.0);
        let other = mean_test(test, &swapped, 1.0);
        let pairs = [(one.above(), other.below()), (one.below(), other.above())];
        for (one, other) in pairs {
            let off = (one.log_e - other.log_e).abs();
            assert!(off <= 1e-9 * one.log_e.abs().max(1.0), "{one:?}, {other:?}");
        }
        let (one, other) = (one.difference(alpha()).unwrap(), other.difference(alpha()).unwrap());
        let opposite = Interval { low: -other.high, high: -other.low };
        assert!(follows(one, 1.0, opposite, 1e-9), "{one:?}, {other:?}");
    }
}

#[test]
fn sums_of_a_window_may_be_merged_in_any_order() {
    let windows = values(3, 1.1);
    let merged = |parts: &[&[f64]]| {
        let mut sum = Moments::default();
        for part in parts {
            sum.merge(&Moments::of(part).unwrap());
        }
        sum
    };
    for test in mean_tests(1.0) {
        let (mut one, mut other) = (test.clone(), test);
        for Arms { control, treatment } in &windows {
            let parts = |side: &[f64], at: usize| {
                let (first, rest) = side.split_at(at);
                let (second, third) = rest.split_at(rest.len() / 2);
                [merged(&[first, second, third]), merged(&[third, first, second])]
            };
            let ([control, control_too], [treatment, treatment_too]) =
                (parts(control, 7), parts(treatment, 1));
            one.add(&Arms { control, treatment }, 1.0);
            other.add(&Arms { control: control_too, treatment: treatment_too }, 1.0);
        }
        for (one, other) in [(one.above(), other.above()), (one.below(), other.below())] {
            let off = (one.log_e - other.log_e).abs();
            assert!(off <= 1e-9 * one.log_e.abs().max(1.0), "{one:?}, {other:?}");
        }
    }
}

#[test]
fn a_mean_that_rounding_puts_beyond_its_bounds_is_on_them() {
    // Three times 0.1 are 0.30000000000000004, and a third of that is more than 0.1.
    let control = Moments { count: 3, mean: (0.1 + 0.1 + 0.1) / 3.0, m2: 0.0 };
    assert!(control.mean > 0.1);
    let mut test = MeanTest::bounded((0.0, 0.1), 0.0).unwrap();
    for _ in 0..60 {
        test.add(&Arms { control, treatment: Moments::of(&[0.01, 0.02]).unwrap() }, 1.0);
    }
    assert!(test.below().proves(alpha()), "{:?}", test.below());
    let before = test.clone();
    test.add(&Arms { control: Moments { mean: 0.101, ..control }, treatment: control }, 1.0);
    assert_eq!(test, before, "one per cent beyond is no rounding");
}

#[test]
fn a_window_of_events_in_parts_is_the_window() {
    for more in [0_u64, 1, 6, 30] {
        let (mut whole, mut parts) = (EventTest::new(1.2).unwrap(), EventTest::new(1.2).unwrap());
        let (mut late, mut late_parts) = (LateTest::new(1.2).unwrap(), LateTest::new(1.2).unwrap());
        let (mut limit, mut limit_parts) =
            (LimitTest::new(0.01).unwrap(), LimitTest::new(0.01).unwrap());
        for window in 0..40 {
            let events = Arms { control: 40 + 4 * (window % 3), treatment: 4 + 4 * more };
            let look = Look { exposures: Arms { control: 8_000, treatment: 800 }, events };
            let quarter = |arms: Arms<u64>| arms.map(|count| count / 4);
            let part = Look { exposures: quarter(look.exposures), events: quarter(look.events) };
            whole.add(&look);
            late.add(&look, 1.0, &whole);
            limit.add(look.exposures.treatment, look.events.treatment);
            for _ in 0..4 {
                parts.add(&part);
                late_parts.add(&part, 1.0, &parts);
                limit_parts.add(part.exposures.treatment, part.events.treatment);
            }
        }
        for (one, other) in [
            (whole.worse(), parts.worse()),
            (whole.not_worse(), parts.not_worse()),
            (whole.better(), parts.better()),
            (limit.above(), limit_parts.above()),
        ] {
            let off = (one.log_e - other.log_e).abs();
            assert!(off <= 1e-9 * one.log_e.abs().max(100.0), "{more}: {one:?}, {other:?}");
        }
        // A bet may be lost, and the next one made, within the window: evidence, but another one.
        assert_eq!(late.worse().proves(alpha()), late_parts.worse().proves(alpha()), "{more}");
        let off = (late.worse().log_e - late_parts.worse().log_e).abs();
        assert!(off <= 1.0 + 0.1 * late.worse().log_e.abs(), "{more}: {late:?}, {late_parts:?}");
    }
}

#[test]
fn dispersion_knows_neither_units_nor_sides() {
    let (mut one, mut swapped) = (Dispersion::default(), Dispersion::default());
    let mut state = 5;
    for _ in 0..200 {
        let burst = |state: &mut u64| if next(state) < 0.5 { 0 } else { 8 };
        let events = Arms { control: burst(&mut state), treatment: burst(&mut state) };
        let exposures = Arms { control: 500, treatment: 300 };
        one.add(&Look { exposures, events });
        let swap = |arms: Arms<u64>| Arms { control: arms.treatment, treatment: arms.control };
        swapped.add(&Look { exposures: swap(exposures), events: swap(events) });
    }
    assert!(one.factor() > 3.0 && (one.factor() / swapped.factor() - 1.0).abs() < 1e-9);

    let of_means = |unit: f64| {
        let (mut means, mut state) = (Dispersion::default(), 6);
        for _ in 0..200 {
            let difference = unit * (next(&mut state) - 0.5);
            means.add_means(difference, 0.01 * unit * unit, 20.0);
        }
        means.factor()
    };
    assert!(of_means(1.0) > 5.0);
    for unit in ROUNDED {
        assert!((of_means(unit) / of_means(1.0) - 1.0).abs() < 1e-9, "{unit}");
    }
}

#[test]
fn weights_of_a_split_have_no_unit_and_arms_no_order() {
    let counts = [[5_210, 2_950, 1_040], [4_830, 3_170, 960], [10_400, 6_000, 2_100]];
    let evidence = |weights: [[f64; 3]; 3], order: [usize; 3]| {
        let mut test = SplitTest::new(100.0).unwrap();
        for (weights, counts) in weights.into_iter().zip(counts) {
            test.add(&order.map(|at| weights[at]), &order.map(|at| counts[at])).unwrap();
        }
        test.mismatch().log_e
    };
    // The split changes once.
    let weights = [[0.5, 0.3, 0.1], [0.5, 0.3, 0.1], [0.5, 0.3, 0.11]];
    let one = evidence(weights, [0, 1, 2]);
    assert!(one.is_finite() && one.abs() > 0.1, "{one}");
    for unit in [1e-9, 1e-6, 100.0, 1e6, 1e12, 1e15] {
        let scaled = weights.map(|look| look.map(|weight| weight * unit));
        for order in [[0, 1, 2], [2, 0, 1], [1, 0, 2]] {
            let same = evidence(scaled, order);
            assert!((one - same).abs() <= 1e-6 * one.abs(), "{unit}, {order:?}: {one}, {same}");
        }
    }
    // Per cent on one look and parts of one on the next are the same split, and merge as one.
    let mixed = [weights[0], weights[1].map(|weight| weight * 100.0), weights[2]];
    assert!((evidence(mixed, [0, 1, 2]) - one).abs() <= 1e-6 * one.abs());
    let merged = |unit: f64| {
        let of = |unit: f64, counts: [u64; 3]| {
            let mut test = SplitTest::new(100.0).unwrap();
            test.add(&[0.1, 0.2, 0.7].map(|weight| weight * unit), &counts).unwrap();
            test
        };
        let mut all = of(1.0, [1_100, 1_900, 7_000]);
        all.merge(&of(unit, [1_150, 1_850, 7_000])).unwrap();
        all.mismatch().log_e
    };
    for unit in [3.0, 100.0, 1e-3] {
        assert!((merged(unit) - merged(1.0)).abs() <= 1e-6, "{unit}");
    }
}

#[test]
fn looks_at_a_split_in_parts_are_the_look() {
    let (mut whole, mut parts) = (SplitTest::new(50.0).unwrap(), SplitTest::new(50.0).unwrap());
    whole.add(&[0.9, 0.1], &[9_000, 1_300]).unwrap();
    for part in [[4_000, 700], [0, 0], [4_999, 600], [1, 0]] {
        parts.add(&[0.9, 0.1], &part).unwrap();
    }
    let (one, other) = (whole.mismatch().log_e, parts.mismatch().log_e);
    assert!((one - other).abs() <= 1e-9 * one.abs().max(100.0), "{one}, {other}");
}

#[test]
fn sequences_follow_the_unit_exactly() {
    let windows = values(7, 1.3);
    let all = |unit: f64| {
        let of = |side: fn(&Arms<Vec<f64>>) -> &Vec<f64>| -> Vec<f64> {
            windows.iter().flat_map(side).map(|value| value * unit).collect()
        };
        Arms { control: of(|window| &window.control), treatment: of(|window| &window.treatment) }
    };
    let answers = |unit: f64| {
        let values = all(unit);
        let sides = Arms {
            control: Moments::of(&values.control).unwrap(),
            treatment: Moments::of(&values.treatment).unwrap(),
        };
        let means = MeanSequence::new(alpha(), 50).unwrap();
        let mut bounded = BoundedMean::new((0.0, 12.0 * unit), alpha()).unwrap();
        values.treatment.iter().for_each(|value| bounded.add(*value));
        let scale = Scale::new(0.01, 0.001 * unit).unwrap();
        let mut bins = Arms { control: Histogram::new(scale), treatment: Histogram::new(scale) };
        values.control.iter().for_each(|value| bins.control.add(*value));
        values.treatment.iter().for_each(|value| bins.treatment.add(*value));
        let mut slower = SlowerTest::new(&[5.0 * unit, 6.5 * unit], 1.0).unwrap();
        slower.add(&bins);
        let quantile = QuantileSequence::new(0.75, alpha()).unwrap().tightest_at(1_000);
        let follow = [
            means.difference(&sides).unwrap(),
            bounded.interval(),
            quantile.value(&bins.treatment),
        ];
        let stay = [means.lift(&sides).unwrap(), quantile.ratio(&bins)];
        (follow, stay, slower.slower())
    };
    let (follow, stay, slower) = answers(1.0);
    assert!(follow.iter().all(|one| one.low > 0.0 && one.high.is_finite()), "{follow:?}");
    assert!(slower.proves(alpha()));
    for unit in EXACT {
        let same = answers(unit);
        for (one, other) in follow.iter().zip(same.0) {
            assert!(follows(*one, unit, other, 0.0), "{unit}: {one:?}, {other:?}");
        }
        assert_eq!((same.1, same.2), (stay, slower), "{unit}");
    }
}
