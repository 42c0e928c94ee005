//! Is a rate higher than it was? For switches at once, which leave no control behind.

use super::LateLimit;
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
/// Where fewer events are worse, it is the same the other way round: the lower bound, divided by the
/// drift. Events that come in bursts are so many fewer: see [`tempered`](Self::tempered).
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
    after: LateLimit,
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
    pub fn new(before: (u64, u64), drift: f64, alpha: Alpha) -> Result<Self, Error> {
        Self::tempered(before, 1.0, drift, alpha)
    }

    /// The same with the power that counts of the time before weigh, between 0 and 1: 1 through the
    /// dispersion of events that come in bursts.
    ///
    /// # Errors
    ///
    /// As of [`new`](Self::new).
    pub fn tempered(
        before: (u64, u64),
        power: f64,
        drift: f64,
        alpha: Alpha,
    ) -> Result<Self, Error> {
        let (rate, weight, half) = baseline(before, power, drift, alpha)?;
        let limit = drift * upper_bound(rate, weight, half);
        let range = "below 1, with a longer baseline or less drift";
        Error::unless(limit < 1.0, "the limit afterwards", limit, range)?;
        Ok(Self { after: LateLimit::above(limit)?, log_bound: half.log_bound() })
    }

    /// Whether the rate has become lower instead, by a factor of more than the drift.
    ///
    /// # Errors
    ///
    /// If there are no exposures, or the drift is not between 1 and 100, or the lower bound is 0, which
    /// nothing is below: there were too few events before.
    pub fn fewer(before: (u64, u64), power: f64, drift: f64, alpha: Alpha) -> Result<Self, Error> {
        let (rate, weight, half) = baseline(before, power, drift, alpha)?;
        let limit = (1.0 - upper_bound(1.0 - rate, weight, half)) / drift;
        Error::unless(
            limit > 1e-9,
            "the limit afterwards",
            limit,
            "above 0, with a longer baseline",
        )?;
        Ok(Self { after: LateLimit::below(limit)?, log_bound: half.log_bound() })
    }

    /// One more window afterwards.
    pub fn add(&mut self, exposures: u64, events: u64) {
        self.after.add(exposures, events, 1.0);
    }

    /// One more window with the power of its evidence, as in
    /// [`LateLimit::add`](super::LateLimit::add).
    pub fn add_tempered(&mut self, exposures: u64, events: u64, power: f64) {
        self.after.add(exposures, events, power);
    }

    /// Evidence against "the rate is at most [`limit`](Self::limit)", or at least where fewer are worse.
    pub fn worse(&self) -> Evidence {
        self.after.beyond()
    }

    /// Whether the rate was proved to be beyond that of before by more than the drift.
    pub fn is_worse(&self) -> bool {
        self.worse().highest >= self.log_bound
    }

    /// The rate that has to be exceeded: the bound on the baseline times the drift. Where fewer are
    /// worse, the rate below: the lower bound through the drift.
    pub fn limit(&self) -> f64 {
        self.after.limit()
    }
}

/// The rate of before, what its exposures weigh, and half of the false alarms.
fn baseline(
    (exposures, events): (u64, u64),
    power: f64,
    drift: f64,
    alpha: Alpha,
) -> Result<(f64, f64, Alpha), Error> {
    let has_some = exposures > 0;
    Error::unless(has_some, "the baseline's exposures", number(exposures), "above 0")?;
    let is_inside = (1.0..=100.0).contains(&drift);
    Error::unless(is_inside, "drift", drift, "between 1 and 100")?;
    let power = if power > 0.0 && power <= 1.0 { power } else { 1.0 };
    let rate = number(events.min(exposures)) / number(exposures);
    Ok((rate, power * number(exposures), alpha.part(0.5)))
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
