//! Asymptotic confidence sequences: intervals that may be looked at any time.
//!
//! Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, *Time-uniform central limit theory and
//! asymptotic confidence sequences* (arXiv 2103.06476v7): equations 9 and 134 for the widths, 155
//! for the p-value, 161 for the tuning. They hold in the limit of many users; the tests of this
//! crate's root hold always.

use super::Difference;
use super::frequentist::{Alternative, Outcome};
use super::moments::{Effect, Issue, effect};
use super::statistic::{Statistic, as_float};

/// How to test.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "plain data of a configuration")]
pub struct Settings {
    /// What the difference is.
    pub difference: Difference,
    /// The probability of a false alarm at any look.
    pub alpha: f64,
    /// The difference that there is if nothing changed; only two-sided tests know another than 0.
    pub test_value: f64,
    /// The number of users N* at which the interval is to be tightest.
    pub tuning: f64,
    /// The mixture's parameter itself, instead of what follows from N*.
    pub rho: Option<f64>,
}

impl Default for Settings {
    /// A relative difference, 5 %, from zero, tightest at 5000 users.
    fn default() -> Self {
        let difference = Difference::Relative;
        Self { difference, alpha: 0.05, test_value: 0.0, tuning: 5000.0, rho: None }
    }
}

/// Compares two arms, baseline first.
///
/// ```
/// use flagkit_stats::growthbook::Statistic;
/// use flagkit_stats::growthbook::frequentist::Alternative;
/// use flagkit_stats::growthbook::sequential::{Settings, test};
/// use flagkit_stats::growthbook::statistic::Sample;
///
/// let arm = |count, sum| Statistic::Sample(Sample::Proportion { count, sum });
/// let (baseline, variation) = (arm(3000, 1396.0), arm(3461, 2422.0));
/// let outcome = test(&baseline, &variation, Alternative::TwoSided, &Settings::default());
/// assert!((outcome.interval.0 - 0.40098).abs() < 1e-5);
/// ```
pub fn test(
    baseline: &Statistic,
    variation: &Statistic,
    alternative: Alternative,
    settings: &Settings,
) -> Outcome {
    let moments = match effect(baseline, variation, settings.difference) {
        Ok(moments) => moments,
        Err(issue) => return Outcome::neutral(issue),
    };
    let two_sided = alternative == Alternative::TwoSided;
    if !two_sided && settings.alpha >= 0.5 {
        return Outcome::neutral(Issue::AlphaTooLarge);
    }
    let users = as_float(moments.baseline.count()) + as_float(moments.variation.count());
    let from_tuning = || rho(if two_sided { 1.0 } else { 2.0 } * settings.alpha, settings.tuning);
    let mixture = Mixture { users, rho: settings.rho.unwrap_or_else(from_tuning) };
    let Effect { estimate, error } = moments.effect;
    let (interval, p_value) = match alternative {
        Alternative::TwoSided => {
            let width = error * mixture.width(settings.alpha);
            let p_value = mixture.p_value((estimate - settings.test_value) / error);
            ((estimate - width, estimate + width), Some(p_value))
        }
        Alternative::Lesser => {
            let bound = |alpha: f64| estimate + error * mixture.one_sided_width(alpha);
            ((f64::NEG_INFINITY, bound(settings.alpha)), search(bound))
        }
        Alternative::Greater => {
            let bound = |alpha: f64| estimate - error * mixture.one_sided_width(alpha);
            ((bound(settings.alpha), f64::INFINITY), search(|alpha| -bound(alpha)))
        }
    };
    Outcome::new(&moments, settings.difference, interval, p_value)
}

/// The parameter with which the interval is tightest at so many users: equation 161.
///
/// ```
/// // sqrt((-2 ln 0.05 + ln(1 - 2 ln 0.05)) / 5000)
/// let rho = flagkit_stats::growthbook::sequential::rho(0.05, 5000.0);
/// assert!((rho - 0.039_840).abs() < 1e-6, "{rho}");
/// ```
pub fn rho(alpha: f64, tuning: f64) -> f64 {
    let twice = -2.0 * alpha.ln();
    ((twice + (twice + 1.0).ln()) / tuning).sqrt()
}

/// A Gaussian mixture at a number of users.
#[derive(Clone, Copy)]
pub(super) struct Mixture {
    pub(super) users: f64,
    pub(super) rho: f64,
}

impl Mixture {
    /// N·ρ² + 1.
    fn scale(self) -> f64 {
        self.users * self.rho.powi(2) + 1.0
    }

    /// Half of the interval in standard errors: equation 9.
    pub(super) fn width(self, alpha: f64) -> f64 {
        self.widened((self.scale().sqrt() / alpha).ln())
    }

    /// The distance of the bound in standard errors: equation 134.
    fn one_sided_width(self, alpha: f64) -> f64 {
        self.widened((1.0 + self.scale().sqrt() / (2.0 * alpha)).ln())
    }

    fn widened(self, logarithm: f64) -> f64 {
        let squared = 2.0 * self.scale() * logarithm / (self.users * self.rho).powi(2);
        (self.users * squared).sqrt()
    }

    /// The reciprocal of the e-value for a distance in standard errors: equation 155.
    fn p_value(self, distance: f64) -> f64 {
        let scale = self.scale();
        let exponent = self.rho.powi(2) * distance.powi(2) * self.users / (2.0 * scale);
        let e_value = exponent.exp() / scale.sqrt();
        (1.0 / e_value).min(1.0)
    }
}

/// The alpha at which a bound, which falls as alpha grows, is zero; `None` if the search ends
/// somewhere else.
fn search(bound: impl Fn(f64) -> f64) -> Option<f64> {
    let (mut low, mut high) = ALPHAS;
    if bound(low) < 0.0 {
        return Some(low);
    }
    if bound(high) > 0.0 {
        return Some(high);
    }
    for _ in 0..ITERATIONS {
        let alpha = 0.5 * (low + high);
        let distance = bound(alpha);
        if distance > 0.0 {
            low = alpha;
        } else {
            high = alpha;
        }
        if distance.abs() < TOLERANCE {
            return Some(0.5 * (low + high));
        }
    }
    None
}

/// Where the p-value of a one-sided test is searched.
const ALPHAS: (f64, f64) = (1e-5, 0.4999);
/// How close the bound has to come to zero, in the unit of the difference.
const TOLERANCE: f64 = 1e-6;
/// How often the range is halved.
const ITERATIONS: usize = 100;
