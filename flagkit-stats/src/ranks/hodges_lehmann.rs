//! By how much one sample is shifted against another.
//!
//! The estimate is the median of all differences between a value of the treatment and one of the
//! control (Hodges and Lehmann 1963), and the ends of the interval are such differences, too: those
//! whose ranks the Mann-Whitney test does not reject. The differences are counted, never written
//! down: samples of 100,000 values take ten milliseconds and no memory.

use super::MannWhitney;
use super::exact::Distribution;
use crate::count::{at, place};
use crate::{Confidence, Error, Interval, Sorted};

/// The median difference and its interval.
///
/// The interval holds the shifts that the Mann-Whitney test does not reject: by the exact
/// distribution in small samples without ties, otherwise by the normal approximation with the
/// corrections for continuity and for ties within each sample, as a shift leaves them. With too
/// few values for the confidence it is unbounded.
///
/// ```
/// use flagkit_stats::ranks::hodges_lehmann::shift;
/// use flagkit_stats::{Confidence, Sorted};
///
/// let (mut treatment, mut control) = ([11.0, 12.0, 13.0, 14.0], [1.0, 2.0, 3.0, 4.0]);
/// let (treatment, control) = (Sorted::sort(&mut treatment)?, Sorted::sort(&mut control)?);
/// let shift = shift(treatment, control, Confidence::P95)?;
/// assert_eq!(shift.estimate, 10.0);
/// assert_eq!((shift.interval.low, shift.interval.high), (7.0, 13.0));
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
///
/// # Errors
///
/// If a sample is empty.
pub fn shift(
    treatment: Sorted<'_>,
    control: Sorted<'_>,
    confidence: Confidence,
) -> Result<Shift, Error> {
    let test = MannWhitney::of(treatment, control)?;
    let differences = Differences { treatment, control };
    let pairs = treatment.count().saturating_mul(control.count());
    let rank = rank_of_low_end(&test, confidence);
    let interval = if rank == 0 {
        Interval { low: f64::NEG_INFINITY, high: f64::INFINITY }
    } else {
        Interval { low: differences.ranked(rank), high: differences.ranked(pairs + 1 - rank) }
    };
    let (below, above) = (differences.ranked(pairs.div_ceil(2)), differences.ranked(pairs / 2 + 1));
    Ok(Shift { estimate: f64::midpoint(below, above), interval })
}

/// A shift in the unit of the samples; above zero if the treatment has the larger values.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Shift {
    /// The median of all differences.
    pub estimate: f64,
    /// The shifts that are not excluded.
    pub interval: Interval,
}

/// The rank of the difference where the interval begins, from 1; 0 if there is none.
fn rank_of_low_end(test: &MannWhitney, confidence: Confidence) -> u64 {
    let (treatment, control) = test.sizes();
    let half = 0.5 * confidence.alpha();
    if !test.is_tied()
        && let Ok(distribution) = Distribution::of(treatment, control)
    {
        return distribution.below(half);
    }
    let rank = 0.5 * test.pairs() - confidence.z() * test.deviation_if_shifted() + 0.5;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast of floats saturates: what is negative is 0, as it should be"
    )]
    let rank = rank.floor() as u64;
    // All values equal: the deviation is 0, and the only difference is the middle one.
    rank.min(treatment.saturating_mul(control).div_ceil(2))
}

/// All differences of two samples, in order without being written down.
#[derive(Clone, Copy)]
struct Differences<'a> {
    treatment: Sorted<'a>,
    control: Sorted<'a>,
}

impl Differences<'_> {
    /// The difference of that rank, from 1: the smallest number that so many do not exceed.
    ///
    /// It bisects the numbers themselves, of which there are 2^64.
    fn ranked(&self, rank: u64) -> f64 {
        let (ours, theirs) = (self.treatment.values(), self.control.values());
        let ends = (ours.first(), ours.last(), theirs.first(), theirs.last());
        let (Some(our_first), Some(our_last), Some(their_first), Some(their_last)) = ends else {
            return f64::NAN;
        };
        let (mut low, mut high) = (place(our_first - their_last), place(our_last - their_first));
        while low < high {
            // Rounds down, also below zero.
            let middle = (low & high) + ((low ^ high) >> 1);
            if self.count_up_to(at(middle)) >= rank { high = middle } else { low = middle + 1 }
        }
        at(low)
    }

    /// How many differences are at most that.
    fn count_up_to(&self, limit: f64) -> u64 {
        let mut rest = self.control.values();
        let mut count = 0_u64;
        for ours in self.treatment.values() {
            // What is too far below this value is so for the next, larger one.
            let beyond = rest.iter().take_while(|theirs| ours - **theirs > limit).count();
            rest = rest.get(beyond..).unwrap_or_default();
            count = count.saturating_add(rest.len().try_into().unwrap_or(u64::MAX));
        }
        count
    }
}
