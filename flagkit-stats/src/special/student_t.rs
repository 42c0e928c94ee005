//! Student's t distribution.
//!
//! Degrees of freedom are positive and need not be whole; infinitely many give the normal
//! distribution. Other degrees give NaN.

use std::f64::consts::PI;

use super::inverse::{self, Target};
use super::{beta, is_positive, ln_beta, normal, stirling};

/// The probability of at most `t`.
pub fn cdf(t: f64, df: f64) -> f64 {
    sf(-t, df)
}

/// The probability of more than `t`: the one-sided p-value of a t statistic.
///
/// ```
/// use flagkit_stats::special::student_t;
/// // With one degree of freedom it is Cauchy's distribution.
/// assert!((student_t::sf(1.0, 1.0) - 0.25).abs() < 1e-15);
/// ```
pub fn sf(t: f64, df: f64) -> f64 {
    if df == f64::INFINITY {
        return normal::sf(t);
    }
    let outside = split(t, df).0;
    if t < 0.0 { 1.0 - 0.5 * outside } else { 0.5 * outside }
}

/// The probability of a value at least as far from 0 as `t`: the two-sided p-value.
pub fn two_sided(t: f64, df: f64) -> f64 {
    if df == f64::INFINITY { 2.0 * normal::sf(t.abs()) } else { split(t, df).0 }
}

/// The value that is not exceeded with the probability `p`; NaN if `p` is not in 0..=1.
pub fn ppf(p: f64, df: f64) -> f64 {
    if p <= 0.5 { -upper_half(p, df) } else { upper_half(1.0 - p, df) }
}

/// The value that is exceeded with the probability `q`; NaN if `q` is not in 0..=1.
///
/// ```
/// use flagkit_stats::special::student_t;
/// assert!((student_t::isf(0.025, 10.0) - 2.228_138_851_986_273).abs() < 1e-12);
/// ```
pub fn isf(q: f64, df: f64) -> f64 {
    -ppf(q, df)
}

/// The probabilities of a distance from 0 of more than `t`, and of less.
fn split(t: f64, df: f64) -> (f64, f64) {
    if !is_positive(df) || t.is_nan() {
        return (f64::NAN, f64::NAN);
    }
    let half = 0.5 * df;
    let ratio = t.abs() / df.sqrt();
    if ratio > POWER_FROM {
        // The first term of the power series, DLMF 8.17.8; its square would underflow below.
        let outside = (-df * ratio.ln() - half.ln() - ln_beta(half, 0.5)).exp();
        return (outside, 1.0 - outside);
    }
    let (x, y) = shares(ratio);
    beta::both(x, y, half, 0.5)
}

/// `1 / (1 + ratio^2)`, and what is left of 1.
fn shares(ratio: f64) -> (f64, f64) {
    let square = ratio * ratio;
    (1.0 / (1.0 + square), square / (1.0 + square))
}

/// The value that is exceeded with the probability `q`, which is at most 1/2.
fn upper_half(q: f64, df: f64) -> f64 {
    if df == f64::INFINITY {
        return normal::isf(q);
    }
    if !is_positive(df) || !(0.0..=0.5).contains(&q) {
        return f64::NAN;
    }
    if q == 0.5 {
        return 0.0;
    }
    if q == 0.0 {
        return f64::INFINITY;
    }
    // One and two degrees have closed forms (Cauchy's, and DLMF's elementary cases).
    if df == 1.0 {
        return if q < 0.25 { 1.0 / (PI * q).tan() } else { (PI * (0.5 - q)).tan() };
    }
    if df == 2.0 {
        return (1.0 - 2.0 * q) / (2.0 * q * (1.0 - q)).sqrt();
    }
    by_steps(q, df)
}

/// Solves for the logarithm of t, in which the tail is a straight line far out.
fn by_steps(q: f64, df: f64) -> f64 {
    // In the middle the probability between 0 and t is small; further out that above t.
    let target = if q > 0.25 { Target::Lower(2.0 * (0.5 - q)) } else { Target::Upper(2.0 * q) };
    let at = |log_t: f64| {
        let (upper, lower) = split(log_t.exp(), df);
        let ratio = log_t.exp() / df.sqrt();
        let (x, y) = shares(ratio);
        let density = if ratio > POWER_FROM {
            df * upper
        } else {
            // By the logarithm of t, that of the odds has the slope 2.
            2.0 * stirling::ln_beta_power(0.5 * df, 0.5, x, y).exp()
        };
        inverse::Point { lower, upper, density }
    };
    // The normal value is too small; Hill (1970) adds the first term of the expansion.
    let z = normal::isf(q);
    let start = z + z * (z * z + 1.0) / (4.0 * df);
    inverse::solve(target, start.ln(), at).exp()
}

/// In units of the square root of the degrees of freedom: from here on the tail is a power of t
/// to the last bit.
const POWER_FROM: f64 = 1e100;
