//! A metric in a few numbers.

use crate::moments::Moments;
use crate::{Error, Sorted};

/// Count, mean, deviation and percentiles of a sample.
///
/// ```
/// use flagkit_stats::Sorted;
/// use flagkit_stats::summary::Summary;
///
/// let mut latencies = [30.0, 10.0, 20.0, 40.0];
/// let summary = Summary::of(Sorted::sort(&mut latencies)?)?;
/// assert_eq!((summary.count, summary.mean, summary.median), (4, 25.0, 25.0));
/// assert_eq!(summary.p90, 37.0);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Summary {
    /// How many values.
    pub count: u64,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation over `count - 1`; NaN for a single value.
    pub standard_deviation: f64,
    /// The smallest.
    pub smallest: f64,
    /// The middle one.
    pub median: f64,
    /// Below it are 90 of 100; percentiles by definition 7 of Hyndman and Fan.
    pub p90: f64,
    /// Below it are 95 of 100.
    pub p95: f64,
    /// Below it are 99 of 100.
    pub p99: f64,
    /// The largest.
    pub largest: f64,
}

impl Summary {
    /// That of a sample.
    ///
    /// # Errors
    ///
    /// If it is empty, or a value is beyond 1e150.
    pub fn of(sample: Sorted<'_>) -> Result<Self, Error> {
        let moments = Moments::of(sample.values())?;
        Ok(Self {
            count: moments.count,
            mean: moments.mean,
            standard_deviation: moments.standard_deviation(),
            smallest: sample.quantile(0.0)?,
            median: sample.median()?,
            p90: sample.quantile(0.9)?,
            p95: sample.quantile(0.95)?,
            p99: sample.quantile(0.99)?,
            largest: sample.quantile(1.0)?,
        })
    }
}

/// The same without percentiles, of values that are not kept: in constant space, and mergeable.
///
/// Percentiles of values that are not kept are those of a
/// [`Histogram`](crate::quantile::Histogram).
///
/// ```
/// use flagkit_stats::summary::Running;
///
/// let mut running = Running::default();
/// for value in [3.0, 1.0, 2.0] {
///     running.add(value)?;
/// }
/// assert_eq!((running.moments.mean, running.smallest, running.largest), (2.0, 1.0, 3.0));
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::exhaustive_structs, reason = "sufficient statistics that others may have, too")]
pub struct Running {
    /// Count, mean and variance.
    pub moments: Moments,
    /// The smallest value; `f64::MAX` while there is none.
    pub smallest: f64,
    /// The largest value; `f64::MIN` while there is none.
    pub largest: f64,
}

impl Default for Running {
    fn default() -> Self {
        // Finite, because JSON has no infinities.
        Self { moments: Moments::default(), smallest: f64::MAX, largest: f64::MIN }
    }
}

impl Running {
    /// One more value.
    ///
    /// # Errors
    ///
    /// If it is NaN, infinite, or beyond 1e150; nothing is changed then.
    pub fn add(&mut self, value: f64) -> Result<(), Error> {
        self.moments.add(value)?;
        self.smallest = self.smallest.min(value);
        self.largest = self.largest.max(value);
        Ok(())
    }

    /// All values of another part.
    pub fn merge(&mut self, other: &Self) {
        self.moments.merge(&other.moments);
        self.smallest = self.smallest.min(other.smallest);
        self.largest = self.largest.max(other.largest);
    }
}
