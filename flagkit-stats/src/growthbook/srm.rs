//! Whether users came to the arms as they were meant to.

use super::statistic::as_float;
use crate::special::chi_squared;

/// The p-value of the χ² test for a split; 1 without users, NaN for a single arm.
///
/// Weights are relative to each other. Arms without a weight, or with a negative one, add
/// nothing to the statistic, but still a degree of freedom. The engine warns below 0.001 and
/// looks again at every refresh, which makes false alarms far more frequent; this crate has a
/// test that may be looked at any time.
///
/// ```
/// use flagkit_stats::growthbook::srm::p_value;
///
/// assert_eq!(p_value(&[1000, 1000], &[0.5, 0.5]), 1.0);
/// assert!(p_value(&[1000, 1200], &[0.5, 0.5]) < 0.001);
/// ```
pub fn p_value(users: &[u64], weights: &[f64]) -> f64 {
    let all: f64 = users.iter().copied().map(as_float).sum();
    if all == 0.0 {
        return 1.0;
    }
    let weight: f64 = weights.iter().sum();
    let terms = users.iter().zip(weights).filter(|(_, weight)| **weight > 0.0);
    let statistic: f64 = terms
        .map(|(users, part)| {
            let expected = part / weight * all;
            (as_float(*users) - expected).powi(2) / expected
        })
        .sum();
    chi_squared::sf(statistic, as_float(users.len() as u64) - 1.0)
}
