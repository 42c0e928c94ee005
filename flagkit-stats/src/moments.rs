//! Count, mean and variance, of one number or of pairs, in constant space.
//!
//! Values are added one by one (Welford 1962) and parts are merged (Chan, Golub and LeVeque 1979),
//! so that a window, an instance or a region can be counted apart. Merging in any order gives what
//! adding everything gives, up to the last digits.

use crate::Error;
use crate::count::number;

/// How many values there were, their mean, and the sum of their squared distances from it.
///
/// ```
/// use flagkit_stats::moments::Moments;
///
/// let mut first = Moments::of(&[1.0, 2.0])?;
/// first.merge(&Moments::of(&[3.0, 4.0])?);
/// assert_eq!((first.count, first.mean), (4, 2.5));
/// assert!((first.variance() - 5.0 / 3.0).abs() < 1e-15);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::exhaustive_structs, reason = "sufficient statistics that others may have, too")]
pub struct Moments {
    /// How many values.
    pub count: u64,
    /// Their mean; 0 without any.
    pub mean: f64,
    /// The sum of squared distances from the mean.
    pub m2: f64,
}

impl Moments {
    /// Those of a sample.
    ///
    /// # Errors
    ///
    /// If a value is NaN, infinite, or beyond 1e150, whose square is no number.
    pub fn of(values: &[f64]) -> Result<Self, Error> {
        check_usable(values)?;
        let mut moments = Self::default();
        for value in values {
            moments.push(*value);
        }
        Ok(moments)
    }

    /// Those of values that were counted elsewhere, with the variance over `count - 1`.
    ///
    /// # Errors
    ///
    /// If a number is not finite, or the variance is below zero.
    pub fn from_variance(count: u64, mean: f64, variance: f64) -> Result<Self, Error> {
        Error::unless(mean.is_finite(), "the mean", mean, "finite")?;
        let is_variance = variance >= 0.0 && variance.is_finite();
        Error::unless(is_variance, "the variance", variance, "finite and not below zero")?;
        Ok(Self { count, mean, m2: variance * number(count.saturating_sub(1)) })
    }

    /// One more value.
    ///
    /// # Errors
    ///
    /// If it is NaN, infinite, or beyond 1e150; nothing is changed then.
    pub fn add(&mut self, value: f64) -> Result<(), Error> {
        check_usable(&[value])?;
        self.push(value);
        Ok(())
    }

    /// All values of another part.
    pub fn merge(&mut self, other: &Self) {
        let count = self.count.saturating_add(other.count);
        if count == 0 {
            return;
        }
        let share = number(other.count) / number(count);
        let distance = other.mean - self.mean;
        self.m2 += other.m2 + distance * distance * number(self.count) * share;
        self.mean += distance * share;
        self.count = count;
    }

    /// The variance over `count - 1`, unbiased; NaN for fewer than two values.
    pub fn variance(&self) -> f64 {
        if self.count < 2 { f64::NAN } else { self.m2.max(0.0) / number(self.count - 1) }
    }

    /// The standard deviation, the root of [`variance`](Self::variance).
    pub fn standard_deviation(&self) -> f64 {
        self.variance().sqrt()
    }

    /// The variance of the mean: that of the values over their count.
    pub fn variance_of_mean(&self) -> f64 {
        self.variance() / number(self.count)
    }

    /// An error unless there are at least two values.
    pub(crate) fn check_two(&self, what: &'static str) -> Result<(), Error> {
        Error::unless_enough(what, self.count, 2)
    }

    fn push(&mut self, value: f64) {
        self.count = self.count.saturating_add(1);
        let distance = value - self.mean;
        self.mean += distance / number(self.count);
        self.m2 += distance * (value - self.mean);
    }
}

/// Moments of pairs, with the sum of products of their distances from both means.
///
/// ```
/// use flagkit_stats::moments::PairMoments;
///
/// let mut pairs = PairMoments::default();
/// for (before, after) in [(1.0, 3.0), (2.0, 5.0), (3.0, 7.0)] {
///     pairs.add(before, after)?;
/// }
/// assert_eq!(pairs.covariance(), 2.0);
/// assert!((pairs.correlation() - 1.0).abs() < 1e-15);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::exhaustive_structs, reason = "sufficient statistics that others may have, too")]
pub struct PairMoments {
    /// Those of the first numbers.
    pub x: Moments,
    /// Those of the second numbers.
    pub y: Moments,
    /// The sum of products of distances.
    pub c2: f64,
}

impl PairMoments {
    /// One more pair.
    ///
    /// # Errors
    ///
    /// If one of the two is NaN, infinite, or beyond 1e150; nothing is changed then.
    pub fn add(&mut self, x: f64, y: f64) -> Result<(), Error> {
        check_usable(&[x, y])?;
        let distance = x - self.x.mean;
        self.x.push(x);
        self.y.push(y);
        self.c2 += distance * (y - self.y.mean);
        Ok(())
    }

    /// All pairs of another part.
    pub fn merge(&mut self, other: &Self) {
        let count = self.x.count.saturating_add(other.x.count);
        if count == 0 {
            return;
        }
        let weight = number(self.x.count) * (number(other.x.count) / number(count));
        let product = (other.x.mean - self.x.mean) * (other.y.mean - self.y.mean);
        self.c2 += other.c2 + product * weight;
        self.x.merge(&other.x);
        self.y.merge(&other.y);
    }

    /// The covariance over `count - 1`; NaN for fewer than two pairs.
    pub fn covariance(&self) -> f64 {
        if self.x.count < 2 { f64::NAN } else { self.c2 / number(self.x.count - 1) }
    }

    /// Pearson's correlation, in -1..=1; NaN if one side does not vary.
    pub fn correlation(&self) -> f64 {
        let spread = self.x.m2.sqrt() * self.y.m2.sqrt();
        if spread > 0.0 { (self.c2 / spread).clamp(-1.0, 1.0) } else { f64::NAN }
    }

    /// The moments of the second numbers less the first.
    pub fn difference(&self) -> Moments {
        let m2 = (self.x.m2 + self.y.m2 - 2.0 * self.c2).max(0.0);
        Moments { count: self.x.count, mean: self.y.mean - self.x.mean, m2 }
    }
}

/// An error for the first value whose square is no number.
pub(crate) fn check_usable(values: &[f64]) -> Result<(), Error> {
    match values.iter().find(|value| value.is_nan() || value.abs() > LARGEST) {
        Some(value) => Error::unless(false, "a value", *value, "between -1e150 and 1e150"),
        None => Ok(()),
    }
}

/// The square of twice that is still finite.
const LARGEST: f64 = 1e150;

#[cfg(test)]
mod tests;
