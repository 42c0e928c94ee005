//! False alarms stay below what was promised, with seeded simulations.

use flagkit_stats::bounded::BoundedMean;
use flagkit_stats::events::{
    BeforeAfter, Dispersion, EventTest, LateLimit, LateTest, LimitTest, Look, Verdict,
};
use flagkit_stats::mean::MeanSequence;
use flagkit_stats::moments::Moments;
use flagkit_stats::quantile::{Histogram, QuantileSequence, Scale, SlowerTest};
use flagkit_stats::srm::SplitTest;
use flagkit_stats::{Alpha, Arms};

use crate::chance::{Chance, explained};

fn alpha() -> Alpha {
    Alpha::new(0.05).unwrap()
}

/// How often the work says that something was wrong.
fn alarms(runs: u32, mut is_wrong: impl FnMut(&mut Chance) -> bool) -> f64 {
    let wrong = (0..runs).filter(|run| is_wrong(&mut Chance::new(u64::from(*run)))).count();
    f64::from(u32::try_from(wrong).unwrap())
}

fn stays_below(runs: u32, level: f64, is_wrong: impl FnMut(&mut Chance) -> bool) {
    let alarms = alarms(runs, is_wrong);
    assert!(alarms <= explained(runs, level), "{alarms} of {runs} at {level}");
}

/// A ramp from 1 % to 50 %, during which the rate of errors jumps for both.
fn ramp(chance: &mut Chance, ratio: f64, mut look: impl FnMut(&Look)) {
    for step in 0..200_u32 {
        let treatment = [10, 50, 100, 250, 500][step as usize / 40];
        let exposures = Arms { control: 1_000 - treatment, treatment };
        let rate = if (80..100).contains(&step) { 0.02 } else { 0.003 };
        let events = Arms {
            control: chance.poisson(rate * exposures.control as f64),
            treatment: chance.poisson(rate * ratio * exposures.treatment as f64),
        };
        look(&Look { exposures, events });
    }
}

#[test]
fn a_release_that_is_as_good_is_seldom_called_worse_or_better() {
    for (margin, ratio) in [(1.0, 1.0), (1.2, 1.2), (1.5, 1.0)] {
        stays_below(600, 0.05, |chance| {
            let mut test = EventTest::new(margin).unwrap();
            ramp(chance, ratio, |look| test.add(look));
            test.worse().proves(alpha())
        });
    }
    stays_below(600, 0.05, |chance| {
        let mut test = EventTest::new(1.5).unwrap();
        ramp(chance, 1.0, |look| test.add(look));
        test.better().proves(alpha())
    });
    stays_below(600, 0.05, |chance| {
        let mut test = EventTest::new(1.5).unwrap();
        ramp(chance, 1.5, |look| test.add(look));
        test.not_worse().proves(alpha())
    });
}

#[test]
fn a_release_that_turns_bad_after_an_hour_is_found_within_two_minutes() {
    let strict = Alpha::new(0.001).unwrap();
    let late = alarms(50, |chance| {
        let (mut all, mut late) = (EventTest::new(1.0).unwrap(), LateTest::new(1.0).unwrap());
        let mut look = |errors: f64| {
            let exposures = Arms { control: 900, treatment: 100 };
            let events = Arms { control: chance.poisson(4.5), treatment: chance.poisson(errors) };
            let look = Look { exposures, events };
            all.add(&look);
            late.add(&look, 1.0, &all);
            late.worse().proves(strict)
        };
        let is_early = (0..360).any(|_| look(0.5));
        let is_found = (0..12).any(|_| look(5.0));
        is_early || !is_found
    });
    assert!(late <= 2.0, "{late} of 50");
}

/// Each failing client fails five times in its window, and only requests are counted.
#[test]
fn repeated_failures_are_no_evidence_if_their_dispersion_was_measured() {
    let window = |chance: &mut Chance| {
        let exposures = Arms { control: 4_500, treatment: 500 };
        let events = Arms { control: 5 * chance.poisson(4.5), treatment: 5 * chance.poisson(0.5) };
        Look { exposures, events }
    };
    let naive = alarms(50, |chance| {
        let mut test = EventTest::new(1.0).unwrap();
        (0..200).for_each(|_| test.add(&window(chance)));
        test.worse().proves(alpha())
    });
    assert!(naive > 12.0, "{naive} of 50");
    stays_below(200, 0.05, |chance| {
        let mut before = Dispersion::default();
        (0..200).for_each(|_| before.add(&window(chance)));
        let factor = before.factor();
        assert!((3.0..14.0).contains(&factor), "{factor} for 5");
        let mut test = EventTest::with_dispersion(1.0, factor).unwrap();
        (0..200).for_each(|_| test.add(&window(chance)));
        test.worse().proves(alpha())
    });
}

#[test]
fn the_true_ratio_stays_in_the_confidence_sequence() {
    stays_below(200, 0.05, |chance| {
        let mut test = EventTest::new(1.0).unwrap();
        let mut was_outside = false;
        ramp(chance, 2.5, |look| {
            test.add(look);
            was_outside |= !test.ratio(alpha()).contains(2.5);
        });
        was_outside
    });
}

#[test]
fn a_release_with_ten_times_the_errors_is_found_before_fifty_failures() {
    let strict = Alpha::new(0.001).unwrap();
    let missed = alarms(200, |chance| {
        let mut test = EventTest::new(1.0).unwrap();
        // One look for each 10 requests of the canary.
        while test.worse().highest < strict.log_bound() && test.events().treatment < 50 {
            let exposures = Arms { control: 90, treatment: 10 };
            let events = Arms { control: chance.poisson(0.45), treatment: chance.poisson(0.5) };
            test.add(&Look { exposures, events });
        }
        test.verdict(strict) != Verdict::Worse
    });
    assert_eq!(missed, 0.0);
}

#[test]
fn a_limit_and_a_baseline_keep_their_promise() {
    stays_below(600, 0.05, |chance| {
        let mut test = LimitTest::new(0.01).unwrap();
        (0..300).for_each(|_| test.add(200, chance.poisson(1.99)));
        test.above().proves(alpha())
    });
    for way in [LateLimit::above, LateLimit::below] {
        stays_below(600, 0.05, |chance| {
            let mut test = way(0.01).unwrap();
            // What rounds does not help either side: the mean is that of the limit.
            (0..300).for_each(|_| test.add(200, chance.poisson(2.0).min(200), 1.0));
            test.beyond().proves(alpha())
        });
    }
    for begin in [BeforeAfter::tempered, BeforeAfter::fewer] {
        stays_below(600, 0.05, |chance| {
            let before = (0..50).map(|_| chance.poisson(2.0)).sum();
            let mut test = begin((10_000, before), 1.0, 1.0, alpha()).unwrap();
            (0..300).for_each(|_| test.add(200, chance.poisson(2.0)));
            test.is_worse()
        });
    }
}

#[test]
fn what_goes_beyond_a_limit_late_is_found() {
    let missed = alarms(50, |chance| {
        let mut test = LateLimit::above(0.02).unwrap();
        (0..300).for_each(|_| test.add(1_000, chance.poisson(5.0), 1.0));
        let before = test.beyond().proves(alpha());
        (0..20).for_each(|_| test.add(1_000, chance.poisson(40.0), 1.0));
        before || !test.beyond().proves(alpha())
    });
    assert_eq!(missed, 0.0);
}

#[test]
fn a_split_by_its_weights_is_seldom_called_a_mismatch() {
    stays_below(600, 0.05, |chance| {
        let mut test = SplitTest::new(100.0).unwrap();
        for look in 0..200_u32 {
            let weights = if look < 100 { [0.9, 0.1, 0.0] } else { [0.4, 0.3, 0.3] };
            let units = weights.map(|weight| chance.poisson(30.0 * weight));
            test.add(&weights, &units).unwrap();
        }
        test.mismatch().proves(alpha())
    });
}

#[test]
fn a_tracker_that_loses_a_tenth_of_an_arm_is_found_across_a_ramp() {
    let found = alarms(50, |chance| {
        let mut test = SplitTest::new(1_000.0).unwrap();
        for look in 0..600_u32 {
            let canary = f64::from(1 + look % 5) / 10.0;
            let units = [chance.poisson(30.0 * (1.0 - canary)), chance.poisson(27.0 * canary)];
            test.add(&[1.0 - canary, canary], &units).unwrap();
        }
        test.mismatch().proves(alpha())
    });
    assert!(found >= 49.0, "{found} of 50");
}

#[test]
fn true_means_stay_inside() {
    let sequence = MeanSequence::new(alpha(), 100).unwrap();
    stays_below(200, 0.05, |chance| {
        let mut arms = Arms { control: Moments::default(), treatment: Moments::default() };
        (0..1_000).any(|_| {
            // Skewed, with mean 1.
            arms.control.add(-(1.0 - chance.unit()).ln()).unwrap();
            arms.treatment.add(1.5 + chance.normal()).unwrap();
            sequence.difference(&arms).is_some_and(|interval| !interval.contains(0.5))
        })
    });
    stays_below(200, 0.05, |chance| {
        let mut mean = BoundedMean::new((0.0, 10.0), alpha()).unwrap();
        (0..400).any(|_| {
            mean.add(if chance.unit() < 0.13 { 10.0 } else { 0.0 });
            !mean.interval().contains(1.3)
        })
    });
}

#[test]
fn true_quantiles_stay_inside_and_equal_arms_are_seldom_slower() {
    let scale = Scale::new(0.02, 0.001).unwrap();
    let p90 = QuantileSequence::new(0.9, alpha()).unwrap().tightest_at(1_000);
    let truth = -(0.1_f64).ln();
    stays_below(150, 0.05, |chance| {
        let mut histogram = Histogram::new(scale);
        (0..200).any(|_| {
            (0..10).for_each(|_| histogram.add(-(1.0 - chance.unit()).ln()));
            !p90.value(&histogram).contains(truth)
        })
    });
    stays_below(100, 0.05, |chance| {
        let mut test = SlowerTest::new(&[1.0, 2.0, 3.0], 1.0).unwrap();
        (0..50).for_each(|_| {
            let mut window =
                Arms { control: Histogram::new(scale), treatment: Histogram::new(scale) };
            (0..20).for_each(|_| window.treatment.add(-(1.0 - chance.unit()).ln()));
            (0..60).for_each(|_| window.control.add(-(1.0 - chance.unit()).ln()));
            test.add(&window);
        });
        test.slower().proves(alpha())
    });
}
