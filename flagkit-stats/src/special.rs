//! The functions behind p-values and intervals: normal, Student's t, chi-squared and beta
//! distributions, and the gamma and beta functions under them.
//!
//! Every function is accurate *relatively*, in the tail as in the middle: a p-value of 1e-200 is
//! 1e-200 and not 0. What lies in the upper tail has functions of its own (`sf` for a probability
//! and `isf` for its inverse), because `1 - cdf` would lose it.
//!
//! | function | relative error at most | where |
//! |---|---|---|
//! | [`erf`], [`erfc`], [`ln_gamma`] | 1e-15 | everywhere, `ln_gamma` beside its zeros at 1 and 2 too |
//! | [`ln_beta`] | 1e-13 | parameters from 1e-6 to 1e12; the error is absolute where the result is near 0 |
//! | [`normal`] | 1e-15 at 1 and 5e-13 at 38 deviations, as the square of the distance rounds | everywhere |
//! | [`beta`], [`student_t`] | 1e-12 | parameters from 0.5 to 1e6, degrees of freedom from 1 |
//! | [`gamma`], [`chi_squared`] | 1e-12 | shapes from 0.5 to 1e6 |
//! | inverses | 1e-12 | where the function itself is as good |
//!
//! An argument outside of a function's domain, or NaN, gives NaN. Nothing here panics, allocates
//! or runs without bound.

use crate::count::number;

pub mod beta;
pub mod chi_squared;
pub mod gamma;
mod inverse;
pub mod normal;
mod stirling;
pub mod student_t;

/// The error function, `2/sqrt(pi)` times the integral of `exp(-t*t)` from 0 to `x`.
///
/// ```
/// assert!((flagkit_stats::special::erf(1.0) - 0.842_700_792_949_714_9).abs() < 1e-15);
/// ```
pub fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// `1 - erf(x)` without its rounding: `erfc(10)` is 2.1e-45 and not 0.
pub fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}

/// The logarithm of the gamma function of `x`, which is positive; otherwise NaN.
///
/// `ln_gamma(n + 1)` is the logarithm of `n!`.
///
/// ```
/// assert!((flagkit_stats::special::ln_gamma(5.0) - 24_f64.ln()).abs() < 1e-15);
/// ```
pub fn ln_gamma(x: f64) -> f64 {
    if x > 0.0 { libm::lgamma(x) } else { f64::NAN }
}

/// The logarithm of the beta function of `a` and `b`, which are positive and finite; otherwise NaN.
///
/// It does not subtract logarithms of gamma functions, each of which is a million when the
/// parameters are 1e5, but the small remainders of Stirling's formula.
///
/// ```
/// assert!((flagkit_stats::special::ln_beta(2.0, 3.0) + 12_f64.ln()).abs() < 1e-14);
/// ```
pub fn ln_beta(a: f64, b: f64) -> f64 {
    if !is_positive(a) || !is_positive(b) {
        return f64::NAN;
    }
    let (small, large) = if a <= b { (a, b) } else { (b, a) };
    let remainders = stirling::remainder(small) + stirling::remainder(large)
        - stirling::remainder(small + large);
    let ratio = small / large;
    remainders
        + (stirling::LN_SQRT_TAU - 0.5 * large.ln())
        + (small - 0.5) * (ratio.ln() - ratio.ln_1p())
        - large * ratio.ln_1p()
}

/// The logarithm of the probability of so many hits in so many trials, from the share of hits and
/// what is left of 1, neither of which is 0.
pub(crate) fn ln_binomial(hits: u64, trials: u64, [share, rest]: [f64; 2]) -> f64 {
    let (hits, trials) = (number(hits), number(trials));
    let power = stirling::ln_beta_power(hits + 1.0, trials - hits + 1.0, share, rest);
    power - share.ln() - rest.ln() - (trials + 1.0).ln()
}

/// Whether a number is a usable parameter: above zero and finite.
fn is_positive(value: f64) -> bool {
    value > 0.0 && value.is_finite()
}

#[cfg(test)]
mod tests;
