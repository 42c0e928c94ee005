//! Values counted in bins on a logarithmic scale.

use crate::Error;

/// Bins of a histogram; histograms with the same scale can be added.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Scale {
    /// ln of the width of a bin.
    step: f64,
    smallest: f64,
}

impl Scale {
    /// With how far a value may be from the edges of its bin, relatively (0.01 is 1 %), and the
    /// smallest value that is told from 0, in the unit of the values.
    ///
    /// There are 1,024 bins: at 1 % they reach from the smallest value to 7·10⁸ times that, a
    /// microsecond to twelve minutes. Larger values are in the last bin, which has no upper edge.
    ///
    /// # Errors
    ///
    /// If the error is not between 0.001 and 0.5, or the smallest not between 10⁻¹⁵⁰ and 10¹⁵⁰.
    pub fn new(relative_error: f64, smallest: f64) -> Result<Self, Error> {
        let is_inside = (0.001..=0.5).contains(&relative_error);
        Error::unless(is_inside, "relative error", relative_error, "between 0.001 and 0.5")?;
        let is_inside = (1e-150..=1e150).contains(&smallest);
        Error::unless(is_inside, "the smallest value", smallest, "between 10⁻¹⁵⁰ and 10¹⁵⁰")?;
        // From an edge to the next is twice the error, seen from the middle.
        Ok(Self { step: ((1.0 + relative_error) / (1.0 - relative_error)).ln(), smallest })
    }

    /// The bin of a value.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "held between 0 and the number of bins before"
    )]
    fn bin(&self, value: f64) -> usize {
        if value <= self.smallest {
            return 0;
        }
        let place = ((value / self.smallest).ln() / self.step).floor() + 1.0;
        place.clamp(0.0, LAST) as usize
    }

    /// Where a bin begins; the first one begins at 0.
    fn edge(&self, bin: usize) -> f64 {
        match u32::try_from(bin) {
            Ok(0) => 0.0,
            Ok(bin) => self.smallest * (f64::from(bin - 1) * self.step).exp(),
            Err(_) => f64::INFINITY,
        }
    }
}

/// Counts of values by size; the state is 8 KiB and never grows.
///
/// An added value costs a logarithm and allocates nothing; merging adds the counts, so the order
/// of values and of merges makes no difference at all.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Histogram {
    scale: Scale,
    count: u64,
    refused: u64,
    // INVARIANT: `BINS` long.
    bins: Vec<u64>,
}

impl Histogram {
    /// Without values.
    pub fn new(scale: Scale) -> Self {
        Self { scale, count: 0, refused: 0, bins: vec![0; BINS] }
    }

    /// One more value. Negative ones count as 0; NaN is only counted.
    pub fn add(&mut self, value: f64) {
        self.add_many(value, 1);
    }

    /// A value that was seen several times.
    pub fn add_many(&mut self, value: f64, times: u64) {
        if value.is_nan() {
            self.refused = self.refused.saturating_add(times);
            return;
        }
        // Counts stay below 2⁶³, so that a rank and the one behind it are numbers.
        let times = times.min(MOST - self.count.min(MOST));
        if let Some(bin) = self.bins.get_mut(self.scale.bin(value)) {
            *bin = bin.saturating_add(times);
            self.count += times;
        }
    }

    /// The values of another histogram.
    ///
    /// # Errors
    ///
    /// If the scales are different; nothing is merged then.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        let is_same = self.scale == other.scale && self.bins.len() == other.bins.len();
        let range = "that of the histogram that it is merged into";
        Error::unless(is_same, "the step of the scale", other.scale.step, range)?;
        let fits = self.count.saturating_add(other.count) <= MOST;
        Error::unless(fits, "the count", crate::arms::number(other.count), "less than 2⁶³")?;
        self.count += other.count;
        self.refused = self.refused.saturating_add(other.refused);
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            *bin = bin.saturating_add(*more);
        }
        Ok(())
    }

    /// How the bins are made.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// Values that were counted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Values that were NaN.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// The value below which a share of the values is, at the middle of its bin; none without
    /// values.
    pub fn quantile(&self, level: f64) -> Option<f64> {
        if self.count == 0 || level.is_nan() {
            return None;
        }
        let rank = rank(level.clamp(0.0, 1.0), self.count);
        let bin = self.bin_of_rank(rank);
        Some(match bin {
            0 => 0.0,
            LAST_BIN => self.scale.edge(bin),
            _ => f64::midpoint(self.scale.edge(bin), self.scale.edge(bin + 1)),
        })
    }

    /// How many values are in bins above that of a threshold.
    pub fn above(&self, value: f64) -> u64 {
        self.bins.iter().skip(self.scale.bin(value) + 1).sum()
    }

    /// A number that the value of this rank, counted from 1, is not below.
    pub(crate) fn lower_edge(&self, rank: u64) -> f64 {
        self.scale.edge(self.bin_of_rank(rank))
    }

    /// A number that the value of this rank is not above; ∞ in the last bin.
    pub(crate) fn upper_edge(&self, rank: u64) -> f64 {
        let bin = self.bin_of_rank(rank);
        if bin >= LAST_BIN { f64::INFINITY } else { self.scale.edge(bin + 1) }
    }

    fn bin_of_rank(&self, rank: u64) -> usize {
        let mut seen = 0_u64;
        for (place, bin) in self.bins.iter().enumerate() {
            seen = seen.saturating_add(*bin);
            if seen >= rank {
                return place;
            }
        }
        LAST_BIN
    }
}

/// The rank of a quantile, from 1 to the count.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 1 and the count, which is below 2⁶³"
)]
fn rank(level: f64, count: u64) -> u64 {
    let rank = (level * crate::arms::number(count)).ceil().max(1.0);
    (rank as u64).min(count)
}

/// Bins of each histogram.
const BINS: usize = 1_024;
/// The last of them, for everything that is larger.
const LAST_BIN: usize = BINS - 1;
/// The same as a number to calculate with.
const LAST: f64 = 1_023.0;
/// Most values of a histogram.
const MOST: u64 = u64::MAX / 2;
