//! Did a release become worse at some time? For the long time after a rollout.

use super::Look;
use crate::arms::number;
use crate::evidence::log_mixture;
use crate::tilt::{Counted, Grid, SIDE};
use crate::{Alpha, Arms, Error, Evidence};

/// Compares the rates of an event on two sides of a split, at any number of looks, for a release
/// that may turn bad at any of them.
///
/// What [`EventTest`](super::EventTest) has seen of good hours has to be outweighed before it says
/// that a release is worse. This test bets on each look being the first bad one: nine tenths of its
/// capital on the first, and a share of 1/(5·t·(t + 1)) on each look t behind it. All shares sum to 1, and
/// each bet is a fair one, so Ville's inequality holds for their sum as for one: the
/// probability of ever being wrong stays α. A turn after an hour of looks every ten seconds
/// needs the evidence of 20 more errors or so at ten times the rate, instead of an hour's worth.
///
/// The price is that the order of looks matters, so watches are not merged: add up the counts of
/// all processes before a look.
///
/// ```
/// use flagkit_stats::events::{EventWatch, Look};
/// use flagkit_stats::{Alpha, Arms};
///
/// let alpha = Alpha::new(0.001)?;
/// let mut watch = EventWatch::new(1.0)?;
/// let look = |events| Look { exposures: Arms { control: 900, treatment: 100 }, events };
/// for _ in 0..360 {
///     watch.add(&look(Arms { control: 9, treatment: 1 }));
/// }
/// assert!(!watch.worse().proves(alpha));
/// for _ in 0..5 {
///     watch.add(&look(Arms { control: 9, treatment: 10 }));
/// }
/// assert!(watch.worse().proves(alpha));
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Saved", into = "Saved"))]
pub struct EventWatch {
    grid: Grid,
    saved: Saved,
}

impl EventWatch {
    /// With the ratio that is still accepted, as in [`EventTest::new`](super::EventTest::new).
    ///
    /// # Errors
    ///
    /// If the margin is not between 1 and 10.
    pub fn new(margin: f64) -> Result<Self, Error> {
        let is_inside = (1.0..=10.0).contains(&margin);
        Error::unless(is_inside, "margin", margin, "between 1 and 10")?;
        let capitals = [LEAST; SIDE];
        let saved = Saved { margin, looks: 0, unpaired: 0, capitals, worse: Evidence::NONE };
        Ok(Self { grid: Grid::around(margin), saved })
    }

    /// One more window. One in which a side has no exposures adds nothing.
    pub fn add(&mut self, look: &Look) {
        let Look { exposures, events } = *look;
        if exposures.control == 0 || exposures.treatment == 0 {
            self.saved.unpaired = self.saved.unpaired.saturating_add(1);
            return;
        }
        self.saved.looks = self.saved.looks.saturating_add(1);
        let exposed = exposures.map(number);
        let share = exposed.treatment / (exposed.treatment + exposed.control);
        let Arms { control, treatment: hits } = events.map(number);
        let gains = self.grid.gains_above(share, Counted { hits, trials: control + hits });
        let stake = stake(self.saved.looks);
        for (capital, (gain, weight)) in self.saved.capitals.iter_mut().zip(gains) {
            let more = log_mixture([(1.0, *capital), (stake * weight, 0.0)].into_iter());
            *capital = (more + gain).max(LEAST);
        }
        // What has not been bet is kept.
        let kept = LATER / (number(self.saved.looks) + 1.0);
        let capitals = self.saved.capitals.into_iter().map(|capital| (1.0, capital));
        let log_e = log_mixture(capitals.chain([(kept, 0.0)]));
        self.saved.worse.update(log_e);
    }

    /// Evidence against "the ratio was at most the margin in every window".
    pub fn worse(&self) -> Evidence {
        self.saved.worse
    }

    /// Whether the release was proved to be worse at some look.
    pub fn is_worse(&self, alpha: Alpha) -> bool {
        self.saved.worse.proves(alpha)
    }

    /// Looks in which one side had no exposures; they added nothing.
    pub fn unpaired_looks(&self) -> u64 {
        self.saved.unpaired
    }

    /// The ratio that is still accepted.
    pub fn margin(&self) -> f64 {
        self.saved.margin
    }
}

/// What is bet on the turn at a look, counted from 1.
fn stake(look: u64) -> f64 {
    match number(look) {
        1.0 => 1.0 - LATER / 2.0,
        look => LATER / (look * (look + 1.0)),
    }
}

/// The watch without what follows from the margin.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Saved {
    margin: f64,
    looks: u64,
    unpaired: u64,
    /// ln of what the bets on each ratio have become.
    capitals: [f64; SIDE],
    worse: Evidence,
}

#[cfg(feature = "serde")]
impl TryFrom<Saved> for EventWatch {
    type Error = Error;

    fn try_from(saved: Saved) -> Result<Self, Error> {
        Self::new(saved.margin).map(|watch| Self { saved, ..watch })
    }
}

#[cfg(feature = "serde")]
impl From<EventWatch> for Saved {
    fn from(watch: EventWatch) -> Self {
        watch.saved
    }
}

/// Share of the capital for turns at later looks.
const LATER: f64 = 0.2;
/// A capital that is lost, which data formats without infinities can hold.
const LEAST: f64 = -1e300;
