//! Order of looks, merging and units make no difference.

use flagkit_stats::events::{EventTest, LimitTest, Look};
use flagkit_stats::mean::MeanSequence;
use flagkit_stats::moments::Moments;
use flagkit_stats::quantile::{Histogram, QuantileSequence, Scale};
use flagkit_stats::srm::SplitTest;
use flagkit_stats::{Alpha, Arms, Interval};
use proptest::prelude::*;

fn looks() -> impl Strategy<Value = Vec<Look>> {
    let arms = |most: u64| (0..most, 0..most);
    let look = (arms(5_000), arms(40)).prop_map(|(exposures, events)| Look {
        exposures: Arms { control: exposures.0, treatment: exposures.1 },
        events: Arms { control: events.0, treatment: events.1 },
    });
    prop::collection::vec(look, 0..40)
}

fn test_of<'a>(looks: impl IntoIterator<Item = &'a Look>) -> EventTest {
    let mut test = EventTest::new(1.2).unwrap();
    looks.into_iter().for_each(|look| test.add(look));
    test
}

/// The same up to the rounding of sums.
fn is_same(one: &EventTest, other: &EventTest) -> bool {
    let close = |one: f64, other: f64| (one - other).abs() <= 1e-9 * one.abs().max(100.0);
    let pairs = [
        (one.worse(), other.worse()),
        (one.not_worse(), other.not_worse()),
        (one.better(), other.better()),
    ];
    let alpha = Alpha::new(0.01).unwrap();
    let (ratio, same) = (one.ratio(alpha), other.ratio(alpha));
    let is_alike = |one: f64, other: f64| one == other || (one / other - 1.0).abs() < 1e-4;
    pairs.iter().all(|(one, other)| close(one.log_e, other.log_e))
        && is_alike(ratio.low, same.low)
        && is_alike(ratio.high, same.high)
        && one.events() == other.events()
        && one.exposures() == other.exposures()
        && one.unpaired_looks() == other.unpaired_looks()
}

proptest! {
    #[test]
    fn looks_in_another_order_give_the_same_evidence(looks in looks()) {
        prop_assert!(is_same(&test_of(&looks), &test_of(looks.iter().rev())));
    }

    #[test]
    fn merged_tests_are_the_test_of_all_looks(looks in looks(), at in 0_usize..40) {
        let (one, other) = looks.split_at(at.min(looks.len()));
        let mut merged = test_of(one);
        merged.merge(&test_of(other)).unwrap();
        prop_assert!(is_same(&merged, &test_of(&looks)));
    }

    #[test]
    fn merged_splits_are_the_split_of_all(counts in prop::collection::vec((0_u64..900, 0_u64..900), 2..20)) {
        let test_of = |counts: &[(u64, u64)]| {
            let mut test = SplitTest::new(50.0).unwrap();
            for (one, two) in counts {
                test.add(&[2.0, 1.0], &[*one, *two]).unwrap();
            }
            test
        };
        let (one, other) = counts.split_at(counts.len() / 2);
        let mut merged = test_of(one);
        merged.merge(&test_of(other)).unwrap();
        let all = test_of(&counts).mismatch().log_e;
        prop_assert!((merged.mismatch().log_e - all).abs() <= 1e-9 * all.abs().max(100.0));
    }

    #[test]
    fn merged_moments_are_those_of_all(values in prop::collection::vec(-1e6_f64..1e6, 2..200)) {
        let of = |values: &[f64]| {
            let mut moments = Moments::default();
            for value in values {
                moments.add(*value).unwrap();
            }
            moments
        };
        let (one, other) = values.split_at(values.len() / 3);
        let mut merged = of(one);
        merged.merge(&of(other));
        let all = of(&values);
        prop_assert_eq!(merged.count, all.count);
        prop_assert!((merged.mean - all.mean).abs() <= 1e-6);
        prop_assert!((merged.variance() - all.variance()).abs() <= 1e-9 * all.variance() + 1e-6);
    }

    #[test]
    fn merged_histograms_are_exactly_those_of_all(values in prop::collection::vec(0.0_f64..1e7, 2..200)) {
        let of = |values: &[f64]| {
            let mut histogram = Histogram::new(Scale::new(0.01, 0.01).unwrap());
            for value in values {
                histogram.add(*value);
            }
            histogram
        };
        let (one, other) = values.split_at(values.len() / 3);
        let mut merged = of(other);
        merged.merge(&of(one)).unwrap();
        prop_assert_eq!(merged, of(&values));
    }

    /// Milliseconds or hours, the ratio of means and of quantiles is the same.
    #[test]
    fn units_make_no_difference(
        values in prop::collection::vec(1.0_f64..100.0, 100..300),
        unit in prop::sample::select(vec![1e-5, 1e-3, 60.0, 1e9]),
    ) {
        let alpha = Alpha::new(0.1).unwrap();
        let close = |one: Interval, other: Interval, most: f64| {
            let near = |one: f64, other: f64| one == other || (one / other - 1.0).abs() < most;
            near(one.low, other.low) && near(one.high, other.high)
        };
        let lift = |unit: f64| {
            let mut arms = Arms { control: Moments::default(), treatment: Moments::default() };
            for value in &values {
                arms.control.add(value * unit).unwrap();
                arms.treatment.add(value.powf(1.1) * unit).unwrap();
            }
            MeanSequence::new(alpha, 50).unwrap().lift(&arms)
        };
        match (lift(1.0), lift(unit)) {
            (Some(one), Some(other)) => prop_assert!(close(one, other, 1e-6)),
            (one, other) => prop_assert_eq!(one.is_some(), other.is_some()),
        }
        let ratio = |unit: f64| {
            let scale = Scale::new(0.01, 0.01 * unit).unwrap();
            let mut arms = Arms { control: Histogram::new(scale), treatment: Histogram::new(scale) };
            for value in &values {
                arms.control.add(value * unit);
                arms.treatment.add(value.powf(1.1) * unit);
            }
            QuantileSequence::new(0.5, alpha).unwrap().tightest_at(100).ratio(&arms)
        };
        // A value on an edge may fall into the next bin, which is 2 % away, on each side.
        prop_assert!(close(ratio(1.0), ratio(unit), 0.05));
    }

    #[test]
    fn a_limit_test_depends_on_the_totals_alone(counts in prop::collection::vec((1_u64..500, 0_u64..20), 1..30)) {
        let mut each = LimitTest::new(0.02).unwrap();
        let (mut exposures, mut events) = (0, 0);
        for (of, with) in &counts {
            each.add(*of, *with);
            exposures += of;
            events += *with.min(of);
        }
        let mut once = LimitTest::new(0.02).unwrap();
        once.add(exposures, events);
        let (one, other) = (each.above().log_e, once.above().log_e);
        prop_assert!((one - other).abs() <= 1e-9 * one.abs().max(100.0));
    }
}
