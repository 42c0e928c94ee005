//! Is a rate above a fixed limit? For flags and releases without a baseline.

use crate::arms::number;
use crate::tilt::{Counted, Grid, Likelihoods, Sums};
use crate::{Alpha, Error, Evidence, Interval};

/// Compares the rate of an event with a limit, at any number of looks.
///
/// Each exposure is a Bernoulli trial whose probability may change; the e-value is a mixture of
/// likelihood ratios over odds above those of the limit. A limit does not know about outages that
/// everybody suffers from: where there is a control, [`EventTest`](super::EventTest) does.
///
/// ```
/// use flagkit_stats::Alpha;
/// use flagkit_stats::events::LimitTest;
///
/// let mut test = LimitTest::new(0.01)?;
/// test.add(1_000, 40);
/// assert!(test.above().proves(Alpha::new(0.001)?));
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Saved", into = "Saved"))]
pub struct LimitTest {
    grid: Grid,
    saved: Saved,
}

impl LimitTest {
    /// With the highest rate that is accepted, in events per exposure: `0.05` is 5 %.
    ///
    /// # Errors
    ///
    /// If the limit is not above 0 and below 1.
    pub fn new(limit: f64) -> Result<Self, Error> {
        let is_inside = limit > 0.0 && limit < 1.0;
        Error::unless(is_inside, "limit", limit, "above 0 and below 1")?;
        let saved = Saved { limit, sums: Sums::NONE, above: Evidence::NONE, below: Evidence::NONE };
        Ok(Self { grid: Grid::around(1.0), saved })
    }

    /// One more window. More events than exposures count as one event for each exposure.
    pub fn add(&mut self, exposures: u64, events: u64) {
        self.add_tempered(exposures, events, 1.0);
    }

    /// The same with evidence raised to a power, as in
    /// [`EventTest::add_tempered`](super::EventTest::add_tempered).
    pub fn add_tempered(&mut self, exposures: u64, events: u64, power: f64) {
        if exposures > 0 {
            let counted =
                Counted { hits: number(events.min(exposures)), trials: number(exposures) };
            self.saved.sums.add(&self.grid, self.saved.limit, counted.tempered(power));
            self.judge();
        }
    }

    /// The windows of another test with the same limit. The highest evidence begins anew, as in
    /// [`EventTest::merge`](super::EventTest::merge).
    ///
    /// # Errors
    ///
    /// If the limits are different; nothing is merged then.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        let is_same = self.saved.limit == other.saved.limit;
        let range = "the limit of the test that it is merged into";
        Error::unless(is_same, "limit", other.saved.limit, range)?;
        self.saved.sums.merge(&other.saved.sums);
        (self.saved.above, self.saved.below) = (Evidence::NONE, Evidence::NONE);
        self.judge();
        Ok(())
    }

    /// Evidence against "the rate is at most the limit".
    pub fn above(&self) -> Evidence {
        self.saved.above
    }

    /// Evidence against "the rate is at least the limit".
    pub fn below(&self) -> Evidence {
        self.saved.below
    }

    /// The rates that are not excluded: a confidence sequence for a rate that does not change.
    pub fn rate(&self, alpha: Alpha) -> Interval {
        let Interval { low, high } = self.saved.sums.curve(&self.grid).interval(alpha);
        let odds = self.saved.limit / (1.0 - self.saved.limit);
        let rate = |ratio: f64| match odds * ratio {
            infinite if infinite == f64::INFINITY => 1.0,
            odds => odds / (1.0 + odds),
        };
        Interval { low: rate(low), high: rate(high) }
    }

    /// The highest rate that is accepted.
    pub fn limit(&self) -> f64 {
        self.saved.limit
    }

    /// As if no window had come.
    pub(super) fn forget(&mut self) {
        let (above, below) = (Evidence::NONE, Evidence::NONE);
        self.saved = Saved { limit: self.saved.limit, sums: Sums::NONE, above, below };
    }

    fn judge(&mut self) {
        let values = self.saved.sums.log_likelihoods(&self.grid);
        let likelihoods = Likelihoods { grid: &self.grid, values };
        self.saved.above.update(likelihoods.above_null());
        self.saved.below.update(likelihoods.below_null());
    }
}

/// The test without what is always the same.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Saved {
    limit: f64,
    sums: Sums,
    above: Evidence,
    below: Evidence,
}

#[cfg(feature = "serde")]
impl TryFrom<Saved> for LimitTest {
    type Error = Error;

    fn try_from(saved: Saved) -> Result<Self, Error> {
        Self::new(saved.limit).map(|test| Self { saved, ..test })
    }
}

#[cfg(feature = "serde")]
impl From<LimitTest> for Saved {
    fn from(test: LimitTest) -> Self {
        test.saved
    }
}
