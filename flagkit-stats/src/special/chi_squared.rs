//! The chi-squared distribution.

use super::inverse::{self, Target};
use super::{gamma, is_positive, normal, stirling};

/// The probability of at most `x` with `df` degrees of freedom.
///
/// NaN unless `df` is positive and finite; 0 for a negative `x`.
pub fn cdf(x: f64, df: f64) -> f64 {
    gamma::lower(0.5 * df, 0.5 * above_zero(x))
}

/// The probability of more than `x`: the p-value of a chi-squared statistic.
///
/// ```
/// use flagkit_stats::special::chi_squared;
/// // With two degrees of freedom it is exponential.
/// assert!((chi_squared::sf(10.0, 2.0) / (-5_f64).exp() - 1.0).abs() < 1e-14);
/// ```
pub fn sf(x: f64, df: f64) -> f64 {
    gamma::upper(0.5 * df, 0.5 * above_zero(x))
}

/// The value that is not exceeded with the probability `p`; NaN if `p` is not in 0..=1.
pub fn ppf(p: f64, df: f64) -> f64 {
    match Target::lower(p) {
        Some(target) => solve(target, df),
        None => f64::NAN,
    }
}

/// The value that is exceeded with the probability `q`.
///
/// ```
/// use flagkit_stats::special::chi_squared;
/// assert!((chi_squared::isf(0.05, 1.0) - 3.841_458_820_694_124).abs() < 1e-11);
/// ```
pub fn isf(q: f64, df: f64) -> f64 {
    match Target::upper(q) {
        Some(target) => solve(target, df),
        None => f64::NAN,
    }
}

/// Solves for the logarithm of the value.
fn solve(target: Target, df: f64) -> f64 {
    if !is_positive(df) {
        return f64::NAN;
    }
    if let Some(end) = target.end(0.0, f64::INFINITY) {
        return end;
    }
    let shape = 0.5 * df;
    let at = |log_half: f64| {
        let half = log_half.exp();
        let (lower, upper) = gamma::both(shape, half);
        let density = if half > 0.0 { shape * stirling::poisson(shape, half) } else { 0.0 };
        inverse::Point { lower, upper, density }
    };
    2.0 * inverse::solve(target, start(target, df).ln(), at).exp()
}

/// Half the value, roughly: Wilson and Hilferty (1931), or the power at zero where they fail.
fn start(target: Target, df: f64) -> f64 {
    let z = match target {
        Target::Lower(p) => normal::ppf(p),
        Target::Upper(q) => normal::isf(q),
    };
    let spread = 2.0 / (9.0 * df);
    let root = 1.0 - spread + z * spread.sqrt();
    let rough = 0.5 * df * root * root * root;
    if root > 0.1 {
        return rough;
    }
    let shape = 0.5 * df;
    let ln_probability = match target {
        Target::Lower(p) => p.ln(),
        Target::Upper(q) => (-q).ln_1p(),
    };
    ((ln_probability + libm::lgamma(shape + 1.0)) / shape).exp().max(f64::MIN_POSITIVE)
}

/// Negative values are as improbable as 0; NaN stays.
fn above_zero(x: f64) -> f64 {
    if x < 0.0 { 0.0 } else { x }
}
