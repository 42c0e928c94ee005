//! Means and squares out of sums.

use crate::sample::Numbers;

/// The moments of values with this count, sum and sum of squares; none without values, or if the
/// numbers cannot belong together.
///
/// Without squares, those of values at the bounds with this mean: values cannot vary more.
pub(super) fn of(
    (count, sum, squares): (u64, f64, Option<f64>),
    bounds: Option<(f64, f64)>,
) -> Option<Numbers> {
    #[expect(clippy::cast_precision_loss, reason = "counts are at most 2⁵³ here")]
    let number = count as f64;
    if count == 0 {
        return None;
    }
    let mean = sum / number;
    // What is extrapolated to whole counts leaves bounds by a rounding.
    let mean = bounds.map_or(mean, |(min, max)| mean.clamp(min, max));
    let most = bounds.map(|(min, max)| number * (mean - min) * (max - mean));
    let squares = match squares {
        Some(squares) => {
            let about_mean = (squares - sum * mean).max(0.0);
            most.map_or(about_mean, |most| about_mean.min(most))
        }
        None => most?,
    };
    (mean.is_finite() && squares.is_finite()).then_some(Numbers::Moments { count, mean, squares })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_the_moments_of_the_values() {
        // 1, 2 and 6.
        let wanted = Numbers::Moments { count: 3, mean: 3.0, squares: 14.0 };
        assert_eq!(of((3, 9.0, Some(41.0)), None), Some(wanted.clone()));
        assert_eq!(of((3, 9.0, Some(41.0)), Some((0.0, 10.0))), Some(wanted));
        assert_eq!(of((0, 0.0, Some(0.0)), None), None);
        assert_eq!(of((3, f64::NAN, Some(1.0)), None), None);
    }

    #[test]
    fn bounds_replace_squares_by_the_most_that_they_allow() {
        // Two of four at 10, two at 0: nothing scatters more with a mean of 5.
        let wanted = Numbers::Moments { count: 4, mean: 5.0, squares: 100.0 };
        assert_eq!(of((4, 20.0, None), Some((0.0, 10.0))), Some(wanted));
        assert_eq!(of((4, 20.0, None), None), None, "nothing says how much they vary");
    }
}
