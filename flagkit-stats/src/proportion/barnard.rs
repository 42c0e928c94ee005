//! Barnard's exact test of two shares, which does not fix how many hits there are.
//!
//! For a few dozen trials a side it finds differences that Fisher's test misses, at the price of
//! more computation.

use super::Proportion;
use crate::Error;
use crate::count::{number, number_of};
use crate::special::ln_binomial;

/// The two-sided p-value: the largest probability, over all common shares, of a pooled z statistic
/// at least as far from 0 as the observed one. (Barnard 1945; Suissa and Shuster 1985.)
///
/// The largest one is looked for at 1,000 shares, and around the best of them by golden sections.
///
/// ```
/// use flagkit_stats::proportion::{Proportion, barnard::barnard};
///
/// // Only 5 of 5 against 0 of 5 and its opposite are as far; both shares 1/2 make them likeliest.
/// let p = barnard(Proportion::new(5, 5)?, Proportion::new(0, 5)?)?;
/// assert!((p - 2.0 / 1024.0).abs() < 1e-12);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
///
/// # Errors
///
/// If a side has more than 250 trials, or the outcome does not vary.
pub fn barnard(treatment: Proportion, control: Proportion) -> Result<f64, Error> {
    let trials = [treatment.trials(), control.trials()];
    for count in trials {
        Error::unless_at_most("trials of a side", count, TRIALS_MAX)?;
    }
    let both = treatment.merged(control);
    if both.hits() == 0 || both.misses() == 0 {
        return Err(Error::constant("the outcome"));
    }
    let region = region([treatment.hits(), control.hits()], trials);
    let all = both.trials();
    let probability = |share: f64| -> f64 {
        let shares = [share, 1.0 - share];
        let at = |(hits, part): (u64, &f64)| {
            if *part > 0.0 { part * ln_binomial(hits, all, shares).exp() } else { 0.0 }
        };
        (0..=all).zip(&region).map(at).sum()
    };
    Ok(largest(probability).min(1.0))
}

/// For each number of hits of both sides, the part of its tables that is as far from equality as
/// the observed one.
fn region(observed: [u64; 2], trials: [u64; 2]) -> [f64; SUMS] {
    let [ours, theirs] = trials;
    let mut region = [0.0; SUMS];
    for (hits, part) in (0..=ours + theirs).zip(region.iter_mut()) {
        for here in hits.saturating_sub(theirs)..=hits.min(ours) {
            if is_as_far([here, hits - here], observed, trials) {
                // The share of a table among those with as many hits does not depend on the
                // common share; 1/2 is as good as any.
                let half = [0.5, 0.5];
                let ways = ln_binomial(here, ours, half) + ln_binomial(hits - here, theirs, half);
                *part += (ways - ln_binomial(hits, ours + theirs, half)).exp();
            }
        }
    }
    region
}

/// Whether the pooled z statistic of a table is at least as far from 0 as that of another, in whole
/// numbers: equal statistics stay equal.
fn is_as_far(table: [u64; 2], other: [u64; 2], trials: [u64; 2]) -> bool {
    let [gap, other_gap] = [table, other].map(|hits| squared_gap(hits, trials));
    let [spread, other_spread] = [table, other].map(|hits| spread(hits, trials));
    gap * other_spread >= other_gap * spread && (spread > 0 || other_gap == 0)
}

/// The squared difference of both shares, times a constant.
fn squared_gap([here, there]: [u64; 2], [ours, theirs]: [u64; 2]) -> u128 {
    let gap = u128::from((here * theirs).abs_diff(there * ours));
    gap * gap
}

/// The pooled variance, times another.
fn spread([here, there]: [u64; 2], [ours, theirs]: [u64; 2]) -> u128 {
    let hits = here + there;
    u128::from(hits) * u128::from(ours + theirs - hits)
}

/// The largest value of a function between 0 and 1.
fn largest(function: impl Fn(f64) -> f64) -> f64 {
    let place = |index: usize| number_of(index) / number(PLACES);
    let mut best = (0.0, 0.0);
    for index in 1..usize::try_from(PLACES).unwrap_or_default() {
        let value = function(place(index));
        if value > best.1 {
            best = (place(index), value);
        }
    }
    let (mut low, mut high) = (best.0 - place(1), best.0 + place(1));
    let mut largest = best.1;
    for _ in 0..GOLDEN_STEPS {
        let width = GOLDEN * (high - low);
        let [left, right] = [high - width, low + width];
        let [at_left, at_right] = [left, right]
            .map(|share| if share > 0.0 && share < 1.0 { function(share) } else { 0.0 });
        largest = largest.max(at_left).max(at_right);
        if at_left > at_right { high = right } else { low = left }
    }
    largest
}

/// The sums of both sides' hits are on the stack.
const TRIALS_MAX: u64 = 250;

/// A place for each sum.
const SUMS: usize = 501;

/// Into how many parts the common share is divided at first.
const PLACES: u64 = 1_000;

/// Enough to reach the last digits, since the largest value is flat.
const GOLDEN_STEPS: usize = 30;

/// The golden ratio's inverse.
const GOLDEN: f64 = 0.618_033_988_749_894_9;
