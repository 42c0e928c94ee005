//! Welch's t test, for one look at a fixed time.

use super::moments::{Compared, Issue, effect};
use super::statistic::{Statistic, as_float};
use super::{Difference, Uplift};
use crate::special::student_t;

/// What is tested against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there are three")]
pub enum Alternative {
    /// The variation differs.
    #[default]
    TwoSided,
    /// The variation is greater.
    Greater,
    /// The variation is lesser.
    Lesser,
}

/// How to test.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "plain data of a configuration")]
pub struct Settings {
    /// What the difference is.
    pub difference: Difference,
    /// The probability of a false alarm.
    pub alpha: f64,
    /// The difference that there is if nothing changed.
    pub test_value: f64,
}

impl Default for Settings {
    /// A relative difference, 5 %, from zero.
    fn default() -> Self {
        Self { difference: Difference::Relative, alpha: 0.05, test_value: 0.0 }
    }
}

/// What a test says.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Outcome {
    /// The estimate of the difference.
    pub expected: f64,
    /// Its interval; an end that is not asked for is infinite.
    pub interval: (f64, f64),
    /// The p-value; `None` if a search did not find it.
    pub p_value: Option<f64>,
    /// The distribution of the estimate.
    pub uplift: Uplift,
    /// Why nothing can be said, in which case the numbers are neutral.
    pub issue: Option<Issue>,
}

impl Outcome {
    /// No difference, and a p-value of 1.
    pub(super) fn neutral(issue: Issue) -> Self {
        let uplift = Uplift::default();
        Self { expected: 0.0, interval: (0.0, 0.0), p_value: Some(1.0), uplift, issue: Some(issue) }
    }

    /// From an interval and a p-value.
    pub(super) fn new(
        moments: &Compared,
        difference: Difference,
        interval: (f64, f64),
        p_value: Option<f64>,
    ) -> Self {
        let scale = match difference {
            Difference::Scaled(impact) => match impact.factor(&moments.baseline) {
                Ok(factor) => factor,
                Err(issue) => return Self::neutral(issue),
            },
            Difference::Relative | Difference::Absolute => 1.0,
        };
        let effect = moments.effect;
        let uplift = Uplift { mean: effect.estimate * scale, deviation: effect.error * scale };
        let interval = (interval.0 * scale, interval.1 * scale);
        Self { expected: uplift.mean, interval, p_value, uplift, issue: None }
    }
}

/// Compares two arms, baseline first.
///
/// ```
/// use flagkit_stats::growthbook::Statistic;
/// use flagkit_stats::growthbook::frequentist::{Alternative, Settings, test};
/// use flagkit_stats::growthbook::statistic::Sample;
///
/// let arm = |count, sum| Statistic::Sample(Sample::Proportion { count, sum });
/// let (baseline, variation) = (arm(28, 14.0), arm(30, 16.0));
/// let outcome = test(&baseline, &variation, Alternative::TwoSided, &Settings::default());
/// assert!((outcome.p_value.unwrap() - 0.80707).abs() < 1e-5);
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
    let (estimate, error) = (moments.effect.estimate, moments.effect.error);
    let degrees = degrees_of_freedom(&moments.baseline, &moments.variation);
    let distance = (estimate - settings.test_value) / error;
    let below = student_t::cdf(distance, degrees);
    let width = |alpha: f64| student_t::ppf(1.0 - alpha, degrees) * error;
    let (interval, p_value) = match alternative {
        Alternative::TwoSided => {
            let width = width(settings.alpha / 2.0);
            let beyond = 2.0 * (1.0 - student_t::cdf(distance.abs(), degrees));
            ((estimate - width, estimate + width), beyond)
        }
        Alternative::Greater => ((estimate - width(settings.alpha), f64::INFINITY), 1.0 - below),
        Alternative::Lesser => ((f64::NEG_INFINITY, estimate + width(settings.alpha)), below),
    };
    Outcome::new(&moments, settings.difference, interval, Some(p_value))
}

/// The degrees of freedom of Welch and Satterthwaite.
fn degrees_of_freedom(baseline: &Statistic, variation: &Statistic) -> f64 {
    let of_mean = |arm: &Statistic| arm.variance() / as_float(arm.count());
    let square = |arm: &Statistic| {
        let count = as_float(arm.count());
        arm.variance().powi(2) / (count.powi(2) * (count - 1.0))
    };
    let sum = of_mean(variation) + of_mean(baseline);
    sum.powi(2) / (square(variation) + square(baseline))
}
