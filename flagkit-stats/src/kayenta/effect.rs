//! How large a difference is, apart from whether there is one.

use super::classify::Samples;
use super::shift::rank;
use super::statistics::{Summary, as_float, mean};

/// The measure that thresholds of a configuration are about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the original has these two")]
pub enum EffectSize {
    /// The mean of the experiment divided by that of the control; 1 means no effect.
    #[default]
    MeanRatio,
    /// In which share of pairs the experiment is higher; 0.5 means no effect.
    CommonLanguage,
}

impl EffectSize {
    /// The measure of a configuration; every word but `cles` means the mean ratio.
    pub fn from_name(name: &str) -> Self {
        if name == "cles" { Self::CommonLanguage } else { Self::MeanRatio }
    }

    /// The size of the effect; NaN where it has none, as for a ratio with a zero.
    pub fn of(self, samples: &Samples<'_>) -> f64 {
        match self {
            Self::MeanRatio => mean_ratio(mean(samples.control), mean(samples.experiment)),
            Self::CommonLanguage => common_language(samples),
        }
    }

    /// What the measure is without an effect.
    pub fn neutral(self) -> f64 {
        match self {
            Self::MeanRatio => 1.0,
            Self::CommonLanguage => 0.5,
        }
    }
}

/// The ratio of two means; NaN if one of them is zero, even the upper one.
///
/// ```
/// use flagkit_stats::kayenta::effect::mean_ratio;
///
/// assert_eq!(mean_ratio(2.0, 3.0), 1.5);
/// assert!(mean_ratio(2.0, 0.0).is_nan());
/// ```
pub fn mean_ratio(control: f64, experiment: f64) -> f64 {
    if control == 0.0 || experiment == 0.0 { f64::NAN } else { experiment / control }
}

/// Cohen's d with the pooled deviation, without a sign.
pub fn cohens_d(control: &Summary, experiment: &Summary) -> f64 {
    let weight = |summary: &Summary| (as_float(summary.count) - 1.0) * summary.deviation.powi(2);
    let degrees = as_float(control.count) + as_float(experiment.count) - 2.0;
    let pooled = ((weight(experiment) + weight(control)) / degrees).sqrt();
    (experiment.mean - control.mean).abs() / pooled
}

/// The share of pairs in which the experiment is higher than the control; a tie is half a pair.
///
/// By ranks, after Vargha and Delaney (2000). NaN without values.
pub fn common_language(samples: &Samples<'_>) -> f64 {
    let (ours, theirs) = (as_float(samples.experiment.len()), as_float(samples.control.len()));
    let all: Vec<f64> = samples.experiment.iter().chain(samples.control).copied().collect();
    let ranks: f64 = rank(&all).of_first(samples.experiment.len());
    (2.0 * ranks - ours * (ours + 1.0)) / (2.0 * ours * theirs)
}
