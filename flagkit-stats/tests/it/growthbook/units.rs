//! Another unit and the arms in each other's place: what stays, and where the engine does not let it stay.

use flagkit_stats::growthbook::frequentist::{Alternative, Outcome};
use flagkit_stats::growthbook::statistic::{Adjusted, Quantile, Ratio, Sample};
use flagkit_stats::growthbook::{Difference, Statistic, bayesian, frequentist, sequential};

const UNITS: [f64; 6] = [1e-9, 1e-3, 0.01, 60.0, 1e6, 1e12];

fn sample(count: u64, (sum, sum_squares): (f64, f64), unit: f64) -> Sample {
    Sample::Mean { count, sum: sum * unit, sum_squares: sum_squares * unit * unit }
}

/// Means, means with a time before (CUPED), and quotients: baseline and variation in a unit.
fn arms(unit: f64) -> [(Statistic, Statistic); 3] {
    let mean = |count, sums| Statistic::Sample(sample(count, sums, unit));
    let adjusted = |count, post, pre| {
        let (post, pre) = (sample(count, post, unit), sample(count, pre, unit));
        let sum_of_products = 900.0 * unit * unit;
        Statistic::Adjusted(Adjusted { count, post, pre, sum_of_products, theta: None })
    };
    let ratio = |count, over, under| {
        let (numerator, denominator) = (sample(count, over, unit), sample(count, under, 1.0));
        let sum_of_products = 4_000.0 * unit;
        Statistic::Ratio(Ratio { count, numerator, denominator, sum_of_products })
    };
    [
        (mean(3407, (1396.87, 52_377.976_7)), mean(3461, (2422.7, 134_698.29))),
        (
            adjusted(3000, (1396.87, 52_377.976_7), (160.87, 5_270.976_7)),
            adjusted(3461, (2422.7, 134_698.29), (220.7, 13_480.29)),
        ),
        (
            ratio(1000, (1_500.0, 9_000.0), (1_900.0, 5_000.0)),
            ratio(1100, (1_800.0, 11_000.0), (2_000.0, 5_600.0)),
        ),
    ]
}

fn same(one: f64, other: f64) -> bool {
    one == other || (one - other).abs() <= 1e-9 * one.abs().max(1e-3)
}

fn assert_same(one: &Outcome, other: &Outcome, factor: f64, what: &str) {
    assert_eq!((one.issue, other.issue), (None, None), "{what}");
    for (one, other) in [
        (one.expected * factor, other.expected),
        (one.interval.0 * factor, other.interval.0),
        (one.interval.1 * factor, other.interval.1),
        (one.uplift.deviation * factor, other.uplift.deviation),
    ] {
        assert!(same(one / factor, other / factor), "{what}: {one}, {other}");
    }
    assert!(same(one.p_value.unwrap(), other.p_value.unwrap()), "{what}");
}

fn looks(arms: &(Statistic, Statistic), difference: Difference) -> [Outcome; 2] {
    let once = frequentist::Settings { difference, ..frequentist::Settings::default() };
    let always = sequential::Settings { difference, ..sequential::Settings::default() };
    [
        frequentist::test(&arms.0, &arms.1, Alternative::TwoSided, &once),
        sequential::test(&arms.0, &arms.1, Alternative::TwoSided, &always),
    ]
}

#[test]
fn relative_effects_have_no_unit_and_absolute_ones_follow_it() {
    for unit in UNITS {
        for (one, other) in arms(1.0).iter().zip(&arms(unit)) {
            for (difference, factor) in [(Difference::Relative, 1.0), (Difference::Absolute, unit)]
            {
                let pairs = looks(one, difference).into_iter().zip(looks(other, difference));
                for (one, other) in pairs {
                    assert_same(&one, &other, factor, &format!("{difference:?}, {unit:e}"));
                }
                let settings = bayesian::Settings { difference, ..bayesian::Settings::default() };
                let believed =
                    |arms: &(Statistic, Statistic)| bayesian::test(&arms.0, &arms.1, &settings);
                let (one, other) = (believed(one), believed(other));
                assert!(same(one.chance_to_win, other.chance_to_win), "{unit:e}");
                assert!(same(one.risk.0, other.risk.0 / factor), "{unit:e}");
                assert!(same(one.risk.1, other.risk.1 / factor), "{unit:e}");
            }
        }
    }
}

#[test]
fn arms_in_each_others_place_have_the_opposite_difference() {
    for (baseline, variation) in arms(1.0) {
        let one = looks(&(baseline, variation), Difference::Absolute);
        let other = looks(&(variation, baseline), Difference::Absolute);
        for (one, other) in one.iter().zip(&other) {
            let mut opposite = *other;
            opposite.expected = -other.expected;
            opposite.interval = (-other.interval.1, -other.interval.0);
            assert_same(one, &opposite, 1.0, "swapped");
        }
        let settings = bayesian::Settings {
            difference: Difference::Absolute,
            ..bayesian::Settings::default()
        };
        let chance = |one: &Statistic, other: &Statistic| {
            bayesian::test(one, other, &settings).chance_to_win
        };
        let sum = chance(&baseline, &variation) + chance(&variation, &baseline);
        assert!((sum - 1.0).abs() < 1e-12, "{sum}");
    }
}

#[test]
fn quantiles_of_the_engine_depend_on_their_unit() {
    // From 100 events on the variance is at least 1e-5, in the square of the unit.
    let p_value = |unit: f64| {
        let arm = |shift: f64| {
            let (estimate, lower, upper) = (7.0 + shift, 6.8 + shift, 7.3 + shift);
            Statistic::Quantile(Quantile {
                count: 5000,
                sample_size: 5000,
                level: 0.9,
                estimate: estimate * unit,
                lower: lower * unit,
                upper: upper * unit,
                clusters: None,
            })
        };
        looks(&(arm(0.0), arm(0.5)), Difference::Absolute)[0].p_value.unwrap()
    };
    assert!(p_value(1.0) < 0.05 && same(p_value(1.0), p_value(1000.0)), "{}", p_value(1.0));
    assert!(p_value(1e-6) > 0.9, "{}", p_value(1e-6));
}
