//! The standard normal distribution.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// The density at `z`.
pub fn pdf(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * PI).sqrt()
}

/// The probability of at most `z`.
pub fn cdf(z: f64) -> f64 {
    sf(-z)
}

/// The probability of more than `z`: the one-sided p-value of a z statistic.
///
/// ```
/// use flagkit_stats::special::normal;
/// assert!((normal::sf(1.959_963_984_540_054) - 0.025).abs() < 1e-16);
/// assert!(normal::sf(30.0) > 4.9e-198);
/// ```
pub fn sf(z: f64) -> f64 {
    0.5 * libm::erfc(z * FRAC_1_SQRT_2)
}

/// The value that is not exceeded with the probability `p`; NaN if `p` is not in 0..=1.
///
/// ```
/// use flagkit_stats::special::normal;
/// assert!((normal::ppf(0.975) - 1.959_963_984_540_054).abs() < 1e-14);
/// ```
pub fn ppf(p: f64) -> f64 {
    if p <= 0.5 { -upper_half(p) } else { upper_half(1.0 - p) }
}

/// The value that is exceeded with the probability `q`; NaN if `q` is not in 0..=1.
pub fn isf(q: f64) -> f64 {
    -ppf(q)
}

/// The value that is exceeded with the probability `q`, which is at most 1/2.
fn upper_half(q: f64) -> f64 {
    if q == 0.0 {
        return f64::INFINITY;
    }
    if !(0.0..=0.5).contains(&q) {
        return f64::NAN;
    }
    // Two of Halley's steps: each triples the number of right digits, and there are three.
    refined(q, refined(q, rough(q)))
}

/// Abramowitz and Stegun 26.2.23, with an error below 4.5e-4.
fn rough(q: f64) -> f64 {
    let t = (-2.0 * q.ln()).sqrt();
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let below = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    t - above / below
}

/// One of Halley's steps towards the zero of `sf(z) - q`.
fn refined(q: f64, z: f64) -> f64 {
    // Near the middle both probabilities are nearly 1/2, so their distances from it are compared.
    let excess = if q > 0.25 { (0.5 - q) - 0.5 * libm::erf(z * FRAC_1_SQRT_2) } else { sf(z) - q };
    let step = excess / pdf(z);
    let next = z + step / (1.0 - 0.5 * z * step);
    if next.is_finite() { next } else { z }
}
