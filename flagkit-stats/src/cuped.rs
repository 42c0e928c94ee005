//! Less variance from what was known before: CUPED.
//!
//! Part of the variance of a metric is there before the release: some users always order more.
//! What a unit did *before* it was assigned cannot depend on the side it is on, so its share of
//! the variance can be taken away without a bias. With a correlation r between before and after, a
//! share of 1 - r^2 of the variance is left. (Deng, Xu, Kohavi and Walker 2013.)
//!
//! Results are adjusted [`Estimate`]s of both sides, for
//! [`absolute_lift`](crate::effect::absolute_lift) and
//! [`relative_lift`](crate::effect::relative_lift).

use crate::effect::Estimate;
use crate::moments::{Moments, PairMoments};
use crate::{Arms, Error};

pub mod ratio;

/// Means of both sides without what was different before.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Adjusted {
    /// The adjusted values. Compare them with each other; alone they are close to the plain ones.
    pub arms: Arms<Estimate>,
    /// How much of a difference before is taken away.
    pub theta: f64,
    /// The share of the variance of the difference that is left; 1 if the past says nothing.
    pub variance_left: f64,
}

/// Adjusts means. In each pair, `x` is the metric of a unit before, `y` the one that is compared.
///
/// Units without a past are pairs with `x` = 0, or with the mean of the others. The past is never
/// anything that was measured after the assignment.
///
/// ```
/// use flagkit_stats::Arms;
/// use flagkit_stats::cuped::cuped;
/// use flagkit_stats::moments::PairMoments;
///
/// let mut arms = Arms::<PairMoments>::default();
/// for (before, after) in [(1.0, 2.1), (2.0, 2.9), (3.0, 4.0)] {
///     arms.control.add(before, after)?;
///     arms.treatment.add(before, after + 0.5)?;
/// }
/// let adjusted = cuped(&arms)?;
/// assert!(adjusted.variance_left < 0.01);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
///
/// # Errors
///
/// If a side has fewer than two pairs.
pub fn cuped(arms: &Arms<PairMoments>) -> Result<Adjusted, Error> {
    let Arms { control, treatment } = arms;
    control.x.check_two("pairs of the control")?;
    treatment.x.check_two("pairs of the treatment")?;
    // Within each side: what the release does to the mean does not count as a dependence.
    let theta = slope(control.c2 + treatment.c2, control.x.m2 + treatment.x.m2);
    let mut all = control.x;
    all.merge(&treatment.x);
    let plain = arms.map(|pairs| Estimate::mean(&pairs.y));
    let plain = Arms { control: plain.control?, treatment: plain.treatment? };
    let adjusted = arms.map(|pairs| {
        let m2 = pairs.y.m2 - 2.0 * theta * pairs.c2 + theta * theta * pairs.x.m2;
        let rest = Moments { count: pairs.y.count, mean: 0.0, m2 };
        Estimate {
            value: pairs.y.mean - theta * (pairs.x.mean - all.mean),
            variance: rest.variance_of_mean(),
        }
    });
    Ok(Adjusted { arms: adjusted, theta, variance_left: variance_left(adjusted, plain) })
}

/// A covariance over a variance; 0 if the past does not vary.
fn slope(covariance: f64, variance: f64) -> f64 {
    if variance > 0.0 { covariance / variance } else { 0.0 }
}

/// What is left of the variance of a difference.
fn variance_left(adjusted: Arms<Estimate>, plain: Arms<Estimate>) -> f64 {
    let sum = |arms: Arms<Estimate>| arms.control.variance + arms.treatment.variance;
    let before = sum(plain);
    if before > 0.0 { sum(adjusted) / before } else { 1.0 }
}

#[cfg(test)]
mod tests;
