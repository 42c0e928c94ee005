//! Means of anything with a variance, looked at all the time: asymptotic confidence sequences.
//!
//! Sums of many observations behave like a random walk, and a mixture bounds the whole walk
//! instead of its end (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas: "Time-uniform central limit
//! theory and asymptotic confidence sequences", 2024). That is an approximation for small samples,
//! so nothing is said before a declared number of observations, on each side. For rates of events
//! there is an exact test in [`events`](crate::events), for the mean of bounded values one in
//! [`bounded`](crate::bounded).
//!
//! [`MeanSequence`] is for values that go on as they are. [`MeanTest`] compares a release with its
//! control window by window, so that load, time of day and another split make no difference.

mod compared;

pub use compared::MeanTest;

use crate::arms::number;
use crate::closed_form::{asymptotic_half_width, rho_for};
use crate::moments::Moments;
use crate::{Alpha, Arms, Error, Interval};

/// How confidence sequences for means are made.
///
/// ```
/// use flagkit_stats::mean::MeanSequence;
/// use flagkit_stats::moments::Moments;
/// use flagkit_stats::{Alpha, Arms};
///
/// let sequence = MeanSequence::new(Alpha::new(0.05)?, 1_000)?;
/// let mut arms = Arms { control: Moments::default(), treatment: Moments::default() };
/// for number in 0..2_000_u32 {
///     arms.control.add(f64::from(number % 10))?;
///     arms.treatment.add(f64::from(number % 10) + 2.0)?;
/// }
/// let difference = sequence.difference(&arms).unwrap();
/// assert!(difference.low > 1.0 && difference.contains(2.0));
/// assert!(sequence.lift(&arms).unwrap().contains(2.0 / 4.5));
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanSequence {
    alpha: Alpha,
    minimum: u64,
    rho: f64,
}

impl MeanSequence {
    /// With false alarms of both sides together, and the observations on each side before which
    /// nothing is said. Intervals are tightest at ten times as many.
    ///
    /// # Errors
    ///
    /// If the minimum is below 30: there is no normal distribution in less.
    pub fn new(alpha: Alpha, minimum: u64) -> Result<Self, Error> {
        Error::unless(minimum >= 30, "the minimum", number(minimum), "30 or more")?;
        Ok(Self { alpha, minimum, rho: rho_for(10.0 * number(minimum), alpha) })
    }

    /// Tightest where this many observations are in, on both sides together.
    #[must_use]
    pub fn tightest_at(self, observations: u64) -> Self {
        Self { rho: rho_for(number(observations), self.alpha), ..self }
    }

    /// The means that are not excluded; none before the minimum.
    pub fn mean(&self, moments: &Moments) -> Option<Interval> {
        let is_enough = moments.count >= self.minimum;
        is_enough.then(|| self.around(moments.mean, moments.variance(), number(moments.count)))
    }

    /// Treatment minus control; none before both have the minimum.
    pub fn difference(&self, arms: &Arms<Moments>) -> Option<Interval> {
        let Arms { control, treatment } = arms;
        let variance = self.part(treatment)? + self.part(control)?;
        let count = number(treatment.count) + number(control.count);
        Some(self.around(treatment.mean - control.mean, variance * count, count))
    }

    /// The difference as a share of the control's mean, by the delta method; none before both have
    /// the minimum, nor while the control's mean cannot be told from 0.
    pub fn lift(&self, arms: &Arms<Moments>) -> Option<Interval> {
        let Arms { control, treatment } = arms;
        let base = self.mean(control)?;
        if base.contains(0.0) {
            return None;
        }
        let ratio = treatment.mean / control.mean;
        let square = control.mean * control.mean;
        let variance = (self.part(treatment)? + ratio * ratio * self.part(control)?) / square;
        let count = number(treatment.count) + number(control.count);
        let is_finite = ratio.is_finite() && variance.is_finite();
        is_finite.then(|| self.around(ratio - 1.0, variance * count, count))
    }

    /// The variance of a side's mean.
    fn part(&self, moments: &Moments) -> Option<f64> {
        (moments.count >= self.minimum).then(|| moments.variance() / number(moments.count))
    }

    fn around(&self, center: f64, variance: f64, count: f64) -> Interval {
        let half = variance.sqrt() * asymptotic_half_width(count, self.rho, self.alpha);
        Interval { low: center - half, high: center + half }
    }
}
