//! The statistics engine of GrowthBook, result for result: gbstats 0.8.0.
//!
//! Tests are made of two [`Statistic`]s, baseline first, and answer what the engine answers:
//! [`frequentist`] (Welch's t test, one- and two-sided), [`sequential`] (asymptotic confidence
//! sequences), [`bayesian`] (a Gaussian prior for the effect) and [`srm`] (the χ² test for the
//! split of users). What cannot be analysed has an [`Issue`] and the neutral result of the
//! engine: no effect, an interval of nothing.
//!
//! Quirks that are kept, because results would differ:
//!
//! - A prior that is given for the absolute effect is used as it is in an analysis of the
//!   relative one. `bayesian/tests.py` means to divide it by the baseline, but compares the
//!   whole configuration with the word `absolute`, which never holds.
//! - p-values are `1 - cdf`, so anything below 1e-16 is 0.
//! - One-sided sequential p-values are searched between 1e-5 and 0.4999, and the search ends
//!   when the bound of the interval is within 1e-6 of zero, in the unit of the metric.
//! - The variance of a quantile is at least 1e-5 from 100 events on, in the square of its unit: in seconds
//!   no difference of microseconds is ever found.
//! - The χ² test for the split has a degree of freedom for arms without weight, too.
//!
//! Facts are taken from growthbook/growthbook `8f1db445` (`packages/stats`) and its tests.
//! Post-stratification, bandits and the experiment-wide corrections are not here.

pub mod bayesian;
pub mod frequentist;
mod moments;
pub mod power;
pub mod sequential;
pub mod srm;
pub mod statistic;
pub mod truncated;

use std::fmt;

pub use moments::{Compared, Effect, Impact, Issue, effect};
pub use statistic::Statistic;

/// What the difference between two arms is.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
#[expect(clippy::exhaustive_enums, reason = "the engine has these three")]
pub enum Difference {
    /// As a part of the baseline: 0.05 is five percent more.
    #[default]
    Relative,
    /// In the unit of the metric.
    Absolute,
    /// In the unit of the metric, for all users of a day.
    Scaled(Impact),
}

/// A normal distribution of the effect.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
#[expect(clippy::exhaustive_structs, reason = "two numbers")]
pub struct Uplift {
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub deviation: f64,
}

impl Difference {
    /// Whether it is a part of the baseline.
    pub(crate) fn is_relative(self) -> bool {
        self == Self::Relative
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::ZeroVariance => "the variance of an arm is zero or negative",
            Self::ZeroBaseline => "the mean of the baseline is zero, so nothing is a part of it",
            Self::DifferentKinds => "the two arms have statistics of different kinds",
            Self::NothingToScale => "there is no traffic or no time to scale the effect by",
            Self::NoUsers => "there are no users to scale the effect to",
            Self::NotScalable => "only proportions and means can be scaled to all users",
            Self::AlphaTooLarge => "a one-sided sequential test needs an alpha below 0.5",
        })
    }
}
