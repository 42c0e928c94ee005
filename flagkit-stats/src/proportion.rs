//! Shares: how often something happens, and whether it happens more often on one side.
//!
//! Exact tests and intervals hold for every count, also for 0 of 5; approximate ones are for
//! thousands. All look once. For a look every minute there are the sequential tests of
//! [`events`](crate::events).
//!
//! | question | function |
//! |---|---|
//! | a share and how exactly it is known | [`Proportion::wilson`], [`Proportion::clopper_pearson`] |
//! | two shares, many of both outcomes | [`z_test`] |
//! | two shares, any counts | [`fisher`](fisher::fisher) |
//! | the same of rare events | [`conditional`](fisher::conditional) |
//! | two shares in a few dozen trials, with more power | [`barnard`](barnard::barnard) |

use crate::count::number;
use crate::special::{beta, normal};
use crate::{Alternative, Confidence, Error, Interval};

pub mod barnard;
pub mod fisher;

/// How many of so many.
///
/// ```
/// use flagkit_stats::Confidence;
/// use flagkit_stats::proportion::Proportion;
///
/// let errors = Proportion::new(0, 100)?;
/// assert_eq!(errors.share(), 0.0);
/// // None in a hundred still allows 3.6 %.
/// assert!((errors.clopper_pearson(Confidence::P95).high - 0.0362).abs() < 1e-4);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "(u64, u64)", into = "(u64, u64)"))]
pub struct Proportion {
    // INVARIANT: hits <= trials, and trials is above 0.
    hits: u64,
    trials: u64,
}

impl Proportion {
    /// # Errors
    ///
    /// If there is no trial, or more hits than trials.
    pub fn new(hits: u64, trials: u64) -> Result<Self, Error> {
        Error::unless_enough("trials", trials, 1)?;
        Error::unless(hits <= trials, "the count of hits", number(hits), "at most that of trials")?;
        Ok(Self { hits, trials })
    }

    /// How many were counted.
    pub fn hits(self) -> u64 {
        self.hits
    }

    /// Of how many.
    pub fn trials(self) -> u64 {
        self.trials
    }

    /// The others.
    pub fn misses(self) -> u64 {
        self.trials - self.hits
    }

    /// Hits over trials, in 0..=1.
    pub fn share(self) -> f64 {
        number(self.hits) / number(self.trials)
    }

    /// Both counts with those of another part.
    pub fn merged(self, other: Self) -> Self {
        let hits = self.hits.saturating_add(other.hits);
        let misses = self.misses().saturating_add(other.misses());
        Self { hits, trials: hits.saturating_add(misses) }
    }

    /// The interval of Wilson (1927): close to its confidence on average, and never outside of
    /// 0..=1.
    pub fn wilson(self, confidence: Confidence) -> Interval {
        let (count, share, z) = (number(self.trials), self.share(), confidence.z());
        let weight = z * z / count;
        let middle = share + 0.5 * weight;
        let distance = z * (share * (1.0 - share) / count + weight / (4.0 * count)).sqrt();
        let low = if self.hits == 0 { 0.0 } else { (middle - distance) / (1.0 + weight) };
        let high = if self.misses() == 0 { 1.0 } else { (middle + distance) / (1.0 + weight) };
        Interval { low, high }
    }

    /// The interval of Clopper and Pearson (1934): *at least* its confidence, for every share and
    /// every count.
    pub fn clopper_pearson(self, confidence: Confidence) -> Interval {
        let half = 0.5 * confidence.alpha();
        let (hits, misses) = (number(self.hits), number(self.misses()));
        let low = if self.hits == 0 { 0.0 } else { beta::ppf(half, hits, misses + 1.0) };
        let high = if self.misses() == 0 { 1.0 } else { beta::isf(half, hits + 1.0, misses) };
        Interval { low, high }
    }
}

impl TryFrom<(u64, u64)> for Proportion {
    type Error = Error;

    /// From hits and trials.
    fn try_from((hits, trials): (u64, u64)) -> Result<Self, Error> {
        Self::new(hits, trials)
    }
}

impl From<Proportion> for (u64, u64) {
    /// Hits and trials.
    fn from(proportion: Proportion) -> Self {
        (proportion.hits, proportion.trials)
    }
}

/// A difference of two shares and how exactly it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ZTest {
    /// The share of the treatment less that of the control.
    pub difference: f64,
    /// Its standard error if both shares are equal: from both samples together.
    pub pooled_error: f64,
    /// Its standard error as the shares are.
    pub unpooled_error: f64,
}

/// The z test of two shares.
///
/// It takes thousands: about ten hits and ten misses on each side.
///
/// ```
/// use flagkit_stats::Alternative;
/// use flagkit_stats::proportion::{Proportion, z_test};
///
/// let test = z_test(Proportion::new(150, 10_000)?, Proportion::new(100, 10_000)?)?;
/// assert!((test.z() - 3.182).abs() < 1e-3);
/// assert!(test.p_value(Alternative::Greater) < 0.001);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
///
/// # Errors
///
/// If both samples have hits only, or no hit.
pub fn z_test(treatment: Proportion, control: Proportion) -> Result<ZTest, Error> {
    let both = treatment.merged(control);
    if both.hits() == 0 || both.misses() == 0 {
        return Err(Error::constant("the outcome"));
    }
    let variance =
        |share: Proportion| share.share() * (number(share.misses()) / number(share.trials()));
    let (ours, theirs) = (number(treatment.trials()), number(control.trials()));
    Ok(ZTest {
        difference: treatment.share() - control.share(),
        pooled_error: (variance(both) * (1.0 / ours + 1.0 / theirs)).sqrt(),
        unpooled_error: (variance(treatment) / ours + variance(control) / theirs).sqrt(),
    })
}

impl ZTest {
    /// The difference in pooled standard errors: the statistic under the hypothesis that there is
    /// none.
    pub fn z(&self) -> f64 {
        self.difference / self.pooled_error
    }

    /// The difference in unpooled standard errors; infinite if both shares are 0 or 1.
    pub fn unpooled_z(&self) -> f64 {
        self.difference / self.unpooled_error
    }

    /// How probable such a pooled statistic is, or one further in that direction, if there is no
    /// difference.
    ///
    /// Its square is the chi-squared statistic of the table without a correction.
    pub fn p_value(&self, alternative: Alternative) -> f64 {
        alternative.p_value(self.z(), normal::sf)
    }

    /// The same with the unpooled error, for a difference of `margin` instead of none.
    pub fn p_value_against(&self, margin: f64, alternative: Alternative) -> f64 {
        let excess = self.difference - margin;
        let z = if excess == 0.0 { 0.0 } else { excess / self.unpooled_error };
        alternative.p_value(z, normal::sf)
    }

    /// The differences that are not excluded, by the unpooled error (Wald's interval).
    pub fn interval(&self, confidence: Confidence) -> Interval {
        let interval = Interval::around(self.difference, confidence.z() * self.unpooled_error);
        Interval { low: interval.low.max(-1.0), high: interval.high.min(1.0) }
    }
}

#[cfg(test)]
mod tests;
