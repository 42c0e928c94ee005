//! The test of Brown and Forsythe: do two samples spread equally?

use crate::moments::Moments;
use crate::welch::{TTest, student};
use crate::{Error, Sorted};

/// Compares the mean distances from the median, by Student's t.
///
/// The square of [`t`](TTest::t) is the F statistic of Brown and Forsythe (1974), and the
/// two-sided p-values are the same; the sign says which sample spreads more, and so the test can
/// be one-sided. It is Levene's test with the median in the place of the mean, which keeps its
/// level for long-tailed values such as latencies.
///
/// ```
/// use flagkit_stats::{Alternative, Sorted, variance::brown_forsythe};
///
/// let mut treatment = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0];
/// let mut control = [34.0, 34.5, 35.0, 35.5, 36.0, 36.5];
/// let (treatment, control) = (Sorted::sort(&mut treatment)?, Sorted::sort(&mut control)?);
/// let test = brown_forsythe(treatment, control)?;
/// assert!(test.p_value(Alternative::Greater) < 0.01);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
///
/// # Errors
///
/// If a sample is empty, there are fewer than three values, or all distances are equal.
pub fn brown_forsythe(treatment: Sorted<'_>, control: Sorted<'_>) -> Result<TTest, Error> {
    student(&distances(treatment)?, &distances(control)?)
}

/// The moments of the distances from the median.
fn distances(sample: Sorted<'_>) -> Result<Moments, Error> {
    let median = sample.median()?;
    let mut moments = Moments::default();
    for value in sample.values() {
        moments.add((value - median).abs())?;
    }
    Ok(moments)
}
