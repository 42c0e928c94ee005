//! Are there more failures than before? The default test for errors, conversions, any counts.
//!
//! Traffic is split between a control and a treatment at the same time. Of all events of a
//! window, the treatment should have its share of the exposures; each event beyond is evidence.
//! Nothing has to be known about the traffic or the rate of events, which may change all the time,
//! double in an outage or stop: only how both sides compare inside of a window counts. The answer
//! may be looked at after each window, for ever, and acted upon at once.
//!
//! What it needs: exposures and events are counted, on both sides, in the same closed window. An
//! event is a unit's first in the window; a client that fails in bursts would otherwise count as
//! many. A window in which one side has no exposures says nothing and adds nothing.
//!
//! # Why it holds
//!
//! Let units have rates of events rᵢ, on average m times as high on the treatment (n of them) as on
//! the control (c of them), m ≤ m₀. The e-value of a window for one alternative m₁ > m₀ is
//! aᵏ·bʲ for k events on the treatment and j on the control, with q(m) = n·m/(n·m + c),
//! a = q(m₁)/q(m₀) > 1 and b = (1 − q(m₁))/(1 − q(m₀)) < 1. If the events are independent,
//! its expectation is ∏(1 + rᵢ(a − 1)) · ∏(1 + rᵢ(b − 1)) ≤ exp(n·r̄ₜ(a − 1) + c·r̄(b − 1)) where
//! r̄ₜ = m·r̄, and since n·m₀(a − 1) + c(b − 1) = 0, this is exp(n·r̄(m − m₀)(a − 1)) ≤ 1, at any r̄.
//! It makes no difference whether r̄ depends on what came before, so the product over windows is a
//! supermartingale, a weighted sum of such products is one too, and Ville's inequality
//! bounds the probability that it ever exceeds 1/α by α. The same with a < 1 for m ≥ m₀.
//!
//! If units are fixed and the split is drawn, k is hypergeometric given k + j at m₀ = 1, and a
//! convex function of k has a smaller mean under it than under the binomial distribution (Hoeffding
//! 1963), under which the mean is 1. Both ways 1 is not reached, the less so the more frequent
//! events are: at rates above some ten per cent the test is valid but slow.

mod before_after;
mod dispersion;
mod late;
mod late_limit;
mod limit;

pub use before_after::BeforeAfter;
pub use dispersion::Dispersion;
pub use late::LateTest;
pub use late_limit::LateLimit;
pub use limit::LimitTest;

use crate::arms::number;
use crate::tilt::{Counted, Grid, Likelihoods, Sums};
use crate::{Alpha, Arms, Error, Evidence, Interval};

/// What was counted in one closed window of one stratum.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::exhaustive_structs, reason = "callers write them")]
pub struct Look {
    /// How many could have had the event: units, or requests where units are not known.
    pub exposures: Arms<u64>,
    /// How many had it.
    pub events: Arms<u64>,
}

/// Compares the rates of an event on two sides of a split, at any number of looks.
///
/// The ratio of the rates is the treatment's through the control's: 2 is twice as many errors.
/// Three questions are followed at the same time, each with its own false alarms: is the ratio
/// above the margin, below the margin, below 1? The state has a fixed size; a look costs less than
/// a microsecond and allocates nothing; order of looks makes no difference beyond rounding.
///
/// ```
/// use flagkit_stats::events::{EventTest, Look, Verdict};
/// use flagkit_stats::{Alpha, Arms};
///
/// let alpha = Alpha::new(0.001)?;
/// let mut test = EventTest::new(1.0)?;
/// let look = Look {
///     exposures: Arms { control: 900, treatment: 100 },
///     events: Arms { control: 4, treatment: 5 },
/// };
/// test.add(&look);
/// assert_eq!(test.verdict(alpha), Verdict::Insufficient);
/// test.add(&look);
/// assert_eq!(test.verdict(alpha), Verdict::Worse);
/// assert!(test.ratio(alpha).low > 1.0);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Saved", into = "Saved"))]
pub struct EventTest {
    grid: Grid,
    saved: Saved,
}

/// What is known about the treatment, with at most α false alarms for each of the statements.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Verdict {
    /// The ratio was proved to be above the margin.
    Worse,
    /// The ratio was proved to be below 1.
    Better,
    /// The ratio was proved to be below the margin.
    NotWorse,
    /// Nothing was proved. More looks may.
    Insufficient,
}

impl EventTest {
    /// With the ratio that is still accepted: 1.0 is "no worse at all", 1.1 is "no worse than
    /// 1.1 times as many".
    ///
    /// With a margin of 1, [`Verdict::NotWorse`] needs an improvement, so a ramp that waits for it
    /// wants a margin above 1.
    ///
    /// # Errors
    ///
    /// If the margin is not between 1 and 10.
    pub fn new(margin: f64) -> Result<Self, Error> {
        Self::with_dispersion(margin, 1.0)
    }

    /// For events that are not independent, such as failures of requests that are repeated: all
    /// counts are divided by a factor that is known before, as [`Dispersion`] measures it.
    ///
    /// It is exact where each event comes exactly so many times, and an approximation otherwise.
    ///
    /// # Errors
    ///
    /// If the margin is not between 1 and 10, or the dispersion not between 1 and a million.
    pub fn with_dispersion(margin: f64, dispersion: f64) -> Result<Self, Error> {
        let is_inside = (1.0..=10.0).contains(&margin);
        Error::unless(is_inside, "margin", margin, "between 1 and 10")?;
        let is_inside = (1.0..=dispersion::LARGEST).contains(&dispersion);
        Error::unless(is_inside, "dispersion", dispersion, "between 1 and a million")?;
        let saved = Saved {
            margin,
            dispersion,
            exposures: Arms::default(),
            events: Arms::default(),
            unpaired: 0,
            sums: Sums::NONE,
            worse: Evidence::NONE,
            not_worse: Evidence::NONE,
            better: Evidence::NONE,
        };
        Ok(Self { grid: Grid::around(margin), saved })
    }

    /// One more window of one stratum. Windows of several strata are several looks.
    pub fn add(&mut self, look: &Look) {
        self.add_tempered(look, 1.0);
    }

    /// The same with evidence raised to a power between 0 and 1, for events that are not
    /// independent. Outside of that, or NaN, the power is 1.
    ///
    /// If events come in bursts (one client that retries) and each burst is on one side as a
    /// whole, a burst of s events multiplies the e-value of one alternative by aˢ or bˢ where
    /// q·a + (1 − q)·b = 1. Raised to 1/φ with φ ≥ s its mean is at most (q·a + (1 − q)·b)^(s/φ) = 1,
    /// since x^p is concave for p ≤ 1: the promise holds exactly for bursts of up to φ events. For
    /// bursts of any size the mean of the logarithm and half its variance cancel at
    /// φ = E s²/E s, the dispersion that counts show: then it holds for ratios near 1, and
    /// roughly for larger ones. The power may be another one each time, as long as it is chosen
    /// before the look.
    pub fn add_tempered(&mut self, look: &Look, power: f64) {
        let Look { exposures, events } = *look;
        if exposures.control == 0 || exposures.treatment == 0 {
            self.saved.unpaired = self.saved.unpaired.saturating_add(1);
            return;
        }
        self.saved.exposures = self.saved.exposures.plus(exposures);
        self.saved.events = self.saved.events.plus(events);
        let Arms { control, treatment: hits } =
            events.map(|count| number(count) / self.saved.dispersion);
        let trials = control + hits;
        // Without an event the exposures say nothing about the ratio.
        if trials > 0.0 {
            let exposed = exposures.map(number);
            let share = exposed.treatment / (exposed.treatment + exposed.control);
            self.saved.sums.add(&self.grid, share, Counted { hits, trials }.tempered(power));
            self.judge();
        }
    }

    /// The looks of another test with the same margin, as if they had been added here.
    ///
    /// The sums and the evidence of now are those of all looks. The highest evidence begins anew,
    /// because nobody knows how high it was while the looks were apart: ask for a verdict before
    /// merging as well as afterwards.
    ///
    /// # Errors
    ///
    /// If the margins or the dispersions are different; nothing is merged then.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        let is_same = self.saved.margin == other.saved.margin;
        let range = "the margin of the test that it is merged into";
        Error::unless(is_same, "margin", other.saved.margin, range)?;
        let is_same = self.saved.dispersion == other.saved.dispersion;
        let range = "that of the test that it is merged into";
        Error::unless(is_same, "dispersion", other.saved.dispersion, range)?;
        let (mine, others) = (&mut self.saved, &other.saved);
        mine.exposures = mine.exposures.plus(others.exposures);
        mine.events = mine.events.plus(others.events);
        mine.unpaired = mine.unpaired.saturating_add(others.unpaired);
        mine.sums.merge(&others.sums);
        for evidence in [&mut mine.worse, &mut mine.not_worse, &mut mine.better] {
            *evidence = Evidence::NONE;
        }
        if mine.sums.trials > 0.0 {
            self.judge();
        }
        Ok(())
    }

    /// Evidence against "the ratio is at most the margin".
    pub fn worse(&self) -> Evidence {
        self.saved.worse
    }

    /// Evidence against "the ratio is at least the margin": lets a ramp go on, and ends a search
    /// for something worse that is in vain.
    pub fn not_worse(&self) -> Evidence {
        self.saved.not_worse
    }

    /// Evidence against "the ratio is at least 1".
    pub fn better(&self) -> Evidence {
        self.saved.better
    }

    /// The strongest statement that was proved at some look. `Worse` goes before all others: what
    /// was fine at first may have become bad.
    pub fn verdict(&self, alpha: Alpha) -> Verdict {
        let statements = [
            (self.saved.worse, Verdict::Worse),
            (self.saved.better, Verdict::Better),
            (self.saved.not_worse, Verdict::NotWorse),
        ];
        let proved = statements.into_iter().find(|(evidence, _)| evidence.proves(alpha));
        proved.map_or(Verdict::Insufficient, |(_, verdict)| verdict)
    }

    /// The ratios that are not excluded, between 0 and ∞: a confidence sequence, so the true
    /// ratio is inside at all looks together with probability 1 − α.
    ///
    /// It sees ratios between 1/25 and 25 times the margin and is open beyond. Takes some
    /// microseconds.
    pub fn ratio(&self, alpha: Alpha) -> Interval {
        self.saved.sums.curve(&self.grid).interval(alpha)
    }

    /// The exposures of all looks that counted.
    pub fn exposures(&self) -> Arms<u64> {
        self.saved.exposures
    }

    /// The events of all looks that counted.
    pub fn events(&self) -> Arms<u64> {
        self.saved.events
    }

    /// Looks in which one side had no exposures; they added nothing.
    pub fn unpaired_looks(&self) -> u64 {
        self.saved.unpaired
    }

    /// The ratio that is still accepted.
    pub fn margin(&self) -> f64 {
        self.saved.margin
    }

    fn judge(&mut self) {
        let values = self.saved.sums.log_likelihoods(&self.grid);
        let likelihoods = Likelihoods { grid: &self.grid, values };
        let not_worse = likelihoods.below_null();
        let better = if self.saved.margin == 1.0 { not_worse } else { likelihoods.below_one() };
        self.saved.worse.update(likelihoods.above_null());
        self.saved.not_worse.update(not_worse);
        self.saved.better.update(better);
    }
}

/// The test without what follows from the margin.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Saved {
    margin: f64,
    dispersion: f64,
    exposures: Arms<u64>,
    events: Arms<u64>,
    unpaired: u64,
    sums: Sums,
    worse: Evidence,
    not_worse: Evidence,
    better: Evidence,
}

#[cfg(feature = "serde")]
impl TryFrom<Saved> for EventTest {
    type Error = Error;

    fn try_from(saved: Saved) -> Result<Self, Error> {
        Self::with_dispersion(saved.margin, saved.dispersion).map(|test| Self { saved, ..test })
    }
}

#[cfg(feature = "serde")]
impl From<EventTest> for Saved {
    fn from(test: EventTest) -> Self {
        test.saved
    }
}
