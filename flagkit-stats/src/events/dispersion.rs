//! How much counts vary beyond what independent events would.
//!
//! Requests of one client fail together, and retries fail again. Events then come in bursts, and
//! as many bursts tell as much as so many single events would. How large the bursts are shows in
//! how the share of the new arm among the events jumps from window to window.

use super::Look;
use crate::arms::number;

/// The dispersion of events between two arms: 1 for independent events, and the mean size of
/// bursts (weighted with their size) otherwise.
///
/// Measured over blocks of 1, 4 and 16 windows, since bursts may last longer than one, and around
/// the ratio of the recent past, so that a new arm that is worse does not look like noise. The
/// largest counts. What is not measured yet is believed to be 3, and estimates are raised by their own
/// uncertainty, so nothing is taken for independent before it was seen to be: evidence begins with
/// a sixth of its weight.
///
/// Where only requests can be counted, a client that retries five times counts five times. Evidence to
/// the power of 1 through this factor ([`EventTest::add_tempered`](super::EventTest::add_tempered)) is what
/// independent events would be. This is the second best: counting each unit's first failure needs
/// no factor and decides faster.
///
/// ```
/// use flagkit_stats::Arms;
/// use flagkit_stats::events::{Dispersion, Look};
///
/// let mut dispersion = Dispersion::default();
/// assert!(dispersion.factor() > 5.0);
/// for number in 0..200 {
///     // Ten failures of one client at a time, on either side.
///     let treatment = if number % 2 == 0 { 10 } else { 0 };
///     dispersion.add(&Look {
///         exposures: Arms { control: 500, treatment: 500 },
///         events: Arms { control: 10 - treatment, treatment },
///     });
/// }
/// assert!((9.0..14.0).contains(&dispersion.factor()));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Dispersion {
    /// Of the recent past, each window weighing less than the next one.
    exposures: [f64; 2],
    events: [f64; 2],
    blocks: [Block; 3],
    /// What is known from before, instead of what is measured.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    known: Option<f64>,
}

/// Sums over windows, until they are enough for a square.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Block {
    windows: u32,
    residual: f64,
    variance: f64,
    /// Σ residual² / variance of the blocks before.
    squares: f64,
    count: f64,
}

impl Dispersion {
    /// One that is known (1 at least), or that is going to be measured.
    pub fn new(known: Option<f64>) -> Self {
        Self { known, ..Self::default() }
    }

    /// A window. One without events, or with exposures on one side only, moves what is taken for the
    /// ratio and nothing else.
    pub fn add(&mut self, look: &Look) {
        let Look { exposures, events } = *look;
        let exposed = [number(exposures.control), number(exposures.treatment)];
        let hits = [number(events.control), number(events.treatment)];
        let [control, treatment] = exposed;
        let trials = hits.iter().sum::<f64>();
        if control > 0.0 && treatment > 0.0 && trials > 0.0 {
            let tilted = treatment * self.ratio(treatment / (treatment + control));
            let share = tilted / (tilted + control);
            let [_, hit] = hits;
            let residual = hit - trials * share;
            let variance = trials * share * (1.0 - share);
            for (block, length) in self.blocks.iter_mut().zip(LENGTHS) {
                block.add(residual, variance, length);
            }
        }
        for (sums, more) in [(&mut self.exposures, exposed), (&mut self.events, hits)] {
            for (sum, more) in sums.iter_mut().zip(more) {
                *sum = *sum * KEEP + more;
            }
        }
    }

    /// A window in which one side alone had traffic, such as those before a release.
    ///
    /// Its events are held against the rate of the recent past, of which they scatter by as much as by
    /// bursts, and by what the rate itself moves: what is measured so is too large rather than too small.
    pub fn add_alone(&mut self, exposures: u64, events: u64) {
        let (exposed, hits) = (number(exposures), number(events));
        let [past, _] = self.exposures;
        let [before, _] = self.events;
        let expected = if past > 0.0 { exposed * before / past } else { 0.0 };
        if expected > 0.0 {
            for (block, length) in self.blocks.iter_mut().zip(LENGTHS) {
                block.add(hits - expected, expected, length);
            }
        }
        for (sums, more) in [(&mut self.exposures, exposed), (&mut self.events, hits)] {
            let [first, _] = sums;
            *first = *first * KEEP + more;
        }
    }

    /// A window of means: their difference, its variance if observations are independent, and the
    /// weight that the window has in the test.
    pub fn add_means(&mut self, difference: f64, variance: f64, weight: f64) {
        let [known, _] = self.exposures;
        let [sum, _] = self.events;
        // Drawn to no difference while little is known.
        let residual = difference - sum / (known + PRIOR_EVENTS * weight);
        if variance > 0.0 && weight > 0.0 {
            for (block, length) in self.blocks.iter_mut().zip(LENGTHS) {
                block.add(residual / variance.sqrt(), 1.0, length);
            }
        }
        for (sums, more) in [(&mut self.exposures, weight), (&mut self.events, weight * difference)]
        {
            let [first, _] = sums;
            *first = *first * KEEP + more;
        }
    }

    /// How many times as many events of the recent past were on the new arm as exposures tell, drawn
    /// to 1 while there are few.
    fn ratio(&self, share: f64) -> f64 {
        let [control, treatment] = self.exposures;
        let [before, now] = self.events;
        let share = if control > 0.0 && treatment > 0.0 {
            treatment / (treatment + control)
        } else {
            share
        };
        let odds = (now + PRIOR_EVENTS * share) / (before + PRIOR_EVENTS * (1.0 - share));
        (odds * (1.0 - share) / share).clamp(1e-3, 1e3)
    }

    /// The dispersion that is reckoned with, at least 1.
    pub fn factor(&self) -> f64 {
        if let Some(known) = self.known {
            return known.max(1.0);
        }
        let factors = self.blocks.iter().zip(CAUTION).map(|(block, caution)| block.factor(caution));
        factors.fold(1.0, f64::max).min(FACTOR_MAX)
    }

    /// Whether it rests on what was seen more than on what is believed.
    pub fn is_measured(&self) -> bool {
        self.known.is_some() || self.blocks.first().is_some_and(|block| block.count >= MEASURED)
    }

    /// What evidence is raised to: 1 through the factor.
    pub fn power(&self) -> f64 {
        1.0 / self.factor()
    }
}

impl Block {
    fn add(&mut self, residual: f64, variance: f64, length: u32) {
        self.windows += 1;
        self.residual += residual;
        self.variance += variance;
        // The square of a part of an event says nothing about its variance.
        if self.windows >= length && self.variance >= VARIANCE_MIN {
            self.squares += self.residual * (self.residual / self.variance);
            self.count += 1.0;
            (self.windows, self.residual, self.variance) = (0, 0.0, 0.0);
        }
    }

    /// The mean square with some of the belief mixed in, and so many standard deviations more. The
    /// mean of n squares of normal deviates has a deviation of √(2/n).
    fn factor(&self, Caution { belief, deviations }: Caution) -> f64 {
        let count = self.count + BELIEVED;
        let mean = (self.squares + BELIEVED * belief) / count;
        mean * (1.0 + deviations * (2.0 / count).sqrt())
    }
}

/// How a block's estimate is raised.
#[derive(Clone, Copy, Debug)]
struct Caution {
    belief: f64,
    deviations: f64,
}

/// Windows of a block.
const LENGTHS: [u32; 3] = [1, 4, 16];
/// Long blocks are few, and would keep the largest estimate high for a long time.
const CAUTION: [Caution; 3] = [
    Caution { belief: 3.0, deviations: 2.0 },
    Caution { belief: 1.0, deviations: 1.0 },
    Caution { belief: 1.0, deviations: 1.0 },
];
/// The belief weighs as much as so many blocks.
const BELIEVED: f64 = 8.0;
/// So many blocks are a measurement.
const MEASURED: f64 = 24.0;
/// The least variance of a block, in events.
const VARIANCE_MIN: f64 = 1.0;
/// Events that the ratio of the recent past is drawn to 1 by.
const PRIOR_EVENTS: f64 = 2.0;
/// What is kept of the past with each window: fifty windows count.
const KEEP: f64 = 0.98;
/// The largest factor that a test takes.
pub(super) const LARGEST: f64 = 1e6;
/// Beyond, events are of one cause, and no counting helps.
const FACTOR_MAX: f64 = 1000.0;

#[cfg(test)]
mod tests;
