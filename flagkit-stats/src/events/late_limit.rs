//! Has a rate gone beyond a limit of late? Beside a test that remembers everything, one that forgets.

use super::LimitTest;
use super::late::{LOST, of_bets};
use crate::evidence::log_mixture;
use crate::{Error, Evidence};

/// A [`LimitTest`] with restarts: hours within the limit do not have to be undone before what is
/// beyond it now can be proved. Half of the capital stays on the test that remembers, the other
/// half bets anew whenever a bet is lost, as in [`LateTest`](super::LateTest). The order of windows
/// matters.
///
/// ```
/// use flagkit_stats::Alpha;
/// use flagkit_stats::events::{LateLimit, LimitTest};
///
/// let (mut late, mut all) = (LateLimit::above(0.02)?, LimitTest::new(0.02)?);
/// for window in 0..320 {
///     let events = if window < 300 { 50 } else { 300 };
///     late.add(10_000, events, 1.0);
///     all.add(10_000, events);
/// }
/// let alpha = Alpha::new(0.001)?;
/// assert!(late.beyond().proves(alpha) && !all.above().proves(alpha));
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LateLimit {
    way: Way,
    all: LimitTest,
    /// Which bet this is, from 1.
    bet: u32,
    /// The test of this bet.
    late: LimitTest,
    evidence: Evidence,
}

/// On which side of the limit is what is wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
enum Way {
    Above,
    Below,
}

impl LateLimit {
    /// With the highest rate that is accepted, in events per exposure: `0.05` is 5 %.
    ///
    /// # Errors
    ///
    /// If the limit is not above 0 and below 1.
    pub fn above(limit: f64) -> Result<Self, Error> {
        Self::new(limit, Way::Above)
    }

    /// With the lowest rate that is accepted.
    ///
    /// # Errors
    ///
    /// If the limit is not above 0 and below 1.
    pub fn below(limit: f64) -> Result<Self, Error> {
        Self::new(limit, Way::Below)
    }

    fn new(limit: f64, way: Way) -> Result<Self, Error> {
        let test = LimitTest::new(limit)?;
        Ok(Self { way, all: test.clone(), bet: 1, late: test, evidence: Evidence::NONE })
    }

    /// One more window with the power of its evidence, as in
    /// [`LimitTest::add_tempered`](super::LimitTest::add_tempered).
    pub fn add(&mut self, exposures: u64, events: u64, power: f64) {
        if exposures == 0 {
            return;
        }
        self.all.add_tempered(exposures, events, power);
        self.late.add_tempered(exposures, events, power);
        if self.way.log_e(&self.late) < LOST {
            self.bet = self.bet.saturating_add(1);
            self.late.forget();
        }
        let bets = of_bets(self.bet, self.way.log_e(&self.late));
        let halves = [(0.5, self.way.log_e(&self.all)), (0.5, bets)];
        self.evidence.update(log_mixture(halves.into_iter()));
    }

    /// Evidence against "the rate is always within the limit", of both tests together.
    pub fn beyond(&self) -> Evidence {
        self.evidence
    }

    /// The rate that is accepted.
    pub fn limit(&self) -> f64 {
        self.all.limit()
    }
}

impl Way {
    fn log_e(self, test: &LimitTest) -> f64 {
        match self {
            Self::Above => test.above().log_e,
            Self::Below => test.below().log_e,
        }
    }
}
