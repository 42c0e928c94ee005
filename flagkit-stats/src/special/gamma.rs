//! The regularised incomplete gamma functions.

use super::{is_positive, stirling};

/// P(a, x): the share of the gamma function of `a` that comes from below `x`.
///
/// This is the distribution function of a gamma variable with shape `a` and scale 1. `a` is
/// positive and finite, `x` is not negative; otherwise NaN.
pub fn lower(a: f64, x: f64) -> f64 {
    both(a, x).0
}

/// Q(a, x) = 1 - P(a, x), without its rounding.
///
/// For a whole `a` it is the probability that a Poisson variable with mean `x` is below `a`.
///
/// ```
/// use flagkit_stats::special::gamma;
/// assert!((gamma::upper(1.0, 50.0) / (-50_f64).exp() - 1.0).abs() < 1e-13);
/// ```
pub fn upper(a: f64, x: f64) -> f64 {
    both(a, x).1
}

/// P and Q; the smaller of them is the exact one.
pub(super) fn both(a: f64, x: f64) -> (f64, f64) {
    if !is_positive(a) || x.is_nan() || x < 0.0 {
        return (f64::NAN, f64::NAN);
    }
    if x == 0.0 {
        return (0.0, 1.0);
    }
    if x.is_infinite() {
        return (1.0, 0.0);
    }
    if a > LARGE {
        // Temme's uniform expansion, DLMF 8.12.3 and 8.12.8.
        return stirling::uniform(stirling::deviance(a, x), a, [(x - a) / a, 1.0 / 3.0]);
    }
    if x < a + 1.0 {
        let lower = (stirling::poisson(a, x) * series(a, x)).clamp(0.0, 1.0);
        return (lower, 1.0 - lower);
    }
    let upper = (stirling::poisson(a, x) * a * fraction(a, x)).clamp(0.0, 1.0);
    (1.0 - upper, upper)
}

/// The sum of `x^n / ((a+1) … (a+n))`, DLMF 8.11.4.
fn series(a: f64, x: f64) -> f64 {
    let mut sum = 1.0;
    let mut term = 1.0;
    let mut divisor = a;
    for _ in 0..TERMS_MAX {
        divisor += 1.0;
        term *= x / divisor;
        sum += term;
        if term <= sum * f64::EPSILON * 0.25 {
            break;
        }
    }
    sum
}

/// The continued fraction of Q without its power, DLMF 8.9.2, by Lentz's method as Thompson and
/// Barnett (1986) changed it.
fn fraction(a: f64, x: f64) -> f64 {
    let mut base = x + 1.0 - a;
    let mut ahead = 1.0 / TINY;
    let mut behind = 1.0 / base;
    let mut value = behind;
    let mut index = 0.0;
    for _ in 0..TERMS_MAX {
        index += 1.0;
        let numerator = -index * (index - a);
        base += 2.0;
        behind = 1.0 / away_from_zero(numerator * behind + base);
        ahead = away_from_zero(base + numerator / ahead);
        let change = ahead * behind;
        value *= change;
        if (change - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    value
}

/// Keeps the steps of Lentz's method apart from a division by zero.
pub(super) fn away_from_zero(value: f64) -> f64 {
    if value.abs() < TINY { TINY } else { value }
}

/// From here on the expansion is exact to 1e-8.
const LARGE: f64 = 1e8;

/// Beside the mean they take about 1.5 times the square root of the shape, 15,000 at 1e8.
pub(super) const TERMS_MAX: usize = 50_000;

/// Far below what occurs, far above what overflows as an inverse.
pub(super) const TINY: f64 = 1e-290;
