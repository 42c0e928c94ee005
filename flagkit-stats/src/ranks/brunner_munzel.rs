//! The test of Brunner and Munzel: order without the assumption of equal spread.

use super::{Group, each_group};
use crate::count::number;
use crate::moments::Moments;
use crate::special::student_t;
use crate::{Alternative, Error, Sorted};

/// How far the share of pairs in which the treatment is larger is from a half.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BrunnerMunzel {
    /// That distance in standard errors; above zero if the treatment has the larger values.
    pub statistic: f64,
    /// Degrees of freedom of its t distribution.
    pub degrees: f64,
}

/// Compares two samples, each of which may have a spread of its own. (Brunner and Munzel 2000.)
///
/// It is for ten values a side and more.
///
/// ```
/// use flagkit_stats::ranks::brunner_munzel::brunner_munzel;
/// use flagkit_stats::{Alternative, Sorted};
///
/// let mut treatment = [4.0, 6.0, 7.0, 9.0, 12.0];
/// let mut control = [1.0, 2.0, 3.0, 5.0, 8.0];
/// let (treatment, control) = (Sorted::sort(&mut treatment)?, Sorted::sort(&mut control)?);
/// let test = brunner_munzel(treatment, control)?;
/// assert!(test.p_value(Alternative::Greater) < 0.05);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
///
/// # Errors
///
/// If a side has fewer than two values, or no value of one lies among those of the other: then
/// there is no spread to measure by, and [`MannWhitney`](super::MannWhitney) has an exact answer.
pub fn brunner_munzel(treatment: Sorted<'_>, control: Sorted<'_>) -> Result<BrunnerMunzel, Error> {
    Error::unless_enough("values of the treatment", treatment.count(), 2)?;
    Error::unless_enough("values of the control", control.count(), 2)?;
    // The placement of a value: how many of the other side are below it, equal ones half.
    let (mut ours, mut theirs) = (Moments::default(), Moments::default());
    let mut below = Group { treatment: 0, control: 0 };
    each_group(treatment, control, |group| {
        let our_placement = number(below.control) + 0.5 * number(group.control);
        let their_placement = number(below.treatment) + 0.5 * number(group.treatment);
        ours.merge(&Moments { count: group.treatment, mean: our_placement, m2: 0.0 });
        theirs.merge(&Moments { count: group.control, mean: their_placement, m2: 0.0 });
        below.treatment += group.treatment;
        below.control += group.control;
    });
    let (count, other) = (number(treatment.count()), number(control.count()));
    let (our_part, their_part) = (count * ours.variance(), other * theirs.variance());
    let sum = our_part + their_part;
    if sum <= 0.0 {
        return Err(Error::constant("the order of the two samples"));
    }
    // The mean placement of the treatment is the share of larger ones times `other`.
    let distance = ours.mean / other - 0.5;
    let statistic = count * other * distance / sum.sqrt();
    let degrees =
        sum * sum / (our_part * our_part / (count - 1.0) + their_part * their_part / (other - 1.0));
    Ok(BrunnerMunzel { statistic, degrees })
}

impl BrunnerMunzel {
    /// How probable such a statistic is, or one further in that direction, without a difference.
    pub fn p_value(&self, alternative: Alternative) -> f64 {
        alternative.p_value(self.statistic, |t| student_t::sf(t, self.degrees))
    }
}
