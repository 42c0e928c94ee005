use proptest::prelude::*;

use super::cuped;
use super::ratio::{RatioMoments, Unit, cuped_ratio};
use crate::Arms;
use crate::effect::absolute_lift;
use crate::moments::PairMoments;

/// Made-up units: 40 a side, whose past and present go together.
fn pairs() -> Arms<PairMoments> {
    let mut arms = Arms::<PairMoments>::default();
    for index in 0_u32..40 {
        let number = f64::from;
        let before = number(index * 7 % 17);
        arms.control.add(before, 2.0 + 1.5 * before + number(index * 11 % 13) * 0.7).unwrap();
        let before = number(index * 5 % 19);
        arms.treatment.add(before, 3.0 + 1.4 * before + number(index * 3 % 7) * 0.9).unwrap();
    }
    arms
}

#[test]
fn adjusted_means_are_those_of_adjusted_values() {
    let adjusted = cuped(&pairs()).unwrap();
    // NumPy, from each value less theta times what it was above the mean before.
    let expected = [
        (adjusted.theta, 1.471_207_925_250_478_2),
        (adjusted.arms.control.value, 18.381_323_764_493_978),
        (adjusted.arms.control.variance, 0.184_066_775_922_386_74),
        (adjusted.arms.treatment.value, 17.168_676_235_506_023),
        (adjusted.arms.treatment.variance, 0.085_726_195_065_123_2),
    ];
    for (value, expected) in expected {
        assert!((value / expected - 1.0).abs() < 1e-12, "{value} for {expected}");
    }
    assert!(adjusted.variance_left < 0.15);
}

#[test]
fn a_past_that_says_nothing_changes_nothing() {
    let mut arms = pairs();
    for side in [&mut arms.control, &mut arms.treatment] {
        (side.x.mean, side.x.m2, side.c2) = (0.0, 0.0, 0.0);
    }
    let adjusted = cuped(&arms).unwrap();
    assert_eq!((adjusted.theta, adjusted.variance_left), (0.0, 1.0));
    assert_eq!(adjusted.arms.control.value, arms.control.y.mean);
    assert!(cuped(&Arms::default()).unwrap_err().is_insufficient());
    assert!(cuped_ratio(&Arms::default()).unwrap_err().is_insufficient());
}

/// Units of one side, from numbers between 0 and 1.
fn units(numbers: &[(f64, f64, f64)], lift: f64) -> Vec<Unit> {
    let unit = |(size, luck, past): &(f64, f64, f64)| {
        let (below, below_before) = (1.0 + 9.0 * size, 2.0 + 5.0 * past);
        let rate = 0.1 + 0.3 * size + 0.2 * luck;
        Unit {
            above: below * (rate + lift),
            below,
            above_before: below_before * (rate + 0.1 * past),
            below_before,
        }
    };
    numbers.iter().map(unit).collect()
}

fn all(units: &[Unit]) -> RatioMoments {
    let mut moments = RatioMoments::default();
    for unit in units {
        moments.add(unit).unwrap();
    }
    moments
}

/// The pairs of a unit's share in the quotients before and now, made linear one by one.
fn linear(units: &[Unit]) -> PairMoments {
    let count = crate::count::number_of(units.len());
    let mean = |of: fn(&Unit) -> f64| units.iter().map(of).sum::<f64>() / count;
    let (below, below_before) = (mean(|unit| unit.below), mean(|unit| unit.below_before));
    let ratio = mean(|unit| unit.above) / below;
    let before = mean(|unit| unit.above_before) / below_before;
    let mut pairs = PairMoments::default();
    for unit in units {
        let now = ratio + (unit.above - ratio * unit.below) / below;
        let then = before + (unit.above_before - before * unit.below_before) / below_before;
        pairs.add(then, now).unwrap();
    }
    pairs
}

proptest! {
    #[test]
    fn ratios_are_means_of_values_made_linear(
        control in prop::collection::vec((0.0..1.0, 0.0..1.0, 0.0..1.0), 3..40),
        treatment in prop::collection::vec((0.0..1.0, 0.0..1.0, 0.0..1.0), 3..40),
    ) {
        let (control, treatment) = (units(&control, 0.0), units(&treatment, 0.05));
        let of = Arms { control: all(&control), treatment: all(&treatment) };
        let adjusted = cuped_ratio(&of).unwrap();
        let linear = Arms { control: linear(&control), treatment: linear(&treatment) };
        let expected = cuped(&linear).unwrap();
        prop_assert!((adjusted.theta - expected.theta).abs() < 1e-8 * expected.theta.abs().max(1.0));
        let lift = |arms: Arms<_>| absolute_lift(arms.treatment, arms.control);
        let (one, other) = (lift(adjusted.arms), lift(expected.arms));
        prop_assert!((one.value - other.value).abs() < 1e-9);
        prop_assert!((one.variance - other.variance).abs() < 1e-9 * other.variance.max(1e-6));
    }

    #[test]
    fn parts_of_units_merge(
        numbers in prop::collection::vec((0.0..1.0, 0.0..1.0, 0.0..1.0), 2..40),
        cut in 0_usize..40,
    ) {
        let units = units(&numbers, 0.0);
        let (left, right) = units.split_at(cut.min(units.len()));
        let mut merged = all(right);
        merged.merge(&all(left));
        let whole = all(&units);
        prop_assert_eq!(merged.count, whole.count);
        for (one, other) in merged.products.iter().flatten().zip(whole.products.iter().flatten()) {
            prop_assert!((one - other).abs() < 1e-9);
        }
    }
}

#[test]
fn a_unit_that_is_not_finite_changes_nothing() {
    let mut moments = RatioMoments::default();
    let unit = Unit { above: 1.0, below: f64::NAN, above_before: 0.0, below_before: 0.0 };
    assert!(moments.add(&unit).is_err());
    assert_eq!(moments, RatioMoments::default());
}
