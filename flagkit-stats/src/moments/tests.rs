use proptest::prelude::*;

use super::{Moments, PairMoments};

/// Fails unless two numbers are equal up to an error relative to a size.
fn close(one: f64, other: f64, size: f64) -> Result<(), TestCaseError> {
    prop_assert!((one - other).abs() <= 1e-12 * size.max(f64::MIN_POSITIVE), "{one} and {other}");
    Ok(())
}

/// Pairs whose mean may be far from 0, where squares of sums would cancel.
fn pairs() -> impl Strategy<Value = Vec<(f64, f64)>> {
    let offset = prop_oneof![Just(0.0), Just(1e6), Just(-1e-6)];
    (offset, prop::collection::vec((-1.0..1.0, -5.0..5.0), 0..60)).prop_map(|(offset, pairs)| {
        pairs.into_iter().map(|(x, y): (f64, f64)| (x + offset, y - offset)).collect()
    })
}

fn all(pairs: &[(f64, f64)]) -> PairMoments {
    let mut moments = PairMoments::default();
    for (x, y) in pairs {
        moments.add(*x, *y).unwrap();
    }
    moments
}

proptest! {
    #[test]
    fn parts_merge_into_the_whole_in_any_order(
        pairs in pairs(),
        cuts in prop::collection::vec(0..60_usize, 2),
    ) {
        let (first, second) = (cuts[0].min(pairs.len()), cuts[1].min(pairs.len()));
        let [low, high] = [first.min(second), first.max(second)];
        let whole = all(&pairs);
        let parts = [all(&pairs[..low]), all(&pairs[low..high]), all(&pairs[high..])];
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
            let mut merged = PairMoments::default();
            for index in order {
                merged.merge(&parts[index]);
            }
            prop_assert_eq!(merged.x.count, whole.x.count);
            let size = whole.x.mean.abs().max(1.0);
            close(merged.x.mean, whole.x.mean, size)?;
            close(merged.x.m2, whole.x.m2, 60.0 * size)?;
            close(merged.y.m2, whole.y.m2, 600.0 * size)?;
            close(merged.c2, whole.c2, 300.0 * size)?;
        }
    }

    #[test]
    fn they_are_those_of_the_definition(pairs in pairs()) {
        prop_assume!(pairs.len() > 1);
        let count = f64::from(u32::try_from(pairs.len()).unwrap());
        let moments = all(&pairs);
        let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / count;
        let (x_mean, y_mean) = (mean(|pair| pair.0), mean(|pair| pair.1));
        let size = x_mean.abs().max(1.0);
        close(moments.x.mean, x_mean, size)?;
        let products = pairs.iter().map(|(x, y)| (x - x_mean) * (y - y_mean)).sum::<f64>();
        close(moments.covariance(), products / (count - 1.0), 60.0 * size)?;
        let squares = pairs.iter().map(|(x, _)| (x - x_mean) * (x - x_mean)).sum::<f64>();
        close(moments.x.variance(), squares / (count - 1.0), 60.0 * size)?;
    }
}

#[test]
fn what_is_not_finite_changes_nothing() {
    let mut moments = Moments::of(&[1.0, 2.0]).unwrap();
    let before = moments;
    assert!(moments.add(f64::NAN).is_err() && moments.add(f64::INFINITY).is_err());
    assert_eq!(moments, before);
    let mut pairs = PairMoments::default();
    assert!(pairs.add(1.0, f64::NAN).is_err());
    assert_eq!(pairs, PairMoments::default());
    assert!(Moments::of(&[0.0, f64::NEG_INFINITY]).is_err());
    assert!(Moments::from_variance(3, 1.0, -1.0).is_err());
}

#[test]
fn too_few_values_have_no_variance_and_constants_none_at_all() {
    assert!(Moments::of(&[1.0]).unwrap().variance().is_nan());
    let moments = Moments::of(&[0.1; 1000]).unwrap();
    assert_eq!((moments.mean, moments.variance()), (0.1, 0.0));
    let mut merged = moments;
    merged.merge(&moments);
    assert_eq!((merged.count, merged.m2), (2000, 0.0));
    assert!(PairMoments::default().correlation().is_nan());
}
