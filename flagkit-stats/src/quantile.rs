//! Quantiles of latency and the like, looked at all the time: is the slow tail slower?
//!
//! Values go into bins on a logarithmic scale, so that a quantile is known up to a relative error
//! and histograms of many processes and minutes are added. How many of n values are below a
//! quantile is a sum of coin tosses whatever the distribution is, so a mixture over the coin bounds
//! the rank of the quantile at all times together, without an assumption (Howard, Ramdas:
//! "Sequential estimation of quantiles", 2022, with the Beta-binomial mixture).

mod histogram;
mod slower;

pub use histogram::{Histogram, Scale};
pub use slower::SlowerTest;

use crate::arms::number;
use crate::closed_form::rising;
use crate::{Alpha, Arms, Error, Interval};

/// How confidence sequences for a quantile are made.
///
/// ```
/// use flagkit_stats::quantile::{Histogram, QuantileSequence, Scale};
/// use flagkit_stats::{Alpha, Arms};
///
/// let scale = Scale::new(0.01, 0.001)?;
/// let mut arms = Arms { control: Histogram::new(scale), treatment: Histogram::new(scale) };
/// for milliseconds in (1..=1_000_u32).cycle().take(20_000) {
///     arms.control.add(f64::from(milliseconds));
///     arms.treatment.add(f64::from(milliseconds) * 1.5);
/// }
/// let p95 = QuantileSequence::new(0.95, Alpha::new(0.001)?)?;
/// assert!(p95.value(&arms.control).contains(950.0));
/// assert!(p95.ratio(&arms).low > 1.3);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantileSequence {
    level: f64,
    alpha: Alpha,
    concentration: f64,
}

impl QuantileSequence {
    /// With the share of values that are below, 0.95 for the 95th percentile, and the false alarms
    /// of both sides together. Tightest around 10,000 values.
    ///
    /// # Errors
    ///
    /// If the level is not above 0 and below 1.
    pub fn new(level: f64, alpha: Alpha) -> Result<Self, Error> {
        let is_inside = level > 0.0 && level < 1.0;
        Error::unless(is_inside, "the level of a quantile", level, "above 0 and below 1")?;
        Ok(Self { level, alpha, concentration: 1.0 }.tightest_at(10_000))
    }

    /// Tightest where this many values are in.
    #[must_use]
    pub fn tightest_at(self, values: u64) -> Self {
        // A prior as strong as the values divided by about 2 ln 1/α, as for the normal mixture.
        let strength = 2.0 * self.alpha.log_bound() + 1.0;
        Self { concentration: (number(values.max(1)) / strength).max(1.0), ..self }
    }

    /// Where the quantile is: the true one stays inside at all looks together with probability
    /// 1 − α. From 0 to ∞ while nothing is excluded. Takes some microseconds.
    pub fn value(&self, histogram: &Histogram) -> Interval {
        self.at(histogram, self.alpha)
    }

    /// The treatment's quantile through the control's, from the two intervals with half of α each.
    pub fn ratio(&self, arms: &Arms<Histogram>) -> Interval {
        let half = self.alpha.part(0.5);
        let control = self.at(&arms.control, half);
        let treatment = self.at(&arms.treatment, half);
        let low = if control.high > 0.0 { treatment.low / control.high } else { 0.0 };
        let high = if control.low > 0.0 { treatment.high / control.low } else { f64::INFINITY };
        // ∞ through ∞ is no knowledge.
        Interval { low: if low.is_nan() { 0.0 } else { low }, high }
    }

    /// The treatment's quantile minus the control's, from the two intervals with half of α each.
    pub fn difference(&self, arms: &Arms<Histogram>) -> Interval {
        let half = self.alpha.part(0.5);
        let control = self.at(&arms.control, half);
        let treatment = self.at(&arms.treatment, half);
        let low = treatment.low - control.high;
        Interval { low, high: treatment.high - control.low }
    }

    fn at(&self, histogram: &Histogram, alpha: Alpha) -> Interval {
        let count = histogram.count();
        let (lowest, highest) = Self { alpha, ..*self }.ranks(count);
        let low = if lowest == 0 { 0.0 } else { histogram.lower_edge(lowest) };
        let high = if highest > count { f64::INFINITY } else { histogram.upper_edge(highest) };
        Interval { low, high }
    }

    /// Between which ranks of so many values the quantile is, for whoever keeps histograms of their own.
    ///
    /// It is at least the value of the first rank, where that is above 0, and at most that of the
    /// second, where that is not above the count: at all looks together with probability 1 − α.
    pub fn ranks(&self, count: u64) -> (u64, u64) {
        let alpha = self.alpha;
        let bound = alpha.log_bound();
        let expected = self.level * number(count);
        // The evidence against "k of n values are at or below the quantile" is convex in k and
        // falls up to the expected number, so the ranks that are not excluded are in one piece.
        let lowest = first(0, count, |rank| {
            number(rank) > expected || self.log_e(rank, count - rank) < bound
        });
        let highest = first(0, count, |rank| {
            number(rank) > expected && self.log_e(rank, count - rank) >= bound
        });
        // At least `lowest` values are at or below the quantile, fewer than `highest` are below it.
        (lowest, highest)
    }

    /// The Beta-binomial evidence against "each value is below with the probability of the level".
    fn log_e(&self, below: u64, above: u64) -> f64 {
        let (below, above) = (number(below), number(above));
        let (a, b) = (self.concentration * self.level, self.concentration * (1.0 - self.level));
        rising(a, below) + rising(b, above)
            - rising(self.concentration, below + above)
            - below * self.level.ln()
            - above * (-self.level).ln_1p()
    }
}

/// The first number from `from` to `to` for which something holds that goes on holding; one beyond
/// if there is none.
fn first(from: u64, to: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut from, mut beyond) = (from, to.saturating_add(1));
    while from < beyond {
        let middle = from + (beyond - from) / 2;
        if holds(middle) { beyond = middle } else { from = middle + 1 }
    }
    from
}
