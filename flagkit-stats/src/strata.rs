//! Post-stratification: what both sides would be with the same mix of users.
//!
//! If one side happens to have more users of a country that is different, part of a difference is
//! that of countries. Each stratum is compared with itself, and strata count as much as they do in
//! the population. (Holt and Smith 1979; Miratrix, Sekhon and Yu 2013.) Strata are known before
//! the assignment: country, platform, plan; never something that the release can change.

use crate::effect::Estimate;
use crate::moments::Moments;
use crate::{Arms, Error};

/// One group of units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::exhaustive_structs, reason = "callers fill it from their own counts")]
pub struct Stratum {
    /// How large it is in the population, in any unit: a share, or the number of its users.
    pub weight: f64,
    /// What was measured in it.
    pub arms: Arms<Moments>,
}

/// The means of both sides with the mix of the population.
///
/// ```
/// use flagkit_stats::Arms;
/// use flagkit_stats::effect::absolute_lift;
/// use flagkit_stats::moments::Moments;
/// use flagkit_stats::strata::{Stratum, post_stratified};
///
/// // Both sides do the same in each country, and the treatment has more of the slow one.
/// let fast = Moments::from_variance(900, 10.0, 4.0)?;
/// let slow = Moments::from_variance(900, 50.0, 9.0)?;
/// let few = |moments: Moments| Moments { count: 100, m2: moments.m2 / 9.0, ..moments };
/// let strata = [
///     Stratum { weight: 0.5, arms: Arms { control: fast, treatment: few(fast) } },
///     Stratum { weight: 0.5, arms: Arms { control: few(slow), treatment: slow } },
/// ];
/// let means = post_stratified(&strata)?;
/// assert_eq!(absolute_lift(means.treatment, means.control).value, 0.0);
/// # Ok::<(), flagkit_stats::Error>(())
/// ```
///
/// # Errors
///
/// If there is no stratum, a weight is not above zero and finite, or a side has fewer than two
/// values in a stratum: merge it with another one.
pub fn post_stratified(strata: &[Stratum]) -> Result<Arms<Estimate>, Error> {
    Error::unless_enough("strata", strata.len().try_into().unwrap_or(u64::MAX), 1)?;
    let mut total = 0.0;
    for stratum in strata {
        let is_weight = stratum.weight > 0.0 && stratum.weight.is_finite();
        Error::unless(is_weight, "the weight of a stratum", stratum.weight, "above 0 and finite")?;
        stratum.arms.control.check_two("values of the control in a stratum")?;
        stratum.arms.treatment.check_two("values of the treatment in a stratum")?;
        total += stratum.weight;
    }
    Error::unless(total.is_finite(), "the sum of weights", total, "finite")?;
    let weighted = |of: fn(&Arms<Moments>) -> &Moments| {
        let mut sum = Estimate { value: 0.0, variance: 0.0 };
        for stratum in strata {
            let (share, moments) = (stratum.weight / total, of(&stratum.arms));
            sum.value += share * moments.mean;
            sum.variance += share * share * moments.variance_of_mean();
        }
        sum
    };
    Ok(Arms {
        control: weighted(|arms| &arms.control),
        treatment: weighted(|arms| &arms.treatment),
    })
}
