//! How far the experiment lies from the control: the interval and estimate of Mann-Whitney.
//!
//! The statistic is standardised with tied ranks and a continuity correction of one half; the
//! ends of the interval are the shifts for which it equals a quantile of the normal
//! distribution. R's `wilcox.test(conf.int = TRUE, exact = FALSE)` is the model, with its
//! tolerance.

mod exact;

use super::classify::Samples;
use super::root::Bracket;
use super::statistics::as_float;
use crate::special::normal;

/// Where the root finder stops, in the unit of the metric: that of R and of the original.
///
/// For metrics of this size and below, ends of intervals are noise of the search. The tests of
/// the original expect an interval of [-1.48e-5, 1.81e-5] where it really is
/// [-7.5e-8, 1.7e-9].
pub const TOLERANCE: f64 = 1e-4;

/// How exactly the ends of the interval are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no third way")]
pub enum Precision {
    /// As the original finds them: up to [`TOLERANCE`], in the unit of the metric.
    #[default]
    AsOriginal,
    /// Exactly: each is a difference between two values. Verdicts do not depend on units, and
    /// constants need no noise.
    Exact,
}

/// The shift between two samples.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Shift {
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
    /// The Hodges-Lehmann estimate.
    pub estimate: f64,
}

/// The shift from the control to the experiment, at a confidence between 0 and 1, as the
/// original finds it.
///
/// `None` if there is none: a side is empty, a value is not finite, or everything is tied.
///
/// ```
/// use flagkit_stats::kayenta::{Samples, shift};
///
/// let samples = Samples { control: &[1.0, 2.0, 3.0, 4.0], experiment: &[10.0, 20.0, 30.0, 40.0] };
/// let shift = shift::shift(&samples, 0.95).unwrap();
/// assert_eq!((shift.low, shift.high), (6.0, 39.0));
/// assert!((shift.estimate - 22.5).abs() < 1e-6);
/// ```
pub fn shift(samples: &Samples<'_>, confidence: f64) -> Option<Shift> {
    Precision::AsOriginal.shift(samples, confidence)
}

impl Precision {
    /// The shift from the control to the experiment, at a confidence between 0 and 1.
    ///
    /// `None` if there is none: a side is empty, a value is not finite, or, without exactness,
    /// everything is tied.
    pub fn shift(self, samples: &Samples<'_>, confidence: f64) -> Option<Shift> {
        let Samples { experiment, control } = samples;
        let finite = experiment.iter().chain(*control).all(|value| value.is_finite());
        if experiment.is_empty() || control.is_empty() || !finite {
            return None;
        }
        let quantile = normal::ppf((1.0 - confidence) / 2.0);
        if self == Self::Exact {
            return exact::shift(samples, quantile);
        }
        let low = root(samples, -quantile)?;
        let high = root(samples, quantile)?;
        Some(Shift { low, high, estimate: root(samples, 0.0)? })
    }
}

/// The standardised statistic after the experiment has been moved down by `shift`, less
/// `quantile`; NaN where everything is tied.
pub fn standardised(samples: &Samples<'_>, shift: f64, quantile: f64) -> f64 {
    let Samples { experiment, control } = samples;
    let (ours, theirs) = (as_float(experiment.len()), as_float(control.len()));
    let moved = experiment.iter().map(|value| value - shift);
    let all: Vec<f64> = moved.chain(control.iter().copied()).collect();
    let ranks = rank(&all);
    let excess = ranks.of_first(experiment.len()) - ours * (ours + 1.0) / 2.0 - ours * theirs / 2.0;
    let correction = if excess == 0.0 { 0.0 } else { excess.signum() * 0.5 };
    let total = ours + theirs;
    let untied = (total + 1.0) - ranks.ties / (total * (total - 1.0));
    (excess - correction) / (ours * theirs / 12.0 * untied).sqrt() - quantile
}

/// The range in which a shift can lie: the smallest and the largest difference of a pair.
pub fn range(samples: &Samples<'_>) -> (f64, f64) {
    let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let Samples { experiment, control } = samples;
    (least(experiment) - most(control), most(experiment) - least(control))
}

/// The shift at which the statistic equals the quantile: an end of the range if none does.
fn root(samples: &Samples<'_>, quantile: f64) -> Option<f64> {
    let (low, high) = range(samples);
    let at_low = standardised(samples, low, quantile);
    let at_high = standardised(samples, high, quantile);
    if !(low.is_finite() && high.is_finite() && at_low.is_finite() && at_high.is_finite()) {
        return None;
    }
    if at_low <= 0.0 {
        return Some(low);
    }
    if at_high >= 0.0 {
        return Some(high);
    }
    let bracket = Bracket { low: (low, at_low), high: (high, at_high) };
    let root = bracket.root(TOLERANCE, |shift| standardised(samples, shift, quantile));
    root.is_finite().then_some(root)
}

/// The ranks of values, where those of ties are averaged.
pub(super) struct Ranks {
    /// The rank of each value, from 1.
    ranks: Vec<f64>,
    /// The sum of n³ - n over all groups of n equal values.
    pub(super) ties: f64,
}

impl Ranks {
    /// The sum of the first ranks.
    pub(super) fn of_first(&self, count: usize) -> f64 {
        self.ranks.iter().take(count).sum()
    }
}

/// The ranks of the values.
pub(super) fn rank(values: &[f64]) -> Ranks {
    let mut order: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
    order.sort_by(|left, right| left.0.total_cmp(&right.0));
    let mut ranks = vec![0.0; values.len()];
    let (mut before, mut ties) = (0, 0.0);
    for group in order.chunk_by(|left, right| left.0 == right.0) {
        let size = as_float(group.len());
        let average = f64::midpoint(as_float(before + 1), as_float(before + group.len()));
        for (_, index) in group {
            if let Some(rank) = ranks.get_mut(*index) {
                *rank = average;
            }
        }
        ties += size * size * size - size;
        before += group.len();
    }
    Ranks { ranks, ties }
}
