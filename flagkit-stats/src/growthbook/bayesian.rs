//! A Gaussian prior for the effect, updated by its estimate.

use super::moments::{Effect, Issue, effect};
use super::statistic::Statistic;
use super::truncated::truncated_mean;
use super::{Difference, Uplift};
use crate::special::normal;

/// What is believed of the effect beforehand.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "plain data of a configuration")]
pub struct Prior {
    /// Its mean.
    pub mean: f64,
    /// Its variance.
    pub variance: f64,
    /// Whether it is used; otherwise every effect was as likely as any other.
    pub proper: bool,
}

impl Default for Prior {
    /// Not used.
    fn default() -> Self {
        Self { mean: 0.0, variance: 1.0, proper: false }
    }
}

/// What the effect of a prior is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the engine has these two")]
pub enum PriorScale {
    /// A part of the baseline.
    #[default]
    Relative,
    /// In the unit of the metric. In a relative analysis it is used as it is: see the quirks of
    /// [this engine](super).
    Absolute,
}

/// Which direction is good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there are two")]
pub enum Goal {
    /// More is better.
    #[default]
    Increase,
    /// Less is better: the engine calls such metrics inverse.
    Decrease,
}

/// How to analyse.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "plain data of a configuration")]
pub struct Settings {
    /// What the difference is.
    pub difference: Difference,
    /// The part of the posterior that is left out of the interval.
    pub alpha: f64,
    /// Which direction is good.
    pub goal: Goal,
    /// What is believed beforehand.
    pub prior: Prior,
    /// What the effect of the prior is.
    pub prior_scale: PriorScale,
}

impl Default for Settings {
    /// A relative difference, 95 %, more is better, no prior.
    fn default() -> Self {
        Self {
            difference: Difference::Relative,
            alpha: 0.05,
            goal: Goal::Increase,
            prior: Prior::default(),
            prior_scale: PriorScale::Relative,
        }
    }
}

/// What is believed afterwards.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Outcome {
    /// The probability that the variation is better.
    pub chance_to_win: f64,
    /// The mean of the posterior.
    pub expected: f64,
    /// The middle part of the posterior.
    pub interval: (f64, f64),
    /// The posterior.
    pub uplift: Uplift,
    /// What is lost on average by choosing the baseline, and by choosing the variation.
    pub risk: (f64, f64),
    /// Why nothing can be said, in which case the numbers are neutral.
    pub issue: Option<Issue>,
}

impl Outcome {
    fn neutral(issue: Issue) -> Self {
        Self {
            chance_to_win: 0.5,
            expected: 0.0,
            interval: (0.0, 0.0),
            uplift: Uplift::default(),
            risk: (0.0, 0.0),
            issue: Some(issue),
        }
    }
}

/// Compares two arms, baseline first.
///
/// ```
/// use flagkit_stats::growthbook::Statistic;
/// use flagkit_stats::growthbook::bayesian::{Settings, test};
/// use flagkit_stats::growthbook::statistic::Sample;
///
/// let arm = |sum| Statistic::Sample(Sample::Proportion { count: 100, sum });
/// let outcome = test(&arm(49.0), &arm(51.0), &Settings::default());
/// assert!((outcome.expected - 0.040_82).abs() < 1e-5);
/// assert!(outcome.chance_to_win > 0.6);
/// ```
pub fn test(baseline: &Statistic, variation: &Statistic, settings: &Settings) -> Outcome {
    let moments = match effect(baseline, variation, settings.difference) {
        Ok(moments) => moments,
        Err(issue) => return Outcome::neutral(issue),
    };
    let prior = settings.scaled_prior(moments.baseline.unadjusted_mean());
    let Uplift { mean, deviation } = posterior(moments.effect, prior);
    let better = normal::sf(-mean / deviation);
    let (risk_of_baseline, risk_of_variation) = risk(mean, deviation);
    let (chance_to_win, risk) = match settings.goal {
        Goal::Increase => (better, (risk_of_baseline, risk_of_variation)),
        Goal::Decrease => (1.0 - better, (risk_of_variation, risk_of_baseline)),
    };
    let scale = match settings.difference {
        Difference::Scaled(impact) => match impact.factor(&moments.baseline) {
            Ok(factor) => factor,
            Err(issue) => return Outcome::neutral(issue),
        },
        Difference::Relative | Difference::Absolute => 1.0,
    };
    let end = |probability: f64| (mean + deviation * normal::ppf(probability)) * scale;
    let uplift = Uplift { mean: mean * scale, deviation: deviation * scale };
    let interval = (end(settings.alpha / 2.0), end(1.0 - settings.alpha / 2.0));
    Outcome { chance_to_win, expected: uplift.mean, interval, uplift, risk, issue: None }
}

impl Settings {
    /// The prior in the unit of the difference, which the engine only finds in one direction.
    fn scaled_prior(&self, baseline: f64) -> Prior {
        let Prior { mean, variance, proper } = self.prior;
        if self.difference.is_relative() || self.prior_scale == PriorScale::Absolute {
            return self.prior;
        }
        Prior { mean: mean * baseline.abs(), variance: variance * baseline.powi(2), proper }
    }
}

/// The posterior of a Gaussian effect with a Gaussian prior.
fn posterior(effect: Effect, prior: Prior) -> Uplift {
    let variance = effect.error.powi(2);
    if !prior.proper {
        return Uplift { mean: effect.estimate, deviation: (1.0 / (1.0 / variance)).sqrt() };
    }
    let precision = 1.0 / variance + 1.0 / prior.variance;
    let mean = (effect.estimate / variance + prior.mean / prior.variance) / precision;
    Uplift { mean, deviation: (1.0 / precision).sqrt() }
}

/// What is lost on average by choosing the baseline, and by choosing the variation, for a normal
/// distribution of the effect.
pub fn risk(mean: f64, deviation: f64) -> (f64, f64) {
    let worse = normal::cdf(-mean / deviation);
    let below = truncated_mean(mean, deviation, (f64::NEG_INFINITY, 0.0));
    let above = truncated_mean(mean, deviation, (0.0, f64::INFINITY));
    ((1.0 - worse) * above, -(worse * below))
}
