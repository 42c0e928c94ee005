//! Summaries of a series: mean, deviation, R-7 quantiles.

/// What a report shows of one side of a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
    /// The mean.
    pub mean: f64,
    /// The standard deviation, with n - 1 in the denominator; 0 for a single value.
    pub deviation: f64,
    /// How many values.
    pub count: usize,
}

/// The summary of a series; everything is 0 for an empty one.
///
/// ```
/// let summary = flagkit_stats::kayenta::statistics::summary(&[1.0, 2.0, 3.0]);
/// assert_eq!((summary.mean, summary.deviation, summary.count), (2.0, 1.0, 3));
/// ```
pub fn summary(values: &[f64]) -> Summary {
    let count = values.len();
    if count == 0 {
        return Summary { min: 0.0, max: 0.0, mean: 0.0, deviation: 0.0, count };
    }
    let min = values.iter().copied().fold(f64::INFINITY, f64::min);
    let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Summary { min, max, mean: mean(values), deviation: sum_of_squares(values, 1).sqrt(), count }
}

/// The mean in two passes, as Apache Commons Math takes it; NaN for no values.
pub fn mean(values: &[f64]) -> f64 {
    let count = as_float(values.len());
    let first = values.iter().sum::<f64>() / count;
    first + values.iter().map(|value| value - first).sum::<f64>() / count
}

/// The standard deviation with n in the denominator; NaN for no values.
pub(crate) fn population_deviation(values: &[f64]) -> f64 {
    sum_of_squares(values, 0).sqrt()
}

/// A quantile by interpolation between neighbours, R's type 7; NaN for no values.
///
/// `percent` is clamped to 0..=100.
///
/// ```
/// assert_eq!(flagkit_stats::kayenta::statistics::percentile(&[0.0, 1.0, 2.0, 3.0], 50.0), 1.5);
/// ```
pub fn percentile(values: &[f64], percent: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    percentile_of_sorted(&sorted, percent)
}

/// The same of values that are in order already.
pub(crate) fn percentile_of_sorted(sorted: &[f64], percent: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let position = as_float(last) * (percent / 100.0).clamp(0.0, 1.0);
    let below = position.floor();
    let at = |index: usize| sorted.get(index.min(last)).copied().unwrap_or(f64::NAN);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a position between 0 and the last index"
    )]
    let index = below as usize;
    let (low, high) = (at(index), at(index + 1));
    // Two equal infinities have no difference.
    if low == high { low } else { low + (position - below) * (high - low) }
}

/// A count as a number. Counts above 2^53 do not occur: they would not fit into memory.
#[expect(clippy::cast_precision_loss, reason = "no series has more than 2^53 values")]
pub(crate) fn as_float(count: usize) -> f64 {
    count as f64
}

/// The mean squared distance from the mean, with the count less `less` in the denominator.
fn sum_of_squares(values: &[f64], less: usize) -> f64 {
    if values.len() == 1 {
        return 0.0;
    }
    let mean = mean(values);
    let (mut squares, mut rest) = (0.0, 0.0);
    for value in values {
        squares += (value - mean) * (value - mean);
        rest += value - mean;
    }
    let count = as_float(values.len());
    (squares - rest * rest / count) / (count - as_float(less))
}
