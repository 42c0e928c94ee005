//! Has it become worse of late? Beside a test that remembers everything, one that forgets.

use super::{EventTest, Look};
use crate::arms::number;
use crate::evidence::log_mixture;
use crate::tilt::{Counted, Grid, SIDE, gains_above, mixture_above};
use crate::{Error, Evidence};

/// The e-process of [`EventTest::worse`] with restarts: what was good for a
/// long time does not have to be undone before what is bad now can be proved.
///
/// It bets anew whenever the last bet has lost most of its stake. The j-th bet is made with
/// 1/(j(j+1)) of the capital, which is all of it in the end: each bet is a supermartingale from
/// its beginning on, a bet that has not begun or has ended stays what it is, and so their sum is
/// one, too. Half of the capital stays on the test that remembers.
///
/// ```
/// use flagkit_stats::{Alpha, Arms};
/// use flagkit_stats::events::{EventTest, LateTest, Look};
///
/// let (mut all, mut late) = (EventTest::new(1.0)?, LateTest::new(1.0)?);
/// for window in 0..203 {
///     let treatment = if window < 200 { 5 } else { 30 };
///     let exposures = Arms { control: 9_000, treatment: 1_000 };
///     let look = Look { exposures, events: Arms { control: 45, treatment } };
///     all.add(&look);
///     late.add(&look, 1.0, &all);
/// }
/// assert!(all.worse().log_e < 0.0);
/// assert!(late.worse().proves(Alpha::new(0.001)?));
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LateTest {
    margin: f64,
    /// Which bet this is, from 1.
    bet: u32,
    /// Log likelihood ratios of the alternatives since it began.
    values: [f64; SIDE],
    evidence: Evidence,
}

impl LateTest {
    /// With the ratio that is still accepted, as in [`EventTest::new`](super::EventTest::new).
    ///
    /// # Errors
    ///
    /// If the margin is not between 1 and 10.
    pub fn new(margin: f64) -> Result<Self, Error> {
        let is_inside = (1.0..=10.0).contains(&margin);
        Error::unless(is_inside, "margin", margin, "between 1 and 10")?;
        Ok(Self { margin, bet: 1, values: [0.0; SIDE], evidence: Evidence::NONE })
    }

    /// One more window of one stratum with its power, as in [`EventTest::add_tempered`], and a test
    /// with the same margin that has had the same windows, this one among them. The order matters.
    pub fn add(&mut self, look: &Look, power: f64, all: &EventTest) {
        let exposed = look.exposures.map(number);
        let hits = number(look.events.treatment);
        let trials = hits + number(look.events.control);
        if exposed.control > 0.0 && exposed.treatment > 0.0 && trials > 0.0 {
            let share = exposed.treatment / (exposed.treatment + exposed.control);
            let counted = Counted { hits, trials }.tempered(power);
            let gains = gains_above(&Grid::around(self.margin), share, counted);
            for (value, gain) in self.values.iter_mut().zip(gains) {
                *value += gain;
            }
            if mixture_above(&self.values) < LOST {
                self.bet = self.bet.saturating_add(1);
                self.values = [0.0; SIDE];
            }
            let halves = [(0.5, all.worse().log_e), (0.5, self.log_e())];
            self.evidence.update(log_mixture(halves.into_iter()));
        }
    }

    /// Evidence against "the ratio is at most the margin", of both tests together.
    pub fn worse(&self) -> Evidence {
        self.evidence
    }

    /// The log e-value of all bets.
    fn log_e(&self) -> f64 {
        of_bets(self.bet, mixture_above(&self.values))
    }
}

/// The log e-value of all bets, of which this is the last one, without what earlier ones have left
/// over.
pub(super) fn of_bets(bet: u32, log_e: f64) -> f64 {
    let bet = f64::from(bet);
    let stake = 1.0 / (bet * (bet + 1.0));
    // The part of the capital that no bet has been made with yet.
    let rest = 1.0 / (bet + 1.0);
    log_mixture([(stake, log_e), (rest, 0.0)].into_iter())
}

/// A bet whose log e-value is below has lost.
pub(super) const LOST: f64 = -1.5;

#[cfg(test)]
mod tests;
