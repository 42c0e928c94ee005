//! The share of false alarms that somebody accepts.

use crate::Error;

/// The probability of a false alarm that is accepted, above 0 and below 1: `0.001` is one in a
/// thousand.
///
/// ```
/// use flagkit_stats::Alpha;
///
/// assert_eq!(Alpha::new(0.001)?.get(), 0.001);
/// assert!(Alpha::new(0.0).is_err());
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Alpha(f64);

impl Alpha {
    /// # Errors
    ///
    /// If it is not above 0 and below 1.
    pub fn new(share: f64) -> Result<Self, Error> {
        let is_inside = share > 0.0 && share < 1.0;
        Error::unless(is_inside, "alpha", share, "above 0 and below 1").map(|()| Self(share))
    }

    /// As a number.
    pub fn get(self) -> f64 {
        self.0
    }

    /// The natural logarithm of 1/α: evidence (a log e-value) from here on is enough.
    pub fn log_bound(self) -> f64 {
        -self.0.ln()
    }

    /// A part of it, for one of several questions that are asked together. A share outside of 0
    /// to 1 is taken as the nearer end; the result stays above 0.
    ///
    /// ```
    /// # use flagkit_stats::Alpha;
    /// assert_eq!(Alpha::new(0.01)?.part(0.5).get(), 0.005);
    /// # Ok::<(), flagkit_stats::Error>(())
    /// ```
    pub fn part(self, share: f64) -> Self {
        let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
        Self((self.0 * share).max(f64::MIN_POSITIVE))
    }
}
