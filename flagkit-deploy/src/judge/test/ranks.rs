//! All values of one side, as coarsely as it takes to keep them small: where is the quantile?

use std::collections::BTreeMap;

use flagkit_stats::Interval;
use flagkit_stats::quantile::QuantileSequence;
use serde::{Deserialize, Serialize};

use super::quantile::Bins;

/// The values of all windows, in at most [`BINS_MAX`] bins. When there are more, pairs of neighbours are put
/// together: an edge that is left is an edge of before.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(super) struct Ranks {
    /// ln of the source's factor from bin to bin; 0 before the first window.
    step: f64,
    /// How often pairs were put together.
    merged: u8,
    zero: u64,
    bins: BTreeMap<i32, u64>,
}

impl Ranks {
    /// A window. Values of a source that changes its factor are counted anew.
    pub(super) fn add(&mut self, window: &Bins<'_>) {
        if self.step != window.step {
            *self = Self { step: window.step, ..Self::default() };
        }
        self.zero = self.zero.saturating_add(window.zero);
        for (bin, count) in window.counts {
            let sum = self.bins.entry(coarse(*bin, self.merged)).or_insert(0);
            *sum = sum.saturating_add(*count);
        }
        while self.bins.len() > BINS_MAX {
            self.merged += 1;
            for (bin, count) in std::mem::take(&mut self.bins) {
                let sum = self.bins.entry(coarse(bin, 1)).or_insert(0);
                *sum = sum.saturating_add(count);
            }
        }
    }

    /// Where the quantile is, at all looks together; from 0 to infinity while nothing is excluded.
    pub(super) fn interval(&self, sequence: &QuantileSequence) -> Interval {
        let count = self.bins.values().fold(self.zero, |sum, count| sum.saturating_add(*count));
        let (lowest, highest) = sequence.ranks(count);
        let width = self.step * f64::from(self.merged).exp2();
        let edge = |bin: Option<i32>, back: f64| {
            bin.map_or(0.0, |bin| ((f64::from(bin) - back) * width).exp())
        };
        let low = if lowest == 0 { 0.0 } else { edge(self.bin_of(lowest), 1.0) };
        let high = if highest > count { f64::INFINITY } else { edge(self.bin_of(highest), 0.0) };
        Interval { low, high }
    }

    /// The bin of the value with this rank; none for 0 and less.
    fn bin_of(&self, rank: u64) -> Option<i32> {
        let mut seen = self.zero;
        if seen >= rank {
            return None;
        }
        let found = self.bins.iter().find(|(_, count)| {
            seen = seen.saturating_add(**count);
            seen >= rank
        });
        found.map(|(bin, _)| *bin)
    }
}

/// The bin after so many times of putting pairs together: above `base^(n-1)` and not above `base^n`
/// is above `base^(2(m-1))` and not above `base^(2m)` where m is half of n, rounded up.
fn coarse(bin: i32, merged: u8) -> i32 {
    // What is rounded up is what is rounded down with the opposite sign.
    let coarse = -(-i64::from(bin) >> u32::from(merged.min(31)));
    // INVARIANT: it is not farther from 0 than the bin.
    i32::try_from(coarse).unwrap_or(bin)
}

/// The most bins of one side: a factor of a hundred in steps of 3.7 %.
const BINS_MAX: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coarser_bins_hold_what_the_finer_ones_held() {
        for bin in -50..=50 {
            let half = coarse(bin, 1);
            assert!(2 * (half - 1) < bin && bin <= 2 * half, "{bin} in {half}");
            assert_eq!(coarse(half, 1), coarse(bin, 2));
        }
        assert_eq!((coarse(i32::MAX, 31), coarse(i32::MIN, 0)), (1, i32::MIN));
    }

    #[test]
    fn many_bins_are_put_together_and_lose_nothing() {
        let counts: Vec<(i32, u64)> = (-300..300).map(|bin| (bin, 10)).collect();
        let window = Bins { step: 1.01_f64.ln(), counts: &counts, zero: 5 };
        let mut ranks = Ranks::default();
        (0..10).for_each(|_| ranks.add(&window));
        assert!(ranks.bins.len() <= BINS_MAX && ranks.merged == 3, "{}", ranks.merged);
        assert_eq!(ranks.bins.values().sum::<u64>() + ranks.zero, 60_050);
        let alpha = flagkit_stats::Alpha::new(0.001).unwrap();
        let median = QuantileSequence::new(0.5, alpha).unwrap();
        let Interval { low, high } = ranks.interval(&median);
        // Half of the values are up to bin -1.
        let truth = 1.01_f64.powi(-1);
        assert!(low < truth && truth < high && low > 0.7 && high < 1.4, "{low} to {high}");
    }
}
