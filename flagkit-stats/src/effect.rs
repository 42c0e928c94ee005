//! How large a difference is: in its own unit, in percent, and without a unit.
//!
//! An [`Estimate`] is a number with its variance. Means, shares and ratios become estimates, so do
//! what [`cuped`](crate::cuped) and [`strata`](crate::strata) make of them, and all are compared
//! in the same two ways: [`absolute_lift`] and [`relative_lift`]. Intervals and p-values are those
//! of the normal distribution, for hundreds of values and more; for a few dozen there is
//! [`welch`](crate::welch::welch).

use crate::count::number;
use crate::moments::{Moments, PairMoments};
use crate::proportion::Proportion;
use crate::special::{ln_gamma, normal};
use crate::{Alternative, Confidence, Error, Interval};

/// A number that was estimated, and the variance of the estimate.
///
/// ```
/// use flagkit_stats::Confidence;
/// use flagkit_stats::effect::{Estimate, relative_lift};
/// use flagkit_stats::proportion::Proportion;
///
/// let control = Estimate::share(Proportion::new(1_000, 20_000)?);
/// let treatment = Estimate::share(Proportion::new(1_100, 20_000)?);
/// let lift = relative_lift(treatment, control)?;
/// assert!((lift.value - 0.1).abs() < 1e-12);
/// assert!(lift.interval(Confidence::P95).low > 0.0);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::exhaustive_structs, reason = "others have estimates, too, and bring them along")]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// The square of its standard error.
    pub variance: f64,
}

impl Estimate {
    /// A mean.
    ///
    /// # Errors
    ///
    /// If there are fewer than two values.
    pub fn mean(moments: &Moments) -> Result<Self, Error> {
        moments.check_two("values")?;
        Ok(Self { value: moments.mean, variance: moments.variance_of_mean() })
    }

    /// A share, with the variance of a binomial variable.
    pub fn share(proportion: Proportion) -> Self {
        let (share, count) = (proportion.share(), number(proportion.trials()));
        let rest = number(proportion.misses()) / count;
        Self { value: share, variance: share * rest / count }
    }

    /// A quotient of sums per unit, such as errors per request counted by users: the sum of `y`
    /// over that of `x`.
    ///
    /// By the delta method: the units are independent, and the requests of one are not.
    ///
    /// # Errors
    ///
    /// If there are fewer than two pairs, or the sum of `x` is 0.
    pub fn ratio(pairs: &PairMoments) -> Result<Self, Error> {
        pairs.x.check_two("pairs")?;
        let below = pairs.x.mean;
        Error::unless(below != 0.0, "the sum below the line", below, "another number")?;
        let ratio = pairs.y.mean / below;
        let m2 = pairs.y.m2 - 2.0 * ratio * pairs.c2 + ratio * ratio * pairs.x.m2;
        let moments = Moments { count: pairs.x.count, mean: 0.0, m2 };
        Ok(Self { value: ratio, variance: moments.variance_of_mean() / (below * below) })
    }

    /// The root of the variance.
    pub fn standard_error(&self) -> f64 {
        self.variance.max(0.0).sqrt()
    }

    /// The values that are not excluded.
    pub fn interval(&self, confidence: Confidence) -> Interval {
        Interval::around(self.value, confidence.z() * self.standard_error())
    }

    /// How probable such a value is, or one further in that direction, if the true one is
    /// `expected`. Without a variance it is 1 at the expected value and otherwise 0.
    pub fn p_value(&self, expected: f64, alternative: Alternative) -> f64 {
        let excess = self.value - expected;
        let z = if excess == 0.0 { 0.0 } else { excess / self.standard_error() };
        alternative.p_value(z, normal::sf)
    }
}

/// The treatment less the control.
pub fn absolute_lift(treatment: Estimate, control: Estimate) -> Estimate {
    Estimate {
        value: treatment.value - control.value,
        variance: treatment.variance + control.variance,
    }
}

/// The same in parts of the control: 0.1 is ten percent more. The sign is that of the difference,
/// also if the control is below zero.
///
/// By the delta method, which wants a control that is ten standard errors away from 0.
///
/// # Errors
///
/// If the control is 0.
pub fn relative_lift(treatment: Estimate, control: Estimate) -> Result<Estimate, Error> {
    let base = control.value.abs();
    Error::unless(base > 0.0, "the control", control.value, "other than 0")?;
    let ratio = treatment.value / base;
    // Quotients first: squares of small numbers underflow.
    let (ours, theirs) = (treatment.standard_error() / base, control.standard_error() / base);
    Ok(Estimate {
        value: (treatment.value - control.value) / base,
        variance: ours * ours + ratio * ratio * theirs * theirs,
    })
}

/// The mean of the treatment over that of the control.
///
/// # Errors
///
/// If a side has no value, or the mean of the control is 0.
pub fn mean_ratio(treatment: &Moments, control: &Moments) -> Result<f64, Error> {
    Error::unless_enough("values of the treatment", treatment.count, 1)?;
    Error::unless_enough("values of the control", control.count, 1)?;
    Error::unless(control.mean != 0.0, "the mean of the control", control.mean, "other than 0")?;
    Ok(treatment.mean / control.mean)
}

/// The difference of means in standard deviations, those of both sides pooled. (Cohen 1969.)
///
/// 0.2 is called small, 0.5 medium, 0.8 large.
///
/// ```
/// use flagkit_stats::effect::cohens_d;
/// use flagkit_stats::moments::Moments;
///
/// let (treatment, control) = (Moments::of(&[3.0, 4.0, 5.0])?, Moments::of(&[1.0, 2.0, 3.0])?);
/// assert_eq!(cohens_d(&treatment, &control)?, 2.0);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
///
/// # Errors
///
/// If a side has no value, there are fewer than three, or none varies.
pub fn cohens_d(treatment: &Moments, control: &Moments) -> Result<f64, Error> {
    Error::unless_enough("values of the treatment", treatment.count, 1)?;
    Error::unless_enough("values of the control", control.count, 1)?;
    let count = treatment.count.saturating_add(control.count);
    Error::unless_enough("values", count, 3)?;
    let deviation = ((treatment.m2 + control.m2) / number(count - 2)).sqrt();
    if deviation > 0.0 {
        return Ok((treatment.mean - control.mean) / deviation);
    }
    Err(Error::constant("the sample"))
}

/// [`cohens_d`] without its bias in small samples, by the exact factor. (Hedges 1981.)
///
/// # Errors
///
/// The same, and if there are fewer than four values.
pub fn hedges_g(treatment: &Moments, control: &Moments) -> Result<f64, Error> {
    let count = treatment.count.saturating_add(control.count);
    Error::unless_enough("values", count, 4)?;
    let half = 0.5 * number(count - 2);
    let factor = (ln_gamma(half) - ln_gamma(half - 0.5)).exp() / half.sqrt();
    Ok(cohens_d(treatment, control)? * factor)
}

/// The share of pairs in which the treatment is larger, from means and variances: as if both were
/// normal. (McGraw and Wong 1992.) Without that assumption it is
/// [`share_of_larger`](crate::ranks::MannWhitney::share_of_larger).
///
/// # Errors
///
/// If a side has fewer than two values, or neither varies.
pub fn normal_share_of_larger(treatment: &Moments, control: &Moments) -> Result<f64, Error> {
    treatment.check_two("values of the treatment")?;
    control.check_two("values of the control")?;
    let spread = (treatment.variance() + control.variance()).sqrt();
    if spread > 0.0 {
        return Ok(normal::cdf((treatment.mean - control.mean) / spread));
    }
    Err(Error::constant("the sample"))
}

#[cfg(test)]
mod tests;
