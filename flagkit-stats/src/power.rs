//! How many units a comparison needs, what it can see with those it has, and how long that takes.
//!
//! For one look at the end, by the normal approximation. A sequential test that may stop at any
//! time needs more units in the worst case and fewer on average.

use crate::count::number;
use crate::special::normal;
use crate::{Alternative, Confidence, Error};

/// What a comparison is to hold to: how rare false alarms are, how often it sees what is there, and
/// how the units are shared out.
///
/// The default is a false alarm in 20 for either direction, and four of five differences seen,
/// with half of the units on each side.
///
/// ```
/// use flagkit_stats::power::Design;
///
/// // Cohen's table: 64 on each side see half a standard deviation.
/// let sample = Design::default().sample_for_means(1.0, 0.5)?;
/// assert_eq!((sample.treatment, sample.control), (64, 64));
/// // A canary of a tenth takes more units in all, and most of them are on the other side.
/// let sample = Design::default().with_treatment_share(0.1)?.sample_for_means(1.0, 0.5)?;
/// assert_eq!((sample.treatment, sample.control), (36, 316));
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Design {
    alpha: f64,
    /// The probability to miss it.
    miss: f64,
    alternative: Alternative,
    /// The share of units on the side of the treatment.
    share: f64,
}

/// How many units each side needs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Sample {
    /// Units of the treatment.
    pub treatment: u64,
    /// Units of the control.
    pub control: u64,
}

impl Default for Design {
    fn default() -> Self {
        Self { alpha: 0.05, miss: 0.2, alternative: Alternative::TwoSided, share: 0.5 }
    }
}

impl Design {
    /// With another confidence and direction.
    pub fn with_confidence(self, confidence: Confidence, alternative: Alternative) -> Self {
        Self { alpha: confidence.alpha(), alternative, ..self }
    }

    /// With another probability to see a difference that is there, such as 0.9.
    ///
    /// # Errors
    ///
    /// If it is not above 0.5 and below 1.
    pub fn with_power(self, power: f64) -> Result<Self, Error> {
        Error::unless(power > 0.5 && power < 1.0, "the power", power, "above 0.5 and below 1")?;
        Ok(Self { miss: 1.0 - power, ..self })
    }

    /// With another share of units on the side of the treatment.
    ///
    /// # Errors
    ///
    /// If it is not above 0 and below 1.
    pub fn with_treatment_share(self, share: f64) -> Result<Self, Error> {
        let is_share = share > 0.0 && share < 1.0;
        Error::unless(is_share, "the share of the treatment", share, "above 0 and below 1")?;
        Ok(Self { share, ..self })
    }

    /// The units that see a difference of means, given the standard deviation of values.
    ///
    /// With the correction of Guenther (1981) for the variance being estimated.
    ///
    /// # Errors
    ///
    /// If the deviation or the difference is 0 or not finite, or it would take more than 2^63
    /// units.
    pub fn sample_for_means(&self, deviation: f64, difference: f64) -> Result<Sample, Error> {
        check_deviation(deviation)?;
        check_difference(difference)?;
        let z = self.z_alpha() + self.z_power();
        let ratio = z * deviation / difference;
        self.sample(ratio * ratio * self.spread() + self.guenther())
    }

    /// The units that tell one share from another. (Fleiss, Levin and Paik 2003, without a
    /// correction for continuity.)
    ///
    /// ```
    /// use flagkit_stats::power::Design;
    ///
    /// // From 10 % to 15 %.
    /// let sample = Design::default().sample_for_shares(0.10, 0.15)?;
    /// assert_eq!(sample.control, 686);
    /// # Ok::<(), flagkit_stats::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If a share is not in 0..=1, both are equal, or it would take more than 2^63 units.
    pub fn sample_for_shares(&self, control: f64, treatment: f64) -> Result<Sample, Error> {
        check_share("the share of the control", control)?;
        check_share("the share of the treatment", treatment)?;
        check_difference(treatment - control)?;
        self.sample(self.units_for_shares(control, treatment))
    }

    /// The probability to see a difference of means with so many units in all.
    ///
    /// # Errors
    ///
    /// If the deviation is 0 or not finite, the difference is not finite, or there are fewer than
    /// three units.
    pub fn power_for_means(
        &self,
        deviation: f64,
        difference: f64,
        units: u64,
    ) -> Result<f64, Error> {
        let error = self.error_of_means(deviation, units)?;
        Error::unless(difference.is_finite(), "the difference", difference, "finite")?;
        Ok(normal::cdf(difference.abs() / error - self.z_alpha()))
    }

    /// The probability to tell one share from another with so many units in all.
    ///
    /// # Errors
    ///
    /// If a share is not in 0..=1, both are 0 or 1, or there is no unit.
    pub fn power_for_shares(&self, control: f64, treatment: f64, units: u64) -> Result<f64, Error> {
        check_share("the share of the control", control)?;
        check_share("the share of the treatment", treatment)?;
        Error::unless_enough("units", units, 1)?;
        let [equal, other] = self.deviations(control, treatment);
        if other <= 0.0 {
            return Err(Error::constant("the outcome"));
        }
        let distance = (treatment - control).abs() * number(units).sqrt();
        Ok(normal::cdf((distance - self.z_alpha() * equal) / other))
    }

    /// The smallest difference of means that so many units in all see.
    ///
    /// # Errors
    ///
    /// If the deviation is 0 or not finite, or there are fewer than three units.
    pub fn detectable_mean(&self, deviation: f64, units: u64) -> Result<f64, Error> {
        Ok((self.z_alpha() + self.z_power()) * self.error_of_means(deviation, units)?)
    }

    /// The smallest share above that of the control that so many units in all tell from it.
    ///
    /// # Errors
    ///
    /// If the control is not in 0..1, or even a share of 1 would not be seen.
    pub fn detectable_share(&self, control: f64, units: u64) -> Result<f64, Error> {
        check_share("the share of the control", control)?;
        let needed = |share: f64| self.units_for_shares(control, share);
        let (mut low, mut high) = (control, 1.0);
        let most = needed(high);
        let is_enough = most <= number(units);
        Error::unless(
            is_enough,
            "the count of units",
            number(units),
            "large enough for any share",
        )?;
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if needed(middle) <= number(units) { high = middle } else { low = middle }
        }
        Ok(high)
    }

    /// How far from 0 a statistic has to be, in standard errors.
    fn z_alpha(&self) -> f64 {
        match self.alternative {
            Alternative::TwoSided => normal::isf(0.5 * self.alpha),
            Alternative::Greater | Alternative::Less => normal::isf(self.alpha),
        }
    }

    /// How much further it has to be expected, so that it is rarely missed.
    fn z_power(&self) -> f64 {
        normal::isf(self.miss)
    }

    /// The variance of a difference of means for one unit in all and a variance of 1.
    fn spread(&self) -> f64 {
        1.0 / self.share + 1.0 / (1.0 - self.share)
    }

    /// Units for the variance being estimated.
    fn guenther(&self) -> f64 {
        0.5 * self.z_alpha() * self.z_alpha()
    }

    fn error_of_means(&self, deviation: f64, units: u64) -> Result<f64, Error> {
        check_deviation(deviation)?;
        Error::unless_enough("units", units, 3)?;
        let units = (number(units) - self.guenther()).max(1.0);
        Ok(deviation * (self.spread() / units).sqrt())
    }

    /// The standard deviations of a difference of shares for one unit in all: if both are equal,
    /// and as they are.
    fn deviations(&self, control: f64, treatment: f64) -> [f64; 2] {
        let rest = 1.0 - self.share;
        let common = self.share * treatment + rest * control;
        let equal = common * (1.0 - common) * self.spread();
        let other = treatment * (1.0 - treatment) / self.share + control * (1.0 - control) / rest;
        [equal.max(0.0).sqrt(), other.max(0.0).sqrt()]
    }

    fn units_for_shares(&self, control: f64, treatment: f64) -> f64 {
        let [equal, other] = self.deviations(control, treatment);
        let ratio = (self.z_alpha() * equal + self.z_power() * other) / (treatment - control);
        ratio * ratio
    }

    /// Shares out units, each side rounded up.
    fn sample(&self, units: f64) -> Result<Sample, Error> {
        Error::unless(units < UNITS_MAX, "the count of units", units, "below 2^63")?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is above 0 and below 2^63"
        )]
        let side = |share: f64| (units * share).ceil().max(2.0) as u64;
        Ok(Sample { treatment: side(self.share), control: side(1.0 - self.share) })
    }
}

impl Sample {
    /// Both sides together.
    pub fn total(&self) -> u64 {
        self.treatment.saturating_add(self.control)
    }

    /// How many hours it takes until so many units have come, at so many *new* units an hour.
    ///
    /// ```
    /// use flagkit_stats::power::Design;
    ///
    /// let sample = Design::default().sample_for_shares(0.10, 0.15)?;
    /// assert_eq!(sample.hours(98.0)?, 14.0);
    /// # Ok::<(), flagkit_stats::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the rate is not above 0 and finite.
    pub fn hours(&self, units_per_hour: f64) -> Result<f64, Error> {
        let is_rate = units_per_hour > 0.0 && units_per_hour.is_finite();
        Error::unless(is_rate, "the rate of units", units_per_hour, "above 0 and finite")?;
        Ok(number(self.total()) / units_per_hour)
    }

    /// The same in days.
    ///
    /// # Errors
    ///
    /// If the rate is not above 0 and finite.
    pub fn days(&self, units_per_hour: f64) -> Result<f64, Error> {
        Ok(self.hours(units_per_hour)? / 24.0)
    }
}

fn check_deviation(deviation: f64) -> Result<(), Error> {
    let is_deviation = deviation > 0.0 && deviation.is_finite();
    Error::unless(is_deviation, "the standard deviation", deviation, "above 0 and finite")
}

fn check_difference(difference: f64) -> Result<(), Error> {
    let is_difference = difference != 0.0 && difference.is_finite();
    Error::unless(is_difference, "the difference", difference, "finite and other than 0")
}

fn check_share(what: &'static str, share: f64) -> Result<(), Error> {
    Error::unless((0.0..=1.0).contains(&share), what, share, "in 0..=1")
}

/// Above it a count does not fit.
const UNITS_MAX: f64 = 9e18;

/// From a range of 1 to the last bit.
const HALVINGS: u32 = 60;

#[cfg(test)]
mod tests;
