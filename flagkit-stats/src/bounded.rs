//! Means of values between two known bounds, by betting; exact for any distribution.
//!
//! For each candidate mean somebody bets on the next value being above, somebody else below, at
//! odds that are fair if the candidate is true. A fair gambler multiplies a capital by 1,000 with
//! a probability of at most 1/1,000, so a candidate against which somebody gets rich is excluded
//! (Waudby-Smith, Ramdas: "Estimating means of bounded random variables by betting", 2024). No
//! assumption beyond the bounds and a mean that stays the same given the past.

use crate::arms::number;
use crate::{Alpha, Error, Interval};

/// A confidence sequence for the mean of bounded values: 64 candidates, equally spaced.
///
/// The ends of the interval are candidates, so it is never narrower than 2/63 of the range. The
/// order of the values matters a little, because stakes follow what was seen before.
///
/// ```
/// use flagkit_stats::Alpha;
/// use flagkit_stats::bounded::BoundedMean;
///
/// let mut mean = BoundedMean::new((1.0, 5.0), Alpha::new(0.05)?)?;
/// for rating in [5.0, 4.0, 5.0, 3.0].iter().cycle().take(400) {
///     mean.add(*rating);
/// }
/// let interval = mean.interval();
/// assert!(interval.contains(4.25) && interval.low > 4.0);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BoundedMean {
    low: f64,
    high: f64,
    log_bound: f64,
    count: u64,
    refused: u64,
    /// Of values scaled to 0..1, with half a value in the middle from the beginning.
    sum: f64,
    squares: f64,
    above: Capital,
    below: Capital,
    candidates: Candidates,
}

/// Which candidates have not been excluded.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Candidates {
    first: u8,
    last: u8,
}

impl BoundedMean {
    /// With the smallest and the largest value that is possible, and the false alarms of both
    /// sides together.
    ///
    /// # Errors
    ///
    /// If the bounds are not finite or the second is not above the first.
    pub fn new((low, high): (f64, f64), alpha: Alpha) -> Result<Self, Error> {
        let is_range = low < high && (high - low).is_finite();
        Error::unless(is_range, "the upper bound", high, "finite and above the lower one")?;
        Ok(Self {
            low,
            high,
            // Two gamblers for each candidate.
            log_bound: alpha.part(0.5).log_bound(),
            count: 0,
            refused: 0,
            sum: 0.5,
            squares: 0.25,
            above: Capital::NEW,
            below: Capital::NEW,
            candidates: Candidates { first: 0, last: LAST },
        })
    }

    /// One more value. What is outside of the bounds, or NaN, is only counted.
    pub fn add(&mut self, value: f64) {
        if !(self.low..=self.high).contains(&value) {
            self.refused = self.refused.saturating_add(1);
            return;
        }
        let value = (value - self.low) / (self.high - self.low);
        let stake = self.stake();
        self.count = self.count.saturating_add(1);
        self.above.bet(|mean| (stake.min(LIMIT / mean), value - mean));
        self.below.bet(|mean| (stake.min(LIMIT / (1.0 - mean)), mean - value));
        let mean = self.mean();
        self.sum += value;
        self.squares += (value - mean) * (value - mean);
        self.exclude();
    }

    /// The means that are not excluded, in the unit of the values.
    pub fn interval(&self) -> Interval {
        let Candidates { first, last } = self.candidates;
        // The mean may be anywhere between a candidate that is excluded and one that is not.
        let at = |place: u8| self.low + (self.high - self.low) * candidate(place);
        let low = at(first.saturating_sub(1));
        let high = if last >= LAST { self.high } else { at(last + 1) };
        Interval { low, high }
    }

    /// Values that were used.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Values that were not: NaN, or outside of the bounds.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// The mean of what was seen, with half a value in the middle.
    fn mean(&self) -> f64 {
        self.sum / (number(self.count) + 1.0)
    }

    /// What the past suggests to bet: large while little was seen or values vary little.
    fn stake(&self) -> f64 {
        let next = number(self.count) + 1.0;
        let variance = self.squares / next;
        (2.0 * self.log_bound / (variance * next * next.ln_1p())).sqrt()
    }

    /// Drops candidates from both ends. They stay dropped: the true mean is excluded at any look
    /// with a probability of at most α.
    fn exclude(&mut self) {
        let Self { above, below, log_bound, candidates, .. } = self;
        // The capital of who bets on larger values falls with the candidate, so the excluded
        // ones are at the ends.
        while candidates.first < LAST && above.log(candidates.first) >= *log_bound {
            candidates.first += 1;
        }
        while candidates.last > 0 && below.log(candidates.last) >= *log_bound {
            candidates.last -= 1;
        }
    }
}

/// The capitals of those who bet in one direction, one for each candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Capital {
    /// Serialised as two halves, which is what serde takes arrays up to.
    halves: [[f64; HALF]; 2],
    /// Logarithms of what was taken out so that products stay in range.
    logs: [[f64; HALF]; 2],
}

impl Capital {
    const NEW: Self = Self { halves: [[1.0; HALF]; 2], logs: [[0.0; HALF]; 2] };

    fn bet(&mut self, odds: impl Fn(f64) -> (f64, f64)) {
        let capitals = self.halves.iter_mut().flatten().zip(self.logs.iter_mut().flatten());
        for (place, (capital, log)) in (0_u8..).zip(capitals) {
            let (stake, gain) = odds(candidate(place));
            *capital *= 1.0 + stake * gain;
            if !RANGE.contains(capital) {
                *log += capital.ln();
                *capital = 1.0;
            }
        }
    }

    fn log(&self, place: u8) -> f64 {
        let capitals = self.halves.iter().flatten().zip(self.logs.iter().flatten());
        let at = capitals.skip(usize::from(place)).map(|(capital, log)| capital.ln() + log).next();
        at.unwrap_or(f64::NEG_INFINITY)
    }
}

/// A mean between 0 and 1.
fn candidate(place: u8) -> f64 {
    f64::from(place) / f64::from(LAST)
}

/// The last candidate.
const LAST: u8 = 63;
/// Half of the candidates.
const HALF: usize = 32;
/// Share of the capital that is risked at most.
const LIMIT: f64 = 0.5;
/// Outside of it a product is replaced by its logarithm.
const RANGE: std::ops::Range<f64> = 1e-100..1e100;
