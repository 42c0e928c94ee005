//! The beta distribution, and with it the regularised incomplete beta function.

use super::gamma::{TERMS_MAX, TINY, away_from_zero};
use super::inverse::{self, Target};
use super::{is_positive, stirling};

/// I(x; a, b): the probability of at most `x` under a beta distribution.
///
/// `a` and `b` are positive and finite; otherwise the result is NaN. Below 0 it is 0, above 1 it
/// is 1.
///
/// ```
/// use flagkit_stats::special::beta;
/// assert!((beta::cdf(0.5, 2.0, 2.0) - 0.5).abs() < 1e-15);
/// ```
pub fn cdf(x: f64, a: f64, b: f64) -> f64 {
    both(x, 1.0 - x, a, b).0
}

/// The probability of more than `x`, `1 - cdf` without its rounding.
pub fn sf(x: f64, a: f64, b: f64) -> f64 {
    both(x, 1.0 - x, a, b).1
}

/// The `x` below which a beta variable is with the probability `p`.
///
/// NaN if `p` is not in 0..=1.
///
/// ```
/// use flagkit_stats::special::beta;
/// assert!((beta::ppf(0.25, 1.0, 1.0) - 0.25).abs() < 1e-14);
/// ```
pub fn ppf(p: f64, a: f64, b: f64) -> f64 {
    match Target::lower(p) {
        Some(target) => solve(target, a, b),
        None => f64::NAN,
    }
}

/// The `x` above which a beta variable is with the probability `q`.
pub fn isf(q: f64, a: f64, b: f64) -> f64 {
    match Target::upper(q) {
        Some(target) => solve(target, a, b),
        None => f64::NAN,
    }
}

/// Both tails, from `x` and from what is left of 1, which the caller may know more exactly.
pub(super) fn both(x: f64, y: f64, a: f64, b: f64) -> (f64, f64) {
    if !is_positive(a) || !is_positive(b) || x.is_nan() || y.is_nan() {
        return (f64::NAN, f64::NAN);
    }
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    if a.min(b) > LARGE {
        return large(x, y, a, b);
    }
    if x < (a + 1.0) / (a + b + 2.0) {
        let lower = tail(a, b, x, y);
        (lower, 1.0 - lower)
    } else {
        let upper = tail(b, a, y, x);
        (1.0 - upper, upper)
    }
}

/// Both tails for large parameters, by the first two terms of Temme's uniform expansion (DLMF
/// 8.18.9 in its symmetric form); what is left out is of the size of one over the parameters.
fn large(x: f64, y: f64, a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let half_square = stirling::deviance(a, sum * x) + stirling::deviance(b, sum * y);
    let distance = b / sum * x - a / sum * y;
    let spread = (a / sum * (b / sum)).sqrt();
    stirling::uniform(half_square, sum, [distance / spread, (b - a) / sum / (3.0 * spread)])
}

/// The incomplete beta function left of the mean.
fn tail(a: f64, b: f64, x: f64, y: f64) -> f64 {
    (stirling::ln_beta_power(a, b, x, y).exp() / a * fraction(a, b, x)).clamp(0.0, 1.0)
}

/// The continued fraction of the incomplete beta function without its power, DLMF 8.17.22, by
/// Lentz's method as Thompson and Barnett (1986) changed it.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let sum = a + b;
    let mut ahead = 1.0;
    let mut behind = 1.0 / away_from_zero(1.0 - sum * x / (a + 1.0));
    let mut value = behind;
    let mut index = 0.0;
    for _ in 0..TERMS_MAX {
        index += 1.0;
        let even = index * (b - index) * x / ((a + 2.0 * index - 1.0) * (a + 2.0 * index));
        behind = 1.0 / away_from_zero(1.0 + even * behind);
        ahead = away_from_zero(1.0 + even / ahead);
        value *= ahead * behind;
        let odd = -(a + index) * (sum + index) * x / ((a + 2.0 * index) * (a + 2.0 * index + 1.0));
        behind = 1.0 / away_from_zero(1.0 + odd * behind);
        ahead = away_from_zero(1.0 + odd / ahead);
        let change = ahead * behind;
        value *= change;
        if (change - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    value
}

/// Solves for the logarithm of the odds, which is unbounded and keeps both ends exact.
fn solve(target: Target, a: f64, b: f64) -> f64 {
    if !is_positive(a) || !is_positive(b) {
        return f64::NAN;
    }
    if let Some(end) = target.end(0.0, 1.0) {
        return end;
    }
    let at = |log_odds: f64| {
        let (x, y) = from_log_odds(log_odds);
        let (lower, upper) = both(x, y, a, b);
        // The density by the logarithm of the odds is x y times that by x.
        let density = stirling::ln_beta_power(a, b, x.max(TINY), y.max(TINY)).exp();
        inverse::Point { lower, upper, density }
    };
    from_log_odds(inverse::solve(target, (a / b).ln(), at)).0
}

/// The share and its rest.
fn from_log_odds(log_odds: f64) -> (f64, f64) {
    let odds = (-log_odds.abs()).exp();
    let (small, large) = (odds / (1.0 + odds), 1.0 / (1.0 + odds));
    if log_odds < 0.0 { (small, large) } else { (large, small) }
}

/// Where the fraction would take tens of thousands of steps, and the expansion is exact to 1e-8.
const LARGE: f64 = 1e8;
