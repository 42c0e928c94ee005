//! Mixtures whose evidence has a closed form, as functions of counts.
//!
//! What the tests of this crate are made of, for callers who keep their own counts. Each gives the
//! logarithm of an e-value that may be looked at any time; parameters outside of their domain, or
//! not between 10⁻¹⁰⁰ and 10¹⁰⁰, give 0, which is no evidence.

use crate::Alpha;
use crate::arms::number;
use crate::special::ln_gamma;

/// Evidence against "each trial hits with probability `share`", after some hits and misses, for a
/// Beta(a, b) mixture over the other probabilities.
///
/// ln B(a + hits, b + misses) − ln B(a, b) − hits · ln share − misses · ln(1 − share). On the arm of
/// each event given a constant split of the traffic it is a two-sided test for rates of events.
///
/// ```
/// use flagkit_stats::closed_form::beta_binomial;
///
/// let log_e = beta_binomial(0.1, (1.0, 9.0), (20, 30));
/// assert!(log_e > 1_000_f64.ln());
/// ```
pub fn beta_binomial(share: f64, (a, b): (f64, f64), (hits, misses): (u64, u64)) -> f64 {
    let is_valid = share > 0.0 && share < 1.0 && is_parameter(a) && is_parameter(b);
    if !is_valid {
        return 0.0;
    }
    let (hits, misses) = (number(hits), number(misses));
    rising(a, hits) + rising(b, misses)
        - rising(a + b, hits + misses)
        - hits * share.ln()
        - misses * (-share).ln_1p()
}

/// Evidence against "the mean is 0", after n observations with a known standard deviation, for a
/// normal mixture over the mean in units of that deviation: ρ²S²/(2(1 + nρ²)) − ½ ln(1 + nρ²)
/// where S is n · mean / deviation (Robbins 1970).
pub fn normal_mixture(count: u64, mean_in_deviations: f64, rho: f64) -> f64 {
    if !is_parameter(rho) || !mean_in_deviations.is_finite() {
        return 0.0;
    }
    let information = number(count) * rho * rho;
    // S²ρ²/(1 + nρ²) without the square of a large n.
    let part = information / (1.0 + information) * number(count);
    part * mean_in_deviations * mean_in_deviations / 2.0 - information.ln_1p() / 2.0
}

/// Half the width of the two-sided asymptotic confidence sequence, in standard deviations:
/// √(2(nρ² + 1)/(n²ρ²) · ln(√(nρ² + 1)/α)) (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2024).
/// Infinite without observations, or with a ρ that is not between 10⁻¹⁰⁰ and 10¹⁰⁰.
pub fn asymptotic_half_width(count: f64, rho: f64, alpha: Alpha) -> f64 {
    if !is_parameter(rho) || !is_parameter(count) {
        return f64::INFINITY;
    }
    let information = count * rho * rho;
    let log = information.ln_1p() / 2.0 + alpha.log_bound();
    (2.0 * (information + 1.0) / information * log / count).sqrt()
}

/// The ρ that makes [`asymptotic_half_width`] smallest, nearly, at a number of observations.
pub fn rho_for(count: f64, alpha: Alpha) -> f64 {
    let log = 2.0 * alpha.log_bound();
    ((log + log.ln_1p()) / count.max(1.0)).sqrt()
}

/// ln Γ(x + n) − ln Γ(x).
pub(crate) fn rising(x: f64, n: f64) -> f64 {
    if n == 0.0 { 0.0 } else { ln_gamma(x + n) - ln_gamma(x) }
}

/// Beyond these numbers squares are infinite or 0.
fn is_parameter(number: f64) -> bool {
    (1e-100..=1e100).contains(&number)
}
