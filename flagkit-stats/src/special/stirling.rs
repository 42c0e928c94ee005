//! What Stirling's formula leaves over, and probabilities of counts without cancellation.
//!
//! Source: C. Loader, "Fast and accurate computation of binomial probabilities" (2000), whose
//! saddle-point form is used here with real numbers in the place of counts.

/// Half the logarithm of 2 pi.
pub(super) const LN_SQRT_TAU: f64 = 0.918_938_533_204_672_8;

/// `ln_gamma(x)` less `(x - 1/2) ln x - x + ln(2 pi)/2`, for positive `x`.
pub(super) fn remainder(x: f64) -> f64 {
    if x < SERIES_FROM {
        return libm::lgamma(x) - (x - 0.5) * x.ln() + x - LN_SQRT_TAU;
    }
    // DLMF 5.11.1; the next term is below 3e-17 from x = 10 on.
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let sum = COEFFICIENTS.iter().rev().fold(0.0, |sum, coefficient| sum * square + coefficient);
    sum * inverse
}

/// `x ln(x / mean) + mean - x`: what an observation `x` costs where `mean` is expected.
///
/// Near the mean the terms cancel, so a series in their relative distance takes over.
pub(super) fn deviance(x: f64, mean: f64) -> f64 {
    let distance = x - mean;
    let sum = x + mean;
    if distance.abs() >= 0.1 * sum {
        return x * (x / mean).ln() + mean - x;
    }
    let relative = distance / sum;
    let square = relative * relative;
    let mut total = distance * relative;
    let mut power = 2.0 * x * relative;
    let mut divisor = 1.0;
    // `square` is below 0.01, so that ten terms reach the last bit.
    for _ in 0..SERIES_TERMS {
        power *= square;
        divisor += 2.0;
        let next = total + power / divisor;
        if next == total {
            break;
        }
        total = next;
    }
    total
}

/// `mean^x exp(-mean) / gamma(x + 1)` for positive `x` and `mean`.
pub(super) fn poisson(x: f64, mean: f64) -> f64 {
    (-remainder(x) - deviance(x, mean)).exp() / (std::f64::consts::TAU * x).sqrt()
}

/// The logarithm of `x^a y^b / beta(a, b)`, where `x + y = 1`.
pub(super) fn ln_beta_power(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let sum = a + b;
    let remainders = remainder(sum) - remainder(a) - remainder(b);
    let deviances = deviance(a, sum * x) + deviance(b, sum * y);
    // sqrt(ab / (2 pi (a + b))), in an order that neither overflows nor underflows.
    let scale = 0.5 * (a / sum * b).ln() - LN_SQRT_TAU;
    remainders - deviances + scale
}

/// Both tails by the first two terms of a uniform expansion, in which `half_square` is half the
/// square of the distance from the middle and `distance` is that distance roughly, per unit of
/// `size`, with `at_middle` as what the second term becomes there.
pub(super) fn uniform(half_square: f64, size: f64, [distance, at_middle]: [f64; 2]) -> (f64, f64) {
    let root = half_square.max(0.0).sqrt().copysign(distance);
    let eta = root * (2.0 / size).sqrt();
    let second = if eta.abs() < NEAR { at_middle } else { 1.0 / eta - 1.0 / distance };
    let correction = (-half_square).exp() / (std::f64::consts::TAU * size).sqrt() * second;
    let [lower, upper] =
        [0.5 * libm::erfc(-root) + correction, 0.5 * libm::erfc(root) - correction];
    (lower.clamp(0.0, 1.0), upper.clamp(0.0, 1.0))
}

/// Where the difference of two large terms is its limit, up to 1e-6 of it.
const NEAR: f64 = 1e-6;

/// From here on the series is exact to the last bit.
const SERIES_FROM: f64 = 10.0;

/// Terms of the series around the mean.
const SERIES_TERMS: usize = 12;

/// `B(2k) / (2k (2k - 1))` with Bernoulli's numbers.
const COEFFICIENTS: [f64; 7] = [
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360_360.0,
    1.0 / 156.0,
];
