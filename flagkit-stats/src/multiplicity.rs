//! Several questions at once: how false alarms are shared or bounded among them.

use crate::{Alpha, Error};

/// A share of α for each of several tests, in proportion to weights: the probability that any of
/// them gives a false alarm is at most α, however they depend on each other.
///
/// ```
/// use flagkit_stats::{Alpha, multiplicity};
///
/// let shares = multiplicity::split(Alpha::new(0.001)?, &[3.0, 1.0])?;
/// assert_eq!(shares[0].get(), 0.00075);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
///
/// # Errors
///
/// If a weight is not above 0 or not finite.
pub fn split(alpha: Alpha, weights: &[f64]) -> Result<Vec<Alpha>, Error> {
    for weight in weights {
        let is_weight = *weight > 0.0 && weight.is_finite();
        Error::unless(is_weight, "a weight", *weight, "above 0 and finite")?;
    }
    // Halved, so that the sum of large weights is finite.
    let largest = weights.iter().copied().fold(0.0, f64::max);
    let total: f64 = weights.iter().map(|weight| weight / largest).sum();
    Ok(weights.iter().map(|weight| alpha.part(weight / largest / total)).collect())
}

/// Which hypotheses the e-BH procedure rejects, given logarithms of e-values (Wang, Ramdas 2022).
///
/// Among those that it rejects, at most a share of α is true on average, whatever the e-values
/// have to do with each other. NaN rejects nothing.
///
/// ```
/// use flagkit_stats::{Alpha, multiplicity};
///
/// let rejected = multiplicity::e_benjamini_hochberg(&[6.0, 0.1, 4.0], Alpha::new(0.05)?);
/// assert_eq!(rejected, [true, false, true]);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
pub fn e_benjamini_hochberg(log_e: &[f64], alpha: Alpha) -> Vec<bool> {
    let log_e = log_e.iter().map(|value| if value.is_nan() { f64::NEG_INFINITY } else { *value });
    let log_e: Vec<f64> = log_e.collect();
    let mut sorted = log_e.clone();
    sorted.sort_by(|one, two| two.total_cmp(one));
    let count = size(log_e.len());
    // The largest k whose k-th e-value is at least count / (α k); the bound falls with k.
    let bound = |rank: usize| (count / size(rank + 1)).ln() + alpha.log_bound();
    let last = sorted.iter().enumerate().rev().find(|(rank, value)| **value >= bound(*rank));
    let lowest = last.map_or(f64::INFINITY, |(_, value)| *value);
    log_e.iter().map(|value| last.is_some() && *value >= lowest).collect()
}

/// P-values that may be compared with α although they are several: the probability of any false
/// alarm is at most α (Holm 1979). NaN is taken as 1, everything else is held between 0 and 1.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let count = p_values.len();
    let factor = |rank: usize| size(count - rank);
    let mut highest = 0.0_f64;
    adjusted(p_values, Order::Ascending, |rank, p| {
        highest = highest.max(p * factor(rank));
        highest
    })
}

/// P-values for a bound on the share of false ones among all that are called significant
/// (Benjamini, Hochberg 1995), for independent or positively dependent tests.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    step_up(p_values, 1.0)
}

/// The same for tests that depend on each other in any way (Benjamini, Yekutieli 2001).
pub fn benjamini_yekutieli(p_values: &[f64]) -> Vec<f64> {
    step_up(p_values, (1..=p_values.len()).map(|rank| 1.0 / size(rank)).sum())
}

fn step_up(p_values: &[f64], penalty: f64) -> Vec<f64> {
    let count = size(p_values.len());
    let mut lowest = f64::INFINITY;
    adjusted(p_values, Order::Descending, |rank, p| {
        lowest = lowest.min(p * penalty * count / size(rank + 1));
        lowest
    })
}

#[derive(Clone, Copy, Debug)]
enum Order {
    Ascending,
    Descending,
}

/// Adjusts each p-value by its rank, counted from 0 for the smallest, visiting them in an order.
fn adjusted(p_values: &[f64], order: Order, mut adjust: impl FnMut(usize, f64) -> f64) -> Vec<f64> {
    let clean = p_values.iter().map(|p| if p.is_nan() { 1.0 } else { p.clamp(0.0, 1.0) });
    let mut ranked: Vec<(usize, f64)> = clean.enumerate().collect();
    ranked.sort_by(|(_, one), (_, two)| one.total_cmp(two));
    let mut ranked: Vec<(usize, (usize, f64))> = ranked.into_iter().enumerate().collect();
    if matches!(order, Order::Descending) {
        ranked.reverse();
    }
    let mut result: Vec<(usize, f64)> =
        ranked.into_iter().map(|(rank, (place, p))| (place, adjust(rank, p).min(1.0))).collect();
    result.sort_by_key(|(place, _)| *place);
    result.into_iter().map(|(_, p)| p).collect()
}

/// A number of tests as a number to calculate with.
fn size(count: usize) -> f64 {
    crate::arms::number(u64::try_from(count).unwrap_or(u64::MAX))
}
