//! Chance from a seed, so that a run can be repeated.

use std::time::Duration;

/// `SplitMix64`: enough for spreading clients over time, and for nothing secret.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A random part of a duration: from nothing up to, but without, all of it.
    pub(crate) fn part_of(&mut self, whole: Duration) -> Duration {
        let nanos = whole.as_nanos().min(u128::from(u64::MAX));
        let part = (nanos * u128::from(self.next())) >> 64;
        // A part of what fits into 64 bits does, too.
        Duration::from_nanos(u64::try_from(part).unwrap_or(u64::MAX))
    }

    /// A duration and up to a tenth more.
    pub(crate) fn spread(&mut self, least: Duration) -> Duration {
        least.saturating_add(self.part_of(least / 10))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests;
