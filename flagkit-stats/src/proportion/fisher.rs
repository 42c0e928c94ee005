//! Exact tests of two shares, given how many hits there were in all.
//!
//! Given their sum, the hits of the treatment have a known distribution, and no approximation is
//! left. Sums begin at the observed count and end where terms no longer count, so that millions of
//! trials take microseconds.

use super::Proportion;
use crate::count::number;
use crate::special::{beta, ln_binomial};
use crate::{Alternative, Error};

/// Fisher's exact test: the p-value, given hits and trials of both sides.
///
/// Two-sided, it adds up all tables that are at most as probable as the observed one. It never
/// rejects too often; with few hits much less often than it may.
///
/// ```
/// use flagkit_stats::Alternative;
/// use flagkit_stats::proportion::{Proportion, fisher::fisher};
///
/// // The lady who tastes tea: all four right, one of 70 ways to choose.
/// let p = fisher(Proportion::new(4, 4)?, Proportion::new(0, 4)?, Alternative::Greater);
/// assert!((p - 1.0 / 70.0).abs() < 1e-15);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
pub fn fisher(treatment: Proportion, control: Proportion, alternative: Alternative) -> f64 {
    let table = Table::of(treatment, control);
    let [lowest, highest] = table.range;
    if lowest == highest {
        return 1.0;
    }
    let observed = treatment.hits();
    let p_value = match alternative {
        Alternative::Greater => table.upper(observed),
        Alternative::Less => table.lower(observed),
        Alternative::TwoSided => table.as_probable_as(observed),
    };
    p_value.min(1.0)
}

/// The test of two rates of rare events: given all hits, each is one of the treatment with the
/// probability of the treatment's share of trials. (Przyborowski and Wilenski 1940.)
///
/// Trials may also be another measure of exposure, such as seconds. Two-sided, it is twice the
/// smaller side.
///
/// ```
/// use flagkit_stats::Alternative;
/// use flagkit_stats::proportion::{Proportion, fisher::conditional};
///
/// // Five of five errors where half of the requests are: 1 of 32.
/// let p = conditional(Proportion::new(5, 500)?, Proportion::new(0, 500)?, Alternative::Greater)?;
/// assert!((p - 1.0 / 32.0).abs() < 1e-15);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
///
/// # Errors
///
/// If there is no hit at all.
pub fn conditional(
    treatment: Proportion,
    control: Proportion,
    alternative: Alternative,
) -> Result<f64, Error> {
    let hits = treatment.hits().saturating_add(control.hits());
    Error::unless_enough("hits", hits, 1)?;
    let (ours, theirs) = (number(treatment.trials()), number(control.trials()));
    let share = ours / (ours + theirs);
    let (wins, losses) = (number(treatment.hits()), number(control.hits()));
    // P(X >= k) is the incomplete beta function of k and n - k + 1.
    let above = if wins == 0.0 { 1.0 } else { beta::cdf(share, wins, losses + 1.0) };
    let below = if losses == 0.0 { 1.0 } else { beta::sf(share, wins + 1.0, losses) };
    Ok(match alternative {
        Alternative::Greater => above,
        Alternative::Less => below,
        Alternative::TwoSided => (2.0 * above.min(below)).min(1.0),
    })
}

/// The hypergeometric distribution of the treatment's hits.
struct Table {
    /// Trials of both sides.
    trials: [u64; 2],
    /// Hits of both sides together.
    hits: u64,
    /// The fewest and the most hits that the treatment can have.
    range: [u64; 2],
    /// The most probable count.
    mode: u64,
}

impl Table {
    fn of(treatment: Proportion, control: Proportion) -> Self {
        let hits = treatment.hits().saturating_add(control.hits());
        let trials = [treatment.trials(), control.trials()];
        let range = [hits.saturating_sub(control.trials()), hits.min(treatment.trials())];
        let [ours, theirs] = trials.map(u128::from);
        let mode = (u128::from(hits) + 1) * (ours + 1) / (ours + theirs + 2);
        let [lowest, highest] = range;
        let mode = u64::try_from(mode).unwrap_or(u64::MAX).clamp(lowest, highest);
        Self { trials, hits, range, mode }
    }

    /// The probability of so many hits of the treatment.
    ///
    /// It is that of so many successes on both sides by chance, given their sum: a quotient of
    /// binomial probabilities, none of which is large or cancels.
    fn at(&self, hits: u64) -> f64 {
        let [ours, theirs] = self.trials;
        let all = ours.saturating_add(theirs);
        let share = number(self.hits) / number(all);
        let rest = number(all.saturating_sub(self.hits)) / number(all);
        let ln = |hits: u64, trials: u64| ln_binomial(hits, trials, [share, rest]);
        (ln(hits, ours) + ln(self.hits - hits, theirs) - ln(self.hits, all)).exp()
    }

    /// The probability of one more over that of so many.
    fn step(&self, hits: u64) -> f64 {
        let [ours, theirs] = self.trials.map(number);
        let (here, there) = (number(hits), number(self.hits - hits));
        (ours - here) / (here + 1.0) * there / (theirs - there + 1.0)
    }

    /// The probability of at least so many. Of both sides the one beside the middle is not small.
    fn upper(&self, hits: u64) -> f64 {
        let [lowest, _] = self.range;
        if hits <= lowest {
            return 1.0;
        }
        if hits <= self.mode { 1.0 - self.down_from(hits - 1) } else { self.up_from(hits) }
    }

    /// The probability of at most so many.
    fn lower(&self, hits: u64) -> f64 {
        let [_, highest] = self.range;
        if hits >= highest {
            return 1.0;
        }
        if hits >= self.mode { 1.0 - self.up_from(hits + 1) } else { self.down_from(hits) }
    }

    /// The probability of all counts that are at most as probable as this one.
    fn as_probable_as(&self, hits: u64) -> f64 {
        let [lowest, highest] = self.range;
        let bound = self.at(hits) * (1.0 + EQUAL);
        if self.at(self.mode) <= bound {
            return 1.0;
        }
        // From the end to the middle probabilities rise, and behind it they fall.
        if hits > self.mode {
            let count = partition(lowest, self.mode, |place| self.at(place) <= bound);
            let below = if count == lowest { 0.0 } else { self.down_from(count - 1) };
            return self.up_from(hits) + below;
        }
        let first = partition(self.mode, highest + 1, |place| self.at(place) > bound);
        let above = if first > highest { 0.0 } else { self.up_from(first) };
        self.down_from(hits) + above
    }

    /// The sum from so many upwards, away from the middle.
    fn up_from(&self, hits: u64) -> f64 {
        let [_, highest] = self.range;
        let (mut sum, mut term) = (0.0, self.at(hits));
        for place in hits..=highest {
            sum += term;
            if term <= sum * NEGLIGIBLE {
                break;
            }
            term *= self.step(place);
        }
        sum
    }

    /// The sum from so many downwards, away from the middle.
    fn down_from(&self, hits: u64) -> f64 {
        let [lowest, _] = self.range;
        let (mut sum, mut term) = (0.0, self.at(hits));
        for place in (lowest..=hits).rev() {
            sum += term;
            if term <= sum * NEGLIGIBLE || place == lowest {
                break;
            }
            term /= self.step(place - 1);
        }
        sum
    }
}

/// The first place for which something that holds before does not hold.
fn partition(mut low: u64, mut high: u64, holds: impl Fn(u64) -> bool) -> u64 {
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

/// A term below this share of the sum changes nothing, and those after it are smaller.
const NEGLIGIBLE: f64 = 1e-18;

/// Two tables are equally probable if no more than rounding lies between them, as in R.
const EQUAL: f64 = 1e-7;
