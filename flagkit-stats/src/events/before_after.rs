//! Is a rate higher than it was? For switches at once, which leave no control behind.

use super::LimitTest;
use crate::arms::number;
use crate::{Alpha, Error, Evidence};

/// Compares a rate with that of an earlier time, at any number of looks afterwards.
///
/// Half of the false alarms goes into the baseline, which is only known from a sample: its upper
/// bound (Chernoff) is exceeded by the true rate with a probability of at most α/2. The other half
/// goes into the test of the rate afterwards against that bound. Time changes rates without any
/// release, so the bound is multiplied by a drift that is declared, not learned: an alarm
/// says "more than `drift` times the rate of before", and nothing can say that the release is the
/// reason. Whoever can keep a few per cent on the old version should, and use
/// [`EventTest`](super::EventTest).
///
/// A Bayes factor with a learned prior for the baseline looks sharper and is not used: given an
/// unlucky baseline it grows without a cause, so somebody who looks often enough is misled
/// more often than promised.
///
/// ```
/// use flagkit_stats::Alpha;
/// use flagkit_stats::events::BeforeAfter;
///
/// let mut test = BeforeAfter::new((100_000, 500), 1.2, Alpha::new(0.001)?)?;
/// assert!(test.limit() > 0.006);
/// test.add(10_000, 300);
/// assert!(test.is_worse());
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BeforeAfter {
    after: LimitTest,
    log_bound: f64,
}

impl BeforeAfter {
    /// With exposures and events of the time before, how many times as high the rate may become
    /// by itself, and the false alarms that are accepted.
    ///
    /// # Errors
    ///
    /// If there are no exposures, or the drift is not between 1 and 100, or the bound reaches 1,
    /// which nothing exceeds: a longer baseline is needed then.
    pub fn new((exposures, events): (u64, u64), drift: f64, alpha: Alpha) -> Result<Self, Error> {
        let has_some = exposures > 0;
        Error::unless(has_some, "the baseline's exposures", number(exposures), "above 0")?;
        let is_inside = (1.0..=100.0).contains(&drift);
        Error::unless(is_inside, "drift", drift, "between 1 and 100")?;
        let half = alpha.part(0.5);
        let before = number(events.min(exposures)) / number(exposures);
        let limit = drift * upper_bound(before, number(exposures), half);
        let range = "below 1, with a longer baseline or less drift";
        Error::unless(limit < 1.0, "the limit afterwards", limit, range)?;
        Ok(Self { after: LimitTest::new(limit)?, log_bound: half.log_bound() })
    }

    /// One more window afterwards.
    pub fn add(&mut self, exposures: u64, events: u64) {
        self.after.add(exposures, events);
    }

    /// Evidence against "the rate is at most [`limit`](Self::limit)".
    pub fn worse(&self) -> Evidence {
        self.after.above()
    }

    /// Whether the rate was proved to be more than `drift` times that of before.
    pub fn is_worse(&self) -> bool {
        self.after.above().highest >= self.log_bound
    }

    /// The rate that has to be exceeded: the bound on the baseline times the drift.
    pub fn limit(&self) -> f64 {
        self.after.limit()
    }
}

/// The largest rate with `exposures` · KL(observed ‖ rate) ≤ ln 1/α: by Chernoff's bound the true
/// rate is above it with a probability of at most α. It needs no table and is a little wider than
/// that of Clopper and Pearson.
fn upper_bound(observed: f64, exposures: f64, alpha: Alpha) -> f64 {
    let divergence = |rate: f64| {
        let hit = if observed > 0.0 { observed * (observed / rate).ln() } else { 0.0 };
        let rest = 1.0 - observed;
        let miss = if rest > 0.0 { rest * (rest / (1.0 - rate)).ln() } else { 0.0 };
        hit + miss
    };
    let (mut below, mut above) = (observed, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(below, above);
        if exposures * divergence(middle) <= alpha.log_bound() {
            below = middle;
        } else {
            above = middle;
        }
    }
    above
}

/// Enough for the last bit of any rate above 10⁻⁹.
const HALVINGS: u32 = 80;

#[cfg(test)]
mod tests;
