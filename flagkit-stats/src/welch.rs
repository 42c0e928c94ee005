//! Student's t tests: two samples with their own variances (Welch), with one variance (Student),
//! and pairs.
//!
//! All need moments only, so a test costs the same for ten values and for ten million. They
//! compare means and assume independent values; with some dozens of values a side the shape of the
//! distribution hardly matters. They are for *one* look: a test that is asked again every
//! minute until it says yes says yes to 25 of 100 harmless releases.

use crate::count::number;
use crate::moments::{Moments, PairMoments};
use crate::special::student_t;
use crate::{Alternative, Confidence, Error, Interval};

/// A difference of means and how exactly it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct TTest {
    /// The mean of the treatment less that of the control, or less what it is compared with.
    pub difference: f64,
    /// The standard error of the difference; above zero.
    pub standard_error: f64,
    /// Degrees of freedom; not whole in Welch's test.
    pub degrees: f64,
}

/// Welch's test: each side has a variance of its own.
///
/// Degrees of freedom by Welch (1947) and Satterthwaite (1946).
///
/// ```
/// use flagkit_stats::moments::Moments;
/// use flagkit_stats::{Alternative, Confidence, welch};
///
/// let control = Moments::of(&[102.0, 98.0, 101.0, 99.0, 100.0])?;
/// let treatment = Moments::of(&[109.0, 112.0, 108.0, 111.0, 110.0])?;
/// let test = welch::welch(&treatment, &control)?;
/// assert_eq!(test.difference, 10.0);
/// assert!(test.p_value(Alternative::Greater) < 0.001);
/// assert!(test.interval(Confidence::P95).low > 7.0);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
///
/// # Errors
///
/// If a side has fewer than two values, or neither varies.
pub fn welch(treatment: &Moments, control: &Moments) -> Result<TTest, Error> {
    treatment.check_two("values of the treatment")?;
    control.check_two("values of the control")?;
    let (ours, theirs) = (treatment.variance_of_mean(), control.variance_of_mean());
    // Squares of variances underflow below 1e-162, so shares are squared instead.
    let sum = ours + theirs;
    let (our_share, their_share) = (ours / sum, theirs / sum);
    let degrees = 1.0
        / (our_share * our_share / number(treatment.count - 1)
            + their_share * their_share / number(control.count - 1));
    TTest::new(treatment.mean - control.mean, sum.sqrt(), degrees)
}

/// Student's test: both sides are taken to have the same variance.
///
/// # Errors
///
/// If there are fewer than three values, or a side has none, or nothing varies.
pub fn student(treatment: &Moments, control: &Moments) -> Result<TTest, Error> {
    Error::unless_enough("values of the treatment", treatment.count, 1)?;
    Error::unless_enough("values of the control", control.count, 1)?;
    let count = treatment.count.saturating_add(control.count);
    Error::unless_enough("values", count, 3)?;
    let degrees = number(count - 2);
    let variance = (treatment.m2 + control.m2).max(0.0) / degrees;
    let factor = 1.0 / number(treatment.count) + 1.0 / number(control.count);
    TTest::new(treatment.mean - control.mean, (variance * factor).sqrt(), degrees)
}

/// The test of pairs: the second of each pair is the treatment, the first the control.
///
/// # Errors
///
/// If there are fewer than two pairs, or all differ by the same.
pub fn paired(pairs: &PairMoments) -> Result<TTest, Error> {
    one_sample(&pairs.difference(), 0.0)
}

/// Whether the mean of a sample is another than `expected`.
///
/// # Errors
///
/// If there are fewer than two values, they do not vary, or `expected` is not finite.
pub fn one_sample(sample: &Moments, expected: f64) -> Result<TTest, Error> {
    sample.check_two("values")?;
    Error::unless(expected.is_finite(), "the expected mean", expected, "finite")?;
    let standard_error = sample.variance_of_mean().sqrt();
    TTest::new(sample.mean - expected, standard_error, number(sample.count - 1))
}

impl TTest {
    fn new(difference: f64, standard_error: f64, degrees: f64) -> Result<Self, Error> {
        if standard_error > 0.0 && standard_error.is_finite() && difference.is_finite() {
            return Ok(Self { difference, standard_error, degrees });
        }
        Err(Error::constant("the sample"))
    }

    /// The difference in standard errors.
    pub fn t(&self) -> f64 {
        self.difference / self.standard_error
    }

    /// How probable such a difference is, or a larger one in that direction, if there is none.
    pub fn p_value(&self, alternative: Alternative) -> f64 {
        alternative.p_value(self.t(), |t| student_t::sf(t, self.degrees))
    }

    /// The differences that are not excluded.
    pub fn interval(&self, confidence: Confidence) -> Interval {
        let quantile = student_t::isf(0.5 * confidence.alpha(), self.degrees);
        Interval::around(self.difference, quantile * self.standard_error)
    }

    /// The same test of a difference of `margin` instead of none.
    ///
    /// With `Alternative::Less` it asks whether the treatment is proved to exceed the control by
    /// less than the margin: "no worse than".
    pub fn against(&self, margin: f64) -> Self {
        Self { difference: self.difference - margin, ..*self }
    }
}
