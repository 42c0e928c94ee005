//! The mean of a normal distribution of which only a part is looked at.

use crate::special::normal;

/// The mean between `low` and `high` of a normal distribution; NaN for a deviation of 0, and if
/// `low` is not below `high`.
///
/// The ends may be infinite. The engine asks scipy's `truncnorm`, which divides the densities at
/// both ends by the probability between them, in logarithms. Forty and more deviations away
/// from the mean, these lose digits that the ratios of this function keep.
///
/// ```
/// use flagkit_stats::growthbook::truncated::truncated_mean;
///
/// // sqrt(2 / pi)
/// let half = truncated_mean(0.0, 1.0, (0.0, f64::INFINITY));
/// assert!((half - 0.797_884_560_802_865_4).abs() < 1e-15);
/// ```
pub fn truncated_mean(mean: f64, deviation: f64, (low, high): (f64, f64)) -> f64 {
    standard((low - mean) / deviation, (high - mean) / deviation) * deviation + mean
}

/// The mean between two points of the standard distribution.
fn standard(low: f64, high: f64) -> f64 {
    if low.is_nan() || high.is_nan() || low >= high {
        return f64::NAN;
    }
    if high <= 0.0 {
        return -standard(-high, -low);
    }
    if low <= 0.0 {
        let mass = 1.0 - normal::cdf(low) - normal::sf(high);
        return (normal::pdf(low) - normal::pdf(high)) / mass;
    }
    // Everything is divided by the density at the lower end, which may be too small for a double.
    let hazard_low = hazard(low);
    if high == f64::INFINITY {
        return hazard_low;
    }
    let density = (-0.5 * (high - low) * (high + low)).exp();
    hazard_low * (1.0 - density) / (1.0 - density * hazard_low / hazard(high))
}

/// The density at a point above 0, divided by the probability beyond it.
fn hazard(z: f64) -> f64 {
    if z < 25.0 {
        return normal::pdf(z) / normal::sf(z);
    }
    // Abramowitz and Stegun 26.2.12; the first term left out is below 4e-15.
    let square = 1.0 / (z * z);
    let odd = [-1.0, 3.0, -15.0, 105.0, -945.0, 10395.0];
    z / (1.0 + odd.iter().rev().fold(0.0, |sum, factor| square * (factor + sum)))
}
